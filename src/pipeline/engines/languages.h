/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/language-pair.h>

G_BEGIN_DECLS

/**
 * HablaLanguages:
 * @heard: (array zero-terminated=1): BCP 47 codes of the languages that transcribers recognise
 * @translated: (array zero-terminated=1): pairs that translators offer, see #HablaLanguagePair
 * @spoken: (array zero-terminated=1): BCP 47 codes of the languages that synthesizers speak
 * @sources: (array zero-terminated=1): BCP 47 codes of the languages that a room can translate
 *   from, typed or spoken: every source of @translated, and the primary languages of @heard
 * @readable: (array zero-terminated=1): BCP 47 codes of the languages that a listener can choose:
 *   every target of @translated, and @sources
 *
 * The languages that the installed engines offer, without duplicates. Each array may be %NULL,
 * which means that it is empty. See habla_engine_registry_collect_languages().
 */
typedef struct {
  GStrv heard;
  GStrv translated;
  GStrv spoken;
  GStrv sources;
  GStrv readable;
} HablaLanguages;

/**
 * habla_languages_equal:
 * @a: languages
 * @b: languages
 *
 * Returns: whether both have the same languages in the same order
 */
gboolean habla_languages_equal (const HablaLanguages *a, const HablaLanguages *b);

/**
 * habla_languages_clear:
 * @self: the languages
 *
 * Frees the arrays, but not @self.
 */
void habla_languages_clear (HablaLanguages *self);

G_END_DECLS
