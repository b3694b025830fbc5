/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/translator.h>

G_BEGIN_DECLS

/**
 * local_translator_open:
 * @owner: the translator that uses it; its glossary is that of the local one, too
 * @description: (nullable): as in local_engine_create()
 * @from: BCP 47 code
 * @to: BCP 47 code
 * @error: return location for a %HABLA_ERROR_PARAMETER, or an error of the engine
 *
 * Opens the translator that replaces a server, see habla_translator_open().
 *
 * Returns: (transfer full) (nullable): the translator; %NULL without an error if there is none
 */
HablaTranslator *local_translator_open (HablaTranslator *owner, const char *description,
    const char *from, const char *to, GError **error);

/**
 * local_translator_close:
 * @self: (transfer full) (nullable): a translator that does not run
 */
void local_translator_close (HablaTranslator *self);

/**
 * local_translator_get_name:
 * @self: (nullable): a translator
 *
 * Returns: (transfer none): the name of its element factory; "none" if there is no translator
 */
const char *local_translator_get_name (HablaTranslator *self);

G_END_DECLS
