/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/rooms/log-entry.h"

#include <string.h>

/* Three numbers of at most 20 digits, two blanks, a line feed. */
#define MAX_HEADER 63

GBytes *
habla_log_entry_encode (const HablaLogEntry *self)
{
  gsize size = 0;
  const void *record = self->record != NULL ? g_bytes_get_data (self->record, &size) : "";
  GByteArray *message = g_byte_array_sized_new (MAX_HEADER + size);
  g_autofree char *header =
      g_strdup_printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
          self->epoch, self->previous, self->sequence);

  g_byte_array_append (message, (const guint8 *) header, strlen (header));
  g_byte_array_append (message, record, size);
  return g_byte_array_free_to_bytes (message);
}

gboolean
habla_log_entry_decode (HablaLogEntry *self, GBytes *message)
{
  guint64 *const numbers[] = { &self->epoch, &self->previous, &self->sequence };
  gsize size;
  const char *text = g_bytes_get_data (message, &size);
  const char *end = size > 0 ? memchr (text, '\n', MIN (size, MAX_HEADER)) : NULL;
  g_autofree char *header = end != NULL ? g_strndup (text, end - text) : NULL;
  g_auto (GStrv) parts = header != NULL ? g_strsplit (header, " ", -1) : NULL;

  *self = (HablaLogEntry){ 0 };
  if (parts == NULL || g_strv_length (parts) != G_N_ELEMENTS (numbers))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!g_ascii_string_to_unsigned (parts[i], 10, 0, G_MAXUINT64, numbers[i], NULL))
      return FALSE;
  if (end + 1 < text + size)
    self->record = g_bytes_new_from_bytes (message, end + 1 - text, text + size - (end + 1));
  return TRUE;
}

void
habla_log_entry_clear (HablaLogEntry *self)
{
  g_clear_pointer (&self->record, g_bytes_unref);
}
