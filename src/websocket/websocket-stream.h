/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <websocket/frame-guard.h>

G_BEGIN_DECLS

/**
 * HablaWebsocketStream:
 *
 * The stream of one WebSocket, above the one that HTTP has used. libsoup reads a WebSocket
 * until the socket would block, however much the client sends. This stream would block
 * after a share of each turn of the main loop, and applies a #HablaFrameGuard to what is
 * read. Output goes to the base as it is.
 *
 * One thread, that of the main loop, uses it.
 */
#define HABLA_TYPE_WEBSOCKET_STREAM (habla_websocket_stream_get_type ())
G_DECLARE_FINAL_TYPE (
    HablaWebsocketStream, habla_websocket_stream, HABLA, WEBSOCKET_STREAM, GIOStream)

/* @base: whose two directions are pollable. Returns: (transfer full) */
GIOStream *habla_websocket_stream_new (GIOStream *base);

/* @guard: (transfer none) (nullable): must be unset before it is freed. Without one, only
 * the share of a turn is limited. */
void habla_websocket_stream_set_guard (HablaWebsocketStream *self, HablaFrameGuard *guard);

G_END_DECLS
