/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

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

G_END_DECLS
