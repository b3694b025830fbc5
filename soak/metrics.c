/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "metrics.h"

#include <string.h>

GHashTable *
soak_metrics_parse (const char *text)
{
  GHashTable *metrics = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    char *value = strrchr (lines[i], ' ');
    double number;

    /* Sums and counts are enough of a histogram. */
    if (lines[i][0] == '#' || value == NULL || strstr (lines[i], "_bucket{") != NULL)
      continue;
    number = g_ascii_strtod (value + 1, NULL);
    *value = '\0';
    g_hash_table_insert (metrics, g_strdup (lines[i]), g_memdup2 (&number, sizeof number));
  }
  return metrics;
}

double
soak_metrics_get (GHashTable *metrics, const char *name)
{
  double *value = g_hash_table_lookup (metrics, name);

  return value != NULL ? *value : 0;
}

double
soak_metrics_sum (GHashTable *metrics, const char *name)
{
  gsize length = strlen (name);
  GHashTableIter iter;
  gpointer key, value;
  double sum = 0;

  g_hash_table_iter_init (&iter, metrics);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (strncmp (key, name, length) == 0 &&
        (((char *) key)[length] == '{' || ((char *) key)[length] == '\0'))
      sum += *(double *) value;
  return sum;
}
