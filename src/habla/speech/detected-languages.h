/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * habla_detected_languages_parse:
 * @codes: (nullable): BCP 47 codes, separated by commas; or "auto"
 * @detectable: (nullable) (array zero-terminated=1): languages among which an engine detects the
 *   spoken one; not used, and may be %NULL, for a single code
 * @first: (out) (transfer full) (nullable): the first code, normalised; %NULL for "auto", and
 *   with @error
 * @error: return location for a %HABLA_ERROR_LANGUAGE
 *
 * Returns: (transfer full) (nullable) (array zero-terminated=1): the languages of @codes,
 * normalised, if there are several and all are @detectable
 */
GStrv habla_detected_languages_parse (
    const char *codes, const char *const *detectable, char **first, GError **error);

/**
 * habla_detected_languages_choose:
 * @expected: (nullable) (array zero-terminated=1): languages of which one is spoken; %NULL = any
 * @detected: (nullable): BCP 47 code of what the engine detected
 * @otherwise: (nullable): BCP 47 code of the usual language
 *
 * Engines detect other languages in noise and in short answers.
 *
 * Returns: (transfer none) (nullable): @detected if it is expected, otherwise @otherwise
 */
const char *habla_detected_languages_choose (
    const char *const *expected, const char *detected, const char *otherwise);

G_END_DECLS
