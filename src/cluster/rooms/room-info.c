/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/rooms/room-info.h"

#include <string.h>

#define MAX_HEADER 128
#define NO_OWNER "-"

char *
habla_room_info_hash_key (const char *key)
{
  return key != NULL ? g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1) : NULL;
}

GBytes *
habla_room_info_encode (const HablaRoomInfo *self, gsize max_size)
{
  GByteArray *info = g_byte_array_new ();
  g_autofree char *header = g_strdup_printf ("%" G_GUINT64_FORMAT " %s %d\n", self->begin,
      self->owner != NULL ? self->owner : NO_OWNER, self->is_present);
  gsize size = 0;
  const void *state = self->state != NULL ? g_bytes_get_data (self->state, &size) : NULL;

  g_byte_array_append (info, (const guint8 *) header, strlen (header));
  if (info->len + size <= max_size)
    g_byte_array_append (info, state, size);
  return g_byte_array_free_to_bytes (info);
}

gboolean
habla_room_info_decode (HablaRoomInfo *self, GBytes *info)
{
  gsize size = 0;
  const char *text = info != NULL ? g_bytes_get_data (info, &size) : NULL;
  const char *end = text != NULL ? memchr (text, '\n', MIN (size, MAX_HEADER)) : NULL;
  g_autofree char *header = end != NULL ? g_strndup (text, end - text) : NULL;
  g_auto (GStrv) parts = header != NULL ? g_strsplit (header, " ", -1) : NULL;

  *self = (HablaRoomInfo){ 0 };
  if (parts == NULL || g_strv_length (parts) != 3 ||
      !g_ascii_string_to_unsigned (parts[0], 10, 0, G_MAXUINT64, &self->begin, NULL))
    return FALSE;
  self->owner = g_str_equal (parts[1], NO_OWNER) ? NULL : g_strdup (parts[1]);
  self->is_present = g_str_equal (parts[2], "1");
  if (end + 1 < text + size)
    self->state = g_bytes_new_from_bytes (info, end + 1 - text, text + size - (end + 1));
  return TRUE;
}

void
habla_room_info_clear (HablaRoomInfo *self)
{
  g_clear_pointer (&self->owner, g_free);
  g_clear_pointer (&self->state, g_bytes_unref);
}
