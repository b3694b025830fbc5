/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <kernel.h>

G_BEGIN_DECLS

/**
 * kernel_check:
 * @kernel: a kernel that this processor supports
 *
 * Compares products of random operands with those computed one by one, in all numbers of rows that
 * a tile has. Calls no function of GLib, so that it can be built for another processor without
 * GLib's libraries.
 *
 * Returns: whether all are equal
 */
gboolean kernel_check (const MarianKernel *kernel);

G_END_DECLS
