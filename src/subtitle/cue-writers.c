/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subtitle/subtitle-writer-private.h"

#include <string.h>

/* SubRip, WebVTT and SubStation. */

static void
srt_append_entry (const HablaSubtitleState *self, const HablaSubtitleEntry *entry, GString *out)
{
  gboolean is_same = habla_subtitle_entry_is_from (entry, "srt");
  g_autofree char *markup = habla_subtitle_get_markup (self, entry, "");

  if (is_same && entry->cue->id != NULL)
    g_string_append_printf (out, "%s\n", entry->cue->id);
  else
    g_string_append_printf (out, "%u\n", self->n_entries + 1);
  habla_subtitle_append_time (out, entry->begin, ',');
  g_string_append (out, " --> ");
  habla_subtitle_append_time (out, entry->end, ',');
  if (is_same && entry->cue->settings != NULL)
    g_string_append_printf (out, " %s", entry->cue->settings);
  g_string_append_printf (out, "\n%s\n\n", markup);
}

const HablaSubtitleFormat habla_subtitle_srt = {
  .name = "srt",
  .kind = HABLA_SUBTITLE_CUES,
  .append_entry = srt_append_entry,
};

/* The end of a cue is after its begin (WebVTT, section 4.1). */
#define VTT_SHORTEST G_GUINT64_CONSTANT (1000000)

/* Returns: whether @line of a header gives @name */
static gboolean
header_line_is (const char *line, const char *name)
{
  gsize length = strlen (name);

  return g_ascii_strncasecmp (line, name, length) == 0 && line[length] == ':';
}

/* Gives the header of WebVTT its kind and language: "WEBVTT" and the lines up to a blank one. */
static char *
vtt_make_header (const HablaSubtitleState *self, const char *source)
{
  g_auto (GStrv) blocks = g_strsplit (
      source != NULL && g_str_has_prefix (source, "WEBVTT") ? source : "WEBVTT\n\n", "\n\n", 2);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (blocks[0]), "\n", -1);
  GString *header = g_string_new (NULL);
  gboolean has_kind = FALSE;

  for (guint i = 0; lines[i] != NULL; i++) {
    has_kind |= header_line_is (lines[i], "Kind");
    if (!header_line_is (lines[i], "Language"))
      g_string_append_printf (header, "%s\n", lines[i]);
  }
  if (!has_kind)
    g_string_append (header, "Kind: captions\n");
  if (self->language != NULL)
    g_string_append_printf (header, "Language: %s\n", self->language);
  g_string_append_printf (header, "\n%s", blocks[1] != NULL ? blocks[1] : "");
  /* A blank line before the first cue. */
  if (!g_str_has_suffix (header->str, "\n"))
    g_string_append_c (header, '\n');
  if (!g_str_has_suffix (header->str, "\n\n"))
    g_string_append_c (header, '\n');
  return g_string_free (header, FALSE);
}

/* WebVTT, section 4.2.2: an annotation has neither "&" nor ">". */
static void
vtt_append_voice (const HablaSubtitleEntry *entry, GString *out)
{
  g_autofree char *name = g_strdup (entry->speaker != NULL ? entry->speaker : "");
  g_autoptr (GString) speaker = NULL;

  if (entry->speaker == NULL || habla_subtitle_entry_is_from (entry, "vtt"))
    return;
  speaker = g_string_new (g_strstrip (g_strdelimit (name, "\r\n\t", ' ')));
  g_string_replace (speaker, "&", "&amp;", 0);
  g_string_replace (speaker, "<", "&lt;", 0);
  g_string_replace (speaker, ">", "&gt;", 0);
  if (speaker->len > 0)
    g_string_append_printf (out, "<v %s>", speaker->str);
}

static void
vtt_append_settings (const HablaSubtitleEntry *entry, GString *out)
{
  guint place = habla_subtitle_entry_get_place (entry);

  if (habla_subtitle_entry_is_from (entry, "vtt")) {
    if (entry->cue->settings != NULL)
      g_string_append_printf (out, " %s", entry->cue->settings);
    return;
  }
  if (place >= 7)
    g_string_append (out, " line:0");
  else if (place >= 4)
    g_string_append (out, " line:50%");
  if (place % 3 != 2)
    g_string_append (out, place % 3 == 1 ? " align:start" : " align:end");
}

static void
vtt_append_entry (const HablaSubtitleState *self, const HablaSubtitleEntry *entry, GString *out)
{
  g_autofree char *markup = habla_subtitle_get_markup (self, entry, "");

  if (habla_subtitle_entry_is_from (entry, "vtt") && entry->cue->id != NULL)
    g_string_append_printf (out, "%s\n", entry->cue->id);
  habla_subtitle_append_time (out, entry->begin, '.');
  g_string_append (out, " --> ");
  habla_subtitle_append_time (out, MAX (entry->end, entry->begin + VTT_SHORTEST), '.');
  vtt_append_settings (entry, out);
  g_string_append_c (out, '\n');
  vtt_append_voice (entry, out);
  g_string_append_printf (out, "%s\n\n", markup);
}

const HablaSubtitleFormat habla_subtitle_vtt = {
  .name = "vtt",
  .kind = HABLA_SUBTITLE_CUES,
  .make_header = vtt_make_header,
  .append_entry = vtt_append_entry,
};

#define ASS_FIELDS "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"
#define ASS_INFO "[Script Info]"

/* White with a black border, at the bottom, like the styles of most players. */
static const char ass_header[] =
    "ScriptType: v4.00+\n"
    "PlayResX: 1920\n"
    "PlayResY: 1080\n"
    "ScaledBorderAndShadow: yes\n"
    "WrapStyle: 0\n"
    "\n"
    "[V4+ Styles]\n"
    "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, "
    "Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, "
    "Shadow, Alignment, MarginL, MarginR, MarginV, Encoding\n"
    "Style: Default,Sans,64,&H00FFFFFF,&H000000FF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,"
    "2,60,60,50,1\n"
    "\n"
    "[Events]\n"
    "Format: " ASS_FIELDS "\n";

static char *
ass_make_header (const HablaSubtitleState *self, const char *source)
{
  gboolean has_info =
      source != NULL && g_ascii_strncasecmp (source, ASS_INFO, strlen (ASS_INFO)) == 0;
  g_auto (GStrv) lines = g_strsplit (has_info ? source : ass_header, "\n", -1);
  GString *header = g_string_new (has_info ? NULL : ASS_INFO "\n");
  guint i = 0;

  if (source != NULL && !has_info)
    return g_strdup (source);
  if (has_info)
    g_string_append_printf (header, "%s\n", lines[i++]);
  if (self->language != NULL)
    g_string_append_printf (header, "Language: %s\n", self->language);
  for (; lines[i] != NULL; i++)
    if (!header_line_is (lines[i], "Language") || self->language == NULL)
      g_string_append_printf (header, "%s%s", lines[i], lines[i + 1] != NULL ? "\n" : "");
  return g_string_free (header, FALSE);
}

/* Returns: whether @fields are those of events, with times */
static gboolean
ass_has_times (const char *fields)
{
  g_auto (GStrv) names = g_strsplit (fields, ",", -1);
  guint n_times = 0, n = 0;

  for (; names[n] != NULL; n++)
    n_times += g_ascii_strcasecmp (g_strstrip (names[n]), "Start") == 0 ||
               g_ascii_strcasecmp (names[n], "End") == 0;
  return n_times == 2 && n > 2;
}

/* Finds the fields of events. As for the parser, an unusable line is none. */
static void
ass_read_preamble (HablaSubtitleState *self, const char *preamble)
{
  g_auto (GStrv) lines = g_strsplit (preamble, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    if (!header_line_is (g_strstrip (lines[i]), "Format") ||
        !ass_has_times (lines[i] + strlen ("Format:")))
      continue;
    g_free (self->fields);
    self->fields = g_strdup (lines[i] + strlen ("Format:"));
  }
}

/* SubStation has hundredths of a second. */
static void
ass_append_time (GString *out, guint64 time)
{
  guint64 hundredths = time / 10000000 + (time % 10000000 >= 5000000);

  g_string_append_printf (out,
      "%" G_GUINT64_FORMAT ":%02" G_GUINT64_FORMAT ":%02" G_GUINT64_FORMAT ".%02" G_GUINT64_FORMAT,
      hundredths / 360000, hundredths / 6000 % 60, hundredths / 100 % 60, hundredths % 100);
}

/* Appends a field of a line that is not from SubStation. */
static void
ass_append_field (const HablaSubtitleEntry *entry, const char *name, GString *out)
{
  if (g_ascii_strcasecmp (name, "Style") == 0) {
    g_string_append (out, "Default");
  } else if (g_ascii_strcasecmp (name, "Name") == 0 || g_ascii_strcasecmp (name, "Actor") == 0) {
    g_autofree char *speaker = g_strdup (entry->speaker != NULL ? entry->speaker : "");

    g_string_append (out, g_strdelimit (speaker, ",\r\n", ' '));
  } else if (g_ascii_strcasecmp (name, "Marked") == 0) {
    g_string_append (out, "Marked=0");
  } else if (g_ascii_strcasecmp (name, "Effect") != 0) {
    g_string_append_c (out, '0');
  }
}

static void
ass_append_entry (const HablaSubtitleState *self, const HablaSubtitleEntry *entry, GString *out)
{
  g_auto (GStrv) names = g_strsplit (self->fields != NULL ? self->fields : ASS_FIELDS, ",", -1);
  g_auto (GStrv) values = NULL;
  g_autofree char *markup = habla_subtitle_get_markup (self, entry, "");
  guint n = 0;

  if (habla_subtitle_entry_is_from (entry, "ass") && entry->cue->settings != NULL)
    values = g_strsplit (entry->cue->settings, ",", -1);
  if (values != NULL && g_strv_length (values) + 3 != g_strv_length (names))
    g_clear_pointer (&values, g_strfreev);
  g_string_append (out, "Dialogue: ");
  for (guint i = 0; names[i + 1] != NULL; i++) {
    const char *name = g_strstrip (names[i]);

    if (g_ascii_strcasecmp (name, "Start") == 0)
      ass_append_time (out, entry->begin);
    else if (g_ascii_strcasecmp (name, "End") == 0)
      ass_append_time (out, entry->end);
    else if (values != NULL)
      g_string_append (out, values[n++]);
    else
      ass_append_field (entry, name, out);
    g_string_append_c (out, ',');
  }
  g_string_append_printf (out, "%s\n", markup);
}

const HablaSubtitleFormat habla_subtitle_ass = {
  .name = "ass",
  .kind = HABLA_SUBTITLE_CUES,
  .make_header = ass_make_header,
  .read_preamble = ass_read_preamble,
  .append_entry = ass_append_entry,
};
