/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recording/file-decoder.h"

#include <util/regular-file.h>

#include <decoder/decoder-process.h>
#include <decoder/decoder-protocol.h>
#include <decoder/decoder-text.h>
#include <decoder/decoder.h>
#include <errno.h>
#include <fcntl.h>
#include <habla/error.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Between checks for cancellation, in milliseconds. */
#define INTERVAL 100
/* Intervals without progress after which a child is considered stuck: at its start, and later. */
#define MAX_START_INTERVALS 150
#define MAX_INTERVALS (HABLA_DECODER_TIMEOUT / INTERVAL)
/* Limit of bytes sent that the child has not consumed. */
#define MAX_UNCONSUMED (4 * HABLA_DECODER_MAX_DATA)

struct _HablaFileDecoder {
  int file; /* -1 = at the end */
  HablaDecoderProcess process;
  HablaDecoderReader reader;

  HablaDecoderMessageType type; /* of the message being sent; 0 = none */
  guint8 payload[HABLA_DECODER_MAX_DATA];
  gsize payload_size;
  gsize sent; /* bytes of the message, head included */
  guint64 unconsumed;

  GByteArray *decoded; /* not returned yet */
  gboolean has_decoded;
  gboolean is_ready;
  gboolean is_done;
  gboolean has_ended;
  GError *error; /* (nullable) */
};

HablaFileDecoder *
habla_file_decoder_new (const char *path)
{
  HablaFileDecoder *self = g_new0 (HablaFileDecoder, 1);

  self->decoded = g_byte_array_new ();
  self->process.socket = self->process.output = -1;
  habla_decoder_reader_init (&self->reader);
  self->file = habla_regular_file_open (path, O_RDONLY, &self->error);
  if (self->file < 0 || !habla_decoder_process_spawn (&self->process, FALSE, &self->error))
    return self;
  /* The payload is empty: no flags, no header. */
  self->type = HABLA_DECODER_MESSAGE_START;
  self->payload_size = sizeof (guint32);
  return self;
}

/* Ends the child process. Returns: its wait status */
static int
decoder_stop (HablaFileDecoder *self)
{
  int status = 0;

  habla_decoder_process_kill (&self->process);
  habla_decoder_process_close (&self->process);
  if (self->process.pid != 0) {
    while (waitpid (self->process.pid, &status, 0) < 0 && errno == EINTR)
      ;
    habla_decoder_process_set_reaped (&self->process);
  }
  return status;
}

void
habla_file_decoder_free (HablaFileDecoder *self)
{
  decoder_stop (self);
  if (self->file >= 0)
    close (self->file);
  habla_decoder_reader_clear (&self->reader);
  g_byte_array_unref (self->decoded);
  g_clear_error (&self->error);
  g_free (self);
}

/* @error: (transfer full) (nullable): %NULL = everything was decoded */
static void
decoder_end (HablaFileDecoder *self, GError *error)
{
  if (self->has_ended) {
    g_clear_error (&error);
    return;
  }
  self->has_ended = TRUE;
  /* A truncated file ends where it can be decoded no further. */
  if (error != NULL && self->has_decoded) {
    g_info ("Recording ends early: %s", error->message);
    g_clear_error (&error);
  }
  self->error = error;
}

/* Prepares the next message: a part of the file, or its end. */
static void
decoder_read_file (HablaFileDecoder *self)
{
  gssize n;

  if (self->file < 0 || self->unconsumed >= MAX_UNCONSUMED)
    return;
  do
    n = read (self->file, self->payload, sizeof self->payload);
  while (n < 0 && errno == EINTR);
  self->type = n > 0 ? HABLA_DECODER_MESSAGE_DATA : HABLA_DECODER_MESSAGE_END;
  self->payload_size = MAX (n, 0);
  self->unconsumed += self->payload_size;
  if (n > 0)
    return;
  close (self->file);
  self->file = -1;
}

static void
decoder_send (HablaFileDecoder *self)
{
  gssize n = habla_decoder_send (
      self->process.socket, self->type, self->payload, self->payload_size, self->sent);

  /* decoder_receive() handles the end of the child. */
  if (n < 0)
    return;
  self->sent += n;
  if (self->sent < sizeof (HablaDecoderHead) + self->payload_size)
    return;
  self->type = 0;
  self->sent = 0;
}

static void
decoder_on_message (HablaFileDecoder *self, const HablaDecoderMessage *message)
{
  guint32 number = habla_decoder_message_get_number (message);

  if (message->type == HABLA_DECODER_MESSAGE_READY)
    self->is_ready = TRUE;
  else if (message->type == HABLA_DECODER_MESSAGE_CONSUMED)
    self->unconsumed -= MIN (number, self->unconsumed);
  else if (message->type == HABLA_DECODER_MESSAGE_DONE)
    self->is_done = TRUE;
  else if (message->type == HABLA_DECODER_MESSAGE_ERROR)
    decoder_end (self, habla_decoder_process_parse_error (message->payload, message->size));
}

/* Returns: %FALSE when the child has ended */
static gboolean
decoder_receive (HablaFileDecoder *self)
{
  HablaDecoderMessage message;
  HablaDecoderReadResult result;
  gssize n = habla_decoder_reader_receive (&self->reader, self->process.socket);

  if (n <= 0)
    return n < 0 && errno == EAGAIN;
  while (
      (result = habla_decoder_reader_next (&self->reader, &message)) == HABLA_DECODER_READ_MESSAGE)
    decoder_on_message (self, &message);
  return result == HABLA_DECODER_READ_MORE;
}

/* Returns: %FALSE at the end of the samples */
static gboolean
decoder_read_samples (HablaFileDecoder *self)
{
  guint8 buffer[HABLA_DECODER_MAX_DATA];
  gssize n = read (self->process.output, buffer, sizeof buffer);

  if (n < 0)
    return errno == EINTR;
  if (n > 0) {
    g_byte_array_append (self->decoded, buffer, n);
    self->has_decoded = TRUE;
  }
  return n > 0;
}

/* The child has closed the pipe of samples. Its last message has the reason. */
static void
decoder_on_end (HablaFileDecoder *self)
{
  gboolean was_ready;
  int status;

  fcntl (self->process.socket, F_SETFL, 0);
  while (!self->is_done && !self->has_ended && decoder_receive (self))
    ;
  was_ready = self->is_ready;
  status = decoder_stop (self);
  if (self->is_done)
    decoder_end (self, self->has_decoded ? NULL
                                         : g_error_new_literal (HABLA_ERROR, HABLA_ERROR_INPUT,
                                               HABLA_DECODER_NO_AUDIO));
  else
    decoder_end (self, was_ready ? habla_decoder_process_new_death_error (status)
                                 : habla_decoder_process_new_start_error (status));
}

/* Waits for the child for up to an interval. Returns: whether there was progress */
static gboolean
decoder_step (HablaFileDecoder *self)
{
  struct pollfd descriptors[] = {
    { .fd = self->process.socket, .events = POLLIN },
    { .fd = self->process.output, .events = POLLIN },
  };

  if (self->type == 0)
    decoder_read_file (self);
  if (self->type != 0)
    descriptors[0].events |= POLLOUT;
  if (poll (descriptors, G_N_ELEMENTS (descriptors), INTERVAL) <= 0)
    return FALSE;
  if (descriptors[0].revents & POLLOUT)
    decoder_send (self);
  /* Read samples first, so that those before an error are used. */
  if (descriptors[1].revents != 0) {
    if (!decoder_read_samples (self))
      decoder_on_end (self);
  } else if (descriptors[0].revents & (POLLIN | POLLHUP | POLLERR)) {
    if (!decoder_receive (self))
      decoder_on_end (self);
  }
  return TRUE;
}

GBytes *
habla_file_decoder_read (
    HablaFileDecoder *self, gsize size, GCancellable *cancellable, GError **error)
{
  GBytes *bytes;

  for (guint n_intervals = 0;
       self->decoded->len < size && !self->has_ended && self->error == NULL;) {
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return NULL;
    n_intervals = decoder_step (self) ? 0 : n_intervals + 1;
    if (n_intervals >= (self->is_ready ? MAX_INTERVALS : MAX_START_INTERVALS))
      decoder_end (self, habla_decoder_process_new_stuck_error ());
  }
  size = MIN (size, self->decoded->len);
  if (size == 0) {
    if (self->error != NULL)
      g_propagate_error (error, g_error_copy (self->error));
    return NULL;
  }
  bytes = g_bytes_new (self->decoded->data, size);
  g_byte_array_remove_range (self->decoded, 0, size);
  return bytes;
}

guint64
habla_file_decoder_measure (const char *path, GCancellable *cancellable)
{
  g_autoptr (HablaFileDecoder) self = habla_file_decoder_new (path);
  guint64 size = 0;
  GBytes *chunk;

  while ((chunk = habla_file_decoder_read (
              self, HABLA_FILE_DECODER_BYTES_PER_SECOND, cancellable, NULL)) != NULL) {
    size += g_bytes_get_size (chunk);
    g_bytes_unref (chunk);
  }
  return size * (G_GUINT64_CONSTANT (1000000000) / HABLA_FILE_DECODER_BYTES_PER_SECOND);
}
