/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

extern const char *const apertium_packaged_pairs[];

const char *apertium_package_of_program (const char *program);

G_END_DECLS
