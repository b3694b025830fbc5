/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

/* Language codes are BCP 47 tags ("en", "es-MX", "zh-Hans-CN") everywhere in Habla. Plugins
 * convert them if their engine expects ISO 639-2/T or 639-3 codes ("eng"). */

/**
 * habla_language_normalize:
 * @tag: (nullable): a language tag, for example "ES_mx", "spa" or "zh-hans-cn"
 * @error: return location for a %HABLA_ERROR_LANGUAGE
 *
 * Converts @tag to its BCP 47 form, with the upper and lower case that RFC 5646, section
 * 2.1.1, recommends. Underscores count as hyphens; a three-letter code is replaced by its
 * two-letter equivalent if there is one (section 2.2.1).
 *
 * Returns: (transfer full) (nullable): the tag, or %NULL if @tag is malformed
 */
HABLA_API char *habla_language_normalize (const char *tag, GError **error);

/**
 * habla_language_get_primary:
 * @tag: a language tag
 *
 * Returns: (transfer full): the primary language of @tag: "es" of "es-MX"
 */
HABLA_API char *habla_language_get_primary (const char *tag);

/**
 * habla_language_get_parent:
 * @tag: a language tag
 *
 * Removes the last subtag as in RFC 4647, section 3.4 (lookup): "zh-Hans-CN", "zh-Hans",
 * "zh".
 *
 * Returns: (transfer full) (nullable): the parent, or %NULL for a bare language
 */
HABLA_API char *habla_language_get_parent (const char *tag);

/**
 * habla_language_matches:
 * @range: the requested language, for example "es"
 * @tag: an available language, for example "es-MX"
 *
 * Basic filtering of RFC 4647, section 3.3.1.
 *
 * Returns: whether @tag equals @range or is a variety of it
 */
HABLA_API gboolean habla_language_matches (const char *range, const char *tag);

/**
 * habla_language_get_iso639_3:
 * @tag: a language tag
 *
 * Returns: (transfer none) (nullable): the three-letter code of the primary language, a
 *   static or interned string, or %NULL if there is none
 */
HABLA_API const char *habla_language_get_iso639_3 (const char *tag);

/**
 * habla_language_get_name:
 * @tag: a language tag
 *
 * Returns: (transfer none) (nullable): the name of the primary language in the
 *   language of the locale, the first one if it has several, or %NULL if it is unknown
 */
HABLA_API const char *habla_language_get_name (const char *tag);

G_END_DECLS
