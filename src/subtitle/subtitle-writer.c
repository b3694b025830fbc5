/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subtitle/subtitle-writer.h"

#include "subtitle/styled-text.h"
#include "subtitle/subtitle-writer-private.h"

#include <string.h>

struct _HablaSubtitleWriter {
  HablaSubtitleState state;
};

static const struct {
  const char *extension;
  const HablaSubtitleFormat *format;
} extensions[] = {
  { ".srt", &habla_subtitle_srt },
  { ".vtt", &habla_subtitle_vtt },
  { ".ass", &habla_subtitle_ass },
  { ".ssa", &habla_subtitle_ass },
  { ".ttml", &habla_subtitle_ttml },
  { ".dfxp", &habla_subtitle_ttml },
  { ".xml", &habla_subtitle_ttml },
  { ".txt", &habla_subtitle_txt },
  { ".tsv", &habla_subtitle_tsv },
  { ".json", &habla_subtitle_json },
};

static const HablaSubtitleFormat *
writer_find_format (const char *path)
{
  const char *dot = strrchr (path, '.');

  for (guint i = 0; dot != NULL && i < G_N_ELEMENTS (extensions); i++)
    if (g_ascii_strcasecmp (extensions[i].extension, dot) == 0)
      return extensions[i].format;
  return NULL;
}

gboolean
habla_subtitle_writer_knows (const char *path)
{
  return writer_find_format (path) != NULL;
}

HablaSubtitleWriter *
habla_subtitle_writer_new (const char *path, const char *language)
{
  HablaSubtitleWriter *self;
  const HablaSubtitleFormat *format = writer_find_format (path);

  g_return_val_if_fail (format != NULL, NULL);

  self = g_new0 (HablaSubtitleWriter, 1);
  self->state.format = format;
  self->state.language = g_strdup (language);
  self->state.elements = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
habla_subtitle_writer_free (HablaSubtitleWriter *self)
{
  g_free (self->state.language);
  g_free (self->state.trailer);
  g_free (self->state.fields);
  g_ptr_array_unref (self->state.elements);
  g_free (self);
}

HablaSubtitleKind
habla_subtitle_writer_get_kind (HablaSubtitleWriter *self)
{
  return self->state.format->kind;
}

gboolean
habla_subtitle_entry_is_from (const HablaSubtitleEntry *entry, const char *format)
{
  return entry->cue != NULL && g_str_equal (entry->cue->format, format);
}

void
habla_subtitle_append_time (GString *out, guint64 time, char decimal)
{
  guint64 msecs = time / 1000000 + (time % 1000000 >= 500000);

  g_string_append_printf (out,
      "%02" G_GUINT64_FORMAT ":%02" G_GUINT64_FORMAT ":%02" G_GUINT64_FORMAT
      "%c%03" G_GUINT64_FORMAT,
      msecs / 3600000, msecs / 60000 % 60, msecs / 1000 % 60, decimal, msecs % 1000);
}

/* "line:0", "line:10%": at the top. */
static gboolean
entry_is_at_top (const HablaCue *cue)
{
  const char *line = cue->settings != NULL ? strstr (cue->settings, "line:") : NULL;
  char *end;
  guint64 number;

  if (line == NULL || !g_ascii_isdigit (line[5]))
    return FALSE;
  number = g_ascii_strtoull (line + 5, &end, 10);
  return number < (*end == '%' || *end == '.' ? 40 : 4);
}

guint
habla_subtitle_entry_get_place (const HablaSubtitleEntry *entry)
{
  const char *override;

  if (entry->cue == NULL)
    return 2;
  if (habla_subtitle_entry_is_from (entry, "vtt"))
    return entry_is_at_top (entry->cue) ? 8 : 2;
  override = entry->cue->markup != NULL && !habla_subtitle_entry_is_from (entry, "ttml")
                 ? strstr (entry->cue->markup, "\\an")
                 : NULL;
  return override != NULL && override[3] >= '1' && override[3] <= '9' ? override[3] - '0' : 2;
}

char *
habla_subtitle_get_markup (
    const HablaSubtitleState *self, const HablaSubtitleEntry *entry, const char *prefix)
{
  const char *format = self->format->name;
  const HablaCue *cue = entry->cue;
  g_autoptr (HablaSubtitleStyledText) source = NULL;
  g_autoptr (HablaSubtitleStyledText) styled = NULL;

  if (cue == NULL) {
    styled = habla_subtitle_styled_text_new (format, entry->text);
    return habla_subtitle_styled_text_write (styled, format, prefix);
  }
  if (habla_subtitle_entry_is_from (entry, format) && g_str_equal (entry->text, cue->text))
    return g_strdup (cue->markup != NULL ? cue->markup : cue->text);
  source = cue->markup != NULL ? habla_subtitle_styled_text_read (cue->format, cue->markup)
                               : habla_subtitle_styled_text_new (cue->format, cue->text);
  if (source->overrides == NULL && habla_subtitle_entry_get_place (entry) == 8)
    source->overrides = g_strdup ("\\an8");
  if (g_str_equal (source->text, entry->text))
    return habla_subtitle_styled_text_write (source, format, prefix);
  styled = habla_subtitle_styled_text_transfer (source, entry->text);
  return habla_subtitle_styled_text_write (styled, format, prefix);
}

static void
writer_append_preamble (HablaSubtitleState *self, const HablaSubtitleEntry *entry, GString *out)
{
  const char *source = entry != NULL && habla_subtitle_entry_is_from (entry, self->format->name)
                           ? entry->cue->preamble
                           : NULL;
  g_autofree char *preamble = NULL;

  if (self->n_entries == 0 && self->format->make_header != NULL)
    preamble = self->format->make_header (self, source);
  else
    preamble = g_strdup (source);
  if (preamble == NULL)
    return;
  g_string_append (out, preamble);
  if (self->format->read_preamble != NULL)
    self->format->read_preamble (self, preamble);
}

void
habla_subtitle_writer_append (
    HablaSubtitleWriter *self, const HablaSubtitleEntry *entry, GString *out)
{
  HablaSubtitleState *state = &self->state;

  g_return_if_fail (entry != NULL);

  writer_append_preamble (state, entry, out);
  state->format->append_entry (state, entry, out);
  state->n_entries++;
  if (habla_subtitle_entry_is_from (entry, state->format->name) && entry->cue->trailer != NULL) {
    g_free (state->trailer);
    state->trailer = g_strdup (entry->cue->trailer);
  }
}

static gpointer
writer_copy_element (gconstpointer name, gpointer data)
{
  return g_strdup (name);
}

void
habla_subtitle_writer_preview (
    HablaSubtitleWriter *self, const HablaSubtitleEntry *entry, GString *out)
{
  g_autoptr (HablaSubtitleWriter) copy = g_new0 (HablaSubtitleWriter, 1);
  HablaSubtitleState *state = &copy->state;

  *state = self->state;
  state->language = g_strdup (self->state.language);
  state->trailer = g_strdup (self->state.trailer);
  state->fields = g_strdup (self->state.fields);
  state->elements = g_ptr_array_copy (self->state.elements, (GCopyFunc) writer_copy_element, NULL);
  g_ptr_array_set_free_func (state->elements, g_free);
  if (entry != NULL)
    habla_subtitle_writer_append (copy, entry, out);
  else if (state->n_entries == 0)
    writer_append_preamble (state, NULL, out);
  if (state->trailer != NULL)
    g_string_append (out, state->trailer);
  else if (state->format->append_footer != NULL)
    state->format->append_footer (state, out);
}
