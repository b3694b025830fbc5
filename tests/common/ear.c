/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ear.h"

#include "habla-test.h"

#include <math.h>
#include <string.h>
#include <sys/socket.h>

/* Bytes a millisecond of the stream. */
#define BYTE_RATE 6

/* RMS above which there is sound, and the block in which it is measured. */
#define LOUD 200.0
#define BLOCK (EAR_RATE / 50)

typedef struct {
  gsize end; /* of the body */
  gint64 time;
} Arrival;

struct _Ear {
  GSocketConnection *connection;
  GCancellable *cancellable;
  char buffer[4096];
  GString *head;
  gboolean has_head;
  gboolean is_over;
  gboolean is_reading;
  GByteArray *body;
  GArray *arrivals; /* of Arrival */
  gint64 decoded;   /* length of the body when it was decoded last */
};

static void ear_read (Ear *self);

static void
ear_add (Ear *self, gsize n)
{
  const char *end;
  gsize head;
  Arrival arrival;

  if (!self->has_head) {
    g_string_append_len (self->head, self->buffer, n);
    end = g_strstr_len (self->head->str, self->head->len, "\r\n\r\n");
    if (end == NULL)
      return;
    self->has_head = TRUE;
    head = end + 4 - self->head->str;
    g_byte_array_append (self->body, (guint8 *) self->head->str + head, self->head->len - head);
    g_string_truncate (self->head, head);
  } else {
    g_byte_array_append (self->body, (guint8 *) self->buffer, n);
  }
  arrival = (Arrival){ self->body->len, g_get_monotonic_time () };
  g_array_append_val (self->arrivals, arrival);
}

static void
ear_on_read (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  Ear *self = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (stream), result, NULL);

  self->is_reading = FALSE;
  if (n > 0) {
    ear_add (self, n);
    ear_read (self);
  } else {
    self->is_over = TRUE;
  }
}

static void
ear_read (Ear *self)
{
  self->is_reading = TRUE;
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (self->connection)),
      self->buffer, sizeof self->buffer, 0, self->cancellable, ear_on_read, self);
}

static Ear *
ear_new_idle (Hablad *hablad, const char *path, int receive_buffer)
{
  Ear *self = g_new0 (Ear, 1);
  g_autofree char *request = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
  g_autoptr (GUri) uri = g_uri_parse (hablad_get_url (hablad), SOUP_HTTP_URI_FLAGS, NULL);
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string (g_uri_get_host (uri), g_uri_get_port (uri));
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  if (receive_buffer > 0)
    g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, receive_buffer, NULL);
  self->connection = g_socket_connection_factory_create_connection (socket);
  g_socket_connection_connect (self->connection, address, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (self->connection)),
      request, strlen (request), NULL, NULL, &error);
  g_assert_no_error (error);
  self->cancellable = g_cancellable_new ();
  self->head = g_string_new (NULL);
  self->body = g_byte_array_new ();
  self->arrivals = g_array_new (FALSE, FALSE, sizeof (Arrival));
  return self;
}

Ear *
ear_new (Hablad *hablad, const char *path)
{
  Ear *self = ear_new_idle (hablad, path, 0);

  ear_read (self);
  return self;
}

Ear *
ear_new_stalled (Hablad *hablad, const char *path)
{
  return ear_new_idle (hablad, path, 2048);
}

void
ear_free (Ear *self)
{
  g_cancellable_cancel (self->cancellable);
  while (self->is_reading)
    g_main_context_iteration (NULL, TRUE);
  g_io_stream_close (G_IO_STREAM (self->connection), NULL, NULL);
  g_object_unref (self->connection);
  g_object_unref (self->cancellable);
  g_string_free (self->head, TRUE);
  g_byte_array_unref (self->body);
  g_array_unref (self->arrivals);
  g_free (self);
}

const char *
ear_get_head (Ear *self)
{
  hablad_wait_until (self->has_head || self->is_over);
  return self->head->str;
}

GByteArray *
ear_get_body (Ear *self)
{
  return self->body;
}

gboolean
ear_is_over (Ear *self)
{
  return self->is_over;
}

gint64
ear_get_arrival (Ear *self, gsize offset)
{
  for (guint i = 0; i < self->arrivals->len; i++) {
    const Arrival *arrival = &g_array_index (self->arrivals, Arrival, i);

    if (offset < arrival->end)
      return arrival->time;
  }
  g_assert_not_reached ();
}

GBytes *
ear_decode (Ear *self)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "heard.mp3", NULL);
  g_autofree char *launch = NULL;
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, (const char *) self->body->data, self->body->len, &error);
  g_assert_no_error (error);
  launch = g_strdup_printf ("filesrc location=%s ! mpegaudioparse ! mpg123audiodec ! audioconvert "
                            "! audioresample ! audio/x-raw,format=S16LE,rate=%d,channels=1",
      path, EAR_RATE);
  return habla_test_encode (launch);
}

gint64
ear_find_sound (Ear *self, gint64 from)
{
  g_autoptr (GBytes) decoded = ear_decode (self);
  gsize size;
  const gint16 *samples = g_bytes_get_data (decoded, &size);

  self->decoded = self->body->len;
  for (gsize i = from * EAR_RATE / 1000; i + BLOCK <= size / sizeof *samples; i += BLOCK) {
    double power = 0;

    for (guint j = 0; j < BLOCK; j++)
      power += (double) samples[i + j] * samples[i + j];
    if (sqrt (power / BLOCK) > LOUD)
      return i * 1000 / EAR_RATE;
  }
  return -1;
}

gint64
ear_await_sound (Ear *self, gint64 from)
{
  gint64 found = -1;

  hablad_wait_until (self->is_over || (self->body->len > self->decoded + BYTE_RATE * 200 &&
                                          (found = ear_find_sound (self, from)) >= 0));
  g_assert_cmpint (found, >=, 0);
  return found;
}

gint64
ear_get_length (Ear *self)
{
  return self->body->len / BYTE_RATE;
}
