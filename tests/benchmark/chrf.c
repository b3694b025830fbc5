/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "chrf.h"

#define MAX_ORDER 6
#define BETA 2.0

/* Returns: (transfer full): the number of each n-gram of @order characters */
static GHashTable *
count_grams (const char *line, guint order)
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  glong length;

  for (const char *c = line; *c != '\0'; c = g_utf8_next_char (c))
    if (!g_unichar_isspace (g_utf8_get_char (c)))
      g_string_append_unichar (text, g_utf8_get_char (c));
  length = g_utf8_strlen (text->str, -1);
  for (glong i = 0; i + order <= length; i++) {
    char *gram = g_utf8_substring (text->str, i, i + order);
    guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, gram));

    g_hash_table_replace (counts, gram, GUINT_TO_POINTER (n + 1));
  }
  return counts;
}

typedef struct {
  guint n_text;
  guint n_reference;
  guint n_common;
} Counts;

static void
count_line (const char *text, const char *reference, guint order, Counts *counts)
{
  g_autoptr (GHashTable) of_text = count_grams (text, order);
  g_autoptr (GHashTable) of_reference = count_grams (reference, order);
  GHashTableIter iter;
  gpointer gram, n;

  g_hash_table_iter_init (&iter, of_text);
  while (g_hash_table_iter_next (&iter, &gram, &n)) {
    guint other = GPOINTER_TO_UINT (g_hash_table_lookup (of_reference, gram));

    counts->n_text += GPOINTER_TO_UINT (n);
    counts->n_common += MIN (GPOINTER_TO_UINT (n), other);
  }
  g_hash_table_iter_init (&iter, of_reference);
  while (g_hash_table_iter_next (&iter, &gram, &n))
    counts->n_reference += GPOINTER_TO_UINT (n);
}

double
chrf_compute (const char *text, const char *reference)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_auto (GStrv) references = g_strsplit (reference, "\n", -1);
  double precision = 0, recall = 0;
  guint n_orders = 0;

  for (guint order = 1; order <= MAX_ORDER; order++) {
    Counts counts = { 0 };

    for (guint i = 0; lines[i] != NULL && references[i] != NULL; i++)
      count_line (lines[i], references[i], order, &counts);
    if (counts.n_text == 0 || counts.n_reference == 0)
      continue;
    precision += (double) counts.n_common / counts.n_text;
    recall += (double) counts.n_common / counts.n_reference;
    n_orders++;
  }
  if (n_orders == 0)
    return 100;
  precision /= n_orders;
  recall /= n_orders;
  if (precision + recall == 0)
    return 0;
  return 100 * (1 + BETA * BETA) * precision * recall / (BETA * BETA * precision + recall);
}
