/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <http/https-redirect.h>

#include <string.h>

#define REST " HTTP/1.1\r\nHost: 192.0.2.7:8443\r\n\r\n"

static void
test_rows (void)
{
  static const struct {
    const char *text;
    HablaHttpsRedirect result;
    const char *location;
  } rows[] = {
    { "GET /" REST, HABLA_HTTPS_REDIRECT_YES, "https://192.0.2.7:8443/" },
    { "HEAD /?room=a&listen=1" REST, HABLA_HTTPS_REDIRECT_YES,
        "https://192.0.2.7:8443/?room=a&listen=1" },
    { "GET / HTTP/1.1\r\nAccept: */*\r\nhost:  [2001:db8::1]:8443\r\n\r\n",
        HABLA_HTTPS_REDIRECT_YES, "https://[2001:db8::1]:8443/" },
    { "G", HABLA_HTTPS_REDIRECT_INCOMPLETE, NULL },
    { "GET / HTTP/1.1\r\nHost: a", HABLA_HTTPS_REDIRECT_INCOMPLETE, NULL },
    { "\x16\x03\x01\x02", HABLA_HTTPS_REDIRECT_NO, NULL },
    { "POST /" REST, HABLA_HTTPS_REDIRECT_NO, NULL },
    { "GET http://evil.example/" REST, HABLA_HTTPS_REDIRECT_NO, NULL },
    { "GET /a b" REST, HABLA_HTTPS_REDIRECT_NO, NULL },
    { "GET / HTTP/1.1\r\nHost: evil.example/path\r\n\r\n", HABLA_HTTPS_REDIRECT_NO, NULL },
    { "GET / HTTP/1.1\r\nHost: user@evil.example\r\n\r\n", HABLA_HTTPS_REDIRECT_NO, NULL },
    { "GET / HTTP/1.1\r\nHost: \r\n\r\n", HABLA_HTTPS_REDIRECT_NO, NULL },
    { "GET / HTTP/1.1\r\nAccept: */*\r\n\r\n", HABLA_HTTPS_REDIRECT_NO, NULL },
    { "", HABLA_HTTPS_REDIRECT_NO, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *response = NULL;

    g_test_message ("%s", rows[i].text);
    g_assert_cmpint (habla_https_redirect_make (rows[i].text, strlen (rows[i].text), &response), ==,
        rows[i].result);
    if (rows[i].location != NULL) {
      g_autofree char *line = g_strdup_printf ("\r\nLocation: %s\r\n", rows[i].location);

      g_assert_nonnull (strstr (response, line));
    } else {
      g_assert_null (response);
    }
  }
}

/* A client that never ends its headers is not waited for. */
static void
test_endless (void)
{
  g_autofree char *text = g_strnfill (HABLA_HTTPS_REDIRECT_SIZE, 'a');
  g_autofree char *response = NULL;

  memcpy (text, "GET /", 5);
  g_assert_cmpint (habla_https_redirect_make (text, HABLA_HTTPS_REDIRECT_SIZE - 1, &response), ==,
      HABLA_HTTPS_REDIRECT_INCOMPLETE);
  g_assert_cmpint (habla_https_redirect_make (text, HABLA_HTTPS_REDIRECT_SIZE, &response), ==,
      HABLA_HTTPS_REDIRECT_NO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/https-redirect/rows", test_rows);
  g_test_add_func ("/https-redirect/endless", test_endless);
  return g_test_run ();
}
