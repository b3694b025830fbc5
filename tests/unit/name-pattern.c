/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <command/batch/name-pattern.h>

static void
test_expand (void)
{
  static const struct {
    const char *pattern;
    const char *input;
    gboolean is_only;
    const char *expected;
  } cases[] = {
    { "{name}.vtt", "/a/talk.mp4", TRUE, "talk.vtt" },
    { "{name}.vtt", "/a/talk.mp4", FALSE, "talk.es.vtt" },
    { "{name}.vtt", "file:///a/b%20c.mp4", TRUE, "b c.vtt" },
    { "{name}.vtt", "https://example.org/x/talk.v2.webm?t=1", TRUE, "talk.v2.vtt" },
    { "{name}.vtt", "a: b.mp4", TRUE, "a: b.vtt" },
    { "{dir}/out/{name}.vtt", "a/b/talk.mp4", TRUE, "a/b/out/talk.vtt" },
    { "{dir}/{name}.vtt", "talk.mp4", TRUE, "./talk.vtt" },
    { "{to}/{name}.vtt", "talk.mp4", FALSE, "es/talk.vtt" },
    { "{name}.{to}.vtt", "talk.mp4", TRUE, "talk.es.vtt" },
    { "{name}.vtt", ".hidden", TRUE, ".hidden.vtt" },
    { "{name}.vtt", "a/{to}{dir}.mp4", TRUE, "{to}{dir}.vtt" },
    { "{name}.vtt", NULL, TRUE, "{name}.vtt" },
    { "{to}.{nam}.{name", "a.mp4", TRUE, "es.{nam}.{name" },
    { "a.vtt", "talk.mp4", FALSE, "a.es.vtt" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path =
        habla_name_pattern_expand (cases[i].pattern, cases[i].input, "es", cases[i].is_only);

    g_assert_cmpstr (path, ==, cases[i].expected);
  }
}

static void
test_names_input (void)
{
  g_assert_true (habla_name_pattern_names_input ("{name}.vtt"));
  g_assert_true (habla_name_pattern_names_input ("{dir}/a.vtt"));
  g_assert_false (habla_name_pattern_names_input ("{to}.vtt"));
  g_assert_false (habla_name_pattern_names_input ("a.vtt"));
  g_assert_false (habla_name_pattern_names_input (NULL));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/name-pattern/expand", test_expand);
  g_test_add_func ("/name-pattern/names-input", test_names_input);
  return habla_test_run ();
}
