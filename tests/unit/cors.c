/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <http/cors.h>

static void
test_parse (void)
{
  static const struct {
    const char *text;
    const char *origin; /* (nullable) */
  } rows[] = {
    { "https://school.example", "https://school.example" },
    { "http://localhost:3000", "http://localhost:3000" },
    { "HTTPS://School.Example:8443", "https://school.example:8443" },
    { "https://school.example:443", "https://school.example" },
    { "http://school.example:80", "http://school.example" },
    { "http://school.example:443", "http://school.example:443" },
    { "https://[::1]:8443", "https://[::1]:8443" },
    { "https://schüle.example", "https://xn--schle-mva.example" },
    { "capacitor://localhost", "capacitor://localhost" },
    { "*", NULL },
    { "null", NULL },
    { "", NULL },
    { "school.example", NULL },
    { "https://", NULL },
    { "https://*", NULL },
    { "https://*.school.example", NULL },
    { "https://school.example/", NULL },
    { "https://school.example/captions", NULL },
    { "https://school.example?a=b", NULL },
    { "https://school.example#a", NULL },
    { "https://me@school.example", NULL },
    { "https://a.example,https://b.example", NULL },
    { "https://school.example:port", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *origin = habla_cors_parse_origin (rows[i].text);

    g_test_message ("%s", rows[i].text);
    g_assert_cmpstr (origin, ==, rows[i].origin);
  }
}

static void
test_allowed (void)
{
  static const char *const origins[] = { "https://school.example", "http://localhost:3000", NULL };

  g_assert_true (habla_cors_is_allowed (origins, "https://school.example"));
  g_assert_true (habla_cors_is_allowed (origins, "http://localhost:3000"));
  g_assert_false (habla_cors_is_allowed (origins, "http://school.example"));
  g_assert_false (habla_cors_is_allowed (origins, "https://school.example.evil.example"));
  g_assert_false (habla_cors_is_allowed (origins, "null"));
  g_assert_false (habla_cors_is_allowed (origins, "*"));
  g_assert_false (habla_cors_is_allowed (NULL, "https://school.example"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cors/parse", test_parse);
  g_test_add_func ("/cors/allowed", test_allowed);
  return g_test_run ();
}
