/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

GString *apertium_text_deformat (const char *text, guint64 sequence);
char *apertium_text_reformat (const char *response, gsize length, guint64 sequence);

G_END_DECLS
