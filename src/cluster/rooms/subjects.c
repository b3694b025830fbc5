/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/rooms/subjects.h"

#include <room/relay/room-relay.h>
#include <string.h>

char *
habla_subjects_make (const char *kind, const char *part)
{
  return g_strconcat (kind, ".", part, NULL);
}

char *
habla_subjects_encode_readers (const char *node, GArray *readers)
{
  GString *text = g_string_new (node);

  for (guint i = 0; readers != NULL && i < readers->len; i++) {
    const HablaReaders *reader = &g_array_index (readers, HablaReaders, i);

    g_string_append_printf (text, "\n%u %s", reader->n, reader->language);
  }
  return g_string_free (text, FALSE);
}

GArray *
habla_subjects_decode_readers (const char *text, GStrv *lines)
{
  g_autoptr (GArray) readers = g_array_new (FALSE, FALSE, sizeof (HablaReaders));
  g_auto (GStrv) parts = g_strsplit (text, "\n", HABLA_MAX_REMOTE_LANGUAGES + 2);

  if (*text == '\0' || g_strv_length (parts) > HABLA_MAX_REMOTE_LANGUAGES + 1)
    return NULL;
  for (guint i = 1; parts[i] != NULL; i++) {
    char *blank = strchr (parts[i], ' ');
    HablaReaders reader = { NULL };
    guint64 n;

    if (blank == NULL)
      return NULL;
    *blank = '\0';
    if (!g_ascii_string_to_unsigned (parts[i], 10, 0, G_MAXUINT, &n, NULL))
      return NULL;
    reader.language = blank + 1;
    reader.n = n;
    g_array_append_val (readers, reader);
  }
  *lines = g_steal_pointer (&parts);
  return g_steal_pointer (&readers);
}
