/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The output that libsoup writes to a connection. */
#include "http/metered-stream-private.h"

static void habla_metered_output_iface_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HablaMeteredOutput, habla_metered_output, G_TYPE_OUTPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM, habla_metered_output_iface_init))

static gboolean
check_writable (HablaMeteredStream *self, GError **error)
{
  if (!habla_metered_stream_check_open (self, error))
    return FALSE;
  if (self->aborted || self->over_budget)
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "The connection exceeded a limit and was ended");
  return !self->aborted && !self->over_budget;
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
    return habla_metered_stream_make_ready_source (stream);
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
