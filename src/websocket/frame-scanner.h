/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaFrameScanner:
 * @header: of the current frame (RFC 6455, 5.2), as far as it arrived
 * @header_length: bytes in @header
 * @payload_left: bytes of the current frame's payload that are still to come
 * @in_message: a message has begun and its last byte has not arrived
 * @is_fragmented: the message comes in more than one frame
 * @declared: bytes of the message, by the headers of its frames until now
 * @buffered: bytes of the message that arrived
 * @n_control, @n_data: frames that have begun, since the scanner was initialised with 0
 * @n_messages: messages that have begun
 * @is_malformed: a control frame is longer than 125 bytes, or fragmented
 *
 * Follows the frames in the bytes that a client sends, and keeps none of them. A frame's
 * size is known once its header is there, long before the payload.
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

void habla_frame_scanner_feed (HablaFrameScanner *self, const guint8 *data, gsize length);

G_END_DECLS
