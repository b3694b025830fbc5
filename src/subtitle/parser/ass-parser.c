/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subtitle/parser/subtitle-parser-private.h"

#include <string.h>

/* SubStation: sections with lines "Key: value". The text of a Dialogue line is its last field. */

#define DEFAULT_FORMAT "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"

/* More fields than any program has. */
#define MAX_FIELDS 32

typedef struct {
  HablaCueCollector *collector;
  guint n_fields;
  guint start;
  guint end;
  guint name;
  gboolean in_events;
} Ass;

/* Returns: (nullable): the value, if the current line has the key */
static const char *
ass_get_value (const HablaSubtitleLines *lines, const char *key)
{
  const char *p = lines->line + strspn (lines->line, " \t");
  gsize length = strlen (key);

  if (g_ascii_strncasecmp (p, key, length) != 0 || p[length] != ':')
    return NULL;
  p += length + 1;
  return p + strspn (p, " \t");
}

/* Finds the fields in a Format line; an unusable one is ignored. */
static void
ass_set_format (Ass *self, const char *format, gsize length)
{
  g_autofree char *copy = g_strndup (format, length);
  g_auto (GStrv) fields = g_strsplit (copy, ",", MAX_FIELDS + 1);
  Ass found = { .collector = self->collector, .in_events = self->in_events };
  guint n;

  found.start = found.end = found.name = G_MAXUINT;
  for (n = 0; fields[n] != NULL; n++) {
    g_strstrip (fields[n]);
    if (g_ascii_strcasecmp (fields[n], "Start") == 0)
      found.start = n;
    else if (g_ascii_strcasecmp (fields[n], "End") == 0)
      found.end = n;
    else if (g_ascii_strcasecmp (fields[n], "Name") == 0 ||
             g_ascii_strcasecmp (fields[n], "Actor") == 0)
      found.name = n;
  }
  found.n_fields = n;
  if (n <= MAX_FIELDS && found.start < n && found.end < n)
    *self = found;
}

static gboolean
ass_read_time (const char *field, guint64 *time)
{
  field += strspn (field, " \t");
  return habla_subtitle_time_parse (&field, time);
}

/* Returns: (transfer full): all fields but times and text, joined again */
static char *
ass_join_settings (const Ass *self, char **fields)
{
  g_autoptr (GString) settings = g_string_new (NULL);
  gboolean is_first = TRUE;

  for (guint i = 0; i + 1 < self->n_fields; i++) {
    if (i == self->start || i == self->end)
      continue;
    if (!is_first)
      g_string_append_c (settings, ',');
    g_string_append (settings, fields[i]);
    is_first = FALSE;
  }
  return g_string_free (g_steal_pointer (&settings), FALSE);
}

static gboolean
ass_read_dialogue (Ass *self, const char *value, const HablaSubtitleLines *lines, GError **error)
{
  g_autofree char *copy = g_strndup (value, lines->line + lines->length - value);
  g_auto (GStrv) fields = g_strsplit (copy, ",", self->n_fields);
  HablaSubtitleTimes times = { 0 };
  HablaCue *cue;

  if (g_strv_length (fields) < self->n_fields ||
      !ass_read_time (fields[self->start], &times.begin) ||
      !ass_read_time (fields[self->end], &times.end)) {
    habla_cue_collector_lose (self->collector, lines->number);
    habla_cue_collector_skip (self->collector, lines->line, lines->length);
    habla_cue_collector_skip (self->collector, "\n", 1);
    return TRUE;
  }
  cue = habla_cue_collector_add (
      self->collector, &times, g_strdup (fields[self->n_fields - 1]), lines->number, error);
  if (cue == NULL)
    return FALSE;
  cue->settings = ass_join_settings (self, fields);
  if (self->name < self->n_fields && *g_strstrip (fields[self->name]) != '\0')
    cue->speaker = g_strdup (fields[self->name]);
  return TRUE;
}

static gboolean
ass_read_line (Ass *self, const HablaSubtitleLines *lines, GError **error)
{
  const char *value = ass_get_value (lines, "Dialogue");

  if (value != NULL)
    return ass_read_dialogue (self, value, lines, error);
  if (*lines->line == '[')
    self->in_events = g_ascii_strncasecmp (lines->line, "[Events]", 8) == 0;
  value = self->in_events ? ass_get_value (lines, "Format") : NULL;
  if (value != NULL)
    ass_set_format (self, value, lines->line + lines->length - value);
  habla_cue_collector_skip (self->collector, lines->line, lines->length);
  habla_cue_collector_skip (self->collector, "\n", 1);
  return TRUE;
}

gboolean
habla_ass_parse (HablaCueCollector *collector, const char *text, GError **error)
{
  Ass self = { .collector = collector };
  HablaSubtitleLines lines;

  ass_set_format (&self, DEFAULT_FORMAT, strlen (DEFAULT_FORMAT));
  habla_subtitle_lines_init (&lines, text);
  while (habla_subtitle_lines_read (&lines))
    if (!ass_read_line (&self, &lines, error))
      return FALSE;
  return TRUE;
}
