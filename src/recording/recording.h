/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A recording is a folder, whole without anything else; docs/recordings.md tells of its
 * files. All functions here read or write disks: they are for worker threads. */

/* In each folder that Habla made; nothing is deleted without it. Whoever records holds an
 * exclusive lock (flock) on it, whoever plays or reads a shared one. */
#define HABLA_RECORDING_MARKER ".habla-recording"
#define HABLA_RECORDING_METADATA "metadata.json"
#define HABLA_RECORDING_SEGMENTS "segments.jsonl"
#define HABLA_RECORDING_REFERENCE_TRANSCRIPT "ground-truth.json"
/* Of samples in segments, in Hz. */
#define HABLA_RECORDING_RATE 16000

/**
 * HablaRecordingSegment:
 * @index: from 0; its audio is segment_000.wav and so on
 * @session_id: of the room then
 * @exchange_id: of that room
 * @begin: from the recording's beginning, in nanoseconds
 * @end: likewise
 * @language: BCP 47 code of @text
 * @text: as it was recognised
 * @translations: from BCP 47 code to text
 */
typedef struct {
  guint index;
  guint64 session_id;
  guint64 exchange_id;
  guint64 begin;
  guint64 end;
  char *language;
  char *text;
  GHashTable *translations;
} HablaRecordingSegment;

/**
 * HablaRecording:
 * @folder: its path
 * @session_id: of the room when it began
 * @source_language: (nullable): BCP 47 code of what is spoken
 * @target_languages: (nullable) (array zero-terminated=1): BCP 47 codes; the owner read the first
 * @stream: (nullable): name of the file with all of the audio
 * @started_at: in microseconds since 1970, UTC
 * @ended_at: likewise; 0 = it is being recorded, or was cut off
 * @duration: in nanoseconds; 0 = not known
 * @segments: (element-type HablaRecordingSegment)
 * @by_index: (nullable): from index to the last segment that has it
 * @has_ground_truth: somebody has said what was really said
 */
typedef struct {
  char *id;
  char *folder;
  char *room;
  guint64 session_id;
  char *source_language;
  GStrv target_languages;
  char *stream;
  gint64 started_at;
  gint64 ended_at;
  guint64 duration;
  GPtrArray *segments;
  GHashTable *by_index;
  gboolean has_ground_truth;
} HablaRecording;

gboolean habla_recording_is_id (const char *text);
char *habla_recording_make_id (void);
char *habla_recording_find (const char *root, const char *id, GError **error);
GPtrArray *habla_recording_list (const char *root);
int habla_recording_lock (const char *folder, int operation);

HablaRecording *habla_recording_load (const char *root, const char *id, GError **error);
gboolean habla_recording_save (const HablaRecording *self, GError **error);
void habla_recording_free (HablaRecording *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaRecording, habla_recording_free)

HablaRecordingSegment *habla_recording_get_segment (HablaRecording *self, guint index);
HablaRecordingSegment *habla_recording_find_exchange (
    HablaRecording *self, guint64 session_id, guint64 exchange_id);
char *habla_recording_get_segment_path (const char *folder, guint index);

/* JSON, also as clients get it. */
JsonNode *habla_recording_to_json (const HablaRecording *self);
char *habla_recording_segment_to_line (const HablaRecordingSegment *segment);
char *habla_recording_translation_to_line (guint index, const char *language, const char *text);

G_END_DECLS
