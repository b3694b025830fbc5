/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/caption-file.h"

#include <string.h>

struct _HablaCaptionFile {
  HablaOutputFile *output;
  gboolean is_vtt;
  guint count;
  guint64 last_end; /* ns */
};

#define NSECS_PER_MSEC G_GUINT64_CONSTANT (1000000)

/* Header of WebVTT. Written with the first caption: until then the file is empty and is deleted if
 * there is an error. */
#define HEADER "WEBVTT\n\n"

gboolean
habla_caption_file_knows (const char *path)
{
  return g_str_has_suffix (path, ".vtt") || g_str_has_suffix (path, ".srt");
}

HablaCaptionFile *
habla_caption_file_new (const char *path, GError **error)
{
  g_autoptr (HablaCaptionFile) self = g_new0 (HablaCaptionFile, 1);

  self->is_vtt = g_str_has_suffix (path, ".vtt");
  self->output = habla_output_file_new (path, error);
  if (self->output == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

void
habla_caption_file_free (HablaCaptionFile *self)
{
  g_clear_pointer (&self->output, habla_output_file_free);
  g_free (self);
}

HablaOutputFile *
habla_caption_file_get_output (HablaCaptionFile *self)
{
  return self->output;
}

gboolean
habla_caption_file_commit (HablaCaptionFile *self, GError **error)
{
  if (self->is_vtt && self->count == 0 && !habla_output_file_write (self->output, HEADER, error))
    return FALSE;
  return habla_output_file_commit (self->output, error);
}

/* WebVTT, section 4.1. Readers of SubRip all accept the same form with a decimal comma. */
static void
caption_file_append_time (GString *cue, guint64 time, char decimal)
{
  guint64 msecs = (time + NSECS_PER_MSEC / 2) / NSECS_PER_MSEC;

  g_string_append_printf (cue,
      "%02" G_GUINT64_FORMAT ":%02" G_GUINT64_FORMAT ":%02" G_GUINT64_FORMAT
      "%c%03" G_GUINT64_FORMAT,
      msecs / 3600000, msecs / 60000 % 60, msecs / 1000 % 60, decimal, msecs % 1000);
}

/* Drops empty lines, which would end the cue. WebVTT has escapes for its special characters; SubRip
 * has none, and its readers take an arrow for a new cue. */
static void
caption_file_append_text (GString *cue, const char *text, gboolean is_vtt)
{
  g_auto (GStrv) lines = g_strsplit_set (text, "\r\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    g_autoptr (GString) line = g_string_new (g_strstrip (lines[i]));

    if (line->len == 0)
      continue;
    if (is_vtt) {
      g_string_replace (line, "&", "&amp;", 0);
      g_string_replace (line, "<", "&lt;", 0);
      g_string_replace (line, ">", "&gt;", 0);
    } else {
      g_string_replace (line, "-->", "→", 0);
    }
    g_string_append_printf (cue, "%s\n", line->str);
  }
}

gboolean
habla_caption_file_add (HablaCaptionFile *self, const HablaUtterance *utterance, GError **error)
{
  g_autoptr (GString) cue = g_string_new (self->is_vtt && self->count == 0 ? HEADER : NULL);
  char decimal = self->is_vtt ? '.' : ',';
  guint64 begin = utterance->begin != HABLA_TIME_NONE ? utterance->begin : self->last_end;
  guint64 end = utterance->end != HABLA_TIME_NONE ? utterance->end : 0;
  gsize head;

  end = MAX (end, begin + NSECS_PER_MSEC);
  if (!self->is_vtt)
    g_string_append_printf (cue, "%u\n", self->count + 1);
  caption_file_append_time (cue, begin, decimal);
  g_string_append (cue, " --> ");
  caption_file_append_time (cue, end, decimal);
  g_string_append_c (cue, '\n');
  head = cue->len;
  caption_file_append_text (cue, utterance->text, self->is_vtt);
  if (cue->len == head)
    return TRUE;
  g_string_append_c (cue, '\n');
  if (!habla_output_file_write (self->output, cue->str, error))
    return FALSE;
  self->count++;
  self->last_end = end;
  return TRUE;
}
