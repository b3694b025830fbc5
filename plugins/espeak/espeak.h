/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define HABLA_ESPEAK_RATE_MIN 80
#define HABLA_ESPEAK_RATE_MAX 450

/* How a text is to be spoken. */
typedef struct {
  const char *voice;
  int rate;   /* words a minute, HABLA_ESPEAK_RATE_MIN to HABLA_ESPEAK_RATE_MAX */
  int pitch;  /* 0 to 100 */
  int volume; /* 0 to 200, in percent */
} HablaEspeakSettings;

/**
 * habla_espeak_find_voice:
 * @language: a normalised BCP 47 code
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED
 *
 * Returns: (transfer full) (nullable): the voice that speaks it best
 */
char *habla_espeak_find_voice (const char *language, GError **error);

/**
 * habla_espeak_check_voice:
 * @voice: a name, language or file of a voice, as `espeak-ng -v` takes it
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED
 *
 * Returns: whether it is there
 */
gboolean habla_espeak_check_voice (const char *voice, GError **error);

/**
 * habla_espeak_list_languages:
 *
 * Returns: (transfer full): BCP 47 codes of the languages that there are voices for
 */
GStrv habla_espeak_list_languages (void);

/**
 * habla_espeak_find_end:
 * @text: not empty
 *
 * Returns: where the piece of text ends that is to be spoken first: all of it or, of the
 *   first MAX_CHARACTERS, as many whole sentences, or else clauses, words or characters as
 *   there are
 */
const char *habla_espeak_find_end (const char *text);

/**
 * habla_espeak_speak:
 * @text: a piece of text
 * @size: how many bytes of it
 * @samples: of gint16; speech is appended
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED or %HABLA_ERROR_ENGINE
 *
 * Waits for others that speak. A piece with another after it ends in a pause.
 *
 * Returns: whether it was spoken
 */
gboolean habla_espeak_speak (const HablaEspeakSettings *settings, const char *text, gsize size,
    GArray *samples, GError **error);

G_END_DECLS
