/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <net/rate-limiter.h>

G_BEGIN_DECLS

/**
 * HablaHandshakeQueue:
 *
 * Limits the TLS handshakes in progress, each of which occupies a thread of GTask's pool: 6 in
 * all, 4 of a peer. Further ones wait; those of the peer with the fewest in progress come first.
 *
 * The main thread uses it.
 */
typedef struct _HablaHandshakeQueue HablaHandshakeQueue;

/**
 * HablaHandshake:
 *
 * The place of one handshake in the queue.
 */
typedef struct _HablaHandshake HablaHandshake;

/**
 * HablaHandshakeStart:
 * @user_data: of habla_handshake_queue_add()
 *
 * Starts a handshake. Must not add or remove handshakes.
 */
typedef void (*HablaHandshakeStart) (gpointer user_data);

/**
 * habla_handshake_queue_new:
 *
 * Returns: (transfer full): an empty queue
 */
HablaHandshakeQueue *habla_handshake_queue_new (void);

/**
 * habla_handshake_queue_free:
 * @self: (transfer full): an empty queue
 */
void habla_handshake_queue_free (HablaHandshakeQueue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaHandshakeQueue, habla_handshake_queue_free)

/**
 * habla_handshake_queue_add:
 * @self: a queue
 * @peer: the other side of the connection; must outlive the handshake
 * @start: called when the handshake may begin: during this call, or later
 * @user_data: for @start
 *
 * Returns: (transfer full): a place in the queue; end it with habla_handshake_end()
 */
HablaHandshake *habla_handshake_queue_add (
    HablaHandshakeQueue *self, HablaPeer *peer, HablaHandshakeStart start, gpointer user_data);

/**
 * habla_handshake_end:
 * @self: (transfer full): a handshake that is over or cancelled
 */
void habla_handshake_end (HablaHandshake *self);

G_END_DECLS
