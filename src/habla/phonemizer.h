/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

#define HABLA_TYPE_PHONEMIZER (habla_phonemizer_get_type ())
HABLA_API
G_DECLARE_INTERFACE (HablaPhonemizer, habla_phonemizer, HABLA, PHONEMIZER, GObject)

/**
 * HablaPhonemizerInterface:
 * @check_voice: see habla_phonemizer_check_voice()
 * @phonemize: see habla_phonemizer_phonemize()
 *
 * What an element implements that knows how a language is pronounced, so that other engines can
 * speak it without the library of that element. Called on any thread, in any state.
 */
struct _HablaPhonemizerInterface {
  GTypeInterface parent_interface;

  gboolean (*check_voice) (HablaPhonemizer *self, const char *voice, GError **error);
  GStrv (*phonemize) (HablaPhonemizer *self, const char *voice, const char **text, GError **error);

  /*< private >*/
  gpointer padding[4];
};

/**
 * habla_phonemizer_find:
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED
 *
 * Returns: (transfer full) (nullable): an installed phonemizer, an element without a parent
 */
HABLA_API HablaPhonemizer *habla_phonemizer_find (GError **error);

/**
 * habla_phonemizer_check_voice:
 * @self: a phonemizer
 * @voice: name of a voice of eSpeak NG, which is a language or a dialect, for example "en-us"
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED
 *
 * Returns: whether @voice exists
 */
HABLA_API gboolean habla_phonemizer_check_voice (
    HablaPhonemizer *self, const char *voice, GError **error);

/**
 * habla_phonemizer_phonemize: (skip)
 * @self: a phonemizer
 * @voice: name of a voice, see habla_phonemizer_check_voice()
 * @text: (inout): text in UTF-8; moved to the end of the part that was phonemized
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED or %HABLA_ERROR_ENGINE
 *
 * Phonemizes the first part of @text: at most 200 characters, as many whole sentences, or else
 * clauses or words, as possible. Numbers and abbreviations are read as words.
 *
 * Returns: (transfer full) (array zero-terminated=1): the phonemes of each sentence in the
 *   International Phonetic Alphabet with marks of stress, in UTF-8, decomposed (NFD). Words are
 *   separated by spaces. A clause ends in `,`, `;` or `:` and a sentence in `.`, `!` or `?`, as in
 *   @text; a last sentence without a mark ends in `.`. Empty if the part has nothing to pronounce
 */
HABLA_API GStrv habla_phonemizer_phonemize (
    HablaPhonemizer *self, const char *voice, const char **text, GError **error);

G_END_DECLS
