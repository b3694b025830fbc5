/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>
#include <http/metered-stream.h>

G_BEGIN_DECLS

/**
 * HablaWebsocketMeter:
 *
 * A WebSocket extension that is offered to nobody and changes no message. libsoup shows
 * each frame to it, so that it knows what libsoup does not tell: how many bytes it was
 * given to write, its own pongs and close frame among them. And it can close with 1013,
 * which libsoup 3.2 takes for a mistake.
 *
 * |[
 * soup_websocket_connection_new (stream, uri, SOUP_WEBSOCKET_CONNECTION_SERVER, origin,
 *     protocol, g_list_prepend (NULL, habla_websocket_meter_new ()));
 * ]|
 */
#define HABLA_TYPE_WEBSOCKET_METER (habla_websocket_meter_get_type ())
G_DECLARE_FINAL_TYPE (
    HablaWebsocketMeter, habla_websocket_meter, HABLA, WEBSOCKET_METER, SoupWebsocketExtension)

SoupWebsocketExtension *habla_websocket_meter_new (void);

/* Returns: (transfer none) (nullable): that of @websocket */
HablaWebsocketMeter *habla_websocket_meter_find (SoupWebsocketConnection *websocket);

/* @stream: what the WebSocket writes to; nothing was sent before. */
void habla_websocket_meter_measure (HablaWebsocketMeter *self, HablaMeteredStream *stream);

/* Returns: bytes of all frames that libsoup was given to write, with their headers */
guint64 habla_websocket_meter_get_sent (HablaWebsocketMeter *self);
/* Returns: bytes of frames, with their headers, that libsoup was given to write and has not
 * written yet */
gsize habla_websocket_meter_get_backlog (HablaWebsocketMeter *self);

/* As soup_websocket_connection_close(), with any code, and ahead of all that waits to be
 * written, which is dropped. `error` is emitted. @reason: at most 123 bytes; static */
void habla_websocket_meter_close_now (HablaWebsocketMeter *self, SoupWebsocketConnection *websocket,
    gushort code, const char *reason);

G_END_DECLS
