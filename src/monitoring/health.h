/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <monitoring/metrics.h>

G_BEGIN_DECLS

/**
 * HablaHealth:
 *
 * Health checks with cached results. All checks run in a worker thread, one round at a time, at a
 * fixed interval; reading the results costs nothing and never waits.
 *
 * The main thread uses it.
 */
typedef struct _HablaHealth HablaHealth;

/**
 * HablaHealthCheck:
 * @user_data: of habla_health_add_check()
 * @message: (out) (transfer full) (nullable): the result for people; must not contain secrets
 *
 * Called in a worker thread; may block.
 *
 * Returns: whether the component works
 */
typedef gboolean (*HablaHealthCheck) (gpointer user_data, char **message);

/**
 * habla_health_new:
 * @interval: between two rounds, in milliseconds
 * @metrics: for the metrics habla_health_*; must outlive it
 *
 * Returns: (transfer full): health without checks
 */
HablaHealth *habla_health_new (guint interval, HablaMetrics *metrics);

/**
 * habla_health_free:
 * @self: (transfer full): health
 *
 * Waits for a round in progress.
 */
void habla_health_free (HablaHealth *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaHealth, habla_health_free)

/**
 * habla_health_add_check:
 * @self: health that is not started
 * @name: (transfer none): of the component; a string literal
 * @is_critical: whether the daemon is "down" if the check fails; else it is "degraded"
 * @check: the check
 * @user_data: for @check; must outlive @self
 */
void habla_health_add_check (HablaHealth *self, const char *name, gboolean is_critical,
    HablaHealthCheck check, gpointer user_data);

/**
 * habla_health_start:
 * @self: health that is not started
 *
 * Begins the first round. A round begins only when the one before is over; if the results are five
 * times as old as the interval, the status is "down".
 */
void habla_health_start (HablaHealth *self);

/**
 * habla_health_set_stopping:
 * @self: health
 *
 * Makes the status "down" for good.
 */
void habla_health_set_stopping (HablaHealth *self);

/**
 * habla_health_get_live:
 * @self: health
 * @has_messages: whether to include the messages of the checks, such as the free space of the
 *   disk; clients of other machines get empty messages
 *
 * Returns: (transfer full): the JSON of GET /health
 */
GBytes *habla_health_get_live (HablaHealth *self, gboolean has_messages);

/**
 * habla_health_get_ready:
 * @self: health
 * @has_messages: see habla_health_get_live()
 * @is_ready: (out): whether the status is "ok" or "degraded"
 *
 * Returns: (transfer full): the JSON of GET /health/ready, with `checked_at` and `age_ms`
 */
GBytes *habla_health_get_ready (HablaHealth *self, gboolean has_messages, gboolean *is_ready);

G_END_DECLS
