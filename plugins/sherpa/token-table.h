/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * habla_token_table_check:
 * @path: path of a `tokens.txt` with a line `SYMBOL ID` for each token; may be hostile
 * @n_tokens: the identifiers from 0 to @n_tokens - 1 must exist; 0 = any
 * @needs_blank: whether there must be a blank token
 * @error: return location for a %HABLA_ERROR_INPUT or %HABLA_ERROR_NOT_INSTALLED, which names
 *   @path
 *
 * Checks what sherpa-onnx requires of the file: it ends the process otherwise.
 *
 * Returns: whether the file is valid
 */
gboolean habla_token_table_check (
    const char *path, guint n_tokens, gboolean needs_blank, GError **error);

G_END_DECLS
