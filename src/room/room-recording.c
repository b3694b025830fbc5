/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a session that listens hears goes to disk while recording is on. */
#define G_LOG_USE_STRUCTURED
#include "room/room-private.h"

static void
on_failed (const GError *error, gpointer user_data)
{
  HablaRoom *self = user_data;

  habla_room_emit_error (self, "%s", error->message);
  habla_room_end_recording (self);
}

/* @options: of a session that is to listen */
void
habla_room_begin_recording (HablaRoom *self, HablaPipelineOptions *options)
{
  HablaRoomContext *context = self->context;
  HablaRecorderOptions recorder = {
    .room = self->name,
    .session_id = self->session_id,
    .source_language = self->session_settings.source_language,
    .target_languages = (const char *const *) self->session_settings.target_languages,
    .records_decoded = options->input == HABLA_PIPELINE_INPUT_SOURCE,
    .raw_rate = options->input == HABLA_PIPELINE_INPUT_PUSHED ? self->raw_rate : 0,
  };

  if (context->recordings == NULL || !context->is_recording)
    return;
  self->recorder = habla_recording_library_start (context->recordings, &recorder, on_failed, self);
  options->tap = HABLA_AUDIO_TAP (self->recorder);
}

/* What is still to be written is written. */
void
habla_room_end_recording (HablaRoom *self)
{
  if (self->recorder != NULL)
    habla_recording_library_finish (self->context->recordings, g_steal_pointer (&self->recorder));
}

/* Typed text has no times. */
void
habla_room_record_exchange (
    HablaRoom *self, HablaExchange *exchange, const HablaUtterance *utterance)
{
  if (self->recorder == NULL || utterance->begin == HABLA_TIME_NONE ||
      utterance->end == HABLA_TIME_NONE || utterance->begin >= utterance->end)
    return;
  habla_recorder_add_segment (self->recorder, self->session_id, exchange->id, utterance->begin,
      utterance->end, exchange->language, exchange->source);
  exchange->recording = g_strdup (habla_recorder_get_id (self->recorder));
}

void
habla_room_record_translation (
    HablaRoom *self, const HablaExchange *exchange, const char *language, const char *text)
{
  if (self->recorder != NULL && exchange->recording != NULL && text != NULL)
    habla_recorder_add_translation (self->recorder, exchange->id, language, text);
}

gboolean
habla_room_is_recording (HablaRoom *self)
{
  return self->recorder != NULL;
}
