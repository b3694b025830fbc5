/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Enough of the beginning of a file to find its format: before the first cue are styles. */
#define HABLA_SUBTITLE_SNIFFED (64 * 1024)

/**
 * habla_subtitle_format_find:
 * @text: (nullable): a text, or its beginning
 *
 * Returns: (nullable): "srt", "vtt", "ass" or "ttml"; %NULL if it is no subtitle file
 */
const char *habla_subtitle_format_find (const char *text);

/**
 * habla_subtitle_format_sniff:
 * @data: the beginning of a file, of at least %HABLA_SUBTITLE_SNIFFED bytes if it has as many
 * @size: their number
 *
 * Finds the format also of tiny files, in any encoding. Files of any other kind are not subtitles,
 * also if they contain some.
 *
 * Returns: (nullable): "srt", "vtt", "ass" or "ttml"; %NULL if it is no subtitle file
 */
const char *habla_subtitle_format_sniff (const guint8 *data, gsize size);

/**
 * habla_subtitle_format_is_text:
 * @data: the beginning of a file
 * @size: the number of bytes
 *
 * Returns: whether it is a text in any encoding, so that more bytes may make it subtitles
 */
gboolean habla_subtitle_format_is_text (const guint8 *data, gsize size);

G_END_DECLS
