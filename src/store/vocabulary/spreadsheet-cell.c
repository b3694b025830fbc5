/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/vocabulary/spreadsheet-cell.h"

#include <string.h>

static gboolean
has_only_letters (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);

    if (!g_unichar_isalpha (c) && !g_unichar_ismark (c) && c != ' ' && c != '-')
      return FALSE;
  }
  return TRUE;
}

gboolean
habla_spreadsheet_cell_is_formula (const char *text)
{
  if (*text == '-' || *text == '+')
    return !has_only_letters (text + 1);
  return *text != '\0' && strchr ("=@\t\r", *text) != NULL;
}
