/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The grammar of RFC 8259. */
#include "server/json-syntax.h"

#include <string.h>

/* @p: (inout): in a text that ends in a NUL. @depth: how many levels more there may be */
static gboolean skip_value (const char **p, guint depth);

static void
skip_blanks (const char **p)
{
  *p += strspn (*p, " \t\r\n");
}

static gboolean
skip_hex (const char **p, guint *value)
{
  *value = 0;
  for (guint i = 0; i < 4; i++, (*p)++) {
    if (!g_ascii_isxdigit (**p))
      return FALSE;
    *value = *value << 4 | g_ascii_xdigit_value (**p);
  }
  return TRUE;
}

/* Neither a NUL nor half a surrogate pair is a character. @p: behind "\u" */
static gboolean
skip_escaped_character (const char **p)
{
  guint high, low;

  if (!skip_hex (p, &high) || high == 0 || (high >= 0xdc00 && high < 0xe000))
    return FALSE;
  if (high < 0xd800 || high >= 0xe000)
    return TRUE;
  if ((*p)[0] != '\\' || (*p)[1] != 'u')
    return FALSE;
  *p += 2;
  return skip_hex (p, &low) && low >= 0xdc00 && low < 0xe000;
}

static gboolean
skip_string (const char **p)
{
  if (*(*p)++ != '"')
    return FALSE;
  while (**p != '"') {
    guchar c = *(*p)++;

    if (c < 0x20)
      return FALSE;
    if (c != '\\')
      continue;
    c = *(*p)++;
    if (c == 'u' ? !skip_escaped_character (p) : c == '\0' || strchr ("\"\\/bfnrt", c) == NULL)
      return FALSE;
  }
  (*p)++;
  return TRUE;
}

static gboolean
skip_digits (const char **p)
{
  gsize n = strspn (*p, "0123456789");

  *p += n;
  return n > 0;
}

static gboolean
skip_number (const char **p)
{
  if (**p == '-')
    (*p)++;
  if (**p == '0')
    (*p)++;
  else if (!skip_digits (p))
    return FALSE;
  if (**p == '.' && ((*p)++, !skip_digits (p)))
    return FALSE;
  if (**p != 'e' && **p != 'E')
    return TRUE;
  (*p)++;
  if (**p == '+' || **p == '-')
    (*p)++;
  return skip_digits (p);
}

/* An object or an array. */
static gboolean
skip_container (const char **p, guint depth)
{
  char end = *(*p)++ == '{' ? '}' : ']';

  skip_blanks (p);
  if (**p == end)
    return (*p)++, TRUE;
  for (;;) {
    if (end == '}') {
      if (!skip_string (p))
        return FALSE;
      skip_blanks (p);
      if (*(*p)++ != ':')
        return FALSE;
      skip_blanks (p);
    }
    if (!skip_value (p, depth))
      return FALSE;
    skip_blanks (p);
    if (**p == end)
      return (*p)++, TRUE;
    if (*(*p)++ != ',')
      return FALSE;
    skip_blanks (p);
  }
}

static gboolean
skip_value (const char **p, guint depth)
{
  static const char *const words[] = { "true", "false", "null" };

  if (**p == '{' || **p == '[')
    return depth > 0 && skip_container (p, depth - 1);
  if (**p == '"')
    return skip_string (p);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_has_prefix (*p, words[i]))
      return *p += strlen (words[i]), TRUE;
  return skip_number (p);
}

gboolean
habla_json_is_strict (const char *text, gsize length, guint max_depth, gsize *at)
{
  const char *p = text;
  gboolean is_value;

  skip_blanks (&p);
  is_value = skip_value (&p, max_depth);
  if (is_value)
    skip_blanks (&p);
  *at = MIN ((gsize) (p - text), length);
  return is_value && p == text + length;
}
