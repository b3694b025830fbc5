/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

extern const char *const apertium_packaged_pairs[];

/**
 * apertium_package_of_program:
 * @program: a program that a mode runs, for example "cg-proc"
 *
 * Returns: (nullable): the package that has it, or %NULL if that is not known
 */
const char *apertium_package_of_program (const char *program);

G_END_DECLS
