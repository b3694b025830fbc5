/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaSubtitleStyle:
 * @HABLA_SUBTITLE_ITALIC: italic
 * @HABLA_SUBTITLE_BOLD: bold
 * @HABLA_SUBTITLE_UNDERLINE: underlined
 * @HABLA_SUBTITLE_STRIKE: struck through
 *
 * Styles that all formats know, except that WebVTT strikes nothing through.
 */
typedef enum {
  HABLA_SUBTITLE_ITALIC = 1 << 0,
  HABLA_SUBTITLE_BOLD = 1 << 1,
  HABLA_SUBTITLE_UNDERLINE = 1 << 2,
  HABLA_SUBTITLE_STRIKE = 1 << 3,
} HablaSubtitleStyle;

#define HABLA_SUBTITLE_N_STYLES 4

/**
 * HablaSubtitleSpan:
 * @begin: offset in the text, in bytes
 * @end: offset of its end, in bytes
 * @order: of its start tag in the text
 * @styles: a mask of #HablaSubtitleStyle
 * @color: (nullable): its colour as "#rrggbb"
 * @open: (nullable): its start tag in the format of the text; %NULL = made of @styles and @color
 * @close: (nullable): its end tag
 * @is_voice: whether it says who speaks, in WebVTT
 *
 * A part of a text that is written in another style.
 */
typedef struct {
  gsize begin;
  gsize end;
  guint order;
  guint styles;
  char *color;
  char *open;
  char *close;
  gboolean is_voice;
} HablaSubtitleSpan;

/**
 * HablaSubtitleStyledText:
 * @format: "srt", "vtt", "ass" or "ttml"
 * @text: plain text; lines are separated by "\n"
 * @overrides: (nullable): overrides of SubStation without braces that are valid for all of the
 *   text, such as its place
 * @spans: (element-type HablaSubtitleSpan): outer spans are before those in them
 *
 * The text of a cue with its styles.
 */
typedef struct {
  char *format;
  char *text;
  char *overrides;
  GPtrArray *spans;
} HablaSubtitleStyledText;

/**
 * habla_subtitle_styled_text_new:
 * @format: a format
 * @text: plain text
 *
 * Returns: (transfer full): a text without styles
 */
HablaSubtitleStyledText *habla_subtitle_styled_text_new (const char *format, const char *text);

/**
 * habla_subtitle_styled_text_read:
 * @format: the format of @markup
 * @markup: the text of a cue as it is in the file
 *
 * Returns: (transfer full): its text and styles. Times within the text are dropped
 */
HablaSubtitleStyledText *habla_subtitle_styled_text_read (const char *format, const char *markup);

/**
 * habla_subtitle_styled_text_free:
 * @self: (transfer full): a text
 */
void habla_subtitle_styled_text_free (HablaSubtitleStyledText *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaSubtitleStyledText, habla_subtitle_styled_text_free)

/**
 * habla_subtitle_styled_text_add:
 * @self: a text
 * @span: a span, which is copied
 * @begin: where it begins in @self, in bytes
 * @end: where it ends
 */
void habla_subtitle_styled_text_add (
    HablaSubtitleStyledText *self, const HablaSubtitleSpan *span, gsize begin, gsize end);

/**
 * habla_subtitle_styled_text_write:
 * @self: a text
 * @format: the format to write
 * @prefix: prefix of elements of TTML, with its colon; "" for none
 *
 * Writes tags as they were if @format is that of @self, and those that mean the same otherwise.
 * Characters that mean something in @format are escaped, control characters removed. The text must
 * have no empty lines, which would end a cue.
 *
 * Returns: (transfer full): the markup
 */
char *habla_subtitle_styled_text_write (
    const HablaSubtitleStyledText *self, const char *format, const char *prefix);

/**
 * habla_subtitle_styled_text_transfer:
 * @self: an original text
 * @translation: its translation, plain text
 *
 * Gives @translation the styles of @self: a style of all the text is that of all the translation; a
 * style of a line or a sentence is that of the same line or sentence if both have as many; that
 * of words which are the same in both, such as names and numbers, is that of these words.
 * Otherwise, a style is that of all the translation.
 *
 * Returns: (transfer full): the translation with styles, in the format of @self
 */
HablaSubtitleStyledText *habla_subtitle_styled_text_transfer (
    const HablaSubtitleStyledText *self, const char *translation);

G_END_DECLS
