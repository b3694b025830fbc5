/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/live-response.h"

#include <util/source.h>

/* Bytes of a client's that the system may hold. Linux doubles it, for its own overhead. */
#define SEND_BUFFER (16 * 1024)

/* Bytes from which on no further chunk is joined: copying them costs less than one more write. */
#define MAX_JOINED (8 * 1024)

struct _HablaLiveResponse {
  SoupServerMessage *message; /* NULL after the headers were sent */
  HablaConnection *connection;
  GIOStream *stream; /* NULL until the headers were sent */
  const HablaLiveSource *source;
  gpointer user_data;
  GBytes *chunk; /* (nullable): is being sent */
  gsize sent;    /* bytes of @chunk */
  GSource *writable;
  gboolean is_closing; /* was closed before the headers were sent */
};

static void
live_response_end (HablaLiveResponse *self)
{
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_object (&self->message);
  habla_source_clear (&self->writable);
  if (self->stream != NULL)
    g_io_stream_close (self->stream, NULL, NULL);
  g_clear_object (&self->stream);
  self->source->ended (self->user_data);
  g_clear_pointer (&self->chunk, g_bytes_unref);
  habla_connection_unref (self->connection);
  g_free (self);
}

/* Returns: whether the whole chunk was sent. @error: set if the client has gone */
static gboolean
live_response_send_chunk (HablaLiveResponse *self, GError **error)
{
  GOutputStream *output = g_io_stream_get_output_stream (self->stream);
  gsize size;
  const char *data = g_bytes_get_data (self->chunk, &size);

  while (self->sent < size) {
    gssize n = g_pollable_output_stream_write_nonblocking (
        G_POLLABLE_OUTPUT_STREAM (output), data + self->sent, size - self->sent, NULL, error);

    if (n < 0)
      return FALSE;
    self->sent += n;
  }
  return TRUE;
}

static gboolean
live_response_on_writable (GObject *stream, gpointer user_data)
{
  HablaLiveResponse *self = user_data;

  habla_source_clear (&self->writable);
  habla_live_response_wake (self);
  return G_SOURCE_REMOVE;
}

static void
live_response_wait (HablaLiveResponse *self)
{
  GPollableOutputStream *output =
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (self->stream));

  habla_source_attach (&self->writable, g_pollable_output_stream_create_source (output, NULL),
      "[habla] HablaLiveResponse writable", G_SOURCE_FUNC (live_response_on_writable), self);
}

static void
append_chunk (GByteArray *joined, GBytes *chunk)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (chunk, &size);

  g_byte_array_append (joined, data, size);
  g_bytes_unref (chunk);
}

/* Returns: (transfer full) (nullable): the chunks that the source has, joined if there are several
 */
static GBytes *
live_response_read (HablaLiveResponse *self)
{
  GBytes *first = self->source->read (self->user_data), *next;
  GByteArray *joined;

  if (first == NULL || (next = self->source->read (self->user_data)) == NULL)
    return first;
  joined = g_byte_array_new ();
  append_chunk (joined, first);
  do
    append_chunk (joined, next);
  while (joined->len < MAX_JOINED && (next = self->source->read (self->user_data)) != NULL);
  return g_byte_array_free_to_bytes (joined);
}

void
habla_live_response_wake (HablaLiveResponse *self)
{
  g_autoptr (GError) error = NULL;

  if (self->stream == NULL || self->writable != NULL)
    return;
  while (self->chunk != NULL || (self->chunk = live_response_read (self)) != NULL) {
    if (!live_response_send_chunk (self, &error)) {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        live_response_wait (self);
      else
        live_response_end (self);
      return;
    }
    g_clear_pointer (&self->chunk, g_bytes_unref);
    self->sent = 0;
  }
}

/* The headers have been sent, and there is no body: it follows without libsoup. */
static void
live_response_on_wrote_body (SoupServerMessage *message, gpointer user_data)
{
  HablaLiveResponse *self = user_data;
  g_autoptr (SoupServerMessage) kept = g_object_ref (message);

  g_signal_handlers_disconnect_by_data (message, self);
  g_clear_object (&self->message);
  self->stream = soup_server_message_steal_connection (message);
  if (self->stream == NULL) {
    live_response_end (self);
    return;
  }
  habla_connection_begin_live (self->connection, SEND_BUFFER);
  if (self->is_closing)
    live_response_end (self);
  else
    habla_live_response_wake (self);
}

static void
live_response_on_finished (SoupServerMessage *message, gpointer user_data)
{
  live_response_end (user_data);
}

HablaLiveResponse *
habla_live_response_new (const HablaRequest *request, const char *type,
    const HablaLiveSource *source, gpointer user_data)
{
  HablaLiveResponse *self = g_new0 (HablaLiveResponse, 1);
  SoupServerMessage *message = request->message;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  gboolean is_head = g_str_equal (soup_server_message_get_method (message), SOUP_METHOD_HEAD);

  self->message = g_object_ref (message);
  self->connection = habla_connection_ref (request->connection);
  self->source = source;
  self->user_data = user_data;
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_message_headers_replace (headers, "Content-Type", type);
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "Accept-Ranges", "none");
  soup_message_headers_replace (headers, "Connection", "close");
  /* nginx would otherwise collect the stream. */
  soup_message_headers_replace (headers, "X-Accel-Buffering", "no");
  soup_message_headers_set_encoding (headers, SOUP_ENCODING_EOF);
  soup_message_body_complete (soup_server_message_get_response_body (message));
  g_signal_connect (message, "finished", G_CALLBACK (live_response_on_finished), self);
  g_signal_connect (message, "disconnected", G_CALLBACK (live_response_on_finished), self);
  if (!is_head)
    g_signal_connect (message, "wrote-body", G_CALLBACK (live_response_on_wrote_body), self);
  return self;
}

void
habla_live_response_close (HablaLiveResponse *self)
{
  if (self->stream != NULL)
    live_response_end (self);
  else
    self->is_closing = TRUE;
}
