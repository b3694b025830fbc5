/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <monitoring/metrics.h>

G_BEGIN_DECLS

/**
 * HablaHealth:
 *
 * A cached answer to whether all works. Checks run in a worker thread, at most one round
 * at a time, each `ttl`; who asks gets the last answer and never waits.
 */
typedef struct _HablaHealth HablaHealth;

/* Blocking, in a worker thread. @message: (out) (transfer full) (nullable): for people,
 * nothing that is secret. Returns: whether it works */
typedef gboolean (*HablaHealthCheck) (gpointer user_data, char **message);

/* @ttl: in milliseconds */
HablaHealth *habla_health_new (guint ttl, HablaMetrics *metrics);
/* Waits for a round under way; at most as long as that takes. */
void habla_health_free (HablaHealth *self);

/* @critical: what fails makes the daemon "down", else "degraded". @name: static */
void habla_health_add_check (HablaHealth *self, const char *name, gboolean critical,
    HablaHealthCheck check, gpointer user_data);
void habla_health_start (HablaHealth *self);
void habla_health_set_stopping (HablaHealth *self);

/* @has_messages: whether to include what the checks say, such as the free space of the disk: not
 *   for strangers, who get an empty text
 *
 * Returns: (transfer full): the JSON of GET /health, from memory */
GBytes *habla_health_get_live (HablaHealth *self, gboolean has_messages);
/* @has_messages: like above
 * @is_ready: (out): whether the status is 200; else 503
 *
 * Returns: (transfer full): the JSON of GET /health/ready, with checked_at and age_ms */
GBytes *habla_health_get_ready (HablaHealth *self, gboolean has_messages, gboolean *is_ready);

G_END_DECLS
