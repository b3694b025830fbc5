/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaFrameScanner:
 * @header: of the current frame (RFC 6455, 5.2), as far as it has arrived
 * @header_length: bytes in @header
 * @payload_left: bytes of the current frame's payload that have not arrived
 * @in_message: a message has begun, and its last byte has not arrived
 * @is_fragmented: the message has more than one frame
 * @declared: bytes of the message, by the headers of its frames so far
 * @buffered: bytes of the message that have arrived
 * @n_control: control frames that have begun
 * @n_data: other frames that have begun
 * @n_messages: messages that have begun
 * @is_malformed: a control frame is longer than 125 bytes, or fragmented
 *
 * Follows the frames in the bytes that a client sends, and keeps none of them. A frame's size is
 * known once its header has arrived, long before the payload. Initialise it with zeros.
 */
typedef struct {
  guint8 header[14];
  guint header_length;
  guint64 payload_left;
  gboolean in_message;
  gboolean is_fragmented;
  guint64 declared;
  guint64 buffered;
  guint64 n_control;
  guint64 n_data;
  guint64 n_messages;
  gboolean is_malformed;
} HablaFrameScanner;

/**
 * habla_frame_scanner_feed:
 * @self: a scanner
 * @data: (array length=length): the next bytes
 * @length: in bytes
 */
void habla_frame_scanner_feed (HablaFrameScanner *self, const guint8 *data, gsize length);

G_END_DECLS
