/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * apertium_text_deformat:
 * @text: text; invalid UTF-8 is replaced by U+FFFD
 * @sequence: the number of the request
 *
 * Converts @text and a newline, like a line of input of the `apertium` command, to a request
 * to the engine. The newline and @sequence are in a bracketed blank at the end: the engine
 * copies bracketed blanks, and they do not influence the translation.
 *
 * Returns: (transfer full): the request, without its terminating NUL
 */
GString *apertium_text_deformat (const char *text, guint64 sequence);

/**
 * apertium_text_reformat:
 * @response: response of the engine, without its terminating NUL
 * @length: length of @response, in bytes
 * @sequence: the number of the request
 *
 * Returns: (transfer full) (nullable): the translation, or %NULL if @response does not belong
 *   to request @sequence or is not valid UTF-8
 */
char *apertium_text_reformat (const char *response, gsize length, guint64 sequence);

/**
 * apertium_text_tidy:
 * @translation: (inout): a translation
 * @text: the text
 *
 * Removes the blanks that are left where a word has no translation: makes one space of several,
 * and, unless @text has one there, removes a space at the begin or end, and before a comma or full
 * stop.
 */
void apertium_text_tidy (char *translation, const char *text);

G_END_DECLS
