/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaTokenTableFlags:
 * @HABLA_TOKEN_TABLE_ANY: no particular requirements
 * @HABLA_TOKEN_TABLE_NEEDS_BLANK: there must be a blank token
 * @HABLA_TOKEN_TABLE_IS_BASE64: the symbols are in base64
 *
 * What an architecture requires of its table.
 */
typedef enum {
  HABLA_TOKEN_TABLE_ANY = 0,
  HABLA_TOKEN_TABLE_NEEDS_BLANK = 1 << 0,
  HABLA_TOKEN_TABLE_IS_BASE64 = 1 << 1,
} HablaTokenTableFlags;

/**
 * habla_token_table_check:
 * @path: path of a `tokens.txt` with a line `SYMBOL ID` for each token; may be hostile
 * @n_tokens: the identifiers from 0 to @n_tokens - 1 must exist; 0 = any
 * @flags: what else is required
 * @error: return location for a %HABLA_ERROR_INPUT or %HABLA_ERROR_NOT_INSTALLED, which names
 *   @path
 *
 * Checks what sherpa-onnx requires of the file: it ends the process otherwise.
 *
 * Returns: whether the file is valid
 */
gboolean habla_token_table_check (
    const char *path, guint n_tokens, HablaTokenTableFlags flags, GError **error);

G_END_DECLS
