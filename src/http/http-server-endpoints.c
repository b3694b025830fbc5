/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The addresses of a server, as sockets and as URLs. */
#define G_LOG_USE_STRUCTURED
#include "http/http-server-private.h"

#include <string.h>

void
habla_http_endpoint_free (gpointer endpoint)
{
  HablaHttpEndpoint *self = endpoint;

  habla_tcp_listener_free (self->listener);
  g_free (self);
}

static char *
http_endpoint_get_url (const HablaHttpEndpoint *self)
{
  return habla_tcp_listener_get_url (self->listener, self->is_secure);
}

/* @listener: (transfer full) (nullable): %NULL with an error */
static HablaHttpEndpoint *
http_server_add_endpoint (HablaHttpServer *self, HablaTcpListener *listener, GError **error)
{
  HablaHttpEndpoint *endpoint;
  g_autofree char *url = NULL;

  if (listener == NULL)
    return NULL;
  endpoint = g_new0 (HablaHttpEndpoint, 1);
  endpoint->server = self;
  endpoint->listener = listener;
  g_ptr_array_add (self->endpoints, endpoint);
  if (self->rules.token != NULL || habla_tcp_listener_is_loopback (listener))
    return endpoint;
  endpoint->is_secure = self->certificate != NULL;
  url = http_endpoint_get_url (endpoint);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      "%s can be reached from other machines, and no token is set; set one, start hablad with "
      "--lan, which makes one, or listen on 127.0.0.1",
      url);
  return NULL;
}

/* @listener: (transfer full) (nullable): %NULL with an error */
static gboolean
http_server_add_listener (HablaHttpServer *self, const HablaHttpServerOptions *options,
    HablaTcpListener *listener, GError **error)
{
  HablaHttpEndpoint *endpoint = http_server_add_endpoint (self, listener, error);

  if (endpoint == NULL)
    return FALSE;
  endpoint->is_secure =
      self->certificate != NULL &&
      !(options->plain_loopback && habla_tcp_listener_is_loopback (endpoint->listener));
  return TRUE;
}

static gboolean
http_server_listen_for_listeners (HablaHttpServer *self, const char *address, GError **error)
{
  HablaHttpEndpoint *endpoint =
      http_server_add_endpoint (self, habla_tcp_listener_new (address, error), error);

  if (endpoint == NULL)
    return FALSE;
  endpoint->is_for_listeners = TRUE;
  return TRUE;
}

gboolean
habla_http_server_listen (HablaHttpServer *self, const HablaHttpServerOptions *options,
    HablaTcpListenerAccepted accepted, GError **error)
{
  const char *const *others = options->listen_for_listeners;

  for (guint i = 0; options->listen != NULL && options->listen[i] != NULL; i++)
    if (!http_server_add_listener (
            self, options, habla_tcp_listener_new (options->listen[i], error), error))
      return FALSE;
  for (guint i = 0; options->sockets != NULL && i < options->sockets->len; i++)
    if (!http_server_add_listener (self, options,
            habla_tcp_listener_new_for_socket (options->sockets->pdata[i], error), error))
      return FALSE;
  for (guint i = 0; others != NULL && others[i] != NULL; i++)
    if (!http_server_listen_for_listeners (self, others[i], error))
      return FALSE;
  for (guint i = 0; i < self->endpoints->len; i++) {
    HablaHttpEndpoint *endpoint = self->endpoints->pdata[i];

    habla_tcp_listener_start (endpoint->listener, accepted, endpoint);
  }
  return TRUE;
}

GStrv
habla_http_server_get_urls (HablaHttpServer *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < self->endpoints->len; i++) {
    g_autofree char *url = http_endpoint_get_url (self->endpoints->pdata[i]);

    g_strv_builder_add (builder, url);
  }
  return g_strv_builder_end (builder);
}

/* @listener: listens on all addresses. Returns: (nullable): the best of this machine to which the
 * socket answers */
static GInetAddress *
find_best_address (HablaTcpListener *listener, GPtrArray *addresses)
{
  GInetAddress *any = g_inet_socket_address_get_address (habla_tcp_listener_get_address (listener));
  gboolean is_ipv4_only = g_inet_address_get_family (any) == G_SOCKET_FAMILY_IPV4;
  gboolean is_ipv6_only = !is_ipv4_only && habla_tcp_listener_is_ipv6_only (listener);

  for (guint i = 0; i < addresses->len; i++) {
    gboolean is_ipv4 = g_inet_address_get_family (addresses->pdata[i]) == G_SOCKET_FAMILY_IPV4;

    if (is_ipv4 ? !is_ipv6_only : !is_ipv4_only)
      return g_object_ref (addresses->pdata[i]);
  }
  return NULL;
}

/* Returns: (nullable): a name of @certificate, unless it also has @address: browsers would refuse
 * it for the address */
static char *
find_certified_name (GTlsCertificate *certificate, GInetAddress *address)
{
  g_autoptr (GPtrArray) addresses = g_tls_certificate_get_ip_addresses (certificate);
  g_autoptr (GPtrArray) names = g_tls_certificate_get_dns_names (certificate);

  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    if (g_inet_address_equal (addresses->pdata[i], address))
      return NULL;
  for (guint i = 0; names != NULL && i < names->len; i++) {
    gsize length;
    const char *data = g_bytes_get_data (names->pdata[i], &length);
    g_autofree char *name = g_strndup (data, length);

    if (strchr (name, '*') == NULL && g_str_is_ascii (name) && strcmp (name, "localhost") != 0)
      return g_steal_pointer (&name);
  }
  return NULL;
}

char *
habla_http_server_get_public_url (HablaHttpServer *self, GPtrArray *addresses)
{
  if (self->public_url != NULL)
    return g_strdup (self->public_url);
  for (guint i = 0; i < self->endpoints->len; i++) {
    HablaHttpEndpoint *endpoint = self->endpoints->pdata[i];
    GInetSocketAddress *socket = habla_tcp_listener_get_address (endpoint->listener);
    GInetAddress *address = g_inet_socket_address_get_address (socket);
    g_autoptr (GInetAddress) best = NULL;
    g_autofree char *name = NULL;
    g_autofree char *host = NULL;

    if (habla_tcp_listener_is_loopback (endpoint->listener))
      continue;
    best = g_inet_address_get_is_any (address) ? find_best_address (endpoint->listener, addresses)
                                               : g_object_ref (address);
    if (best == NULL)
      continue;
    if (endpoint->is_secure)
      name = find_certified_name (self->certificate, best);
    host = name != NULL ? g_steal_pointer (&name) : g_inet_address_to_string (best);
    return g_uri_join (G_URI_FLAGS_NONE, endpoint->is_secure ? "https" : "http", NULL, host,
        g_inet_socket_address_get_port (socket), "/", NULL, NULL);
  }
  return NULL;
}
