/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/audio/audio.h>
#include <pipeline/audio-tap.h>
#include <recording/recording-budget.h>

G_BEGIN_DECLS

/* A recording has at most so many bytes for each second of audio that was heard, and those of
 * `max_unheard` and HABLA_RECORDER_SLACK beside: 48 kHz in two channels of 32 bit are 384,000, and
 * its segments 32,000. */
#define HABLA_RECORDER_BYTES_PER_SECOND 500000
/* What decoders hold back, headers and pictures, in bytes. */
#define HABLA_RECORDER_SLACK (16 * 1024 * 1024)

/**
 * HablaRecorder:
 *
 * One recording on its way to disk, by a thread of its own: nobody who gives it something
 * waits. What waits to be written is bounded; a disk that is too slow for that, or full, ends
 * the recording and nothing else. So does a stream that has more bytes than its audio needs, and
 * whatever would make this recording, or all of them, larger than they may be.
 */
#define HABLA_TYPE_RECORDER (habla_recorder_get_type ())

G_DECLARE_FINAL_TYPE (HablaRecorder, habla_recorder, HABLA, RECORDER, GObject)

/**
 * HablaRecorderDone:
 * @error: (nullable): why it ended before it was finished
 * @is_kept: whether there is a recording: one without a sound is thrown away
 *
 * In the main context, once, when nothing of it is open any more.
 */
typedef void (*HablaRecorderDone) (
    HablaRecorder *self, const GError *error, gboolean is_kept, gpointer user_data);

/**
 * HablaRecorderOptions:
 * @root: the folder of recordings; made if it is not there
 * @room: its name
 * @session_id: of the room
 * @source_language: (nullable): BCP 47 code of what is spoken
 * @target_languages: (nullable) (array zero-terminated=1): BCP 47 codes of its translations
 * @keeps_heard: what is heard is the stream: nothing is pushed
 * @raw_rate: of pushed audio without a container, S16LE and one channel, in Hz; 0 = it has one
 * @max_unheard: bytes of the stream that may come before they are heard: see
 *   HABLA_RECORDER_BYTES_PER_SECOND
 * @max_size: of the recording, in bytes; 0 = any
 * @budget: (nullable): of all recordings together; %NULL = any
 * @done: called in any case
 *
 * Copied by habla_recorder_new().
 */
typedef struct {
  const char *root;
  const char *room;
  guint64 session_id;
  const char *source_language;
  const char *const *target_languages;
  gboolean keeps_heard;
  guint raw_rate;
  gsize max_unheard;
  guint64 max_size;
  HablaRecordingBudget *budget;
  HablaRecorderDone done;
  gpointer user_data;
} HablaRecorderOptions;

HablaRecorder *habla_recorder_new (const HablaRecorderOptions *options);

/* In any thread. */
const char *habla_recorder_get_id (HablaRecorder *self);
/* @begin, @end: in running time. Its audio has been pushed. */
void habla_recorder_add_segment (HablaRecorder *self, guint64 session_id, guint64 exchange_id,
    GstClockTime begin, GstClockTime end, const char *language, const char *text);
void habla_recorder_add_translation (
    HablaRecorder *self, guint64 exchange_id, const char *language, const char *text);
/* Nothing comes any more; what waits is written. Does nothing the second time. */
void habla_recorder_finish (HablaRecorder *self);

guint64 habla_recorder_get_bytes (HablaRecorder *self);
guint habla_recorder_count_segments (HablaRecorder *self);

G_END_DECLS
