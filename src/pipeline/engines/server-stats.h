/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaServerStats:
 * @requests: requests that were sent
 * @successes: part of @requests that had a complete answer
 * @retries: requests that were sent again
 * @failures: part of @requests that failed, with @timeouts
 * @timeouts: part of @failures that took too long
 * @rate_limited: answers 429
 * @latency: time of @successes, in nanoseconds
 * @input_tokens: tokens of requests, as servers report them
 * @output_tokens: tokens of answers
 * @consecutive_timeouts: timeouts since the last success
 * @is_degraded: whether another engine translates instead
 * @last_error_time: in seconds since 1970; 0 = none
 * @last_error: (nullable): for people
 *
 * What language models did since this process began.
 */
typedef struct {
  guint64 requests;
  guint64 successes;
  guint64 retries;
  guint64 failures;
  guint64 timeouts;
  guint64 rate_limited;
  guint64 latency;
  guint64 input_tokens;
  guint64 output_tokens;
  guint consecutive_timeouts;
  gboolean is_degraded;
  gint64 last_error_time;
  char *last_error;
} HablaServerStats;

/**
 * habla_server_stats_collect:
 * @element: any element, while it exists and before its next start
 *
 * Counts what an `openaitranslator` did since it was collected last. No-op for other elements. Main
 * thread.
 */
void habla_server_stats_collect (GstElement *element);

/**
 * habla_server_stats_get:
 * @url: URL of a server, as the elements have it
 *
 * Main thread.
 *
 * Returns: (transfer none): what was collected of the elements with @url; zeros if there is none
 */
const HablaServerStats *habla_server_stats_get (const char *url);

G_END_DECLS
