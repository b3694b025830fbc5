/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * apertium_text_deformat:
 * @text: text; bytes that are not UTF-8 become U+FFFD
 * @sequence: the number of the request
 *
 * Makes a request for the engine of @text and a newline, the line that the
 * `apertium` command would get. The newline is in a blank in brackets, behind
 * everything that is translated; @sequence is put in there as well, since what is
 * in brackets comes out as it went in and has no influence on the translation.
 *
 * Returns: (transfer full): the request, without the NUL that ends it
 */
GString *apertium_text_deformat (const char *text, guint64 sequence);

/**
 * apertium_text_reformat:
 * @response: what the engine answered, without the NUL that ends it
 * @length: of @response, in bytes
 * @sequence: the number of the request
 *
 * Returns: (transfer full) (nullable): the translation, or %NULL if @response does not
 *   belong to request @sequence or is not text
 */
char *apertium_text_reformat (const char *response, gsize length, guint64 sequence);

G_END_DECLS
