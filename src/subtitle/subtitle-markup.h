/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaSubtitleTag:
 * @offset: where it is in the plain text, in bytes
 * @raw: (unowned): where it begins in the markup
 * @size: its bytes
 *
 * A tag, or overrides of SubStation in braces.
 */
typedef struct {
  gsize offset;
  const char *raw;
  gsize size;
} HablaSubtitleTag;

/**
 * habla_subtitle_markup_to_text:
 * @format: the format of @markup: "srt", "vtt", "ass" or "ttml"
 * @markup: the text of a cue as it is in the file, in UTF-8; of TTML, the contents of a paragraph
 * @speaker: (out) (optional) (nullable) (transfer full): the name in the first voice tag of WebVTT;
 *   %NULL if there is none
 *
 * Removes tags and comments, and decodes entities and character references once. Line breaks of the
 * format become "\n". Malformed markup is text, since people write subtitle files by hand. In
 * SubRip, only the names that players know are tags: "<laughs>" is text. Drawings of SubStation are
 * removed. In TTML, white space collapses to one blank, as by default in XML.
 *
 * Returns: (transfer full): the plain text
 */
char *habla_subtitle_markup_to_text (const char *format, const char *markup, char **speaker);

/**
 * habla_subtitle_markup_read:
 * @format: see habla_subtitle_markup_to_text()
 * @markup: see there; must live as long as @tags
 * @tags: (element-type HablaSubtitleTag): appended to, in order
 *
 * Like habla_subtitle_markup_to_text(), with the tags that it removes.
 *
 * Returns: (transfer full): the plain text
 */
char *habla_subtitle_markup_read (const char *format, const char *markup, GArray *tags);

/**
 * habla_subtitle_markup_begins_tag:
 * @text: text that begins with "<"
 *
 * Returns: whether it begins a tag of SubRip if there is a ">" after it
 */
gboolean habla_subtitle_markup_begins_tag (const char *text);

G_END_DECLS
