/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * habla_missing_error_set:
 * @element: an element whose backend failed
 * @what: what the backend did: "neither started nor gave a reason"
 * @error: location of the error of the backend; may be %NULL
 *
 * Sets an error if the backend left it out, as an exception in another language does.
 */
void habla_missing_error_set (gpointer element, const char *what, GError **error);

G_END_DECLS
