/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <http/framing/request-framer.h>
#include <string.h>

#define FIRST "GET / HTTP/1.1\r\n"
#define HOST "Host: localhost\r\n"
#define CHUNKED "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

static guint
check (const char *text)
{
  g_autofree char *exact = g_memdup2 (text, strlen (text));
  HablaRequestHead head;
  HablaRequestError error = { 0 };
  gboolean is_good = habla_request_head_parse (exact, strlen (text), &head, &error);

  g_assert_cmpint (is_good, ==, error.status == 0);
  g_assert_cmpint (is_good, ==, error.detail == NULL);
  return is_good ? 200 : error.status;
}

static void
test_good (void)
{
  static const char *const heads[] = { FIRST HOST "\r\n", "GET / HTTP/1.1\nHost: a\n\n",
    "GET / HTTP/1.0\r\n\r\n", "GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "GET /%41?x=%20 HTTP/1.1\r\nHost: [::1]:8700\r\n\r\n",
    "PROPFIND /a'b HTTP/1.1\r\nHost: a:1\r\n\r\n", FIRST HOST "X:\r\n\r\n",
    FIRST HOST "X: \t caf\xc3\xa9 \r\n\r\n", FIRST HOST "Content-Length: 0\r\n\r\n",
    FIRST HOST "CONTENT-LENGTH:9223372036854775807\t\r\n\r\n",
    FIRST HOST "transfer-encoding: CHUNKED\r\n\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++) {
    g_test_message ("%u: %zu bytes", i, strlen (heads[i]));
    g_assert_cmpuint (check (heads[i]), ==, 200);
  }
}

static void
test_bad (void)
{
  static const char *const heads[] = { "", "\r\n", "GET\r\n\r\n", "GET /\r\n\r\n",
    "GET  HTTP/1.1\r\n" HOST "\r\n", "GET /a b HTTP/1.1\r\n" HOST "\r\n",
    "G(T / HTTP/1.1\r\n" HOST "\r\n", "GET /\x01 HTTP/1.1\r\n" HOST "\r\n",
    "GET / http/1.1\r\n" HOST "\r\n", "GET / HTTP/1.1 \r\n" HOST "\r\n", FIRST "\r\n",
    FIRST HOST HOST "\r\n", "GET / HTTP/1.0\r\n" HOST HOST "\r\n", FIRST "Host: a/b\r\n\r\n",
    FIRST "Host: [\r\n\r\n", FIRST "Host: a:b\r\n\r\n", "GET /%zz HTTP/1.1\r\n" HOST "\r\n",
    "GET http://[ HTTP/1.1\r\n" HOST "\r\n", "GET nowhere HTTP/1.1\r\n" HOST "\r\n",
    "CONNECT a:1 HTTP/1.1\r\n" HOST "\r\n", FIRST HOST "X\r\n\r\n", FIRST HOST "X : a\r\n\r\n",
    FIRST HOST ": a\r\n\r\n", FIRST HOST " X: a\r\n\r\n", FIRST HOST "X: a\r\n b\r\n\r\n",
    FIRST HOST "X: a\rb\r\n\r\n", FIRST HOST "X: a\x7f\r\n\r\n", FIRST HOST "X\xc3: a\r\n\r\n",
    FIRST HOST "Content-Length:\r\n\r\n", FIRST HOST "Content-Length: +20\r\n\r\n",
    FIRST HOST "Content-Length: -1\r\n\r\n", FIRST HOST "Content-Length: 1, 1\r\n\r\n",
    FIRST HOST "Content-Length: 0x1\r\n\r\n",
    FIRST HOST "Content-Length: 9223372036854775808\r\n\r\n",
    FIRST HOST "Content-Length: 00000000000000000001\r\n\r\n",
    FIRST HOST "Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
    FIRST HOST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    FIRST HOST "Transfer-Encoding: gzip\r\n\r\n", FIRST HOST "Transfer-Encoding: \r\n\r\n",
    FIRST HOST "Transfer-Encoding: chunked, chunked\r\n\r\n",
    FIRST HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" };
  const char nul[] = FIRST HOST "X: a\0b\r\n\r\n";
  HablaRequestHead head;
  HablaRequestError error = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++) {
    g_test_message ("%u: %zu bytes", i, strlen (heads[i]));
    g_assert_cmpuint (check (heads[i]), ==, 400);
  }
  g_assert_false (habla_request_head_parse (nul, sizeof nul - 1, &head, &error));
  g_assert_cmpuint (check ("GET / HTTP/9.9\r\n" HOST "\r\n"), ==, 505);
  g_assert_cmpuint (check ("GET / HTTP/1.2\r\n" HOST "\r\n"), ==, 505);
}

static void
put (HablaRequestFramer *framer, const char *text, gsize length)
{
  memcpy (habla_request_framer_reserve (framer, length + 7), text, length);
  habla_request_framer_put (framer, length + 7, length);
}

/* Returns: (transfer full): what comes out when @text goes in by pieces of @step bytes */
static char *
pass (const char *text, gsize step, gboolean *is_bad)
{
  g_autoptr (HablaRequestFramer) framer = habla_request_framer_new ();
  g_autoptr (GString) all = g_string_new (NULL);
  gsize length = strlen (text);
  char buffer[5];
  gsize n;

  for (gsize i = 0; i < length; i += step) {
    put (framer, text + i, MIN (step, length - i));
    while ((n = habla_request_framer_take (framer, buffer, sizeof buffer)) > 0)
      g_string_append_len (all, buffer, n);
    if (habla_request_framer_get_error (framer) == NULL)
      g_assert_false (habla_request_framer_is_ready (framer));
  }
  *is_bad = habla_request_framer_get_error (framer) != NULL;
  return g_string_free (g_steal_pointer (&all), FALSE);
}

static void
expect (const char *text, const char *expected, gboolean expect_bad)
{
  for (gsize step = 1; step <= strlen (text); step++) {
    gboolean is_bad;
    g_autofree char *all = pass (text, step, &is_bad);

    g_assert_cmpstr (all, ==, expected);
    g_assert_cmpint (is_bad, ==, expect_bad);
  }
}

#define GOOD FIRST HOST "\r\n"
#define WITH_BODY FIRST HOST "Content-Length: 3\r\n\r\nGET"
#define WITH_CHUNKS CHUNKED "3;x=y\r\nGET\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n"

static void
test_framer (void)
{
  expect (GOOD, GOOD, FALSE);
  expect ("\r\n\r\n" GOOD "\r\n" GOOD, GOOD GOOD, FALSE);
  expect (WITH_BODY GOOD WITH_CHUNKS GOOD, WITH_BODY GOOD WITH_CHUNKS GOOD, FALSE);
  expect (FIRST HOST, "", FALSE);
  expect (GOOD FIRST HOST "X", GOOD, FALSE);
  expect (FIRST "\r\n", "", TRUE);
  expect (WITH_BODY FIRST HOST "Transfer-Encoding: x\r\n\r\n", WITH_BODY, TRUE);
  expect (CHUNKED "x\r\n", CHUNKED, TRUE);
  expect (CHUNKED "123456789\r\n", CHUNKED, TRUE);
  expect (CHUNKED "-1\r\n", CHUNKED, TRUE);
  expect (CHUNKED "1\r\nab\r\n", CHUNKED "1\r\na", TRUE);
}

/* Its lines, unlike a head, are bounded by the framer itself. */
static void
test_framer_bounds (void)
{
  g_autofree char *filling = g_strnfill (200, 'a');
  g_autofree char *text = g_strconcat (CHUNKED "1;", filling, NULL);
  g_autoptr (GString) trailers = g_string_new (CHUNKED "0\r\n");
  g_autofree char *passed = NULL;
  gboolean is_bad;

  expect (text, CHUNKED, TRUE);
  for (guint i = 0; i < 100; i++)
    g_string_append (trailers, "X: y\r\n");
  passed = pass (trailers->str, 10, &is_bad);
  g_assert_true (is_bad);
  g_assert_cmpuint (strlen (passed), <, strlen (CHUNKED) + 300);
}

/* After an upgrade the bytes are no requests. */
static void
test_framer_raw (void)
{
  g_autoptr (HablaRequestFramer) framer = habla_request_framer_new ();
  char buffer[100];

  put (framer, GOOD "\x81\x01", strlen (GOOD) + 2);
  g_assert_cmpuint (habla_request_framer_take (framer, buffer, 100), ==, strlen (GOOD));
  g_assert_cmpuint (habla_request_framer_take_raw (framer, buffer, 100), ==, 2);
  g_assert_cmpmem (buffer, 2, "\x81\x01", 2);
  g_assert_cmpuint (habla_request_framer_get_held (framer), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/request-head/good", test_good);
  g_test_add_func ("/request-head/bad", test_bad);
  g_test_add_func ("/request-head/framer", test_framer);
  g_test_add_func ("/request-head/framer-bounds", test_framer_bounds);
  g_test_add_func ("/request-head/framer-raw", test_framer_raw);
  return g_test_run ();
}
