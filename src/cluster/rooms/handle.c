/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/rooms/handle.h"

static GHashTable *objects; /* (nullable): by handle; NULL = there are none */

gpointer
habla_handle_new (gpointer object)
{
  static gsize last;
  gpointer handle = GSIZE_TO_POINTER (++last);

  if (objects == NULL)
    objects = g_hash_table_new (NULL, NULL);
  g_hash_table_insert (objects, handle, object);
  return handle;
}

gpointer
habla_handle_find (gpointer handle)
{
  return objects != NULL ? g_hash_table_lookup (objects, handle) : NULL;
}

void
habla_handle_free (gpointer handle)
{
  g_hash_table_remove (objects, handle);
  if (g_hash_table_size (objects) == 0)
    g_clear_pointer (&objects, g_hash_table_unref);
}
