/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <api/rooms/join-code.h>
#include <api/rooms/room-codes.h>
#include <api/rooms/room-name.h>
#include <glib/gstdio.h>
#include <string.h>

static const char *open_room; /* (nullable) */
static gint n_warnings;       /* (atomic) */

static GLogWriterOutput
count_warnings (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  if ((level & G_LOG_LEVEL_WARNING) == 0)
    return g_log_writer_default (level, fields, n_fields, user_data);
  g_atomic_int_inc (&n_warnings);
  return G_LOG_WRITER_HANDLED;
}

static gboolean
is_open (const char *room, gpointer user_data)
{
  return g_strcmp0 (room, open_room) == 0;
}

static gboolean
are_all_open (const char *room, gpointer user_data)
{
  return TRUE;
}

/* Returns: (transfer full): a path in a folder that does not exist */
static char *
make_path (void)
{
  static guint count;
  g_autofree char *name = g_strdup_printf ("codes-%u", ++count);

  return g_build_filename (habla_test_get_dir (), name, "habla-rooms.json", NULL);
}

static void
assert_code (HablaRoomCodes *codes, const char *room, const char *expected)
{
  const HablaRoomCode *code = habla_room_codes_find (codes, room);

  g_assert_nonnull (code);
  g_assert_cmpstr (code->room, ==, room);
  g_assert_cmpstr (code->code, ==, expected);
}

/* All letters come, about as often. */
static void
test_letters (void)
{
  guint counts[256] = { 0 };
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_letters = 0;

  for (guint i = 0; i < 2300; i++) {
    char *code = habla_join_code_new ();

    g_assert_true (habla_join_code_is_valid (code));
    g_assert_cmpuint (strlen (code), ==, 8);
    g_assert_null (strpbrk (code, "ILO0123456789"));
    for (const char *p = code; *p != '\0'; p++)
      counts[(guchar) *p]++;
    g_assert_true (g_hash_table_add (seen, code));
  }
  /* Each is expected 800 times, with a deviation of 28. */
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++) {
    if (counts[i] == 0)
      continue;
    n_letters++;
    g_assert_cmpuint (counts[i], >, 600);
    g_assert_cmpuint (counts[i], <, 1000);
  }
  g_assert_cmpuint (n_letters, ==, 23);
}

static void
test_comparison (void)
{
  static const char *const right[] = { "ABCDEFGH", "abcdefgh", "ABCD-EFGH", " abcd efgh ",
    "-a-b-c-d-e-f-g-h-\n" };
  static const char *const wrong[] = { "", "ABCDEFG", "ABCDEFGHJ", "ABCDEFGHA", "BBCDEFGH",
    "ABCDEFGG", "ABCD_EFGH", "ABCDEFGH\303\244", "????????" };

  for (guint i = 0; i < G_N_ELEMENTS (right); i++)
    g_assert_true (habla_join_code_is_equal (right[i], "ABCDEFGH"));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (habla_join_code_is_equal (wrong[i], "ABCDEFGH"));
}

static void
test_names (void)
{
  g_autofree char *longest = g_strnfill (64, '-');
  g_autofree char *longer = g_strnfill (65, 'a');
  static const char *const wrong[] = { "", ".", "..", "...", "a/b", "a b", "\303\244", "a\n", "a#b",
    "a%2e", "\"", "<b>" };

  g_assert_true (habla_room_name_is_valid ("Physics-9b_2.1"));
  g_assert_true (habla_room_name_is_valid ("..a"));
  g_assert_true (habla_room_name_is_valid (longest));
  g_assert_false (habla_room_name_is_valid (longer));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (habla_room_name_is_valid (wrong[i]));
}

static void
test_check (void)
{
  g_autoptr (HablaRoomCodes) codes = habla_room_codes_new (NULL, NULL, NULL);
  g_autofree char *physics = g_strdup (habla_room_codes_use (codes, "physics")->code);
  g_autofree char *music = g_strdup (habla_room_codes_use (codes, "music")->code);

  g_assert_cmpstr (physics, !=, music);
  g_assert_cmpstr (habla_room_codes_use (codes, "physics")->code, ==, physics);
  g_assert_true (habla_room_codes_check (codes, "physics", physics));
  g_assert_false (habla_room_codes_check (codes, "physics", music));
  g_assert_false (habla_room_codes_check (codes, "chemistry", physics));
  g_assert_false (habla_room_codes_check (codes, "chemistry", "????????"));
  g_assert_false (habla_room_codes_check (codes, "latest", physics));
  g_assert_null (habla_room_codes_renew (codes, "chemistry"));
  g_assert_null (habla_room_codes_find (codes, "chemistry"));
  g_assert_nonnull (habla_room_codes_renew (codes, "physics"));
  g_assert_false (habla_room_codes_check (codes, "physics", physics));
  g_assert_true (habla_room_codes_check (codes, "music", music));
}

static void
test_links (void)
{
  g_autoptr (HablaRoomCodes) codes = habla_room_codes_new (NULL, NULL, NULL);
  const HablaRoomCode *code = habla_room_codes_use (codes, "physics");
  g_autofree char *expected =
      g_strconcat ("https://192.0.2.7:8443/?room=physics&listen=1#code=", code->code, NULL);
  g_autofree char *url = NULL;

  g_assert_null (habla_room_codes_make_url (codes, code));
  habla_room_codes_set_public_url (codes, "https://192.0.2.7:8443/");
  url = habla_room_codes_make_url (codes, code);
  g_assert_cmpstr (url, ==, expected);
}

/* Codes and their order survive a restart; only the owner of the file can read it. */
static void
test_restart (void)
{
  g_autofree char *path = make_path ();
  HablaRoomCodes *codes = habla_room_codes_new (path, NULL, NULL);
  g_autofree char *physics = g_strdup (habla_room_codes_use (codes, "physics")->code);
  g_autofree char *music = g_strdup (habla_room_codes_use (codes, "music")->code);
  g_autoptr (GPtrArray) list = NULL;
  GStatBuf status;

  habla_room_codes_use (codes, "physics");
  habla_room_codes_free (codes);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);

  codes = habla_room_codes_new (path, NULL, NULL);
  assert_code (codes, "physics", physics);
  assert_code (codes, "music", music);
  list = habla_room_codes_list (codes);
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_cmpstr (((HablaRoomCode *) list->pdata[0])->room, ==, "physics");
  g_assert_cmpint (((HablaRoomCode *) list->pdata[0])->used, >, 1700000000);
  habla_room_codes_free (codes);
}

static gboolean
poll (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* A change is written soon, not only at the end, and off the main thread. */
static void
test_soon (void)
{
  g_autofree char *path = make_path ();
  g_autoptr (HablaRoomCodes) codes = habla_room_codes_new (path, NULL, NULL);
  g_autoptr (HablaRoomCodes) other = NULL;
  gint64 deadline = g_get_monotonic_time () + habla_test_scale (10) * G_USEC_PER_SEC;
  guint source = g_timeout_add (5, poll, NULL);

  habla_room_codes_use (codes, "physics");
  while (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_main_context_iteration (NULL, TRUE);
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
  }
  g_source_remove (source);
  other = habla_room_codes_new (path, NULL, NULL);
  assert_code (other, "physics", habla_room_codes_find (codes, "physics")->code);
}

/* The closed room that was not used for the longest time goes first; open rooms never go. */
static void
test_many (void)
{
  g_autofree char *path = make_path ();
  HablaRoomCodes *codes = habla_room_codes_new (path, is_open, NULL);
  g_autofree char *kept = NULL;
  g_autofree char *open = NULL;
  g_autoptr (GPtrArray) list = NULL;

  open = g_strdup (habla_room_codes_use (codes, "open")->code);
  open_room = "open";
  habla_room_codes_use (codes, "first");
  kept = g_strdup (habla_room_codes_use (codes, "kept")->code);
  for (guint i = 0; i < 10000; i++) {
    g_autofree char *name = g_strdup_printf ("room-%u", i);

    g_assert_nonnull (habla_room_codes_use (codes, name));
    if (i % 500 == 0)
      habla_room_codes_use (codes, "kept");
  }
  list = habla_room_codes_list (codes);
  g_assert_cmpuint (list->len, ==, HABLA_MAX_ROOM_CODES);
  assert_code (codes, "open", open);
  assert_code (codes, "kept", kept);
  g_assert_null (habla_room_codes_find (codes, "first"));
  g_assert_null (habla_room_codes_find (codes, "room-0"));
  g_assert_nonnull (habla_room_codes_find (codes, "room-9999"));
  habla_room_codes_free (codes);
  open_room = NULL;

  /* A full file is read. */
  codes = habla_room_codes_new (path, are_all_open, NULL);
  assert_code (codes, "open", open);
  g_assert_nonnull (habla_room_codes_find (codes, "room-9999"));
  g_assert_null (habla_room_codes_use (codes, "one-more"));
  g_assert_nonnull (habla_room_codes_use (codes, "kept"));
  habla_room_codes_free (codes);
}

static void
test_damaged (void)
{
  static const char *const texts[] = { "", "{", "[]", "{\"rooms\":7}", "null" };
  /* Entries that are not valid are left out, the others are not. */
  static const char mixed[] =
      "{\"rooms\":[7,{},{\"name\":\"../x\",\"code\":\"ABCDEFGH\"},"
      "{\"name\":\"physics\",\"code\":\"abcdefgh\"},{\"name\":\"physics\",\"code\":7},"
      "{\"name\":\"physics\",\"code\":\"ABCDEFGH\",\"used\":1},"
      "{\"name\":\"physics\",\"code\":\"JKMNPQRS\",\"used\":2}]}";
  g_autofree char *path = make_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (HablaRoomCodes) last = NULL;
  g_autoptr (GPtrArray) list = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (HablaRoomCodes) codes = NULL;

    g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
    g_atomic_int_set (&n_warnings, 0);
    codes = habla_room_codes_new (path, NULL, NULL);
    g_assert_cmpint (n_warnings, ==, strstr (texts[i], "rooms") == NULL);
    g_assert_nonnull (habla_room_codes_use (codes, "physics"));
  }
  g_assert_true (g_file_set_contents (path, mixed, -1, NULL));
  last = habla_room_codes_new (path, NULL, NULL);
  list = habla_room_codes_list (last);
  g_assert_cmpuint (list->len, ==, 1);
  assert_code (last, "physics", "ABCDEFGH");
}

/* Rooms keep their codes in memory if the file cannot be written. */
static void
test_no_folder (void)
{
  g_autoptr (HablaRoomCodes) codes = habla_room_codes_new ("/dev/null/rooms.json", NULL, NULL);

  g_assert_nonnull (habla_room_codes_use (codes, "physics"));
  g_atomic_int_set (&n_warnings, 0);
  g_clear_pointer (&codes, habla_room_codes_free);
  g_assert_cmpint (g_atomic_int_get (&n_warnings), ==, 1);
}

int
main (int argc, char **argv)
{
  g_log_set_writer_func (count_warnings, NULL, NULL);
  habla_test_init (&argc, &argv);
  g_test_add_func ("/room-codes/letters", test_letters);
  g_test_add_func ("/room-codes/comparison", test_comparison);
  g_test_add_func ("/room-codes/names", test_names);
  g_test_add_func ("/room-codes/check", test_check);
  g_test_add_func ("/room-codes/links", test_links);
  g_test_add_func ("/room-codes/restart", test_restart);
  g_test_add_func ("/room-codes/soon", test_soon);
  g_test_add_func ("/room-codes/many", test_many);
  g_test_add_func ("/room-codes/damaged", test_damaged);
  g_test_add_func ("/room-codes/no-folder", test_no_folder);
  return habla_test_run ();
}
