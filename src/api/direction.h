/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The wire protocol began with two pairs of languages and a name for each: its "direction". Rooms
 * have any languages; only the api module knows these names. */

/**
 * habla_direction_get_name:
 * @source: (nullable): BCP 47 code of what is said
 * @target: (nullable): BCP 47 code of what it is translated into
 *
 * Returns: (transfer none) (nullable): the name of this pair, or %NULL if it has none
 */
const char *habla_direction_get_name (const char *source, const char *target);

/**
 * habla_direction_find:
 * @name: (nullable): a name
 * @source: (out) (transfer none): its BCP 47 code, if there is such a direction
 * @target: (out) (transfer none): its BCP 47 code, if there is such a direction
 *
 * Returns: (transfer none) (nullable): @name as a static string, or %NULL if there is no such
 *   direction
 */
const char *habla_direction_find (const char *name, const char **source, const char **target);

G_END_DECLS
