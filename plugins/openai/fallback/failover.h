/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* First and longest time without requests after a failure, in microseconds; each one is twice the
 * previous one. */
#define FAILOVER_MIN_BACKOFF (1 * G_TIME_SPAN_SECOND)
#define FAILOVER_MAX_BACKOFF (60 * G_TIME_SPAN_SECOND)

/**
 * Failover:
 * @is_degraded: whether the last request failed
 * @backoff: duration of the last backoff, in microseconds
 * @retry_at: monotonic time of the next request, in microseconds
 *
 * Decides whether a sentence goes to the server or to the local engine, and says once when that
 * changes. One failure is enough, because the local engine is there. A plain value for one thread
 * at a time; zero-initialised is healthy.
 */
typedef struct {
  gboolean is_degraded;
  gint64 backoff;
  gint64 retry_at;
} Failover;

/**
 * failover_allows:
 * @self: a failover
 *
 * Returns: whether the server gets the next sentence
 */
gboolean failover_allows (const Failover *self);

/**
 * failover_fail:
 * @self: a failover
 * @element: the element that uses the server
 * @fallback: name of the local engine
 * @error: why the server failed
 *
 * Reports a failure. The first one in a row is logged and posted as the element message
 * `habla/engine-degraded` with `engine`, `fallback` and `reason` (strings).
 */
void failover_fail (Failover *self, GstElement *element, const char *fallback, const GError *error);

/**
 * failover_succeed:
 * @self: a failover
 * @element: the element that uses the server
 * @fallback: name of the local engine
 *
 * Reports an answer. The first one after a failure is logged and posted as the element message
 * `habla/engine-recovered` with `engine` and `fallback` (strings).
 */
void failover_succeed (Failover *self, GstElement *element, const char *fallback);

G_END_DECLS
