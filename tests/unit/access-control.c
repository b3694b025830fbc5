/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <http/access/access-control.h>

#include <string.h>

#define TOKEN "correct-horse-battery-staple"

static const char *const hosts[] = { "habla.school.example", "Casa", NULL };

static void
test_hosts (void)
{
  static const struct {
    const char *host;
    gboolean allowed;
  } rows[] = {
    { "127.0.0.1", TRUE },
    { "127.0.0.1:8700", TRUE },
    { "192.168.1.7:8700", TRUE },
    { "[::1]:8700", TRUE },
    { "[fe80::1]", TRUE },
    { "localhost", TRUE },
    { "LOCALHOST:1", TRUE },
    { "localhost.:8700", TRUE },
    { "habla.school.example:8700", TRUE },
    { "HABLA.school.EXAMPLE", TRUE },
    { "casa:80", TRUE },
    { "evil.example", FALSE },
    { "evil.example:8700", FALSE },
    { "localhost.evil.example", FALSE },
    { "127.0.0.1.evil.example", FALSE },
    { "xhabla.school.example", FALSE },
    { "school.example", FALSE },
    { "127.0.0.1@evil.example", FALSE },
    { "127.0.0.1:evil.example", FALSE },
    { "localhost:80:evil", FALSE },
    { "[::1", FALSE },
    { "[::1]evil.example", FALSE },
    { "[localhost]evil", FALSE },
    { "", FALSE },
    { ":8700", FALSE },
    { ".", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].host);
    g_assert_cmpint (
        habla_access_control_host_is_allowed (rows[i].host, hosts), ==, rows[i].allowed);
  }
  g_assert_false (habla_access_control_host_is_allowed ("casa", NULL));
}

static void
test_origins (void)
{
  static const struct {
    const char *origin;
    const char *host;
    gboolean is_secure;
    gboolean same;
  } rows[] = {
    { "http://localhost:8700", "localhost:8700", FALSE, TRUE },
    { "HTTP://LOCALHOST:8700", "localhost:8700", FALSE, TRUE },
    { "https://localhost:8700", "localhost:8700", FALSE, TRUE },
    { "https://localhost:8700", "localhost:8700", TRUE, TRUE },
    { "http://localhost:8700", "localhost:8700", TRUE, FALSE },
    { "http://localhost:8701", "localhost:8700", FALSE, FALSE },
    { "http://localhost", "localhost:8700", FALSE, FALSE },
    { "http://127.0.0.1:8700", "localhost:8700", FALSE, FALSE },
    { "http://localhost:8700.evil.example", "localhost:8700", FALSE, FALSE },
    { "http://evil.example", "localhost:8700", FALSE, FALSE },
    { "http://localhost:8700/", "localhost:8700", FALSE, FALSE },
    { "null", "localhost:8700", FALSE, FALSE },
    { "", "localhost:8700", FALSE, FALSE },
    { "http://", "", FALSE, FALSE },
    { "file://localhost:8700", "localhost:8700", FALSE, FALSE },
    { "chrome-extension://localhost:8700", "localhost:8700", FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s at %s", rows[i].origin, rows[i].host);
    g_assert_cmpint (
        habla_access_control_origin_is_same (rows[i].origin, rows[i].host, rows[i].is_secure), ==,
        rows[i].same);
  }
}

static void
test_tokens (void)
{
  static const char *const wrong[] = { "", "c", "correct-horse-battery-stapl",
    "correct-horse-battery-staplf", "Correct-horse-battery-staple",
    "correct-horse-battery-staplecorrect-horse-battery-staple", "correct-horse-battery-staple " };

  g_assert_true (habla_access_control_token_is_equal (TOKEN, TOKEN));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (habla_access_control_token_is_equal (wrong[i], TOKEN));
  g_assert_false (habla_access_control_token_is_equal ("", ""));
  g_assert_false (habla_access_control_token_is_equal ("x", ""));
}

static void
test_wrong_cookies (void)
{
  static const struct {
    HablaAccessRequest request;
    const char *cookie;
  } rows[] = {
    { { .cookies = "habla-token=old" }, "old" },
    { { .cookies = "a=b; habla-token=old; c=d", .is_websocket = TRUE }, "old" },
    { { .cookies = "habla-token=" TOKEN }, NULL },
    { { .cookies = "habla-code=old" }, NULL },
    { { .cookies = NULL }, NULL },
    { { .cookies = "habla-token=old", .is_loopback = TRUE }, NULL },
    { { .cookies = "habla-token=old", .is_public = TRUE }, NULL },
    { { .cookies = "habla-token=old", .is_for_listeners = TRUE }, NULL },
    { { .cookies = "habla-token=old", .authorization = "Bearer " TOKEN }, NULL },
  };
  static const HablaAccessRules rules = { .token = TOKEN }, no_token = { .token = NULL };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *cookie = habla_access_control_find_wrong_cookie (&rules, &rows[i].request);
    g_autofree char *none = habla_access_control_find_wrong_cookie (&no_token, &rows[i].request);

    g_assert_cmpstr (cookie, ==, rows[i].cookie);
    g_assert_null (none);
  }
}

static void
test_checks (void)
{
  static const struct {
    HablaAccessRequest request;
    HablaAccess access;
  } rows[] = {
    /* From this machine. */
    { { .is_loopback = TRUE, .host = "localhost:1" }, HABLA_ACCESS_GRANTED },
    { { .is_loopback = TRUE }, HABLA_ACCESS_GRANTED },
    { { .is_loopback = TRUE, .is_change = TRUE }, HABLA_ACCESS_GRANTED },
    { { .is_loopback = TRUE, .host = "evil.example" }, HABLA_ACCESS_BAD_HOST },
    { { .is_loopback = TRUE, .is_public = TRUE, .host = "evil.example" }, HABLA_ACCESS_BAD_HOST },
    { { .is_loopback = TRUE, .host = "localhost:1", .origin = "http://evil.example" },
        HABLA_ACCESS_GRANTED },
    { { .is_loopback = TRUE,
          .is_change = TRUE,
          .host = "localhost:1",
          .origin = "http://evil.example" },
        HABLA_ACCESS_BAD_ORIGIN },
    { { .is_loopback = TRUE, .is_change = TRUE, .origin = "http://localhost:1" },
        HABLA_ACCESS_BAD_ORIGIN },
    { { .is_loopback = TRUE,
          .is_change = TRUE,
          .host = "localhost:1",
          .origin = "http://localhost:1" },
        HABLA_ACCESS_GRANTED },
    { { .is_loopback = TRUE,
          .is_change = TRUE,
          .is_websocket = TRUE,
          .host = "localhost:1",
          .origin = "null" },
        HABLA_ACCESS_BAD_ORIGIN },
    { { .is_loopback = TRUE, .is_change = TRUE, .is_websocket = TRUE, .host = "localhost:1" },
        HABLA_ACCESS_GRANTED },
    /* From a proxy of this machine. */
    { { .is_by_unknown_proxy = TRUE }, HABLA_ACCESS_UNKNOWN_PROXY },
    { { .is_by_unknown_proxy = TRUE, .is_websocket = TRUE }, HABLA_ACCESS_UNKNOWN_PROXY },
    { { .is_by_unknown_proxy = TRUE, .is_public = TRUE }, HABLA_ACCESS_GRANTED },
    { { .is_by_unknown_proxy = TRUE, .authorization = "Bearer " TOKEN },
        HABLA_ACCESS_UNKNOWN_PROXY },
    /* From others. */
    { { .host = "10.0.0.1" }, HABLA_ACCESS_NO_TOKEN },
    { { .host = "10.0.0.1", .is_public = TRUE }, HABLA_ACCESS_GRANTED },
    { { .host = "10.0.0.1", .authorization = "Bearer " TOKEN }, HABLA_ACCESS_GRANTED },
    { { .host = "10.0.0.1", .authorization = "bearer " TOKEN }, HABLA_ACCESS_GRANTED },
    { { .host = "10.0.0.1", .authorization = "Bearer wrong" }, HABLA_ACCESS_WRONG_TOKEN },
    { { .host = "10.0.0.1", .authorization = "Bearer " }, HABLA_ACCESS_WRONG_TOKEN },
    { { .host = "10.0.0.1", .authorization = "Basic " TOKEN }, HABLA_ACCESS_WRONG_TOKEN },
    { { .host = "10.0.0.1", .authorization = TOKEN }, HABLA_ACCESS_WRONG_TOKEN },
    { { .host = "10.0.0.1", .cookies = "a=b; habla-token=" TOKEN }, HABLA_ACCESS_GRANTED },
    { { .host = "10.0.0.1", .cookies = "habla-token=wrong" }, HABLA_ACCESS_WRONG_TOKEN },
    { { .host = "10.0.0.1", .cookies = "xhabla-token=" TOKEN }, HABLA_ACCESS_NO_TOKEN },
    { { .host = "10.0.0.1", .is_websocket = TRUE, .is_change = TRUE }, HABLA_ACCESS_AFTER_HELLO },
    { { .host = "10.0.0.1",
          .is_websocket = TRUE,
          .is_change = TRUE,
          .authorization = "Bearer wrong" },
        HABLA_ACCESS_WRONG_TOKEN },
    /* To an address that is for listeners. */
    { { .host = "10.0.0.1", .is_for_listeners = TRUE, .authorization = "Bearer " TOKEN },
        HABLA_ACCESS_NOT_SECURE },
    { { .host = "10.0.0.1", .is_for_listeners = TRUE, .cookies = "habla-token=" TOKEN },
        HABLA_ACCESS_NO_TOKEN },
    { { .host = "evil.example", .authorization = "Bearer " TOKEN }, HABLA_ACCESS_BAD_HOST },
    { { .host = "10.0.0.1",
          .is_change = TRUE,
          .origin = "http://10.0.0.2",
          .authorization = "Bearer " TOKEN },
        HABLA_ACCESS_BAD_ORIGIN },
  };
  HablaAccessRules rules = { .token = TOKEN };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    HablaAccess access = habla_access_control_check (&rules, &rows[i].request);

    g_test_message ("row %u", i);
    g_assert_cmpint (access, ==, rows[i].access);
    g_assert_cmpint (habla_access_control_explain (access) != NULL, ==,
        access != HABLA_ACCESS_GRANTED && access != HABLA_ACCESS_AFTER_HELLO);
  }
}

/* Sites of the settings may do what the server's own pages may. */
static void
test_other_sites (void)
{
  static const char *const origins[] = { "http://localhost:3000", NULL };
  static const struct {
    const char *origin;
    HablaAccess access;
  } rows[] = {
    { "http://localhost:3000", HABLA_ACCESS_AFTER_HELLO },
    { "http://localhost:30001", HABLA_ACCESS_BAD_ORIGIN },
    { "http://localhost:3000.evil.example", HABLA_ACCESS_BAD_ORIGIN },
    { "https://localhost:3000", HABLA_ACCESS_BAD_ORIGIN },
    { "null", HABLA_ACCESS_BAD_ORIGIN },
    { "*", HABLA_ACCESS_BAD_ORIGIN },
  };
  HablaAccessRules rules = { .token = TOKEN, .origins = origins };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    HablaAccessRequest request = {
      .host = "10.0.0.1",
      .origin = rows[i].origin,
      .is_change = TRUE,
      .is_websocket = TRUE,
    };

    g_test_message ("%s", rows[i].origin);
    g_assert_cmpint (habla_access_control_check (&rules, &request), ==, rows[i].access);
  }
}

static void
test_cookies (void)
{
  static const struct {
    const char *cookies;
    const char *value;
  } rows[] = {
    { "a=1", "1" },
    { "b=2; a=1", "1" },
    { "b=2;a=1 ", "1" },
    { "aa=2; a=1; a=3", "1" },
    { "a=", "" },
    { "a=x=y", "x=y" },
    { "b=a=1", NULL },
    { "a", NULL },
    { "; ;", NULL },
    { "", NULL },
    { NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *value = habla_access_control_get_cookie (rows[i].cookies, "a");

    g_assert_cmpstr (value, ==, rows[i].value);
  }
}

/* The code is "ABCDEFGH" for one path. */
static gboolean
check_code (const char *path, const char *code, gpointer user_data)
{
  (*(guint *) user_data)++;
  return strcmp (path, "/rooms/physics/transcript") == 0 && strcmp (code, "ABCDEFGH") == 0;
}

static void
test_codes (void)
{
  static const char *const path = "/rooms/physics/transcript";
  static const struct {
    HablaAccessRequest request;
    HablaAccess access;
    guint n_checks;
  } rows[] = {
    { { .code_path = "/rooms/physics/transcript", .code = "ABCDEFGH" }, HABLA_ACCESS_BY_CODE, 1 },
    { { .code_path = "/rooms/physics/transcript", .cookies = "a=b; habla-code=ABCDEFGH" },
        HABLA_ACCESS_BY_CODE, 1 },
    { { .code_path = "/rooms/music/transcript", .code = "ABCDEFGH" }, HABLA_ACCESS_WRONG_CODE, 1 },
    { { .code_path = "/rooms/physics/transcript", .code = "ABCDEFGJ" }, HABLA_ACCESS_WRONG_CODE,
        1 },
    /* The header counts before the cookie. */
    { { .code_path = "/rooms/physics/transcript",
          .code = "ABCDEFGJ",
          .cookies = "habla-code=ABCDEFGH" },
        HABLA_ACCESS_WRONG_CODE, 1 },
    /* Other resources, and changes of this one, are out of reach, and do not tell right codes. */
    { { .code = "ABCDEFGH", .cookies = "habla-code=ABCDEFGH" }, HABLA_ACCESS_NO_TOKEN, 0 },
    { { .code_path = "/rooms/physics/transcript", .is_change = TRUE, .code = "ABCDEFGH" },
        HABLA_ACCESS_NO_TOKEN, 0 },
    { { .is_websocket = TRUE, .is_change = TRUE, .code = "ABCDEFGH" }, HABLA_ACCESS_AFTER_HELLO,
        0 },
    /* A token counts first; a code helps who only has the cookie of an old token. */
    { { .code_path = "/rooms/physics/transcript",
          .authorization = "Bearer wrong",
          .code = "ABCDEFGH" },
        HABLA_ACCESS_WRONG_TOKEN, 0 },
    { { .code_path = "/rooms/physics/transcript",
          .authorization = "Bearer " TOKEN,
          .code = "ABCDEFGJ" },
        HABLA_ACCESS_GRANTED, 0 },
    { { .code_path = "/rooms/physics/transcript",
          .cookies = "habla-token=wrong",
          .code = "ABCDEFGH" },
        HABLA_ACCESS_BY_CODE, 1 },
    { { .code_path = "/rooms/physics/transcript", .cookies = "habla-token=wrong" },
        HABLA_ACCESS_WRONG_TOKEN, 0 },
    { { .code_path = "/rooms/physics/transcript" }, HABLA_ACCESS_NO_TOKEN, 0 },
    { { .is_loopback = TRUE, .code_path = "/rooms/physics/transcript", .code = "ABCDEFGJ" },
        HABLA_ACCESS_GRANTED, 0 },
    /* A code does not permit other host names. */
    { { .host = "evil.example", .code_path = "/rooms/physics/transcript", .code = "ABCDEFGH" },
        HABLA_ACCESS_BAD_HOST, 0 },
  };
  guint n_checks = 0;
  HablaAccessRules rules = {
    .token = TOKEN, .hosts = hosts, .check_code = check_code, .user_data = &n_checks
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    HablaAccess access;

    g_test_message ("row %u", i);
    n_checks = 0;
    access = habla_access_control_check (&rules, &rows[i].request);
    g_assert_cmpint (access, ==, rows[i].access);
    g_assert_cmpuint (n_checks, ==, rows[i].n_checks);
    g_assert_cmpint (habla_access_control_is_granted (access), ==,
        habla_access_control_explain (access) == NULL);
  }
  rules.check_code = NULL;
  g_assert_cmpint (habla_access_control_check (
                       &rules, &(HablaAccessRequest){ .code_path = path, .code = "ABCDEFGH" }),
      ==, HABLA_ACCESS_WRONG_CODE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/access-control/hosts", test_hosts);
  g_test_add_func ("/access-control/origins", test_origins);
  g_test_add_func ("/access-control/other-sites", test_other_sites);
  g_test_add_func ("/access-control/tokens", test_tokens);
  g_test_add_func ("/access-control/wrong-cookies", test_wrong_cookies);
  g_test_add_func ("/access-control/checks", test_checks);
  g_test_add_func ("/access-control/cookies", test_cookies);
  g_test_add_func ("/access-control/codes", test_codes);
  return g_test_run ();
}
