/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <command/output/terminal-output.h>

static void
assert_clipped (const char *text, guint columns, gboolean tail, const char *wanted)
{
  g_autofree char *clipped = habla_terminal_output_clip (text, columns, tail);

  g_assert_cmpstr (clipped, ==, wanted);
}

static void
test_clip (void)
{
  assert_clipped ("abcdef", 6, FALSE, "abcdef");
  assert_clipped ("abcdef", 5, FALSE, "abcd…");
  assert_clipped ("abcdef", 5, TRUE, "…cdef");
  assert_clipped ("abcdef", 1, FALSE, "…");
  assert_clipped ("abcdef", 1, TRUE, "…");
  assert_clipped ("abcdef", 0, TRUE, "");
  assert_clipped ("", 0, FALSE, "");
}

/* A wide character takes two columns and is not cut in half; a combining one takes none. */
static void
test_clip_by_width (void)
{
  assert_clipped ("日本語", 6, FALSE, "日本語");
  assert_clipped ("日本語", 5, FALSE, "日本…");
  assert_clipped ("日本語", 4, FALSE, "日…");
  assert_clipped ("日本語", 4, TRUE, "…語");
  assert_clipped ("an\xcc\x83o", 3, FALSE, "an\xcc\x83o");
  assert_clipped ("an\xcc\x83o", 2, FALSE, "a…");
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/terminal-output/clip", test_clip);
  g_test_add_func ("/terminal-output/clip-by-width", test_clip_by_width);
  return habla_test_run ();
}
