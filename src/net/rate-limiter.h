/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HablaRateLimiter:
 *
 * Limits connections, requests and wrong tokens of each remote address; for IPv6, of each network
 * (/64). The main thread uses it.
 */
typedef struct _HablaRateLimiter HablaRateLimiter;

/**
 * HablaPeer:
 *
 * A remote address, and what it has used.
 */
typedef struct _HablaPeer HablaPeer;

/**
 * habla_rate_limiter_new:
 * @max_connections: of one address at once; 0 = no limit
 * @rate: requests of one address a second, on average, and twice as many in a burst; 0 = no limit
 *
 * Returns: (transfer full): a rate limiter
 */
HablaRateLimiter *habla_rate_limiter_new (guint max_connections, guint rate);

/**
 * habla_rate_limiter_free:
 * @self: (transfer full): a rate limiter; all peers must be disconnected
 */
void habla_rate_limiter_free (HablaRateLimiter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaRateLimiter, habla_rate_limiter_free)

/**
 * habla_rate_limiter_connect:
 * @self: a rate limiter
 * @address: where a connection comes from
 *
 * Returns: (transfer full) (nullable): the peer, for habla_rate_limiter_disconnect(); %NULL if it
 *   has too many connections
 */
HablaPeer *habla_rate_limiter_connect (HablaRateLimiter *self, GInetAddress *address);

/**
 * habla_rate_limiter_disconnect:
 * @self: a rate limiter
 * @peer: (transfer full): the peer of a connection that has ended
 */
void habla_rate_limiter_disconnect (HablaRateLimiter *self, HablaPeer *peer);

/**
 * habla_rate_limiter_move:
 * @self: a rate limiter
 * @peer: (transfer full): the peer of a connection; stays that if %NULL is returned
 * @address: where the connection comes from in truth, as a proxy says
 *
 * Returns: (transfer full) (nullable): the peer of the connection from now on; %NULL if that has
 *   too many connections
 */
HablaPeer *habla_rate_limiter_move (HablaRateLimiter *self, HablaPeer *peer, GInetAddress *address);

/**
 * habla_rate_limiter_request:
 * @self: a rate limiter
 * @peer: a connected peer
 * @now: in microseconds of the monotonic clock
 *
 * Counts a request.
 *
 * Returns: whether the peer may make it now
 */
gboolean habla_rate_limiter_request (HablaRateLimiter *self, HablaPeer *peer, gint64 now);

/**
 * habla_rate_limiter_sweep:
 * @self: a rate limiter
 * @now: in microseconds of the monotonic clock; %G_MAXINT64 forgets all that are not connected
 *
 * Forgets peers that are not connected and would be treated like new ones.
 */
void habla_rate_limiter_sweep (HablaRateLimiter *self, gint64 now);

/**
 * habla_rate_limiter_count:
 * @self: a rate limiter
 *
 * Returns: how many peers are remembered
 */
guint habla_rate_limiter_count (HablaRateLimiter *self);

/**
 * habla_peer_get_handshakes:
 * @self: a peer
 *
 * Returns: how many of its TLS handshakes are in progress
 */
guint habla_peer_get_handshakes (const HablaPeer *self);

/**
 * habla_peer_add_handshakes:
 * @self: a peer
 * @n: how many TLS handshakes have begun; negative: have ended
 */
void habla_peer_add_handshakes (HablaPeer *self, int n);

/**
 * habla_peer_add_wrong_token:
 * @self: a peer
 * @now: when a wrong token came from it, in microseconds of the monotonic clock
 */
void habla_peer_add_wrong_token (HablaPeer *self, gint64 now);

/**
 * habla_peer_remember_wrong_cookie:
 * @self: a peer
 * @token: a wrong token that came in a cookie; counted by habla_peer_add_wrong_token()
 *
 * A browser repeats an old cookie with each request, which is no further guess.
 */
void habla_peer_remember_wrong_cookie (HablaPeer *self, const char *token);

/**
 * habla_peer_has_wrong_cookie:
 * @self: a peer
 * @token: a token in a cookie
 *
 * Returns: whether @token is one of the last wrong cookies of the peer
 */
gboolean habla_peer_has_wrong_cookie (const HablaPeer *self, const char *token);

/**
 * habla_peer_get_token_wait:
 * @self: a peer
 * @now: in microseconds of the monotonic clock
 *
 * Returns: the time until a token of the peer may be checked, in microseconds; 0 = now
 */
gint64 habla_peer_get_token_wait (const HablaPeer *self, gint64 now);

G_END_DECLS
