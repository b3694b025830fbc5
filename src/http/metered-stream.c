/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/metered-stream-private.h"

G_DEFINE_FINAL_TYPE (HablaMeteredStream, habla_metered_stream, G_TYPE_IO_STREAM)

gboolean
habla_metered_stream_check_open (HablaMeteredStream *self, GError **error)
{
  gboolean is_there = self != NULL && !self->is_closed;

  if (!is_there)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The connection is closed");
  return is_there;
}

GSource *
habla_metered_stream_make_ready_source (gpointer stream)
{
  GSource *source = g_pollable_source_new (G_OBJECT (stream));

  g_source_set_ready_time (source, 0);
  return source;
}

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
