/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests the choice of engines with real elements that this test registers. */
#include "habla-test.h"
#include "test-engine.h"

#include <string.h>

static const char *const neural[] = { "qaa", "en", NULL };
static const char *const classic[] = { "qaa-Latn", "qab", NULL };
static const char *const hidden[] = { "qac", NULL };
static const char *const installable[] = { "qad", NULL };
static const char *const neural_pairs[] = { "qaa>en", "en>qaa>qab", NULL };
static const char *const classic_pairs[] = { "qaa>en", "qaa>qab", NULL };

static const TestEngine engines[] = {
  { "aclassictranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_SECONDARY, classic },
  { "bneuraltranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_PRIMARY, neural },
  { "cneuraltranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_PRIMARY, neural },
  { "hiddentranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_NONE, hidden },
  { "latertranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_MARGINAL, installable, "later" },
  { "aclassictranslator", HABLA_ENGINE_TRANSLATOR, GST_RANK_SECONDARY, classic_pairs },
  { "neuraltranslator", HABLA_ENGINE_TRANSLATOR, GST_RANK_PRIMARY, neural_pairs },
  { "aclassicsynthesizer", HABLA_ENGINE_SYNTHESIZER, GST_RANK_SECONDARY, classic },
  { "neuralsynthesizer", HABLA_ENGINE_SYNTHESIZER, GST_RANK_PRIMARY, neural },
};

/* They support any language, as far as is known. */
static const TestEngine foreign[] = {
  { "foreigntranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_PRIMARY + 1 },
  { "cloudtranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_NONE },
  { "foreigntranslator", HABLA_ENGINE_TRANSLATOR, GST_RANK_PRIMARY + 1 },
  { "foreignsynthesizer", HABLA_ENGINE_SYNTHESIZER, GST_RANK_PRIMARY + 1 },
};

/* @element: (nullable): NULL = none */
static void
assert_chosen (HablaEngineKind kind, const char *from, const char *to, const char *element)
{
  g_autoptr (GPtrArray) list = habla_engine_list ();
  g_autoptr (GError) error = NULL;
  const HablaEngine *engine = habla_engine_choose (list, kind, from, to, &error);

  g_assert_cmpstr (engine != NULL ? engine->element : NULL, ==, element);
  g_assert_true ((error != NULL) == (element == NULL));
}

/* The greatest rank and then the first name win, of those that have the language. */
static void
test_choose (void)
{
  assert_chosen (HABLA_ENGINE_TRANSCRIBER, "qaa", NULL, "bneuraltranscriber");
  assert_chosen (HABLA_ENGINE_TRANSCRIBER, "qaa-Latn", NULL, "bneuraltranscriber");
  assert_chosen (HABLA_ENGINE_TRANSCRIBER, "en-US", NULL, "bneuraltranscriber");
  assert_chosen (HABLA_ENGINE_TRANSCRIBER, "qab", NULL, "aclassictranscriber");
  assert_chosen (HABLA_ENGINE_TRANSLATOR, "qaa", "en", "neuraltranslator");
  assert_chosen (HABLA_ENGINE_TRANSLATOR, "en", "qab", "neuraltranslator");
  assert_chosen (HABLA_ENGINE_TRANSLATOR, "qaa", "qab", "aclassictranslator");
  assert_chosen (HABLA_ENGINE_TRANSLATOR, "qab", "qaa", NULL);
  assert_chosen (HABLA_ENGINE_SYNTHESIZER, "qaa", NULL, "neuralsynthesizer");
  assert_chosen (HABLA_ENGINE_SYNTHESIZER, "qab", NULL, "aclassicsynthesizer");
  assert_chosen (HABLA_ENGINE_TRANSCRIBER, "qac", NULL, NULL);
}

/* Languages that are installed while the process runs are found by the next list. */
static void
test_installed_later (void)
{
  g_autofree char *root = g_build_filename (habla_test_get_dir (), "later-models", NULL);
  g_autofree char *folder = g_build_filename (root, "later", NULL);
  g_autofree char *before = g_strdup (g_getenv ("HABLA_MODELS_PATH"));

  g_setenv ("HABLA_MODELS_PATH", root, TRUE);
  assert_chosen (HABLA_ENGINE_TRANSCRIBER, "qad", NULL, NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  assert_chosen (HABLA_ENGINE_TRANSCRIBER, "qad", NULL, "latertranscriber");
  if (before != NULL)
    g_setenv ("HABLA_MODELS_PATH", before, TRUE);
  else
    g_unsetenv ("HABLA_MODELS_PATH");
}

/* Errors say what there is, and both ways to install more. */
static void
test_errors (void)
{
  static const struct {
    HablaEngineKind kind;
    const char *from, *to;
    const char *words[4];
  } cases[] = {
    { HABLA_ENGINE_TRANSCRIBER, "qac", NULL,
        { "“qac” cannot be heard here", "bneuraltranscriber hears qaa, en", "habla setup qac" } },
    { HABLA_ENGINE_TRANSLATOR, "qaa", "qac",
        { "“qaa” cannot be translated into “qac” here",
            "aclassictranslator translates it into en, qab", "apt-cache search",
            "habla setup qaa qac" } },
    { HABLA_ENGINE_SYNTHESIZER, "qac", NULL,
        { "“qac” cannot be spoken here", "aclassicsynthesizer speaks qaa-Latn, qab",
            "install espeak-ng-data", "habla setup qac" } },
  };
  g_autoptr (GPtrArray) list = habla_engine_list ();
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (habla_engine_choose (list, cases[i].kind, cases[i].from, cases[i].to, &error));
    g_assert_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE);
    for (guint j = 0; j < G_N_ELEMENTS (cases[i].words) && cases[i].words[j] != NULL; j++)
      if (strstr (error->message, cases[i].words[j]) == NULL)
        g_error ("“%s” is not in: %s", cases[i].words[j], error->message);
    g_assert_null (strstr (error->message, "hiddentranscriber"));
    g_clear_error (&error);
    g_assert_null (habla_engine_choose (none, cases[i].kind, cases[i].from, cases[i].to, &error));
    g_assert_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED);
    g_assert_nonnull (strstr (error->message, habla_engine_kind_get_name (cases[i].kind)));
    g_clear_error (&error);
  }
  {
    g_autofree char *remedy =
        habla_engine_describe_remedy (HABLA_ENGINE_TRANSCRIBER, "en-GB", NULL);

    g_assert_nonnull (strstr (remedy, "install pocketsphinx-en-us for English"));
    g_assert_nonnull (strstr (remedy, "habla setup en-GB"));
  }
}

/* Elements that are no engines. */
static void
test_new (void)
{
  g_autoptr (HablaEngine) engine = habla_engine_new ("hiddentranscriber");

  g_assert_null (habla_engine_new ("identity"));
  g_assert_null (habla_engine_new ("audioconvert"));
  g_assert_null (habla_engine_new ("hablainterpreter"));
  g_assert_null (habla_engine_new ("nosuchelement"));
  g_assert_cmpint (engine->kind, ==, HABLA_ENGINE_TRANSCRIBER);
  g_assert_cmpuint (engine->rank, ==, GST_RANK_NONE);
  g_assert_true (engine->lists_languages);
  g_assert_true (habla_engine_has_language (engine, "qac"));
  g_assert_false (habla_engine_has_language (engine, "en"));
}

/* Engines that do not list their languages are used for those that no other has, whatever their
 * rank, but never if it is NONE. */
static void
test_foreign (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (foreign); i++)
    test_engine_register (NULL, &foreign[i]);
  assert_chosen (HABLA_ENGINE_TRANSCRIBER, "qaa", NULL, "bneuraltranscriber");
  assert_chosen (HABLA_ENGINE_TRANSCRIBER, "qac", NULL, "foreigntranscriber");
  assert_chosen (HABLA_ENGINE_TRANSLATOR, "qaa", "qab", "aclassictranslator");
  assert_chosen (HABLA_ENGINE_TRANSLATOR, "qab", "qaa", "foreigntranslator");
  assert_chosen (HABLA_ENGINE_SYNTHESIZER, "qab", NULL, "aclassicsynthesizer");
  assert_chosen (HABLA_ENGINE_SYNTHESIZER, "qac", NULL, "foreignsynthesizer");
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (engines); i++)
    test_engine_register (NULL, &engines[i]);
  g_test_add_func ("/engine/choose", test_choose);
  g_test_add_func ("/engine/installed-later", test_installed_later);
  g_test_add_func ("/engine/errors", test_errors);
  g_test_add_func ("/engine/new", test_new);
  g_test_add_func ("/engine/foreign", test_foreign);
  return habla_test_run ();
}
