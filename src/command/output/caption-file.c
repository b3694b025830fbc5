/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/output/caption-file.h"

#include <util/caption-cues.h>
#include <util/caption-timing.h>

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

static gint64
caption_file_round (guint64 nsecs)
{
  return (nsecs + NSECS_PER_MSEC / 2) / NSECS_PER_MSEC;
}

/* WebVTT, section 4.1. Readers of SubRip all accept the same form with a decimal comma. */
static void
caption_file_append_time (GString *cue, guint64 msecs, char decimal)
{
  g_string_append_printf (cue,
      "%02" G_GUINT64_FORMAT ":%02" G_GUINT64_FORMAT ":%02" G_GUINT64_FORMAT
      "%c%03" G_GUINT64_FORMAT,
      msecs / 3600000, msecs / 60000 % 60, msecs / 1000 % 60, decimal, msecs % 1000);
}

/* WebVTT has escapes for its special characters; SubRip has none, and its readers take an arrow for
 * a new cue. */
static void
caption_file_append_line (GString *out, const char *text, gboolean is_vtt)
{
  g_autoptr (GString) line = g_string_new (text);

  if (is_vtt) {
    g_string_replace (line, "&", "&amp;", 0);
    g_string_replace (line, "<", "&lt;", 0);
    g_string_replace (line, ">", "&gt;", 0);
  } else {
    g_string_replace (line, "-->", "→", 0);
  }
  g_string_append_printf (out, "%s\n", line->str);
}

static void
caption_file_append_cue (HablaCaptionFile *self, GString *out, const HablaCaptionCue *cue)
{
  char decimal = self->is_vtt ? '.' : ',';

  self->count++;
  if (!self->is_vtt)
    g_string_append_printf (out, "%u\n", self->count);
  caption_file_append_time (out, cue->begin, decimal);
  g_string_append (out, " --> ");
  caption_file_append_time (out, cue->end, decimal);
  g_string_append_c (out, '\n');
  for (guint i = 0; cue->lines[i] != NULL; i++)
    caption_file_append_line (out, cue->lines[i], self->is_vtt);
  g_string_append_c (out, '\n');
}

/* Returns: (transfer full) (nullable): the times of the words */
static GArray *
caption_file_get_words (const HablaUtterance *utterance)
{
  GArray *words;

  if (utterance->words == NULL)
    return NULL;
  words = g_array_new (FALSE, FALSE, sizeof (HablaCaptionWord));
  for (guint i = 0; i < utterance->words->len; i++) {
    const HablaWord *word = g_ptr_array_index (utterance->words, i);
    HablaCaptionWord timed = { caption_file_round (word->begin), caption_file_round (word->end),
      g_utf8_strlen (word->text, -1) };

    g_array_append_val (words, timed);
  }
  return words;
}

gboolean
habla_caption_file_add (HablaCaptionFile *self, const HablaUtterance *utterance, GError **error)
{
  g_autoptr (GString) out = g_string_new (self->is_vtt && self->count == 0 ? HEADER : NULL);
  guint64 begin = utterance->begin != HABLA_TIME_NONE ? utterance->begin : self->last_end;
  guint64 end = utterance->end != HABLA_TIME_NONE ? utterance->end : 0;
  const HablaCaptionLayout layout = HABLA_CAPTION_LAYOUT;
  g_autoptr (GArray) words = caption_file_get_words (utterance);
  HablaCaptionSpeech speech = { utterance->text, .words = words };
  g_autoptr (GPtrArray) cues = NULL;

  end = MAX (end, begin + NSECS_PER_MSEC);
  speech.begin = caption_file_round (begin);
  speech.end = caption_file_round (end);
  cues = habla_caption_cues_new_for_speech (&speech, &layout);
  if (cues->len == 0)
    return TRUE;
  for (guint i = 0; i + 1 < cues->len; i++)
    habla_caption_timing_extend (
        cues->pdata[i], &layout, ((HablaCaptionCue *) cues->pdata[i + 1])->begin);
  for (guint i = 0; i < cues->len; i++)
    caption_file_append_cue (self, out, g_ptr_array_index (cues, i));
  self->last_end = end;
  return habla_output_file_write (self->output, out->str, error);
}
