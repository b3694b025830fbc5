/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define HABLA_ESPEAK_RATE_MIN 80
#define HABLA_ESPEAK_RATE_MAX 450

/**
 * HablaEspeakSettings:
 * @voice: name, language or file of the voice
 * @rate: words a minute, %HABLA_ESPEAK_RATE_MIN to %HABLA_ESPEAK_RATE_MAX
 * @pitch: 0 to 100
 * @volume: 0 to 200, in percent
 */
typedef struct {
  const char *voice;
  int rate;
  int pitch;
  int volume;
} HablaEspeakSettings;

/**
 * habla_espeak_find_voice:
 * @language: a normalised BCP 47 code
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED
 *
 * Returns: (transfer full) (nullable): the best voice for @language
 */
char *habla_espeak_find_voice (const char *language, GError **error);

/**
 * habla_espeak_check_voice:
 * @voice: name, language or file of a voice, like the argument of `espeak-ng -v`
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED
 *
 * Returns: whether @voice exists
 */
gboolean habla_espeak_check_voice (const char *voice, GError **error);

/**
 * habla_espeak_list_languages:
 *
 * Returns: (transfer full): BCP 47 codes of the languages with a voice
 */
GStrv habla_espeak_list_languages (void);

/**
 * habla_espeak_find_end:
 * @text: text in UTF-8, not empty
 *
 * Splits long text, because the library is locked while a part is spoken.
 *
 * Returns: (transfer none): the end of the first part: all of @text or, of the first 200
 *   characters, as many whole sentences, or else clauses, words or characters as possible
 */
const char *habla_espeak_find_end (const char *text);

/**
 * habla_espeak_speak:
 * @settings: settings
 * @text: a part of a text
 * @size: size of the part, in bytes
 * @samples: (element-type gint16): array to which speech is appended
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED or %HABLA_ERROR_ENGINE
 *
 * Waits while other threads use the library. A part that is followed by another ends in a
 * pause.
 *
 * Returns: whether it succeeded
 */
gboolean habla_espeak_speak (const HablaEspeakSettings *settings, const char *text, gsize size,
    GArray *samples, GError **error);

/**
 * HablaEspeakClause:
 * @phonemes: its phonemes in the International Phonetic Alphabet, as the library writes them; may
 *   be empty
 * @mark: the punctuation mark at its end: one of `,;:.!?`, or 0; a dot of an abbreviation is none
 */
typedef struct {
  char *phonemes;
  char mark;
} HablaEspeakClause;

/**
 * habla_espeak_get_clauses:
 * @voice: name, language or file of the voice
 * @text: a part of a text
 * @size: size of the part, in bytes
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED
 *
 * Waits while other threads use the library.
 *
 * Returns: (transfer full) (nullable) (element-type HablaEspeakClause): the clauses of the part
 */
GArray *habla_espeak_get_clauses (const char *voice, const char *text, gsize size, GError **error);

G_END_DECLS
