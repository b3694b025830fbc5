/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"
#include "remote-server.h"

#include <client/remote-client.h>
#include <glib/gstdio.h>
#include <habla/error.h>
#include <string.h>

#define KEY "sk-secret-0123456789"

/* Time for requests that must fail by their timeout, and for the others, in milliseconds. */
#define SHORT 300
#define LONG habla_test_scale (20000)

static const RemoteClientInfo info = { .data = "text", .timeout = 20000 };

enum { PROP_0, PROP_REMOTE };

/* An element with a client. */
typedef struct {
  GstElement parent;
  RemoteClient *client;
} Host;

typedef struct {
  GstElementClass parent_class;
} HostClass;

GType host_get_type (void);
G_DEFINE_TYPE (Host, host, GST_TYPE_ELEMENT)

static void
host_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  g_assert_true (remote_client_set_property (((Host *) object)->client, id - PROP_REMOTE, value));
}

static void
host_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_assert_true (remote_client_get_property (((Host *) object)->client, id - PROP_REMOTE, value));
}

static void
host_finalize (GObject *object)
{
  remote_client_free (((Host *) object)->client);
  G_OBJECT_CLASS (host_parent_class)->finalize (object);
}

static void
host_class_init (HostClass *klass)
{
  G_OBJECT_CLASS (klass)->set_property = host_set_property;
  G_OBJECT_CLASS (klass)->get_property = host_get_property;
  G_OBJECT_CLASS (klass)->finalize = host_finalize;
  remote_client_install_properties (G_OBJECT_CLASS (klass), PROP_REMOTE, &info);
}

static void
host_init (Host *self)
{
  self->client = remote_client_new (GST_ELEMENT (self), &info);
}

/* The server's behaviour for request N; the last one counts for all later ones. */
typedef struct {
  guint status;
  const char *headers;
  const char *body;
  RemoteFault fault;
} Step;

typedef struct {
  const Step *steps;
  guint n_steps;
  char *last_headers; /* used by the server, and by the test when the request has ended */
  char *last_path;
  RemoteServer *server;
  Host *host;
} Fixture;

static void
follow_steps (const RemoteCall *call, RemoteReply *reply, gpointer data)
{
  Fixture *fixture = data;
  const Step *step = &fixture->steps[MIN (call->number, fixture->n_steps - 1)];

  reply->status = step->status != 0 ? step->status : 200;
  reply->headers = g_strdup (step->headers);
  reply->body = g_strdup (step->body);
  reply->fault = step->fault;
  g_free (fixture->last_headers);
  fixture->last_headers = g_strdup (call->headers);
  g_free (fixture->last_path);
  fixture->last_path = g_strdup (call->path);
}

static void
fixture_start (Fixture *self, const Step *steps, guint n_steps)
{
  *self = (Fixture){ .steps = steps, .n_steps = n_steps };
  self->server = remote_server_new (follow_steps, self, NULL);
  self->host = gst_object_ref_sink (g_object_new (host_get_type (), NULL));
  g_setenv ("HABLA_TEST_KEY", KEY, TRUE);
  g_object_set (self->host, "url", remote_server_get_url (self->server), "api-key-env",
      "HABLA_TEST_KEY", "connect-timeout", LONG, "timeout", LONG, NULL);
}

static RemoteClient *
fixture_connect (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  remote_client_start (self->host->client, &error);
  g_assert_no_error (error);
  return self->host->client;
}

static void
fixture_stop (Fixture *self)
{
  remote_client_stop (self->host->client);
  gst_object_unref (self->host);
  remote_server_free (self->server);
  g_free (self->last_headers);
  g_free (self->last_path);
}

/* Sends a request. Returns: (transfer full): the body, or the message of the error */
static char *
ask (RemoteClient *client, guint timeout, GError **error)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);
  RemoteRequest request = { .path = "v1/test", .body = body, .timeout = timeout };
  g_auto (RemoteResponse) response = { 0 };

  if (remote_client_send (client, &request, &response, NULL, error))
    return g_strdup (g_bytes_get_data (response.body, NULL));
  if (error != NULL)
    g_assert_null (strstr ((*error)->message, "secret"));
  return NULL;
}

static guint64
get_stat (Fixture *self, const char *name)
{
  g_autoptr (GstStructure) stats = NULL;
  const GValue *value;

  g_object_get (self->host, "remote-stats", &stats, NULL);
  value = gst_structure_get_value (stats, name);
  g_assert_nonnull (value);
  return G_VALUE_HOLDS_UINT64 (value) ? g_value_get_uint64 (value) : g_value_get_uint (value);
}

static void
test_good (void)
{
  static const Step steps[] = { { .body = "{\"a\":1}" },
    { .body = "whole", .fault = REMOTE_FAULT_PIECES } };
  Fixture fixture;
  RemoteClient *client;
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  fixture_start (&fixture, steps, G_N_ELEMENTS (steps));
  client = fixture_connect (&fixture);
  first = ask (client, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first, ==, "{\"a\":1}");
  second = ask (client, 0, &error);
  g_assert_cmpstr (second, ==, "whole");
  g_assert_cmpstr (fixture.last_path, ==, "/v1/test");
  g_assert_nonnull (strstr (fixture.last_headers, "Authorization: Bearer " KEY "\n"));
  g_assert_nonnull (strstr (fixture.last_headers, "Content-Type: application/json\n"));
  g_assert_cmpuint (get_stat (&fixture, "successes"), ==, 2);
  g_assert_cmpuint (get_stat (&fixture, "in-flight"), ==, 0);
  g_assert_cmpuint (get_stat (&fixture, "latency-total"), >, 0);
  fixture_stop (&fixture);
}

static void
check_failure (const Step *steps, guint n_steps, guint timeout, gint code, const char *says)
{
  Fixture fixture;
  RemoteClient *client;
  g_autoptr (GError) error = NULL;

  fixture_start (&fixture, steps, n_steps);
  client = fixture_connect (&fixture);
  g_assert_null (ask (client, timeout, &error));
  g_assert_error (error, HABLA_ERROR, code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, says));
  g_assert_nonnull (strstr (error->message, remote_server_get_url (fixture.server)));
  g_assert_cmpuint (get_stat (&fixture, "failures"), ==, 1);
  g_assert_cmpuint (get_stat (&fixture, "timeouts"), ==, code == HABLA_ERROR_TIMEOUT);
  fixture_stop (&fixture);
}

static void
test_stall (void)
{
  static const Step stall = { .fault = REMOTE_FAULT_STALL };

  check_failure (&stall, 1, SHORT, HABLA_ERROR_TIMEOUT, "did not respond in time");
}

static void
test_drip (void)
{
  g_autofree char *body = g_strnfill (100000, ' ');
  const Step drip = { .body = body, .fault = REMOTE_FAULT_DRIP };

  check_failure (&drip, 1, SHORT, HABLA_ERROR_TIMEOUT, "did not respond in time");
}

static void
test_huge (void)
{
  static const Step huge = { .fault = REMOTE_FAULT_HUGE };

  check_failure (&huge, 1, 0, HABLA_ERROR_ENGINE, "larger than 1048576 bytes");
}

static void
test_client_errors (void)
{
  static const Step unauthorized = { .status = 401,
    .body = "{\"error\":{\"message\":\"Incorrect API key provided: " KEY "\"}}" };
  static const Step missing = { .status = 404, .body = "{\"error\":\"model 'x' not found\"}" };
  static const Step redirect = { .status = 307, .headers = "Location: http://192.0.2.1/\r\n" };
  static const Step odd = { .status = 400, .body = "{\"error\":{\"message\":[1]}" };

  check_failure (&unauthorized, 1, 0, HABLA_ERROR_ENGINE, "provided: [key]; check the key");
  check_failure (&missing, 1, 0, HABLA_ERROR_ENGINE, "model 'x' not found; check url and model");
  check_failure (&redirect, 1, 0, HABLA_ERROR_ENGINE, "redirects");
  check_failure (&odd, 1, 0, HABLA_ERROR_ENGINE, "400");
}

static void
check_recovery (const Step *steps, guint n_steps)
{
  Fixture fixture;
  RemoteClient *client;
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;

  fixture_start (&fixture, steps, n_steps);
  client = fixture_connect (&fixture);
  body = ask (client, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (body, ==, "good");
  g_assert_cmpuint (get_stat (&fixture, "retries"), ==, n_steps - 1);
  g_assert_cmpuint (get_stat (&fixture, "requests"), ==, 1);
  g_assert_cmpuint (get_stat (&fixture, "failures"), ==, 0);
  fixture_stop (&fixture);
}

static void
test_retries (void)
{
  static const Step server_error[] = { { .status = 500 }, { .status = 502 }, { .body = "good" } };
  static const Step limited[] = { { .status = 429, .headers = "Retry-After: 0\r\n" },
    { .body = "good" } };
  static const Step cut[] = { { .body = "bad body", .fault = REMOTE_FAULT_CLOSE },
    { .body = "good" } };
  static const Step hung_up[] = { { .fault = REMOTE_FAULT_HANG_UP }, { .body = "good" } };

  check_recovery (server_error, G_N_ELEMENTS (server_error));
  check_recovery (limited, G_N_ELEMENTS (limited));
  check_recovery (cut, G_N_ELEMENTS (cut));
  check_recovery (hung_up, G_N_ELEMENTS (hung_up));
}

static void
test_retries_end (void)
{
  static const Step broken = { .status = 500 };
  Fixture fixture;
  RemoteClient *client;
  g_autoptr (GError) error = NULL;

  fixture_start (&fixture, &broken, 1);
  client = fixture_connect (&fixture);
  g_assert_null (ask (client, 0, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE);
  g_assert_cmpuint (remote_server_get_n_calls (fixture.server), ==, 3);
  fixture_stop (&fixture);
}

/* A server that wants to be left alone for longer than the timeout gets no requests until then. */
static void
test_retry_after (void)
{
  static const Step steps[] = { { .status = 429, .headers = "Retry-After: 60\r\n" }, { 0 } };
  Fixture fixture;
  RemoteClient *client;

  fixture_start (&fixture, steps, G_N_ELEMENTS (steps));
  client = fixture_connect (&fixture);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (ask (client, 10000, &error));
    g_assert_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE);
    g_assert_nonnull (strstr (error->message, i == 0 ? "429" : "accepts no requests for"));
  }
  g_assert_cmpuint (remote_server_get_n_calls (fixture.server), ==, 1);
  g_assert_cmpuint (get_stat (&fixture, "rate-limited"), ==, 1);
  fixture_stop (&fixture);
}

static gpointer
cancel_when_called (gpointer data)
{
  gpointer *pair = data;

  remote_server_wait_for_calls (pair[0], 1);
  g_cancellable_cancel (pair[1]);
  return NULL;
}

static void
test_cancel (void)
{
  static const Step stall = { .fault = REMOTE_FAULT_STALL };
  Fixture fixture;
  RemoteClient *client;
  RemoteRequest request = { .path = "v1/test" };
  g_auto (RemoteResponse) response = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread;
  gpointer pair[2];

  fixture_start (&fixture, &stall, 1);
  client = fixture_connect (&fixture);
  pair[0] = fixture.server;
  pair[1] = cancellable;
  thread = g_thread_new ("cancel", cancel_when_called, pair);
  g_assert_false (remote_client_send (client, &request, &response, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  g_assert_cmpuint (get_stat (&fixture, "cancelled"), ==, 1);
  g_assert_cmpuint (get_stat (&fixture, "failures"), ==, 0);
  fixture_stop (&fixture);
}

typedef struct {
  GString *text;
  gsize stop_at;
} Stream;

static gboolean
collect (const guint8 *data, gsize size, gpointer user_data)
{
  Stream *stream = user_data;

  g_string_append_len (stream->text, (const char *) data, size);
  return stream->stop_at == 0 || stream->text->len < stream->stop_at;
}

static void
check_stream (const Step *step, gsize stop_at, gboolean good, gsize at_least)
{
  Fixture fixture;
  RemoteClient *client;
  g_autoptr (GString) text = g_string_new (NULL);
  Stream stream = { text, stop_at };
  RemoteRequest request = { .path = "v1/test", .on_chunk = collect, .user_data = &stream };
  g_auto (RemoteResponse) response = { 0 };
  g_autoptr (GError) error = NULL;

  fixture_start (&fixture, step, 1);
  client = fixture_connect (&fixture);
  g_assert_cmpint (remote_client_send (client, &request, &response, NULL, &error), ==, good);
  g_assert_cmpuint (text->len, >=, at_least);
  g_assert_cmpuint (remote_server_get_n_calls (fixture.server), ==, 1);
  fixture_stop (&fixture);
}

static void
test_stream (void)
{
  g_autofree char *body = g_strnfill (300000, 'x');
  const Step whole = { .body = body };
  const Step pieces = { .body = "a few words", .fault = REMOTE_FAULT_PIECES };
  const Step endless = { .fault = REMOTE_FAULT_HUGE };
  const Step cut = { .body = body, .fault = REMOTE_FAULT_CLOSE };

  check_stream (&whole, 0, TRUE, 300000);
  check_stream (&pieces, 0, TRUE, 11);
  check_stream (&endless, 100000, TRUE, 100000);
  /* A part was passed on, so that the request must not be repeated. */
  check_stream (&cut, 0, FALSE, 1);
}

static void
test_gone (void)
{
  static const Step good = { .body = "good" };
  Fixture fixture;
  RemoteClient *client;
  g_autoptr (GError) error = NULL;

  fixture_start (&fixture, &good, 1);
  client = fixture_connect (&fixture);
  remote_server_free (fixture.server);
  g_assert_null (ask (client, 0, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE);
  g_assert_nonnull (strstr (error->message, "check url, and that the server runs"));
  fixture.server = remote_server_new (follow_steps, &fixture, NULL);
  fixture_stop (&fixture);
}

static GTlsCertificate *
make_certificate (void)
{
  g_autofree char *key = g_build_filename (habla_test_get_dir (), "key.pem", NULL);
  g_autofree char *cert = g_build_filename (habla_test_get_dir (), "cert.pem", NULL);
  const char *const argv[] = { "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
    "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert, NULL };
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

static void
test_unknown_authority (void)
{
  static const Step good = { .body = "good" };
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GError) error = NULL;
  Fixture fixture;
  RemoteClient *client;

  certificate = make_certificate ();
  fixture_start (&fixture, &good, 1);
  remote_server_free (fixture.server);
  fixture.server = remote_server_new (follow_steps, &fixture, certificate);
  g_object_set (fixture.host, "url", remote_server_get_url (fixture.server), NULL);
  client = fixture_connect (&fixture);
  g_assert_null (ask (client, 0, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE);
  g_assert_nonnull (strstr (error->message, "no trusted certificate"));
  g_assert_cmpuint (remote_server_get_n_calls (fixture.server), ==, 0);
  fixture_stop (&fixture);
}

static void
check_start (const char *url, gboolean allowed, gboolean good, const char *leaves)
{
  g_autoptr (GstElement) host = gst_object_ref_sink (g_object_new (host_get_type (), NULL));
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_element_set_bus (host, bus);
  g_object_set (host, "url", url, "api-key-env",
      g_getenv ("HABLA_TEST_KEY") != NULL ? "HABLA_TEST_KEY" : NULL, "allow-insecure-key", allowed,
      NULL);
  g_assert_cmpint (remote_client_start (((Host *) host)->client, &error), ==, good);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT);
  g_assert_cmpint (message != NULL, ==, leaves != NULL);
  if (leaves != NULL) {
    const GstStructure *structure = gst_message_get_structure (message);

    g_assert_true (gst_structure_has_name (structure, "habla/data-leaves"));
    g_assert_cmpstr (gst_structure_get_string (structure, "server"), ==, leaves);
    g_assert_cmpstr (gst_structure_get_string (structure, "data"), ==, "text");
  }
  if (!good) {
    g_assert_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER);
    g_assert_null (strstr (error->message, "secret"));
  }
  remote_client_stop (((Host *) host)->client);
  gst_element_set_bus (host, NULL);
}

static void
test_insecure_key (void)
{
  g_setenv ("HABLA_TEST_KEY", KEY, TRUE);
  check_start ("http://192.0.2.1:80/v1", FALSE, FALSE, NULL);
  check_start ("http://192.0.2.1:80/v1", TRUE, TRUE, "http://192.0.2.1:80");
  check_start ("https://example.com/v1", FALSE, TRUE, "https://example.com");
  check_start ("http://127.0.0.1:80/v1", FALSE, TRUE, NULL);
  check_start (NULL, FALSE, FALSE, NULL);
  g_unsetenv ("HABLA_TEST_KEY");
  check_start ("http://192.0.2.1/v1", FALSE, TRUE, "http://192.0.2.1");
}

typedef struct {
  RemoteClient *client;
  guint n_good; /* atomic */
} Crowd;

static gpointer
ask_often (gpointer data)
{
  Crowd *crowd = data;

  for (guint i = 0; i < 20; i++) {
    g_autofree char *body = ask (crowd->client, 0, NULL);

    if (g_strcmp0 (body, "good") == 0)
      g_atomic_int_inc (&crowd->n_good);
  }
  return NULL;
}

static void
test_crowd (void)
{
  static const Step good = { .body = "good" };
  GThread *threads[24];
  Fixture fixture;
  Crowd crowd = { 0 };

  fixture_start (&fixture, &good, 1);
  crowd.client = fixture_connect (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("crowd", ask_often, &crowd);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (crowd.n_good, ==, 20 * G_N_ELEMENTS (threads));
  fixture_stop (&fixture);
}

static void
one_cycle (gpointer data)
{
  static const Step steps[] = { { .body = "good" }, { .status = 500 }, { .body = "good" } };
  Fixture fixture;
  RemoteClient *client;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  fixture_start (&fixture, steps, G_N_ELEMENTS (steps));
  client = fixture_connect (&fixture);
  first = ask (client, 0, NULL);
  second = ask (client, 0, NULL);
  g_assert_cmpstr (second, ==, "good");
  fixture_stop (&fixture);
}

static void
test_leaks (void)
{
  habla_test_leak_gate (one_cycle, NULL, 10);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);

  g_test_add_func ("/remote-client/good", test_good);
  g_test_add_func ("/remote-client/stall", test_stall);
  g_test_add_func ("/remote-client/drip", test_drip);
  g_test_add_func ("/remote-client/huge", test_huge);
  g_test_add_func ("/remote-client/client-errors", test_client_errors);
  g_test_add_func ("/remote-client/retries", test_retries);
  g_test_add_func ("/remote-client/retries-end", test_retries_end);
  g_test_add_func ("/remote-client/retry-after", test_retry_after);
  g_test_add_func ("/remote-client/cancel", test_cancel);
  g_test_add_func ("/remote-client/stream", test_stream);
  g_test_add_func ("/remote-client/gone", test_gone);
  g_test_add_func ("/remote-client/unknown-authority", test_unknown_authority);
  g_test_add_func ("/remote-client/insecure-key", test_insecure_key);
  g_test_add_func ("/remote-client/crowd", test_crowd);
  g_test_add_func ("/remote-client/leaks", test_leaks);

  return habla_test_run ();
}
