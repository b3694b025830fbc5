/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <daemon/network/announcement.h>
#include <string.h>

#define TOKEN "0123456789abcdef"
#define SPEAK "http://127.0.0.1:8700/?room=class"
#define LISTEN "https://192.0.2.7:8443/?room=class&listen=1#code=ABCDEFGH"

static const char *const urls[] = { "http://127.0.0.1:8700/", "https://[::]:8443/", NULL };

static const HablaAnnouncement lan = {
  .urls = urls,
  .speak = SPEAK,
  .listen = LISTEN,
  .speak_elsewhere = "https://192.0.2.7:8443/?room=class#token=" TOKEN,
  .is_lan = TRUE,
  .warns = TRUE,
};

static const HablaAnnouncement local = { .urls = urls, .speak = SPEAK };

/* Each of @words comes after those before it. */
static void
assert_order (const char *text, const char *const *words)
{
  const char *rest = text;

  for (guint i = 0; words[i] != NULL; i++) {
    rest = strstr (rest, words[i]);
    if (rest == NULL)
      g_error ("“%s” is missing, or too early, in: %s", words[i], text);
    rest += strlen (words[i]);
  }
}

static void
test_person (void)
{
  static const char *const words[] = { SPEAK "\n", LISTEN "\n", "docs/phones.md", "#token=" TOKEN,
    "Ctrl-C", NULL };
  g_autofree char *wide = habla_announcement_format_for_person (&lan, 80);
  g_autofree char *narrow = habla_announcement_format_for_person (&lan, 20);
  g_autofree char *none = habla_announcement_format_for_person (&lan, 0);

  assert_order (wide, words);
  assert_order (narrow, words);
  g_assert_null (strstr (narrow, "█"));
  g_assert_cmpstr (narrow, ==, none);
  g_assert_nonnull (strstr (wide, "To speak from another computer, open this"));
  if (strstr (wide, "█") != NULL) {
    static const char *const with_code[] = { LISTEN "\n", "█", "Ctrl-C", NULL };

    assert_order (wide, with_code);
  } else {
    g_test_skip ("built without libqrencode");
  }
}

static void
test_local (void)
{
  static const char *const words[] = { SPEAK "\n", "only on this computer", "hablad --lan",
    "Ctrl-C", NULL };
  g_autofree char *text = habla_announcement_format_for_person (&local, 80);

  assert_order (text, words);
  g_assert_null (strstr (text, "█"));
  g_assert_null (strstr (text, "certificate"));
}

/* A journal may be read by others, and programs read the first lines. */
static void
test_log (void)
{
  g_autofree char *text = habla_announcement_format_for_log (&lan);
  g_autofree char *without = habla_announcement_format_for_log (&local);

  g_assert_cmpstr (text, ==,
      "listening on http://127.0.0.1:8700/\n"
      "listening on https://[::]:8443/\n"
      "speak at " SPEAK "\n"
      "listen at " LISTEN "\n");
  g_assert_null (strstr (without, "listen at"));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/announcement/person", test_person);
  g_test_add_func ("/announcement/local", test_local);
  g_test_add_func ("/announcement/log", test_log);
  return habla_test_run ();
}
