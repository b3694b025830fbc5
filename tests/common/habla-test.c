/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <glib/gstdio.h>

static char *test_dir;

void
habla_test_init (int *argc, char ***argv)
{
  static const char *const variables[] = { "HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
    "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR" };
  g_autofree char *models = NULL;
  GError *error = NULL;

  test_dir = g_dir_make_tmp ("habla-test-XXXXXX", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (variables); i++) {
    g_autofree char *dir = g_build_filename (test_dir, variables[i], NULL);

    g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
    g_setenv (variables[i], dir, TRUE);
  }
  /* Empty, so that tests find the models that they set themselves, not those of the machine. */
  models = g_build_filename (test_dir, "models", NULL);
  g_assert_cmpint (g_mkdir (models, 0700), ==, 0);
  g_setenv ("HABLA_MODELS_PATH", models, TRUE);
  g_setenv ("GST_TRACERS", "leaks(name=all,log-leaks-on-deinit=false)", TRUE);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);

  g_test_init (argc, argv, NULL);
  gst_init (argc, argv);
}

static void
remove_tree (const char *path)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK)) {
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  }
  g_remove (path);
}

int
habla_test_run (void)
{
  int status = g_test_run ();

  remove_tree (test_dir);
  g_clear_pointer (&test_dir, g_free);
  return status;
}

const char *
habla_test_get_dir (void)
{
  g_assert_nonnull (test_dir);
  return test_dir;
}

char *
habla_test_use_models (const char *id)
{
  const char *models = g_getenv ("HABLA_TEST_MODELS");
  g_autofree char *folder = models != NULL ? g_build_filename (models, id, NULL) : NULL;

  if (folder == NULL || !g_file_test (folder, G_FILE_TEST_IS_DIR))
    return NULL;
  g_setenv ("HABLA_MODELS_PATH", models, TRUE);
  return g_steal_pointer (&folder);
}

guint
habla_test_scale (guint time)
{
  const char *lane = g_getenv ("HABLA_TEST_LANE");

  if (lane == NULL)
    return time;
  return time * (g_str_equal (lane, "valgrind") ? 15 : 5);
}

guint
habla_test_repeat (guint times)
{
  return g_getenv ("HABLA_TEST_LANE") == NULL ? times : 1;
}

GstMessage *
habla_test_wait_for_message (GstElement *pipeline, GstMessageType types, guint seconds)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GstMessage *message =
      gst_bus_timed_pop_filtered (bus, seconds * GST_SECOND, types | GST_MESSAGE_ERROR);

  if (message == NULL)
    g_error ("No message of types 0x%x in %u s", types, seconds);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR && !(types & GST_MESSAGE_ERROR)) {
    g_autoptr (GError) error = NULL;
    g_autofree char *debug = NULL;

    gst_message_parse_error (message, &error, &debug);
    g_error ("%s: %s (%s)", GST_MESSAGE_SRC_NAME (message), error->message, debug);
  }
  return message;
}

guint64
habla_test_get_stat (gpointer element, const char *name)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 wide;
  guint narrow;

  g_object_get (element, "stats", &stats, NULL);
  if (gst_structure_get_uint (stats, name, &narrow))
    return narrow;
  g_assert_true (gst_structure_get_uint64 (stats, name, &wide));
  return wide;
}

GBytes *
habla_test_encode (const char *launch)
{
  static guint count;
  g_autofree char *path = g_strdup_printf ("%s/encoded-%u", habla_test_get_dir (), ++count);
  g_autofree char *line = g_strdup_printf ("%s ! filesink location=%s", launch, path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);
  char *data;
  gsize size;

  g_assert_no_error (error);
  gst_object_ref_sink (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_message_unref (habla_test_wait_for_message (pipeline, GST_MESSAGE_EOS, 60));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  g_remove (path);
  return g_bytes_new_take (data, size);
}

void
habla_test_store_result (GObject *object, GAsyncResult *result, gpointer result_location)
{
  *(GAsyncResult **) result_location = g_object_ref (result);
}
