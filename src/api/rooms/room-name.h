/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * habla_room_name_is_valid:
 * @name: any text
 *
 * Names are parts of links and paths, so they have no characters that these must escape; a browser
 * would remove "." and "..".
 *
 * Returns: whether clients may use @name: 1 to %HABLA_MAX_ROOM_NAME of A-Z a-z 0-9 _ - and ., not
 *   only dots
 */
gboolean habla_room_name_is_valid (const char *name);

G_END_DECLS
