/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * habla_content_type_from_name:
 * @name: of a file
 *
 * Does not depend on the installed MIME database, unlike g_content_type_guess().
 *
 * Returns: (transfer none): the media type for the header Content-Type, by the suffix of @name;
 * text is UTF-8
 */
const char *habla_content_type_from_name (const char *name);

G_END_DECLS
