/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * pair_list_create:
 *
 * Returns: (transfer full): all pairs of the languages that servers usually translate, "en>es"
 */
GStrv pair_list_create (void);

G_END_DECLS
