/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <monitoring/metrics.h>
#include <session/session-manager.h>
#include <store/store.h>

G_BEGIN_DECLS

/**
 * HablaHistory:
 *
 * Gives the store what rooms have finished, and tells rooms what is on the disk.
 */
typedef struct _HablaHistory HablaHistory;

/* @store: (transfer full). @manager and @metrics outlive it. */
HablaHistory *habla_history_new (
    HablaStore *store, HablaSessionManager *manager, HablaMetrics *metrics);
/* Blocking: what waits is put in, if it can be. */
void habla_history_free (HablaHistory *self);

HablaStore *habla_history_get_store (HablaHistory *self);

/* A HablaHealthCheck. @store: a #HablaStore */
gboolean habla_history_check (gpointer store, char **message);

G_END_DECLS
