/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/cluster/cluster-service.h"

#include "daemon/secret-file.h"

#include <cluster/cluster.h>
#include <stdlib.h>

/* Logs of all rooms, in bytes. */
#define MAX_LOG (G_GUINT64_CONSTANT (1) << 30)

struct _HablaClusterService {
  HablaRoomManager *manager;
  const HablaSettings *settings;
  GStrv addresses; /* (nullable) */
  HablaCluster *cluster;
};

/* Returns: load of the processors in the last minute, in percent */
static guint
get_load (void)
{
  double load;

  return getloadavg (&load, 1) == 1 ? load * 100 / g_get_num_processors () : 0;
}

static void
service_describe (HablaClusterNode *own, gpointer user_data)
{
  HablaClusterService *self = user_data;

  if (self->addresses != NULL) {
    g_strfreev (own->addresses);
    own->addresses = g_strdupv (self->addresses);
  }
  own->sessions = habla_room_manager_count_sessions (self->manager);
  own->max_sessions = self->settings->max_sessions;
  own->members = habla_room_manager_count_members (self->manager);
  own->max_members = self->settings->max_members;
  own->load = get_load ();
}

/* Returns: (transfer full): the name of this machine, as far as a node can have it */
static char *
get_default_name (void)
{
  g_autofree char *name = g_strndup (g_get_host_name (), HABLA_MAX_NODE_NAME);

  for (char *c = name; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && *c != '_')
      *c = '-';
  return g_steal_pointer (&name);
}

/* @path: (nullable): of a secret */
static gboolean
check_secret (const char *path, const char *key, GError **error)
{
  if (path == NULL || habla_secret_file_check (path, error))
    return TRUE;
  g_prefix_error (error, "%s of [cluster]: ", key);
  return FALSE;
}

/* The public key is in a file of its own beside the seed. Returns: (transfer full) (nullable) */
static char *
read_nkey_public (const char *path, GError **error)
{
  g_autofree char *file = g_strconcat (path, ".pub", NULL);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (file, &text, NULL, error)) {
    g_prefix_error (error, "nkey of [cluster]: ");
    return NULL;
  }
  return g_strdup (g_strstrip (text));
}

static gboolean
service_join (HablaClusterService *self, HablaMetrics *metrics, GError **error)
{
  const HablaSettings *settings = self->settings;
  g_autofree char *name =
      settings->cluster_name != NULL ? g_strdup (settings->cluster_name) : get_default_name ();
  g_autofree char *file = g_strdup_printf ("%s.spool", name);
  g_autofree char *spool =
      settings->cluster_spool != NULL
          ? g_strdup (settings->cluster_spool)
          : g_build_filename (g_get_user_data_dir (), "habla", "cluster", file, NULL);
  g_autofree char *nkey_public = NULL;
  HablaClusterOptions options = {
    .nats = { .servers = (const char *const *) settings->cluster_servers,
        .name = name,
        .credentials = settings->cluster_credentials,
        .nkey = settings->cluster_nkey,
        .authorities = settings->cluster_ca },
    .replicas = settings->cluster_replicas,
    .spool = spool,
    .max_spool = settings->cluster_max_spool,
    .max_log = MAX_LOG,
    .manager = self->manager,
    .describe = service_describe,
    .user_data = self,
    .metrics = metrics,
  };

  if (!check_secret (settings->cluster_credentials, "credentials", error) ||
      !check_secret (settings->cluster_nkey, "nkey", error))
    return FALSE;
  if (settings->cluster_nkey != NULL) {
    nkey_public = read_nkey_public (settings->cluster_nkey, error);
    if (nkey_public == NULL)
      return FALSE;
    options.nats.nkey_public = nkey_public;
  }
  self->cluster = habla_cluster_new (&options, error);
  if (self->cluster == NULL)
    g_prefix_error (error, "[cluster]: ");
  return self->cluster != NULL;
}

HablaClusterService *
habla_cluster_service_new (
    const HablaSettings *settings, HablaRoomManager *manager, HablaMetrics *metrics, GError **error)
{
  HablaClusterService *self = g_new0 (HablaClusterService, 1);

  self->settings = settings;
  self->manager = manager;
  if (service_join (self, metrics, error))
    return self;
  g_free (self);
  return NULL;
}

void
habla_cluster_service_free (HablaClusterService *self)
{
  habla_cluster_free (self->cluster);
  g_strfreev (self->addresses);
  g_free (self);
}

void
habla_cluster_service_set_addresses (HablaClusterService *self, const char *const *addresses)
{
  g_strfreev (self->addresses);
  self->addresses = g_strdupv ((GStrv) addresses);
}

void
habla_cluster_service_set_room_func (HablaClusterService *self,
    void (*func) (const char *name, gpointer user_data), gpointer user_data)
{
  habla_cluster_set_room_func (self->cluster, func, user_data);
}

gboolean
habla_cluster_service_check (gpointer service, char **message)
{
  HablaClusterService *self = service;

  return habla_cluster_check (self->cluster, message);
}

GBytes *
habla_cluster_service_to_json (gpointer service)
{
  HablaClusterService *self = service;

  return habla_cluster_to_json (self->cluster);
}
