/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A client's key identifies it when it reconnects. */

/**
 * habla_client_key_is_valid:
 * @text: any text
 *
 * Returns: whether @text can be a key: 16 to 64 of A-Z a-z 0-9 _ -
 */
gboolean habla_client_key_is_valid (const char *text);

/**
 * habla_client_key_new:
 *
 * Returns: (transfer full): a new key of 128 random bits
 */
char *habla_client_key_new (void);

G_END_DECLS
