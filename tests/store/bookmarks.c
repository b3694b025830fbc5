/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bookmarks of exchanges, which are deleted with their session. */
#include "store-test.h"

#include "habla-test.h"

#include <store/bookmarks/bookmark-rows.h>
#include <store/export.h>
#include <string.h>

/* Sessions 1 and 2 have the exchanges 1 to 3 and 4 to 6. */
static HablaDatabase *
make_lessons (const char *path)
{
  g_autoptr (GError) error = NULL;
  HablaDatabase *database = habla_database_open (path, &error);

  g_assert_no_error (error);
  g_assert_true (habla_database_begin (database, NULL));
  for (guint64 id = 1; id <= 6; id++) {
    g_autoptr (HablaUtteranceRecord) utterance =
        store_test_utterance (id, id <= 3 ? 1 : 2, "The house.", "La casa.");

    g_assert_true (habla_database_add_utterance (database, utterance, NULL));
  }
  g_assert_true (habla_database_commit (database, NULL));
  return database;
}

/* Returns: whether the exchange has a bookmark now */
static gboolean
change (HablaDatabase *database, guint64 id, HablaBookmarkChange what, const char *note)
{
  static gint64 now = STORE_TEST_TIME;
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaUtteranceRecord) exchange =
      habla_bookmark_rows_change (database, id, what, note, now++, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (exchange->id, ==, id);
  return exchange->is_bookmarked;
}

/* @expected: exchanges with their notes, such as "3:Exam 1:" */
static void
assert_list (HablaDatabase *database, HablaBookmarkQuery query, guint total, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaBookmarkList) list = habla_bookmark_rows_list (database, &query, &error);
  g_autoptr (GString) actual = g_string_new (NULL);

  g_assert_no_error (error);
  g_assert_cmpuint (list->total, ==, total);
  for (guint i = 0; i < list->bookmarks->len; i++) {
    const HablaBookmark *bookmark = g_ptr_array_index (list->bookmarks, i);

    g_assert_true (bookmark->utterance->is_bookmarked);
    g_string_append_printf (actual, "%s%" G_GUINT64_FORMAT ":%s", i > 0 ? " " : "",
        bookmark->utterance->id, bookmark->utterance->bookmark_note);
  }
  g_assert_cmpstr (actual->str, ==, expected);
}

static const HablaBookmarkQuery all = { .limit = 100 };

static void
test_toggle (void)
{
  g_autofree char *path = store_test_make_path ();
  g_autoptr (HablaDatabase) database = make_lessons (path);
  g_autoptr (GError) error = NULL;

  assert_list (database, all, 0, "");
  g_assert_true (change (database, 1, HABLA_BOOKMARK_TOGGLE, "Exam"));
  g_assert_true (change (database, 5, HABLA_BOOKMARK_TOGGLE, NULL));
  assert_list (database, all, 2, "5: 1:Exam");
  g_assert_false (change (database, 1, HABLA_BOOKMARK_TOGGLE, "Exam"));
  assert_list (database, all, 1, "5:");
  g_assert_true (change (database, 1, HABLA_BOOKMARK_TOGGLE, NULL));
  assert_list (database, all, 2, "1: 5:");

  /* Setting is idempotent, and keeps the note and the order. */
  g_assert_true (change (database, 5, HABLA_BOOKMARK_SET, "¿Qué? “🦜”'; --"));
  g_assert_true (change (database, 5, HABLA_BOOKMARK_SET, NULL));
  assert_list (database, all, 2, "1: 5:¿Qué? “🦜”'; --");
  g_assert_true (change (database, 5, HABLA_BOOKMARK_SET, ""));
  assert_list (database, all, 2, "1: 5:");
  g_assert_false (change (database, 5, HABLA_BOOKMARK_REMOVE, NULL));
  g_assert_false (change (database, 5, HABLA_BOOKMARK_REMOVE, NULL));
  assert_list (database, all, 1, "1:");
  for (guint i = 0; i < 2; i++) {
    g_assert_null (habla_bookmark_rows_change (
        database, i == 0 ? 7 : G_MAXUINT64, HABLA_BOOKMARK_TOGGLE, NULL, 1, &error));
    g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND);
    g_clear_error (&error);
  }
}

static void
test_lists (void)
{
  g_autofree char *path = store_test_make_path ();
  g_autoptr (HablaDatabase) database = make_lessons (path);
  const HablaSessionDetails details = { .notes = "Unit 3", .title = "Newton" };
  const HablaBookmarkQuery query = { .session_id = 9, .limit = 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaBookmarkList) list = NULL;
  const HablaBookmark *bookmark;

  for (guint64 id = 6; id >= 1; id--)
    change (database, id, HABLA_BOOKMARK_SET, NULL);
  assert_list (database, (HablaBookmarkQuery){ .limit = 2, .offset = 1 }, 6, "2: 3:");
  assert_list (database, (HablaBookmarkQuery){ .limit = 2, .offset = 6 }, 6, "");
  assert_list (database, (HablaBookmarkQuery){ .limit = 2, .offset = G_MAXUINT64 }, 6, "");
  assert_list (database, (HablaBookmarkQuery){ .session_id = 2, .limit = 9 }, 3, "4: 5: 6:");
  assert_list (database, (HablaBookmarkQuery){ .session_id = 2, .limit = 1, .offset = 2 }, 3, "6:");
  g_assert_null (habla_bookmark_rows_list (database, &query, &error));
  g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND);

  g_assert_true (habla_database_save_session (database, 1, &details, 1, NULL));
  list = habla_bookmark_rows_list (database, &all, NULL);
  bookmark = g_ptr_array_index (list->bookmarks, 0);
  g_assert_cmpstr (bookmark->session_name, ==, "Newton");
  g_assert_cmpint (bookmark->session_started, ==, STORE_TEST_TIME + G_USEC_PER_SEC);
  g_assert_cmpint (bookmark->created_at, >, STORE_TEST_TIME);
  bookmark = g_ptr_array_index (list->bookmarks, 5);
  g_assert_null (bookmark->session_name);
}

static void
remove_rows (HablaDatabase *database)
{
  while (habla_database_has_deleted (database)) {
    g_assert_true (habla_database_begin (database, NULL));
    g_assert_true (habla_database_remove_deleted (database, NULL));
    g_assert_true (habla_database_commit (database, NULL));
  }
}

static void
test_deletion (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaDatabase *database = make_lessons (path);
  g_autoptr (GError) error = NULL;

  for (guint64 id = 1; id <= 6; id++)
    change (database, id, HABLA_BOOKMARK_SET, NULL);
  g_assert_true (habla_database_delete_session (database, 1, NULL));
  /* At once. */
  assert_list (database, all, 3, "6: 5: 4:");
  g_assert_null (habla_bookmark_rows_change (database, 1, HABLA_BOOKMARK_SET, NULL, 1, &error));
  g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND);
  remove_rows (database);
  assert_list (database, all, 3, "6: 5: 4:");
  habla_database_close (database);
  g_autofree char *n = store_test_query (path, "SELECT count(*) FROM bookmarks");
  g_assert_cmpstr (n, ==, "3");
}

static const char *
name_direction (const char *languages)
{
  return languages;
}

/* Returns: (transfer full): the file */
static char *
export_session (HablaDatabase *database, HablaExportFormat format, gboolean has_bookmarks)
{
  g_autoptr (HablaSessionRecord) session = habla_database_get_session (database, 1, NULL);
  g_autoptr (HablaExport) writer =
      habla_export_new (format, session, NULL, name_direction, has_bookmarks);
  g_autoptr (GPtrArray) exchanges = habla_database_list_utterances (
      database, &(HablaUtteranceQuery){ .session_id = 1, .limit = 10 }, NULL);
  GString *out = g_string_new (NULL);

  habla_export_begin (writer, out);
  for (guint i = 0; i < exchanges->len; i++)
    habla_export_add (writer, g_ptr_array_index (exchanges, i), out);
  habla_export_end (writer, out);
  return g_string_free (out, FALSE);
}

static void
test_export (void)
{
  g_autofree char *path = store_test_make_path ();
  g_autoptr (HablaDatabase) database = make_lessons (path);

  change (database, 1, HABLA_BOOKMARK_SET, "The “exam”\nis here");
  change (database, 3, HABLA_BOOKMARK_SET, NULL);
  g_autofree char *text = export_session (database, HABLA_EXPORT_TXT, TRUE);
  g_assert_nonnull (strstr (text, "           es: La casa.\n           * The “exam” is here\n["));
  g_assert_true (g_str_has_suffix (text, "           es: La casa.\n           *\n"));
  g_autofree char *json = export_session (database, HABLA_EXPORT_JSON, TRUE);
  g_assert_nonnull (
      strstr (json, "\"bookmarked\":true,\"bookmark_note\":\"The “exam”\\u000ais here\""));
  g_assert_nonnull (strstr (json, "\"bookmarked\":false,\"bookmark_note\":null"));
  g_assert_nonnull (strstr (json, "\"bookmarked\":true,\"bookmark_note\":null"));
  for (guint i = 0; i < 2; i++) {
    g_autofree char *plain =
        export_session (database, i == 0 ? HABLA_EXPORT_TXT : HABLA_EXPORT_JSON, FALSE);

    g_assert_null (strstr (plain, "exam"));
    g_assert_null (strstr (plain, "bookmark"));
    g_assert_null (strchr (plain, '*'));
  }
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/bookmarks/toggle", test_toggle);
  g_test_add_func ("/bookmarks/lists", test_lists);
  g_test_add_func ("/bookmarks/deletion", test_deletion);
  g_test_add_func ("/bookmarks/export", test_export);
  return habla_test_run ();
}
