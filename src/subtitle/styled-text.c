/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subtitle/styled-text.h"

#include "subtitle/subtitle-markup.h"

#include <string.h>

/* Tags of SubRip and WebVTT, and letters of the overrides of SubStation, by style. */
static const char style_letters[HABLA_SUBTITLE_N_STYLES] = { 'i', 'b', 'u', 's' };

static const char *const ttml_attributes[HABLA_SUBTITLE_N_STYLES] = { "tts:fontStyle=\"italic\"",
  "tts:fontWeight=\"bold\"", "tts:textDecoration=\"underline\"",
  "tts:textDecoration=\"lineThrough\"" };

/* The classes of WebVTT that have a colour by default, section 5.1. */
static const struct {
  const char *name;
  const char *color;
} vtt_colors[] = { { "white", "#ffffff" }, { "lime", "#00ff00" }, { "cyan", "#00ffff" },
  { "red", "#ff0000" }, { "yellow", "#ffff00" }, { "magenta", "#ff00ff" }, { "blue", "#0000ff" },
  { "black", "#000000" } };

static void
span_free (gpointer data)
{
  HablaSubtitleSpan *self = data;

  g_free (self->color);
  g_free (self->open);
  g_free (self->close);
  g_free (self);
}

HablaSubtitleStyledText *
habla_subtitle_styled_text_new (const char *format, const char *text)
{
  HablaSubtitleStyledText *self = g_new0 (HablaSubtitleStyledText, 1);

  self->format = g_strdup (format);
  self->text = g_strdup (text);
  self->spans = g_ptr_array_new_with_free_func (span_free);
  return self;
}

void
habla_subtitle_styled_text_free (HablaSubtitleStyledText *self)
{
  g_free (self->format);
  g_free (self->text);
  g_free (self->overrides);
  g_ptr_array_unref (self->spans);
  g_free (self);
}

void
habla_subtitle_styled_text_add (
    HablaSubtitleStyledText *self, const HablaSubtitleSpan *span, gsize begin, gsize end)
{
  HablaSubtitleSpan *copy = g_new0 (HablaSubtitleSpan, 1);

  *copy = *span;
  copy->begin = begin;
  copy->end = end;
  copy->color = g_strdup (span->color);
  copy->open = g_strdup (span->open);
  copy->close = g_strdup (span->close);
  g_ptr_array_add (self->spans, copy);
}

/* What a text is written as. */
typedef struct {
  GString *out;
  const char *format;
  const char *prefix; /* of TTML */
  gboolean is_same;   /* tags of the text are those of the format */
} Writer;

static gboolean
writer_is (const Writer *self, const char *format)
{
  return g_str_equal (self->format, format);
}

static void
writer_append_color (Writer *self, const char *color, gboolean is_open)
{
  guint32 rgb = (guint32) g_ascii_strtoull (color + 1, NULL, 16);

  if (writer_is (self, "srt")) {
    g_string_append_printf (self->out, is_open ? "<font color=\"%s\">" : "</font>", color);
  } else if (writer_is (self, "ass")) {
    if (is_open)
      g_string_append_printf (
          self->out, "{\\c&H%02X%02X%02X&}", rgb & 0xff, rgb >> 8 & 0xff, rgb >> 16 & 0xff);
    else
      g_string_append (self->out, "{\\c}");
  } else if (writer_is (self, "vtt")) {
    for (guint i = 0; i < G_N_ELEMENTS (vtt_colors); i++)
      if (g_ascii_strcasecmp (vtt_colors[i].color, color) == 0)
        g_string_append_printf (self->out, is_open ? "<c.%s>" : "</c>", vtt_colors[i].name);
  }
}

static void
writer_append_style (Writer *self, guint style, gboolean is_open)
{
  if (writer_is (self, "ass"))
    g_string_append_printf (self->out, "{\\%c%d}", style_letters[style], is_open);
  else if (writer_is (self, "srt") || style_letters[style] != 's')
    g_string_append_printf (self->out, is_open ? "<%c>" : "</%c>", style_letters[style]);
}

static void
writer_append_ttml_span (Writer *self, const HablaSubtitleSpan *span, gboolean is_open)
{
  if (span->styles == 0 && span->color == NULL)
    return;
  if (!is_open) {
    g_string_append_printf (self->out, "</%sspan>", self->prefix);
    return;
  }
  g_string_append_printf (self->out, "<%sspan", self->prefix);
  for (guint i = 0; i < HABLA_SUBTITLE_N_STYLES; i++)
    if ((span->styles & (1 << i)) != 0 &&
        !(i == 3 && (span->styles & HABLA_SUBTITLE_UNDERLINE) != 0))
      g_string_append_printf (self->out, " %s", ttml_attributes[i]);
  if (span->color != NULL)
    g_string_append_printf (self->out, " tts:color=\"%s\"", span->color);
  g_string_append_c (self->out, '>');
}

static void
writer_open (Writer *self, const HablaSubtitleSpan *span)
{
  if (self->is_same && span->open != NULL) {
    g_string_append (self->out, span->open);
  } else if (writer_is (self, "ttml")) {
    writer_append_ttml_span (self, span, TRUE);
  } else {
    if (span->color != NULL)
      writer_append_color (self, span->color, TRUE);
    for (guint i = 0; i < HABLA_SUBTITLE_N_STYLES; i++)
      if ((span->styles & (1 << i)) != 0)
        writer_append_style (self, i, TRUE);
  }
}

static void
writer_close (Writer *self, const HablaSubtitleSpan *span)
{
  if (self->is_same && span->open != NULL) {
    g_string_append (self->out, span->close != NULL ? span->close : "");
  } else if (writer_is (self, "ttml")) {
    writer_append_ttml_span (self, span, FALSE);
  } else {
    for (guint i = HABLA_SUBTITLE_N_STYLES; i-- > 0;)
      if ((span->styles & (1 << i)) != 0)
        writer_append_style (self, i, FALSE);
    if (span->color != NULL)
      writer_append_color (self, span->color, FALSE);
  }
}

/* Returns: whether readers of SubRip may take the begin of @text for a tag or for the code of a
 * character; also if that depends on what follows, which may be escaped, too */
static gboolean
writer_is_subrip_markup (const char *text)
{
  switch (*text) {
  case '&':
    return text[1] == '#' || g_ascii_isalpha (text[1]);
  case '{':
    return text[1] == '\\';
  default:
    return habla_subtitle_markup_begins_tag (text);
  }
}

static const char *
writer_get_escape (const Writer *self, const char *text)
{
  gboolean is_xml = writer_is (self, "vtt") || writer_is (self, "ttml");

  switch (*text) {
  case '&':
    return is_xml || (writer_is (self, "srt") && writer_is_subrip_markup (text)) ? "&amp;" : NULL;
  case '<':
    return is_xml || (writer_is (self, "srt") && writer_is_subrip_markup (text)) ? "&lt;" : NULL;
  case '>':
    return is_xml ? "&gt;" : NULL;
  case '{':
    if (writer_is (self, "ass"))
      return "\\{";
    return writer_is (self, "srt") && writer_is_subrip_markup (text) ? "&#123;" : NULL;
  case '}':
    return writer_is (self, "ass") ? "\\}" : NULL;
  case '\\':
    /* There is no escape for the backslash itself: a word joiner keeps it from being one. */
    return writer_is (self, "ass") && text[1] != '\0' && strchr ("Nnh{}", text[1]) != NULL
               ? "\\\xe2\x81\xa0"
               : NULL;
  default:
    return NULL;
  }
}

static void
writer_append_line_break (Writer *self)
{
  if (writer_is (self, "ass"))
    g_string_append (self->out, "\\N");
  else if (writer_is (self, "ttml"))
    g_string_append_printf (self->out, "<%sbr/>", self->prefix);
  else
    g_string_append_c (self->out, '\n');
}

static gboolean
writer_is_arrow (const char *text)
{
  return text[0] == '-' && text[1] == '-' && text[2] == '>';
}

/* Appends one character. Returns: its bytes */
static gsize
writer_append_character (Writer *self, const char *text)
{
  const char *escape = writer_get_escape (self, text);
  gsize size = g_utf8_next_char (text) - text;

  if (*text == '\n') {
    writer_append_line_break (self);
  } else if (writer_is (self, "srt") && writer_is_arrow (text)) {
    g_string_append (self->out, "→");
    return 3;
  } else if (escape != NULL) {
    g_string_append (self->out, escape);
  } else if (writer_is (self, "ass") && g_str_has_prefix (text, "\u00a0")) {
    g_string_append (self->out, "\\h");
  } else if (!g_unichar_iscntrl (g_utf8_get_char (text))) {
    g_string_append_len (self->out, text, size);
  } else if (*text == '\t') {
    g_string_append_c (self->out, ' ');
  }
  return size;
}

/* Closes the spans that end at @offset, and those in them, which are opened again. */
static void
writer_close_spans (Writer *self, GPtrArray *opened, gsize offset)
{
  g_autoptr (GPtrArray) again = g_ptr_array_new ();
  guint first = 0;

  while (first < opened->len && ((HablaSubtitleSpan *) opened->pdata[first])->end > offset)
    first++;
  while (opened->len > first) {
    HablaSubtitleSpan *span = g_ptr_array_steal_index (opened, opened->len - 1);

    writer_close (self, span);
    if (span->end > offset)
      g_ptr_array_insert (again, 0, span);
  }
  for (guint i = 0; i < again->len; i++) {
    writer_open (self, again->pdata[i]);
    g_ptr_array_add (opened, again->pdata[i]);
  }
}

static void
writer_open_spans (
    Writer *self, const HablaSubtitleStyledText *text, GPtrArray *opened, gsize offset)
{
  for (guint i = 0; i < text->spans->len; i++) {
    HablaSubtitleSpan *span = text->spans->pdata[i];

    if (span->begin != offset || span->end <= offset)
      continue;
    writer_open (self, span);
    g_ptr_array_add (opened, span);
  }
}

/* SubRip has only the place of SubStation's overrides. */
static void
writer_append_overrides (Writer *self, const char *overrides)
{
  const char *place = strstr (overrides, "\\an");

  if (writer_is (self, "ass") || (self->is_same && writer_is (self, "srt")))
    g_string_append_printf (self->out, "{%s}", overrides);
  else if (writer_is (self, "srt") && place != NULL && place[3] >= '1' && place[3] <= '9')
    g_string_append_printf (self->out, "{\\an%c}", place[3]);
}

char *
habla_subtitle_styled_text_write (
    const HablaSubtitleStyledText *self, const char *format, const char *prefix)
{
  g_autoptr (GPtrArray) opened = g_ptr_array_new ();
  Writer writer = { g_string_new (NULL), format, prefix, g_str_equal (self->format, format) };
  gsize length = strlen (self->text);

  if (self->overrides != NULL)
    writer_append_overrides (&writer, self->overrides);
  for (gsize offset = 0; offset < length;) {
    writer_close_spans (&writer, opened, offset);
    writer_open_spans (&writer, self, opened, offset);
    offset += writer_append_character (&writer, self->text + offset);
  }
  writer_close_spans (&writer, opened, G_MAXSIZE);
  return g_string_free (writer.out, FALSE);
}
