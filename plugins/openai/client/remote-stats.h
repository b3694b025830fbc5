/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <habla/histogram.h>

G_BEGIN_DECLS

/**
 * RemoteStats:
 *
 * Statistics of a #RemoteClient. A plain value without a lock; zero-initialised is empty.
 */
typedef struct {
  guint64 requests;
  guint64 successes;
  guint64 retries;
  guint64 failures;
  guint64 timeouts;
  guint64 rate_limited;
  guint64 cancelled;
  guint64 rejected;
  guint64 input_tokens;
  guint64 output_tokens;
  guint in_flight;
  guint in_flight_peak;
  guint consecutive_timeouts;
  guint last_status;
  gint64 last_error_time; /* seconds since 1970; 0 = none */
  char *last_error;
  guint64 latency_total;  /* of successful requests, ns */
  HablaHistogram latency; /* of successful requests, ns */
} RemoteStats;

/**
 * remote_stats_begin:
 * @self: statistics
 *
 * Counts a request.
 */
void remote_stats_begin (RemoteStats *self);

/**
 * remote_stats_end:
 * @self: statistics
 * @latency: its duration, in nanoseconds
 * @error: (nullable): why it failed
 *
 * Counts its outcome.
 */
void remote_stats_end (RemoteStats *self, guint64 latency, const GError *error);

/**
 * remote_stats_note_error:
 * @self: statistics
 * @message: what went wrong last
 */
void remote_stats_note_error (RemoteStats *self, const char *message);

/**
 * remote_stats_to_structure:
 * @self: statistics
 *
 * Returns: (transfer full): a structure `habla/remote-stats` with `requests`, `successes`,
 *   `retries`, `failures` (which include `timeouts`), `timeouts`, `rate-limited` (responses 429),
 *   `cancelled`, `rejected` (complete responses that the element could not use), `input-tokens`,
 *   `output-tokens` (uint64), `in-flight`, `in-flight-peak`, `consecutive-timeouts`, `last-status`
 *   (uint), `latency-p50`, `latency-p95`, `latency-max`, `latency-total` (uint64, nanoseconds) and,
 *   after an error, `last-error` (string) and `last-error-time` (int64, seconds since 1970)
 */
GstStructure *remote_stats_to_structure (const RemoteStats *self);

/**
 * remote_stats_clear:
 * @self: statistics
 *
 * Empties it.
 */
void remote_stats_clear (RemoteStats *self);

G_END_DECLS
