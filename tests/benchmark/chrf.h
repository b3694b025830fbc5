/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * chrf_compute:
 * @text: translations, one a line
 * @reference: those of a reference
 *
 * Computes chrF2 (Popović 2015) over all lines together: character n-grams of one to six, without
 * white space, recall weighted twice.
 *
 * Returns: 0.0 to 100.0; 100.0 if both are empty
 */
double chrf_compute (const char *text, const char *reference);

G_END_DECLS
