/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/vocabulary/anki-row.h"

#include "store/vocabulary/spreadsheet-cell.h"

#include <string.h>

/* Anki reads a line that begins with # as a setting, unless it is quoted. */
static gboolean
must_quote (const char *text)
{
  return *text == '#' || strpbrk (text, "\t\r\n\"") != NULL;
}

/* @must_escape: whether a spreadsheet would calculate @cell */
static void
append_cell (GString *out, const char *cell, gboolean must_escape)
{
  g_autoptr (GString) text = g_string_new (must_escape ? "'" : "");

  g_string_append (text, cell);
  if (!must_quote (text->str)) {
    g_string_append (out, text->str);
    return;
  }
  g_string_replace (text, "\"", "\"\"", 0);
  g_string_append_printf (out, "\"%s\"", text->str);
}

/* Tags are separated by spaces. */
static void
append_tag (GString *tags, const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t\r\n", -1);
  gboolean is_first = TRUE;

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0') {
      g_string_append_printf (tags, "%s%s", is_first ? " " : "_", words[i]);
      is_first = FALSE;
    }
}

void
habla_anki_row_append (GString *out, const HablaVocabularyItem *item)
{
  g_autoptr (GString) front = g_string_new (item->term);
  g_autoptr (GString) back = g_string_new (item->meaning);
  g_autoptr (GString) tags = g_string_new ("habla");

  if (*item->literal != '\0')
    g_string_append_printf (front, " (lit: %s)", item->literal);
  if (item->source_sentence != NULL && *item->source_sentence != '\0')
    g_string_append_printf (back, "\n\nExample: %s", item->source_sentence);
  append_tag (tags, item->category);
  append_tag (tags, item->region);
  append_cell (out, front->str, habla_spreadsheet_cell_is_formula (item->term));
  g_string_append_c (out, '\t');
  append_cell (out, back->str, habla_spreadsheet_cell_is_formula (item->meaning));
  g_string_append_c (out, '\t');
  append_cell (out, tags->str, FALSE);
  g_string_append (out, "\r\n");
}
