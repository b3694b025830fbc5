/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Pairs with a package in Debian 12, without the prefix "apertium-"; NULL-terminated. */
extern const char *const apertium_packaged_pairs[];

/**
 * apertium_package_of_program:
 * @program: a program of a mode, for example "cg-proc"
 *
 * Returns: (transfer none) (nullable): the package that contains it, or %NULL if unknown
 */
const char *apertium_package_of_program (const char *program);

G_END_DECLS
