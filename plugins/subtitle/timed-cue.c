/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "timed-cue.h"

#include <string.h>
#include <subtitle/subtitle-markup.h>

/* ReadOrder, Layer, Style, Name, MarginL, MarginR, MarginV, Effect, Text: see the specification of
 * Matroska, section "SubStation". */
#define N_FIELDS 9
/* Of a cue without an end: time to read two lines. */
#define ENDLESS_DURATION (4 * GST_SECOND)
#define NAME_FIELD 3

static const struct {
  const char *type;
  HablaTimedCueKind kind;
} kinds[] = {
  { "application/x-ssa", HABLA_TIMED_CUE_SUBSTATION },
  { "application/x-ass", HABLA_TIMED_CUE_SUBSTATION },
  { "application/x-subtitle-vtt", HABLA_TIMED_CUE_WEBVTT },
  { "text/vtt", HABLA_TIMED_CUE_WEBVTT },
};

HablaTimedCueKind
habla_timed_cue_get_kind (GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (gst_structure_has_name (structure, kinds[i].type))
      return kinds[i].kind;
  if (!gst_structure_has_name (structure, "text/x-raw"))
    return HABLA_TIMED_CUE_NONE;
  return g_strcmp0 (gst_structure_get_string (structure, "format"), "pango-markup") == 0
             ? HABLA_TIMED_CUE_MARKUP
             : HABLA_TIMED_CUE_TEXT;
}

/* Returns: (transfer full): the contents in valid UTF-8, without NULs at the end */
static char *
timed_cue_read_text (GstBuffer *buffer)
{
  gsize size = gst_buffer_get_size (buffer);
  g_autofree char *text = g_malloc (size + 1);

  size = gst_buffer_extract (buffer, 0, text, size);
  while (size > 0 && text[size - 1] == '\0')
    size--;
  return g_utf8_make_valid (text, size);
}

char *
habla_timed_cue_get_header (GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  GstBuffer *header = NULL;

  if (!gst_structure_get (structure, "codec_data", GST_TYPE_BUFFER, &header, NULL) ||
      header == NULL)
    return NULL;
  g_autofree char *text = timed_cue_read_text (header);
  gst_buffer_unref (header);
  return g_strdelimit (g_steal_pointer (&text), "\r", ' ');
}

/* Separates the text from the other fields. Returns: (transfer full): the text */
static char *
timed_cue_split_dialogue (HablaCue *cue, const char *line)
{
  g_auto (GStrv) fields = g_strsplit (line, ",", N_FIELDS);

  if (g_strv_length (fields) < N_FIELDS)
    return g_strdup (line);
  cue->settings = g_strndup (line + strlen (fields[0]) + 1,
      strlen (line) - strlen (fields[0]) - strlen (fields[N_FIELDS - 1]) - 2);
  if (*g_strstrip (fields[NAME_FIELD]) != '\0')
    cue->speaker = g_strdup (fields[NAME_FIELD]);
  return g_strdup (fields[N_FIELDS - 1]);
}

static void
timed_cue_set_markup (HablaCue *cue, const char *markup)
{
  g_autofree char *speaker = NULL;

  g_free (cue->text);
  cue->text = habla_subtitle_markup_to_text (cue->format, markup, &speaker);
  if (!g_str_equal (cue->text, markup))
    cue->markup = g_strdup (markup);
  if (cue->speaker == NULL)
    cue->speaker = g_steal_pointer (&speaker);
}

/* The last cue of a SAMI file has no end: subparse of GStreamer 1.22 sets a duration that reaches
 * GST_CLOCK_TIME_NONE. */
static guint64
timed_cue_get_end (GstBuffer *buffer)
{
  guint64 begin = GST_BUFFER_PTS (buffer);

  if (!GST_BUFFER_DURATION_IS_VALID (buffer))
    return begin;
  if (GST_BUFFER_DURATION (buffer) >= GST_CLOCK_TIME_NONE - begin)
    return MIN (begin, GST_CLOCK_TIME_NONE - 1 - ENDLESS_DURATION) + ENDLESS_DURATION;
  return begin + GST_BUFFER_DURATION (buffer);
}

HablaCue *
habla_timed_cue_new (HablaTimedCueKind kind, GstBuffer *buffer, gsize max_size)
{
  const char *format = kind == HABLA_TIMED_CUE_SUBSTATION ? "ass"
                       : kind == HABLA_TIMED_CUE_WEBVTT   ? "vtt"
                                                          : "srt";
  guint64 begin = GST_BUFFER_PTS (buffer);
  g_autofree char *text = NULL;
  g_autofree char *markup = NULL;
  HablaCue *cue;

  if (!GST_CLOCK_TIME_IS_VALID (begin) || gst_buffer_get_size (buffer) > max_size)
    return NULL;
  text = timed_cue_read_text (buffer);
  cue = habla_cue_new (begin, timed_cue_get_end (buffer), text, format);
  if (kind == HABLA_TIMED_CUE_TEXT)
    return cue;
  markup =
      kind == HABLA_TIMED_CUE_SUBSTATION ? timed_cue_split_dialogue (cue, text) : g_strdup (text);
  timed_cue_set_markup (cue, markup);
  return cue;
}
