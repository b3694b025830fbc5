/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

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

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/engine-registry/pairs", test_pairs);
  g_test_add_func ("/engine-registry/languages", test_languages);
  g_test_add_func ("/engine-registry/collect", test_collect);
  return habla_test_run ();
}
