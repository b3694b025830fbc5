/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <http/metered-stream.h>

#include "habla-test.h"

#include <string.h>
#include <sys/socket.h>

typedef struct {
  GSocketConnection *near; /* the base of the stream */
  GSocketConnection *far;
  HablaMeteredStream *stream;
  GPollableInputStream *input;
  GPollableOutputStream *output;
} Pair;

static GSocketConnection *
make_connection (int fd)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);

  g_assert_no_error (error);
  return g_socket_connection_factory_create_connection (socket);
}

static void
set_up (Pair *pair, gconstpointer data)
{
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  pair->near = make_connection (ends[0]);
  pair->far = make_connection (ends[1]);
  pair->stream = habla_metered_stream_new (G_IO_STREAM (pair->near));
  pair->input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (G_IO_STREAM (pair->stream)));
  pair->output =
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (G_IO_STREAM (pair->stream)));
}

static void
tear_down (Pair *pair, gconstpointer data)
{
  g_assert_finalize_object (pair->stream);
  g_assert_finalize_object (pair->near);
  g_assert_finalize_object (pair->far);
}

static void
send_from_far (Pair *pair, const char *text)
{
  g_assert_cmpint (g_output_stream_write (g_io_stream_get_output_stream (G_IO_STREAM (pair->far)),
                       text, strlen (text), NULL, NULL),
      ==, strlen (text));
}

static void
test_counts (Pair *pair, gconstpointer data)
{
  GOutputVector vectors[] = { { "ab", 2 }, { "cdefg", 5 } };
  char buffer[16];
  gsize n = 0;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (
      g_pollable_output_stream_write_nonblocking (pair->output, "hello", 5, NULL, &error), ==, 5);
  g_assert_cmpint (
      g_pollable_output_stream_writev_nonblocking (pair->output, vectors, 2, &n, NULL, &error), ==,
      G_POLLABLE_RETURN_OK);
  g_assert_cmpuint (n, ==, 7);
  g_assert_cmpuint (habla_metered_stream_get_written (pair->stream), ==, 12);
  g_assert_cmpint (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (pair->far)),
                       buffer, sizeof buffer, NULL, NULL),
      ==, 12);
  g_assert_cmpmem (buffer, 12, "helloabcdefg", 12);

  g_assert_cmpint (
      g_pollable_input_stream_read_nonblocking (pair->input, buffer, sizeof buffer, NULL, &error),
      ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  g_assert_false (g_pollable_input_stream_is_readable (pair->input));
  send_from_far (pair, "adios");
  g_assert_true (g_pollable_input_stream_is_readable (pair->input));
  g_assert_cmpint (
      g_pollable_input_stream_read_nonblocking (pair->input, buffer, sizeof buffer, NULL, &error),
      ==, 5);
  g_assert_cmpuint (habla_metered_stream_get_read (pair->stream), ==, 5);

  /* Blocking calls count too. */
  send_from_far (pair, "x");
  g_assert_cmpint (
      g_input_stream_read (G_INPUT_STREAM (pair->input), buffer, 1, NULL, NULL), ==, 1);
  g_assert_cmpint (
      g_output_stream_write (G_OUTPUT_STREAM (pair->output), "yz", 2, NULL, NULL), ==, 2);
  g_assert_cmpuint (habla_metered_stream_get_read (pair->stream), ==, 6);
  g_assert_cmpuint (habla_metered_stream_get_written (pair->stream), ==, 14);
  g_assert_false (habla_metered_stream_is_at_end (pair->stream));

  g_socket_shutdown (g_socket_connection_get_socket (pair->far), FALSE, TRUE, NULL);
  g_assert_cmpint (
      g_pollable_input_stream_read_nonblocking (pair->input, buffer, sizeof buffer, NULL, &error),
      ==, 0);
  g_assert_true (habla_metered_stream_is_at_end (pair->stream));
}

static void
test_budget (Pair *pair, gconstpointer data)
{
  char buffer[16];
  g_autoptr (GError) error = NULL;

  habla_metered_stream_set_budget (pair->stream, 4);
  send_from_far (pair, "abcdef");
  g_assert_cmpint (
      g_pollable_input_stream_read_nonblocking (pair->input, buffer, sizeof buffer, NULL, &error),
      ==, 4);
  g_assert_false (habla_metered_stream_is_over_budget (pair->stream));
  g_assert_cmpint (
      g_pollable_input_stream_read_nonblocking (pair->input, buffer, sizeof buffer, NULL, &error),
      ==, 0);
  g_assert_true (habla_metered_stream_is_over_budget (pair->stream));
  habla_metered_stream_set_budget (pair->stream, G_MAXUINT64);
  g_assert_cmpint (
      g_pollable_input_stream_read_nonblocking (pair->input, buffer, sizeof buffer, NULL, &error),
      ==, 2);
}

/* See habla_metered_stream_set_idle(). */
static void
test_idle (Pair *pair, gconstpointer data)
{
  char buffer[16];
  g_autoptr (GError) error = NULL;

  habla_metered_stream_set_idle (pair->stream, TRUE);
  g_assert_cmpint (
      g_pollable_input_stream_read_nonblocking (pair->input, buffer, sizeof buffer, NULL, &error),
      ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  g_socket_shutdown (g_socket_connection_get_socket (pair->far), FALSE, TRUE, NULL);
  g_assert_cmpint (
      g_pollable_input_stream_read_nonblocking (pair->input, buffer, sizeof buffer, NULL, &error),
      ==, 1);
  g_assert_cmpint (
      g_pollable_input_stream_read_nonblocking (pair->input, buffer, sizeof buffer, NULL, &error),
      ==, 0);
  g_assert_no_error (error);
}

static gboolean
note_dispatch (GObject *stream, gpointer user_data)
{
  GObject **dispatched = user_data;

  *dispatched = stream;
  return G_SOURCE_REMOVE;
}

static void
attach (GSource *source, GObject **dispatched)
{
  g_source_set_callback (source, G_SOURCE_FUNC (note_dispatch), dispatched, NULL);
  g_source_attach (source, NULL);
  g_source_unref (source);
}

static void
wait_for (GObject **dispatched)
{
  while (*dispatched == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_sources (Pair *pair, gconstpointer data)
{
  GObject *reader = NULL, *writer = NULL;

  attach (g_pollable_input_stream_create_source (pair->input, NULL), &reader);
  attach (g_pollable_output_stream_create_source (pair->output, NULL), &writer);
  wait_for (&writer);
  g_assert_true (writer == G_OBJECT (pair->output));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (reader);
  send_from_far (pair, "x");
  wait_for (&reader);
  /* The source is that of the base, which saves one for each request. */
  g_assert_true (reader == G_OBJECT (g_io_stream_get_input_stream (G_IO_STREAM (pair->near))));
}

static void
fill (Pair *pair)
{
  static const char zeros[65536];
  g_autoptr (GError) error = NULL;

  while (g_pollable_output_stream_write_nonblocking (
             pair->output, zeros, sizeof zeros, NULL, &error) > 0)
    ;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

static void
test_blocked (Pair *pair, gconstpointer data)
{
  GInputStream *far = g_io_stream_get_input_stream (G_IO_STREAM (pair->far));
  gint64 before = g_get_monotonic_time ();
  guint64 rest;
  gint64 since;

  g_assert_cmpint (habla_metered_stream_get_blocked_since (pair->stream), ==, 0);
  fill (pair);
  since = habla_metered_stream_get_blocked_since (pair->stream);
  g_assert_cmpint (since, >=, before);
  fill (pair);
  g_assert_cmpint (habla_metered_stream_get_blocked_since (pair->stream), ==, since);
  for (rest = habla_metered_stream_get_written (pair->stream); rest > 0;) {
    char buffer[65536];

    rest -= g_input_stream_read (far, buffer, sizeof buffer, NULL, NULL);
  }
  g_assert_cmpint (
      g_pollable_output_stream_write_nonblocking (pair->output, "x", 1, NULL, NULL), ==, 1);
  g_assert_cmpint (habla_metered_stream_get_blocked_since (pair->stream), ==, 0);
}

/* Sources that wait are woken up, and sources that are created later are ready. */
static void
test_abort (Pair *pair, gconstpointer data)
{
  GObject *reader = NULL, *writer = NULL, *late = NULL;
  g_autoptr (GError) error = NULL;
  char byte;

  fill (pair);
  attach (g_pollable_input_stream_create_source (pair->input, NULL), &reader);
  attach (g_pollable_output_stream_create_source (pair->output, NULL), &writer);
  habla_metered_stream_abort (pair->stream);
  habla_metered_stream_abort (pair->stream);
  wait_for (&reader);
  wait_for (&writer);
  attach (g_pollable_input_stream_create_source (pair->input, NULL), &late);
  wait_for (&late);
  g_assert_cmpint (
      g_pollable_input_stream_read_nonblocking (pair->input, &byte, 1, NULL, &error), ==, 0);
  g_assert_cmpint (
      g_pollable_output_stream_write_nonblocking (pair->output, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static void
note_closed (HablaMeteredStream *stream, gpointer user_data)
{
  guint *closed = user_data;

  ++*closed;
}

static void
test_closed (Pair *pair, gconstpointer data)
{
  guint closed = 0;

  habla_metered_stream_set_closed (pair->stream, note_closed, &closed);
  g_io_stream_close_async (G_IO_STREAM (pair->stream), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  /* In this thread, during the call; the base stays open. */
  g_assert_cmpuint (closed, ==, 1);
  g_assert_false (g_io_stream_is_closed (G_IO_STREAM (pair->near)));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_io_stream_close (G_IO_STREAM (pair->stream), NULL, NULL);
  g_assert_cmpuint (closed, ==, 1);
}

static void
test_closes_base (Pair *pair, gconstpointer data)
{
  g_assert_true (g_io_stream_close (G_IO_STREAM (pair->stream), NULL, NULL));
  g_assert_true (g_io_stream_is_closed (G_IO_STREAM (pair->near)));
}

/* A reference to a direction outlives the stream. */
static void
test_outlived (Pair *pair, gconstpointer data)
{
  g_autoptr (GInputStream) input = g_object_ref (G_INPUT_STREAM (pair->input));
  HablaMeteredStream *stream = g_steal_pointer (&pair->stream);
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_finalize_object (stream);
  g_assert_cmpint (g_input_stream_read (input, &byte, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  pair->stream = habla_metered_stream_new (G_IO_STREAM (pair->near));
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
#define ADD(name, function) \
  g_test_add ("/metered-stream/" name, Pair, NULL, set_up, function, tear_down)
  ADD ("counts", test_counts);
  ADD ("budget", test_budget);
  ADD ("idle", test_idle);
  ADD ("sources", test_sources);
  ADD ("blocked", test_blocked);
  ADD ("abort", test_abort);
  ADD ("closed", test_closed);
  ADD ("closes base", test_closes_base);
  ADD ("outlived", test_outlived);
  return habla_test_run ();
}
