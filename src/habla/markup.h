/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

HABLA_API char *habla_markup_to_text (const char *markup);

G_END_DECLS
