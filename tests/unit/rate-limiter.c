/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <net/rate-limiter.h>

static HablaPeer *
connect_from (HablaRateLimiter *peers, const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return habla_rate_limiter_connect (peers, address);
}

static void
test_connections (void)
{
  g_autoptr (HablaRateLimiter) peers = habla_rate_limiter_new (2, 0);
  HablaPeer *a = connect_from (peers, "10.0.0.1");
  HablaPeer *b = connect_from (peers, "10.0.0.1");
  HablaPeer *c = connect_from (peers, "10.0.0.2");

  g_assert_true (a != NULL && a == b && c != NULL && c != a);
  g_assert_null (connect_from (peers, "10.0.0.1"));
  habla_rate_limiter_disconnect (peers, a);
  g_assert_true (connect_from (peers, "10.0.0.1") == b);
  habla_rate_limiter_disconnect (peers, b);
  habla_rate_limiter_disconnect (peers, b);
  habla_rate_limiter_disconnect (peers, c);
  habla_rate_limiter_sweep (peers, g_get_monotonic_time ());
  g_assert_cmpuint (habla_rate_limiter_count (peers), ==, 0);
}

static void
test_networks (void)
{
  g_autoptr (HablaRateLimiter) peers = habla_rate_limiter_new (0, 0);
  HablaPeer *a = connect_from (peers, "2001:db8::1");
  HablaPeer *b = connect_from (peers, "2001:db8::ffff:2");
  HablaPeer *c = connect_from (peers, "2001:db8:0:1::1");
  HablaPeer *d = connect_from (peers, "::ffff:192.0.2.1");
  HablaPeer *e = connect_from (peers, "::ffff:192.0.2.2");
  HablaPeer *f = connect_from (peers, "192.0.2.1");

  g_assert_true (a == b);
  g_assert_true (a != c);
  /* IPv4 addresses as a proxy may write them. */
  g_assert_true (d != e);
  g_assert_true (d == f);
  habla_rate_limiter_disconnect (peers, a);
  habla_rate_limiter_disconnect (peers, b);
  habla_rate_limiter_disconnect (peers, c);
  habla_rate_limiter_disconnect (peers, d);
  habla_rate_limiter_disconnect (peers, e);
  habla_rate_limiter_disconnect (peers, f);
}

static void
test_rate (void)
{
  g_autoptr (HablaRateLimiter) peers = habla_rate_limiter_new (0, 10);
  HablaPeer *peer = connect_from (peers, "10.0.0.1");
  gint64 now = g_get_monotonic_time () + G_USEC_PER_SEC;

  for (guint i = 0; i < 20; i++)
    g_assert_true (habla_rate_limiter_request (peers, peer, now));
  g_assert_false (habla_rate_limiter_request (peers, peer, now));
  g_assert_false (habla_rate_limiter_request (peers, peer, now + 50 * 1000));
  g_assert_true (habla_rate_limiter_request (peers, peer, now + 101 * 1000));
  g_assert_false (habla_rate_limiter_request (peers, peer, now + 102 * 1000));

  /* Who goes and comes back is still known, until it may ask again as at first. */
  habla_rate_limiter_disconnect (peers, peer);
  habla_rate_limiter_sweep (peers, now + 200 * 1000);
  g_assert_cmpuint (habla_rate_limiter_count (peers), ==, 1);
  habla_rate_limiter_sweep (peers, now + 3 * G_USEC_PER_SEC);
  g_assert_cmpuint (habla_rate_limiter_count (peers), ==, 0);
}

static void
test_many (void)
{
  g_autoptr (HablaRateLimiter) peers = habla_rate_limiter_new (0, 10);

  for (guint i = 0; i < 20000; i++) {
    g_autofree char *text = g_strdup_printf ("10.1.%u.%u", i / 256, i % 256);
    HablaPeer *peer = connect_from (peers, text);

    g_assert_true (habla_rate_limiter_request (peers, peer, G_MAXINT64 / 2));
    habla_rate_limiter_disconnect (peers, peer);
    g_assert_cmpuint (habla_rate_limiter_count (peers), <=, 4097);
  }
  habla_rate_limiter_sweep (peers, G_MAXINT64);
  g_assert_cmpuint (habla_rate_limiter_count (peers), ==, 0);
}

/* A proxy reuses a connection for requests of several clients. */
static void
test_move (void)
{
  g_autoptr (HablaRateLimiter) peers = habla_rate_limiter_new (1, 0);
  g_autoptr (GInetAddress) client = g_inet_address_new_from_string ("192.0.2.1");
  g_autoptr (GInetAddress) other = g_inet_address_new_from_string ("192.0.2.2");
  HablaPeer *first = habla_rate_limiter_move (peers, connect_from (peers, "127.0.0.1"), client);
  HablaPeer *second = connect_from (peers, "127.0.0.1");

  g_assert_true (first != NULL && second != NULL && first != second);
  /* The connection has its place already; another one has none. */
  g_assert_true (habla_rate_limiter_move (peers, first, client) == first);
  g_assert_null (habla_rate_limiter_move (peers, second, client));
  first = habla_rate_limiter_move (peers, first, other);
  g_assert_nonnull (first);
  second = habla_rate_limiter_move (peers, second, client);
  g_assert_nonnull (second);
  habla_rate_limiter_disconnect (peers, first);
  habla_rate_limiter_disconnect (peers, second);
  habla_rate_limiter_sweep (peers, G_MAXINT64);
  g_assert_cmpuint (habla_rate_limiter_count (peers), ==, 0);
}

static void
test_cookies (void)
{
  g_autoptr (HablaRateLimiter) peers = habla_rate_limiter_new (0, 0);
  HablaPeer *peer = connect_from (peers, "10.0.0.1");

  g_assert_false (habla_peer_has_wrong_cookie (peer, "0"));
  for (guint i = 0; i < 6; i++) {
    g_autofree char *cookie = g_strdup_printf ("%u", i);

    habla_peer_remember_wrong_cookie (peer, cookie);
    g_assert_true (habla_peer_has_wrong_cookie (peer, cookie));
  }
  g_assert_true (habla_peer_has_wrong_cookie (peer, "2"));
  g_assert_false (habla_peer_has_wrong_cookie (peer, "1"));
  g_assert_false (habla_peer_has_wrong_cookie (peer, "55"));
  habla_rate_limiter_disconnect (peers, peer);
}

#define SECONDS (gint64) G_USEC_PER_SEC

static void
test_tokens (void)
{
  g_autoptr (HablaRateLimiter) peers = habla_rate_limiter_new (0, 0);
  HablaPeer *a = connect_from (peers, "2001:db8::1");
  HablaPeer *b = connect_from (peers, "2001:db8:0:1::1");
  gint64 now = g_get_monotonic_time ();
  gint64 last = 0;

  for (guint i = 0; i < 9; i++) {
    habla_peer_add_wrong_token (a, now);
    g_assert_cmpint (habla_peer_get_token_wait (a, now), ==, 0);
  }
  for (guint i = 0; i < 100; i++) {
    gint64 wait;

    habla_peer_add_wrong_token (a, now);
    wait = habla_peer_get_token_wait (a, now);
    g_assert_cmpint (wait, ==, i < 5 ? SECONDS << i : 30 * SECONDS);
    g_assert_cmpint (wait, >=, last);
    last = wait;
    g_assert_cmpint (habla_peer_get_token_wait (a, now + wait), ==, 0);
    now += wait;
  }
  /* Neither another network nor a new connection changes anything. */
  g_assert_cmpint (habla_peer_get_token_wait (b, now), ==, 0);
  habla_peer_add_wrong_token (a, now);
  habla_rate_limiter_disconnect (peers, a);
  habla_rate_limiter_sweep (peers, now + 60 * SECONDS);
  g_assert_true (connect_from (peers, "2001:db8::2") == a);
  g_assert_cmpint (habla_peer_get_token_wait (a, now), ==, 30 * SECONDS);

  /* Five minutes later it starts again. */
  now += 301 * SECONDS;
  habla_peer_add_wrong_token (a, now);
  g_assert_cmpint (habla_peer_get_token_wait (a, now), ==, 0);
  habla_rate_limiter_disconnect (peers, a);
  habla_rate_limiter_disconnect (peers, b);
  habla_rate_limiter_sweep (peers, now + 301 * SECONDS);
  g_assert_cmpuint (habla_rate_limiter_count (peers), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate-limiter/connections", test_connections);
  g_test_add_func ("/rate-limiter/networks", test_networks);
  g_test_add_func ("/rate-limiter/rate", test_rate);
  g_test_add_func ("/rate-limiter/many", test_many);
  g_test_add_func ("/rate-limiter/move", test_move);
  g_test_add_func ("/rate-limiter/cookies", test_cookies);
  g_test_add_func ("/rate-limiter/tokens", test_tokens);
  return g_test_run ();
}
