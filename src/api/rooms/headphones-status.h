/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * habla_headphones_status_from_error:
 * @error: of habla_room_manager_add_headphones()
 *
 * Returns: the status of the response
 */
guint habla_headphones_status_from_error (const GError *error);

G_END_DECLS
