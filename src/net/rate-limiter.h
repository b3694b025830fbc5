/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HablaRateLimiter:
 *
 * The addresses that connections come from, each with its share: so many connections at
 * once, so many requests a second. For IPv6 it is the network (/64) that counts.
 */
typedef struct _HablaRateLimiter HablaRateLimiter;
typedef struct _HablaPeer HablaPeer;

/* @max_connections: at once; 0 = any number.
 * @rate: requests a second, on average, at most twice as many in a burst; 0 = any number */
HablaRateLimiter *habla_rate_limiter_new (guint max_connections, guint rate);
/* All connections must be gone. */
void habla_rate_limiter_free (HablaRateLimiter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaRateLimiter, habla_rate_limiter_free)

/* Returns: (transfer full) (nullable): for habla_rate_limiter_disconnect(); %NULL if it has too
 * many connections */
HablaPeer *habla_rate_limiter_connect (HablaRateLimiter *self, GInetAddress *address);
void habla_rate_limiter_disconnect (HablaRateLimiter *self, HablaPeer *peer);
/* @now: in microseconds of the monotonic clock. Returns: whether it may */
gboolean habla_rate_limiter_request (HablaRateLimiter *self, HablaPeer *peer, gint64 now);
/* TLS handshakes in progress. */
guint habla_peer_get_handshakes (const HablaPeer *self);
void habla_peer_add_handshakes (HablaPeer *self, int n);
/* A wrong token came from it. */
void habla_peer_add_wrong_token (HablaPeer *self, gint64 now);
/* Returns: the time until a token of it is looked at again, in microseconds; 0 = now */
gint64 habla_peer_get_token_wait (const HablaPeer *self, gint64 now);
/* Forgets those who have not been here for a while. */
void habla_rate_limiter_sweep (HablaRateLimiter *self, gint64 now);
guint habla_rate_limiter_count (HablaRateLimiter *self);

G_END_DECLS
