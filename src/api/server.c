/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include "api/server.h"

#include <http/access-control.h>
#include <http/handshakes.h>
#include <http/tcp-listener.h>
#include <http/response.h>
#include "api/routes.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <util/source.h>

#define MAX_HEADER (32 * 1024)
/* A connection may wait so long for its next request, in milliseconds. */
#define MAX_IDLE 60000
/* Descriptors that are not for connections: engines, their pipes, files, devices. */
#define RESERVED_DESCRIPTORS 256
#define SHUT_DOWN_TIME 2000
/* When the server is freed its WebSockets and TLS get so long for their last words, and once more
 * to let go of their connections. */
#define FREE_TIME 2000

enum {
  REFUSED_CONNECTIONS,
  REFUSED_PEER,
  REFUSED_RATE,
  REFUSED_HOST,
  REFUSED_ORIGIN,
  REFUSED_TOKEN,
  REFUSED_TOKEN_RATE,
  REFUSED_HEADER_SIZE,
  REFUSED_BODY_SIZE,
  REFUSED_TIME,
  REFUSED_MALFORMED
};

static const char *const refusal_names[] = { "connections", "connections_of_peer", "rate", "host",
  "origin", "token", "token_rate", "header_size", "body_size", "time", "malformed", NULL };
static const char *const status_names[] = { "1xx", "2xx", "3xx", "4xx", "5xx", NULL };

struct _HablaServer {
  SoupServer *soup;
  GSocket *keep_alive; /* the other end of what libsoup believes to listen on */
  GPtrArray *listeners;
  GQueue connections; /* of HablaConnection */
  GSource *clock;
  gboolean is_cut;  /* all of @connections, once it is being freed */
  GTask *shut_down; /* (nullable) */
  GSource *shut_down_end;

  HablaRoutes *routes;
  HablaRouteContext context;
  HablaConnectionLimits limits;
  HablaAccessRules rules;
  HablaRateLimiter *peers;
  HablaHandshakes *handshakes;
  GTlsCertificate *certificate;
  char *token;
  GStrv hosts;
  guint max_connections;

  HablaMetrics *metrics;
  HablaMetric *requests;
  HablaMetric *durations;
  HablaMetric *refusals;
  HablaMetric *open_connections;
};

static void
refuse (HablaServer *self, guint reason)
{
  habla_metric_add (self->refusals, reason, 1);
}

/* Requests */

static void
explain_access (HablaServer *self, SoupServerMessage *message, HablaAccess access)
{
  gboolean is_token = access == HABLA_ACCESS_NO_TOKEN || access == HABLA_ACCESS_WRONG_TOKEN;

  if (is_token)
    soup_message_headers_replace (soup_server_message_get_response_headers (message),
        "WWW-Authenticate",
        access == HABLA_ACCESS_NO_TOKEN ? "Bearer realm=\"habla\""
                                        : "Bearer realm=\"habla\", error=\"invalid_token\"");
  if (is_token)
    refuse (self, REFUSED_TOKEN);
  else
    refuse (self, access == HABLA_ACCESS_BAD_HOST ? REFUSED_HOST : REFUSED_ORIGIN);
  habla_response_with_detail (message, is_token ? SOUP_STATUS_UNAUTHORIZED : SOUP_STATUS_FORBIDDEN,
      "%s", habla_access_control_explain (access));
}

/* Returns: whether @message has a token that is looked at */
static gboolean
has_token (const HablaRoute *route, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autofree char *cookie = NULL;

  if (route != NULL && route->is_open)
    return FALSE;
  if (soup_message_headers_get_one (headers, "Authorization") != NULL)
    return TRUE;
  cookie = habla_access_control_get_cookie (
      soup_message_headers_get_one (headers, "Cookie"), HABLA_ACCESS_COOKIE);
  return cookie != NULL;
}

/* Wrong tokens are charged to the peer. Returns: whether the token may be looked at; if not, that
 * has been answered */
static gboolean
limit_tokens (HablaServer *self, HablaConnection *connection, SoupServerMessage *message,
    HablaAccess access, gint64 now)
{
  guint wait = habla_connection_get_token_wait (connection, now);
  g_autofree char *seconds = NULL;

  if (wait == 0) {
    habla_connection_note_token (connection, access == HABLA_ACCESS_GRANTED, now);
    return TRUE;
  }
  seconds = g_strdup_printf ("%u", wait);
  refuse (self, REFUSED_TOKEN_RATE);
  soup_message_headers_replace (
      soup_server_message_get_response_headers (message), "Retry-After", seconds);
  habla_response_with_detail (
      message, 429, "Too many wrong tokens from this address: wait %u s", wait);
  return FALSE;
}

static HablaAccess
check_access (HablaServer *self, HablaConnection *connection, SoupServerMessage *message,
    const HablaRoute *route)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *method = soup_server_message_get_method (message);
  HablaAccessRequest request = {
    .is_loopback = connection->is_loopback,
    .is_open = route != NULL && route->is_open,
    .is_websocket = route != NULL && route->is_websocket,
    .changes = (route != NULL && route->is_websocket) ||
               (strcmp (method, "GET") != 0 && strcmp (method, "HEAD") != 0),
    .host = soup_message_headers_get_one (headers, "Host"),
    .origin = soup_message_headers_get_one (headers, "Origin"),
    .authorization = soup_message_headers_get_one (headers, "Authorization"),
    .cookies = soup_message_headers_get_one (headers, "Cookie"),
  };

  return habla_access_control_check (&self->rules, &request);
}

/* The headers are there, the body is not. */
static void
got_headers (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
    gpointer user_data)
{
  HablaServer *self = user_data;
  HablaConnection *connection =
      habla_connection_of (soup_server_message_get_remote_address (message));
  const HablaRoute *route = habla_routes_find (self->routes, path);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  goffset length = soup_message_headers_get_content_length (headers);
  HablaAccess access;
  gint64 now;

  if (connection == NULL)
    return;
  now = g_get_monotonic_time ();
  if (connection->phase == HABLA_CONNECTION_OPENING)
    connection->request = now;
  habla_connection_set_phase (connection, HABLA_CONNECTION_BODY, now);
  access = check_access (self, connection, message, route);
  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
      (guint64) length > self->limits.max_body) {
    habla_response_with_detail (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE,
        "The body is larger than %" G_GSIZE_FORMAT " bytes", self->limits.max_body);
    soup_message_headers_replace (
        soup_server_message_get_response_headers (message), "Connection", "close");
    habla_metered_stream_set_budget (connection->stream, 0);
    return;
  }
  if (self->rules.token != NULL && !connection->is_loopback && has_token (route, message) &&
      access != HABLA_ACCESS_BAD_HOST && access != HABLA_ACCESS_BAD_ORIGIN &&
      !limit_tokens (self, connection, message, access, now))
    return;
  if (access != HABLA_ACCESS_GRANTED && access != HABLA_ACCESS_AFTER_HELLO) {
    explain_access (self, message, access);
  } else if ((route == NULL || !route->is_free) &&
             !habla_rate_limiter_request (self->peers, connection->peer, now)) {
    refuse (self, REFUSED_RATE);
    soup_message_headers_replace (
        soup_server_message_get_response_headers (message), "Retry-After", "1");
    habla_response_with_detail (message, 429, "Too many requests from this address: wait a second");
  } else if (route == NULL) {
    habla_response_with_detail (message, SOUP_STATUS_NOT_FOUND, "There is no %s", path);
  } else if (!habla_route_has_method (route, soup_server_message_get_method (message))) {
    g_autofree char *allow = habla_route_get_allow (route);

    soup_message_headers_replace (
        soup_server_message_get_response_headers (message), "Allow", allow);
    habla_response_with_detail (
        message, SOUP_STATUS_METHOD_NOT_ALLOWED, "%s takes %s", path, allow);
  }
}

static void
got_request (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
    gpointer user_data)
{
  HablaServer *self = user_data;
  HablaConnection *connection =
      habla_connection_of (soup_server_message_get_remote_address (message));
  const HablaRoute *route = habla_routes_find (self->routes, path);
  HablaRequest request = {
    .context = &self->context,
    .connection = connection,
    .message = message,
    .path = path,
    .query = query,
  };

  if (connection == NULL || route == NULL)
    return;
  request.needs_hello = route->is_websocket &&
                        check_access (self, connection, message, route) == HABLA_ACCESS_AFTER_HELLO;
  route->answer (&request);
}

static void
request_started (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
  HablaConnection *connection =
      habla_connection_of (soup_server_message_get_remote_address (message));

  if (connection == NULL || connection->phase == HABLA_CONNECTION_OPENING)
    return;
  if (connection->phase == HABLA_CONNECTION_IDLE)
    connection->request = g_get_monotonic_time ();
  habla_connection_set_phase (connection, HABLA_CONNECTION_HEADERS, connection->request);
}

static void
request_read (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
  HablaConnection *connection =
      habla_connection_of (soup_server_message_get_remote_address (message));

  if (connection != NULL)
    habla_connection_set_phase (connection, HABLA_CONNECTION_RESPONSE, g_get_monotonic_time ());
}

static void
count_request (HablaServer *self, HablaConnection *connection, guint status, gint64 now)
{
  if (status >= 100 && status < 600)
    habla_metric_add (self->requests, status / 100 - 1, 1);
  if (status == SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE)
    refuse (self, REFUSED_BODY_SIZE);
  habla_metric_observe (self->durations, 0, (now - connection->request) / (double) G_USEC_PER_SEC);
}

static void
request_finished (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
  HablaConnection *connection =
      habla_connection_of (soup_server_message_get_remote_address (message));
  gint64 now = g_get_monotonic_time ();

  if (connection == NULL)
    return;
  count_request (user_data, connection, soup_server_message_get_status (message), now);
  habla_connection_set_phase (connection, HABLA_CONNECTION_IDLE, now);
}

/* Connections */

static void
count_connections (HablaServer *self)
{
  habla_metric_set (self->open_connections, 0, self->connections.length);
}

static void
cut_connections (HablaServer *self)
{
  for (GList *link = self->connections.head; link != NULL;) {
    HablaConnection *connection = link->data;

    link = link->next;
    habla_connection_cut (connection);
  }
}

static gboolean
finish_shut_down (gpointer user_data)
{
  HablaServer *self = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&self->shut_down);

  habla_source_clear (&self->shut_down_end);
  cut_connections (self);
  g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

/* Malformed requests count against the peer's rate, like others. */
static void
refuse_malformed (HablaServer *self, HablaConnection *connection)
{
  refuse (self, REFUSED_MALFORMED);
  if (habla_rate_limiter_request (self->peers, connection->peer, g_get_monotonic_time ()))
    return;
  refuse (self, REFUSED_RATE);
  connection->refusal = 429;
}

static void
connection_refused (HablaConnection *connection, gpointer user_data)
{
  HablaServer *self = user_data;

  if (connection->refusal == 408)
    refuse (self, REFUSED_TIME);
  else if (connection->refusal == 431)
    refuse (self, REFUSED_HEADER_SIZE);
  else if (connection->refusal == 413)
    refuse (self, REFUSED_BODY_SIZE);
  else if (connection->refusal == 400 || connection->refusal == 505)
    refuse_malformed (self, connection);
  habla_metric_add (self->requests, connection->refusal / 100 - 1, 1);
}

static void
connection_ended (HablaConnection *connection, gpointer user_data)
{
  HablaServer *self = user_data;

  habla_rate_limiter_disconnect (self->peers, g_steal_pointer (&connection->peer));
  g_queue_unlink (&self->connections, &connection->link);
  habla_connection_unref (connection);
  count_connections (self);
  if (self->connections.length == 0 && self->shut_down != NULL)
    finish_shut_down (self);
}

static void
connection_opened (HablaConnection *connection, gpointer user_data)
{
  HablaServer *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!soup_server_accept_iostream (self->soup, G_IO_STREAM (connection->stream), connection->local,
          connection->remote, &error)) {
    g_warning ("A connection was not taken: %s", error->message);
    g_io_stream_close (G_IO_STREAM (connection->stream), NULL, NULL);
  }
}

static void
accepted (GSocket *socket, gpointer user_data)
{
  HablaServer *self = user_data;
  HablaConnection *connection;
  GInetSocketAddress *remote;

  if (self->connections.length >= self->max_connections) {
    refuse (self, REFUSED_CONNECTIONS);
    g_socket_close (socket, NULL);
    return;
  }
  connection =
      habla_connection_new (socket, &self->limits, connection_refused, connection_ended, self);
  if (connection == NULL)
    return;
  remote = G_INET_SOCKET_ADDRESS (connection->remote);
  connection->peer =
      habla_rate_limiter_connect (self->peers, g_inet_socket_address_get_address (remote));
  if (connection->peer == NULL) {
    refuse (self, REFUSED_PEER);
    g_socket_close (socket, NULL);
    habla_connection_unref (connection);
    return;
  }
  g_queue_push_tail_link (&self->connections, &connection->link);
  count_connections (self);
  habla_connection_open (connection, self->certificate, self->handshakes, connection_opened);
}

static gboolean
check_times (gpointer user_data)
{
  HablaServer *self = user_data;
  gint64 now = g_get_monotonic_time ();

  for (GList *link = self->connections.head; link != NULL;) {
    HablaConnection *connection = link->data;

    link = link->next;
    habla_connection_check_time (connection, now);
  }
  habla_rate_limiter_sweep (self->peers, now);
  return G_SOURCE_CONTINUE;
}

/* Making and ending */

static void
add_metrics (HablaServer *self)
{
  self->requests = habla_metrics_add (self->metrics, HABLA_METRIC_COUNTER,
      "habla_http_requests_total", "HTTP requests, by response status.", "status", status_names);
  self->durations =
      habla_metrics_add (self->metrics, HABLA_METRIC_DURATIONS, "habla_http_request_seconds",
          "Time from the first byte of a request to the last byte of its response, in seconds.",
          NULL, NULL);
  self->refusals = habla_metrics_add (self->metrics, HABLA_METRIC_COUNTER,
      "habla_http_refusals_total",
      "Connections and requests rejected because of a limit, by limit.", "reason", refusal_names);
  self->open_connections = habla_metrics_add (self->metrics, HABLA_METRIC_GAUGE,
      "habla_http_connections", "Open connections, including WebSockets.", NULL, NULL);
}

/* libsoup keeps a connection for the next request only while it listens itself. So it gets
 * a socket on which nothing ever comes. */
static gboolean
listen_to_nothing (HablaServer *self, GError **error)
{
  g_autoptr (GSocket) silent = NULL;
  int ends[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
        "The server has no socket: %s; raise the limit of open files", g_strerror (errno));
    return FALSE;
  }
  silent = g_socket_new_from_fd (ends[0], error);
  self->keep_alive = g_socket_new_from_fd (ends[1], error);
  return silent != NULL && self->keep_alive != NULL &&
         soup_server_listen_socket (self->soup, silent, 0, error);
}

static gboolean
add_listener (HablaServer *self, HablaTcpListener *listener, GError **error)
{
  if (listener == NULL)
    return FALSE;
  g_ptr_array_add (self->listeners, listener);
  if (self->rules.token == NULL && !habla_tcp_listener_is_loopback (listener)) {
    g_autofree char *url = habla_tcp_listener_get_url (listener, self->certificate != NULL);

    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "%s can be reached from other machines and there is no token: set one, or listen on "
        "127.0.0.1",
        url);
    return FALSE;
  }
  return TRUE;
}

static gboolean
listen_to_all (HablaServer *self, const HablaServerOptions *options, GError **error)
{
  for (guint i = 0; options->listen != NULL && options->listen[i] != NULL; i++)
    if (!add_listener (self, habla_tcp_listener_new (options->listen[i], error), error))
      return FALSE;
  for (guint i = 0; options->sockets != NULL && i < options->sockets->len; i++)
    if (!add_listener (
            self, habla_tcp_listener_new_for_socket (options->sockets->pdata[i], error), error))
      return FALSE;
  for (guint i = 0; i < self->listeners->len; i++)
    habla_tcp_listener_start (self->listeners->pdata[i], accepted, self);
  return TRUE;
}

static guint
get_max_connections (guint wanted)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
      limit.rlim_cur >= (rlim_t) wanted + RESERVED_DESCRIPTORS)
    return wanted;
  wanted = MAX ((gint64) limit.rlim_cur - RESERVED_DESCRIPTORS, (gint64) limit.rlim_cur / 2);
  g_message ("At most %u connections, since the process may open %" G_GUINT64_FORMAT " files",
      wanted, (guint64) limit.rlim_cur);
  return wanted;
}

static void
start_clock (HablaServer *self)
{
  habla_source_start_timer (&self->clock, CLAMP (self->limits.request_timeout / 4, 10, 1000),
      "habla-server-clock", check_times, self);
}

/**
 * habla_server_new:
 * @options: what it serves, where and to whom; copied
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a server that listens
 */
HablaServer *
habla_server_new (const HablaServerOptions *options, GError **error)
{
  HablaServer *self = g_new0 (HablaServer, 1);

  self->soup = soup_server_new (NULL, NULL);
  self->listeners = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_tcp_listener_free);
  self->routes = habla_routes_new ();
  self->peers =
      habla_rate_limiter_new (options->max_connections_per_peer, options->max_request_rate);
  self->handshakes = habla_handshakes_new ();
  self->token = g_strdup (options->token);
  self->hosts = g_strdupv ((GStrv) options->hosts);
  g_set_object (&self->certificate, options->certificate);
  self->metrics = options->metrics;
  self->max_connections = get_max_connections (options->max_connections);
  self->limits = (HablaConnectionLimits){
    .request_timeout = options->request_timeout,
    .idle_timeout = MIN (options->idle_timeout, MAX_IDLE),
    .max_header = MAX_HEADER,
    .max_body = options->max_body,
  };
  self->rules = (HablaAccessRules){
    .token = self->token,
    .hosts = (const char *const *) self->hosts,
    .secure = options->certificate != NULL,
  };
  add_metrics (self);
  self->context = (HablaRouteContext){
    .health = options->health,
    .manager = options->manager,
    .store = options->store,
    .metrics = options->metrics,
    .client_metrics = habla_client_metrics_new (options->metrics),
    .clients = g_ptr_array_new (),
    .pages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, habla_page_free),
    .token = self->token,
    .secure = options->certificate != NULL,
    .soft_backlog = options->soft_backlog,
    .hard_backlog = options->hard_backlog,
    .idle_timeout = options->idle_timeout,
  };
  soup_server_add_early_handler (self->soup, NULL, got_headers, self, NULL);
  soup_server_add_handler (self->soup, NULL, got_request, self, NULL);
  g_signal_connect (self->soup, "request-started", G_CALLBACK (request_started), self);
  g_signal_connect (self->soup, "request-read", G_CALLBACK (request_read), self);
  g_signal_connect (self->soup, "request-finished", G_CALLBACK (request_finished), self);
  start_clock (self);
  if (!listen_to_nothing (self, error) || !listen_to_all (self, options, error)) {
    habla_server_free (self);
    return NULL;
  }
  return self;
}

static void
close_clients (HablaServer *self)
{
  for (guint i = self->context.clients->len; i > 0; i--)
    habla_websocket_client_close (self->context.clients->pdata[i - 1],
        SOUP_WEBSOCKET_CLOSE_GOING_AWAY, "The server is being shut down");
}

static gboolean
end_connections (gpointer user_data)
{
  HablaServer *self = user_data;

  if (!self->is_cut) {
    self->is_cut = TRUE;
    cut_connections (self);
    return G_SOURCE_CONTINUE;
  }
  g_warning ("%u connections are left, and are ended by force", self->connections.length);
  while (self->connections.head != NULL)
    habla_connection_end (self->connections.head->data);
  return G_SOURCE_REMOVE;
}

/* WebSockets, within a second, and TLS end in the main loop. */
static void
wait_for_connections (HablaServer *self)
{
  GSource *end = NULL;

  habla_source_start_timer (&end, FREE_TIME, "habla-server-free", end_connections, self);
  /* Clients have bounds of their own. */
  while (self->connections.length > 0 || self->context.clients->len > 0)
    g_main_context_iteration (NULL, TRUE);
  habla_source_clear (&end);
}

/**
 * habla_server_free:
 *
 * Connections that are left are ended: politely, but within four seconds.
 */
void
habla_server_free (HablaServer *self)
{
  habla_server_stop_accepting (self);
  soup_server_disconnect (self->soup);
  close_clients (self);
  for (GList *link = self->connections.head; link != NULL;) {
    HablaConnection *connection = link->data;

    link = link->next;
    if (connection->phase != HABLA_CONNECTION_WEBSOCKET)
      habla_connection_cut (connection);
  }
  wait_for_connections (self);
  habla_source_clear (&self->shut_down_end);
  g_clear_object (&self->shut_down);
  habla_source_clear (&self->clock);
  g_signal_handlers_disconnect_by_data (self->soup, self);
  g_object_unref (self->soup);
  g_clear_object (&self->keep_alive);
  g_ptr_array_unref (self->listeners);
  habla_routes_free (self->routes);
  habla_handshakes_free (self->handshakes);
  habla_rate_limiter_free (self->peers);
  habla_client_metrics_free (self->context.client_metrics);
  g_ptr_array_unref (self->context.clients);
  g_hash_table_unref (self->context.pages);
  g_clear_object (&self->certificate);
  g_free (self->token);
  g_strfreev (self->hosts);
  g_free (self);
}

GStrv
habla_server_get_urls (HablaServer *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < self->listeners->len; i++) {
    g_autofree char *url =
        habla_tcp_listener_get_url (self->listeners->pdata[i], self->certificate != NULL);

    g_strv_builder_add (builder, url);
  }
  return g_strv_builder_end (builder);
}

void
habla_server_stop_accepting (HablaServer *self)
{
  for (guint i = 0; i < self->listeners->len; i++)
    habla_tcp_listener_stop (self->listeners->pdata[i]);
}

void
habla_server_shut_down (HablaServer *self, GAsyncReadyCallback done, gpointer user_data)
{
  g_return_if_fail (self->shut_down == NULL);
  self->shut_down = g_task_new (NULL, NULL, done, user_data);
  habla_server_stop_accepting (self);
  soup_server_disconnect (self->soup);
  close_clients (self);
  if (self->shut_down == NULL)
    return;
  if (self->connections.length == 0) {
    finish_shut_down (self);
    return;
  }
  habla_source_start_timer (
      &self->shut_down_end, SHUT_DOWN_TIME, "habla-server-shut-down", finish_shut_down, self);
}

gboolean
habla_server_shut_down_finish (HablaServer *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

guint
habla_server_count_connections (HablaServer *self)
{
  return self->connections.length;
}
