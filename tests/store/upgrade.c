/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of all older versions are upgraded, or read if they are read-only. */
#include "store-test.h"

#include "habla-test.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <store/bookmarks/bookmarks.h>
#include <store/vocabulary/vocabulary.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define OLD_VERSIONS 5

static void
run_file (sqlite3 *connection, guint version)
{
  g_autofree char *name = g_strdup_printf ("version-%u.sql", version);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "store", "data", name, NULL);
  g_autofree char *sql = NULL;

  g_assert_true (g_file_get_contents (path, &sql, NULL, NULL));
  sqlite3_exec (connection, sql, NULL, NULL, NULL);
  g_assert_cmpstr (sqlite3_errmsg (connection), ==, "not an error");
}

/* Returns: (transfer full): path of a file of an old @version, with one exchange */
static char *
make_file (guint version)
{
  g_autofree char *path = store_test_make_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *set_version = g_strdup_printf ("PRAGMA user_version = %u", version);
  sqlite3 *connection;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_cmpint (sqlite3_open (path, &connection), ==, SQLITE_OK);
  for (guint i = 1; i <= version; i++)
    run_file (connection, i);
  g_assert_cmpint (sqlite3_exec (connection, set_version, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (connection), ==, SQLITE_OK);
  return g_steal_pointer (&path);
}

static void
assert_found (HablaStore *store, const char *text, guint n)
{
  g_autoptr (GPtrArray) found = store_test_search (store, text, 10, NULL);

  g_assert_cmpuint (found->len, ==, n);
}

static void
assert_bookmark (HablaStore *store)
{
  const HablaBookmarkQuery query = { .limit = 10 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaBookmarkList) list = NULL;
  const HablaBookmark *bookmark;

  habla_bookmarks_list_async (store, &query, NULL, store_test_keep_result, &result);
  list = habla_bookmarks_list_finish (store, store_test_wait (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->total, ==, 1);
  bookmark = g_ptr_array_index (list->bookmarks, 0);
  g_assert_cmpstr (bookmark->utterance->source, ==, "One, don't.");
  g_assert_cmpstr (bookmark->utterance->bookmark_note, ==, "Exam");
}

static GPtrArray *
list_vocabulary (HablaStore *store, GError **error)
{
  const HablaVocabularyQuery query = { .limit = 10 };
  g_autoptr (GAsyncResult) result = NULL;

  habla_vocabulary_list_async (store, &query, NULL, store_test_keep_result, &result);
  return habla_store_list_finish (store, store_test_wait (&result), error);
}

/* Of terms that differ only in case, the first stays. */
static void
assert_vocabulary (HablaStore *store)
{
  g_autoptr (GPtrArray) items = list_vocabulary (store, NULL);
  const HablaVocabularyItem *item = g_ptr_array_index (items, 0);

  g_assert_cmpuint (items->len, ==, 1);
  g_assert_cmpstr (item->term, ==, "Uno");
  g_assert_cmpstr (item->meaning, ==, "one");
  g_assert_cmpstr (item->literal, ==, "");
  g_assert_cmpstr (item->category, ==, "number");
  g_assert_cmpstr (item->region, ==, "universal");
  g_assert_cmpstr (item->language, ==, "es");
  g_assert_cmpuint (item->exchange_id, ==, 1);
  g_assert_cmpstr (item->speaker_id, ==, "S1");
  g_assert_cmpuint (item->times_encountered, ==, 3);
  g_assert_cmpfloat (item->review.ease, ==, 2.6);
  g_assert_cmpuint (item->review.interval, ==, 1);
  g_assert_cmpuint (item->review.repetitions, ==, 2);
  g_assert_cmpint (item->review.next_review, ==, G_GINT64_CONSTANT (1795593603000000));
}

static void
test_upgrade (gconstpointer data)
{
  guint version = GPOINTER_TO_UINT (data);
  g_autofree char *path = make_file (version);
  HablaStore *store = habla_store_new (path);
  g_autoptr (HablaSessionRecord) session = NULL;

  store_test_wait_for_status (store, HABLA_STORE_OK);
  session = store_test_get_session (store, 1, NULL);
  g_assert_cmpstr (session->title, ==, version >= 4 ? "Newton" : NULL);
  g_assert_cmpstr (session->notes, ==, "Unit 3");
  g_assert_true (store_test_add (store, store_test_utterance (2, 1, "Two.", "Dos."), NULL));
  assert_found (store, "don't", 1);
  assert_found (store, "¡uno", 1);
  assert_found (store, "wo.", 1);
  assert_found (store, "three", 0);
  assert_bookmark (store);
  assert_vocabulary (store);
  habla_store_free (store);
  g_autofree char *integrity = store_test_query (path, "PRAGMA integrity_check");
  g_autofree char *keys = store_test_query (path, "SELECT count(*) FROM pragma_foreign_key_check");
  g_autofree char *now = store_test_query (path, "PRAGMA user_version");
  g_autofree char *fresh_path = store_test_make_path ();
  habla_store_free (habla_store_new (fresh_path));
  g_autofree char *fresh = store_test_query (fresh_path, "PRAGMA user_version");
  g_assert_cmpstr (integrity, ==, "ok");
  g_assert_cmpstr (keys, ==, "0");
  g_assert_cmpstr (now, ==, fresh);
}

/* Permissions do not bind root, who may mount instead. Returns: whether it worked */
static gboolean
set_read_only (const char *folder)
{
  if (geteuid () != 0)
    return g_chmod (folder, 0500) == 0;
  return mount (folder, folder, "", MS_BIND, NULL) == 0 &&
         mount (folder, folder, "", MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) == 0;
}

static void
set_writable (const char *folder)
{
  if (geteuid () == 0)
    g_assert_cmpint (umount (folder), ==, 0);
  else
    g_assert_cmpint (g_chmod (folder, 0700), ==, 0);
}

static void
assert_not_written (HablaStore *store)
{
  g_autoptr (GAsyncResult) review = NULL;
  g_autoptr (GAsyncResult) bookmark = NULL;
  g_autoptr (GError) error = NULL;

  habla_vocabulary_review_async (store, 1, 5, store_test_keep_result, &review);
  g_assert_null (habla_vocabulary_item_finish (store, store_test_wait (&review), &error));
  g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_READ_ONLY);
  g_clear_error (&error);
  habla_bookmarks_change_async (
      store, 1, HABLA_BOOKMARK_REMOVE, NULL, store_test_keep_result, &bookmark);
  g_assert_null (habla_bookmarks_change_finish (store, store_test_wait (&bookmark), &error));
  g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_READ_ONLY);
}

/* What an old file has can be read; a request for the rest says what to do. */
static void
test_read_only (void)
{
  g_autofree char *path = make_file (4);
  g_autofree char *folder = g_path_get_dirname (path);
  HablaStore *store;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;

  if (!set_read_only (folder)) {
    g_test_skip ("this user cannot make a folder read-only");
    return;
  }
  store = habla_store_new (path);
  store_test_wait_for_status (store, HABLA_STORE_READ_ONLY);
  assert_found (store, "don't", 1);
  assert_bookmark (store);
  items = list_vocabulary (store, &error);
  g_assert_null (items);
  g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_READ_ONLY);
  g_assert_nonnull (strstr (error->message, "older version"));
  habla_store_free (store);
  set_writable (folder);

  /* One of this version. */
  store = habla_store_new (path);
  store_test_wait_for_status (store, HABLA_STORE_OK);
  habla_store_free (store);
  g_assert_true (set_read_only (folder));
  store = habla_store_new (path);
  store_test_wait_for_status (store, HABLA_STORE_READ_ONLY);
  assert_vocabulary (store);
  assert_bookmark (store);
  assert_not_written (store);
  habla_store_free (store);
  set_writable (folder);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  for (guint version = 1; version <= OLD_VERSIONS; version++) {
    g_autofree char *name = g_strdup_printf ("/upgrade/version-%u", version);

    g_test_add_data_func (name, GUINT_TO_POINTER (version), test_upgrade);
  }
  g_test_add_func ("/upgrade/read-only", test_read_only);
  return habla_test_run ();
}
