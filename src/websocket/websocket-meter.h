/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <http/metered-stream.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * HablaWebsocketMeter:
 *
 * A WebSocket extension that is negotiated with no client and changes no message. libsoup shows
 * each outgoing frame to it, its own pongs and close frames included: so it knows how many bytes
 * wait to be written, which libsoup does not report. And it can close with code 1013, which
 * libsoup 3.2 rejects. The main thread uses it.
 *
 * |[
 * soup_websocket_connection_new (stream, uri, SOUP_WEBSOCKET_CONNECTION_SERVER, origin,
 *     protocol, g_list_prepend (NULL, habla_websocket_meter_new ()));
 * ]|
 */
#define HABLA_TYPE_WEBSOCKET_METER (habla_websocket_meter_get_type ())
G_DECLARE_FINAL_TYPE (
    HablaWebsocketMeter, habla_websocket_meter, HABLA, WEBSOCKET_METER, SoupWebsocketExtension)

/**
 * habla_websocket_meter_new:
 *
 * Returns: (transfer full): a meter for one WebSocket
 */
SoupWebsocketExtension *habla_websocket_meter_new (void);

/**
 * habla_websocket_meter_find:
 * @websocket: a WebSocket
 *
 * Returns: (transfer none) (nullable): the meter of @websocket
 */
HablaWebsocketMeter *habla_websocket_meter_find (SoupWebsocketConnection *websocket);

/**
 * habla_websocket_meter_measure:
 * @self: a meter
 * @stream: (transfer none): what the WebSocket writes to; it must not have sent a frame yet
 */
void habla_websocket_meter_measure (HablaWebsocketMeter *self, HablaMeteredStream *stream);

/**
 * habla_websocket_meter_get_sent:
 * @self: a meter
 *
 * Returns: bytes of all frames, with their headers, that libsoup was given to write
 */
guint64 habla_websocket_meter_get_sent (HablaWebsocketMeter *self);

/**
 * habla_websocket_meter_get_backlog:
 * @self: a meter
 *
 * Returns: bytes of frames, with their headers, that libsoup has not written yet
 */
gsize habla_websocket_meter_get_backlog (HablaWebsocketMeter *self);

/**
 * habla_websocket_meter_close_now:
 * @self: the meter of @websocket
 * @websocket: an open WebSocket
 * @code: any code
 * @reason: (transfer none): at most 123 bytes; a string literal
 *
 * Like soup_websocket_connection_close(), but drops what waits to be written. `error` is emitted.
 */
void habla_websocket_meter_close_now (HablaWebsocketMeter *self, SoupWebsocketConnection *websocket,
    gushort code, const char *reason);

G_END_DECLS
