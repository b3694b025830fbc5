/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The input that libsoup reads from a connection: checked requests, within a budget. */
#include "http/metered-stream-private.h"

/* Bytes that are read at once while a head is not whole. */
#define HEAD_READ_SIZE 4096

static void habla_metered_input_iface_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HablaMeteredInput, habla_metered_input, G_TYPE_INPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, habla_metered_input_iface_init))

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

  if (!habla_metered_stream_check_open (self->owner, error))
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

  if (!habla_metered_stream_check_open (self->owner, error))
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
    return habla_metered_stream_make_ready_source (stream);
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
