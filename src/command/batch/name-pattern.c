/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/batch/name-pattern.h"

#include "command/output/output-file.h"

#include <string.h>

#define NAME "{name}"
#define DIR "{dir}"
#define TO "{to}"

gboolean
habla_name_pattern_names_input (const char *pattern)
{
  return pattern != NULL && (strstr (pattern, NAME) != NULL || strstr (pattern, DIR) != NULL);
}

/* Returns: (transfer full): path of the local file, or the path in the address */
static char *
name_pattern_get_path (const char *input)
{
  g_autoptr (GUri) uri =
      strstr (input, "://") != NULL ? g_uri_parse (input, G_URI_FLAGS_NONE, NULL) : NULL;

  return g_strdup (uri != NULL ? g_uri_get_path (uri) : input);
}

/* Returns: (transfer full): the name without folder and extension */
static char *
name_pattern_get_name (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  char *dot = strrchr (name, '.');

  if (dot != NULL && dot != name)
    *dot = '\0';
  return g_steal_pointer (&name);
}

static gboolean
name_pattern_skip (const char **c, const char *placeholder)
{
  if (!g_str_has_prefix (*c, placeholder))
    return FALSE;
  *c += strlen (placeholder);
  return TRUE;
}

char *
habla_name_pattern_expand (
    const char *pattern, const char *input, const char *language, gboolean is_only)
{
  g_autofree char *path = input != NULL ? name_pattern_get_path (input) : NULL;
  g_autofree char *name = path != NULL ? name_pattern_get_name (path) : NULL;
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;
  g_autoptr (GString) result = g_string_new (NULL);
  gboolean has_language = is_only;

  /* In one pass: the name may contain braces, too. */
  for (const char *c = pattern; *c != '\0';)
    if (name != NULL && name_pattern_skip (&c, NAME)) {
      g_string_append (result, name);
    } else if (folder != NULL && name_pattern_skip (&c, DIR)) {
      g_string_append (result, folder);
    } else if (name_pattern_skip (&c, TO)) {
      g_string_append (result, language);
      has_language = TRUE;
    } else {
      g_string_append_c (result, *c++);
    }
  if (has_language)
    return g_string_free (g_steal_pointer (&result), FALSE);
  return habla_output_file_name (result->str, language);
}
