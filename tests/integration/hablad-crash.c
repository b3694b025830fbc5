/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kills hablad repeatedly at random moments: exchanges that it reported as stored exist, sessions
 * that it reported as deleted do not, and recordings are repaired. HABLA_KILLS is the number of
 * kills. */
#include "habla-test.h"
#include "hablad.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define KILLS 8
/* Maximum time from the begin of an activity to the kill, in microseconds. */
#define MAX_DELAY 400000
#define MAX_SPEECH_DELAY 3000000
#define MAX_DELETION_DELAY 20000

typedef struct {
  char *data;
  char *config;
  char *database;
  GHashTable *announced; /* ids of exchanges in transcript_final, as strings */
  GPtrArray *stored;     /* ids of exchanges in exchange_stored, as strings */
  guint n_checked;       /* of stored */
  GHashTable *deleted;   /* ids of sessions that were deleted, as strings */
} Fixture;

static char *
query (const char *path, const char *sql)
{
  sqlite3 *connection = NULL;
  sqlite3_stmt *statement = NULL;
  char *value = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &connection, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (connection, sql, -1, &statement, NULL), ==, SQLITE_OK);
  if (sqlite3_step (statement) == SQLITE_ROW)
    value = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  g_assert_cmpint (sqlite3_finalize (statement), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (connection), ==, SQLITE_OK);
  return value;
}

/* Notes the messages that the client has received, and asserts that ids of exchanges are unique. */
static void
note_messages (Fixture *self, HabladClient *client)
{
  GPtrArray *messages = hablad_client_get_messages (client);

  for (guint i = 0; i < messages->len; i++) {
    JsonObject *message = g_ptr_array_index (messages, i);
    const char *type = json_object_get_string_member (message, "type");
    g_autofree char *id = NULL;

    if (!json_object_has_member (message, "exchange_id"))
      continue;
    id = g_strdup_printf ("%" G_GINT64_FORMAT, json_object_get_int_member (message, "exchange_id"));
    if (g_str_equal (type, "transcript_final")) {
      if (g_hash_table_contains (self->announced, id))
        g_error ("The id %s was used twice", id);
      g_hash_table_add (self->announced, g_steal_pointer (&id));
    } else if (g_str_equal (type, "exchange_stored")) {
      g_assert_true (g_hash_table_contains (self->announced, id));
      g_ptr_array_add (self->stored, g_steal_pointer (&id));
    }
  }
}

/* Must be called while hablad does not run. */
static void
check_database (Fixture *self)
{
  g_autofree char *integrity = query (self->database, "PRAGMA integrity_check");
  g_autofree char *keys = query (self->database, "SELECT count(*) FROM pragma_foreign_key_check");
  g_autofree char *counts =
      query (self->database, "SELECT (SELECT sum(max(exchange_count, 0)) FROM sessions) - (SELECT "
                             "count(*) FROM utterances u"
                             " JOIN sessions s ON s.id = u.session_id WHERE s.exchange_count > 0)");
  GHashTableIter iter;
  gpointer session;

  g_assert_cmpstr (integrity, ==, "ok");
  g_assert_cmpstr (keys, ==, "0");
  if (counts != NULL)
    g_assert_cmpstr (counts, ==, "0");
  g_hash_table_iter_init (&iter, self->deleted);
  while (g_hash_table_iter_next (&iter, &session, NULL)) {
    g_autofree char *sql = g_strdup_printf (
        "SELECT count(*) FROM sessions WHERE id = %s AND exchange_count > 0", (char *) session);
    g_autofree char *n = query (self->database, sql);

    g_assert_cmpstr (n, ==, "0");
  }
  for (guint i = self->n_checked; i < self->stored->len; i++) {
    const char *id = g_ptr_array_index (self->stored, i);
    g_autofree char *sql = g_strdup_printf (
        "SELECT count(*) FROM translations WHERE utterance_id = %s AND text <> ''", id);
    g_autofree char *n = query (self->database, sql);

    if (g_strcmp0 (n, "1") != 0)
      g_error ("Exchange %s was reported as stored, but is missing", id);
  }
  self->n_checked = self->stored->len;
}

/* Activity of hablad when it is killed. */
typedef enum { STARTING, TYPING, LISTENING, SPEAKING, PLAYING, DELETING } Activity;

static Hablad *
start (Fixture *self)
{
  const char *const options[] = { self->config, NULL };

  return hablad_start_with_data (options, self->data);
}

static JsonNode *
get_list (Hablad *hablad, const char *path)
{
  guint status;
  g_autofree char *text = hablad_get (hablad, path, &status);
  JsonNode *node;

  g_assert_cmpuint (status, ==, 200);
  node = json_from_string (text, NULL);
  g_assert_true (JSON_NODE_HOLDS_ARRAY (node));
  return node;
}

/* Waits until the recordings of earlier runs are repaired. */
static void
wait_for_maintenance (Hablad *hablad)
{
  hablad_wait_until (hablad_get_metric (hablad, "habla_recording_kept") > 0);
}

/* Plays a random recording. */
static void
play_random (Hablad *hablad)
{
  g_autoptr (JsonNode) list = get_list (hablad, "/api/recordings");
  JsonArray *array = json_node_get_array (list);
  guint n = json_array_get_length (array);
  guint first = n > 0 ? g_test_rand_int_range (0, n) : 0;
  guint status = 0;

  for (guint i = 0; i < n && status != 200; i++) {
    JsonObject *recording = json_array_get_object_element (array, (first + i) % n);
    g_autofree char *body = g_strdup_printf (
        "{\"recording_id\":\"%s\",\"speed\":0}", json_object_get_string_member (recording, "id"));

    g_free (hablad_request (hablad, "POST", "/api/playback/start", body, &status));
  }
  g_assert_cmpuint (status, ==, 200);
}

/* Deletes the oldest session. */
static void
delete_oldest_session (Fixture *self, Hablad *hablad)
{
  g_autoptr (JsonNode) list = get_list (hablad, "/api/sessions?limit=200");
  JsonArray *array = json_node_get_array (list);
  guint n = json_array_get_length (array);
  g_autofree char *path = NULL;
  gint64 id;
  guint status;

  g_assert_cmpuint (n, >, 0);
  id = json_object_get_int_member (json_array_get_object_element (array, n - 1), "id");
  path = g_strdup_printf ("/api/sessions/%" G_GINT64_FORMAT, id);
  g_free (hablad_request (hablad, "DELETE", path, NULL, &status));
  g_assert_cmpuint (status, ==, 200);
  g_hash_table_add (self->deleted, g_strdup_printf ("%" G_GINT64_FORMAT, id));
}

/* Returns: maximum time until the kill, in microseconds */
static guint
begin_activity (
    Fixture *self, Activity activity, Hablad *hablad, HabladClient *client, GPtrArray *recording)
{
  switch (activity) {
  case LISTENING:
  case SPEAKING:
    hablad_client_start_listening (client);
    hablad_client_send_recording (client, recording, FALSE);
    if (activity == LISTENING)
      return MAX_SPEECH_DELAY;
    hablad_client_expect (client, "transcript_final");
    return MAX_DELAY;
  case PLAYING:
    wait_for_maintenance (hablad);
    play_random (hablad);
    hablad_client_expect (client, "playback_started");
    return MAX_SPEECH_DELAY;
  case DELETING:
    delete_oldest_session (self, hablad);
    return MAX_DELETION_DELAY;
  case STARTING:
  case TYPING:
    break;
  }
  for (guint i = 0; i < 200; i++)
    hablad_client_send_text (client, "The house is big.");
  if (activity == TYPING)
    hablad_client_expect (client, "translation");
  return MAX_DELAY;
}

static void
run_and_kill (Fixture *self, Activity activity, GPtrArray *recording)
{
  g_autoptr (Hablad) hablad = start (self);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autofree char *log = NULL;
  gint64 end;
  guint max_delay;

  hablad_client_expect (client, "status");
  max_delay = begin_activity (self, activity, hablad, client, recording);
  end = g_get_monotonic_time () + g_test_rand_int_range (0, max_delay);
  while (g_get_monotonic_time () < end)
    hablad_iterate ();
  hablad_signal (hablad, SIGKILL);
  g_assert_cmpint (hablad_wait (hablad, 60), ==, 128 + SIGKILL);
  /* Receive messages that were sent before the kill. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  note_messages (self, client);
  log = hablad_get_log (hablad);
  g_assert_null (strstr (log, "DAMAGED"));
  g_assert_null (strstr (log, "The store is"));
}

/* Asserts that the recordings of all runs are repaired and complete. */
static void
check_recordings (Hablad *hablad)
{
  g_autoptr (JsonNode) list = NULL;
  JsonArray *array;
  guint n_segments = 0;

  wait_for_maintenance (hablad);
  list = get_list (hablad, "/api/recordings");
  array = json_node_get_array (list);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonObject *recording = json_array_get_object_element (array, i);
    const char *id = json_object_get_string_member (recording, "id");
    guint n = json_object_get_int_member (recording, "segment_count");

    g_assert_false (json_object_get_null_member (recording, "ended_at"));
    for (guint j = 0; j < n; j++) {
      g_autofree char *path =
          g_strdup_printf ("/api/recordings/%s/audio/segment_%03u.wav", id, j + 1);
      guint status;

      g_free (hablad_get (hablad, path, &status));
      if (status != 200)
        g_error ("%s: %u", path, status);
    }
    n_segments += n;
  }
  g_test_message ("%u recordings with %u segments", json_array_get_length (array), n_segments);
  g_assert_cmpuint (json_array_get_length (array), >, 0);
  g_assert_cmpuint (n_segments, >, 0);
}

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autofree char *text = NULL;

  self->data = g_build_filename (habla_test_get_dir (), "data", NULL);
  self->database = g_build_filename (self->data, "habla", "habla.db", NULL);
  self->announced = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->stored = g_ptr_array_new_with_free_func (g_free);
  self->deleted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  text = g_strdup_printf ("[recording]\nenabled=yes\npath=%s/recordings\n", self->data);
  self->config = hablad_write_config (text);
  return self;
}

static void
fixture_free (Fixture *self)
{
  g_free (self->data);
  g_free (self->database);
  g_free (self->config);
  g_hash_table_unref (self->announced);
  g_ptr_array_unref (self->stored);
  g_hash_table_unref (self->deleted);
  g_free (self);
}

static void
test_kill (void)
{
  static const char *const spoken[] = { HABLAD_SPEECH (870), HABLAD_SILENCE, HABLAD_SPEECH (880),
    HABLAD_SILENCE, NULL };
  static const Activity activities[] = { TYPING, SPEAKING, PLAYING, TYPING, DELETING, STARTING,
    LISTENING, PLAYING };
  const char *kills = g_getenv ("HABLA_KILLS");
  guint n = kills != NULL ? atoi (kills) : KILLS;
  g_autoptr (GPtrArray) recording = hablad_record ("webm", spoken);
  Fixture *fixture = fixture_new ();

  for (guint i = 0; i < n; i++) {
    run_and_kill (fixture, activities[i % G_N_ELEMENTS (activities)], recording);
    check_database (fixture);
    g_test_message ("killed %u times, %u announced, %u stored, %u sessions deleted", i + 1,
        g_hash_table_size (fixture->announced), fixture->stored->len,
        g_hash_table_size (fixture->deleted));
  }
  g_assert_cmpuint (fixture->stored->len, >, n);

  /* hablad starts normally after the last kill. */
  g_autoptr (Hablad) hablad = start (fixture);
  g_autofree char *found = hablad_get (hablad, "/api/sessions/search?q=casa&limit=100", NULL);
  g_assert_nonnull (strstr (found, "La casa es grande."));
  check_recordings (hablad);
  hablad_stop (g_steal_pointer (&hablad));
  check_database (fixture);
  fixture_free (fixture);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad/kill", test_kill);
  return habla_test_run ();
}
