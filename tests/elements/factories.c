/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists all elements of all plugins of the build. */
#include "factories.h"

#include <habla/error.h>

static gboolean
is_ours (GstPluginFeature *feature, gpointer data)
{
  return GST_IS_ELEMENT_FACTORY (feature) &&
         g_str_has_prefix (gst_plugin_feature_get_plugin_name (feature), "habla");
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (GST_OBJECT_NAME (a), GST_OBJECT_NAME (b));
}

/* Adds /@path/FACTORY for each element, and checks that no plugin is missing. */
void
factories_add_tests (const char *path, FactoryTest test)
{
  GList *features = gst_registry_feature_filter (gst_registry_get (), is_ours, FALSE, NULL);
  g_autoptr (GHashTable) plugins = g_hash_table_new (g_str_hash, g_str_equal);
  const char *n_built = g_getenv ("HABLA_TEST_PLUGINS");

  features = g_list_sort (features, compare_names);
  for (GList *l = features; l != NULL; l = l->next) {
    const char *name = g_intern_string (GST_OBJECT_NAME (l->data));
    g_autofree char *test_path = g_strdup_printf ("/%s/%s", path, name);

    g_hash_table_add (
        plugins, (gpointer) g_intern_string (gst_plugin_feature_get_plugin_name (l->data)));
    g_test_add_data_func (test_path, name, test);
  }
  if (n_built != NULL)
    g_assert_cmpuint (g_hash_table_size (plugins), ==, g_ascii_strtoull (n_built, NULL, 10));
  gst_plugin_feature_list_free (features);
}

/* Returns: whether @error says that a program, model or voice is not installed */
gboolean
factories_is_missing_engine (GstMessage *error)
{
  g_autoptr (GError) details = NULL;

  gst_message_parse_error (error, &details, NULL);
  return g_error_matches (details, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED) ||
         g_error_matches (details, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND) ||
         g_error_matches (details, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN);
}

/* For an element that uses a server: one that refuses connections: the local engine does the work.
 */
void
factories_refuse_connections (GstElement *element)
{
  GObjectClass *class = G_OBJECT_GET_CLASS (element);

  if (g_object_class_find_property (class, "url") == NULL)
    return;
  g_object_set (element, "url", "http://127.0.0.1:1", "max-retries", 0, NULL);
  if (g_object_class_find_property (class, "model") != NULL)
    g_object_set (element, "model", "any", NULL);
}
