/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Most pairs of languages. */
#define LIBRETRANSLATE_MAX_PAIRS 10000

/**
 * LibretranslateRequest:
 * @text: what to translate
 * @from: code of its language on the server
 * @to: code of the language to translate into
 * @key: (nullable): API key
 * @is_html: whether @text is HTML
 */
typedef struct {
  const char *text;
  const char *from;
  const char *to;
  const char *key;
  gboolean is_html;
} LibretranslateRequest;

/**
 * libretranslate_create_body:
 * @self: a request
 *
 * A text with lines is sent as an array of its lines, so that they remain.
 *
 * Returns: (transfer full): body of a request to `/translate`
 */
GBytes *libretranslate_create_body (const LibretranslateRequest *self);

/**
 * libretranslate_parse:
 * @text: body of the response, followed by a NUL
 * @length: its length, without the NUL
 * @n_lines: number of lines of the text
 * @error: return location for a %HABLA_ERROR_ENGINE
 *
 * Returns: (transfer full) (nullable): the translation
 */
char *libretranslate_parse (const char *text, gsize length, guint n_lines, GError **error);

/**
 * libretranslate_parse_languages:
 * @text: body of the response to `/languages`, followed by a NUL
 * @length: its length, without the NUL
 *
 * Returns: (transfer full) (nullable): the pairs "en>es"; %NULL if it is no list of languages
 */
GStrv libretranslate_parse_languages (const char *text, gsize length);

/**
 * libretranslate_get_code:
 * @language: a normalised BCP 47 code
 *
 * Returns: (transfer full): the code of the server: the primary language, but Chinese with its
 *   script and Portuguese of Brazil
 */
char *libretranslate_get_code (const char *language);

G_END_DECLS
