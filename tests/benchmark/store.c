/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Measures the store with 100,000 exchanges, half of them in one session: time to list, search,
 * export, delete and add, and memory. Lists are compared with SQLite alone reading as many rows. */
#include "habla-test.h"
#include "report.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <store/export.h>
#include <store/store.h>
#include <string.h>

#define EXCHANGES 100000
#define SESSIONS 1000
#define QUERIES 200
#define PAGE 200

/* In nanoseconds */
#define MS 1e6
#define S 1e9

static const char *const words[] = { "house", "casa", "book", "libro", "tomorrow", "mañana",
  "school", "escuela", "water", "agua", "friend", "amigo", "green", "verde", "seven", "siete" };

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static HablaUtteranceRecord *
make_utterance (guint64 id, guint64 session_id)
{
  HablaUtteranceRecord *utterance = habla_utterance_record_new ();
  g_autofree char *spanish =
      g_strdup_printf ("%s y %s, dijo %u", words[(id / 3) % 16], words[(id / 7) % 16], (guint) id);

  utterance->id = id;
  utterance->session_id = session_id;
  utterance->room = g_strdup ("room-1");
  utterance->direction = g_strdup ("en_to_es");
  utterance->mode = g_strdup ("classroom");
  utterance->speaker = habla_speaker_record_new ("S1", "Speaker 1", NULL, "#0072b2");
  utterance->language = g_strdup ("en");
  utterance->source = g_strdup_printf ("The %s is near the %s, she said %u times in the morning",
      words[id % 16], words[(id / 16) % 16], (guint) id);
  habla_utterance_record_add_translation (utterance, "es", spanish);
  utterance->confidence = 0.75;
  utterance->created_at = g_get_real_time ();
  utterance->begin = utterance->created_at * 1000;
  utterance->end = utterance->begin + 1000000000;
  return utterance;
}

static void
flush (HablaStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;

  habla_store_flush_async (store, habla_test_store_result, &result);
  g_assert_true (habla_store_finish (store, wait_for (&result), NULL));
}

/* Adds all exchanges; every other one belongs to session 1. */
static void
fill (HablaStore *store)
{
  double began = habla_benchmark_wall_time ();

  for (guint64 id = 1; id <= EXCHANGES; id++) {
    guint64 session_id = id % 2 == 0 ? 1 : 2 + id / 2 % SESSIONS;

    habla_store_add_utterance_async (store, make_utterance (id, session_id), NULL, NULL);
    if (id % 2000 == 0)
      flush (store);
  }
  habla_benchmark_report (
      "stored-per-second", EXCHANGES * S / (habla_benchmark_wall_time () - began));
}

typedef void (*Query) (HablaStore *store, guint i);

/* @goal: limit of the 95th percentile, in milliseconds */
static void
measure (HablaStore *store, const char *name, Query query, double goal)
{
  g_autofree char *p50 = g_strconcat (name, "-p50-ms", NULL);
  g_autofree char *p95 = g_strconcat (name, "-p95-ms", NULL);
  g_autofree double *times = g_new (double, QUERIES);

  for (guint i = 0; i < QUERIES; i++) {
    double began = habla_benchmark_wall_time ();

    query (store, i);
    times[i] = (habla_benchmark_wall_time () - began) / MS;
  }
  habla_benchmark_report (p50, habla_benchmark_quantile (times, QUERIES, 0.5));
  habla_benchmark_goal (p95, habla_benchmark_quantile (times, QUERIES, 0.95), goal);
}

static void
list_sessions (HablaStore *store, guint i)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) all = NULL;

  habla_store_list_sessions_async (
      store, 50, i * 4 % SESSIONS, NULL, habla_test_store_result, &result);
  all = habla_store_list_finish (store, wait_for (&result), NULL);
  g_assert_cmpuint (all->len, >, 0);
}

static void
list_utterances (HablaStore *store, guint i)
{
  const HablaUtteranceQuery query = { .session_id = 1, .since = i * 400, .limit = PAGE };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) all = NULL;

  habla_store_list_utterances_async (store, &query, NULL, habla_test_store_result, &result);
  all = habla_store_list_finish (store, wait_for (&result), NULL);
  g_assert_cmpuint (all->len, ==, PAGE);
}

static void
search_for (HablaStore *store, const char *text, guint limit)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GError) error = NULL;

  habla_store_search_async (store, text, limit, NULL, habla_test_store_result, &result);
  all = habla_store_list_finish (store, wait_for (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, >, 0);
}

/* A frequent word, a unique word, part of a word, and a character. */
static void
search (HablaStore *store, guint i)
{
  g_autofree char *one = g_strdup_printf ("%u", 1000 + i * 37);

  search_for (store, words[i % 16], 50);
  search_for (store, one, 50);
  search_for (store, "orrow", 50);
  search_for (store, ",", 50);
}

static void
store_one (HablaStore *store, guint i)
{
  g_autoptr (GAsyncResult) result = NULL;

  habla_store_add_utterance_async (
      store, make_utterance (EXCHANGES + 1 + i, 5000), habla_test_store_result, &result);
  g_assert_true (habla_store_finish (store, wait_for (&result), NULL));
}

/* @key: of /proc/self/status
 * Returns: in megabytes */
static double
get_memory (const char *key)
{
  g_autofree char *text = NULL;
  const char *at;

  g_assert_true (g_file_get_contents ("/proc/self/status", &text, NULL, NULL));
  at = strstr (text, key);
  g_assert_nonnull (at);
  return g_ascii_strtod (at + strlen (key), NULL) / 1024;
}

static const char *
name_direction (const char *languages)
{
  return languages;
}

/* Exports session 1 in pages, as hablad does.
 * Returns: number of bytes */
static gsize
export_all (HablaStore *store, HablaExportFormat format)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (HablaSessionRecord) session = NULL;
  g_autoptr (HablaExport) writer = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  guint64 last = 0;
  gsize n_bytes = 0;
  guint n;

  habla_store_get_session_async (store, 1, NULL, habla_test_store_result, &result);
  session = habla_store_get_session_finish (store, wait_for (&result), NULL);
  writer = habla_export_new (format, session, NULL, name_direction, FALSE);
  habla_export_begin (writer, out);
  do {
    const HablaUtteranceQuery query = { .session_id = 1, .since = last, .limit = PAGE };
    g_autoptr (GAsyncResult) page_result = NULL;
    g_autoptr (GPtrArray) page = NULL;

    habla_store_list_utterances_async (store, &query, NULL, habla_test_store_result, &page_result);
    page = habla_store_list_finish (store, wait_for (&page_result), NULL);
    n = page->len;
    for (guint i = 0; i < n; i++) {
      const HablaUtteranceRecord *utterance = g_ptr_array_index (page, i);

      habla_export_add (writer, utterance, out);
      last = utterance->id;
    }
    n_bytes += out->len;
    g_string_truncate (out, 0);
  } while (n == PAGE);
  return n_bytes;
}

static void
measure_export (HablaStore *store)
{
  double before = get_memory ("VmRSS:"), began, peak = 0, slowest = 0;
  gsize n_bytes = 0;

  for (HablaExportFormat format = HABLA_EXPORT_TXT; format <= HABLA_EXPORT_TSV; format++) {
    began = habla_benchmark_wall_time ();
    n_bytes += export_all (store, format);
    slowest = MAX (slowest, (habla_benchmark_wall_time () - began) / S);
    peak = MAX (peak, get_memory ("VmRSS:"));
  }
  habla_benchmark_report ("export-megabytes", n_bytes / 1e6);
  habla_benchmark_goal ("export-of-50000-slowest-s", slowest, 5);
  habla_benchmark_goal ("export-memory-added-mb", peak - before, 8);
}

/* Reads the same page with the same query, without the store.
 * Returns: CPU time in nanoseconds */
static double
read_bare (sqlite3 *connection, guint i)
{
  sqlite3_stmt *statement;
  double began = habla_benchmark_cpu_time ();
  guint n = 0;

  sqlite3_prepare_v2 (connection,
      "SELECT u.*, t.text FROM utterances u JOIN translations t ON t.utterance_id = u.id"
      " WHERE u.session_id = 1 AND u.id > ?1 ORDER BY u.id LIMIT 200",
      -1, &statement, NULL);
  sqlite3_bind_int64 (statement, 1, i * 400);
  while (sqlite3_step (statement) == SQLITE_ROW)
    n++;
  sqlite3_finalize (statement);
  g_assert_cmpuint (n, ==, PAGE);
  return habla_benchmark_cpu_time () - began;
}

static void
compare (HablaStore *store, const char *path)
{
  g_autofree double *ours = g_new (double, QUERIES), *bare = g_new (double, QUERIES);
  sqlite3 *connection;

  g_assert_cmpint (sqlite3_open (path, &connection), ==, SQLITE_OK);
  for (guint i = 0; i < QUERIES; i++) {
    double began;

    bare[i] = read_bare (connection, i);
    began = habla_benchmark_cpu_time ();
    list_utterances (store, i);
    ours[i] = habla_benchmark_cpu_time () - began;
  }
  sqlite3_close (connection);
  habla_benchmark_goal ("page-cpu-over-bare-sqlite",
      habla_benchmark_median (ours, QUERIES) / habla_benchmark_median (bare, QUERIES), 5);
}

/* Deletes session 1, and adds exchanges to other sessions until all its rows are removed. The store
 * removes them in the background, a few at a time. */
static void
measure_deletion (HablaStore *store, const char *path)
{
  double began = habla_benchmark_wall_time (), slowest = 0;
  g_autoptr (GAsyncResult) result = NULL;
  guint i = EXCHANGES; /* an id that is not used yet */
  int left = 1;
  sqlite3 *connection;
  sqlite3_stmt *statement;

  g_assert_cmpint (sqlite3_open (path, &connection), ==, SQLITE_OK);
  sqlite3_prepare_v2 (
      connection, "SELECT EXISTS (SELECT 1 FROM sessions WHERE id = 1)", -1, &statement, NULL);
  habla_store_delete_session_async (store, 1, habla_test_store_result, &result);
  g_assert_true (habla_store_finish (store, wait_for (&result), NULL));
  habla_benchmark_goal (
      "delete-of-50000-answered-ms", (habla_benchmark_wall_time () - began) / MS, 1000);
  while (left) {
    double stored_at = habla_benchmark_wall_time ();

    store_one (store, i++);
    slowest = MAX (slowest, (habla_benchmark_wall_time () - stored_at) / MS);
    g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
    left = sqlite3_column_int (statement, 0);
    sqlite3_reset (statement);
  }
  habla_benchmark_report ("delete-of-50000-gone-s", (habla_benchmark_wall_time () - began) / S);
  habla_benchmark_goal ("store-one-while-deleting-slowest-ms", slowest, 1000);
  sqlite3_finalize (statement);
  sqlite3_close (connection);
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = g_dir_make_tmp ("habla-benchmark-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "habla.db", NULL);
  g_autofree char *lock = g_strconcat (path, "-lock", NULL);
  HablaStore *store = habla_store_new (path);
  GStatBuf status;

  fill (store);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  habla_benchmark_report ("file-megabytes", status.st_size / 1e6);
  habla_benchmark_report ("memory-mb", get_memory ("VmRSS:"));
  measure (store, "list-sessions", list_sessions, 20);
  measure (store, "list-exchanges", list_utterances, 20);
  measure (store, "four-searches", search, 50);
  measure (store, "store-one", store_one, 100);
  compare (store, path);
  measure_export (store);
  measure_deletion (store, path);
  habla_store_free (store);
  g_unlink (path);
  g_unlink (lock);
  g_rmdir (folder);
  return habla_benchmark_finish ("store");
}
