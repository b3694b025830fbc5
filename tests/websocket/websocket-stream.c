/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The share of a connection in an iteration of the main loop. */
#include "habla-test.h"

#include <websocket/websocket-stream.h>
#include <string.h>

#define SHARE (64 * 1024)
#define SIZE (1024 * 1024)

typedef struct {
  GIOStream *stream;
  guint64 read;
  guint64 most; /* of one turn */
  guint turns;
  guint others; /* dispatches of another source */
  gboolean is_at_end;
} Reader;

/* Reads as libsoup does: until it would block, in chunks of a kilobyte. */
static gboolean
on_readable (GObject *object, gpointer user_data)
{
  Reader *self = user_data;
  GPollableInputStream *input = G_POLLABLE_INPUT_STREAM (object);
  g_autoptr (GSource) source = NULL;
  g_autoptr (GError) error = NULL;
  guint64 before = self->read;
  char buffer[1024];
  gssize n;

  while ((n = g_pollable_input_stream_read_nonblocking (
              input, buffer, sizeof buffer, NULL, &error)) > 0)
    self->read += n;
  self->turns++;
  self->most = MAX (self->most, self->read - before);
  self->is_at_end = n == 0;
  if (self->is_at_end)
    return G_SOURCE_REMOVE;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  source = g_pollable_input_stream_create_source (input, NULL);
  g_source_set_callback (source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (source, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_other (gpointer user_data)
{
  ((Reader *) user_data)->others++;
  return G_SOURCE_CONTINUE;
}

/* Something is always ready, so that each iteration ends. */
static void
read_to_end (Reader *self)
{
  gint64 deadline = g_get_monotonic_time () + habla_test_scale (60) * G_USEC_PER_SEC;

  on_readable (G_OBJECT (g_io_stream_get_input_stream (self->stream)), self);
  while (!self->is_at_end) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_main_context_iteration (NULL, TRUE);
  }
  g_assert_cmpuint (self->read, ==, SIZE);
}

static GIOStream *
make_base (void)
{
  g_autoptr (GInputStream) input =
      g_memory_input_stream_new_from_data (g_malloc0 (SIZE), SIZE, g_free);
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();

  return g_simple_io_stream_new (input, output);
}

/* The base is always readable, like decrypted data of TLS. Other sources are dispatched after each
 * share, whatever their priority. */
static void
test_share (gconstpointer priority)
{
  g_autoptr (GIOStream) base = make_base ();
  g_autoptr (GIOStream) stream = habla_websocket_stream_new (base);
  Reader reader = { .stream = stream };
  guint other = g_timeout_add_full (GPOINTER_TO_INT (priority), 0, on_other, &reader, NULL);

  g_assert_true (g_io_stream_get_output_stream (stream) == g_io_stream_get_output_stream (base));
  read_to_end (&reader);
  g_assert_cmpuint (reader.most, ==, SHARE);
  g_assert_cmpuint (reader.turns, >=, SIZE / SHARE);
  g_assert_cmpuint (reader.others, >=, SIZE / SHARE - 1);
  g_source_remove (other);
  g_assert_true (g_io_stream_close (stream, NULL, NULL));
  g_assert_true (g_io_stream_is_closed (base));
}

/* Reads to the end although another source is always ready. */
static void
test_busy (void)
{
  g_autoptr (GIOStream) base = make_base ();
  g_autoptr (GIOStream) stream = habla_websocket_stream_new (base);
  Reader reader = { .stream = stream };
  guint other = g_timeout_add_full (G_PRIORITY_DEFAULT, 0, on_other, &reader, NULL);

  read_to_end (&reader);
  g_source_remove (other);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_data_func (
      "/websocket-stream/share/default", GINT_TO_POINTER (G_PRIORITY_DEFAULT), test_share);
  g_test_add_data_func (
      "/websocket-stream/share/idle", GINT_TO_POINTER (G_PRIORITY_DEFAULT_IDLE), test_share);
  g_test_add_func ("/websocket-stream/busy", test_busy);
  return habla_test_run ();
}
