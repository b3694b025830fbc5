/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

/**
 * habla_markup_to_text:
 * @markup: text in Pango's markup language, as subtitle parsers send it
 *
 * Removes tags, and decodes entities and character references. Malformed markup counts as
 * text, since subtitle files are often written by hand.
 *
 * Returns: (transfer full): the plain text
 */
HABLA_API char *habla_markup_to_text (const char *markup);

G_END_DECLS
