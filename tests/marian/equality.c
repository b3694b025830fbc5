/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares translations with those of two references, which data/README.md describes. */
#include "marian-test.h"

/* A sentence a line: marian_translate() would split some of them. */
static guint
count_different (const char *pair, const char *input, const char *expected,
    MarianArithmetic arithmetic, guint step)
{
  g_autoptr (MarianModel) model = marian_test_load (pair, arithmetic);
  g_auto (GStrv) sources = marian_test_read_lines (input);
  g_auto (GStrv) targets = marian_test_read_lines (expected);
  guint n_different = 0;

  g_assert_cmpuint (g_strv_length (sources), ==, 300);
  g_assert_cmpuint (g_strv_length (targets), ==, 300);
  for (guint i = 0; i < 300; i += step) {
    g_autoptr (MarianTranslation) translation =
        marian_translate_sentence (model, sources[i], NULL, NULL, NULL);

    if (g_strcmp0 (translation->text, targets[i]) == 0)
      continue;
    g_test_message ("%s: “%s” instead of “%s”", sources[i], translation->text, targets[i]);
    n_different++;
  }
  return n_different;
}

/* Floating point is slow: one line in six. The sanitizers make everything slow. */
static guint
get_step (guint step)
{
  return habla_test_repeat (2) == 1 ? 30 : step;
}

static void
test_float (void)
{
  if (!marian_test_has_models ())
    return;
  g_assert_cmpuint (count_different ("en-pt", "sentences.en.txt", "en-pt.float.txt",
                        MARIAN_ARITHMETIC_FLOAT, get_step (6)),
      ==, 0);
  g_assert_cmpuint (count_different ("pt-en", "sentences.pt.txt", "pt-en.float.txt",
                        MARIAN_ARITHMETIC_FLOAT, get_step (6)),
      ==, 0);
}

/* The order of floating point operations differs in places, which changes some lines. */
static void
test_saturating (void)
{
  if (!marian_test_has_models ())
    return;
  g_assert_cmpuint (count_different ("en-pt", "sentences.en.txt", "en-pt.int8-saturating.txt",
                        MARIAN_ARITHMETIC_INT8_SATURATING, get_step (1)),
      <=, 9);
  g_assert_cmpuint (count_different ("pt-en", "sentences.pt.txt", "pt-en.int8-saturating.txt",
                        MARIAN_ARITHMETIC_INT8_SATURATING, get_step (1)),
      <=, 9);
}

static void
test_auto (void)
{
  if (!marian_test_has_models ())
    return;
  g_assert_cmpuint (count_different ("en-pt", "sentences.en.txt", "en-pt.float.txt",
                        MARIAN_ARITHMETIC_AUTO, get_step (1)),
      <=, 3);
  g_assert_cmpuint (count_different ("pt-en", "sentences.pt.txt", "pt-en.float.txt",
                        MARIAN_ARITHMETIC_AUTO, get_step (1)),
      <=, 3);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);

  g_test_add_func ("/marian/equality/float", test_float);
  g_test_add_func ("/marian/equality/int8-saturating", test_saturating);
  g_test_add_func ("/marian/equality/auto", test_auto);

  return habla_test_run ();
}
