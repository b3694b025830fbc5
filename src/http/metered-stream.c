/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/metered-stream.h"

#include "http/request-framer.h"

/* Bytes that are read at once while a head is not whole. */
#define HEAD_READ_SIZE 4096

#define HABLA_TYPE_METERED_INPUT (habla_metered_input_get_type ())
G_DECLARE_FINAL_TYPE (HablaMeteredInput, habla_metered_input, HABLA, METERED_INPUT, GInputStream)

#define HABLA_TYPE_METERED_OUTPUT (habla_metered_output_get_type ())
G_DECLARE_FINAL_TYPE (
    HablaMeteredOutput, habla_metered_output, HABLA, METERED_OUTPUT, GOutputStream)

/* The two directions do not own the stream that they are part of. If one outlives that stream, it
 * reports that it is closed. */
struct _HablaMeteredInput {
  GInputStream parent;

  HablaMeteredStream *owner; /* (nullable) */
  GPollableInputStream *base;
};

struct _HablaMeteredOutput {
  GOutputStream parent;

  HablaMeteredStream *owner; /* (nullable) */
  GPollableOutputStream *base;
};

struct _HablaMeteredStream {
  GIOStream parent;

  GIOStream *base;
  HablaMeteredInput *input;
  HablaMeteredOutput *output;

  guint64 read;
  guint64 written;
  guint64 read_limit; /* upper bound of @read */
  gint64 blocked_since;
  gboolean over_budget;
  gboolean at_end;
  gboolean aborted;
  gboolean is_idle;
  gboolean is_closed;
  gboolean lingers;
  gboolean is_checked;
  HablaRequestFramer *framer; /* (nullable): until the first request */

  GSource *reader; /* (nullable): the last source that waits for input */
  GSource *writer; /* (nullable): the last source that waits for output */

  HablaMeteredStreamClosed closed;
  gpointer closed_data;
};

static void habla_metered_input_iface_init (GPollableInputStreamInterface *iface);
static void habla_metered_output_iface_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HablaMeteredInput, habla_metered_input, G_TYPE_INPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, habla_metered_input_iface_init))
G_DEFINE_FINAL_TYPE_WITH_CODE (HablaMeteredOutput, habla_metered_output, G_TYPE_OUTPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM, habla_metered_output_iface_init))
G_DEFINE_FINAL_TYPE (HablaMeteredStream, habla_metered_stream, G_TYPE_IO_STREAM)

static gboolean
check_owner (HablaMeteredStream *self, GError **error)
{
  gboolean is_there = self != NULL && !self->is_closed;

  if (!is_there)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The connection is closed");
  return is_there;
}

static gboolean
check_writable (HablaMeteredStream *self, GError **error)
{
  if (!check_owner (self, error))
    return FALSE;
  if (self->aborted || self->over_budget)
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "The connection exceeded a limit and was ended");
  return !self->aborted && !self->over_budget;
}

/* libsoup waits for a stream that it has closed if frames are left; a source of the closed base
 * would warn. */
static GSource *
make_ready_source (gpointer stream)
{
  GSource *source = g_pollable_source_new (G_OBJECT (stream));

  g_source_set_ready_time (source, 0);
  return source;
}

/* Keeps the source, to be able to wake its owner. */
static GSource *
wait_with (GObject *stream, GSource *child, GSource **waiting, gboolean ready)
{
  GSource *source = g_pollable_source_new_full (stream, child, NULL);

  g_source_unref (child);
  g_clear_pointer (waiting, g_source_unref);
  *waiting = g_source_ref (source);
  if (ready)
    g_source_set_ready_time (source, 0);
  return source;
}

/* Input */

/* Returns: how many bytes may be read; 0 = readers see an end */
static gsize
allow_read (HablaMeteredStream *self, gsize count)
{
  if (self->aborted)
    return 0;
  self->over_budget = self->over_budget || self->read >= self->read_limit;
  return self->read < self->read_limit ? MIN (count, self->read_limit - self->read) : 0;
}

/* Returns: how many bytes may be handed out */
static gsize
allow_take (HablaMeteredStream *self, gsize count)
{
  guint64 taken = habla_metered_stream_get_taken (self);

  if (self->aborted)
    return 0;
  self->over_budget = self->over_budget || taken >= self->read_limit;
  return taken < self->read_limit ? MIN (count, self->read_limit - taken) : 0;
}

static gssize
read_base (HablaMeteredInput *input, void *buffer, gsize count, GError **error)
{
  HablaMeteredStream *self = input->owner;
  gsize allowed = allow_read (self, count);
  GError *local_error = NULL;
  gssize n;

  if (allowed == 0)
    return 0;
  n = g_pollable_input_stream_read_nonblocking (input->base, buffer, allowed, NULL, &local_error);
  self->read += MAX (n, 0);
  if (n == 0 || (n < 0 && !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)))
    self->at_end = TRUE;
  if (n < 0)
    g_propagate_error (error, local_error);
  return n;
}

/* Returns: how many held bytes were handed out; -1 = none are held */
static gssize
take_held (HablaMeteredStream *self, void *buffer, gsize count)
{
  gsize allowed;
  gssize n;

  if (self->framer == NULL ||
      (!self->is_checked && habla_request_framer_get_held (self->framer) == 0))
    return -1;
  allowed = allow_take (self, count);
  if (allowed == 0)
    return 0;
  n = self->is_checked ? habla_request_framer_take (self->framer, buffer, allowed)
                       : habla_request_framer_take_raw (self->framer, buffer, allowed);
  if (n == 0 && habla_request_framer_get_error (self->framer) != NULL) {
    self->aborted = TRUE;
    return 0;
  }
  return n > 0 ? n : -1;
}

static gssize
read_checked (HablaMeteredInput *input, void *buffer, gsize count, GError **error)
{
  HablaMeteredStream *self = input->owner;
  gssize n;

  while ((n = take_held (self, buffer, count)) < 0) {
    guint64 direct = habla_request_framer_get_direct (self->framer);

    if (direct > 0) {
      n = read_base (input, buffer, MIN (count, direct), error);
      if (n > 0)
        habla_request_framer_skip_direct (self->framer, n);
      return n;
    }
    n = read_base (
        input, habla_request_framer_reserve (self->framer, HEAD_READ_SIZE), HEAD_READ_SIZE, error);
    habla_request_framer_put (self->framer, HEAD_READ_SIZE, MAX (n, 0));
    if (n <= 0)
      return n;
  }
  return n;
}

static gssize
read_or_end (HablaMeteredInput *input, void *buffer, gsize count, GError **error)
{
  HablaMeteredStream *self = input->owner;
  gssize n;

  if (self->is_checked && count > 0)
    return read_checked (input, buffer, count, error);
  n = take_held (self, buffer, count);
  return n >= 0 ? n : read_base (input, buffer, count, error);
}

static gssize
habla_metered_input_read_nonblocking (
    GPollableInputStream *stream, void *buffer, gsize count, GError **error)
{
  HablaMeteredInput *self = (HablaMeteredInput *) stream;
  GError *local_error = NULL;
  gssize n;

  if (!check_owner (self->owner, error))
    return -1;
  n = read_or_end (self, buffer, count, &local_error);
  if (self->owner->is_idle && count > 0 && n <= 0 &&
      !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
    g_clear_error (&local_error);
    self->owner->is_idle = FALSE;
    self->owner->aborted = TRUE; /* there is no request to answer */
    *(char *) buffer = '-';
    return 1;
  }
  if (local_error != NULL)
    g_propagate_error (error, local_error);
  return n;
}

static gssize
habla_metered_input_read (
    GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  HablaMeteredInput *self = (HablaMeteredInput *) stream;
  gsize allowed;
  gssize n;

  if (!check_owner (self->owner, error))
    return -1;
  if (self->owner->is_checked) {
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "Requests must be read without blocking");
    return -1;
  }
  allowed = allow_read (self->owner, count);
  if (allowed == 0)
    return 0;
  n = g_input_stream_read (G_INPUT_STREAM (self->base), buffer, allowed, cancellable, error);
  self->owner->read += MAX (n, 0);
  if (n == 0)
    self->owner->at_end = TRUE;
  return n;
}

/* Returns: whether something can be read without waiting for the other side */
static gboolean
is_ready (HablaMeteredStream *self)
{
  if (self->aborted)
    return TRUE;
  if (self->framer == NULL)
    return FALSE;
  return self->is_checked ? habla_request_framer_is_ready (self->framer)
                          : habla_request_framer_get_held (self->framer) > 0;
}

static gboolean
habla_metered_input_is_readable (GPollableInputStream *stream)
{
  HablaMeteredInput *self = (HablaMeteredInput *) stream;

  return self->owner == NULL || is_ready (self->owner) ||
         g_pollable_input_stream_is_readable (self->base);
}

static GSource *
habla_metered_input_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  HablaMeteredInput *self = (HablaMeteredInput *) stream;

  GSource *source;

  if (self->owner == NULL || self->owner->is_closed)
    return make_ready_source (stream);
  /* The base's source itself: libsoup ignores which stream its callback gets, and another source
   * would cost 5 % of a small request. */
  source = g_pollable_input_stream_create_source (self->base, cancellable);
  g_clear_pointer (&self->owner->reader, g_source_unref);
  self->owner->reader = g_source_ref (source);
  if (is_ready (self->owner))
    g_source_set_ready_time (source, 0);
  return source;
}

static gboolean
habla_metered_input_close (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  return TRUE; /* a direction alone is not closed */
}

static void
habla_metered_input_finalize (GObject *object)
{
  HablaMeteredInput *self = (HablaMeteredInput *) object;

  g_clear_object (&self->base);
  G_OBJECT_CLASS (habla_metered_input_parent_class)->finalize (object);
}

static void
habla_metered_input_class_init (HablaMeteredInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = habla_metered_input_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = habla_metered_input_read;
  G_INPUT_STREAM_CLASS (klass)->close_fn = habla_metered_input_close;
}

static void
habla_metered_input_iface_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = habla_metered_input_is_readable;
  iface->create_source = habla_metered_input_create_source;
  iface->read_nonblocking = habla_metered_input_read_nonblocking;
}

static void
habla_metered_input_init (HablaMeteredInput *self)
{
}

/* Output */

static void
count_written (HablaMeteredOutput *output, gsize n)
{
  output->owner->written += n;
  if (n > 0)
    output->owner->blocked_since = 0;
}

static void
note_blocked (HablaMeteredOutput *output)
{
  if (output->owner->blocked_since == 0)
    output->owner->blocked_since = g_get_monotonic_time ();
}

static gssize
habla_metered_output_write_nonblocking (
    GPollableOutputStream *stream, const void *buffer, gsize count, GError **error)
{
  HablaMeteredOutput *self = (HablaMeteredOutput *) stream;
  GError *local_error = NULL;
  gssize n;

  if (!check_writable (self->owner, error))
    return -1;
  n = g_pollable_output_stream_write_nonblocking (self->base, buffer, count, NULL, &local_error);
  if (n >= 0) {
    count_written (self, n);
    return n;
  }
  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    note_blocked (self);
  else
    self->owner->at_end = TRUE;
  g_propagate_error (error, local_error);
  return -1;
}

static GPollableReturn
habla_metered_output_writev_nonblocking (GPollableOutputStream *stream,
    const GOutputVector *vectors, gsize n_vectors, gsize *bytes_written, GError **error)
{
  HablaMeteredOutput *self = (HablaMeteredOutput *) stream;
  gsize n = 0;
  GPollableReturn result;

  if (!check_writable (self->owner, error))
    return G_POLLABLE_RETURN_FAILED;
  result =
      g_pollable_output_stream_writev_nonblocking (self->base, vectors, n_vectors, &n, NULL, error);
  count_written (self, n);
  if (result == G_POLLABLE_RETURN_WOULD_BLOCK)
    note_blocked (self);
  else if (result == G_POLLABLE_RETURN_FAILED)
    self->owner->at_end = TRUE;
  if (bytes_written != NULL)
    *bytes_written = n;
  return result;
}

static gssize
habla_metered_output_write (GOutputStream *stream, const void *buffer, gsize count,
    GCancellable *cancellable, GError **error)
{
  HablaMeteredOutput *self = (HablaMeteredOutput *) stream;
  gssize n;

  if (!check_writable (self->owner, error))
    return -1;
  n = g_output_stream_write (G_OUTPUT_STREAM (self->base), buffer, count, cancellable, error);
  count_written (self, MAX (n, 0));
  return n;
}

static gboolean
habla_metered_output_is_writable (GPollableOutputStream *stream)
{
  HablaMeteredOutput *self = (HablaMeteredOutput *) stream;

  return self->owner == NULL || self->owner->aborted ||
         g_pollable_output_stream_is_writable (self->base);
}

static GSource *
habla_metered_output_create_source (GPollableOutputStream *stream, GCancellable *cancellable)
{
  HablaMeteredOutput *self = (HablaMeteredOutput *) stream;

  if (self->owner == NULL || self->owner->is_closed)
    return make_ready_source (stream);
  return wait_with (G_OBJECT (stream),
      g_pollable_output_stream_create_source (self->base, cancellable), &self->owner->writer,
      self->owner->aborted);
}

static gboolean
habla_metered_output_close (GOutputStream *stream, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

static void
habla_metered_output_finalize (GObject *object)
{
  HablaMeteredOutput *self = (HablaMeteredOutput *) object;

  g_clear_object (&self->base);
  G_OBJECT_CLASS (habla_metered_output_parent_class)->finalize (object);
}

static void
habla_metered_output_class_init (HablaMeteredOutputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = habla_metered_output_finalize;
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = habla_metered_output_write;
  G_OUTPUT_STREAM_CLASS (klass)->close_fn = habla_metered_output_close;
}

static void
habla_metered_output_iface_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = habla_metered_output_is_writable;
  iface->create_source = habla_metered_output_create_source;
  iface->write_nonblocking = habla_metered_output_write_nonblocking;
  iface->writev_nonblocking = habla_metered_output_writev_nonblocking;
}

static void
habla_metered_output_init (HablaMeteredOutput *self)
{
}

/* The connection */

static GInputStream *
habla_metered_stream_get_input (GIOStream *stream)
{
  return G_INPUT_STREAM (HABLA_METERED_STREAM (stream)->input);
}

static GOutputStream *
habla_metered_stream_get_output (GIOStream *stream)
{
  return G_OUTPUT_STREAM (HABLA_METERED_STREAM (stream)->output);
}

static gboolean
habla_metered_stream_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  HablaMeteredStream *self = HABLA_METERED_STREAM (stream);
  HablaMeteredStreamClosed closed = g_steal_pointer (&self->closed);

  self->is_closed = TRUE;
  if (closed == NULL)
    return g_io_stream_close (self->base, cancellable, error);
  closed (self, self->closed_data);
  return TRUE;
}

/* The default implementation closes in another thread. */
static void
habla_metered_stream_close_async (GIOStream *stream, int priority, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  GError *error = NULL;

  if (habla_metered_stream_close (stream, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
habla_metered_stream_close_finish (GIOStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
habla_metered_stream_finalize (GObject *object)
{
  HablaMeteredStream *self = HABLA_METERED_STREAM (object);

  self->input->owner = NULL;
  self->output->owner = NULL;
  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_clear_pointer (&self->reader, g_source_unref);
  g_clear_pointer (&self->writer, g_source_unref);
  g_clear_pointer (&self->framer, habla_request_framer_free);
  g_clear_object (&self->base);
  G_OBJECT_CLASS (habla_metered_stream_parent_class)->finalize (object);
}

static void
habla_metered_stream_class_init (HablaMeteredStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = habla_metered_stream_finalize;
  stream_class->get_input_stream = habla_metered_stream_get_input;
  stream_class->get_output_stream = habla_metered_stream_get_output;
  stream_class->close_fn = habla_metered_stream_close;
  stream_class->close_async = habla_metered_stream_close_async;
  stream_class->close_finish = habla_metered_stream_close_finish;
}

static void
habla_metered_stream_init (HablaMeteredStream *self)
{
  self->read_limit = G_MAXUINT64;
}

HablaMeteredStream *
habla_metered_stream_new (GIOStream *base)
{
  HablaMeteredStream *self = g_object_new (HABLA_TYPE_METERED_STREAM, NULL);

  self->base = g_object_ref (base);
  self->input = g_object_new (HABLA_TYPE_METERED_INPUT, NULL);
  self->input->owner = self;
  self->input->base = g_object_ref (G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (base)));
  self->output = g_object_new (HABLA_TYPE_METERED_OUTPUT, NULL);
  self->output->owner = self;
  self->output->base =
      g_object_ref (G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (base)));
  return self;
}

guint64
habla_metered_stream_get_written (HablaMeteredStream *self)
{
  return self->written;
}

guint64
habla_metered_stream_get_read (HablaMeteredStream *self)
{
  return self->read;
}

guint64
habla_metered_stream_get_taken (HablaMeteredStream *self)
{
  return self->read - (self->framer != NULL ? habla_request_framer_get_held (self->framer) : 0);
}

void
habla_metered_stream_set_checked (HablaMeteredStream *self, gboolean is_checked)
{
  if (is_checked && self->framer == NULL)
    self->framer = habla_request_framer_new ();
  self->is_checked = is_checked;
}

const HablaRequestError *
habla_metered_stream_get_error (HablaMeteredStream *self)
{
  return self->framer != NULL ? habla_request_framer_get_error (self->framer) : NULL;
}

void
habla_metered_stream_set_budget (HablaMeteredStream *self, guint64 bytes)
{
  guint64 taken = habla_metered_stream_get_taken (self);

  self->read_limit = bytes < G_MAXUINT64 - taken ? taken + bytes : G_MAXUINT64;
}

gboolean
habla_metered_stream_is_over_budget (HablaMeteredStream *self)
{
  return self->over_budget;
}

gint64
habla_metered_stream_get_blocked_since (HablaMeteredStream *self)
{
  return self->blocked_since;
}

gboolean
habla_metered_stream_is_at_end (HablaMeteredStream *self)
{
  return self->at_end;
}

void
habla_metered_stream_set_idle (HablaMeteredStream *self, gboolean is_idle)
{
  self->is_idle = is_idle;
}

void
habla_metered_stream_abort (HablaMeteredStream *self)
{
  if (self->aborted)
    return;
  self->aborted = TRUE;
  if (self->reader != NULL)
    g_source_set_ready_time (self->reader, 0);
  if (self->writer != NULL)
    g_source_set_ready_time (self->writer, 0);
}

void
habla_metered_stream_set_lingers (HablaMeteredStream *self)
{
  self->lingers = TRUE;
}

gboolean
habla_metered_stream_lingers (HablaMeteredStream *self)
{
  return self->lingers;
}

void
habla_metered_stream_set_closed (
    HablaMeteredStream *self, HablaMeteredStreamClosed closed, gpointer user_data)
{
  self->closed = closed;
  self->closed_data = user_data;
}
