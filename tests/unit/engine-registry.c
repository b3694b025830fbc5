/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"
#include "test-engine.h"

#include <pipeline/engines/engine-registry.h>
#include <habla/error.h>
#include <string.h>

static void
test_pairs (void)
{
  char *pairs[] = { "en>es", "en>es>fr", "es-419>pt", NULL };
  HablaEngine engine = { HABLA_ENGINE_TRANSLATOR, "translator", GST_RANK_PRIMARY, TRUE, pairs };
  g_autoptr (GError) error = NULL;

  g_assert_true (habla_engine_check_pair (&engine, "en", "es", &error));
  g_assert_true (habla_engine_check_pair (&engine, "en-GB", "es-MX", &error));
  g_assert_true (habla_engine_check_pair (&engine, "en", "fr", &error));
  g_assert_true (habla_engine_check_pair (&engine, "es", "pt-BR", &error));
  g_assert_no_error (error);
  g_assert_false (habla_engine_check_pair (&engine, "en", "pt", &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE);
  g_assert_nonnull (strstr (error->message, "“en” cannot be translated into “pt”"));
  g_assert_nonnull (strstr (error->message, "into es, fr;"));
  g_clear_error (&error);
  g_assert_false (habla_engine_check_pair (&engine, "pt", "en", &error));
  g_assert_nonnull (strstr (error->message, "into nothing;"));
}

static void
test_languages (void)
{
  char *languages[] = { "en-US", "es", NULL };
  char *none[] = { NULL };
  HablaEngine engine = { HABLA_ENGINE_TRANSCRIBER, "transcriber", GST_RANK_PRIMARY, TRUE,
    languages };
  g_autoptr (GError) error = NULL;

  g_assert_true (habla_engine_check_language (&engine, "en", &error));
  g_assert_true (habla_engine_check_language (&engine, "en-GB", &error));
  g_assert_false (habla_engine_check_language (&engine, "fr", &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE);
  g_assert_nonnull (strstr (error->message, "transcriber hears en-US, es"));
  g_clear_error (&error);
  engine.languages = none;
  engine.kind = HABLA_ENGINE_SYNTHESIZER;
  g_assert_false (habla_engine_check_language (&engine, "es", &error));
  g_assert_nonnull (strstr (error->message, "speaks nothing; install espeak-ng-data"));
}

/* A room offers what may be chosen: no engine of rank NONE, each language once. */
static void
test_collect (void)
{
  char *neural[] = { "en", "es-MX", NULL };
  char *classic[] = { "en", "en-US", "fr", NULL };
  char *pairs[] = { "en>es", "tlh>en", NULL };
  HablaEngine engines[] = {
    { HABLA_ENGINE_TRANSCRIBER, "neural", GST_RANK_PRIMARY, TRUE, neural },
    { HABLA_ENGINE_TRANSCRIBER, "classic", GST_RANK_SECONDARY, TRUE, classic },
    { HABLA_ENGINE_TRANSCRIBER, "unused", GST_RANK_NONE, TRUE, pairs },
    { HABLA_ENGINE_TRANSLATOR, "translator", GST_RANK_SECONDARY, TRUE, pairs },
  };
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  HablaLanguages languages = { NULL };
  const char *const heard[] = { "en", "es-MX", "en-US", "fr", NULL };
  const char *const sources[] = { "en", "tlh", "es", "fr", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (engines); i++)
    g_ptr_array_add (list, &engines[i]);
  habla_engine_registry_collect_languages (list, &languages);
  g_assert_cmpstrv (languages.heard, heard);
  g_assert_cmpstrv (languages.sources, sources);
  g_assert_cmpuint (g_strv_length (languages.spoken), ==, 0);
  habla_languages_clear (&languages);
}

static const char *const heard[] = { "qaa", NULL };
static const char *const translated[] = { "qaa>qab", NULL };
static const TestEngine test_engines[] = {
  { "faketranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_PRIMARY, heard },
  { "faketranslator", HABLA_ENGINE_TRANSLATOR, GST_RANK_PRIMARY, translated },
};

static gboolean
register_engines (GstPlugin *plugin)
{
  for (guint i = 0; i < G_N_ELEMENTS (test_engines); i++)
    test_engine_register (plugin, &test_engines[i]);
  return TRUE;
}

static void
install_model (const char *id, const char *job, const char *language, guint quality)
{
  g_autofree char *folder = g_build_filename (g_getenv ("HABLA_MODELS_PATH"), id, NULL);
  g_autofree char *path = g_build_filename (folder, "model.ini", NULL);
  g_autofree char *text =
      g_strdup_printf ("[Model]\nId=%s\nEngine=fake\nJob=%s\nArchitecture=none\n"
                       "Languages=%s\nQuality=%u\n",
          id, job, language, quality);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* @id: (nullable): NULL = no model */
static void
assert_model (const char *element, const char *from, const char *to, const char *id)
{
  g_autoptr (HablaEngine) engine = habla_engine_new (element);
  g_autoptr (HablaModel) model = habla_engine_find_model (engine, from, to);

  g_assert_cmpstr (model != NULL ? habla_model_get_id (model) : NULL, ==, id);
}

/* The best model of the engine's library. */
static void
test_model (void)
{
  g_assert_true (gst_plugin_register_static (GST_VERSION_MAJOR, GST_VERSION_MINOR, "hablafake",
      "Engines of this test", register_engines, "1", "LGPL", "fake", "fake", "fake"));
  assert_model ("faketranscriber", "qaa", NULL, NULL);
  install_model ("poor", "transcriber", "qaa", 10);
  install_model ("good", "transcriber", "qaa", 20);
  install_model ("pair", "translator", "qaa>qab", 10);
  assert_model ("faketranscriber", "qaa", NULL, "good");
  assert_model ("faketranscriber", "qab", NULL, NULL);
  assert_model ("faketranslator", "qaa", "qab", "pair");
  assert_model ("faketranslator", "qab", "qaa", NULL);
}

/* What an owner may choose: what has the languages, without engines of rank NONE. */
static void
test_offering (void)
{
  char *neural[] = { "qab>qac", NULL };
  char *classic[] = { "qaa>qab", "qab>qac", "qab>qad", NULL };
  char *known[] = { "qab", NULL };
  HablaEngine engines[] = {
    { HABLA_ENGINE_TRANSCRIBER, "hears", GST_RANK_PRIMARY, TRUE, known },
    { HABLA_ENGINE_TRANSLATOR, "neural", GST_RANK_PRIMARY, TRUE, neural },
    { HABLA_ENGINE_TRANSLATOR, "classic", GST_RANK_SECONDARY, TRUE, classic },
    { HABLA_ENGINE_TRANSLATOR, "hidden", GST_RANK_NONE, TRUE, classic },
  };
  const char *first[] = { "qac", "qad", NULL }, *second[] = { "qad", NULL };
  const char *all[] = { "neural", "classic", NULL }, *one[] = { "classic", NULL };
  const char *hears[] = { "hears", NULL };
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_autoptr (GPtrArray) other = g_ptr_array_new ();
  g_auto (GStrv) both = NULL;
  g_auto (GStrv) some = NULL;
  g_auto (GStrv) none = NULL;
  g_auto (GStrv) transcribers = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (engines); i++) {
    g_ptr_array_add (list, &engines[i]);
    g_ptr_array_add (other, &engines[i]);
  }
  both = habla_engine_registry_list_offering (list, HABLA_ENGINE_TRANSLATOR, "qab", first);
  some = habla_engine_registry_list_offering (list, HABLA_ENGINE_TRANSLATOR, "qab-AA", second);
  none = habla_engine_registry_list_offering (list, HABLA_ENGINE_TRANSLATOR, "qac", second);
  transcribers = habla_engine_registry_list_offering (list, HABLA_ENGINE_TRANSCRIBER, "qab", NULL);
  g_assert_cmpstrv (both, all);
  g_assert_cmpstrv (some, one);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_cmpstrv (transcribers, hears);

  g_assert_true (habla_engine_registry_are_equal (list, other));
  other->pdata[2] = &engines[3];
  g_assert_false (habla_engine_registry_are_equal (list, other));
  g_ptr_array_set_size (other, 2);
  g_assert_false (habla_engine_registry_are_equal (list, other));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/engine-registry/pairs", test_pairs);
  g_test_add_func ("/engine-registry/languages", test_languages);
  g_test_add_func ("/engine-registry/collect", test_collect);
  g_test_add_func ("/engine-registry/offering", test_offering);
  g_test_add_func ("/engine-registry/model", test_model);
  return habla_test_run ();
}
