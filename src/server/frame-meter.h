/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>
#include <server/connection-stream.h>

G_BEGIN_DECLS

/**
 * HablaFrameMeter:
 *
 * A WebSocket extension that is offered to nobody and changes no message. libsoup shows
 * each frame to it, so that it knows what libsoup does not tell: how many bytes it was
 * given to write, its own pongs and close frame among them. And it can close with 1013,
 * which libsoup 3.2 takes for a mistake.
 *
 * |[
 * soup_websocket_connection_new (stream, uri, SOUP_WEBSOCKET_CONNECTION_SERVER, origin,
 *     protocol, g_list_prepend (NULL, habla_frame_meter_new ()));
 * ]|
 */
#define HABLA_TYPE_FRAME_METER (habla_frame_meter_get_type ())
G_DECLARE_FINAL_TYPE (
    HablaFrameMeter, habla_frame_meter, HABLA, FRAME_METER, SoupWebsocketExtension)

SoupWebsocketExtension *habla_frame_meter_new (void);

/* Returns: (transfer none) (nullable): that of @websocket */
HablaFrameMeter *habla_frame_meter_find (SoupWebsocketConnection *websocket);

/* @stream: what the WebSocket writes to; nothing was sent before. */
void habla_frame_meter_measure (HablaFrameMeter *self, HablaConnectionStream *stream);

/* Returns: bytes of all frames that libsoup was given to write, with their headers */
guint64 habla_frame_meter_get_sent (HablaFrameMeter *self);
/* Returns: bytes of frames, with their headers, that libsoup was given to write and has not
 * written yet */
gsize habla_frame_meter_get_backlog (HablaFrameMeter *self);

/* As soup_websocket_connection_close(), with any code, and ahead of all that waits to be
 * written, which is dropped. `error` is emitted. @reason: at most 123 bytes; static */
void habla_frame_meter_close_now (
    HablaFrameMeter *self, SoupWebsocketConnection *websocket, gushort code, const char *reason);

G_END_DECLS
