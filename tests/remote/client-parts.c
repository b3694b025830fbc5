/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <client/api-key.h>
#include <client/remote-error.h>
#include <client/remote-url.h>
#include <client/retry.h>
#include <client/sse-parser.h>
#include <glib/gstdio.h>
#include <habla/error.h>
#include <string.h>

static void
check_join (const char *base, const char *path, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUri) uri = remote_url_parse (base, &error);
  g_autofree char *joined = NULL;

  g_assert_no_error (error);
  joined = remote_url_join (uri, path);
  g_assert_cmpstr (joined, ==, expected);
}

static void
test_join (void)
{
  check_join ("http://a:1", "v1/models", "http://a:1/v1/models");
  check_join ("http://a:1/", "v1/models", "http://a:1/v1/models");
  check_join ("http://a:1/v1", "v1/models", "http://a:1/v1/models");
  check_join ("http://a:1/v1//", "v1/models?x=y", "http://a:1/v1/models?x=y");
  check_join ("http://a:1/v1", "api/tags", "http://a:1/api/tags");
  check_join ("https://a/gateway/v2/", "v1/models", "https://a/gateway/v2/models");
  check_join ("https://a/v1x", "v1/models", "https://a/v1x/v1/models");
  check_join ("https://[::1]:3/v1", "translate", "https://[::1]:3/translate");
}

static void
test_refused_urls (void)
{
  static const char *const urls[] = { NULL, "", "a", "ftp://a/", "http://", "http://user@a/",
    "http://user:password@a/", "https://a/v1?key=b", "https://a/#b", "http://a b/", "file:///etc",
    "http://[fe80::1%25eth0]:1", "http://a%00/", "http://a:99999" };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", urls[i]);
    g_assert_null (remote_url_parse (urls[i], &error));
    g_assert_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER);
    g_assert_null (strstr (error->message, "password@"));
  }
}

static void
test_local_urls (void)
{
  static const struct {
    const char *url;
    gboolean is_local;
  } rows[] = { { "http://127.0.0.1:1/v1", TRUE }, { "http://127.9.9.9", TRUE },
    { "http://[::1]:1", TRUE }, { "http://LOCALHOST:1", TRUE },
    { "http://localhost.example", FALSE }, { "http://192.168.1.2", FALSE },
    { "https://127.0.0.1.example", FALSE }, { "http://[2001:db8::1]:9", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GUri) uri = remote_url_parse (rows[i].url, NULL);

    g_assert_nonnull (uri);
    g_assert_cmpint (remote_url_is_local (uri), ==, rows[i].is_local);
  }
}

/* Returns: (transfer full): the path of a file */
static char *
write_key (const char *text, int mode)
{
  char *path = g_build_filename (habla_test_get_dir (), "key", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, mode, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
  return path;
}

static void
check_key (const char *text, int mode, const char *expected)
{
  g_autofree char *path = write_key (text, mode);
  g_autoptr (GError) error = NULL;
  char *key = api_key_load (path, NULL, &error);

  g_assert_cmpstr (key, ==, expected);
  if (expected == NULL) {
    g_assert_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER);
    g_assert_null (strstr (error->message, "secret"));
  }
  api_key_free (key);
  g_unlink (path);
}

static void
test_key_file (void)
{
  g_autofree char *long_key = g_strnfill (5000, 's');
  g_autoptr (GError) error = NULL;

  check_key ("sk-secret\n", 0600, "sk-secret");
  check_key ("  sk-secret \r\n\n", 0400, "sk-secret");
  check_key ("sk-secret", 0640, NULL);
  check_key ("sk-secret", 0604, NULL);
  check_key ("sk-secret", 0620, NULL);
  check_key ("", 0600, NULL);
  check_key ("secret\nsecret", 0600, NULL);
  check_key ("secret\001", 0600, NULL);
  check_key ("secr\303\251t", 0600, NULL);
  check_key (long_key, 0600, NULL);
  g_assert_null (api_key_load ("/nowhere/key", NULL, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER);
  g_clear_error (&error);
  g_assert_null (api_key_load ("/dev/zero", NULL, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER);
}

static void
test_key_variable (void)
{
  g_autoptr (GError) error = NULL;
  char *key;

  g_setenv ("HABLA_TEST_KEY", "sk-secret", TRUE);
  key = api_key_load ("", "HABLA_TEST_KEY", &error);
  g_assert_cmpstr (key, ==, "sk-secret");
  api_key_free (key);
  g_setenv ("HABLA_TEST_KEY", "sk secret", TRUE);
  g_assert_null (api_key_load (NULL, "HABLA_TEST_KEY", &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER);
  g_assert_null (strstr (error->message, "secret"));
  g_clear_error (&error);
  g_unsetenv ("HABLA_TEST_KEY");
  g_assert_null (api_key_load (NULL, "HABLA_TEST_KEY", &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER);
  g_assert_nonnull (strstr (error->message, "HABLA_TEST_KEY"));
  g_clear_error (&error);
  g_assert_null (api_key_load (NULL, "", &error));
  g_assert_null (api_key_load (NULL, NULL, &error));
  g_assert_no_error (error);
}

/* Servers on this machine need no key, and get one that is a word. */
static void
test_key_hidden (void)
{
  g_autoptr (GString) text = g_string_new ("sk-secret, sk-secret and none");

  api_key_hide (NULL, text);
  api_key_hide ("none", text);
  g_assert_cmpstr (text->str, ==, "sk-secret, sk-secret and none");
  api_key_hide ("sk-secret", text);
  g_assert_cmpstr (text->str, ==, "[key], [key] and none");
}

static void
test_retry_after (void)
{
  /* Sun, 06 Nov 1994 08:49:37 GMT */
  const gint64 now = 784111777;

  g_assert_cmpint (retry_parse_after (NULL, now), ==, -1);
  g_assert_cmpint (retry_parse_after ("", now), ==, -1);
  g_assert_cmpint (retry_parse_after ("soon", now), ==, -1);
  g_assert_cmpint (retry_parse_after ("-1", now), ==, -1);
  g_assert_cmpint (retry_parse_after ("0", now), ==, 0);
  g_assert_cmpint (retry_parse_after ("120", now), ==, 120);
  g_assert_cmpint (retry_parse_after ("99999999999", now), ==, RETRY_MAX_AFTER);
  g_assert_cmpint (retry_parse_after ("Sun, 06 Nov 1994 08:50:37 GMT", now), ==, 60);
  g_assert_cmpint (retry_parse_after ("Sun, 06 Nov 1994 08:00:00 GMT", now), ==, 0);
  g_assert_cmpint (retry_parse_after ("Fri, 31 Dec 2094 23:59:59 GMT", now), ==, RETRY_MAX_AFTER);
}

static void
test_backoff (void)
{
  g_assert_cmpuint (retry_get_backoff (0, 0.0), ==, 100);
  g_assert_cmpuint (retry_get_backoff (0, 1.0), ==, 200);
  g_assert_cmpuint (retry_get_backoff (1, 0.5), ==, 300);
  g_assert_cmpuint (retry_get_backoff (40, 1.0), ==, 3200);
  g_assert_true (retry_is_transient (429));
  g_assert_true (retry_is_transient (503));
  g_assert_false (retry_is_transient (400));
  g_assert_false (retry_is_transient (401));
}

static gboolean
add_event (const char *data, gpointer log)
{
  g_string_append_printf (log, "<%s>", data);
  return !g_str_equal (data, "[DONE]");
}

/* Feeds @text in pieces of @piece bytes. Returns: (transfer full): the events, or the error */
static char *
parse_sse (const char *text, gsize piece)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (SseParser) parser = sse_parser_new (add_event, log);
  g_autoptr (GError) error = NULL;
  gsize length = strlen (text);

  for (gsize i = 0; i < length; i += piece)
    if (!sse_parser_feed (parser, (const guint8 *) text + i, MIN (piece, length - i), &error))
      break;
  if (error != NULL)
    g_string_append (log, "!");
  return g_strdup (log->str);
}

static void
test_sse (void)
{
  static const struct {
    const char *text;
    const char *events;
  } rows[] = {
    { "data: a\n\ndata: b\n\n", "<a><b>" },
    { "data: a\r\n\r\ndata: b\r\rdata:c\n\n", "<a><b><c>" },
    { ": comment\n\ndata: a\nevent: x\nid: 3\ndata: b\n\n", "<a\nb>" },
    { "data\n\ndata: \n\n", "<><>" },
    { "data: [DONE]\n\ndata: late\n\n", "<[DONE]>" },
    { "data: not ended", "" },
    { "data: \303\251\n\n", "<\303\251>" },
    { "data: \303\n\n", "!" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (gsize piece = 1; piece < 12; piece++) {
      g_autofree char *events = parse_sse (rows[i].text, piece);

      g_assert_cmpstr (events, ==, rows[i].events);
    }
}

static void
test_sse_bounds (void)
{
  g_autofree char *blanks = g_strnfill (SSE_PARSER_MAX_EVENT + 10, 'x');
  g_autofree char *line = g_strdup_printf ("data: %s\n\n", blanks);
  g_autoptr (GString) event = g_string_new (NULL);
  g_autofree char *first = parse_sse (line, 4096);
  g_autofree char *second = NULL;

  g_assert_cmpstr (first, ==, "!");
  while (event->len < 3 * SSE_PARSER_MAX_EVENT)
    g_string_append (event, "data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n");
  second = parse_sse (event->str, 4096);
  g_assert_cmpstr (second, ==, "!");
}

static void
test_redact (void)
{
  g_autofree char *many = g_strnfill (1000, 'a');
  g_autofree char *cut = remote_error_redact (many, NULL);
  g_autofree char *clean =
      remote_error_redact ("Wrong key sk-secret\nuse sk-secretx \033[1m\377", "sk-secret");

  g_assert_cmpint (g_utf8_strlen (cut, -1), ==, 201);
  g_assert_cmpstr (clean, ==, "Wrong key [key] use [key]x  [1m\357\277\275");
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);

  g_test_add_func ("/client-parts/join", test_join);
  g_test_add_func ("/client-parts/refused-urls", test_refused_urls);
  g_test_add_func ("/client-parts/local-urls", test_local_urls);
  g_test_add_func ("/client-parts/key-file", test_key_file);
  g_test_add_func ("/client-parts/key-variable", test_key_variable);
  g_test_add_func ("/client-parts/key-hidden", test_key_hidden);
  g_test_add_func ("/client-parts/retry-after", test_retry_after);
  g_test_add_func ("/client-parts/backoff", test_backoff);
  g_test_add_func ("/client-parts/sse", test_sse);
  g_test_add_func ("/client-parts/sse-bounds", test_sse_bounds);
  g_test_add_func ("/client-parts/redact", test_redact);

  return habla_test_run ();
}
