/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokens of language models are written while hablad runs: a crash forgets a minute at most. */
#include "habla-test.h"
#include "remote-server.h"
#include "test-api.h"
#include "text-harness.h"

#include <pipeline/engines/server-stats.h>
#include <sqlite3.h>

static void
answer (const RemoteCall *call, RemoteReply *reply, gpointer data)
{
  reply->body = g_strdup ("{\"choices\":[{\"message\":{\"content\":\"{\\\"translation\\\":\\\"Uno."
                          "\\\"}\"},\"finish_reason\":\"stop\"}],"
                          "\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":4}}");
}

/* Lets an openaitranslator use 11 and 4 tokens. */
static void
translate (const char *url)
{
  GstElement *element = gst_element_factory_make ("openaitranslator", NULL);
  GstHarness *harness;

  gst_object_ref_sink (element);
  g_object_set (element, "url", url, "model", "m", "fallback", "none", "timeout",
      habla_test_scale (20000), "connect-timeout", habla_test_scale (20000), NULL);
  harness = gst_harness_new_with_element (element, "sink", "src");
  gst_harness_set_src_caps_str (harness, "text/x-raw, format=utf8");
  gst_harness_push (harness, text_harness_make_buffer ("One.", 0));
  gst_buffer_unref (gst_harness_pull (harness));
  habla_server_stats_collect (element);
  gst_harness_teardown (harness);
  gst_object_unref (element);
}

/* Returns: (transfer full) (nullable): what another run of hablad would read */
static char *
read_model (const char *path)
{
  sqlite3_stmt *statement = NULL;
  sqlite3 *database = NULL;
  char *text = NULL;

  if (sqlite3_open_v2 (path, &database, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
      sqlite3_prepare_v2 (database, "SELECT value FROM state WHERE key = 'language_model'", -1,
          &statement, NULL) == SQLITE_OK &&
      sqlite3_step (statement) == SQLITE_ROW)
    text = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  sqlite3_close (database);
  return text;
}

static void
test_tokens (void)
{
  g_autoptr (RemoteServer) server = remote_server_new (answer, NULL, NULL);
  const char *url = remote_server_get_url (server);
  const HablaLlmOptions llm = { .urls = { url, url, url }, .timeout = 1000 };
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "habla.db", NULL);
  TestServer *test = test_api_new ();
  HablaApiOptions *options = &test_api_get (test)->options;
  HablaStore *store = habla_store_new (path);
  gint64 deadline = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;
  g_autofree char *text = NULL;

  habla_llm_free (options->llm);
  options->llm = habla_llm_new (&llm);
  options->store = store;
  test_server_start (test);
  habla_api_watch_language_model (test_api_get (test)->api, 20);
  text = read_model (path);
  g_assert_null (text);
  translate (url);
  while (g_strcmp0 (text, "- - - - 11 4") != 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_main_context_iteration (NULL, TRUE);
    g_free (text);
    text = read_model (path);
  }
  test_server_free (test);
  habla_store_free (store);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);

  g_test_add_func ("/api/language-model/tokens", test_tokens);

  return habla_test_run ();
}
