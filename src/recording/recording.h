/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A recording is a self-contained folder; docs/recordings.md describes its files. All functions
 * in this header that take a path or a recording access the disk: call them in worker threads. */

/* A file in each folder that Habla made; folders without it are never deleted. Recorders hold an
 * exclusive lock on it (flock), readers a shared one. */
#define HABLA_RECORDING_MARKER ".habla-recording"
#define HABLA_RECORDING_METADATA "metadata.json"
#define HABLA_RECORDING_SEGMENTS "segments.jsonl"
#define HABLA_RECORDING_REFERENCE_TRANSCRIPT "ground-truth.json"

/* Sample rate of segments, in Hz. They are S16LE with one channel. */
#define HABLA_RECORDING_RATE 16000

/**
 * HablaRecordingSegment:
 * @index: from 0; the audio of the first segment is segment_000.wav
 * @session_id: of the room when the segment was recorded
 * @exchange_id: of the exchange in that session
 * @begin: from the beginning of the recording, in nanoseconds
 * @end: from the beginning of the recording, in nanoseconds
 * @language: BCP 47 code of @text
 * @text: the utterance, as recognised
 * @translations: (element-type utf8 utf8): from BCP 47 code to text
 *
 * One recorded utterance.
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
 * @id: see habla_recording_make_id()
 * @folder: its path
 * @room: (nullable): name of the room
 * @session_id: of the room when the recording began
 * @source_language: (nullable): BCP 47 code of the spoken language
 * @target_languages: (nullable) (array zero-terminated=1): BCP 47 codes of the translations; the
 *   speaker read the first
 * @stream: (nullable): name of the file with all audio
 * @started_at: in microseconds since 1970, UTC
 * @ended_at: in microseconds since 1970, UTC; 0 = it is in progress, or was interrupted
 * @duration: in nanoseconds; 0 = unknown
 * @segments: (element-type HablaRecordingSegment): in the order of the file
 * @by_index: (nullable): from index to the last segment with that index
 * @has_ground_truth: whether there is a reference transcript
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

/**
 * habla_recording_is_id:
 * @text: a string from outside
 *
 * Returns: whether @text has the form of an id: 1 to 64 ASCII letters, digits and dashes
 */
gboolean habla_recording_is_id (const char *text);

/**
 * habla_recording_make_id:
 *
 * Returns: (transfer full): an id such as "20261125-083000-250-5f3a"; ids sort by time
 */
char *habla_recording_make_id (void);

/**
 * habla_recording_find:
 * @root: the folder of recordings
 * @id: a string from outside
 * @error: return location for a %G_IO_ERROR_NOT_FOUND
 *
 * Returns: (transfer full) (nullable): the path of the recording's folder
 */
char *habla_recording_find (const char *root, const char *id, GError **error);

/**
 * habla_recording_list:
 * @root: the folder of recordings
 *
 * Returns: (transfer full) (element-type utf8): ids, the newest first; empty if @root cannot be
 *   read
 */
GPtrArray *habla_recording_list (const char *root);

/**
 * habla_recording_lock:
 * @folder: the path of a recording's folder
 * @operation: %LOCK_SH to read, or %LOCK_EX to change or delete
 *
 * Does not wait for a lock.
 *
 * Returns: a file descriptor that holds the lock until it is closed; -1 if the recording is
 *   locked by others or does not exist
 */
int habla_recording_lock (const char *folder, int operation);

/**
 * habla_recording_load:
 * @root: the folder of recordings
 * @id: a recording's id
 * @error: return location for a %G_IO_ERROR_NOT_FOUND
 *
 * Reads a recording's metadata and segments. Damaged parts of them are skipped.
 *
 * Returns: (transfer full) (nullable): a recording
 */
HablaRecording *habla_recording_load (const char *root, const char *id, GError **error);

/**
 * habla_recording_save:
 * @self: a recording
 * @error: return location for a %G_FILE_ERROR
 *
 * Replaces the metadata atomically. Segments are in a file of their own.
 *
 * Returns: whether the metadata was saved
 */
gboolean habla_recording_save (const HablaRecording *self, GError **error);

/**
 * habla_recording_free:
 * @self: (transfer full): a recording
 */
void habla_recording_free (HablaRecording *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaRecording, habla_recording_free)

/**
 * habla_recording_get_segment:
 * @self: a recording
 * @index: of a segment
 *
 * Returns: (transfer none) (nullable): the segment, if there is one
 */
HablaRecordingSegment *habla_recording_get_segment (HablaRecording *self, guint index);

/**
 * habla_recording_find_exchange:
 * @self: a recording
 * @session_id: of a room
 * @exchange_id: in that session
 *
 * Returns: (transfer none) (nullable): the last segment of the exchange, if there is one
 */
HablaRecordingSegment *habla_recording_find_exchange (
    HablaRecording *self, guint64 session_id, guint64 exchange_id);

/**
 * habla_recording_get_segment_path:
 * @folder: the path of a recording's folder
 * @index: of a segment
 *
 * Does not access the disk.
 *
 * Returns: (transfer full): the path of the segment's audio
 */
char *habla_recording_get_segment_path (const char *folder, guint index);

/**
 * habla_recording_samples_to_time:
 * @n_samples: of %HABLA_RECORDING_RATE
 *
 * Returns: their duration, in nanoseconds
 */
guint64 habla_recording_samples_to_time (guint64 n_samples);

/**
 * habla_recording_get_segment_name:
 * @index: of a segment
 *
 * Returns: (transfer full): the name by which clients ask for its audio, such as
 *   "segment_001.wav" for the index 0
 */
char *habla_recording_get_segment_name (guint index);

/**
 * habla_recording_to_json:
 * @self: a recording
 *
 * Returns: (transfer full): the metadata with segments and translations, as clients get it
 */
JsonNode *habla_recording_to_json (const HablaRecording *self);

/**
 * habla_recording_segment_to_line:
 * @segment: a segment, of which translations are ignored
 *
 * Returns: (transfer full): a line of segments.jsonl
 */
char *habla_recording_segment_to_line (const HablaRecordingSegment *segment);

/**
 * habla_recording_translation_to_line:
 * @index: of the segment
 * @language: BCP 47 code of @text
 * @text: the translation
 *
 * Returns: (transfer full): a line of segments.jsonl
 */
char *habla_recording_translation_to_line (guint index, const char *language, const char *text);

G_END_DECLS
