/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <monitoring/metrics.h>
#include <room/room-manager.h>
#include <store/store.h>

G_BEGIN_DECLS

/**
 * HablaArchiver:
 *
 * Writes the finished exchanges, speakers and settings of all rooms to the store, and notifies
 * rooms when an exchange is on disk. Belongs to the thread of the default main context.
 */
typedef struct _HablaArchiver HablaArchiver;

/**
 * habla_archiver_new:
 * @store: (transfer full): the store
 * @manager: (transfer none): the rooms; outlives the archiver
 * @metrics: (transfer none): where to add the metrics of the store; outlives the archiver
 *
 * Returns: (transfer full): an archiver that observes all rooms of @manager
 */
HablaArchiver *habla_archiver_new (
    HablaStore *store, HablaRoomManager *manager, HablaMetrics *metrics);

/**
 * habla_archiver_free:
 * @self: (transfer full): an archiver
 *
 * Blocks until the store has written, or failed to write, all pending changes, and frees the store.
 */
void habla_archiver_free (HablaArchiver *self);

/**
 * habla_archiver_check:
 * @store: a #HablaStore
 * @message: (out) (transfer full): the state of the store, for people; names no folders, because
 *   everybody may read it
 *
 * A #HablaHealthCheck.
 *
 * Returns: whether exchanges are written to disk
 */
gboolean habla_archiver_check (gpointer store, char **message);

G_END_DECLS
