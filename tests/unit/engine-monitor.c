/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"
#include "test-engine.h"

#include <glib/gstdio.h>
#include <pipeline/engines/engine-monitor.h>

#define SECONDS 60

static const char *const languages[] = { "qaa", NULL };
static const TestEngine engine = { "latertranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_PRIMARY,
  languages, "later" };

typedef struct {
  guint n_notified;
  gboolean has_language;
} Heard;

static void
on_changed (GPtrArray *engines, gpointer user_data)
{
  Heard *heard = user_data;

  heard->n_notified++;
  heard->has_language =
      habla_engine_choose (engines, HABLA_ENGINE_TRANSCRIBER, "qaa", NULL, NULL) != NULL;
}

static gboolean
on_deadline (gpointer data)
{
  g_error ("the monitor did not notify within %d s", SECONDS);
  return G_SOURCE_REMOVE;
}

static void
wait_for_language (Heard *heard, gboolean has_language)
{
  guint timer = g_timeout_add_seconds (habla_test_scale (SECONDS), on_deadline, NULL);

  while (heard->n_notified == 0 || heard->has_language != has_language)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
}

/* @data: whether the folder of models exists when the monitor starts */
static void
test_changes (gconstpointer data)
{
  gboolean exists = GPOINTER_TO_INT (data);
  g_autofree char *root =
      g_build_filename (habla_test_get_dir (), exists ? "there" : "not/yet/there", NULL);
  g_autofree char *folder = g_build_filename (root, "later", NULL);
  HablaEngineMonitor *self;
  Heard heard = { 0 };

  g_setenv ("HABLA_MODELS_PATH", root, TRUE);
  if (exists)
    g_assert_cmpint (g_mkdir (root, 0700), ==, 0);
  self = habla_engine_monitor_new (on_changed, &heard);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  wait_for_language (&heard, TRUE);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  wait_for_language (&heard, FALSE);
  habla_engine_monitor_free (self);
}

/* A monitor that is freed shortly after a change does not notify. */
static void
test_free (void)
{
  g_autofree char *root = g_build_filename (habla_test_get_dir (), "freed", NULL);
  g_autofree char *folder = g_build_filename (root, "later", NULL);
  Heard heard = { 0 }, other = { 0 };
  HablaEngineMonitor *self, *freed;

  g_setenv ("HABLA_MODELS_PATH", root, TRUE);
  g_assert_cmpint (g_mkdir (root, 0700), ==, 0);
  freed = habla_engine_monitor_new (on_changed, &other);
  self = habla_engine_monitor_new (on_changed, &heard);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  wait_for_language (&heard, TRUE);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  habla_engine_monitor_free (freed);
  other.n_notified = 0;
  wait_for_language (&heard, FALSE);
  g_assert_cmpuint (other.n_notified, ==, 0);
  habla_engine_monitor_free (self);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  test_engine_register (NULL, &engine);
  g_test_add_data_func ("/engine-monitor/changes/there", GINT_TO_POINTER (TRUE), test_changes);
  g_test_add_data_func ("/engine-monitor/changes/not-yet", GINT_TO_POINTER (FALSE), test_changes);
  g_test_add_func ("/engine-monitor/free", test_free);
  return habla_test_run ();
}
