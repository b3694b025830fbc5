/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * api_key_load:
 * @file: (nullable): path of a file with the key alone; empty = none
 * @variable: (nullable): name of an environment variable, which must be set; empty = none; not used
 *   with a @file
 * @error: return location for a %HABLA_ERROR_PARAMETER, which never contains the key
 *
 * Refuses files that belong to other users, or that a group or others may read or write, except
 * in $CREDENTIALS_DIRECTORY.
 *
 * Returns: (transfer full) (nullable): the key, 1 to 4096 visible ASCII characters; %NULL without
 *   @error if there is none. Free it with api_key_free()
 */
char *api_key_load (const char *file, const char *variable, GError **error);

/**
 * api_key_hide:
 * @key: (nullable): a key; one of less than 8 characters may be a word, and is not hidden
 * @text: (inout): text from a server that got the key
 *
 * Replaces @key by "[key]" in @text, which is shown to people.
 */
void api_key_hide (const char *key, GString *text);

/**
 * api_key_free:
 * @key: (transfer full) (nullable): a key
 *
 * Overwrites and frees it.
 */
void api_key_free (char *key);

G_END_DECLS
