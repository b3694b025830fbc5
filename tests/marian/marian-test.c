/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "marian-test.h"

#include <string.h>

static char *
dup_folder (const char *pair)
{
  g_autofree char *name = g_strdup_printf ("firefox-%s-tiny", pair);

  return g_build_filename (g_getenv ("HABLA_TEST_MODELS"), name, NULL);
}

gboolean
marian_test_find_models (void)
{
  const char *models = g_getenv ("HABLA_TEST_MODELS");
  g_autofree char *folder = models != NULL && *models != '\0' ? dup_folder ("en-pt") : NULL;

  return folder != NULL && g_file_test (folder, G_FILE_TEST_IS_DIR);
}

gboolean
marian_test_has_models (void)
{
  if (marian_test_find_models ())
    return TRUE;
  g_test_skip ("Firefox's models are not installed (meson option models_dir)");
  return FALSE;
}

char *
marian_test_dup_file (const char *pair, const char *role)
{
  g_autofree char *folder = dup_folder (pair);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, role) && !g_str_has_suffix (name, ".ini"))
      return g_build_filename (folder, name, NULL);
  g_error ("%s has no file %s", folder, role);
}

MarianModel *
marian_test_load (const char *pair, MarianArithmetic arithmetic)
{
  g_autofree char *model = marian_test_dup_file (pair, "model");
  g_autofree char *vocabulary = marian_test_dup_file (pair, "vocab");
  g_autofree char *shortlist = marian_test_dup_file (pair, "lex");
  MarianFiles files = { model, vocabulary, NULL, shortlist };
  g_autoptr (GError) error = NULL;
  MarianModel *loaded = marian_model_new (&files, arithmetic, &error);

  g_assert_no_error (error);
  return loaded;
}

GStrv
marian_test_read_lines (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("HABLA_TEST_MARIAN_DATA"), name, NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return g_strsplit (g_strchomp (text), "\n", -1);
}
