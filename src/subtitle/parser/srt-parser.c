/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subtitle/parser/subtitle-parser-private.h"

#include <string.h>

/* SubRip has no standard, and people write it by hand. A line with two times begins a cue. Its text
 * ends at the next such line, above which the number of the next cue may be. */

typedef struct {
  HablaCueCollector *collector;
  HablaSubtitleTimes times;
  guint line;     /* of the times; 0 = before the first cue */
  GString *text;  /* of the cue, as complete lines */
  char *id;       /* (nullable) */
  guint64 number; /* of the last cue that has one */
  gboolean numbered;

  /* The last line of text, if it is a number. */
  gsize number_begin; /* its position in the text */
  guint64 candidate;
  gboolean has_candidate;
  gboolean below_blank; /* whether an empty line is above it */
  gboolean above_blank; /* whether an empty line is below it */
  gboolean after_blank; /* whether the last line was empty */
  gboolean has_blanks;  /* whether an empty line was above any number */
} Srt;

/* Whether the number that was found above times is that of a cue, and not its last line of text,
 * such as "1984". */
static gboolean
srt_is_number (const Srt *self)
{
  if (!self->has_candidate)
    return FALSE;
  if (self->line == 0)
    return TRUE;
  if (self->numbered && self->candidate == self->number + 1)
    return TRUE;
  if (self->above_blank)
    return FALSE;
  return self->below_blank || (self->numbered && !self->has_blanks);
}

/* Removes empty lines and blanks at the ends of lines. Returns: (transfer full): the text */
static char *
srt_clean (const char *text)
{
  g_autoptr (GString) clean = g_string_new (NULL);
  HablaSubtitleLines lines;

  habla_subtitle_lines_init (&lines, text);
  while (habla_subtitle_lines_read (&lines)) {
    gsize length = lines.length;

    if (habla_subtitle_lines_is_blank (&lines))
      continue;
    while (length > 0 && g_ascii_isspace (lines.line[length - 1]))
      length--;
    if (clean->len > 0)
      g_string_append_c (clean, '\n');
    g_string_append_len (clean, lines.line, length);
  }
  return g_string_free (g_steal_pointer (&clean), FALSE);
}

/* Ends the cue, whose text is complete. */
static gboolean
srt_finish_cue (Srt *self, GError **error)
{
  HablaCue *cue;

  if (self->line == 0) {
    habla_cue_collector_skip (self->collector, self->text->str, self->text->len);
    g_string_truncate (self->text, 0);
    return TRUE;
  }
  cue = habla_cue_collector_add (
      self->collector, &self->times, srt_clean (self->text->str), self->line, error);
  if (cue == NULL)
    return FALSE;
  cue->id = g_steal_pointer (&self->id);
  g_string_truncate (self->text, 0);
  return TRUE;
}

/* Text behind the times that is neither coordinates nor settings. */
static gboolean
srt_is_text (const char *rest, gsize length)
{
  g_autofree char *copy = g_strndup (rest, length);
  g_auto (GStrv) words = g_strsplit_set (copy, " \t", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && (!g_ascii_isalpha (*words[i]) || strchr (words[i], ':') == NULL))
      return TRUE;
  return FALSE;
}

static gboolean
srt_begin_cue (
    Srt *self, const HablaSubtitleLines *lines, const HablaSubtitleTimes *times, GError **error)
{
  g_autofree char *id = NULL;

  if (srt_is_number (self)) {
    id = g_strdup_printf ("%" G_GUINT64_FORMAT, self->candidate);
    self->numbered = TRUE;
    self->has_blanks |= self->line > 0 && self->below_blank;
    self->number = self->candidate;
    g_string_truncate (self->text, self->number_begin);
  }
  if (!srt_finish_cue (self, error))
    return FALSE;
  self->id = g_steal_pointer (&id);
  self->line = lines->number;
  self->times = *times;
  if (times->rest_length > 0 && srt_is_text (times->rest, times->rest_length)) {
    g_string_append_len (self->text, times->rest, times->rest_length);
    g_string_append_c (self->text, '\n');
    self->times.rest_length = 0;
  }
  self->has_candidate = FALSE;
  self->after_blank = FALSE;
  return TRUE;
}

/* Whether the file was cut in an arrow. */
static gboolean
srt_is_cut (const HablaSubtitleLines *lines)
{
  g_autofree char *line = g_strndup (lines->line, lines->length);
  const char *rest = g_strstrip (line);
  guint64 begin;

  return habla_subtitle_time_parse (&rest, &begin) && *rest != '\0' &&
         rest[strspn (rest, " \t-")] == '\0';
}

/* Whether a line was meant to be times. */
static gboolean
srt_is_damaged (const Srt *self, const HablaSubtitleLines *lines)
{
  const char *first = lines->line + strspn (lines->line, " \t");

  if (*first == '-')
    first++;
  if (!g_ascii_isdigit (*first))
    return FALSE;
  if (srt_is_cut (lines))
    return TRUE;
  return habla_subtitle_lines_has_arrow (lines) &&
         (memchr (lines->line, ':', lines->length) != NULL ||
             (self->has_candidate && !self->above_blank));
}

static void
srt_add_line (Srt *self, const HablaSubtitleLines *lines)
{
  guint64 number;
  const gboolean is_blank = habla_subtitle_lines_is_blank (lines);

  if (is_blank) {
    self->above_blank = TRUE;
  } else if (habla_subtitle_lines_is_number (lines, &number)) {
    self->has_candidate = TRUE;
    self->candidate = number;
    self->number_begin = self->text->len;
    self->below_blank = self->after_blank;
    self->above_blank = FALSE;
  } else {
    self->has_candidate = FALSE;
  }
  self->after_blank = is_blank;
  g_string_append_len (self->text, lines->line, lines->length);
  g_string_append_c (self->text, '\n');
}

/* Keeps a cue with unreadable times for the preamble of the next. */
static gboolean
srt_lose_cue (Srt *self, const HablaSubtitleLines *lines, GError **error)
{
  if (srt_is_number (self)) {
    self->numbered = TRUE;
    self->number = self->candidate;
    g_string_truncate (self->text, self->number_begin);
  } else {
    self->candidate = 0;
  }
  if (!srt_finish_cue (self, error))
    return FALSE;
  if (self->candidate > 0)
    g_string_append_printf (self->text, "%" G_GUINT64_FORMAT "\n", self->candidate);
  habla_cue_collector_lose (self->collector, lines->number);
  self->line = 0;
  self->has_candidate = FALSE;
  srt_add_line (self, lines);
  return TRUE;
}

static gboolean
srt_read_line (Srt *self, const HablaSubtitleLines *lines, GError **error)
{
  HablaSubtitleTimes times;

  if (habla_subtitle_lines_get_times (lines, &times))
    return srt_begin_cue (self, lines, &times, error);
  if (srt_is_damaged (self, lines))
    return srt_lose_cue (self, lines, error);
  srt_add_line (self, lines);
  return TRUE;
}

gboolean
habla_srt_parse (HablaCueCollector *collector, const char *text, GError **error)
{
  Srt self = { .collector = collector };
  g_autoptr (GString) cue_text = g_string_new (NULL);
  HablaSubtitleLines lines;
  gboolean good = TRUE;

  self.text = cue_text;
  habla_subtitle_lines_init (&lines, text);
  while (good && habla_subtitle_lines_read (&lines))
    good = srt_read_line (&self, &lines, error);
  good = good && srt_finish_cue (&self, error);
  g_free (self.id);
  return good;
}
