/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subtitle/parser/subtitle-lines.h"

#include <string.h>

#define SECOND G_GUINT64_CONSTANT (1000000000)

/* Longer numbers are no times: a century has 876,600 hours. */
#define MAX_DIGITS 6

void
habla_subtitle_lines_init (HablaSubtitleLines *self, const char *text)
{
  *self = (HablaSubtitleLines){ .line = text, .next = text };
}

gboolean
habla_subtitle_lines_read (HablaSubtitleLines *self)
{
  if (self->next == NULL || *self->next == '\0')
    return FALSE;
  self->line = self->next;
  self->length = strcspn (self->line, "\n");
  self->next = self->line[self->length] == '\n' ? self->line + self->length + 1 : NULL;
  self->number++;
  return TRUE;
}

static const char *
lines_skip_blanks (const char *p)
{
  while (
      *p == ' ' || *p == '\t' || g_str_has_prefix (p, "\u00a0") || g_str_has_prefix (p, "\ufeff"))
    p = g_utf8_next_char (p);
  return p;
}

gboolean
habla_subtitle_lines_is_blank (const HablaSubtitleLines *self)
{
  return lines_skip_blanks (self->line) >= self->line + self->length;
}

gboolean
habla_subtitle_lines_is_number (const HablaSubtitleLines *self, guint64 *number)
{
  const char *p = lines_skip_blanks (self->line);
  gsize length = strspn (p, "0123456789");

  if (length == 0 || length > 10)
    return FALSE;
  *number = g_ascii_strtoull (p, NULL, 10);
  return lines_skip_blanks (p + length) == self->line + self->length;
}

gboolean
habla_subtitle_lines_has_arrow (const HablaSubtitleLines *self)
{
  return g_strstr_len (self->line, self->length, "-->") != NULL;
}

static gboolean
time_read_number (const char **p, guint64 *number)
{
  gsize length = strspn (*p, "0123456789");

  if (length == 0 || length > MAX_DIGITS)
    return FALSE;
  *number = g_ascii_strtoull (*p, NULL, 10);
  *p += length;
  return TRUE;
}

/* Digits behind the ninth are cut off. Returns: nanoseconds */
static guint64
time_read_fraction (const char **p)
{
  guint64 fraction = 0;
  guint64 unit = SECOND;

  for (; g_ascii_isdigit (**p); (*p)++) {
    unit /= 10;
    fraction += unit * g_ascii_digit_value (**p);
  }
  return fraction;
}

gboolean
habla_subtitle_time_parse (const char **text, guint64 *time)
{
  const char *p = *text;
  guint64 numbers[3];
  guint64 seconds = 0;
  guint n = 0;

  while (n < G_N_ELEMENTS (numbers) && time_read_number (&p, &numbers[n])) {
    n++;
    if (n == G_N_ELEMENTS (numbers) || *p != ':')
      break;
    p++;
  }
  if (n < 2 || p[-1] == ':')
    return FALSE;
  for (guint i = 0; i < n; i++)
    seconds = seconds * 60 + numbers[i];
  *time = seconds * SECOND;
  if (*p == ',' || *p == '.' || *p == ':' || *p == ';') {
    const char *fraction = p + 1 + strspn (p + 1, " ");

    if (g_ascii_isdigit (*fraction)) {
      *time += time_read_fraction (&fraction);
      p = fraction;
    }
  }
  *text = p;
  return TRUE;
}

/* Returns: (nullable): the text behind an arrow: dashes of any kind and ">" */
static const char *
lines_skip_arrow (const char *p)
{
  gboolean has_dash = FALSE;

  for (p = lines_skip_blanks (p);; p = lines_skip_blanks (g_utf8_next_char (p))) {
    if (*p == '>' && has_dash)
      return lines_skip_blanks (p + 1);
    if (*p != '-' && !g_str_has_prefix (p, "–") && !g_str_has_prefix (p, "—"))
      return NULL;
    has_dash = TRUE;
  }
}

gboolean
habla_subtitle_lines_get_times (const HablaSubtitleLines *self, HablaSubtitleTimes *times)
{
  const char *p = lines_skip_blanks (self->line);

  if (!habla_subtitle_time_parse (&p, &times->begin))
    return FALSE;
  p = lines_skip_arrow (p);
  if (p == NULL || !habla_subtitle_time_parse (&p, &times->end))
    return FALSE;
  times->rest = lines_skip_blanks (p);
  if (times->rest == p && p < self->line + self->length)
    return FALSE;
  times->rest_length = self->line + self->length - times->rest;
  while (times->rest_length > 0 && g_ascii_isspace (times->rest[times->rest_length - 1]))
    times->rest_length--;
  return TRUE;
}
