/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * language_from_name:
 * @name: the English name of a language, as servers send it, or a code
 *
 * Returns: (transfer full) (nullable): its BCP 47 code; %NULL if it is unknown
 */
char *language_from_name (const char *name);

/**
 * language_list_codes:
 *
 * Returns: (transfer full) (array zero-terminated=1): BCP 47 codes of the languages that the models
 *   of most servers have, those of Whisper
 */
GStrv language_list_codes (void);

G_END_DECLS
