/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/network/network.h"

#include "daemon/network/change-timer.h"
#include "daemon/network/own-certificate.h"
#include "daemon/network/owner-token.h"
#include "daemon/secret-file.h"

#include <net/local-addresses.h>
#include <string.h>
#include <util/source.h>
#include <util/task-pool.h>

/* Interfaces and addresses change one after the other, in milliseconds. */
#define SETTLING_TIME 1000
/* Phones warn of each new certificate: a machine that often gets another address makes so many at
 * once, and then one in this time, in milliseconds. */
#define RENEWAL_BURST 3
#define RENEWAL_INTERVAL (60 * 1000)
/* Certificates expire while nothing else happens, in milliseconds. */
#define CHECK_INTERVAL (60 * 60 * 1000)

static HablaTaskPool pool = HABLA_TASK_POOL_INIT (1);

struct _HablaNetwork {
  const HablaSettings *settings;
  char *token;                  /* (nullable) */
  GTlsCertificate *certificate; /* (nullable) */
  gboolean is_own;              /* hablad made @certificate */
  GStrv listen;
  GStrv listen_for_listeners;
  GStrv hosts;
  GStrv proxies;
  gboolean trusts_proxies; /* the settings say so */

  /* While it is watched. */
  HablaHttpServer *server;
  HablaApi *api;
  GNetworkMonitor *monitor; /* (nullable) */
  gulong changed;
  GSource *settling;
  HablaChangeTimer *renewal;
  GSource *timer;
  GCancellable *cancellable;
};

static void network_on_renewal (gpointer user_data);

/* Settings */

/* @text: ADDRESS:PORT */
static gboolean
is_loopback (const char *text)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = g_strndup (text, colon != NULL ? colon - text : 0);
  gsize length = strlen (host);
  g_autoptr (GInetAddress) address = NULL;

  if (strcmp (host, "localhost") == 0)
    return TRUE;
  if (length > 2 && host[0] == '[') {
    host[length - 1] = '\0';
    address = g_inet_address_new_from_string (host + 1);
  } else {
    address = g_inet_address_new_from_string (host);
  }
  return address != NULL && g_inet_address_get_is_loopback (address);
}

/* Whether others can reach the daemon only through a proxy on this machine. */
static gboolean
network_is_behind_proxy (HablaNetwork *self)
{
  const HablaSettings *settings = self->settings;

  if (settings->public_url == NULL || settings->lan != HABLA_LAN_NO)
    return FALSE;
  for (guint i = 0; settings->listen[i] != NULL; i++)
    if (!is_loopback (settings->listen[i]))
      return FALSE;
  return TRUE;
}

static void
network_set_proxies (HablaNetwork *self)
{
  static const char *const none[] = { NULL };
  static const char *const local[] = { "127.0.0.1", "::1", NULL };
  const char *const *proxies = (const char *const *) self->settings->proxies;

  if (proxies[0] == NULL && network_is_behind_proxy (self))
    proxies = local;
  else if (proxies[0] != NULL && strcmp (proxies[0], "none") == 0)
    self->trusts_proxies = TRUE;
  if (self->trusts_proxies)
    proxies = none;
  self->proxies = g_strdupv ((GStrv) proxies);
}

static void
network_set_addresses (HablaNetwork *self, gboolean has_sockets)
{
  const HablaSettings *settings = self->settings;
  g_autoptr (GStrvBuilder) listen = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) for_listeners = g_strv_builder_new ();
  g_autofree char *https = g_strdup_printf ("*:%u", settings->https_port);
  g_autofree char *http = g_strdup_printf ("*:%u", settings->http_port);

  if (!has_sockets)
    g_strv_builder_addv (listen, (const char **) settings->listen);
  if (settings->lan == HABLA_LAN_YES)
    g_strv_builder_add (listen, https);
  else if (settings->lan == HABLA_LAN_HTTP)
    g_strv_builder_add (for_listeners, http);
  g_strfreev (self->listen);
  g_strfreev (self->listen_for_listeners);
  self->listen = g_strv_builder_end (listen);
  self->listen_for_listeners = g_strv_builder_end (for_listeners);
}

/* Adds the names of a certificate that the settings name: its owner reaches this machine by them.
 */
static void
network_add_certified_names (HablaNetwork *self, GStrvBuilder *builder)
{
  g_autoptr (GPtrArray) names =
      self->certificate != NULL ? g_tls_certificate_get_dns_names (self->certificate) : NULL;

  for (guint i = 0; names != NULL && i < names->len; i++) {
    gsize length;
    const char *data = g_bytes_get_data (names->pdata[i], &length);
    g_autofree char *name = g_strndup (data, length);

    g_strv_builder_add (builder, name);
  }
}

/* @names: of this machine */
static void
network_set_hosts (HablaNetwork *self, const char *const *names)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_addv (builder, (const char **) self->settings->hosts);
  network_add_certified_names (self, builder);
  if (self->settings->lan != HABLA_LAN_NO)
    g_strv_builder_addv (builder, (const char **) names);
  g_strfreev (self->hosts);
  self->hosts = g_strv_builder_end (builder);
}

static gboolean
network_read_token (HablaNetwork *self, GError **error)
{
  if (self->settings->token_file != NULL)
    self->token = habla_owner_token_read (self->settings->token_file, error);
  else if (self->settings->lan != HABLA_LAN_NO || self->proxies[0] != NULL)
    self->token = habla_owner_token_keep (error);
  else
    return TRUE;
  return self->token != NULL;
}

static gboolean
network_read_certificate (HablaNetwork *self, GError **error)
{
  const HablaSettings *settings = self->settings;

  if (settings->tls_certificate != NULL) {
    if (habla_secret_file_check (settings->tls_key, error))
      self->certificate =
          g_tls_certificate_new_from_files (settings->tls_certificate, settings->tls_key, error);
    if (self->certificate == NULL)
      g_prefix_error (error, "%s, %s: ", settings->tls_certificate, settings->tls_key);
  } else if (settings->lan == HABLA_LAN_YES) {
    self->is_own = TRUE;
    self->certificate = habla_own_certificate_keep (error);
  } else {
    return TRUE;
  }
  return self->certificate != NULL;
}

HablaNetwork *
habla_network_new (const HablaSettings *settings, GError **error)
{
  g_autoptr (HablaNetwork) self = g_new0 (HablaNetwork, 1);
  g_auto (GStrv) names = habla_local_addresses_get_names ();

  self->settings = settings;
  self->cancellable = g_cancellable_new ();
  self->renewal = habla_change_timer_new (
      SETTLING_TIME, RENEWAL_INTERVAL, RENEWAL_BURST, network_on_renewal, self);
  network_set_proxies (self);
  if (!network_read_token (self, error) || !network_read_certificate (self, error))
    return NULL;
  network_set_hosts (self, (const char *const *) names);
  return g_steal_pointer (&self);
}

void
habla_network_free (HablaNetwork *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  if (self->monitor != NULL)
    g_clear_signal_handler (&self->changed, self->monitor);
  g_clear_object (&self->monitor);
  habla_source_clear (&self->settling);
  habla_change_timer_free (self->renewal);
  habla_source_clear (&self->timer);
  g_clear_object (&self->certificate);
  g_strfreev (self->listen);
  g_strfreev (self->listen_for_listeners);
  g_strfreev (self->hosts);
  g_strfreev (self->proxies);
  g_free (self->token);
  g_free (self);
}

void
habla_network_configure (HablaNetwork *self, gboolean has_sockets, HablaHttpServerOptions *options)
{
  network_set_addresses (self, has_sockets);
  options->listen = (const char *const *) self->listen;
  options->listen_for_listeners = (const char *const *) self->listen_for_listeners;
  options->certificate = self->certificate;
  options->plain_loopback = self->settings->lan != HABLA_LAN_NO;
  options->token = self->token;
  options->hosts = (const char *const *) self->hosts;
  options->public_url = self->settings->public_url;
  options->proxies = (const char *const *) self->proxies;
  options->origins = (const char *const *) self->settings->origins;
  options->prefix = HABLA_API_PREFIX;
  options->trusts_local_proxies = self->trusts_proxies;
}

const char *
habla_network_get_token (HablaNetwork *self)
{
  return self->token;
}

gboolean
habla_network_trusts_loopback (HablaNetwork *self)
{
  for (guint i = 0; self->proxies[i] != NULL; i++) {
    g_autoptr (GInetAddress) address = g_inet_address_new_from_string (self->proxies[i]);

    if (address != NULL && g_inet_address_get_is_loopback (address))
      return FALSE;
  }
  return TRUE;
}

gboolean
habla_network_has_own_certificate (HablaNetwork *self)
{
  return self->is_own;
}

/* Changes while the daemon runs */

/* The result of a worker thread. */
typedef struct {
  gboolean renews;
  GTlsCertificate *certificate; /* (nullable) */
  GPtrArray *addresses;
  GStrv names;
} Check;

static void
check_free (gpointer data)
{
  Check *self = data;

  g_clear_object (&self->certificate);
  g_clear_pointer (&self->addresses, g_ptr_array_unref);
  g_strfreev (self->names);
  g_free (self);
}

/* Worker thread. */
static void
network_check (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Check *check = task_data;
  g_autoptr (GError) error = NULL;

  check->addresses = habla_local_addresses_get ();
  check->names = habla_local_addresses_get_names ();
  if (check->renews) {
    check->certificate = habla_own_certificate_keep (&error);
    if (check->certificate == NULL)
      g_warning ("Failed to renew the certificate: %s", error->message);
  }
  g_task_return_boolean (task, TRUE);
}

static void
network_set_public_url (HablaNetwork *self, GPtrArray *addresses)
{
  g_autofree char *url = habla_http_server_get_public_url (self->server, addresses);
  const char *old = habla_api_get_public_url (self->api);

  if (g_strcmp0 (url, old) == 0)
    return;
  if (old != NULL)
    g_message ("Other machines reach this one at %s now", url != NULL ? url : "no address");
  habla_api_set_public_url (self->api, url);
}

static void
network_on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaNetwork *self = user_data;
  Check *check = g_task_get_task_data (G_TASK (result));

  /* If it was cancelled, the network is freed. */
  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    return;
  if (check->certificate != NULL &&
      !g_tls_certificate_is_same (check->certificate, self->certificate)) {
    g_set_object (&self->certificate, check->certificate);
    habla_http_server_set_certificate (self->server, self->certificate);
    habla_change_timer_note_work (self->renewal);
  }
  network_set_hosts (self, (const char *const *) check->names);
  habla_http_server_set_hosts (self->server, (const char *const *) self->hosts);
  network_set_public_url (self, check->addresses);
}

/* @renews: whether a certificate of hablad's own is renewed if it must be */
static void
network_start_check (HablaNetwork *self, gboolean renews)
{
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, network_on_checked, self);
  Check *check = g_new0 (Check, 1);

  g_task_set_name (task, "[habla] HablaNetwork check");
  check->renews = renews && self->is_own;
  g_task_set_task_data (task, check, check_free);
  habla_task_pool_run (&pool, task, network_check);
}

static gboolean
network_on_settled (gpointer user_data)
{
  HablaNetwork *self = user_data;

  habla_source_clear (&self->settling);
  network_start_check (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
network_on_renewal (gpointer user_data)
{
  network_start_check (user_data, TRUE);
}

static gboolean
network_on_timer (gpointer user_data)
{
  network_start_check (user_data, TRUE);
  return G_SOURCE_CONTINUE;
}

static void
network_on_changed (GNetworkMonitor *monitor, gboolean is_available, gpointer user_data)
{
  HablaNetwork *self = user_data;

  /* Not from the last change on: it might never settle. */
  if (self->settling == NULL)
    habla_source_start_timer (
        &self->settling, SETTLING_TIME, "[habla] HablaNetwork settling", network_on_settled, self);
  habla_change_timer_note_change (self->renewal);
}

void
habla_network_watch (HablaNetwork *self, HablaHttpServer *server, HablaApi *api)
{
  g_autoptr (GPtrArray) addresses = habla_local_addresses_get ();

  self->server = server;
  self->api = api;
  network_set_public_url (self, addresses);
  if (self->token == NULL)
    return;
  self->monitor = g_object_ref (g_network_monitor_get_default ());
  self->changed =
      g_signal_connect (self->monitor, "network-changed", G_CALLBACK (network_on_changed), self);
  habla_source_start_timer (
      &self->timer, CHECK_INTERVAL, "[habla] HablaNetwork check", network_on_timer, self);
}
