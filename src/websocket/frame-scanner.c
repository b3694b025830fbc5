/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "websocket/frame-scanner.h"

/* RFC 6455, 5.2 */
#define FINAL 0x80
#define OPCODE 0x0f
#define CONTROL 0x08
#define MASKED 0x80
#define LENGTH 0x7f
#define LENGTH_16 126
#define LENGTH_64 127
#define MASK_SIZE 4
#define MAX_CONTROL 125

static guint
get_header_size (HablaFrameScanner *self)
{
  guint length = self->header[1] & LENGTH;

  return 2 +
         (length == LENGTH_16      ? 2
             : length == LENGTH_64 ? 8
                                   : 0) +
         ((self->header[1] & MASKED) != 0 ? MASK_SIZE : 0);
}

static guint64
get_payload_size (HablaFrameScanner *self)
{
  guint length = self->header[1] & LENGTH;
  guint n_bytes = length == LENGTH_16 ? 2 : length == LENGTH_64 ? 8 : 0;
  guint64 size = n_bytes == 0 ? length : 0;

  for (guint i = 0; i < n_bytes; i++)
    size = size << 8 | self->header[2 + i];
  return size;
}

static gboolean
is_control (HablaFrameScanner *self)
{
  return (self->header[0] & CONTROL) != 0;
}

static void
begin_frame (HablaFrameScanner *self)
{
  gboolean is_final = (self->header[0] & FINAL) != 0;

  self->payload_left = get_payload_size (self);
  if (is_control (self)) {
    self->n_control++;
    self->is_malformed |= !is_final || self->payload_left > MAX_CONTROL;
    return;
  }
  self->n_data++;
  self->n_messages += !self->in_message;
  self->in_message = TRUE;
  self->is_fragmented |= !is_final;
  self->declared += MIN (self->payload_left, G_MAXUINT64 - self->declared);
}

static void
end_frame (HablaFrameScanner *self)
{
  self->header_length = 0;
  if (is_control (self) || (self->header[0] & FINAL) == 0)
    return;
  self->in_message = FALSE;
  self->is_fragmented = FALSE;
  self->declared = 0;
  self->buffered = 0;
}

void
habla_frame_scanner_feed (HablaFrameScanner *self, const guint8 *data, gsize length)
{
  const guint8 *end = data + length;

  while (data < end) {
    if (self->payload_left == 0) {
      self->header[self->header_length++] = *data++;
      if (self->header_length < 2 || self->header_length < get_header_size (self))
        continue;
      begin_frame (self);
    } else {
      gsize n = MIN (self->payload_left, (guint64) (end - data));

      data += n;
      self->payload_left -= n;
      if (!is_control (self))
        self->buffered += n;
    }
    if (self->payload_left == 0)
      end_frame (self);
  }
}
