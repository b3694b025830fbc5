/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "websocket/websocket-stream.h"

#include <util/source.h>

/* A turn is one dispatch by the main loop, until the stream would block. It ends with the read that
 * exceeds either limit; one read of libsoup has up to 170 frames. */
#define BYTES_PER_TURN (64 * 1024)
#define FRAMES_PER_TURN 64
/* After a turn a connection waits until the main loop is idle, but at most this time, in
 * microseconds. */
#define MAX_TURN_WAIT 2000

#define HABLA_TYPE_WEBSOCKET_INPUT (habla_websocket_input_get_type ())
G_DECLARE_FINAL_TYPE (
    HablaWebsocketInput, habla_websocket_input, HABLA, WEBSOCKET_INPUT, GInputStream)

struct _HablaWebsocketInput {
  GInputStream parent;

  GPollableInputStream *base;
  HablaFrameGuard *guard; /* (nullable) */

  gsize bytes;      /* that were read in this turn */
  guint64 n_frames; /* that had begun when the turn began */
  gboolean is_over; /* the turn is over */
  gint64 wait;      /* in microseconds, before more may be read */
  GSource *idle;    /* (nullable): wakes @waiting when the main loop is idle */
  GSource *waiting; /* (nullable): the last source that waits for the next turn */
};

struct _HablaWebsocketStream {
  GIOStream parent;

  GIOStream *base;
  HablaWebsocketInput *input;
};

static void habla_websocket_input_iface_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HablaWebsocketInput, habla_websocket_input, G_TYPE_INPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, habla_websocket_input_iface_init))
G_DEFINE_FINAL_TYPE (HablaWebsocketStream, habla_websocket_stream, G_TYPE_IO_STREAM)

/* Input */

static void
websocket_input_stop_waiting (HablaWebsocketInput *self)
{
  habla_source_clear (&self->idle);
  g_clear_pointer (&self->waiting, g_source_unref);
}

static void
websocket_input_begin_turn (HablaWebsocketInput *self)
{
  self->bytes = 0;
  self->is_over = FALSE;
  self->n_frames = self->guard != NULL ? habla_frame_guard_get_n_frames (self->guard) : 0;
}

static gssize
fail_would_block (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "The turn is over");
  return -1;
}

/* Returns: whether more may be read in this turn */
static gboolean
websocket_input_check_turn (HablaWebsocketInput *self, gint64 now)
{
  guint64 n_frames;

  if (self->guard == NULL)
    return self->bytes < BYTES_PER_TURN;
  if (!habla_frame_guard_check (self->guard))
    return FALSE;
  self->wait = habla_frame_guard_get_wait (self->guard, now);
  n_frames = habla_frame_guard_get_n_frames (self->guard) - self->n_frames;
  return self->wait == 0 && n_frames < FRAMES_PER_TURN && self->bytes < BYTES_PER_TURN;
}

static gssize
habla_websocket_input_read_nonblocking (
    GPollableInputStream *stream, void *buffer, gsize count, GError **error)
{
  HablaWebsocketInput *self = HABLA_WEBSOCKET_INPUT (stream);
  gint64 now = g_get_monotonic_time ();
  gssize n;

  if (!websocket_input_check_turn (self, now)) {
    self->is_over = TRUE;
    return fail_would_block (error);
  }
  n = g_pollable_input_stream_read_nonblocking (
      self->base, buffer, MIN (count, BYTES_PER_TURN - self->bytes), NULL, error);
  if (n <= 0)
    return n;
  self->bytes += n;
  if (self->guard != NULL && !habla_frame_guard_feed (self->guard, buffer, n, now)) {
    self->is_over = TRUE;
    return fail_would_block (error);
  }
  return n;
}

static gssize
habla_websocket_input_read (
    GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  g_set_error_literal (
      error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "The stream of a WebSocket must not block");
  return -1;
}

static gboolean
habla_websocket_input_is_readable (GPollableInputStream *stream)
{
  HablaWebsocketInput *self = HABLA_WEBSOCKET_INPUT (stream);

  return !self->is_over && g_pollable_input_stream_is_readable (self->base);
}

static gboolean
websocket_input_on_idle (gpointer user_data)
{
  HablaWebsocketInput *self = user_data;

  g_source_set_ready_time (self->waiting, 0);
  websocket_input_stop_waiting (self);
  return G_SOURCE_REMOVE;
}

/* Makes @source ready when the main loop has dispatched all other sources that are ready. It does
 * not watch the socket, which does not show what TLS has decrypted already. */
static void
websocket_input_wait_for_turn (HablaWebsocketInput *self, GSource *source)
{
  g_source_set_ready_time (source, g_get_monotonic_time () + MAX_TURN_WAIT);
  self->waiting = g_source_ref (source);
  self->idle = g_idle_source_new ();
  g_source_set_static_name (self->idle, "[habla] HablaWebsocketInput turn");
  g_source_set_callback (self->idle, websocket_input_on_idle, self, NULL);
  g_source_attach (self->idle, g_main_context_get_thread_default ());
}

static GSource *
habla_websocket_input_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  HablaWebsocketInput *self = HABLA_WEBSOCKET_INPUT (stream);
  gboolean is_over = self->is_over;
  GSource *source;

  websocket_input_stop_waiting (self);
  websocket_input_begin_turn (self);
  if (!is_over)
    return g_pollable_input_stream_create_source (self->base, cancellable);
  source = g_pollable_source_new (G_OBJECT (stream));
  if (self->guard != NULL && !habla_frame_guard_check (self->guard))
    return source; /* never ready: the connection is being closed */
  if (self->wait > 0)
    g_source_set_ready_time (source, g_get_monotonic_time () + self->wait);
  else
    websocket_input_wait_for_turn (self, source);
  return source;
}

static gboolean
habla_websocket_input_close (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  return TRUE; /* a direction alone is not closed */
}

static void
habla_websocket_input_finalize (GObject *object)
{
  HablaWebsocketInput *self = HABLA_WEBSOCKET_INPUT (object);

  websocket_input_stop_waiting (self);
  g_clear_object (&self->base);
  G_OBJECT_CLASS (habla_websocket_input_parent_class)->finalize (object);
}

static void
habla_websocket_input_class_init (HablaWebsocketInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = habla_websocket_input_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = habla_websocket_input_read;
  G_INPUT_STREAM_CLASS (klass)->close_fn = habla_websocket_input_close;
}

static void
habla_websocket_input_iface_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = habla_websocket_input_is_readable;
  iface->create_source = habla_websocket_input_create_source;
  iface->read_nonblocking = habla_websocket_input_read_nonblocking;
}

static void
habla_websocket_input_init (HablaWebsocketInput *self)
{
}

/* Both directions */

static GInputStream *
habla_websocket_stream_get_input (GIOStream *stream)
{
  return G_INPUT_STREAM (HABLA_WEBSOCKET_STREAM (stream)->input);
}

static GOutputStream *
habla_websocket_stream_get_output (GIOStream *stream)
{
  return g_io_stream_get_output_stream (HABLA_WEBSOCKET_STREAM (stream)->base);
}

static gboolean
habla_websocket_stream_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  HablaWebsocketStream *self = HABLA_WEBSOCKET_STREAM (stream);

  websocket_input_stop_waiting (self->input);
  return g_io_stream_close (self->base, cancellable, error);
}

static void
websocket_stream_on_base_closed (GObject *base, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (g_io_stream_close_finish (G_IO_STREAM (base), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* The default implementation closes in another thread. */
static void
habla_websocket_stream_close_async (GIOStream *stream, int priority, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  HablaWebsocketStream *self = HABLA_WEBSOCKET_STREAM (stream);
  GTask *task = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, habla_websocket_stream_close_async);
  websocket_input_stop_waiting (self->input);
  g_io_stream_close_async (
      self->base, priority, cancellable, websocket_stream_on_base_closed, task);
}

static gboolean
habla_websocket_stream_close_finish (GIOStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
habla_websocket_stream_finalize (GObject *object)
{
  HablaWebsocketStream *self = HABLA_WEBSOCKET_STREAM (object);

  self->input->guard = NULL;
  g_clear_object (&self->input);
  g_clear_object (&self->base);
  G_OBJECT_CLASS (habla_websocket_stream_parent_class)->finalize (object);
}

static void
habla_websocket_stream_class_init (HablaWebsocketStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = habla_websocket_stream_finalize;
  stream_class->get_input_stream = habla_websocket_stream_get_input;
  stream_class->get_output_stream = habla_websocket_stream_get_output;
  stream_class->close_fn = habla_websocket_stream_close;
  stream_class->close_async = habla_websocket_stream_close_async;
  stream_class->close_finish = habla_websocket_stream_close_finish;
}

static void
habla_websocket_stream_init (HablaWebsocketStream *self)
{
}

GIOStream *
habla_websocket_stream_new (GIOStream *base)
{
  HablaWebsocketStream *self = g_object_new (HABLA_TYPE_WEBSOCKET_STREAM, NULL);

  self->base = g_object_ref (base);
  self->input = g_object_new (HABLA_TYPE_WEBSOCKET_INPUT, NULL);
  self->input->base = g_object_ref (G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (base)));
  return G_IO_STREAM (self);
}

void
habla_websocket_stream_set_guard (HablaWebsocketStream *self, HablaFrameGuard *guard)
{
  self->input->guard = guard;
  websocket_input_begin_turn (self->input);
}
