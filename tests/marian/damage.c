/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Damaged files give an error, or a model whose translations make no sense, but no crash.
 * $HABLA_TEST_DAMAGED_FILES is the number of files to try, one million each night. */
#include "marian-test.h"

#include "tiny-model.h"

static const MarianContext english = { .language = "en" };

#define N_DAMAGED 20000
#define N_FILES 3 /* that a model has */

static guint
get_n_damaged (void)
{
  const char *wanted = g_getenv ("HABLA_TEST_DAMAGED_FILES");

  if (wanted != NULL)
    return g_ascii_strtoull (wanted, NULL, 10);
  return habla_test_repeat (N_DAMAGED) == 1 ? N_DAMAGED / 100 : N_DAMAGED;
}

static MarianModel *
load (const TinyModel *tiny, MarianArithmetic arithmetic, GError **error)
{
  MarianFiles files = { tiny->model, tiny->vocabulary, NULL, tiny->shortlist };

  return marian_model_new (&files, arithmetic, error);
}

static void
damage (GRand *rand, const char *original, gsize length, const char *path, gsize header)
{
  g_autofree char *data = g_memdup2 (original, length);

  if (g_rand_int_range (rand, 0, 8) == 0)
    length = g_rand_int_range (rand, 0, length);
  else
    for (gint32 i = g_rand_int_range (rand, 1, 6); i > 0; i--) {
      gsize place = g_rand_int_range (rand, 0, g_rand_boolean (rand) ? header : length);

      data[place] = g_rand_boolean (rand) ? g_rand_int (rand) : (g_rand_boolean (rand) ? 0 : 0xff);
    }
  g_assert_true (
      g_file_set_contents_full (path, data, length, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

/* @header: number of bytes that are damaged more often; @n_refused: (inout): files that did not
 * load */
static void
check_damaged (const char *path, TinyModel *tiny, gsize header, guint *n_refused)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  g_autofree char *original = NULL;
  gsize length;
  guint n = (get_n_damaged () + N_FILES - 1) / N_FILES;

  g_assert_true (g_file_get_contents (path, &original, &length, NULL));
  for (guint i = 0; i < n; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MarianModel) model = NULL;
    g_autofree char *translation = NULL;

    damage (rand, original, length, path, MIN (header, length));
    model = load (tiny, i % 3, &error);
    if (model == NULL) {
      g_assert_nonnull (error);
      g_assert_true (error->domain == MARIAN_ERROR || error->domain == G_FILE_ERROR);
      (*n_refused)++;
      continue;
    }
    translation = marian_translate (model, "hello world", &english, NULL, &error);
    g_assert_no_error (error);
    g_assert_true (g_utf8_validate (translation, -1, NULL));
  }
  g_assert_true (g_file_set_contents (path, original, length, NULL));
}

static void
test_model (void)
{
  TinyModel tiny;
  guint n_refused = 0;

  tiny_model_write (habla_test_get_dir (), FALSE, &tiny);
  check_damaged (tiny.model, &tiny, 4096, &n_refused);
  g_assert_cmpuint (n_refused, >, 0);
  tiny_model_clear (&tiny);
}

static void
test_vocabulary (void)
{
  TinyModel tiny;
  guint n_refused = 0;

  tiny_model_write (habla_test_get_dir (), FALSE, &tiny);
  check_damaged (tiny.vocabulary, &tiny, G_MAXSIZE, &n_refused);
  g_assert_cmpuint (n_refused, >, 0);
  tiny_model_clear (&tiny);
}

/* The checksum finds all damage but that of the unused bytes after it. */
static void
test_shortlist (void)
{
  TinyModel tiny;
  guint n_refused = 0;

  tiny_model_write (habla_test_get_dir (), FALSE, &tiny);
  check_damaged (tiny.shortlist, &tiny, 48, &n_refused);
  g_assert_cmpuint (n_refused, >, 0);
  tiny_model_clear (&tiny);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);

  g_test_add_func ("/marian/damage/model", test_model);
  g_test_add_func ("/marian/damage/vocabulary", test_vocabulary);
  g_test_add_func ("/marian/damage/shortlist", test_shortlist);

  return habla_test_run ();
}
