/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

/**
 * HablaLanguagePair:
 * @from: BCP 47 code of the source language
 * @to: BCP 47 code of the target language
 * @via: (array zero-terminated=1): BCP 47 codes of the languages in between, in order; empty for a
 *   direct translation
 *
 * A pair of languages that a translator offers, written "en>es", or "en>es>fr" if it translates
 * through Spanish.
 */
typedef struct {
  char *from;
  char *to;
  GStrv via;
} HablaLanguagePair;

#define HABLA_TYPE_LANGUAGE_PAIR (habla_language_pair_get_type ())
/**
 * habla_language_pair_get_type:
 *
 * Returns: the boxed type of #HablaLanguagePair
 */
HABLA_API GType habla_language_pair_get_type (void);

/**
 * habla_language_pair_parse:
 * @text: a pair as the property `available-pairs` of a translator lists it
 *
 * Returns: (transfer full) (nullable): the pair, or %NULL if @text is not one
 */
HABLA_API HablaLanguagePair *habla_language_pair_parse (const char *text);

/**
 * habla_language_has_same_primary:
 * @language: a BCP 47 code
 * @other: a BCP 47 code
 *
 * The rule by which a variety counts as its language wherever engines and readers are matched:
 * a reader of "en-US" can read "en" and "en-GB".
 *
 * Returns: whether both have the same primary language
 */
HABLA_API gboolean habla_language_has_same_primary (const char *language, const char *other);

/**
 * habla_language_pair_free:
 * @self: (transfer full): a pair
 */
HABLA_API void habla_language_pair_free (HablaLanguagePair *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaLanguagePair, habla_language_pair_free)

/**
 * habla_language_pairs_contain:
 * @pairs: (nullable) (array zero-terminated=1): pairs; malformed ones are skipped
 * @from: BCP 47 code of the source language
 * @to: BCP 47 code of the target language
 *
 * Compares primary languages only: "es-419" serves "es-MX". The engine chooses the variety.
 *
 * Returns: whether one of @pairs translates @from into @to
 */
HABLA_API gboolean habla_language_pairs_contain (
    const char *const *pairs, const char *from, const char *to);

/**
 * habla_language_pairs_list_targets:
 * @pairs: (nullable) (array zero-terminated=1): pairs; malformed ones are skipped
 * @from: (nullable): BCP 47 code of the source language, compared as in
 *   habla_language_pairs_contain(); %NULL = any
 *
 * Returns: (transfer full): the target languages in the order of @pairs, without duplicates
 */
HABLA_API GStrv habla_language_pairs_list_targets (const char *const *pairs, const char *from);

/**
 * habla_language_pairs_list_sources:
 * @pairs: (nullable) (array zero-terminated=1): pairs; malformed ones are skipped
 *
 * Returns: (transfer full): the source languages in the order of @pairs, without duplicates
 */
HABLA_API GStrv habla_language_pairs_list_sources (const char *const *pairs);

/**
 * habla_language_list_contains:
 * @languages: (nullable) (array zero-terminated=1): BCP 47 codes
 * @wanted: a BCP 47 code
 *
 * Returns: whether @languages has the primary language of @wanted, in any variety
 */
HABLA_API gboolean habla_language_list_contains (const char *const *languages, const char *wanted);

/**
 * habla_language_list_covers:
 * @languages: (nullable) (array zero-terminated=1): BCP 47 codes
 * @wanted: (array zero-terminated=1): BCP 47 codes
 *
 * Returns: whether @languages has the primary languages of all @wanted, in any variety; %TRUE if
 *   there are none
 */
HABLA_API gboolean habla_language_list_covers (
    const char *const *languages, const char *const *wanted);

/**
 * habla_language_list_find:
 * @languages: (nullable) (array zero-terminated=1): BCP 47 codes
 * @wanted: a normalised BCP 47 code
 *
 * Looks @wanted up as in RFC 4647, section 3.4: first "es-MX" itself, then "es". If that fails,
 * any variety of the same primary language is found.
 *
 * Returns: (transfer none) (nullable): an element of @languages
 */
HABLA_API const char *habla_language_list_find (const char *const *languages, const char *wanted);

G_END_DECLS
