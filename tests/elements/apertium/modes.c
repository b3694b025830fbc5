/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include "modes.h"

#include <glib/gstdio.h>
#include <habla/error.h>

typedef struct {
  char *datadir;
  char *modes;
} Fixture;

static void
add_mode (Fixture *fixture, const char *name, const char *line)
{
  g_autofree char *file = g_strconcat (fixture->modes, "/", name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (file, line, -1, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer names)
{
  fixture->datadir = g_strdup_printf ("%s/data-XXXXXX", habla_test_get_dir ());
  g_assert_nonnull (g_mkdtemp (fixture->datadir));
  fixture->modes = g_build_filename (fixture->datadir, "modes", NULL);
  g_assert_cmpint (g_mkdir (fixture->modes, 0700), ==, 0);
  g_setenv ("APERTIUM_DATADIR", fixture->datadir, TRUE);
  for (const char *const *name = names; name != NULL && *name != NULL; name++) {
    g_autofree char *file = g_strconcat (*name, ".mode", NULL);

    add_mode (fixture, file, "cat '/dev/null'");
  }
}

static void
tear_down (Fixture *fixture, gconstpointer names)
{
  g_unsetenv ("APERTIUM_DATADIR");
  g_free (fixture->datadir);
  g_free (fixture->modes);
}

static char *
list (void)
{
  g_autoptr (ApertiumModes) modes = apertium_modes_load ();
  g_auto (GStrv) pairs = apertium_modes_list_pairs (modes);

  return g_strjoinv (" ", pairs);
}

/* Returns: (transfer full): the names of the modes of a path, or the error message */
static char *
find (const char *from, const char *to, HablaError code)
{
  g_autoptr (ApertiumModes) modes = apertium_modes_load ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) path = apertium_modes_find_path (modes, from, to, &error);
  g_autoptr (GString) names = g_string_new (NULL);

  if (path == NULL) {
    g_assert_error (error, HABLA_ERROR, (int) code);
    return g_strdup (error->message);
  }
  g_assert_no_error (error);
  for (guint i = 0; i < path->len; i++) {
    const ApertiumMode *mode = g_ptr_array_index (path, i);

    g_string_append_printf (names, "%s%s", i > 0 ? " " : "", mode->name);
  }
  return g_strdup (names->str);
}

static void
assert_path (const char *from, const char *to, const char *expected)
{
  g_autofree char *path = find (from, to, HABLA_ERROR_LANGUAGE);

  g_assert_cmpstr (path, ==, expected);
}

static void
test_names (Fixture *fixture, gconstpointer names)
{
  g_autofree char *pairs = NULL;

  add_mode (fixture, "README", "cat");
  add_mode (fixture, "en-de.mode~", "cat");
  pairs = list ();
  g_assert_cmpstr (pairs, ==, "es>ast es>ca es>ca-valencia es>fr es>pt-BR");
}

static const char *const test_names_modes[] = { "es-fr", "eco-es-fr", "spa-cat", "spa-cat_valencia",
  "spa-cat_valencia_uni", "es-pt_BR", "spa-ast", "eng-spa-tagger", "spa-eng_", "x-y", "-", "eng",
  NULL };

static void
test_shortest (Fixture *fixture, gconstpointer names)
{
  assert_path ("en", "es", "eng-spa");
  assert_path ("en", "fr", "eng-spa es-fr");
  /* The path through Spanish and French has three steps, that through Catalan two. */
  assert_path ("en", "it", "eng-cat cat-ita");
  assert_path ("fr", "it", "fr-ita");
  assert_path ("ca", "it", "cat-ita");
}

static const char *const test_shortest_modes[] = { "eng-spa", "es-fr", "fr-ita", "eng-cat",
  "cat-ita", NULL };

static void
test_list_through_third (Fixture *fixture, gconstpointer names)
{
  g_autofree char *pairs = list ();

  /* There is no path from English to American English through Spanish. */
  g_assert_cmpstr (pairs, ==, "en>es en>es>fr es>en es>en-US es>fr");
}

static const char *const test_list_through_third_modes[] = { "eng-spa", "spa-eng", "spa-eng_US",
  "es-fr", NULL };

static void
test_fallback (Fixture *fixture, gconstpointer names)
{
  assert_path ("es-MX", "en-GB", "spa-eng");
  assert_path ("es-MX", "en-US", "spa-eng_US");
  assert_path ("es", "pt-BR", "es-pt_BR");
  assert_path ("es-419", "pt-PT", "es-pt");
  assert_path ("en-US", "pt-BR", "eng-spa es-pt_BR");
}

static const char *const test_fallback_modes[] = { "spa-eng", "spa-eng_US", "eng-spa", "es-pt",
  "es-pt_BR", NULL };

static void
test_missing_pair (Fixture *fixture, gconstpointer names)
{
  g_autofree char *direct = find ("es", "ca", HABLA_ERROR_NOT_INSTALLED);
  g_autofree char *through = find ("en-US", "pt-BR", HABLA_ERROR_NOT_INSTALLED);
  g_autofree char *nowhere = find ("en", "ja", HABLA_ERROR_LANGUAGE);

  g_assert_true (g_str_has_suffix (direct, "`apt install apertium-spa-cat`"));
  g_assert_true (g_str_has_suffix (through, "`apt install apertium-es-pt`"));
  g_assert_nonnull (strstr (nowhere, "“en” to “ja”"));
}

static const char *const test_missing_pair_modes[] = { "eng-spa", NULL };

static void
test_nothing_installed (Fixture *fixture, gconstpointer names)
{
  g_autofree char *pairs = NULL, *path = NULL;

  g_rmdir (fixture->modes);
  pairs = list ();
  path = find ("en", "fr", HABLA_ERROR_NOT_INSTALLED);
  g_assert_cmpstr (pairs, ==, "");
  g_assert_nonnull (strstr (path, "apt install apertium-e"));
}

static void
test_missing_program (Fixture *fixture, gconstpointer names)
{
  g_autofree char *pairs = NULL, *path = NULL, *unknown = NULL;

  add_mode (fixture, "spa-cat.mode", "cat 'a|b' | cg-nosuch -w '/x' | cat");
  add_mode (fixture, "spa-arg.mode", "nosuch $1");
  pairs = list ();
  path = find ("es", "ca", HABLA_ERROR_NOT_INSTALLED);
  unknown = find ("es", "an", HABLA_ERROR_NOT_INSTALLED);
  g_assert_cmpstr (pairs, ==, "es>en");
  g_assert_true (g_str_has_suffix (path, "`apt install cg3`"));
  g_assert_nonnull (strstr (unknown, "nosuch"));
}

static const char *const test_missing_program_modes[] = { "spa-eng", NULL };

static GPtrArray *
load_stages (const char *from, const char *to)
{
  g_autoptr (ApertiumModes) modes = apertium_modes_load ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) path = apertium_modes_find_path (modes, from, to, &error);
  GPtrArray *stages;

  g_assert_no_error (error);
  stages = apertium_mode_load_stages (g_ptr_array_index (path, 0), &error);
  g_assert_no_error (error);
  return stages;
}

static void
test_stages (Fixture *fixture, gconstpointer names)
{
  static const char *const expected[] = { "cat -z a b c", "cat -z -n y", "cat -z -g it's" };
  g_autoptr (GPtrArray) stages = NULL;

  add_mode (fixture, "eng-spa.mode", "cat 'a b c' | cat $1 'y'|cat -g $2 \"it's\"");
  stages = load_stages ("en", "es");
  g_assert_cmpuint (stages->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < stages->len; i++) {
    g_autofree char *line = g_strjoinv (" ", g_ptr_array_index (stages, i));

    g_assert_cmpstr (line, ==, expected[i]);
  }
}

static void
test_broken_mode (Fixture *fixture, gconstpointer names)
{
  g_autoptr (ApertiumModes) modes = NULL;
  g_autoptr (GPtrArray) path = NULL;
  g_autoptr (GError) error = NULL;

  add_mode (fixture, "eng-spa.mode", "cat 'a | cat");
  modes = apertium_modes_load ();
  path = apertium_modes_find_path (modes, "en", "es", &error);
  g_assert_no_error (error);
  g_assert_null (apertium_mode_load_stages (g_ptr_array_index (path, 0), &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE);
  g_assert_nonnull (strstr (error->message, "eng-spa.mode"));
}

static void
test_installed (void)
{
  g_autofree char *pairs = list ();
  g_auto (GStrv) split = g_strsplit (pairs, " ", -1);
  g_autoptr (GPtrArray) stages = load_stages ("en", "es");

  g_assert_true (g_strv_contains ((const char *const *) split, "en>es"));
  g_assert_true (g_strv_contains ((const char *const *) split, "en>es>fr"));
  g_assert_cmpuint (stages->len, >, 5);
  for (guint i = 0; i < stages->len; i++) {
    char **argv = g_ptr_array_index (stages, i);

    g_assert_true (g_strv_contains ((const char *const *) argv, "-z"));
    g_assert_false (g_str_has_prefix (argv[0], "apertium-wblank"));
  }
}

#define ADD(path, name, modes) g_test_add (path, Fixture, modes, set_up, name, tear_down)

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  ADD ("/modes/names", test_names, test_names_modes);
  ADD ("/modes/shortest", test_shortest, test_shortest_modes);
  ADD ("/modes/list-through-third", test_list_through_third, test_list_through_third_modes);
  ADD ("/modes/fallback", test_fallback, test_fallback_modes);
  ADD ("/modes/missing-pair", test_missing_pair, test_missing_pair_modes);
  ADD ("/modes/nothing-installed", test_nothing_installed, NULL);
  ADD ("/modes/missing-program", test_missing_program, test_missing_program_modes);
  ADD ("/modes/stages", test_stages, NULL);
  ADD ("/modes/broken-mode", test_broken_mode, NULL);
  g_test_add_func ("/modes/installed", test_installed);
  return habla_test_run ();
}
