/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"
#include "test-engine.h"

#include <glib/gstdio.h>
#include <habla/error.h>
#include <pipeline/engines/engine-preloader.h>

static const char *const heard[] = { "qaa", NULL };
static const char *const pairs[] = { "qaa>qab", NULL };
static int n_classic, n_better;

static const TestEngine engines[] = {
  { "classictranslator", HABLA_ENGINE_TRANSLATOR, GST_RANK_SECONDARY, pairs, NULL, &n_classic },
  { "bettertranslator", HABLA_ENGINE_TRANSLATOR, GST_RANK_PRIMARY, pairs, "better", &n_better },
  { "bettertranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_PRIMARY, heard, "better" },
};

/* @transcriber: (nullable): what is loaded; @translator: (nullable): the same */
static void
assert_loaded (HablaEnginePreloader *self, const char *transcriber, const char *translator)
{
  g_autofree char *first = habla_engine_preloader_get_loaded (self, HABLA_ENGINE_TRANSCRIBER);
  g_autofree char *second = habla_engine_preloader_get_loaded (self, HABLA_ENGINE_TRANSLATOR);

  g_assert_cmpstr (first, ==, transcriber);
  g_assert_cmpstr (second, ==, translator);
}

static void
update (HablaEnginePreloader *self, const char *to)
{
  g_autoptr (GPtrArray) list = habla_engine_list ();

  habla_engine_preloader_set_engines (self, list, "qaa", to);
  g_assert_false (habla_engine_preloader_are_loaded (self));
}

/* The engines that are the best now are loaded, and the earlier ones released. */
static void
test_replaced (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("HABLA_MODELS_PATH"), "better", NULL);
  g_autoptr (GPtrArray) list = habla_engine_list ();
  g_autoptr (GError) error = NULL;
  HablaEnginePreloader *self = habla_engine_preloader_new (list, "qaa", "qab");

  assert_loaded (self, NULL, NULL);
  g_assert_true (habla_engine_preloader_load (self, &error));
  assert_loaded (self, NULL, "classictranslator");
  g_assert_cmpint (n_classic, ==, 1);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  update (self, "qab");
  assert_loaded (self, NULL, "classictranslator");
  g_assert_true (habla_engine_preloader_probe (self, &error));
  g_assert_no_error (error);
  g_assert_true (habla_engine_preloader_are_loaded (self));
  assert_loaded (self, "bettertranscriber", "bettertranslator");
  g_assert_cmpint (n_classic, ==, 0);
  g_assert_cmpint (n_better, ==, 1);

  /* Again, as for another model of the same engine: one is loaded in the end. */
  update (self, "qab");
  g_assert_true (habla_engine_preloader_load (self, &error));
  g_assert_true (habla_engine_preloader_load (self, &error));
  g_assert_cmpint (n_better, ==, 1);

  g_assert_cmpint (g_rmdir (folder), ==, 0);
  update (self, "qab");
  g_assert_true (habla_engine_preloader_load (self, &error));
  assert_loaded (self, NULL, "classictranslator");
  g_assert_cmpint (n_classic, ==, 1);
  g_assert_cmpint (n_better, ==, 0);

  /* No engine that can be loaded. */
  update (self, "qac");
  g_assert_false (habla_engine_preloader_load (self, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED);
  g_assert_false (habla_engine_preloader_are_loaded (self));
  assert_loaded (self, NULL, NULL);
  g_assert_cmpint (n_classic, ==, 0);
  habla_engine_preloader_free (self);
}

/* A server is neither loaded nor asked. */
static void
test_server (void)
{
  g_autoptr (GPtrArray) list = habla_engine_list ();
  g_autoptr (GError) error = NULL;
  HablaEnginePreloader *self;

  if (!gst_registry_check_feature_version (gst_registry_get (), "openaitranslator", 0, 0, 0)) {
    g_test_skip ("openaitranslator is not built");
    return;
  }
  habla_engine_registry_set_named (
      list, HABLA_ENGINE_TRANSLATOR, "openaitranslator url=http://127.0.0.1:9 model=m");
  self = habla_engine_preloader_new (list, "sv", "ja");
  g_assert_true (habla_engine_preloader_load (self, &error));
  g_assert_no_error (error);
  g_assert_true (habla_engine_preloader_probe (self, &error));
  assert_loaded (self, NULL, NULL);
  habla_engine_preloader_free (self);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (engines); i++)
    test_engine_register (NULL, &engines[i]);
  g_test_add_func ("/engine-preloader/replaced", test_replaced);
  g_test_add_func ("/engine-preloader/server", test_server);
  return habla_test_run ();
}
