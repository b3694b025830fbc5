/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/rate-limiter.h"

#include <string.h>
#include <util/token-bucket.h>

/* Upper bound on peers without a connection, so that an attacker with many addresses cannot
 * exhaust memory. A peer that is forgotten gains one burst at most. */
#define MAX_DISCONNECTED 4096

/* Wrong tokens of a peer without a wait; each further one doubles the wait, from a second to half a
 * minute. */
#define FREE_WRONG_TOKENS 10
#define MAX_TOKEN_WAIT_DOUBLINGS 5
#define MAX_TOKEN_WAIT (30 * G_USEC_PER_SEC)
/* After this time without a wrong token, a peer's wrong tokens are forgotten. */
#define WRONG_TOKENS_TIMEOUT (5 * 60 * G_USEC_PER_SEC)
/* Wrong cookies of a peer that count once only; a school's network may be one peer. */
#define MAX_WRONG_COOKIES 4

struct _HablaRateLimiter {
  guint max_connections;
  guint rate;
  GHashTable *peers; /* from network to HablaPeer */
  guint n_disconnected;
};

struct _HablaPeer {
  GBytes *network;
  guint connections;
  HablaTokenBucket requests;
  guint handshakes;
  guint wrong_tokens;
  gint64 wrong_token_at;                  /* the last one; monotonic */
  gint64 token_retry_at;                  /* no token is checked before; 0 = any time */
  char *wrong_cookies[MAX_WRONG_COOKIES]; /* (nullable): hashes, the newest first */
};

static void
peer_free (HablaPeer *peer)
{
  g_bytes_unref (peer->network);
  for (guint i = 0; i < MAX_WRONG_COOKIES; i++)
    g_free (peer->wrong_cookies[i]);
  g_free (peer);
}

HablaRateLimiter *
habla_rate_limiter_new (guint max_connections, guint rate)
{
  HablaRateLimiter *self = g_new0 (HablaRateLimiter, 1);

  self->max_connections = max_connections > 0 ? max_connections : G_MAXUINT;
  self->rate = rate;
  self->peers =
      g_hash_table_new_full (g_bytes_hash, g_bytes_equal, NULL, (GDestroyNotify) peer_free);
  return self;
}

void
habla_rate_limiter_free (HablaRateLimiter *self)
{
  g_warn_if_fail (self->n_disconnected == g_hash_table_size (self->peers));
  g_hash_table_unref (self->peers);
  g_free (self);
}

/* Returns: (transfer full): what @address shares its limits with */
static GBytes *
get_network (GInetAddress *address)
{
  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
    return g_bytes_new (bytes, g_inet_address_get_native_size (address));
  /* Proxies that listen on IPv6 and IPv4 name IPv4 clients so, all in one /64 network. */
  if (memcmp (bytes, mapped, sizeof mapped) == 0)
    return g_bytes_new (bytes + sizeof mapped, 4);
  return g_bytes_new (bytes, 8);
}

HablaPeer *
habla_rate_limiter_connect (HablaRateLimiter *self, GInetAddress *address)
{
  g_autoptr (GBytes) network = get_network (address);
  HablaPeer *peer = g_hash_table_lookup (self->peers, network);

  if (peer == NULL) {
    if (self->n_disconnected >= MAX_DISCONNECTED)
      habla_rate_limiter_sweep (self, G_MAXINT64);
    peer = g_new0 (HablaPeer, 1);
    peer->network = g_steal_pointer (&network);
    habla_token_bucket_init (
        &peer->requests, self->rate, 2.0 * self->rate, g_get_monotonic_time ());
    g_hash_table_insert (self->peers, peer->network, peer);
    self->n_disconnected++;
  }
  if (peer->connections >= self->max_connections)
    return NULL;
  if (peer->connections++ == 0)
    self->n_disconnected--;
  return peer;
}

void
habla_rate_limiter_disconnect (HablaRateLimiter *self, HablaPeer *peer)
{
  if (--peer->connections == 0)
    self->n_disconnected++;
}

HablaPeer *
habla_rate_limiter_move (HablaRateLimiter *self, HablaPeer *peer, GInetAddress *address)
{
  g_autoptr (GBytes) network = get_network (address);
  HablaPeer *other;

  /* The connection has its place already. */
  if (g_bytes_equal (network, peer->network))
    return peer;
  other = habla_rate_limiter_connect (self, address);
  if (other != NULL)
    habla_rate_limiter_disconnect (self, peer);
  return other;
}

gboolean
habla_rate_limiter_request (HablaRateLimiter *self, HablaPeer *peer, gint64 now)
{
  return self->rate == 0 || habla_token_bucket_take (&peer->requests, now);
}

guint
habla_peer_get_handshakes (const HablaPeer *self)
{
  return self->handshakes;
}

void
habla_peer_add_handshakes (HablaPeer *self, int n)
{
  self->handshakes += n;
}

void
habla_peer_add_wrong_token (HablaPeer *self, gint64 now)
{
  guint doublings;

  if (now - self->wrong_token_at > WRONG_TOKENS_TIMEOUT)
    self->wrong_tokens = 0;
  self->wrong_token_at = now;
  if (self->wrong_tokens < G_MAXUINT)
    self->wrong_tokens++;
  if (self->wrong_tokens < FREE_WRONG_TOKENS)
    return;
  doublings = MIN (self->wrong_tokens - FREE_WRONG_TOKENS, MAX_TOKEN_WAIT_DOUBLINGS);
  self->token_retry_at = now + MIN ((gint64) G_USEC_PER_SEC << doublings, MAX_TOKEN_WAIT);
}

static char *
hash_cookie (const char *token)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, token, -1);
}

gboolean
habla_peer_has_wrong_cookie (const HablaPeer *self, const char *token)
{
  g_autofree char *hash = hash_cookie (token);

  for (guint i = 0; i < MAX_WRONG_COOKIES; i++)
    if (g_strcmp0 (self->wrong_cookies[i], hash) == 0)
      return TRUE;
  return FALSE;
}

void
habla_peer_remember_wrong_cookie (HablaPeer *self, const char *token)
{
  g_free (self->wrong_cookies[MAX_WRONG_COOKIES - 1]);
  memmove (self->wrong_cookies + 1, self->wrong_cookies,
      (MAX_WRONG_COOKIES - 1) * sizeof *self->wrong_cookies);
  self->wrong_cookies[0] = hash_cookie (token);
}

gint64
habla_peer_get_token_wait (const HablaPeer *self, gint64 now)
{
  return MAX (self->token_retry_at - now, 0);
}

void
habla_rate_limiter_sweep (HablaRateLimiter *self, gint64 now)
{
  GHashTableIter iter;
  gpointer value;

  if (self->n_disconnected == 0)
    return;
  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HablaPeer *peer = value;

    if (peer->connections > 0)
      continue;
    if (now != G_MAXINT64 && peer->wrong_tokens > 0 &&
        now - peer->wrong_token_at <= WRONG_TOKENS_TIMEOUT)
      continue;
    if (now == G_MAXINT64 || habla_token_bucket_is_full (&peer->requests, now)) {
      g_hash_table_iter_remove (&iter);
      self->n_disconnected--;
    }
  }
}

guint
habla_rate_limiter_count (HablaRateLimiter *self)
{
  return g_hash_table_size (self->peers);
}
