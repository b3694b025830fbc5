/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hablad is killed again and again, at any moment: what it said is stored is there. How often
 * is HABLA_KILLS. */
#include "habla-test.h"
#include "hablad.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define KILLS 8
/* The longest that it lives once it does what it is to be killed at, in microseconds. */
#define LONGEST_LIFE 400000

typedef struct {
  char *data;
  char *database;
  GHashTable *told;  /* of the ids of exchanges that clients were told of, as strings */
  GPtrArray *stored; /* of ids that were said to be stored, as strings */
  guint n_kept;
} Lesson;

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

/* What came in this life. No id was ever told for another exchange. */
static void
note_messages (Lesson *self, HabladClient *client)
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
      if (g_hash_table_contains (self->told, id))
        g_error ("The id %s was given twice", id);
      g_hash_table_add (self->told, g_steal_pointer (&id));
    } else if (g_str_equal (type, "exchange_stored")) {
      g_assert_true (g_hash_table_contains (self->told, id));
      g_ptr_array_add (self->stored, g_steal_pointer (&id));
    }
  }
}

/* While nobody has it open. */
static void
check_database (Lesson *self)
{
  g_autofree char *integrity = query (self->database, "PRAGMA integrity_check");
  g_autofree char *keys = query (self->database, "SELECT count(*) FROM pragma_foreign_key_check");
  g_autofree char *texts = query (self->database,
      "SELECT (SELECT count(*) FROM utterance_text) - (SELECT count(*) FROM utterances)");
  g_autofree char *counts = query (self->database,
      "SELECT (SELECT sum(exchange_count) FROM sessions) - (SELECT count(*) FROM utterances)");

  g_assert_cmpstr (integrity, ==, "ok");
  g_assert_cmpstr (keys, ==, "0");
  g_assert_cmpstr (texts, ==, "0");
  if (counts != NULL)
    g_assert_cmpstr (counts, ==, "0");
  for (guint i = self->n_kept; i < self->stored->len; i++) {
    const char *id = g_ptr_array_index (self->stored, i);
    g_autofree char *sql = g_strdup_printf (
        "SELECT count(*) FROM translations WHERE utterance_id = %s AND text <> ''", id);
    g_autofree char *n = query (self->database, sql);

    if (g_strcmp0 (n, "1") != 0)
      g_error ("The exchange %s was said to be stored, and is not", id);
  }
  self->n_kept = self->stored->len;
}

/* What it is doing when it is killed. */
typedef enum { STARTING, TYPING, LISTENING } Life;

static void
live_and_die (Lesson *self, Life life, GPtrArray *recording)
{
  g_autoptr (Hablad) hablad = hablad_start_with_data (NULL, self->data);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autofree char *log = NULL;
  gint64 end;

  hablad_client_expect (client, "status");
  if (life == LISTENING) {
    hablad_client_send (client, "{'type':'start_listening'}");
    hablad_client_send_recording (client, recording, FALSE);
    hablad_client_expect (client, "transcript_final");
  } else {
    for (guint i = 0; i < 200; i++)
      hablad_client_send (
          client, "{'type':'text_input','text':'The house is big.','speaker_id':'MANUAL'}");
  }
  if (life == TYPING)
    hablad_client_expect (client, "translation");
  end = g_get_monotonic_time () + g_test_rand_int_range (0, LONGEST_LIFE);
  while (g_get_monotonic_time () < end)
    hablad_iterate ();
  hablad_signal (hablad, SIGKILL);
  g_assert_cmpint (hablad_wait (hablad, 60), ==, 128 + SIGKILL);
  /* What was on the way counts, too. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  note_messages (self, client);
  log = hablad_get_log (hablad);
  g_assert_null (strstr (log, "DAMAGED"));
  g_assert_null (strstr (log, "The store is"));
}

static void
test_kill (void)
{
  static const char *const spoken[] = { "sense_and_sensibility_01_austen_64kb-0870.wav",
    HABLAD_SILENCE, "sense_and_sensibility_01_austen_64kb-0880.wav", HABLAD_SILENCE, NULL };
  static const Life lives[] = { TYPING, LISTENING, TYPING, STARTING };
  const char *kills = g_getenv ("HABLA_KILLS");
  guint n = kills != NULL ? atoi (kills) : KILLS;
  g_autoptr (GPtrArray) recording = hablad_record ("webm", spoken);
  Lesson lesson = {
    .data = g_build_filename (habla_test_get_dir (), "lesson", NULL),
    .told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .stored = g_ptr_array_new_with_free_func (g_free),
  };

  lesson.database = g_build_filename (lesson.data, "habla", "habla.db", NULL);
  for (guint i = 0; i < n; i++) {
    live_and_die (&lesson, lives[i % G_N_ELEMENTS (lives)], recording);
    check_database (&lesson);
    g_test_message ("killed %u times, %u told, %u stored", i + 1, g_hash_table_size (lesson.told),
        lesson.stored->len);
  }
  g_assert_cmpuint (lesson.stored->len, >, n);

  /* The next start is clean. */
  g_autoptr (Hablad) hablad = hablad_start_with_data (NULL, lesson.data);
  g_autofree char *found = hablad_get (hablad, "/api/sessions/search?q=casa&limit=500", NULL);
  g_assert_nonnull (strstr (found, "La casa es grande."));
  hablad_stop (g_steal_pointer (&hablad));
  check_database (&lesson);
  g_free (lesson.data);
  g_free (lesson.database);
  g_hash_table_unref (lesson.told);
  g_ptr_array_unref (lesson.stored);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad/kill", test_kill);
  return habla_test_run ();
}
