/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/speech/synthesis-stats.h"

#include "habla/error.h"

void
habla_synthesis_stats_init (HablaSynthesisStats *self)
{
  g_mutex_init (&self->lock);
}

void
habla_synthesis_stats_clear (HablaSynthesisStats *self)
{
  g_mutex_clear (&self->lock);
}

void
habla_synthesis_stats_reset (HablaSynthesisStats *self)
{
  g_mutex_lock (&self->lock);
  self->spoken = self->failed = self->passed = self->clipped = self->compressed = 0;
  self->speech_time = self->lag = self->lag_max = 0;
  self->breaker = (HablaCircuitBreaker){ 0 };
  self->latencies = (HablaHistogram){ 0 };
  g_mutex_unlock (&self->lock);
}

void
habla_synthesis_stats_pass (HablaSynthesisStats *self)
{
  g_mutex_lock (&self->lock);
  self->passed++;
  g_mutex_unlock (&self->lock);
}

gboolean
habla_synthesis_stats_allow (HablaSynthesisStats *self, GstClockTime lag)
{
  gboolean allowed;

  self->requested = gst_util_get_timestamp ();
  g_mutex_lock (&self->lock);
  self->lag = lag;
  self->lag_max = MAX (self->lag_max, lag);
  allowed = habla_circuit_breaker_allow (&self->breaker, self->requested);
  self->failed += !allowed;
  g_mutex_unlock (&self->lock);
  return allowed;
}

void
habla_synthesis_stats_begin (HablaSynthesisStats *self)
{
  habla_histogram_record (&self->latencies, gst_util_get_timestamp () - self->requested);
}

void
habla_synthesis_stats_succeed (HablaSynthesisStats *self, const HablaSpeech *speech)
{
  g_mutex_lock (&self->lock);
  habla_circuit_breaker_succeed (&self->breaker);
  self->spoken++;
  self->clipped += speech->clipped;
  self->compressed += speech->speed > 1.0;
  self->speech_time += habla_speech_get_duration (speech, speech->n_samples);
  g_mutex_unlock (&self->lock);
}

void
habla_synthesis_stats_cancel (HablaSynthesisStats *self)
{
  g_mutex_lock (&self->lock);
  habla_circuit_breaker_cancel (&self->breaker);
  g_mutex_unlock (&self->lock);
}

/* An error that concerns one language does not mean that the engine is broken. */
static gboolean
synthesis_error_is_fatal (const GError *error)
{
  return !g_error_matches (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE) &&
         !g_error_matches (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED);
}

void
habla_synthesis_stats_fail (HablaSynthesisStats *self, GError **error)
{
  g_mutex_lock (&self->lock);
  self->failed++;
  if (synthesis_error_is_fatal (*error))
    habla_circuit_breaker_report (
        &self->breaker, gst_util_get_timestamp (), error, "Speech", "utterances are left out");
  else
    habla_circuit_breaker_cancel (&self->breaker);
  g_mutex_unlock (&self->lock);
}

GstStructure *
habla_synthesis_stats_to_structure (HablaSynthesisStats *self, guint n_waiting)
{
  const HablaHistogram *latencies = &self->latencies;
  GstStructure *structure;

  g_mutex_lock (&self->lock);
  structure = gst_structure_new ("habla/synthesizer-stats", "waiting", G_TYPE_UINT, n_waiting,
      "spoken", G_TYPE_UINT64, self->spoken, "failed", G_TYPE_UINT64, self->failed, "passed",
      G_TYPE_UINT64, self->passed, "clipped", G_TYPE_UINT64, self->clipped, "compressed",
      G_TYPE_UINT64, self->compressed, "speech-time", G_TYPE_UINT64, self->speech_time, "lag",
      G_TYPE_UINT64, self->lag, "lag-max", G_TYPE_UINT64, self->lag_max, "latency-p50",
      G_TYPE_UINT64, habla_histogram_get_quantile (latencies, 0.50), "latency-p95", G_TYPE_UINT64,
      habla_histogram_get_quantile (latencies, 0.95), "latency-p99", G_TYPE_UINT64,
      habla_histogram_get_quantile (latencies, 0.99), "latency-max", G_TYPE_UINT64,
      habla_histogram_get_max (latencies), "breaker", G_TYPE_STRING,
      habla_circuit_breaker_get_name (&self->breaker), NULL);
  g_mutex_unlock (&self->lock);
  return structure;
}
