/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A placeholder is three letters that no text of a language has, two that count the terms, and a
 * last one. Apertium takes it for an unknown word: it may be moved, but does not change. Lone
 * letters or digits would be recognised as symbols, and blanks of the stream format would not count
 * as words. */
#include "placeholders.h"

#include <string.h>

#define DIGITS "bcdfghjklmnpqrstvwxz"
#define BASE (sizeof DIGITS - 1)
#define STEM_LENGTH 3
#define LENGTH (STEM_LENGTH + 3)

G_STATIC_ASSERT (BASE *BASE == APERTIUM_PLACEHOLDERS_MAX);

static const char *const stems[] = { "xqz", "qxz", "zqx", "jqx", "qjz", "wqx" };

struct _ApertiumPlaceholders {
  const char *stem;
  char *text;
  GArray *matches; /* of HablaGlossaryMatch, in the order of the placeholders */
};

/* Returns: (nullable): a stem that @text does not have */
static const char *
choose_stem (const char *text)
{
  g_autofree char *lower = g_ascii_strdown (text, -1);

  for (guint i = 0; i < G_N_ELEMENTS (stems); i++)
    if (strstr (lower, stems[i]) == NULL)
      return stems[i];
  return NULL;
}

/* @is_capital: whether the term begins with a capital letter, which tells Apertium that it is a
 * name */
static void
append_placeholder (GString *text, const char *stem, guint index, gboolean is_capital)
{
  gsize begin = text->len;

  g_string_append (text, stem);
  g_string_append_c (text, DIGITS[index / BASE]);
  g_string_append_c (text, DIGITS[index % BASE]);
  g_string_append_c (text, 'x');
  if (is_capital)
    text->str[begin] = g_ascii_toupper (text->str[begin]);
}

ApertiumPlaceholders *
apertium_placeholders_new (HablaGlossary *glossary, const char *text)
{
  g_autoptr (GArray) matches = habla_glossary_find (glossary, text);
  const char *stem = matches->len > 0 ? choose_stem (text) : NULL;
  GString *replaced;
  ApertiumPlaceholders *self;
  gsize done = 0;

  if (stem == NULL)
    return NULL;
  if (matches->len > APERTIUM_PLACEHOLDERS_MAX)
    g_array_set_size (matches, APERTIUM_PLACEHOLDERS_MAX);
  replaced = g_string_new (NULL);
  for (guint i = 0; i < matches->len; i++) {
    const HablaGlossaryMatch *match = &g_array_index (matches, HablaGlossaryMatch, i);

    g_string_append_len (replaced, text + done, match->begin - done);
    append_placeholder (
        replaced, stem, i, g_unichar_isupper (g_utf8_get_char (text + match->begin)));
    done = match->end;
  }
  g_string_append (replaced, text + done);
  self = g_new (ApertiumPlaceholders, 1);
  *self =
      (ApertiumPlaceholders){ stem, g_string_free (replaced, FALSE), g_steal_pointer (&matches) };
  return self;
}

void
apertium_placeholders_free (ApertiumPlaceholders *self)
{
  g_free (self->text);
  g_array_unref (self->matches);
  g_free (self);
}

const char *
apertium_placeholders_get_text (ApertiumPlaceholders *self)
{
  return self->text;
}

/* Returns: index of the placeholder at @text; -1 = there is none */
static int
find_index (const char *stem, const char *text)
{
  const char *first, *second;

  if (g_ascii_strncasecmp (text, stem, STEM_LENGTH) != 0 || text[STEM_LENGTH] == '\0')
    return -1;
  first = strchr (DIGITS, g_ascii_tolower (text[STEM_LENGTH]));
  if (first == NULL || text[STEM_LENGTH + 1] == '\0')
    return -1;
  second = strchr (DIGITS, g_ascii_tolower (text[STEM_LENGTH + 1]));
  if (second == NULL || g_ascii_tolower (text[STEM_LENGTH + 2]) != 'x')
    return -1;
  return (first - DIGITS) * BASE + (second - DIGITS);
}

char *
apertium_placeholders_restore (ApertiumPlaceholders *self, const char *translation)
{
  g_autoptr (GString) result = g_string_new (NULL);
  g_autofree gboolean *found = g_new0 (gboolean, self->matches->len);
  guint n_found = 0;

  while (*translation != '\0') {
    int index = find_index (self->stem, translation);

    if (index < 0) {
      g_string_append_c (result, *translation++);
      continue;
    }
    if ((guint) index >= self->matches->len || found[index])
      return NULL;
    found[index] = TRUE;
    n_found++;
    g_string_append (result, g_array_index (self->matches, HablaGlossaryMatch, index).translation);
    translation += LENGTH;
  }
  return n_found == self->matches->len ? g_string_free (g_steal_pointer (&result), FALSE) : NULL;
}
