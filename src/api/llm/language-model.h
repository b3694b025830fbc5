/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <api/api-private.h>

G_BEGIN_DECLS

/**
 * habla_language_model_select:
 * @self: an API
 * @selection: a choice whose URL and models were checked
 * @error: return location for a %HABLA_ERROR_PARAMETER
 *
 * Uses it for pipelines that begin from now on, and remembers it.
 *
 * Returns: whether its translator is installed; if not, nothing has changed
 */
gboolean habla_language_model_select (
    HablaApi *self, const HablaLlmSelection *selection, GError **error);

/**
 * habla_language_model_add_current:
 * @self: an API
 * @builder: gets the members of an object: the choice, what it did, and what that cost
 */
void habla_language_model_add_current (HablaApi *self, JsonBuilder *builder);

G_END_DECLS
