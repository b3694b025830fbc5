/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors and phrases of exchanges, roles of speakers, and idioms of users. */
#include "store-test.h"

#include "habla-test.h"

#include <store/phrases/idioms.h>
#include <store/sessions/empty-sessions.h>

static HablaUtteranceRecord *
make (guint64 id)
{
  HablaUtteranceRecord *utterance = store_test_utterance (id, 7, "Estoy hambre.", "I am hungry.");

  utterance->corrected = g_strdup ("Tengo hambre.");
  utterance->processing = 120;
  utterance->speaker->role_hint = g_strdup ("teacher");
  utterance->annotations = habla_annotations_new ();
  habla_annotations_set_corrected (utterance->annotations, "Tengo hambre.");
  habla_annotations_add_correction (utterance->annotations,
      &(HablaCorrection){ (char *) "Estoy hambre", (char *) "Tengo hambre", (char *) "Why." });
  habla_annotations_add_note (utterance->annotations, &(HablaNote){ .phrase = (char *) "one",
                                                          .source = (char *) "llm",
                                                          .save_worthy = TRUE,
                                                          .begin = -1,
                                                          .end = -1 });
  habla_annotations_add_note (
      utterance->annotations, &(HablaNote){ .phrase = (char *) "two", .begin = 2, .end = 5 });
  return utterance;
}

static HablaStore *
open_store (const char *path)
{
  HablaStore *store = habla_store_new (path);

  store_test_wait_for_status (store, HABLA_STORE_OK);
  return store;
}

static void
assert_kept (HablaStore *store)
{
  g_autoptr (GPtrArray) all = store_test_list (store, 7, 0, 10);
  g_autoptr (HablaSessionRecord) session = store_test_get_session (store, 7, NULL);
  const HablaUtteranceRecord *utterance = all->pdata[0];
  const HablaAnnotations *annotations = utterance->annotations;
  const HablaNote *note = annotations->notes->pdata[1];

  g_assert_cmpstr (annotations->corrected, ==, "Tengo hambre.");
  g_assert_cmpstr (
      ((HablaCorrection *) annotations->corrections->pdata[0])->explanation, ==, "Why.");
  g_assert_cmpuint (annotations->notes->len, ==, 2);
  g_assert_cmpint (((HablaNote *) annotations->notes->pdata[0])->begin, ==, -1);
  g_assert_true (((HablaNote *) annotations->notes->pdata[0])->save_worthy);
  g_assert_cmpstr (note->phrase, ==, "two");
  g_assert_cmpint (note->end, ==, 5);
  g_assert_cmpint (utterance->processing, ==, 120);
  g_assert_cmpstr (utterance->speaker->role_hint, ==, "teacher");
  g_assert_cmpstr (((HablaSpeakerRecord *) session->speakers->pdata[0])->role_hint, ==, "teacher");
  utterance = all->pdata[1];
  g_assert_null (utterance->annotations);
  g_assert_cmpint (utterance->processing, ==, -1);
}

/* Findings are read back, also after reopening, and go with their session. */
static void
test_annotations (void)
{
  static const char *const tables[] = { "utterance_notes", "corrections", "utterance_times",
    "speaker_roles" };
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = open_store (path);
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_true (store_test_add (store, make (1), NULL));
  g_assert_true (store_test_add (store, store_test_utterance (2, 7, "Two.", "Dos."), NULL));
  assert_kept (store);
  habla_store_free (store);
  store = open_store (path);
  assert_kept (store);
  habla_store_delete_session_async (store, 7, store_test_keep_result, &result);
  g_assert_true (habla_store_finish (store, store_test_wait (&result), NULL));
  habla_store_free (store);
  habla_store_free (open_store (path));
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
    g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM %s", tables[i]);
    g_autofree char *count = store_test_query (path, sql);

    g_assert_cmpstr (count, ==, "0");
  }
}

static HablaIdiomRecord *
add_idiom (HablaStore *store, const char *canonical, GError **error)
{
  HablaIdiomRecord idiom = { .canonical = (char *) canonical,
    .pattern = (char *) "p",
    .literal = (char *) "l",
    .meaning = (char *) "m",
    .region = (char *) "r",
    .frequency = (char *) "f" };
  g_autoptr (GAsyncResult) result = NULL;

  habla_idioms_add_async (store, habla_idiom_record_copy (&idiom), store_test_keep_result, &result);
  return habla_idioms_add_finish (store, store_test_wait (&result), error);
}

static gboolean
remove_idiom (HablaStore *store, gint64 id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  habla_idioms_remove_async (store, id, store_test_keep_result, &result);
  return habla_store_finish (store, store_test_wait (&result), error);
}

static void
test_idioms (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = open_store (path);
  g_autoptr (HablaIdiomRecord) one = add_idiom (store, "Ñandú", NULL);
  g_autoptr (HablaIdiomRecord) two = add_idiom (store, "two", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) all = NULL;

  g_assert_cmpint (one->id, ==, 1);
  g_assert_cmpint (two->id, ==, 2);
  g_assert_null (add_idiom (store, "ñANDÚ", &error));
  g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_true (remove_idiom (store, 1, NULL));
  g_assert_false (remove_idiom (store, 1, &error));
  g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND);
  habla_store_free (store);
  store = open_store (path);
  habla_idioms_list_async (store, store_test_keep_result, &result);
  all = habla_store_list_finish (store, store_test_wait (&result), NULL);
  g_assert_cmpuint (all->len, ==, 1);
  g_assert_cmpstr (((HablaIdiomRecord *) all->pdata[0])->canonical, ==, "two");
  g_assert_null (((HablaIdiomRecord *) all->pdata[0])->language);
  habla_store_free (store);
}

static void
begin (HablaStore *store, guint64 id)
{
  HablaSessionRecord *session = habla_session_record_new ();

  session->id = id;
  session->room = g_strdup ("room-1");
  session->direction = g_strdup ("en_to_es");
  session->mode = g_strdup ("conversation");
  session->started_at = STORE_TEST_TIME;
  habla_empty_sessions_add (store, session, NULL);
}

/* A daemon that starts a thousand times leaves no more than a few empty sessions; saved ones stay.
 */
static void
test_empty_sessions (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = open_store (path);
  const HablaSessionDetails details = { .notes = "Mine" };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (HablaSessionRecord) saved = NULL;

  begin (store, 1);
  habla_store_save_session_async (store, 1, &details, store_test_keep_result, &result);
  g_assert_true (habla_store_finish (store, store_test_wait (&result), NULL));
  for (guint i = 2; i <= 1000; i++)
    begin (store, i);
  /* The last one continues. */
  g_assert_true (store_test_add (store, store_test_utterance (1, 1000, "One.", "Uno."), NULL));
  all = store_test_list_sessions (store, 100, 0);
  g_assert_cmpuint (all->len, ==, HABLA_MAX_EMPTY_SESSIONS + 1);
  g_assert_cmpuint (((HablaSessionRecord *) all->pdata[0])->id, ==, 1000);
  g_assert_cmpuint (((HablaSessionRecord *) all->pdata[0])->exchange_count, ==, 1);
  g_assert_cmpint (
      ((HablaSessionRecord *) all->pdata[0])->started_at, ==, STORE_TEST_TIME + 1000000);
  g_assert_cmpuint (((HablaSessionRecord *) all->pdata[1])->exchange_count, ==, 0);
  saved = store_test_get_session (store, 1, NULL);
  g_assert_cmpstr (saved->notes, ==, "Mine");
  habla_store_free (store);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/store/annotations", test_annotations);
  g_test_add_func ("/store/idioms", test_idioms);
  g_test_add_func ("/store/empty-sessions", test_empty_sessions);
  return habla_test_run ();
}
