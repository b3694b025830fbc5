/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decoder/decoder-protocol.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

void
habla_decoder_reader_init (HablaDecoderReader *self)
{
  self->bytes = g_byte_array_new ();
  self->done = 0;
}

void
habla_decoder_reader_clear (HablaDecoderReader *self)
{
  g_clear_pointer (&self->bytes, g_byte_array_unref);
}

gssize
habla_decoder_reader_receive (HablaDecoderReader *self, int socket)
{
  guint8 buffer[HABLA_DECODER_MAX_DATA];
  gssize n;

  g_byte_array_remove_range (self->bytes, 0, self->done);
  self->done = 0;
  do
    n = recv (socket, buffer, sizeof buffer, 0);
  while (n < 0 && errno == EINTR);
  if (n > 0)
    g_byte_array_append (self->bytes, buffer, n);
  return n;
}

HablaDecoderReadResult
habla_decoder_reader_next (HablaDecoderReader *self, HablaDecoderMessage *message)
{
  gsize available = self->bytes->len - self->done;
  HablaDecoderHead head;

  if (available < sizeof head)
    return HABLA_DECODER_READ_MORE;
  memcpy (&head, self->bytes->data + self->done, sizeof head);
  if (head.size > HABLA_DECODER_MAX_PAYLOAD)
    return HABLA_DECODER_READ_BROKEN;
  if (available < sizeof head + head.size)
    return HABLA_DECODER_READ_MORE;
  message->type = head.type;
  message->payload = self->bytes->data + self->done + sizeof head;
  message->size = head.size;
  self->done += sizeof head + head.size;
  return HABLA_DECODER_READ_MESSAGE;
}

guint32
habla_decoder_message_get_number (const HablaDecoderMessage *message)
{
  guint32 number = 0;

  if (message->size >= sizeof number)
    memcpy (&number, message->payload, sizeof number);
  return number;
}

gssize
habla_decoder_send (
    int socket, HablaDecoderMessageType type, const void *payload, gsize size, gsize sent)
{
  HablaDecoderHead head = { type, size };
  gsize head_sent = MIN (sent, sizeof head), payload_sent = sent - head_sent;
  struct iovec parts[] = {
    { (guint8 *) &head + head_sent, sizeof head - head_sent },
    { (guint8 *) payload + payload_sent, size - payload_sent },
  };
  struct msghdr message = { .msg_iov = parts, .msg_iovlen = size > 0 ? 2 : 1 };
  gssize n;

  do
    n = sendmsg (socket, &message, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  return n;
}
