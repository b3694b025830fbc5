/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/parts/pipeline-run.h"

#include <util/source.h>

HablaPipelineRun *
habla_pipeline_run_new (guint number, HablaRunKind kind, const HablaRoomSettings *settings)
{
  HablaPipelineRun *self = g_new0 (HablaPipelineRun, 1);

  self->number = number;
  self->kind = kind;
  habla_room_settings_copy (&self->settings, settings);
  habla_pipeline_run_end_silence (self);
  return self;
}

void
habla_pipeline_run_free (HablaPipelineRun *self)
{
  g_assert (self->recorder == NULL);
  habla_source_clear (&self->unused_timer);
  habla_source_clear (&self->late_timer);
  habla_source_clear (&self->linger_timer);
  habla_source_clear (&self->silence_timer);
  g_clear_object (&self->pipeline);
  g_clear_pointer (&self->targets, habla_target_languages_free);
  habla_room_settings_clear (&self->settings);
  g_free (self);
}

gboolean
habla_pipeline_run_is_source (const HablaPipelineRun *self, const char *language)
{
  return g_str_equal (language, self->settings.source_language);
}

gboolean
habla_pipeline_run_push_audio (HablaPipelineRun *self, GBytes *audio)
{
  if (!habla_pipeline_push_audio (self->pipeline, audio))
    return FALSE;
  self->audio_taken += g_bytes_get_size (audio);
  return TRUE;
}

void
habla_pipeline_run_end_silence (HablaPipelineRun *self)
{
  self->heard_at = g_get_monotonic_time ();
  self->is_silence_warned = FALSE;
}

HablaSilence
habla_pipeline_run_check_silence (
    HablaPipelineRun *self, guint timeout, guint warning, gint64 *next)
{
  gint64 silent = (g_get_monotonic_time () - self->heard_at) / 1000;
  HablaSilence result = HABLA_SILENCE_SHORT;
  gint64 limit = timeout;

  if (silent >= timeout) {
    result = HABLA_SILENCE_TOO_LONG;
  } else if (silent >= timeout - warning && !self->is_silence_warned) {
    self->is_silence_warned = TRUE;
    result = HABLA_SILENCE_WARN;
  }
  if (!self->is_silence_warned)
    limit -= warning;
  *next = self->heard_at + limit * 1000;
  return result;
}

static gboolean
pipeline_run_is_spoken (const HablaUtterance *utterance)
{
  return utterance->begin != HABLA_TIME_NONE && utterance->end != HABLA_TIME_NONE &&
         utterance->end > utterance->begin;
}

void
habla_pipeline_run_time_exchange (
    HablaPipelineRun *self, HablaExchange *exchange, const HablaUtterance *utterance)
{
  if (!pipeline_run_is_spoken (utterance))
    return;
  if (self->origin == 0) {
    gint64 heard = habla_pipeline_find_decode_time (self->pipeline, utterance->end);
    gint64 ago = heard != 0 ? g_get_monotonic_time () - heard : 0;

    self->origin = exchange->timestamp - ago - (gint64) (utterance->end / 1000);
  }
  exchange->begin = self->origin + (gint64) (utterance->begin / 1000);
  exchange->end = self->origin + (gint64) (utterance->end / 1000);
}

gint64
habla_pipeline_run_get_transcription_time (HablaPipelineRun *self, const HablaUtterance *utterance)
{
  gint64 heard = utterance->end > utterance->begin
                     ? habla_pipeline_find_decode_time (self->pipeline, utterance->end)
                     : 0;

  return heard != 0 ? g_get_monotonic_time () - heard : -1;
}

void
habla_pipeline_run_record_exchange (HablaPipelineRun *self, guint64 session_id,
    HablaExchange *exchange, const HablaUtterance *utterance)
{
  const HablaRecordingSegment segment = {
    .session_id = session_id,
    .exchange_id = exchange->id,
    .begin = utterance->begin,
    .end = utterance->end,
    .language = exchange->language,
    .text = exchange->source,
  };

  if (self->recorder == NULL || !pipeline_run_is_spoken (utterance))
    return;
  habla_recorder_add_segment (self->recorder, &segment);
  exchange->recording = g_strdup (habla_recorder_get_id (self->recorder));
}

void
habla_pipeline_run_record_translation (
    HablaPipelineRun *self, const HablaExchange *exchange, const char *language, const char *text)
{
  if (self->recorder != NULL && exchange->recording != NULL && text != NULL)
    habla_recorder_add_translation (self->recorder, exchange->id, language, text);
}

HablaInvariants
habla_pipeline_run_check_invariants (
    HablaPipelineRun *self, guint pending, HablaPipelineStats *stats)
{
  HablaInvariantsInput input = {
    .state = habla_pipeline_get_state (self->pipeline),
    .audio_taken = self->audio_taken,
    .pending = pending,
    .sources = (self->unused_timer != NULL) + (self->late_timer != NULL) +
               (self->linger_timer != NULL) + (self->silence_timer != NULL),
    .is_stuck = habla_pipeline_is_stuck (self->pipeline),
  };

  habla_pipeline_get_stats (self->pipeline, &input.stats);
  *stats = input.stats;
  return habla_invariants_check (&input, habla_pipeline_get_label (self->pipeline));
}
