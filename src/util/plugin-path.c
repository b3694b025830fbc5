/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/plugin-path.h"

#include <install-paths.h>

/* GStreamer reads the second one only if there is no first one. */
static const char *const plugin_variables[] = { "GST_PLUGIN_PATH_1_0", "GST_PLUGIN_PATH" };
static const char *const system_variables[] = { "GST_PLUGIN_SYSTEM_PATH_1_0",
  "GST_PLUGIN_SYSTEM_PATH" };

static const char *
choose_variable (const char *const variables[2])
{
  return variables[g_getenv (variables[0]) != NULL ? 0 : 1];
}

static gboolean
is_folder (const char *path)
{
  return g_file_test (path, G_FILE_TEST_IS_DIR);
}

void
habla_plugin_path_init (void)
{
  const char *variable = choose_variable (plugin_variables);
  const char *value = g_getenv (variable);
  g_autofree char *longer = NULL;

  if (g_str_equal (PLUGINS_DIR, GST_PLUGINS_DIR) || !is_folder (PLUGINS_DIR))
    return;
  if (value != NULL && *value != '\0')
    longer = g_strjoin (G_SEARCHPATH_SEPARATOR_S, value, PLUGINS_DIR, NULL);
  g_setenv (variable, longer != NULL ? longer : PLUGINS_DIR, TRUE);
}

static void
add_wrong_entries (GPtrArray *wrong, const char *variable)
{
  const char *value = g_getenv (variable);
  g_auto (GStrv) folders = g_strsplit (value != NULL ? value : "", G_SEARCHPATH_SEPARATOR_S, -1);

  for (guint i = 0; folders[i] != NULL; i++)
    if (*folders[i] != '\0' && !is_folder (folders[i]))
      g_ptr_array_add (wrong, g_strdup_printf ("%s=%s", variable, folders[i]));
}

GPtrArray *
habla_plugin_path_find_wrong (void)
{
  GPtrArray *wrong = g_ptr_array_new_with_free_func (g_free);

  add_wrong_entries (wrong, choose_variable (plugin_variables));
  add_wrong_entries (wrong, choose_variable (system_variables));
  return wrong;
}
