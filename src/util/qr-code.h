/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* QR codes of short texts, such as addresses. In any thread. Both functions return %NULL if Habla
 * was built without libqrencode, or if the text has more than 1,000 bytes. */

/**
 * habla_qr_code_to_svg:
 * @text: in UTF-8
 *
 * Returns: (transfer full) (nullable): an SVG document, black on white, with the margin that a code
 *   needs; one unit is one module of the code
 */
char *habla_qr_code_to_svg (const char *text);

/**
 * habla_qr_code_to_terminal:
 * @text: in UTF-8
 *
 * Returns: (transfer full) (nullable): lines for a terminal that knows UTF-8 and ANSI colours; one
 *   character is two modules, one above the other
 */
char *habla_qr_code_to_terminal (const char *text);

G_END_DECLS
