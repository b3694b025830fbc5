/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/markup.h"

#include <stdlib.h>
#include <string.h>

/* The predefined entities of XML 1.0, section 4.6. */
static const struct {
  const char *name;
  char character;
} entities[] = {
  { "amp", '&' },
  { "lt", '<' },
  { "gt", '>' },
  { "quot", '"' },
  { "apos", '\'' },
};

/* XML 1.0, section 2.2. */
static gboolean
is_xml_character (gulong c)
{
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xd7ff) ||
         (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

/* Decodes "#9731" and "#x2603". */
static gboolean
append_character (GString *text, const char *reference, gsize length)
{
  gboolean hexadecimal = length > 1 && reference[1] == 'x';
  const char *digits = reference + (hexadecimal ? 2 : 1);
  char *end;
  gulong c;

  if (!(hexadecimal ? g_ascii_isxdigit (*digits) : g_ascii_isdigit (*digits)))
    return FALSE;
  c = strtoul (digits, &end, hexadecimal ? 16 : 10);
  if (end != reference + length || !is_xml_character (c))
    return FALSE;
  g_string_append_unichar (text, c);
  return TRUE;
}

/* @markup begins with an ampersand. Returns how much of it is the reference that
 * was appended, or 0 if it is none. */
static gsize
append_reference (GString *text, const char *markup)
{
  const char *name = markup + 1;
  gsize length = strcspn (name, ";&< \n");

  if (name[length] != ';')
    return 0;
  if (*name == '#')
    return append_character (text, name, length) ? length + 2 : 0;
  for (guint i = 0; i < G_N_ELEMENTS (entities); i++) {
    if (strlen (entities[i].name) == length && strncmp (name, entities[i].name, length) == 0) {
      g_string_append_c (text, entities[i].character);
      return length + 2;
    }
  }
  return 0;
}

/* Returns how long the tag is that @markup begins with, or 0 if it is none: "<3"
 * and "a < b" are text. A quoted attribute may hold a ">". */
static gsize
get_tag_length (const char *markup)
{
  const char *p = markup + 1;
  char quote = '\0';

  if (*p == '/')
    p++;
  if (!g_ascii_isalpha (*p) && *p != '!' && *p != '?')
    return 0;
  for (; *p != '\0'; p++) {
    if (quote != '\0')
      quote = *p == quote ? '\0' : quote;
    else if (*p == '"' || *p == '\'')
      quote = *p;
    else if (*p == '>')
      return p + 1 - markup;
    else if (*p == '<')
      return 0;
  }
  return 0;
}

/**
 * habla_markup_to_text:
 * @markup: text in Pango's markup language, as subtitle parsers give it
 *
 * Takes the tags out and decodes entities and character references. What is no
 * proper markup counts as text: subtitle files are written by hand.
 *
 * Returns: (transfer full): the plain text
 */
char *
habla_markup_to_text (const char *markup)
{
  GString *text;

  g_return_val_if_fail (markup != NULL, NULL);

  text = g_string_sized_new (strlen (markup));
  while (*markup != '\0') {
    gsize skip = 0;

    if (*markup == '<')
      skip = get_tag_length (markup);
    else if (*markup == '&')
      skip = append_reference (text, markup);
    if (skip == 0)
      g_string_append_c (text, markup[skip++]);
    markup += skip;
  }
  return g_string_free (text, FALSE);
}
