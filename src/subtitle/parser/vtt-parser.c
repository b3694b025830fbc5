/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subtitle/parser/subtitle-parser-private.h"

#include <string.h>

/* WebVTT: blocks between empty lines. A block is a cue if its first or second line has times;
 * others are the header, notes, styles and regions, and are kept for the next cue. */

typedef struct {
  HablaCueCollector *collector;
  HablaSubtitleTimes times;
  guint line;         /* of the times; 0 = not in a cue */
  GString *text;      /* of the cue */
  char *id;           /* (nullable): of the cue */
  const char *first;  /* (nullable): the first line of a block, until the second is known */
  gsize first_length; /* with its line end */
  gboolean in_block;  /* in a block that is no cue */
} Vtt;

static gboolean
vtt_finish_cue (Vtt *self, GError **error)
{
  HablaCue *cue;

  if (self->line == 0)
    return TRUE;
  cue = habla_cue_collector_add (self->collector, &self->times,
      g_strndup (self->text->str, self->text->len), self->line, error);
  if (cue == NULL)
    return FALSE;
  cue->id = g_steal_pointer (&self->id);
  g_string_truncate (self->text, 0);
  self->line = 0;
  return TRUE;
}

static void
vtt_begin_cue (Vtt *self, const HablaSubtitleLines *lines, const HablaSubtitleTimes *times)
{
  if (self->first != NULL)
    self->id = g_strndup (self->first, self->first_length - 1);
  self->first = NULL;
  self->line = lines->number;
  self->times = *times;
}

static void
vtt_skip_line (Vtt *self, const HablaSubtitleLines *lines)
{
  habla_cue_collector_skip (self->collector, lines->line, lines->length);
  habla_cue_collector_skip (self->collector, "\n", 1);
}

/* The first line of the block was no identifier. */
static void
vtt_skip_first (Vtt *self)
{
  if (self->first != NULL)
    habla_cue_collector_skip (self->collector, self->first, self->first_length);
  self->first = NULL;
}

static gboolean
vtt_read_cue_line (
    Vtt *self, const HablaSubtitleLines *lines, const HablaSubtitleTimes *times, GError **error)
{
  if (times != NULL) {
    /* An empty line is missing. */
    if (!vtt_finish_cue (self, error))
      return FALSE;
    vtt_begin_cue (self, lines, times);
    return TRUE;
  }
  if (self->text->len > 0)
    g_string_append_c (self->text, '\n');
  g_string_append_len (self->text, lines->line, lines->length);
  return TRUE;
}

static gboolean
vtt_is_comment (const Vtt *self)
{
  return self->first != NULL && g_str_has_prefix (self->first, "NOTE");
}

static void
vtt_read_block_line (Vtt *self, const HablaSubtitleLines *lines, const HablaSubtitleTimes *times)
{
  const gboolean is_begin = !self->in_block && self->first == NULL;

  if (times != NULL && !self->in_block) {
    vtt_begin_cue (self, lines, times);
  } else if (is_begin && !habla_subtitle_lines_has_arrow (lines)) {
    self->first = lines->line;
    self->first_length = lines->length + 1;
  } else {
    if (!self->in_block && habla_subtitle_lines_has_arrow (lines) && !vtt_is_comment (self))
      habla_cue_collector_lose (self->collector, lines->number);
    vtt_skip_first (self);
    vtt_skip_line (self, lines);
    self->in_block = TRUE;
  }
}

static gboolean
vtt_read_line (Vtt *self, const HablaSubtitleLines *lines, GError **error)
{
  HablaSubtitleTimes times;
  const gboolean has_times =
      habla_subtitle_lines_has_arrow (lines) && habla_subtitle_lines_get_times (lines, &times);

  if (lines->length == 0) {
    /* The end of a cue, and empty lines below it, need not be kept. */
    vtt_skip_first (self);
    if (self->line == 0 && self->collector->skipped->len > 0)
      vtt_skip_line (self, lines);
    self->in_block = FALSE;
    return vtt_finish_cue (self, error);
  }
  if (lines->number == 1) {
    vtt_skip_line (self, lines);
    return TRUE;
  }
  if (self->line > 0)
    return vtt_read_cue_line (self, lines, has_times ? &times : NULL, error);
  vtt_read_block_line (self, lines, has_times ? &times : NULL);
  return TRUE;
}

gboolean
habla_vtt_parse (HablaCueCollector *collector, const char *text, GError **error)
{
  Vtt self = { .collector = collector };
  g_autoptr (GString) cue_text = g_string_new (NULL);
  HablaSubtitleLines lines;
  gboolean good = TRUE;

  self.text = cue_text;
  habla_subtitle_lines_init (&lines, text);
  while (good && habla_subtitle_lines_read (&lines))
    good = vtt_read_line (&self, &lines, error);
  good = good && vtt_finish_cue (&self, error);
  vtt_skip_first (&self);
  g_free (self.id);
  return good;
}
