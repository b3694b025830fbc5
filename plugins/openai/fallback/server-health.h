/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <habla/circuit-breaker.h>

G_BEGIN_DECLS

/**
 * ServerHealth:
 * @lock: protects the others
 * @breaker: decides whether the server gets a request
 * @is_degraded: whether the local engine has taken over, and that was said
 * @n_replaced: texts that the local engine had to translate
 *
 * Decides whether a text goes to the server or to the local engine that replaces it, and says once
 * when that changes. One failure is enough, since the local engine is there: then one text at a
 * time tests the server, after a second, two, and so on up to a minute. Any thread.
 */
typedef struct {
  GMutex lock;
  HablaCircuitBreaker breaker; /* protected by lock */
  gboolean is_degraded;        /* protected by lock */
  guint64 n_replaced;          /* protected by lock */
} ServerHealth;

/**
 * server_health_init:
 * @self: zeroed memory
 */
void server_health_init (ServerHealth *self);

/**
 * server_health_destroy:
 * @self: a health
 *
 * Frees the members of @self.
 */
void server_health_destroy (ServerHealth *self);

/**
 * server_health_reset:
 * @self: a health
 *
 * Forgets all failures.
 */
void server_health_reset (ServerHealth *self);

/**
 * server_health_allow:
 * @self: a health
 * @is_final: whether the text is final; others never test the server
 *
 * Returns: whether the server gets the text. Report the outcome with server_health_report()
 */
gboolean server_health_allow (ServerHealth *self, gboolean is_final);

/**
 * server_health_is_due:
 * @self: a health
 *
 * Unlike server_health_allow(), this promises no request.
 *
 * Returns: whether the server would get a final text now
 */
gboolean server_health_is_due (ServerHealth *self);

/**
 * server_health_is_degraded:
 * @self: a health
 *
 * Returns: whether the last request failed, so that the next one is a test
 */
gboolean server_health_is_degraded (ServerHealth *self);

/**
 * server_health_report:
 * @self: a health
 * @element: the element that uses the server
 * @fallback: name of the local engine
 * @error: (nullable): why the server failed
 *
 * Reports the outcome of a request. Posts the element messages `habla/engine-degraded`, with the
 * fields `engine` (string: name of the element factory), `fallback` and `reason` (string), and
 * `habla/engine-recovered`, with the first two, each time that this changes.
 */
void server_health_report (
    ServerHealth *self, GstElement *element, const char *fallback, const GError *error);

/**
 * server_health_cancel:
 * @self: a health
 *
 * A request ended without an outcome. If it was the test, the next one is.
 */
void server_health_cancel (ServerHealth *self);

/**
 * server_health_count_replaced:
 * @self: a health
 *
 * Counts a text that the local engine translates.
 */
void server_health_count_replaced (ServerHealth *self);

/**
 * server_health_add_to_stats:
 * @self: a health
 * @stats: (inout): gets the fields `degraded` (boolean), `replaced` (uint64) and `breaker` (string)
 */
void server_health_add_to_stats (ServerHealth *self, GstStructure *stats);

G_END_DECLS
