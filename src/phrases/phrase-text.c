/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "phrases/phrase-text.h"

#include <string.h>

/* Combining marks that belong to one character, as in the Stream-Safe Text Format of UAX #15: more
 * would take quadratic time. */
#define MAX_MARKS 30

typedef struct {
  int begin; /* in characters */
  int end;
} Span;

static gboolean
is_blank (gunichar c)
{
  return g_unichar_isspace (c) || g_unichar_type (c) == G_UNICODE_SPACE_SEPARATOR;
}

/* Returns: whether normal form C may compose @c with characters before it: marks, and the vowels
 * and final consonants of Hangul */
static gboolean
is_composed (gunichar c)
{
  return g_unichar_ismark (c) || (c >= 0x1161 && c <= 0x1175) || (c >= 0x11a8 && c <= 0x11c2);
}

/* Returns: after the characters that have a normal form together; @at is not empty */
static const char *
find_end (const char *at)
{
  gboolean of_blanks = is_blank (g_utf8_get_char (at));

  at = g_utf8_next_char (at);
  for (guint i = 0; *at != '\0'; i++, at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (of_blanks ? !is_blank (c) : !is_composed (c) || i == MAX_MARKS)
      break;
  }
  return at;
}

/* Returns: (transfer full): the normal form of characters that have one together */
static char *
make_normal (const char *text, gsize length)
{
  g_autofree char *normal =
      is_blank (g_utf8_get_char (text)) ? NULL : g_utf8_normalize (text, length, G_NORMALIZE_NFC);

  return normal != NULL ? g_steal_pointer (&normal) : g_strdup (" ");
}

/* Returns: (transfer full): the normal form. @spans: (out caller-allocates): of its characters */
static char *
text_normalise (const char *original, GArray *spans)
{
  GString *normal = g_string_new (NULL);
  Span span = { 0, 0 };

  for (const char *at = original, *end; *at != '\0'; at = end, span.begin = span.end) {
    g_autofree char *part = NULL;

    end = find_end (at);
    part = make_normal (at, end - at);
    span.end += g_utf8_strlen (at, end - at);
    g_string_append (normal, part);
    for (const char *c = part; *c != '\0'; c = g_utf8_next_char (c))
      g_array_append_val (spans, span);
  }
  return g_string_free (normal, FALSE);
}

HablaPhraseText *
habla_phrase_text_new (const char *original)
{
  HablaPhraseText *self = g_new0 (HablaPhraseText, 1);

  self->original = g_strdup (original);
  self->spans = g_array_new (FALSE, FALSE, sizeof (Span));
  self->normal = text_normalise (original, self->spans);
  if (strcmp (self->normal, original) == 0)
    g_clear_pointer (&self->spans, g_array_unref);
  return self;
}

void
habla_phrase_text_free (HablaPhraseText *self)
{
  g_clear_pointer (&self->spans, g_array_unref);
  g_free (self->normal);
  g_free (self->original);
  g_free (self);
}

void
habla_phrase_text_get_span (const HablaPhraseText *self, int begin, int end, int *first, int *last)
{
  *first = (int) g_utf8_strlen (self->normal, begin);
  *last = (int) g_utf8_strlen (self->normal, end);
  if (self->spans == NULL)
    return;
  *first = g_array_index (self->spans, Span, *first).begin;
  *last = g_array_index (self->spans, Span, *last - 1).end;
}

gsize
habla_phrase_text_get_offset (const HablaPhraseText *self, int n)
{
  guint i = 0;

  if (self->spans == NULL)
    return g_utf8_offset_to_pointer (self->normal, n) - self->normal;
  while (i < self->spans->len && g_array_index (self->spans, Span, i).begin < n)
    i++;
  return g_utf8_offset_to_pointer (self->normal, i) - self->normal;
}
