/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <websocket/frame-guard.h>

G_BEGIN_DECLS

/**
 * HablaWebsocketStream:
 *
 * The stream of one WebSocket, on top of the stream that HTTP has used. libsoup reads a WebSocket
 * until the socket would block, however much the client sends. This stream pretends to block after
 * a share of each iteration of the main loop, and applies a #HablaFrameGuard to the input.
 * Output goes to the base stream directly.
 *
 * The main thread uses it.
 */
#define HABLA_TYPE_WEBSOCKET_STREAM (habla_websocket_stream_get_type ())
G_DECLARE_FINAL_TYPE (
    HablaWebsocketStream, habla_websocket_stream, HABLA, WEBSOCKET_STREAM, GIOStream)

/**
 * habla_websocket_stream_new:
 * @base: (transfer none): a stream whose two directions are pollable
 *
 * Returns: (transfer full): a #HablaWebsocketStream
 */
GIOStream *habla_websocket_stream_new (GIOStream *base);

/**
 * habla_websocket_stream_set_guard:
 * @self: a stream
 * @guard: (transfer none) (nullable): applied to the input; must be unset before it is freed.
 *   Without one, only the share of an iteration is limited
 */
void habla_websocket_stream_set_guard (HablaWebsocketStream *self, HablaFrameGuard *guard);

G_END_DECLS
