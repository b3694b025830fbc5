/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include "net/tcp-listener.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <util/source.h>

/* Connections that are accepted in one iteration of the main loop. */
#define MAX_ACCEPTS 16
/* Time until the next try when there are no descriptors or no memory, in milliseconds. */
#define RETRY_INTERVAL 100
#define BACKLOG 512

struct _HablaTcpListener {
  GSocket *socket;
  GInetSocketAddress *address;
  HablaTcpListenerAccepted accepted;
  gpointer accepted_data;
  GSource *source; /* (nullable): waits for connections, or for the next try */
};

static void tcp_listener_watch (HablaTcpListener *self);

HablaTcpListener *
habla_tcp_listener_new_for_socket (GSocket *socket, GError **error)
{
  g_autoptr (HablaTcpListener) self = g_new0 (HablaTcpListener, 1);
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, error);
  int listening = 0;

  if (address == NULL)
    return NULL;
  if (!G_IS_INET_SOCKET_ADDRESS (address) ||
      g_socket_get_socket_type (socket) != G_SOCKET_TYPE_STREAM ||
      !g_socket_get_option (socket, SOL_SOCKET, SO_ACCEPTCONN, &listening, NULL) || !listening) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
        "The socket that was passed on does not listen on TCP; use ListenStream=ADDRESS:PORT");
    return NULL;
  }
  self->socket = g_object_ref (socket);
  self->address = G_INET_SOCKET_ADDRESS (g_steal_pointer (&address));
  g_socket_set_blocking (self->socket, FALSE);
  return g_steal_pointer (&self);
}

/* Returns: (transfer full) (nullable): the address that @text names */
static GSocketAddress *
tcp_listener_parse_address (const char *text, GError **error)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = colon != NULL ? g_strndup (text, colon - text) : NULL;
  GSocketAddress *address = NULL;
  gsize length;
  guint64 port;

  if (host != NULL && g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &port, NULL)) {
    length = strlen (host);
    if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
      host[length - 1] = '\0';
      address = g_inet_socket_address_new_from_string (host + 1, port);
    } else if (strcmp (host, "localhost") == 0) {
      address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
    } else if (strchr (host, ':') == NULL) {
      address = g_inet_socket_address_new_from_string (host, port);
    }
  }
  if (address == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "\"%s\" is not an address to listen on; use the form 127.0.0.1:8700, [::1]:8700, "
        "localhost:8700 or *:8443",
        text);
  return address;
}

/* @is_v6_only: whether an IPv6 socket refuses IPv4. Returns: (transfer full) (nullable): a socket
 * that listens */
static GSocket *
tcp_listener_open (GSocketAddress *address, gboolean is_v6_only, const char *text, GError **error)
{
  GSocketFamily family = g_socket_address_get_family (address);
  g_autoptr (GSocket) socket =
      g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL) {
    g_prefix_error (error, "Failed to listen on %s: ", text);
    return NULL;
  }
  if (family == G_SOCKET_FAMILY_IPV6)
    g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, is_v6_only, NULL);
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error)) {
    g_prefix_error (error,
        "Failed to listen on %s; choose another port, or stop the program that uses it: ", text);
    return NULL;
  }
  return g_steal_pointer (&socket);
}

/* Returns: (transfer full) (nullable): a socket for IPv6 and IPv4, or for IPv4 if the machine has
 * no IPv6 */
static GSocket *
tcp_listener_open_all (const char *text, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *ipv6 = g_strconcat ("[::]", text + 1, NULL);
  g_autofree char *ipv4 = g_strconcat ("0.0.0.0", text + 1, NULL);
  g_autoptr (GSocketAddress) any = tcp_listener_parse_address (ipv6, error);
  g_autoptr (GSocketAddress) any_ipv4 = NULL;
  GSocket *socket;

  if (any == NULL)
    return NULL;
  socket = tcp_listener_open (any, FALSE, text, &cause);
  if (socket != NULL)
    return socket;
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE)) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return NULL;
  }
  any_ipv4 = tcp_listener_parse_address (ipv4, error);
  return any_ipv4 != NULL ? tcp_listener_open (any_ipv4, FALSE, text, error) : NULL;
}

HablaTcpListener *
habla_tcp_listener_new (const char *text, GError **error)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket) socket = NULL;

  if (text[0] == '*') {
    socket = tcp_listener_open_all (text, error);
  } else {
    address = tcp_listener_parse_address (text, error);
    socket = address != NULL ? tcp_listener_open (address, TRUE, text, error) : NULL;
  }
  return socket != NULL ? habla_tcp_listener_new_for_socket (socket, error) : NULL;
}

void
habla_tcp_listener_free (HablaTcpListener *self)
{
  habla_tcp_listener_stop (self);
  g_clear_object (&self->address);
  g_free (self);
}

gboolean
habla_tcp_listener_is_loopback (HablaTcpListener *self)
{
  return g_inet_address_get_is_loopback (g_inet_socket_address_get_address (self->address));
}

GInetSocketAddress *
habla_tcp_listener_get_address (HablaTcpListener *self)
{
  return self->address;
}

gboolean
habla_tcp_listener_is_ipv6_only (HablaTcpListener *self)
{
  GInetAddress *address = g_inet_socket_address_get_address (self->address);
  int is_only = TRUE;

  if (g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
    return FALSE;
  if (self->socket != NULL)
    g_socket_get_option (self->socket, IPPROTO_IPV6, IPV6_V6ONLY, &is_only, NULL);
  return is_only;
}

char *
habla_tcp_listener_get_url (HablaTcpListener *self, gboolean is_secure)
{
  GInetAddress *address = g_inet_socket_address_get_address (self->address);
  g_autofree char *text = g_inet_address_to_string (address);
  gboolean is_ipv6 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;

  return g_strdup_printf ("%s://%s%s%s:%u/", is_secure ? "https" : "http", is_ipv6 ? "[" : "", text,
      is_ipv6 ? "]" : "", g_inet_socket_address_get_port (self->address));
}

static gboolean
tcp_listener_on_retry (gpointer user_data)
{
  tcp_listener_watch (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
tcp_listener_on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  HablaTcpListener *self = user_data;

  for (guint i = 0; i < MAX_ACCEPTS && self->source != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GSocket) accepted = g_socket_accept (socket, NULL, &error);

    if (accepted != NULL) {
      self->accepted (accepted, self->accepted_data);
    } else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
      return G_SOURCE_CONTINUE;
    } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED)) {
      g_warning ("Failed to accept a connection, trying again in %d ms: %s", RETRY_INTERVAL,
          error->message);
      habla_source_start_timer (&self->source, RETRY_INTERVAL, "[habla] HablaTcpListener retry",
          tcp_listener_on_retry, self);
      return G_SOURCE_REMOVE;
    }
  }
  return G_SOURCE_CONTINUE;
}

static void
tcp_listener_watch (HablaTcpListener *self)
{
  habla_source_attach (&self->source, g_socket_create_source (self->socket, G_IO_IN, NULL),
      "[habla] HablaTcpListener", G_SOURCE_FUNC (tcp_listener_on_readable), self);
}

void
habla_tcp_listener_start (
    HablaTcpListener *self, HablaTcpListenerAccepted accepted, gpointer user_data)
{
  self->accepted = accepted;
  self->accepted_data = user_data;
  tcp_listener_watch (self);
}

void
habla_tcp_listener_stop (HablaTcpListener *self)
{
  habla_source_clear (&self->source);
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
}
