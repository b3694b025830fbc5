/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

/* Language codes: BCP 47 tags ("en", "es-MX", "zh-Hans-CN") everywhere in Habla;
 * engines that want ISO 639-2/T or 639-3 codes ("eng") convert at their edge. */

HABLA_API char *habla_language_normalize (const char *tag, GError **error);
HABLA_API char *habla_language_get_primary (const char *tag);
HABLA_API char *habla_language_get_parent (const char *tag);
HABLA_API gboolean habla_language_matches (const char *range, const char *tag);
HABLA_API const char *habla_language_get_iso639_3 (const char *tag);
HABLA_API const char *habla_language_get_name (const char *tag);

G_END_DECLS
