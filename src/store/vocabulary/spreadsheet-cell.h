/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * habla_spreadsheet_cell_is_formula:
 * @text: the text of a cell
 *
 * What people say, and what servers translate, is text. A suffix such as “-ito” is no formula.
 *
 * Returns: whether a spreadsheet would calculate it
 */
gboolean habla_spreadsheet_cell_is_formula (const char *text);

G_END_DECLS
