/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-server.h"

#include "habla-test.h"

#include <http/async-response.h>
#include <http/request-body.h>
#include <http/response.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT habla_test_scale (60) /* seconds */

static int wait_ends; /* atomic */

/* Routes */

static void
answer_health (const HablaRequest *request)
{
  static const char json[] = "{\"status\":\"ok\"}";
  g_autoptr (GBytes) body = g_bytes_new_static (json, strlen (json));

  habla_response_set (request->message, SOUP_STATUS_OK, "application/json", body);
}

static void
answer_metrics (const HablaRequest *request)
{
  TestServer *self = request->user_data;
  char *text = habla_metrics_expose (self->options.metrics);
  g_autoptr (GBytes) body = g_bytes_new_take (text, strlen (text));

  habla_response_set (request->message, SOUP_STATUS_OK, "text/plain", body);
}

static void
answer_echo (const HablaRequest *request)
{
  g_autoptr (JsonObject) object = habla_request_body_get_object (request);
  const char *text =
      object != NULL ? habla_request_body_get_string (request, object, "text") : NULL;
  g_autoptr (GBytes) body = text != NULL ? g_bytes_new (text, strlen (text)) : NULL;

  if (body != NULL)
    habla_response_set (request->message, SOUP_STATUS_OK, "text/plain", body);
}

/* Worker thread. */
static void
wait_for_end (gpointer input, GCancellable *cancellable, HablaWorkResult *result)
{
  while (!g_atomic_int_get (&wait_ends) && !g_cancellable_is_cancelled (cancellable))
    g_usleep (1000);
  result->status = SOUP_STATUS_OK;
  result->json = json_node_init_boolean (json_node_alloc (), TRUE);
}

static void
answer_wait (const HablaRequest *request)
{
  habla_async_response_run (request, wait_for_end, NULL, NULL);
}

static const HablaRoute routes[] = {
  { .path = "/health",
      .methods = "GET",
      .flags = HABLA_ROUTE_PUBLIC | HABLA_ROUTE_NOT_LIMITED,
      .handler = answer_health },
  { .path = "/metrics",
      .methods = "GET",
      .flags = HABLA_ROUTE_PUBLIC | HABLA_ROUTE_NOT_LIMITED,
      .handler = answer_metrics },
  { .path = "/limited", .methods = "GET", .handler = answer_health },
  { .path = "/echo", .methods = "POST", .handler = answer_echo },
  { .path = "/wait", .methods = "GET", .handler = answer_wait },
  {},
};

void
test_server_end_wait (void)
{
  g_atomic_int_set (&wait_ends, TRUE);
}

static HablaRouter *
make_router (TestServer *self)
{
  HablaRouter *router = habla_router_new (self);

  habla_router_add (router, routes);
  self->data = router;
  return router;
}

static void
free_router (TestServer *self)
{
  g_clear_pointer ((HablaRouter **) &self->data, habla_router_free);
}

/* The server */

TestServer *
test_server_new (void)
{
  static const char *const listen[] = { "127.0.0.1:0", NULL };
  TestServer *self = g_new0 (TestServer, 1);

  g_atomic_int_set (&wait_ends, FALSE);
  self->make_router = make_router;
  self->free_data = free_router;
  self->options = (HablaHttpServerOptions){
    .listen = listen,
    .max_connections = 64,
    .max_body = 4096,
    .request_timeout = habla_test_scale (5000),
    .idle_timeout = 90000,
    .metrics = habla_metrics_new (),
  };
  return self;
}

void
test_server_start (TestServer *self)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) urls = NULL;
  g_autoptr (GUri) uri = NULL;

  self->options.router = self->make_router (self);
  self->server = habla_http_server_new (&self->options, &error);
  g_assert_no_error (error);
  g_assert_nonnull (self->server);
  urls = habla_http_server_get_urls (self->server);
  uri = g_uri_parse (urls[0], G_URI_FLAGS_NONE, &error);
  g_assert_no_error (error);
  self->port = g_uri_get_port (uri);
  g_assert_cmpuint (self->port, >, 0);
}

gboolean
test_server_is_alone (TestServer *self)
{
  return habla_http_server_count_connections (self->server) == 0;
}

typedef struct {
  TestServer *test;
  TestServerBody body;
  gpointer data;
  int done; /* atomic */
} Run;

static gpointer
run_body (gpointer data)
{
  Run *run = data;

  run->body (run->test, run->data);
  g_atomic_int_set (&run->done, TRUE);
  g_main_context_wakeup (NULL);
  return NULL;
}

void
test_server_run (TestServer *self, TestServerBody body, gpointer data)
{
  Run run = { self, body, data, FALSE };
  g_autoptr (GThread) thread = g_thread_new ("client", run_body, &run);

  while (!g_atomic_int_get (&run.done))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (g_steal_pointer (&thread));
}

static gboolean
wake_up (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
test_server_wait (TestServer *self, gboolean (*condition) (TestServer *))
{
  gint64 end = g_get_monotonic_time () + TIMEOUT * G_USEC_PER_SEC;
  guint ticks = g_timeout_add (20, wake_up, NULL);

  while (!condition (self)) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (ticks);
}

void
test_server_free (TestServer *self)
{
  g_clear_pointer (&self->server, habla_http_server_free);
  if (self->free_data != NULL)
    self->free_data (self);
  habla_metrics_free (self->options.metrics);
  g_free (self);
}

GSocketConnection *
test_connect (TestServer *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_timeout (client, TIMEOUT);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", self->port, NULL, &error);
  g_assert_no_error (error);
  return connection;
}

void
test_send (GSocketConnection *connection, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text,
      strlen (text), NULL, NULL, &error);
  g_assert_no_error (error);
}

char *
test_read_all (GSocketConnection *connection)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  char buffer[4096];
  gssize n;

  while ((n = g_input_stream_read (input, buffer, sizeof buffer, NULL, &error)) > 0)
    g_string_append_len (all, buffer, n);
  g_assert_no_error (error);
  return g_string_free (g_steal_pointer (&all), FALSE);
}

char *
test_get_header (const char *response, const char *name)
{
  const char *end = strstr (response, "\r\n\r\n");
  gsize length = strlen (name);

  for (const char *line = strstr (response, "\r\n"); line != NULL && line < end;
       line = strstr (line + 2, "\r\n"))
    if (g_ascii_strncasecmp (line + 2, name, length) == 0 && line[2 + length] == ':')
      return g_strstrip (g_strndup (line + 3 + length, strcspn (line + 3 + length, "\r")));
  return NULL;
}

const char *
test_get_body (const char *response)
{
  const char *end = strstr (response, "\r\n\r\n");

  return end != NULL ? end + 4 : "";
}

guint
test_get_status (const char *response)
{
  return g_str_has_prefix (response, "HTTP/1.") ? atoi (response + 9) : 0;
}

static gboolean
is_whole (const char *response)
{
  g_autofree char *length = NULL;
  g_autofree char *encoding = NULL;
  guint status = test_get_status (response);

  if (strstr (response, "\r\n\r\n") == NULL)
    return FALSE;
  if (status == 101 || status == 204 || status == 304)
    return TRUE;
  encoding = test_get_header (response, "Transfer-Encoding");
  if (g_strcmp0 (encoding, "chunked") == 0)
    return g_str_has_suffix (response, "\r\n0\r\n\r\n");
  length = test_get_header (response, "Content-Length");
  return length != NULL && strlen (test_get_body (response)) >= (gsize) atoi (length);
}

char *
test_read_response (gpointer stream)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (stream));
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  while (!is_whole (all->str)) {
    char byte;
    gssize n = g_input_stream_read (input, &byte, 1, NULL, &error);

    if (n == 0 || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
      break;
    g_assert_no_error (error);
    g_string_append_c (all, byte);
  }
  return g_string_free (g_steal_pointer (&all), FALSE);
}

char *
test_ask (TestServer *self, const char *request)
{
  g_autoptr (GSocketConnection) connection = test_connect (self);

  test_send (connection, request);
  return test_read_response (connection);
}

GTlsCertificate *
test_make_certificate (void)
{
  g_autofree char *key = g_build_filename (habla_test_get_dir (), "key.pem", NULL);
  g_autofree char *cert = g_build_filename (habla_test_get_dir (), "cert.pem", NULL);
  const char *const argv[] = { "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout",
    key, "-out", cert, NULL };
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate;
  int status;

  g_spawn_sync (NULL, (char **) argv, NULL,
      G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
      NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  certificate = g_tls_certificate_new_from_files (cert, key, &error);
  g_assert_no_error (error);
  return certificate;
}
