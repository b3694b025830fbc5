/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Handles of objects, for calls that come back after the object is gone, or never: they own
 * nothing. For the thread of the default main context.
 */

/**
 * habla_handle_new:
 * @object: (transfer none): an object
 *
 * Returns: a number that no other object has or gets, as a pointer; see habla_handle_free()
 */
gpointer habla_handle_new (gpointer object);

/**
 * habla_handle_find:
 * @handle: any
 *
 * Returns: (transfer none) (nullable): its object; %NULL after habla_handle_free()
 */
gpointer habla_handle_find (gpointer handle);

/**
 * habla_handle_free:
 * @handle: of an object that ends
 */
void habla_handle_free (gpointer handle);

G_END_DECLS
