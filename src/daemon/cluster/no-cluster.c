/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In place of cluster-service.c if hablad is built without NATS. */
#include "daemon/cluster/cluster-service.h"

HablaClusterService *
habla_cluster_service_new (
    const HablaSettings *settings, HablaRoomManager *manager, HablaMetrics *metrics, GError **error)
{
  g_set_error_literal (error, HABLA_SETTINGS_ERROR, 0,
      "servers of [cluster] is set, but this hablad was built without NATS; build it with libnats, "
      "or remove the setting");
  return NULL;
}

void
habla_cluster_service_free (HablaClusterService *self)
{
}

void
habla_cluster_service_set_addresses (HablaClusterService *self, const char *const *addresses)
{
}

void
habla_cluster_service_set_room_func (HablaClusterService *self,
    void (*func) (const char *name, gpointer user_data), gpointer user_data)
{
}

gboolean
habla_cluster_service_check (gpointer service, char **message)
{
  return FALSE;
}

GBytes *
habla_cluster_service_to_json (gpointer service)
{
  return NULL;
}
