/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <daemon/settings.h>
#include <monitoring/health.h>
#include <room/room-manager.h>

G_BEGIN_DECLS

/**
 * HablaClusterService:
 *
 * What [cluster] of the settings asks for: this hablad is a node among others.
 */
typedef struct _HablaClusterService HablaClusterService;

/**
 * habla_cluster_service_new:
 * @settings: whose cluster_servers is not empty; must outlive the service, like the next two
 * @manager: the rooms
 * @metrics: for the metrics habla_cluster_*
 * @error: return location for an error: of the settings, of a file that they name, or because
 *   hablad was built without NATS
 *
 * Begins to connect to NATS. Blocks on files.
 *
 * Returns: (transfer full) (nullable): a service
 */
HablaClusterService *habla_cluster_service_new (const HablaSettings *settings,
    HablaRoomManager *manager, HablaMetrics *metrics, GError **error);

/**
 * habla_cluster_service_free:
 * @self: (transfer full): a service
 *
 * Leaves the cluster. May block for two seconds.
 */
void habla_cluster_service_free (HablaClusterService *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaClusterService, habla_cluster_service_free)

/**
 * habla_cluster_service_set_addresses:
 * @self: a service
 * @addresses: (array zero-terminated=1): URLs where clients reach this hablad; copied
 */
void habla_cluster_service_set_addresses (HablaClusterService *self, const char *const *addresses);

/**
 * habla_cluster_service_set_room_func:
 * @self: a service
 * @func: (nullable): called with the name of a room that another node owns
 * @user_data: passed to @func
 */
void habla_cluster_service_set_room_func (HablaClusterService *self,
    void (*func) (const char *name, gpointer user_data), gpointer user_data);

/**
 * habla_cluster_service_check:
 * @service: a #HablaClusterService
 * @message: (out) (transfer full): its state, for people
 *
 * A #HablaHealthCheck.
 *
 * Returns: whether this node is connected
 */
gboolean habla_cluster_service_check (gpointer service, char **message);

/**
 * habla_cluster_service_to_json:
 * @service: a #HablaClusterService
 *
 * Returns: (transfer full): the JSON of GET /api/cluster
 */
GBytes *habla_cluster_service_to_json (gpointer service);

G_END_DECLS
