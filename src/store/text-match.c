/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/text-match.h"

#include <string.h>

/* Combining marks that accents decompose to. */
#define FIRST_MARK 0x300
#define LAST_MARK 0x36f

static void
fold_character (gunichar character, GString *folded)
{
  gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
  gsize n = g_unichar_fully_decompose (character, FALSE, parts, G_N_ELEMENTS (parts));

  for (gsize i = 0; i < n; i++)
    if (parts[i] < FIRST_MARK || parts[i] > LAST_MARK)
      g_string_append_unichar (folded, g_unichar_tolower (parts[i]));
}

/* @n: number of ASCII characters */
static void
fold_ascii (const char *text, gsize n, GString *folded)
{
  char *to;

  g_string_append_len (folded, text, n);
  to = folded->str + folded->len - n;
  for (gsize i = 0; i < n; i++)
    to[i] = to[i] >= 'A' && to[i] <= 'Z' ? to[i] + ('a' - 'A') : to[i];
}

static gsize
count_ascii (const char *text)
{
  gsize n = 0;

  while (text[n] != '\0' && (guchar) text[n] < 0x80)
    n++;
  return n;
}

void
habla_text_fold (const char *text, GString *folded)
{
  g_string_truncate (folded, 0);
  while (*text != '\0') {
    gsize n = count_ascii (text);

    fold_ascii (text, n, folded);
    for (text += n; (guchar) *text >= 0x80; text = g_utf8_next_char (text))
      fold_character (g_utf8_get_char (text), folded);
  }
}

/* Also for a database that another program has damaged. */
static gboolean
is_valid (const char *text)
{
  const char *other = text + count_ascii (text);

  return *other == '\0' || g_utf8_validate (other, -1, NULL);
}

/* The application data is a GString, so that a search of many texts allocates once. */
static void
has_part (sqlite3_context *context, int n, sqlite3_value **values)
{
  const char *text = (const char *) sqlite3_value_text (values[0]);
  const char *part = (const char *) sqlite3_value_text (values[1]);
  GString *folded = sqlite3_user_data (context);

  if (text == NULL || part == NULL || *part == '\0' || !is_valid (text)) {
    sqlite3_result_int (context, 0);
    return;
  }
  habla_text_fold (text, folded);
  sqlite3_result_int (context, strstr (folded->str, part) != NULL);
}

static void
free_string (gpointer string)
{
  g_string_free (string, TRUE);
}

static void
fold (sqlite3_context *context, int n, sqlite3_value **values)
{
  const char *text = (const char *) sqlite3_value_text (values[0]);
  GString *folded = sqlite3_user_data (context);

  if (text == NULL || !is_valid (text))
    text = "";
  habla_text_fold (text, folded);
  sqlite3_result_text (context, folded->str, folded->len, SQLITE_TRANSIENT);
}

char *
habla_text_make_caseless (const char *text)
{
  g_autofree char *decomposed = g_utf8_normalize (text, -1, G_NORMALIZE_NFD);
  g_autofree char *folded = g_utf8_casefold (decomposed != NULL ? decomposed : "", -1);

  return g_utf8_normalize (folded, -1, G_NORMALIZE_NFC);
}

static void
caseless (sqlite3_context *context, int n, sqlite3_value **values)
{
  const char *text = (const char *) sqlite3_value_text (values[0]);
  char *result = habla_text_make_caseless (text != NULL && is_valid (text) ? text : "");

  sqlite3_result_text (context, result, -1, g_free);
}

int
habla_text_match_register (sqlite3 *connection)
{
  const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
  int result = sqlite3_create_function_v2 (
      connection, "habla_fold", 1, flags, g_string_new (NULL), fold, NULL, NULL, free_string);

  if (result == SQLITE_OK)
    result = sqlite3_create_function_v2 (
        connection, "habla_caseless", 1, flags, NULL, caseless, NULL, NULL, NULL);
  if (result != SQLITE_OK)
    return result;
  return sqlite3_create_function_v2 (
      connection, "habla_has", 2, flags, g_string_new (NULL), has_part, NULL, NULL, free_string);
}
