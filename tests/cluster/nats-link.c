/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* HablaNatsLink with a real nats-server that is killed, paused and restarted. */
#include "nats-server.h"

#include <cluster/nats-link.h>
#include <gio/gio.h>
#include <habla-test.h>
#include <signal.h>
#include <string.h>

#define STREAM "test"
#define N_STORED 100

typedef struct {
  HablaNatsLink *link;
  gboolean is_connected;
  guint n_states;
  char *message;
} Node;

/* Events that a subscription has received. */
typedef struct {
  GPtrArray *texts;
  GArray *sequences;
  guint n_current;
  guint n_gaps;
  char *failure;
  Node *acknowledges; /* (nullable) */
} Received;

/* The result of storing. */
typedef struct {
  gboolean is_done;
  guint64 sequence;
  GError *error;
} Result;

static gboolean
on_timeout (gpointer user_data)
{
  g_error ("%s", (const char *) user_data);
  return G_SOURCE_REMOVE;
}

#define wait_until(condition) \
  G_STMT_START \
  { \
    guint timeout_ = \
        g_timeout_add_seconds (habla_test_scale (30), on_timeout, "no " #condition " in time"); \
    while (!(condition)) \
      g_main_context_iteration (NULL, TRUE); \
    g_source_remove (timeout_); \
  } \
  G_STMT_END

static void
on_state (gboolean is_connected, const char *message, gpointer user_data)
{
  Node *self = user_data;

  self->is_connected = is_connected;
  self->n_states++;
  g_free (self->message);
  self->message = g_strdup (message);
}

static void
node_init_full (Node *self, const HablaNatsOptions *options)
{
  g_autoptr (GError) error = NULL;

  *self = (Node){ NULL };
  self->link = habla_nats_link_new (options, on_state, self, &error);
  g_assert_no_error (error);
}

static void
node_init (Node *self, TestNats *server)
{
  const char *const servers[] = { test_nats_get_url (server), NULL };
  HablaNatsOptions options = {
    .servers = servers, .name = "node", .timeout = habla_test_scale (500)
  };

  node_init_full (self, &options);
  wait_until (self->is_connected);
}

static void
node_clear (Node *self)
{
  habla_nats_link_free (self->link);
  g_free (self->message);
}

static void
on_event (const HablaNatsEvent *event, gpointer user_data)
{
  Received *self = user_data;
  gsize size;
  const char *text;

  switch (event->type) {
  case HABLA_NATS_MESSAGE:
    text = g_bytes_get_data (event->data, &size);
    g_ptr_array_add (self->texts, g_strndup (text, size));
    g_array_append_val (self->sequences, event->sequence);
    if (self->acknowledges != NULL)
      habla_nats_link_acknowledge (self->acknowledges->link, event->reply);
    break;
  case HABLA_NATS_CURRENT:
    self->n_current++;
    break;
  case HABLA_NATS_GAP:
    self->n_gaps++;
    break;
  case HABLA_NATS_FAILED:
    g_free (self->failure);
    self->failure = g_strdup (event->message);
    break;
  }
}

static void
received_init (Received *self)
{
  *self = (Received){ g_ptr_array_new_with_free_func (g_free),
    g_array_new (FALSE, FALSE, sizeof (guint64)) };
}

static void
received_clear (Received *self)
{
  g_ptr_array_unref (self->texts);
  g_array_unref (self->sequences);
  g_free (self->failure);
}

static const char *
get_text (Received *self, guint i)
{
  return g_ptr_array_index (self->texts, i);
}

static void
on_stored (guint64 sequence, const GError *error, gpointer user_data)
{
  Result *self = user_data;

  g_assert_false (self->is_done);
  self->is_done = TRUE;
  self->sequence = sequence;
  self->error = error != NULL ? g_error_copy (error) : NULL;
}

static GBytes *
make_bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static void
send (Node *node, const char *subject, const char *text)
{
  g_autoptr (GBytes) data = make_bytes (text);
  g_autoptr (GError) error = NULL;

  habla_nats_link_publish (node->link, subject, data, &error);
  g_assert_no_error (error);
}

static void
store_entry (Node *node, HablaNatsEntry *entry, const char *text, Result *result)
{
  entry->data = make_bytes (text);
  *result = (Result){ FALSE };
  habla_nats_link_store (node->link, entry, on_stored, result);
  g_assert_false (result->is_done);
  g_bytes_unref (entry->data);
}

/* Returns: the sequence of the message; 0 after @error */
static guint64
store (Node *node, HablaNatsEntry *entry, const char *text, GError **error)
{
  Result result;

  store_entry (node, entry, text, &result);
  wait_until (result.is_done);
  if (result.error != NULL)
    g_propagate_error (error, result.error);
  return result.sequence;
}

/* Stores a message as often as necessary: a server that has just started may not answer in time. */
static guint64
store_text (Node *node, const char *subject, const char *text)
{
  static guint n_ids = 0;
  g_autofree char *id = g_strdup_printf ("%u", n_ids++);
  HablaNatsEntry entry = { .subject = subject, .id = id };
  guint64 sequence = 0;

  while (sequence == 0) {
    g_autoptr (GError) error = NULL;

    wait_until (node->is_connected);
    sequence = store (node, &entry, text, &error);
    if (!g_error_matches (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_TIMEOUT) &&
        !g_error_matches (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_DISCONNECTED))
      g_assert_no_error (error);
  }
  return sequence;
}

static void
create_stream (Node *node, gint64 max_per_subject)
{
  HablaNatsStream stream = {
    .name = STREAM, .subject = "test.>", .max_per_subject = max_per_subject
  };
  Result result = { FALSE };

  habla_nats_link_create_stream (node->link, &stream, on_stored, &result);
  wait_until (result.is_done);
  g_assert_no_error (result.error);
}

/* Messages between two nodes come in order, but not back to their sender. */
static void
test_publish (void)
{
  TestNats *server = test_nats_new (NULL);
  Node a, b;
  Received by_a, by_b;
  HablaNatsSubscription *subscriptions[2];

  node_init (&a, server);
  node_init (&b, server);
  received_init (&by_a);
  received_init (&by_b);
  create_stream (&a, 0);
  subscriptions[0] = habla_nats_link_subscribe (a.link, "live.room", on_event, &by_a);
  subscriptions[1] = habla_nats_link_subscribe (b.link, "live.*", on_event, &by_b);
  /* A message is received only after the server knows the subscription. */
  while (by_b.texts->len == 0) {
    send (&a, "live.other", "ready?");
    store_text (&b, "test.round-trip", "");
  }
  send (&a, "live.room", "one");
  send (&a, "live.room", "two");
  wait_until (g_ptr_array_find_with_equal_func (by_b.texts, "two", g_str_equal, NULL));
  g_assert_cmpstr (get_text (&by_b, by_b.texts->len - 2), ==, "one");
  g_assert_cmpuint (by_a.texts->len, ==, 0);
  for (guint i = 0; i < 2; i++)
    habla_nats_subscription_free (subscriptions[i]);
  node_clear (&a);
  node_clear (&b);
  received_clear (&by_a);
  received_clear (&by_b);
  test_nats_free (server);
}

/* Only who knows the last message of a subject may store the next one. */
static void
test_fencing (void)
{
  TestNats *server = test_nats_new (NULL);
  HablaNatsEntry entry = { .subject = "test.room", .is_fenced = TRUE };
  Node a, b;
  g_autoptr (GError) error = NULL;
  guint64 first, second;

  node_init (&a, server);
  node_init (&b, server);
  create_stream (&a, 0);
  store_text (&a, "test.other", "other");
  first = store (&a, &entry, "first", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (first, ==, 2);
  g_assert_cmpuint (store (&b, &entry, "also first", &error), ==, 0);
  g_assert_error (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_FENCED);
  g_clear_error (&error);
  entry.expected = first;
  second = store (&b, &entry, "second", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (store (&a, &entry, "late", &error), ==, 0);
  g_assert_error (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_FENCED);
  g_clear_error (&error);
  /* The same message again is stored once. */
  entry.expected = second;
  entry.id = "room/3";
  g_assert_cmpuint (store (&b, &entry, "third", &error), ==, second + 1);
  g_assert_cmpuint (store (&b, &entry, "third", &error), ==, second + 1);
  g_assert_no_error (error);
  node_clear (&a);
  node_clear (&b);
  test_nats_free (server);
}

static void
check_stored (Received *received, guint n)
{
  g_assert_cmpuint (received->texts->len, ==, n);
  for (guint i = 0; i < n; i++) {
    g_autofree char *text = g_strdup_printf ("%u", i);

    g_assert_cmpstr (get_text (received, i), ==, text);
    if (i > 0)
      g_assert_cmpuint (g_array_index (received->sequences, guint64, i), >,
          g_array_index (received->sequences, guint64, i - 1));
  }
}

static void
store_numbers (Node *node, guint first, guint n)
{
  for (guint i = first; i < first + n; i++) {
    g_autofree char *text = g_strdup_printf ("%u", i);

    store_text (node, "test.room", text);
  }
}

/* Each message is read once, in order, also while the server is killed and started again. */
static void
test_read (void)
{
  TestNats *server = test_nats_new (NULL);
  Node a;
  Received all, empty, late;
  HablaNatsSubscription *subscriptions[3];

  node_init (&a, server);
  received_init (&all);
  received_init (&empty);
  received_init (&late);
  create_stream (&a, 0);
  subscriptions[0] = habla_nats_link_read (a.link, STREAM, "test.empty", 1, on_event, &empty);
  wait_until (empty.n_current == 1);
  store_numbers (&a, 0, N_STORED);
  subscriptions[1] = habla_nats_link_read (a.link, STREAM, "test.room", 1, on_event, &all);
  wait_until (all.n_current == 1);
  check_stored (&all, N_STORED);
  for (guint i = 1; i <= 3; i++) {
    test_nats_kill (server);
    wait_until (!a.is_connected);
    g_assert_nonnull (a.message);
    test_nats_start (server);
    wait_until (a.is_connected);
    store_numbers (&a, i * N_STORED, N_STORED);
    wait_until (all.texts->len >= (i + 1) * N_STORED);
    check_stored (&all, (i + 1) * N_STORED);
  }
  subscriptions[2] = habla_nats_link_read (a.link, STREAM, "test.room", 11, on_event, &late);
  wait_until (late.n_current == 1);
  g_assert_cmpuint (late.texts->len, ==, 4 * N_STORED - 10);
  g_assert_cmpuint (all.n_current + empty.n_current, ==, 2);
  for (guint i = 0; i < 3; i++)
    habla_nats_subscription_free (subscriptions[i]);
  node_clear (&a);
  received_clear (&all);
  received_clear (&empty);
  received_clear (&late);
  test_nats_free (server);
}

/* The last message of each subject, and what follows: how leases are read. */
static void
test_read_last (void)
{
  TestNats *server = test_nats_new (NULL);
  HablaNatsSubscription *subscription;
  Node a;
  Received received;

  node_init (&a, server);
  received_init (&received);
  create_stream (&a, 1);
  store_text (&a, "test.a", "old");
  store_text (&a, "test.b", "b");
  store_text (&a, "test.a", "a");
  subscription = habla_nats_link_read (a.link, STREAM, "test.*", 0, on_event, &received);
  wait_until (received.n_current == 1);
  g_assert_cmpuint (received.texts->len, ==, 2);
  g_assert_cmpstr (get_text (&received, 0), ==, "b");
  g_assert_cmpstr (get_text (&received, 1), ==, "a");
  store_text (&a, "test.b", "new");
  wait_until (received.texts->len == 3);
  g_assert_cmpstr (get_text (&received, 2), ==, "new");
  habla_nats_subscription_free (subscription);
  node_clear (&a);
  received_clear (&received);
  test_nats_free (server);
}

/* An acknowledged message does not come again to the next process of this node; others do.
 */
static void
test_consume (void)
{
  TestNats *server = test_nats_new (NULL);
  HablaNatsSubscription *subscription;
  Node a;
  Received first, second, third;

  node_init (&a, server);
  received_init (&first);
  received_init (&second);
  received_init (&third);
  create_stream (&a, 0);
  store_numbers (&a, 0, N_STORED);
  first.acknowledges = &a;
  subscription = habla_nats_link_consume (a.link, STREAM, "test.>", "archive", on_event, &first);
  wait_until (first.texts->len == N_STORED);
  check_stored (&first, N_STORED);
  habla_nats_subscription_free (subscription);
  node_clear (&a);
  node_init (&a, server);
  second.acknowledges = &a;
  subscription = habla_nats_link_consume (a.link, STREAM, "test.>", "archive", on_event, &second);
  store_text (&a, "test.room", "new");
  wait_until (second.texts->len == 1);
  g_assert_cmpstr (get_text (&second, 0), ==, "new");
  habla_nats_subscription_free (subscription);
  node_clear (&a);
  /* A server that is killed may forget the last acknowledgements, but no message. */
  test_nats_kill (server);
  test_nats_start (server);
  node_init (&a, server);
  subscription = habla_nats_link_consume (a.link, STREAM, "test.>", "archive", on_event, &third);
  store_text (&a, "test.room", "newer");
  wait_until (
      third.texts->len > 0 && g_str_equal (get_text (&third, third.texts->len - 1), "newer"));
  habla_nats_subscription_free (subscription);
  node_clear (&a);
  received_clear (&first);
  received_clear (&second);
  received_clear (&third);
  test_nats_free (server);
}

/* A server that hangs, or is gone, makes errors in time, and no message is stored twice. */
static void
test_hang (void)
{
  TestNats *server = test_nats_new (NULL);
  HablaNatsEntry entry = { .subject = "test.room", .id = "1" };
  HablaNatsSubscription *subscription;
  Received received;
  Node a;
  g_autoptr (GError) error = NULL;

  node_init (&a, server);
  received_init (&received);
  create_stream (&a, 0);
  test_nats_signal (server, SIGSTOP);
  g_assert_cmpuint (store (&a, &entry, "text", &error), ==, 0);
  g_assert_true (g_error_matches (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_TIMEOUT) ||
                 g_error_matches (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_DISCONNECTED));
  g_clear_error (&error);
  wait_until (!a.is_connected);
  g_assert_cmpuint (store (&a, &entry, "text", &error), ==, 0);
  g_assert_error (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_DISCONNECTED);
  g_clear_error (&error);
  test_nats_signal (server, SIGCONT);
  wait_until (a.is_connected);
  g_assert_cmpuint (store (&a, &entry, "text", &error), >, 0);
  g_assert_no_error (error);
  subscription = habla_nats_link_read (a.link, STREAM, "test.room", 1, on_event, &received);
  wait_until (received.n_current == 1);
  g_assert_cmpuint (received.texts->len, ==, 1);
  habla_nats_subscription_free (subscription);
  node_clear (&a);
  received_clear (&received);
  test_nats_free (server);
}

/* The main loop does not run, and more messages come than may wait. */
static void
test_slow_main_loop (void)
{
  enum { SIZE = 60000, N = 300 };
  TestNats *server = test_nats_new (NULL);
  g_autofree char *text = g_strnfill (SIZE, 'x');
  gint64 end = g_get_monotonic_time () + habla_test_scale (60) * G_TIME_SPAN_SECOND;
  HablaNatsSubscription *live, *read;
  Received by_live, by_read;
  HablaNatsStats stats;
  Node a, b;

  node_init (&a, server);
  node_init (&b, server);
  received_init (&by_live);
  received_init (&by_read);
  create_stream (&a, 0);
  for (guint i = 0; i < N; i++)
    store_text (&a, "test.room", text);
  live = habla_nats_link_subscribe (b.link, "test.room", on_event, &by_live);
  read = habla_nats_link_read (b.link, STREAM, "test.room", 1, on_event, &by_read);
  do {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (10000); /* the main loop is busy */
    habla_nats_link_get_stats (b.link, &stats);
  } while (stats.lost == 0);
  wait_until (by_read.texts->len == N);
  g_assert_cmpuint (g_array_index (by_read.sequences, guint64, N - 1), ==, N);
  g_assert_cmpuint (by_live.texts->len, ==, 0);
  habla_nats_subscription_free (live);
  habla_nats_subscription_free (read);
  node_clear (&a);
  node_clear (&b);
  received_clear (&by_live);
  received_clear (&by_read);
  test_nats_free (server);
}

/* Messages of subscribers come with the connection, and a gap is an event. */
static void
test_gap (void)
{
  TestNats *server = test_nats_new (NULL);
  HablaNatsSubscription *subscription;
  Received received;
  Node a;

  node_init (&a, server);
  received_init (&received);
  subscription = habla_nats_link_subscribe (a.link, "live", on_event, &received);
  test_nats_kill (server);
  wait_until (!a.is_connected);
  test_nats_start (server);
  wait_until (received.n_gaps == 1);
  habla_nats_subscription_free (subscription);
  node_clear (&a);
  received_clear (&received);
  test_nats_free (server);
}

/* A pair of keys from the documentation of NATS, and what it permits here. */
#define SEED "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY"
#define PUBLIC_KEY "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"
#define USERS \
  "authorization { users: [ { nkey: " PUBLIC_KEY ", permissions: {" \
  " publish: [\"test.>\", \"live\", \"$JS.API.>\"], subscribe: [\"live\", \"_INBOX.>\"] } } ] }"

static char *
write_file (const char *name, const char *text)
{
  char *path = g_build_filename (habla_test_get_dir (), name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  return path;
}

/* The server does not know this node, or does not permit a subject to it. */
static void
test_permissions (void)
{
  TestNats *server = test_nats_new (USERS);
  g_autofree char *seed = write_file ("seed", SEED "\n");
  const char *const servers[] = { test_nats_get_url (server), NULL };
  HablaNatsOptions options = { .servers = servers, .timeout = habla_test_scale (500) };
  HablaNatsEntry entry = { .subject = "other.room" };
  HablaNatsSubscription *permitted, *forbidden;
  Received by_permitted, by_forbidden;
  g_autoptr (GError) error = NULL;
  Node a;

  node_init_full (&a, &options);
  wait_until (a.message != NULL);
  g_assert_false (a.is_connected);
  g_assert_nonnull (strstr (a.message, "uthorization"));
  node_clear (&a);
  options.nkey = seed;
  options.nkey_public = PUBLIC_KEY;
  node_init_full (&a, &options);
  wait_until (a.is_connected);
  received_init (&by_permitted);
  received_init (&by_forbidden);
  permitted = habla_nats_link_subscribe (a.link, "live", on_event, &by_permitted);
  forbidden = habla_nats_link_subscribe (a.link, "secret.>", on_event, &by_forbidden);
  wait_until (by_forbidden.failure != NULL);
  g_assert_nonnull (strstr (by_forbidden.failure, "secret.>"));
  g_assert_null (by_permitted.failure);
  g_assert_cmpuint (store (&a, &entry, "text", &error), ==, 0);
  g_assert_nonnull (error);
  g_assert_true (a.is_connected);
  habla_nats_subscription_free (permitted);
  habla_nats_subscription_free (forbidden);
  node_clear (&a);
  received_clear (&by_permitted);
  received_clear (&by_forbidden);
  test_nats_free (server);
}

/* Returns: (transfer full): path of a new certificate for 127.0.0.1; its key is in PATH.key */
static char *
make_certificate (const char *name)
{
  char *path = g_build_filename (habla_test_get_dir (), name, NULL);
  g_autofree char *key = g_strconcat (path, ".key", NULL);
  const char *argv[] = { "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
    "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", path, NULL };
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) argv, NULL,
      G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
      NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return path;
}

/* Only a server with a certificate of the authority is trusted. */
static void
test_tls (void)
{
  g_autofree char *certificate = make_certificate ("server.pem");
  g_autofree char *other = make_certificate ("other.pem");
  g_autofree char *settings =
      g_strdup_printf ("tls { cert_file: \"%s\", key_file: \"%s.key\" }", certificate, certificate);
  TestNats *server = test_nats_new (settings);
  g_autofree char *url = g_strconcat ("tls", strchr (test_nats_get_url (server), ':'), NULL);
  const char *const servers[] = { url, NULL };
  HablaNatsOptions options = { .servers = servers, .timeout = habla_test_scale (2000) };
  Node a;

  options.authorities = certificate;
  node_init_full (&a, &options);
  wait_until (a.is_connected);
  node_clear (&a);
  options.authorities = other;
  node_init_full (&a, &options);
  wait_until (a.message != NULL);
  g_assert_false (a.is_connected);
  node_clear (&a);
  test_nats_free (server);
}

static void
check_refused (const char *server, const char *credentials, const char *expected)
{
  const char *const servers[] = { server, NULL };
  HablaNatsOptions options = { .servers = servers, .credentials = credentials };
  g_autoptr (GError) error = NULL;

  g_assert_null (habla_nats_link_new (&options, on_state, NULL, &error));
  g_assert_error (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, expected));
}

static void
test_options (void)
{
  check_refused ("nats://me:secret@localhost:4222", NULL, "credentials file");
  check_refused ("localhost", NULL, "not the address");
  check_refused ("http://localhost", NULL, "not the address");
  check_refused ("nats://localhost:4222/path", NULL, "not the address");
  check_refused ("nats://localhost:4222", "/does/not/exist", "/does/not/exist");
}

/* No server, and none for a while: the link ends at once all the same. */
static void
test_no_server (void)
{
  const char *const servers[] = { "nats://127.0.0.1:1", NULL };
  HablaNatsOptions options = { .servers = servers, .timeout = 500 };
  Node a;

  for (guint i = 0; i < 3; i++) {
    node_init_full (&a, &options);
    wait_until (a.message != NULL);
    g_assert_false (a.is_connected);
    node_clear (&a);
  }
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/nats-link/options", test_options);
  g_test_add_func ("/nats-link/no-server", test_no_server);
  if (test_nats_is_installed ()) {
    g_test_add_func ("/nats-link/publish", test_publish);
    g_test_add_func ("/nats-link/fencing", test_fencing);
    g_test_add_func ("/nats-link/read", test_read);
    g_test_add_func ("/nats-link/read-last", test_read_last);
    g_test_add_func ("/nats-link/consume", test_consume);
    g_test_add_func ("/nats-link/hang", test_hang);
    g_test_add_func ("/nats-link/slow-main-loop", test_slow_main_loop);
    g_test_add_func ("/nats-link/gap", test_gap);
    g_test_add_func ("/nats-link/permissions", test_permissions);
    g_test_add_func ("/nats-link/tls", test_tls);
  }
  return habla_test_run ();
}
