/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store with files that cannot be written, or are damaged. */
#include "store-test.h"

#include "habla-test.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

static void
add (HablaStore *store, guint64 id)
{
  g_autoptr (GError) error = NULL;

  store_test_add (store, store_test_utterance (id, 1, "One.", "Uno."), &error);
  g_assert_no_error (error);
}

static void
assert_kept (const char *path, const char *wanted)
{
  g_autofree char *integrity = store_test_query (path, "PRAGMA integrity_check");
  g_autofree char *n = store_test_query (path, "SELECT count(*) FROM utterances");

  g_assert_cmpstr (integrity, ==, "ok");
  g_assert_cmpstr (n, ==, wanted);
}

/* Adds an exchange while the file cannot be written, checks the status, and waits until it is
 * stored. */
static void
assert_recovers (
    HablaStore *store, guint64 id, HablaStoreStatus status, void (*mend) (gpointer), gpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;
  HablaStoreStats stats;

  habla_store_add_utterance_async (
      store, store_test_utterance (id, 1, "Late.", "Tarde."), store_test_keep_result, &result);
  store_test_wait_for_status (store, status);
  g_assert_false (store_test_flush (store, NULL));
  habla_store_get_status (store, &message);
  g_test_message ("%s", message);
  g_assert_nonnull (message);
  habla_store_get_stats (store, &stats);
  g_assert_cmpuint (stats.pending, ==, 1);
  g_assert_cmpuint (stats.failures, >, 0);
  g_assert_cmpuint (stats.lost, ==, 0);
  g_assert_null (result);
  mend (data);
  g_assert_true (habla_store_finish (store, store_test_wait (&result), &error));
  g_assert_no_error (error);
  g_assert_cmpint (habla_store_get_status (store, NULL), ==, HABLA_STORE_OK);
}

static void
unlock (gpointer data)
{
  g_assert_cmpint (sqlite3_exec (data, "COMMIT", NULL, NULL, NULL), ==, SQLITE_OK);
}

/* Returns: a connection that holds the write lock of the database */
static sqlite3 *
lock (const char *path)
{
  sqlite3 *other;

  g_assert_cmpint (sqlite3_open (path, &other), ==, SQLITE_OK);
  /* The store may hold a write transaction itself. */
  sqlite3_busy_timeout (other, habla_test_scale (10) * 1000);
  g_assert_cmpint (sqlite3_exec (other, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  return other;
}

/* Another program holds a write transaction. Reading still works. */
static void
test_locked (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = habla_store_new (path);
  sqlite3 *other;

  add (store, 1);
  other = lock (path);
  assert_recovers (store, 2, HABLA_STORE_LOCKED, unlock, other);
  g_assert_cmpint (sqlite3_exec (other, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  habla_store_set_settings (store, "es_to_en", "classroom");
  store_test_wait_for_status (store, HABLA_STORE_LOCKED);
  g_autoptr (GPtrArray) all = store_test_list (store, 1, 0, 10);
  g_assert_cmpuint (all->len, ==, 2);
  unlock (other);
  sqlite3_close (other);
  habla_store_free (store);
  assert_kept (path, "2");
}

/* Another daemon uses the file; two of them would assign the same ids. */
static void
test_taken (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaStore *one = habla_store_new (path), *other;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  HablaStoreStart start;

  add (one, 1);
  other = habla_store_new (path);
  habla_store_wait_until_open (other, 30 * G_USEC_PER_SEC, &start);
  g_assert_cmpuint (start.session_id, ==, 0);
  g_assert_cmpint (habla_store_get_status (other, NULL), ==, HABLA_STORE_LOCKED);
  g_assert_null (store_test_get_session (other, 1, &error));
  g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_LOCKED);
  habla_store_add_utterance_async (
      other, store_test_utterance (99, 9, "Late.", NULL), store_test_keep_result, &result);
  habla_store_free (one);
  g_assert_true (habla_store_finish (other, store_test_wait (&result), NULL));
  habla_store_free (other);
  assert_kept (path, "2");
}

static void
set_file_limit (gpointer limit)
{
  struct rlimit both;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &both), ==, 0);
  both.rlim_cur = limit != NULL ? *(rlim_t *) limit : both.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &both), ==, 0);
}

/* A limit on the size of the file fails like a full disk. */
static void
test_file_limit (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = habla_store_new (path);
  rlim_t small = 1;

  add (store, 1);
  signal (SIGXFSZ, SIG_IGN);
  set_file_limit (&small);
  assert_recovers (store, 2, HABLA_STORE_FULL, set_file_limit, NULL);
  habla_store_free (store);
  assert_kept (path, "2");
}

static void
remove_file (gpointer path)
{
  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
fill (const char *path)
{
  g_autofree char *block = g_malloc0 (4096);
  int file = g_open (path, O_CREAT | O_WRONLY, 0600);

  g_assert_cmpint (file, >=, 0);
  while (write (file, block, 4096) > 0)
    ;
  g_assert_cmpint (errno, ==, ENOSPC);
  close (file);
}

static gboolean
mount_small (const char *folder)
{
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  if (mount ("tmpfs", folder, "tmpfs", 0, "size=8m,mode=0700") == 0)
    return TRUE;
  g_test_skip ("no file system can be mounted here");
  return FALSE;
}

static void
test_disk_full (void)
{
  g_autofree char *folder = g_build_filename (habla_test_get_dir (), "disk", NULL);
  g_autofree char *path = g_build_filename (folder, "habla.db", NULL);
  g_autofree char *filler = g_build_filename (folder, "filler", NULL);
  HablaStore *store;

  if (!mount_small (folder))
    return;
  store = habla_store_new (path);
  add (store, 1);
  fill (filler);
  for (guint i = 2; i <= 100; i++) {
    HablaUtteranceRecord *big = store_test_utterance (i, 1, "x", NULL);

    g_free (big->source);
    big->source = g_strnfill (4000, 'x');
    habla_store_add_utterance_async (store, big, NULL, NULL);
  }
  store_test_wait_for_status (store, HABLA_STORE_FULL);
  g_assert_false (store_test_flush (store, NULL));
  g_autoptr (GPtrArray) all = store_test_list (store, 1, 0, 500);
  g_assert_cmpuint (all->len, >=, 1);
  remove_file (filler);
  store_test_wait_for_status (store, HABLA_STORE_OK);
  g_assert_true (store_test_flush (store, NULL));
  habla_store_free (store);
  assert_kept (path, "100");

  /* From the start: there is no file to read. */
  g_autofree char *new_path = g_build_filename (folder, "new", "habla.db", NULL);
  fill (filler);
  store = habla_store_new (new_path);
  store_test_wait_for_status (store, HABLA_STORE_FULL);
  assert_recovers (store, 1, HABLA_STORE_FULL, remove_file, filler);
  habla_store_free (store);
  assert_kept (new_path, "1");
  g_assert_cmpint (umount (folder), ==, 0);
}

typedef struct {
  const char *folder;
  gboolean is_mounted;
} ReadOnly;

static void
set_writable (ReadOnly *self, gboolean is_writable)
{
  g_autofree char *path = g_build_filename (self->folder, "habla.db", NULL);

  if (self->is_mounted) {
    g_assert_cmpint (
        mount ("tmpfs", self->folder, "tmpfs", MS_REMOUNT | (is_writable ? 0 : MS_RDONLY), NULL),
        ==, 0);
  } else {
    g_chmod (path, is_writable ? 0600 : 0400);
    g_assert_cmpint (g_chmod (self->folder, is_writable ? 0700 : 0500), ==, 0);
  }
}

static void
make_writable (gpointer data)
{
  set_writable (data, TRUE);
}

/* Reading works, and writes stay pending. Uses a read-only mount, as permissions do not bind root.
 */
static void
test_read_only (void)
{
  g_autofree char *folder = g_build_filename (habla_test_get_dir (), "read-only", NULL);
  g_autofree char *path = g_build_filename (folder, "habla.db", NULL);
  ReadOnly state = { folder, geteuid () == 0 };
  g_autoptr (GPtrArray) all = NULL;
  HablaStoreStart start;
  HablaStore *store;

  if (state.is_mounted && !mount_small (folder))
    return;
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  /* The file does not exist yet. */
  set_writable (&state, FALSE);
  store = habla_store_new (path);
  store_test_wait_for_status (store, HABLA_STORE_READ_ONLY);
  g_autoptr (GError) error = NULL;
  g_assert_null (store_test_get_session (store, 1, &error));
  g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_READ_ONLY);
  assert_recovers (store, 1, HABLA_STORE_READ_ONLY, make_writable, &state);
  habla_store_free (store);

  set_writable (&state, FALSE);
  store = habla_store_new (path);
  habla_store_wait_until_open (store, 30 * G_USEC_PER_SEC, &start);
  g_assert_cmpuint (start.exchange_id, >, 1);
  habla_store_start_clear (&start);
  all = store_test_list (store, 1, 0, 10);
  g_assert_cmpuint (all->len, ==, 1);
  assert_recovers (store, 2, HABLA_STORE_READ_ONLY, make_writable, &state);
  habla_store_free (store);
  assert_kept (path, "2");
  if (state.is_mounted)
    g_assert_cmpint (umount (folder), ==, 0);
}

/* Returns: (transfer full): path of the only quarantined file beside @path */
static char *
find_aside (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree char *found = NULL;
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (strstr (name, ".corrupt-20") != NULL && !g_str_has_suffix (name, "-wal") &&
        !g_str_has_suffix (name, "-shm")) {
      g_assert_null (found);
      found = g_build_filename (folder, name, NULL);
    }
  return g_steal_pointer (&found);
}

static void
test_no_database (void)
{
  g_autofree char *path = store_test_make_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *garbage = g_strnfill (10000, 'x');
  g_autofree char *aside = NULL, *text = NULL;
  HablaStoreStats stats;
  HablaStore *store;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, garbage, -1, NULL));
  store = habla_store_new (path);
  add (store, 1);
  habla_store_get_stats (store, &stats);
  g_assert_cmpuint (stats.corruptions, ==, 1);
  habla_store_free (store);
  assert_kept (path, "1");
  aside = find_aside (path);
  g_assert_nonnull (aside);
  g_assert_true (g_file_get_contents (aside, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, garbage);
}

/* Damage that only reading the damaged page detects. */
static void
test_damaged (void)
{
  g_autofree char *path = store_test_make_path ();
  g_autofree char *contents = NULL, *aside = NULL, *page = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  HablaStoreStats stats;
  HablaStore *store = habla_store_new (path);
  gsize length, root;

  for (guint i = 1; i < 500; i++)
    habla_store_add_utterance_async (
        store, store_test_utterance (i, 1, "One.", "Uno."), NULL, NULL);
  add (store, 500);
  habla_store_free (store);
  page = store_test_query (path, "SELECT rootpage FROM sqlite_master WHERE name = 'translations'");
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  root = (atoi (page) - 1) * 4096;
  g_assert_cmpuint (root + 4096, <=, length);
  memset (contents + root, 0x5a, 4096);
  g_assert_true (g_file_set_contents (path, contents, length, NULL));

  /* Opening succeeds. */
  store = habla_store_new (path);
  store_test_wait_for_status (store, HABLA_STORE_OK);
  habla_store_list_utterances_async (store, &(HablaUtteranceQuery){ .session_id = 1, .limit = 500 },
      NULL, store_test_keep_result, &result);
  g_assert_null (habla_store_list_finish (store, store_test_wait (&result), &error));
  g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_CORRUPT);
  add (store, 501);
  habla_store_get_stats (store, &stats);
  g_assert_cmpuint (stats.corruptions, ==, 1);
  g_assert_cmpint (habla_store_get_status (store, NULL), ==, HABLA_STORE_OK);
  habla_store_free (store);
  assert_kept (path, "1");
  aside = find_aside (path);
  g_assert_nonnull (aside);
}

/* The queue is bounded: further changes are dropped, counted and logged. */
static void
test_bounded (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = habla_store_new (path);
  HablaStoreStats stats;
  g_autoptr (GError) error = NULL;
  sqlite3 *other;

  add (store, 1);
  other = lock (path);
  habla_store_add_utterance_async (store, store_test_utterance (2, 1, "x", "y"), NULL, NULL);
  store_test_wait_for_status (store, HABLA_STORE_LOCKED);
  do {
    static guint64 id = 3;

    habla_store_add_utterance_async (store, store_test_utterance (id++, 1, "x", "y"), NULL, NULL);
    habla_store_get_stats (store, &stats);
  } while (stats.lost == 0);
  g_assert_cmpuint (stats.pending, >=, HABLA_STORE_MAX_PENDING);
  g_assert_cmpuint (stats.pending, <=, HABLA_STORE_MAX_PENDING + 256);
  g_assert_false (store_test_add (store, store_test_utterance (9999, 1, "x", "y"), &error));
  g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_BUSY);
  unlock (other);
  sqlite3_close (other);
  store_test_wait_for_status (store, HABLA_STORE_OK);
  g_assert_true (store_test_flush (store, NULL));
  habla_store_get_stats (store, &stats);
  g_assert_cmpuint (stats.stored, >, HABLA_STORE_MAX_PENDING);
  g_assert_cmpuint (stats.lost, ==, 2);
  habla_store_free (store);
}

/* Shutting down fails all pending requests. */
static void
test_end (void)
{
  g_autofree char *folder = g_build_filename (habla_test_get_dir (), "a-folder", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  HablaStore *store;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  store = habla_store_new (folder);
  habla_store_add_utterance_async (
      store, store_test_utterance (1, 1, "x", "y"), store_test_keep_result, &result);
  store_test_wait_for_status (store, HABLA_STORE_FAILED);
  habla_store_free (store);
  g_assert_false (habla_store_finish (NULL, store_test_wait (&result), &error));
  g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_CLOSED);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  /* The store logs warnings in these tests. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  g_test_add_func ("/store/locked", test_locked);
  g_test_add_func ("/store/taken", test_taken);
  g_test_add_func ("/store/file-limit", test_file_limit);
  g_test_add_func ("/store/disk-full", test_disk_full);
  g_test_add_func ("/store/read-only", test_read_only);
  g_test_add_func ("/store/no-database", test_no_database);
  g_test_add_func ("/store/damaged", test_damaged);
  g_test_add_func ("/store/bounded", test_bounded);
  g_test_add_func ("/store/end", test_end);
  return habla_test_run ();
}
