/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The file of habla_owner_token_keep(). */
#define HABLA_OWNER_TOKEN_FILE "owner-token"

/**
 * habla_owner_token_read:
 * @path: a file that the settings name
 * @error: return location for a %G_FILE_ERROR or %HABLA_SETTINGS_ERROR: it is missing, others can
 *   read it, or it holds no token
 *
 * Blocks.
 *
 * Returns: (transfer full) (nullable): the token
 */
char *habla_owner_token_read (const char *path, GError **error);

/**
 * habla_owner_token_keep:
 * @error: return location for a %G_FILE_ERROR
 *
 * Reads the token that hablad keeps itself. Makes one if there is none, or if it is damaged or was
 * readable by others, which is logged. Blocks.
 *
 * Returns: (transfer full) (nullable): the token: 48 hexadecimal digits
 */
char *habla_owner_token_keep (GError **error);

G_END_DECLS
