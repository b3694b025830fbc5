/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <monitoring/metrics.h>
#include <room/room-manager.h>
#include <store/store.h>

G_BEGIN_DECLS

/**
 * HablaArchiver:
 *
 * Gives the store what rooms have finished, and tells rooms what is on the disk.
 */
typedef struct _HablaArchiver HablaArchiver;

/* @store: (transfer full). @manager and @metrics outlive it. */
HablaArchiver *habla_archiver_new (
    HablaStore *store, HablaRoomManager *manager, HablaMetrics *metrics);
/* Blocking: what waits is put in, if it can be. */
void habla_archiver_free (HablaArchiver *self);

HablaStore *habla_archiver_get_store (HablaArchiver *self);

/* A HablaHealthCheck. @store: a #HablaStore */
gboolean habla_archiver_check (gpointer store, char **message);

G_END_DECLS
