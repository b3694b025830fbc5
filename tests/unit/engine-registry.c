/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <pipeline/engines/engine-registry.h>
#include <habla/error.h>
#include <string.h>

static void
test_pairs (void)
{
  char *pairs[] = { "en>es", "en>es>fr", "es-419>pt", NULL };
  HablaEngine engine = { HABLA_ENGINE_TRANSLATOR, "translator", pairs };
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
  HablaEngine engine = { HABLA_ENGINE_TRANSCRIBER, "transcriber", languages };
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

/* Elements without a list of languages, and elements that do not exist, are not engines. */
static void
test_no_engines (void)
{
  g_autoptr (GPtrArray) engines = habla_engine_registry_list ();

  g_assert_null (habla_engine_new ("identity"));
  g_assert_null (habla_engine_new ("nosuchelement"));
  for (guint i = 0; i < engines->len; i++) {
    HablaEngine *engine = g_ptr_array_index (engines, i);

    g_assert_nonnull (engine->languages);
    g_assert_cmpstr (engine->element, !=, "hablainterpreter");
  }
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/engine-registry/pairs", test_pairs);
  g_test_add_func ("/engine-registry/languages", test_languages);
  g_test_add_func ("/engine-registry/no-engines", test_no_engines);
  return habla_test_run ();
}
