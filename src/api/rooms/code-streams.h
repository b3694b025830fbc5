/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaCodeStreams:
 *
 * Responses without an end that a join code let begin, such as the audio of a room. They end when
 * the code is renewed. The main thread uses it.
 */
typedef struct _HablaCodeStreams HablaCodeStreams;

/**
 * HablaCodeStream:
 *
 * The place of a response in the list; part of the response's own struct. Its fields are private.
 */
typedef struct {
  GList link;
  HablaCodeStreams *streams; /* NULL = it is not in the list */
  char *room;
  void (*end) (gpointer user_data);
} HablaCodeStream;

/**
 * habla_code_streams_new:
 *
 * Returns: (transfer full): an empty list
 */
HablaCodeStreams *habla_code_streams_new (void);

/**
 * habla_code_streams_free:
 * @self: (transfer full): an empty list
 */
void habla_code_streams_free (HablaCodeStreams *self);

/**
 * habla_code_streams_add:
 * @self: a list
 * @stream: (transfer none): not in a list
 * @room: name of the room
 * @end: ends the response; called once at most, when @stream is not in the list any longer
 * @user_data: for @end
 */
void habla_code_streams_add (HablaCodeStreams *self, HablaCodeStream *stream, const char *room,
    void (*end) (gpointer user_data), gpointer user_data);

/**
 * habla_code_stream_remove:
 * @stream: a stream
 *
 * No-op if it is not in a list.
 */
void habla_code_stream_remove (HablaCodeStream *stream);

/**
 * habla_code_streams_end:
 * @self: a list
 * @room: name of a room whose join code is another one now
 */
void habla_code_streams_end (HablaCodeStreams *self, const char *room);

G_END_DECLS
