/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <http/connection.h>

G_BEGIN_DECLS

/**
 * HablaHandshakes:
 *
 * Bounds the TLS handshakes in progress, each of which occupies a thread of GTask's pool: 6 in
 * all, 4 of a peer. Further ones wait, those of the peer with the fewest in progress first.
 *
 * The main thread uses it.
 */
HablaHandshakes *habla_handshakes_new (void);
/* None must be left. */
void habla_handshakes_free (HablaHandshakes *self);

/* Calls habla_connection_start_handshake(), now or when its turn has come. */
void habla_handshakes_add (HablaHandshakes *self, HablaConnection *connection);
/* It has ended, or need not begin any more. No-op if it is not here. */
void habla_handshakes_remove (HablaHandshakes *self, HablaConnection *connection);

G_END_DECLS
