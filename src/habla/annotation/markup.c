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
markup_is_xml_character (gulong c)
{
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xd7ff) ||
         (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

/* Decodes "#9731" and "#x2603". */
static gboolean
markup_append_character (GString *text, const char *reference, gsize length)
{
  gboolean hexadecimal = length > 1 && reference[1] == 'x';
  const char *digits = reference + (hexadecimal ? 2 : 1);
  char *end;
  gulong c;

  if (!(hexadecimal ? g_ascii_isxdigit (*digits) : g_ascii_isdigit (*digits)))
    return FALSE;
  c = strtoul (digits, &end, hexadecimal ? 16 : 10);
  if (end != reference + length || !markup_is_xml_character (c))
    return FALSE;
  g_string_append_unichar (text, c);
  return TRUE;
}

/* @markup begins with an ampersand. Returns: length of the reference that was appended, or 0
 * if it is not one */
static gsize
markup_append_reference (GString *text, const char *markup)
{
  const char *name = markup + 1;
  gsize length = strcspn (name, ";&< \n");

  if (name[length] != ';')
    return 0;
  if (*name == '#')
    return markup_append_character (text, name, length) ? length + 2 : 0;
  for (guint i = 0; i < G_N_ELEMENTS (entities); i++) {
    if (strlen (entities[i].name) == length && strncmp (name, entities[i].name, length) == 0) {
      g_string_append_c (text, entities[i].character);
      return length + 2;
    }
  }
  return 0;
}

/* Returns: length of the tag at the begin of @markup, or 0 if it is not one: "<3" and
 * "a < b" are text. Quoted attributes may contain ">" */
static gsize
markup_get_tag_length (const char *markup)
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

char *
habla_markup_to_text (const char *markup)
{
  GString *text;

  g_return_val_if_fail (markup != NULL, NULL);

  text = g_string_sized_new (strlen (markup));
  while (*markup != '\0') {
    gsize skip = 0;

    if (*markup == '<')
      skip = markup_get_tag_length (markup);
    else if (*markup == '&')
      skip = markup_append_reference (text, markup);
    if (skip == 0)
      g_string_append_c (text, markup[skip++]);
    markup += skip;
  }
  return g_string_free (text, FALSE);
}
