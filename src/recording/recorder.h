/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/audio/audio.h>
#include <pipeline/audio-tap.h>
#include <recording/recording-budget.h>
#include <recording/recording.h>

G_BEGIN_DECLS

/**
 * HablaRecorder:
 *
 * Records one pipeline's audio, utterances and translations to disk, in a thread of its own: no
 * caller waits for the disk. The queue to the thread is bounded. A full or slow disk, or reaching
 * a limit, ends the recording, but not the pipeline. Thread-safe.
 */
#define HABLA_TYPE_RECORDER (habla_recorder_get_type ())

G_DECLARE_FINAL_TYPE (HablaRecorder, habla_recorder, HABLA, RECORDER, GObject)

/**
 * HablaRecorderDone:
 * @self: a recorder whose files are closed
 * @error: (nullable): why the recording ended before habla_recorder_finish()
 * @is_kept: whether there is a recording; one without audio is deleted
 * @user_data: from the options
 *
 * Called once, in the default main context.
 */
typedef void (*HablaRecorderDone) (
    HablaRecorder *self, const GError *error, gboolean is_kept, gpointer user_data);

/**
 * HablaRecorderOptions:
 * @root: the folder of recordings; created if it is missing
 * @room: the room's name
 * @session_id: of the room
 * @source_language: (nullable): BCP 47 code of the spoken language
 * @target_languages: (nullable) (array zero-terminated=1): BCP 47 codes of the translations
 * @records_decoded: record decoded audio as the stream, because no stream is pushed
 * @raw_rate: of a pushed stream without a container, S16LE and one channel, in Hz; 0 = it has a
 *   container
 * @max_undecoded: see #HablaRecordingLimits
 * @max_size: of the recording, in bytes; 0 = no limit
 * @budget: (nullable): of all recordings together; %NULL = no limit
 * @done: always called
 * @user_data: for @done
 *
 * Copied by habla_recorder_new().
 */
typedef struct {
  const char *root;
  const char *room;
  guint64 session_id;
  const char *source_language;
  const char *const *target_languages;
  gboolean records_decoded;
  guint raw_rate;
  gsize max_undecoded;
  guint64 max_size;
  HablaRecordingBudget *budget;
  HablaRecorderDone done;
  gpointer user_data;
} HablaRecorderOptions;

/**
 * habla_recorder_new:
 * @options: copied
 *
 * Starts a recording.
 *
 * Returns: (transfer full): a recorder, on which habla_recorder_finish() must be called
 */
HablaRecorder *habla_recorder_new (const HablaRecorderOptions *options);

/**
 * habla_recorder_get_id:
 * @self: a recorder
 *
 * Returns: (transfer none): the recording's id
 */
const char *habla_recorder_get_id (HablaRecorder *self);

/**
 * habla_recorder_add_segment:
 * @self: a recorder
 * @segment: (transfer none): an utterance; its begin and end are running times, its index and
 *   translations are ignored
 *
 * Adds an utterance whose audio was pushed before.
 */
void habla_recorder_add_segment (HablaRecorder *self, const HablaRecordingSegment *segment);

/**
 * habla_recorder_add_translation:
 * @self: a recorder
 * @exchange_id: of an utterance that was added before; others are ignored
 * @language: BCP 47 code of @text
 * @text: the translation
 */
void habla_recorder_add_translation (
    HablaRecorder *self, guint64 exchange_id, const char *language, const char *text);

/**
 * habla_recorder_finish:
 * @self: a recorder
 *
 * Accepts nothing more; the thread writes the queue and ends. No-op after the first call.
 */
void habla_recorder_finish (HablaRecorder *self);

/**
 * habla_recorder_get_bytes:
 * @self: a recorder
 *
 * Returns: bytes written, rounded down to a multiple of 1,000
 */
guint64 habla_recorder_get_bytes (HablaRecorder *self);

/**
 * habla_recorder_count_segments:
 * @self: a recorder
 *
 * Returns: the number of utterances that were written
 */
guint habla_recorder_count_segments (HablaRecorder *self);

G_END_DECLS
