/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/output/caption-file.h"

#include <util/caption-timing.h>

#define NSECS_PER_MSEC G_GUINT64_CONSTANT (1000000)

struct _HablaCaptionFile {
  HablaOutputFile *output;
  HablaSubtitleWriter *writer;
  char *language;
  HablaCaptionLayout layout;
  gboolean is_written;
  /* The last caption, whose end may change. */
  gboolean has_last;
  HablaSubtitleEntry last;
};

static void
caption_file_clear_last (HablaCaptionFile *self)
{
  g_free ((char *) self->last.text);
  g_free ((char *) self->last.speaker);
  g_free ((char *) self->last.language);
  g_free ((char *) self->last.source);
  self->last = (HablaSubtitleEntry){ 0 };
  self->has_last = FALSE;
}

static void
caption_file_set_last (HablaCaptionFile *self, const HablaSubtitleEntry *entry)
{
  caption_file_clear_last (self);
  self->last = *entry;
  self->last.text = g_strdup (entry->text);
  self->last.speaker = g_strdup (entry->speaker);
  self->last.language = g_strdup (entry->language);
  self->last.source = g_strdup (entry->source);
  self->has_last = TRUE;
}

HablaCaptionFile *
habla_caption_file_new (
    const char *path, const char *language, const HablaCaptionLayout *layout, GError **error)
{
  g_autoptr (HablaCaptionFile) self = g_new0 (HablaCaptionFile, 1);

  self->output = habla_output_file_new (path, error);
  if (self->output == NULL)
    return NULL;
  self->writer = habla_subtitle_writer_new (path, language);
  self->language = g_strdup (language);
  self->layout = *layout;
  return g_steal_pointer (&self);
}

void
habla_caption_file_free (HablaCaptionFile *self)
{
  caption_file_clear_last (self);
  g_clear_pointer (&self->output, habla_output_file_free);
  g_clear_pointer (&self->writer, habla_subtitle_writer_free);
  g_free (self->language);
  g_free (self);
}

HablaOutputFile *
habla_caption_file_get_output (HablaCaptionFile *self)
{
  return self->output;
}

const char *
habla_caption_file_get_language (HablaCaptionFile *self)
{
  return self->language;
}

HablaSubtitleKind
habla_caption_file_get_kind (HablaCaptionFile *self)
{
  return habla_subtitle_writer_get_kind (self->writer);
}

/* Lets the last caption end before the next one. @next: its begin, in ns */
static void
caption_file_extend_last (HablaCaptionFile *self, guint64 next)
{
  g_auto (GStrv) lines = g_strsplit (self->last.text, "\n", -1);
  HablaCaptionCue cue = { self->last.begin / NSECS_PER_MSEC, self->last.end / NSECS_PER_MSEC,
    lines };

  habla_caption_timing_extend (&cue, &self->layout, (gint64) (next / NSECS_PER_MSEC));
  self->last.end = cue.end * NSECS_PER_MSEC;
}

/* Returns: whether the time that @entry is shown for depends on what follows */
static gboolean
caption_file_is_open (HablaCaptionFile *self, const HablaSubtitleEntry *entry)
{
  return entry->cue == NULL && habla_caption_file_get_kind (self) == HABLA_SUBTITLE_CUES &&
         habla_output_file_is_rewritable (self->output);
}

gboolean
habla_caption_file_add (
    HablaCaptionFile *self, const HablaSubtitleEntry *entry, guint64 until, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) tail = g_string_new (NULL);

  if (self->has_last) {
    caption_file_extend_last (self, entry->begin);
    habla_subtitle_writer_append (self->writer, &self->last, text);
    caption_file_clear_last (self);
  }
  if (caption_file_is_open (self, entry)) {
    caption_file_set_last (self, entry);
    self->last.end = MAX (until, entry->end);
    habla_subtitle_writer_preview (self->writer, &self->last, tail);
  } else {
    habla_subtitle_writer_append (self->writer, entry, text);
    habla_subtitle_writer_preview (self->writer, NULL, tail);
  }
  self->is_written = TRUE;
  return habla_output_file_write (self->output, text->str, tail->str, error);
}

gboolean
habla_caption_file_commit (HablaCaptionFile *self, GError **error)
{
  g_autoptr (GString) tail = g_string_new (NULL);

  /* Until there is a caption, the file is empty, and deleted if there is an error. */
  if (!self->is_written) {
    habla_subtitle_writer_preview (self->writer, NULL, tail);
    if (!habla_output_file_write (self->output, "", tail->str, error))
      return FALSE;
  }
  return habla_output_file_commit (self->output, error);
}
