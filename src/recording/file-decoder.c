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

/* Between two checks for cancellation, in milliseconds. */
#define INTERVAL 100
/* Intervals without progress after which a child is stuck: at its start, and while it decodes. */
#define MAX_START_INTERVALS 150
#define MAX_INTERVALS (HABLA_DECODER_TIMEOUT / INTERVAL)
/* Bytes of the file that the child has not consumed. */
#define MAX_WAITING (4 * HABLA_DECODER_MAX_DATA)

struct _HablaFileDecoder {
  int file; /* -1 = at its end */
  HablaDecoderProcess process;
  HablaDecoderReader reader;

  HablaDecoderMessageType type; /* of the message that is being sent; 0 = none */
  guint8 payload[HABLA_DECODER_MAX_DATA];
  gsize payload_size;
  gsize sent; /* with the head */
  guint64 waiting;

  GByteArray *read; /* samples that were not returned yet */
  gboolean has_read;
  gboolean is_ready;
  gboolean is_done;
  gboolean is_over;
  GError *error; /* why nothing more can be read */
};

HablaFileDecoder *
habla_file_decoder_new (const char *path)
{
  HablaFileDecoder *self = g_new0 (HablaFileDecoder, 1);

  self->read = g_byte_array_new ();
  self->process.socket = self->process.output = -1;
  habla_decoder_reader_init (&self->reader);
  self->file = habla_regular_file_open (path, O_RDONLY, &self->error);
  if (self->file < 0 || !habla_decoder_process_spawn (&self->process, FALSE, &self->error))
    return self;
  /* No flags, no header. */
  self->type = HABLA_DECODER_MESSAGE_START;
  self->payload_size = sizeof (guint32);
  return self;
}

/* Ends the child. Returns: its wait status */
static int
source_stop (HablaFileDecoder *self)
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
  source_stop (self);
  if (self->file >= 0)
    close (self->file);
  habla_decoder_reader_clear (&self->reader);
  g_byte_array_unref (self->read);
  g_clear_error (&self->error);
  g_free (self);
}

/* @error: (transfer full) (nullable): %NULL = all was decoded */
static void
source_end (HablaFileDecoder *self, GError *error)
{
  if (self->is_over) {
    g_clear_error (&error);
    return;
  }
  self->is_over = TRUE;
  /* A recording that was cut short ends where it can. */
  if (error != NULL && self->has_read) {
    g_info ("A recording ends early: %s", error->message);
    g_clear_error (&error);
  }
  self->error = error;
}

/* The next part of the file, or its end, becomes the message to be sent. */
static void
source_read_file (HablaFileDecoder *self)
{
  gssize n;

  if (self->file < 0 || self->waiting >= MAX_WAITING)
    return;
  do
    n = read (self->file, self->payload, sizeof self->payload);
  while (n < 0 && errno == EINTR);
  self->type = n > 0 ? HABLA_DECODER_MESSAGE_DATA : HABLA_DECODER_MESSAGE_END;
  self->payload_size = MAX (n, 0);
  self->waiting += self->payload_size;
  if (n > 0)
    return;
  close (self->file);
  self->file = -1;
}

static void
source_send (HablaFileDecoder *self)
{
  gssize n = habla_decoder_send (
      self->process.socket, self->type, self->payload, self->payload_size, self->sent);

  /* The end of a child is seen when it is read from. */
  if (n < 0)
    return;
  self->sent += n;
  if (self->sent < sizeof (HablaDecoderHead) + self->payload_size)
    return;
  self->type = 0;
  self->sent = 0;
}

static void
source_on_message (HablaFileDecoder *self, const HablaDecoderMessage *message)
{
  guint32 number = habla_decoder_message_get_number (message);

  if (message->type == HABLA_DECODER_MESSAGE_READY)
    self->is_ready = TRUE;
  else if (message->type == HABLA_DECODER_MESSAGE_CONSUMED)
    self->waiting -= MIN (number, self->waiting);
  else if (message->type == HABLA_DECODER_MESSAGE_DONE)
    self->is_done = TRUE;
  else if (message->type == HABLA_DECODER_MESSAGE_ERROR)
    source_end (self, habla_decoder_process_parse_error (message->payload, message->size));
}

/* Returns: %FALSE at the child's end */
static gboolean
source_receive (HablaFileDecoder *self)
{
  HablaDecoderMessage message;
  HablaDecoderReadResult result;
  gssize n = habla_decoder_reader_receive (&self->reader, self->process.socket);

  if (n <= 0)
    return n < 0 && errno == EAGAIN;
  while (
      (result = habla_decoder_reader_next (&self->reader, &message)) == HABLA_DECODER_READ_MESSAGE)
    source_on_message (self, &message);
  return result == HABLA_DECODER_READ_MORE;
}

/* Returns: %FALSE at the end of the pipe */
static gboolean
source_read_samples (HablaFileDecoder *self)
{
  guint8 buffer[HABLA_DECODER_MAX_DATA];
  gssize n = read (self->process.output, buffer, sizeof buffer);

  if (n < 0)
    return errno == EINTR;
  if (n > 0) {
    g_byte_array_append (self->read, buffer, n);
    self->has_read = TRUE;
  }
  return n > 0;
}

/* The child has closed the pipe: its last message says why. */
static void
source_on_end (HablaFileDecoder *self)
{
  gboolean was_ready;
  int status;

  fcntl (self->process.socket, F_SETFL, 0);
  while (!self->is_done && !self->is_over && source_receive (self))
    ;
  was_ready = self->is_ready;
  status = source_stop (self);
  if (self->is_done)
    source_end (self, self->has_read ? NULL
                                     : g_error_new_literal (
                                           HABLA_ERROR, HABLA_ERROR_INPUT, HABLA_DECODER_NO_AUDIO));
  else
    source_end (self, was_ready ? habla_decoder_process_new_death_error (status)
                                : habla_decoder_process_new_start_error (status));
}

/* Waits for the child, an interval at most. Returns: whether there was progress */
static gboolean
source_step (HablaFileDecoder *self)
{
  struct pollfd descriptors[] = {
    { .fd = self->process.socket, .events = POLLIN },
    { .fd = self->process.output, .events = POLLIN },
  };

  if (self->type == 0)
    source_read_file (self);
  if (self->type != 0)
    descriptors[0].events |= POLLOUT;
  if (poll (descriptors, G_N_ELEMENTS (descriptors), INTERVAL) <= 0)
    return FALSE;
  if (descriptors[0].revents & POLLOUT)
    source_send (self);
  /* Samples first: what was decoded before an error is heard. */
  if (descriptors[1].revents != 0) {
    if (!source_read_samples (self))
      source_on_end (self);
  } else if (descriptors[0].revents & (POLLIN | POLLHUP | POLLERR)) {
    if (!source_receive (self))
      source_on_end (self);
  }
  return TRUE;
}

/**
 * habla_file_decoder_read:
 * @size: in bytes
 * @error: return location: a %HABLA_ERROR, or a %G_IO_ERROR
 *
 * Returns: (transfer full) (nullable): the next @size bytes, or fewer at the end; %NULL
 *   after it, or with an error
 */
GBytes *
habla_file_decoder_read (
    HablaFileDecoder *self, gsize size, GCancellable *cancellable, GError **error)
{
  GBytes *bytes;

  for (guint n_intervals = 0; self->read->len < size && !self->is_over && self->error == NULL;) {
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return NULL;
    n_intervals = source_step (self) ? 0 : n_intervals + 1;
    if (n_intervals >= (self->is_ready ? MAX_INTERVALS : MAX_START_INTERVALS))
      source_end (self, habla_decoder_process_new_stuck_error ());
  }
  size = MIN (size, self->read->len);
  if (size == 0) {
    if (self->error != NULL)
      g_propagate_error (error, g_error_copy (self->error));
    return NULL;
  }
  bytes = g_bytes_new (self->read->data, size);
  g_byte_array_remove_range (self->read, 0, size);
  return bytes;
}

/* Returns: how long the audio in a file is, in nanoseconds; 0 if there is none */
guint64
habla_file_decoder_measure (const char *path, GCancellable *cancellable)
{
  g_autoptr (HablaFileDecoder) source = habla_file_decoder_new (path);
  guint64 size = 0;
  GBytes *piece;

  while ((piece = habla_file_decoder_read (source, HABLA_PLAYBACK_SECOND, cancellable, NULL)) !=
         NULL) {
    size += g_bytes_get_size (piece);
    g_bytes_unref (piece);
  }
  return size * (G_GUINT64_CONSTANT (1000000000) / HABLA_PLAYBACK_SECOND);
}
