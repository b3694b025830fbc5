/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* Search for a text in texts, of any script, without regard to case and to accents. */

/**
 * habla_text_fold:
 * @text: valid UTF-8
 * @folded: (inout): receives @text in small letters without accents
 *
 * Only the accents of Latin, Greek and Cyrillic letters are removed: marks of other scripts change
 * the sound.
 */
void habla_text_fold (const char *text, GString *folded);

/**
 * habla_text_make_caseless:
 * @text: valid UTF-8
 *
 * Returns: (transfer full): a text that is equal for texts that differ only in case; accents count
 */
char *habla_text_make_caseless (const char *text);

/**
 * habla_text_match_register:
 * @connection: a connection
 *
 * Adds the SQL functions habla_fold (TEXT), see habla_text_fold(), habla_caseless (TEXT), see
 * habla_text_make_caseless(), and habla_has (TEXT, PART): whether TEXT contains PART, which is the
 * result of habla_text_fold(). An empty PART is in no text.
 *
 * Returns: a result code of SQLite
 */
int habla_text_match_register (sqlite3 *connection);

G_END_DECLS
