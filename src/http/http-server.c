/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include "http/http-server-private.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <util/source.h>

#define MAX_HEADER (32 * 1024)
/* Longest time between two requests of a connection, in milliseconds. */
#define MAX_IDLE_TIMEOUT 60000
/* Descriptors that are not for connections: engines, their pipes, files, devices. */
#define RESERVED_DESCRIPTORS 256
#define SHUT_DOWN_TIMEOUT 2000
/* Messages about refused hosts and origins: an attacker must not fill the log. */
#define REFUSAL_LOGS_PER_SECOND (1.0 / 60)
#define REFUSAL_LOG_BURST 5
/* Timeout for WebSockets and TLS to close when the server is freed, and then again for their
 * connections, in milliseconds. */
#define FREE_TIMEOUT 2000

/* In the order of HablaHttpRefusal. */
static const char *const refusal_names[] = { "connections", "connections_of_peer", "rate", "host",
  "origin", "proxy", "token", "token_rate", "header_size", "body_size", "time", "malformed", NULL };
static const char *const status_names[] = { "1xx", "2xx", "3xx", "4xx", "5xx", NULL };

void
habla_http_server_count_refusal (HablaHttpServer *self, HablaHttpRefusal reason)
{
  habla_metric_add (self->refusals, reason, 1);
}

/* Connections */

static void
http_server_count_open (HablaHttpServer *self)
{
  habla_metric_set (self->open_connections, 0, self->connections.length);
}

static void
http_server_cut_connections (HablaHttpServer *self)
{
  for (GList *link = self->connections.head; link != NULL;) {
    HablaConnection *connection = link->data;

    link = link->next;
    habla_connection_cut (connection);
  }
}

static gboolean
http_server_finish_shut_down (gpointer user_data)
{
  HablaHttpServer *self = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&self->shut_down);

  habla_source_clear (&self->shut_down_timeout);
  http_server_cut_connections (self);
  g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

/* Malformed requests count in the rate of their peer. */
static void
http_server_refuse_malformed (HablaHttpServer *self, HablaConnection *connection)
{
  habla_http_server_count_refusal (self, HABLA_HTTP_REFUSED_MALFORMED);
  if (habla_rate_limiter_request (
          self->peers, habla_connection_get_peer (connection), g_get_monotonic_time ()))
    return;
  habla_http_server_count_refusal (self, HABLA_HTTP_REFUSED_RATE);
  habla_connection_set_refusal (connection, 429);
}

static void
http_server_on_refused (HablaConnection *connection, gpointer user_data)
{
  HablaHttpServer *self = user_data;
  guint refusal = habla_connection_get_refusal (connection);

  if (refusal == 408)
    habla_http_server_count_refusal (self, HABLA_HTTP_REFUSED_TIME);
  else if (refusal == 431)
    habla_http_server_count_refusal (self, HABLA_HTTP_REFUSED_HEADER_SIZE);
  else if (refusal == 413)
    habla_http_server_count_refusal (self, HABLA_HTTP_REFUSED_BODY_SIZE);
  else if (refusal == 400 || refusal == 505)
    http_server_refuse_malformed (self, connection);
  habla_metric_add (self->requests, habla_connection_get_refusal (connection) / 100 - 1, 1);
}

static void
http_server_on_ended (HablaConnection *connection, gpointer user_data)
{
  HablaHttpServer *self = user_data;

  habla_rate_limiter_disconnect (self->peers, habla_connection_get_peer (connection));
  habla_connection_set_peer (connection, NULL);
  g_queue_unlink (&self->connections, habla_connection_get_link (connection));
  habla_connection_unref (connection);
  http_server_count_open (self);
  if (self->connections.length == 0 && self->shut_down != NULL)
    http_server_finish_shut_down (self);
}

static void
http_server_on_opened (HablaConnection *connection, gpointer user_data)
{
  HablaHttpServer *self = user_data;
  GIOStream *stream = G_IO_STREAM (habla_connection_get_stream (connection));
  g_autoptr (GError) error = NULL;

  if (!soup_server_accept_iostream (self->soup, stream,
          habla_connection_get_local_address (connection),
          habla_connection_get_remote_address (connection), &error)) {
    g_warning ("libsoup did not accept a connection: %s", error->message);
    g_io_stream_close (stream, NULL, NULL);
  }
}

static gboolean
http_server_is_proxy (HablaHttpServer *self, HablaConnection *connection)
{
  GInetAddress *address = g_inet_socket_address_get_address (
      G_INET_SOCKET_ADDRESS (habla_connection_get_remote_address (connection)));

  for (guint i = 0; i < self->proxies->len; i++)
    if (g_inet_address_equal (address, self->proxies->pdata[i]))
      return TRUE;
  return FALSE;
}

static HablaConnectionTraits
http_server_get_traits (const HablaHttpEndpoint *endpoint, HablaConnection *connection)
{
  HablaHttpServer *self = endpoint->server;
  gboolean is_proxied = http_server_is_proxy (self, connection);
  gboolean is_secure = endpoint->is_secure || (is_proxied && self->public_url != NULL &&
                                                  g_str_has_prefix (self->public_url, "https:"));

  return (is_secure ? HABLA_CONNECTION_SECURE : 0) |
         (endpoint->is_for_listeners ? HABLA_CONNECTION_FOR_LISTENERS : 0) |
         (is_proxied ? HABLA_CONNECTION_PROXIED : 0);
}

static void
http_server_on_accepted (GSocket *socket, gpointer user_data)
{
  const HablaHttpEndpoint *endpoint = user_data;
  HablaHttpServer *self = endpoint->server;
  const HablaConnectionHandler handler = {
    .opened = http_server_on_opened,
    .refused = http_server_on_refused,
    .ended = http_server_on_ended,
    .user_data = self,
  };
  HablaConnection *connection;
  HablaPeer *peer;

  if (self->connections.length >= self->max_connections) {
    habla_http_server_count_refusal (self, HABLA_HTTP_REFUSED_CONNECTIONS);
    g_socket_close (socket, NULL);
    return;
  }
  connection = habla_connection_new (socket, &self->limits, &handler);
  if (connection == NULL)
    return;
  peer = habla_rate_limiter_connect (
      self->peers, g_inet_socket_address_get_address (
                       G_INET_SOCKET_ADDRESS (habla_connection_get_remote_address (connection))));
  if (peer == NULL) {
    habla_http_server_count_refusal (self, HABLA_HTTP_REFUSED_PEER);
    g_socket_close (socket, NULL);
    habla_connection_unref (connection);
    return;
  }
  habla_connection_set_traits (connection, http_server_get_traits (endpoint, connection));
  habla_connection_set_peer (connection, peer);
  g_queue_push_tail_link (&self->connections, habla_connection_get_link (connection));
  http_server_count_open (self);
  habla_connection_open (
      connection, endpoint->is_secure ? self->certificate : NULL, self->handshakes);
}

static gboolean
http_server_on_clock (gpointer user_data)
{
  HablaHttpServer *self = user_data;
  gint64 now = g_get_monotonic_time ();

  for (GList *link = self->connections.head; link != NULL;) {
    HablaConnection *connection = link->data;

    link = link->next;
    habla_connection_check_time (connection, now);
  }
  habla_rate_limiter_sweep (self->peers, now);
  return G_SOURCE_CONTINUE;
}

/* Start */

static void
http_server_add_metrics (HablaHttpServer *self)
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

/* libsoup keeps a connection open for the next request only while libsoup itself listens: it gets
 * a socket on which nothing ever arrives. */
static gboolean
http_server_listen_to_nothing (HablaHttpServer *self, GError **error)
{
  g_autoptr (GSocket) silent = NULL;
  int ends[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
        "Failed to create a socket: %s; raise the limit of open files", g_strerror (errno));
    return FALSE;
  }
  silent = g_socket_new_from_fd (ends[0], error);
  self->keep_alive = g_socket_new_from_fd (ends[1], error);
  return silent != NULL && self->keep_alive != NULL &&
         soup_server_listen_socket (self->soup, silent, 0, error);
}

static guint
http_server_limit_connections (guint wanted)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
      limit.rlim_cur >= (rlim_t) wanted + RESERVED_DESCRIPTORS)
    return wanted;
  wanted = MAX ((gint64) limit.rlim_cur - RESERVED_DESCRIPTORS, (gint64) limit.rlim_cur / 2);
  g_message ("Limiting connections to %u: the process may open %" G_GUINT64_FORMAT " files", wanted,
      (guint64) limit.rlim_cur);
  return wanted;
}

static void
http_server_set_public_url (HablaHttpServer *self, const char *url)
{
  g_autoptr (GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_NONE, NULL) : NULL;
  gboolean is_default_port;

  if (uri == NULL)
    return;
  is_default_port =
      g_uri_get_port (uri) == (g_str_equal (g_uri_get_scheme (uri), "https") ? 443 : 80);
  self->public_url = g_strdup (url);
  self->public_host = g_strdup (g_uri_get_host (uri));
  self->public_path = g_strdup (g_uri_get_path (uri));
  /* As browsers write it: without user, path and query. */
  self->public_origin = g_uri_join (G_URI_FLAGS_NONE, g_uri_get_scheme (uri), NULL,
      self->public_host, is_default_port ? -1 : g_uri_get_port (uri), "", NULL, NULL);
}

static void
http_server_set_proxies (HablaHttpServer *self, const char *const *proxies)
{
  self->proxies = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; proxies != NULL && proxies[i] != NULL; i++) {
    GInetAddress *address = g_inet_address_new_from_string (proxies[i]);

    if (address != NULL)
      g_ptr_array_add (self->proxies, address);
  }
}

void
habla_http_server_set_hosts (HablaHttpServer *self, const char *const *hosts)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (hosts != NULL)
    g_strv_builder_addv (builder, (const char **) hosts);
  if (self->public_host != NULL)
    g_strv_builder_add (builder, self->public_host);
  g_strfreev (self->hosts);
  self->hosts = g_strv_builder_end (builder);
  self->rules.hosts = (const char *const *) self->hosts;
}

static void
http_server_set_options (HablaHttpServer *self, const HablaHttpServerOptions *options)
{
  self->router = options->router;
  self->close_websockets = options->close_websockets;
  self->user_data = options->user_data;
  self->peers =
      habla_rate_limiter_new (options->max_connections_per_peer, options->max_request_rate);
  self->token = g_strdup (options->token);
  g_set_object (&self->certificate, options->certificate);
  http_server_set_public_url (self, options->public_url);
  http_server_set_proxies (self, options->proxies);
  self->origins = g_strdupv ((GStrv) options->origins);
  self->prefix = g_strdup (options->prefix);
  self->trusts_local_proxies = options->trusts_local_proxies;
  habla_token_bucket_init (
      &self->refusal_log, REFUSAL_LOGS_PER_SECOND, REFUSAL_LOG_BURST, g_get_monotonic_time ());
  self->metrics = options->metrics;
  self->max_connections = http_server_limit_connections (options->max_connections);
  self->limits = (HablaConnectionLimits){
    .request_timeout = options->request_timeout,
    .idle_timeout = MIN (options->idle_timeout, MAX_IDLE_TIMEOUT),
    .max_header = MAX_HEADER,
    .max_body = options->max_body,
  };
  self->rules = (HablaAccessRules){
    .token = self->token,
    .public_origin = self->public_origin,
    .origins = (const char *const *) self->origins,
    .check_code = options->check_code,
    .user_data = options->user_data,
  };
  habla_http_server_set_hosts (self, options->hosts);
}

HablaHttpServer *
habla_http_server_new (const HablaHttpServerOptions *options, GError **error)
{
  HablaHttpServer *self = g_new0 (HablaHttpServer, 1);

  self->soup = soup_server_new (NULL, NULL);
  self->endpoints = g_ptr_array_new_with_free_func (habla_http_endpoint_free);
  self->handshakes = habla_handshake_queue_new ();
  http_server_set_options (self, options);
  http_server_add_metrics (self);
  habla_http_server_handle_requests (self);
  habla_source_start_timer (&self->clock, CLAMP (self->limits.request_timeout / 4, 10, 1000),
      "[habla] HablaHttpServer clock", http_server_on_clock, self);
  if (!http_server_listen_to_nothing (self, error) ||
      !habla_http_server_listen (self, options, http_server_on_accepted, error)) {
    habla_http_server_free (self);
    return NULL;
  }
  return self;
}

/* The end */

static void
http_server_close_websockets (HablaHttpServer *self)
{
  if (self->close_websockets != NULL)
    self->close_websockets (self->user_data);
}

static gboolean
http_server_on_free_timeout (gpointer user_data)
{
  HablaHttpServer *self = user_data;

  if (!self->is_cut) {
    self->is_cut = TRUE;
    http_server_cut_connections (self);
    return G_SOURCE_CONTINUE;
  }
  g_warning ("%u connections did not end; closing their sockets", self->connections.length);
  while (self->connections.head != NULL)
    habla_connection_end (self->connections.head->data);
  return G_SOURCE_REMOVE;
}

/* WebSockets and TLS close in the main loop. */
static void
http_server_wait_for_connections (HablaHttpServer *self)
{
  GSource *timeout = NULL;

  habla_source_start_timer (&timeout, FREE_TIMEOUT, "[habla] HablaHttpServer free timeout",
      http_server_on_free_timeout, self);
  while (self->connections.length > 0)
    g_main_context_iteration (NULL, TRUE);
  habla_source_clear (&timeout);
}

void
habla_http_server_free (HablaHttpServer *self)
{
  habla_http_server_stop_accepting (self);
  soup_server_disconnect (self->soup);
  http_server_close_websockets (self);
  for (GList *link = self->connections.head; link != NULL;) {
    HablaConnection *connection = link->data;

    link = link->next;
    if (habla_connection_get_phase (connection) != HABLA_CONNECTION_WEBSOCKET)
      habla_connection_cut (connection);
  }
  http_server_wait_for_connections (self);
  habla_source_clear (&self->shut_down_timeout);
  g_clear_object (&self->shut_down);
  habla_source_clear (&self->clock);
  g_signal_handlers_disconnect_by_data (self->soup, self);
  g_object_unref (self->soup);
  g_clear_object (&self->keep_alive);
  g_ptr_array_unref (self->endpoints);
  habla_handshake_queue_free (self->handshakes);
  habla_rate_limiter_free (self->peers);
  g_clear_object (&self->certificate);
  g_free (self->token);
  g_strfreev (self->hosts);
  g_free (self->public_url);
  g_free (self->public_host);
  g_free (self->public_origin);
  g_free (self->public_path);
  g_ptr_array_unref (self->proxies);
  g_strfreev (self->origins);
  g_free (self->prefix);
  g_free (self);
}

void
habla_http_server_set_certificate (HablaHttpServer *self, GTlsCertificate *certificate)
{
  g_set_object (&self->certificate, certificate);
}

void
habla_http_server_stop_accepting (HablaHttpServer *self)
{
  for (guint i = 0; i < self->endpoints->len; i++) {
    HablaHttpEndpoint *endpoint = self->endpoints->pdata[i];

    habla_tcp_listener_stop (endpoint->listener);
  }
}

void
habla_http_server_shut_down (
    HablaHttpServer *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (self->shut_down == NULL);
  self->shut_down = g_task_new (NULL, NULL, callback, user_data);
  habla_http_server_stop_accepting (self);
  soup_server_disconnect (self->soup);
  http_server_close_websockets (self);
  if (self->shut_down == NULL)
    return;
  if (self->connections.length == 0) {
    http_server_finish_shut_down (self);
    return;
  }
  habla_source_start_timer (&self->shut_down_timeout, SHUT_DOWN_TIMEOUT,
      "[habla] HablaHttpServer shut down timeout", http_server_finish_shut_down, self);
}

gboolean
habla_http_server_shut_down_finish (HablaHttpServer *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

guint
habla_http_server_count_connections (HablaHttpServer *self)
{
  return self->connections.length;
}
