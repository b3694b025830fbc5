/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * habla_subtitle_decode:
 * @data: the bytes of a text file
 * @size: their number
 * @encoding: (nullable): a name that iconv knows; %NULL or "" to detect it
 * @language: (nullable): BCP 47 code of the text, which helps to detect an encoding
 * @assumed: (out) (nullable) (transfer full): the encoding, if it was guessed; %NULL if it is
 * certain:
 *   @encoding, a byte order mark, valid UTF-8, or a valid XML declaration
 * @error: return location for a #GConvertError
 *
 * Decodes a text, and removes its byte order mark. Without @encoding, this never fails: bytes that
 * are no text in any way become U+FFFD.
 *
 * Returns: (transfer full) (nullable): the text in valid UTF-8 without NUL; %NULL if @encoding is
 *   unknown, or @data is not in it
 */
char *habla_subtitle_decode (const guint8 *data, gsize size, const char *encoding,
    const char *language, char **assumed, GError **error);

G_END_DECLS
