/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/rooms/code-streams.h"

struct _HablaCodeStreams {
  GQueue all; /* of HablaCodeStream.link */
};

HablaCodeStreams *
habla_code_streams_new (void)
{
  return g_new0 (HablaCodeStreams, 1);
}

void
habla_code_streams_free (HablaCodeStreams *self)
{
  g_return_if_fail (g_queue_is_empty (&self->all));

  g_free (self);
}

void
habla_code_streams_add (HablaCodeStreams *self, HablaCodeStream *stream, const char *room,
    void (*end) (gpointer user_data), gpointer user_data)
{
  g_return_if_fail (stream->streams == NULL);

  stream->streams = self;
  stream->room = g_strdup (room);
  stream->end = end;
  stream->link.data = user_data;
  g_queue_push_tail_link (&self->all, &stream->link);
}

void
habla_code_stream_remove (HablaCodeStream *stream)
{
  if (stream->streams == NULL)
    return;
  g_queue_unlink (&stream->streams->all, &stream->link);
  stream->streams = NULL;
  g_clear_pointer (&stream->room, g_free);
}

void
habla_code_streams_end (HablaCodeStreams *self, const char *room)
{
  /* From the beginning after each: @end may remove others. */
  for (GList *link = self->all.head; link != NULL;) {
    HablaCodeStream *stream = (HablaCodeStream *) link;
    gpointer user_data = link->data;

    if (!g_str_equal (stream->room, room)) {
      link = link->next;
      continue;
    }
    habla_code_stream_remove (stream);
    stream->end (user_data);
    link = self->all.head;
  }
}
