/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "remote-stats.h"

#include <gio/gio.h>
#include <habla/error.h>

void
remote_stats_begin (RemoteStats *self)
{
  self->requests++;
  self->in_flight++;
  self->in_flight_peak = MAX (self->in_flight_peak, self->in_flight);
}

void
remote_stats_end (RemoteStats *self, guint64 latency, const GError *error)
{
  self->in_flight--;
  if (error == NULL) {
    self->successes++;
    self->consecutive_timeouts = 0;
    self->latency_total += latency;
    habla_histogram_record (&self->latency, latency);
  } else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    self->cancelled++;
  } else {
    gboolean timed_out = g_error_matches (error, HABLA_ERROR, HABLA_ERROR_TIMEOUT);

    self->failures++;
    self->timeouts += timed_out;
    self->consecutive_timeouts = timed_out ? self->consecutive_timeouts + 1 : 0;
    remote_stats_note_error (self, error->message);
  }
}

void
remote_stats_note_error (RemoteStats *self, const char *message)
{
  g_free (self->last_error);
  self->last_error = g_strdup (message);
  self->last_error_time = g_get_real_time () / G_USEC_PER_SEC;
}

GstStructure *
remote_stats_to_structure (const RemoteStats *self)
{
  const HablaHistogram *latency = &self->latency;
  GstStructure *stats = gst_structure_new ("habla/remote-stats", "requests", G_TYPE_UINT64,
      self->requests, "successes", G_TYPE_UINT64, self->successes, "retries", G_TYPE_UINT64,
      self->retries, "failures", G_TYPE_UINT64, self->failures, "timeouts", G_TYPE_UINT64,
      self->timeouts, "rate-limited", G_TYPE_UINT64, self->rate_limited, "cancelled", G_TYPE_UINT64,
      self->cancelled, "rejected", G_TYPE_UINT64, self->rejected, "input-tokens", G_TYPE_UINT64,
      self->input_tokens, "output-tokens", G_TYPE_UINT64, self->output_tokens, "in-flight",
      G_TYPE_UINT, self->in_flight, "in-flight-peak", G_TYPE_UINT, self->in_flight_peak,
      "consecutive-timeouts", G_TYPE_UINT, self->consecutive_timeouts, "last-status", G_TYPE_UINT,
      self->last_status, "latency-p50", G_TYPE_UINT64, habla_histogram_get_quantile (latency, 0.50),
      "latency-p95", G_TYPE_UINT64, habla_histogram_get_quantile (latency, 0.95), "latency-max",
      G_TYPE_UINT64, habla_histogram_get_max (latency), "latency-total", G_TYPE_UINT64,
      self->latency_total, NULL);

  if (self->last_error != NULL)
    gst_structure_set (stats, "last-error", G_TYPE_STRING, self->last_error, "last-error-time",
        G_TYPE_INT64, self->last_error_time, NULL);
  return stats;
}

void
remote_stats_clear (RemoteStats *self)
{
  g_free (self->last_error);
  *self = (RemoteStats){ 0 };
}
