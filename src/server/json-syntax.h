/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* JSON-GLib 1.6 takes more than JSON (comments, single quotes, assignments, several values),
 * ends strings at a NUL, recurses as deep as its input nests, and leaks memory on what is
 * no JSON: what a client sends is checked by this before it gets there.
 *
 * @text: valid UTF-8 of @length bytes, and a NUL behind. @at: (out): where it stopped.
 * Returns: whether it is one JSON value of @max_depth levels at most, and nothing else */
gboolean habla_json_is_strict (const char *text, gsize length, guint max_depth, gsize *at);

G_END_DECLS
