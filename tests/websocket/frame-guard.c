/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The limits of frames, with a simulated clock. */
#include "habla-test.h"

#include <websocket/frame-guard.h>
#include <string.h>

#define SECOND ((gint64) G_USEC_PER_SEC)
#define KIB 1024
#define MIB (1024 * 1024)

typedef struct {
  HablaFrameGuard *guard;
  HablaFrameLimits limits;
  HablaFrameVerdict verdict;
  guint pauses;
} Client;

static guint64 unfinished;

static HablaFrameLimits
begin_message (gpointer user_data)
{
  return ((Client *) user_data)->limits;
}

static void
paused (gpointer user_data)
{
  ((Client *) user_data)->pauses++;
}

static void
refused (HablaFrameVerdict verdict, gpointer user_data)
{
  Client *self = user_data;

  g_assert_cmpint (self->verdict, ==, HABLA_FRAME_ACCEPTED);
  self->verdict = verdict;
}

static Client *
client_new (gsize max_message)
{
  Client *self = g_new0 (Client, 1);
  const HablaFrameHandler handler = { begin_message, paused, refused, self };

  self->limits = (HablaFrameLimits){ .max_message = max_message, .may_fragment = TRUE };
  self->guard = habla_frame_guard_new (&handler, &unfinished, 0);
  return self;
}

static void
client_free (Client *self)
{
  habla_frame_guard_free (self->guard);
  g_free (self);
  g_assert_cmpuint (unfinished, ==, 0);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)

/* Returns: whether the bytes were accepted, and more may be sent */
static gboolean
feed (Client *self, const void *data, gsize length, gint64 now)
{
  return habla_frame_guard_check (self->guard) &&
         habla_frame_guard_feed (self->guard, data, length, now) &&
         habla_frame_guard_check (self->guard);
}

static gboolean
feed_header (Client *self, guint8 first, guint64 size, gint64 now)
{
  guint8 header[14] = { first, 0x80 };
  gsize length = 6;

  if (size < 126) {
    header[1] |= size;
  } else if (size < 65536) {
    header[1] |= 126;
    header[2] = size >> 8;
    header[3] = size;
    length = 8;
  } else {
    header[1] |= 127;
    for (guint i = 0; i < 8; i++)
      header[2 + i] = size >> (56 - 8 * i);
    length = 14;
  }
  /* Headers arrive a byte at a time. */
  for (gsize i = 0; i < length; i++)
    if (!feed (self, header + i, 1, now))
      return FALSE;
  return TRUE;
}

static gboolean
feed_payload (Client *self, gsize size, gint64 now)
{
  static const guint8 zeros[64 * KIB];

  for (; size > 0; size -= MIN (size, sizeof zeros))
    if (!feed (self, zeros, MIN (size, sizeof zeros), now))
      return FALSE;
  return TRUE;
}

static void
test_control (void)
{
  g_autoptr (Client) client = client_new (MIB);

  for (guint i = 0; i < 100; i++)
    g_assert_true (feed_header (client, i % 2 == 0 ? 0x89 : 0x8a, 0, 0));
  /* Ten more each second. */
  for (guint i = 1; i <= 50; i++)
    g_assert_true (feed_header (client, 0x89, 0, i * SECOND / 10 + i));
  g_assert_true (feed_header (client, 0x82, 10, 5 * SECOND));
  g_assert_true (feed_payload (client, 10, 5 * SECOND));
  g_assert_false (
      feed_header (client, 0x89, 0, 5 * SECOND) && feed_header (client, 0x89, 0, 5 * SECOND));
  g_assert_cmpint (client->verdict, ==, HABLA_FRAME_CONTROL_RATE);
  g_assert_cmpuint (habla_frame_verdict_get_code (client->verdict), ==, 1008);
  g_assert_false (feed_header (client, 0x82, 0, 100 * SECOND));
}

/* libsoup would wait until they are whole. */
static void
test_malformed (void)
{
  static const struct {
    guint8 first;
    guint64 size;
  } frames[] = { { 0x89, 126 }, { 0x8a, G_MAXUINT64 }, { 0x88, 70000 }, { 0x09, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++) {
    g_autoptr (Client) client = client_new (MIB);

    g_assert_false (feed_header (client, frames[i].first, frames[i].size, 0));
    g_assert_cmpint (client->verdict, ==, HABLA_FRAME_MALFORMED);
  }
}

static void
test_size (void)
{
  static const guint64 sizes[] = { MIB + 1, HABLA_FRAME_MAX_MESSAGE + 1, G_MAXUINT64,
    (guint64) 1 << 63, G_MAXUINT64 - 5 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (Client) client = client_new (MIB);

    g_assert_true (feed_header (client, 0x82, MIB, 0));
    g_assert_cmpuint (unfinished, ==, 0);
    g_assert_true (feed_payload (client, MIB, 0));
    g_assert_false (habla_frame_guard_is_in_message (client->guard));
    g_assert_false (feed_header (client, 0x82, sizes[i], 0));
    g_assert_cmpint (client->verdict, ==, HABLA_FRAME_MESSAGE_SIZE);
    g_assert_cmpuint (habla_frame_verdict_get_code (client->verdict), ==, 1009);
  }
}

/* The frames of a message count together, and control frames between them do not. */
static void
test_fragments (void)
{
  g_autoptr (Client) client = client_new (MIB);
  g_autoptr (Client) stranger = client_new (KIB);

  g_assert_true (feed_header (client, 0x02, 0, 0));
  for (guint i = 0; i < 16; i++) {
    g_assert_true (feed_header (client, 0x00, 64 * KIB, 0));
    g_assert_true (feed_payload (client, 64 * KIB, 0));
    g_assert_true (feed_header (client, 0x89, 0, 0));
  }
  g_assert_cmpuint (unfinished, ==, MIB);
  g_assert_true (feed_header (client, 0x80, 0, 0));
  g_assert_cmpuint (unfinished, ==, 0);
  g_assert_true (feed_header (client, 0x02, MIB, 0));
  g_assert_true (feed_payload (client, MIB, 0));
  g_assert_false (feed_header (client, 0x00, 1, 0));
  g_assert_cmpint (client->verdict, ==, HABLA_FRAME_MESSAGE_SIZE);

  stranger->limits.may_fragment = FALSE;
  g_assert_true (feed_header (stranger, 0x81, 10, 0));
  g_assert_true (feed_payload (stranger, 10, 0));
  g_assert_false (feed_header (stranger, 0x01, 10, 0));
  g_assert_cmpint (stranger->verdict, ==, HABLA_FRAME_FRAGMENTED);
}

/* A message that was allowed when it began may go on; the next may not. */
static void
test_limits_change (void)
{
  g_autoptr (Client) client = client_new (HABLA_FRAME_MAX_MESSAGE);
  guint8 last[15] = { 0, 0x82, 0xff, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0 };

  g_assert_true (feed_header (client, 0x82, 8 * MIB, 0));
  client->limits.max_message = MIB;
  g_assert_true (feed_payload (client, 8 * MIB - 1, 0));
  g_assert_cmpuint (unfinished, ==, 8 * MIB - 1);
  /* The next message begins in the same read. */
  g_assert_false (feed (client, last, sizeof last, 0));
  g_assert_cmpint (client->verdict, ==, HABLA_FRAME_MESSAGE_SIZE);
  g_assert_cmpuint (unfinished, ==, 0);
}

static void
test_unfinished (void)
{
  Client *holders[5];
  g_autoptr (Client) small = client_new (MIB);

  for (guint i = 0; i < 5; i++) {
    holders[i] = client_new (HABLA_FRAME_MAX_MESSAGE);
    g_assert_true (feed_header (holders[i], 0x82, HABLA_FRAME_MAX_MESSAGE, 0));
    if (i < 4)
      g_assert_true (feed_payload (holders[i], HABLA_FRAME_MAX_MESSAGE - 1, 0));
  }
  g_assert_false (feed_payload (holders[4], MIB, 0));
  g_assert_cmpint (holders[4]->verdict, ==, HABLA_FRAME_UNFINISHED_SIZE);
  g_assert_cmpuint (habla_frame_verdict_get_code (holders[4]->verdict), ==, 1013);
  g_assert_cmpuint (unfinished, ==, 4 * (HABLA_FRAME_MAX_MESSAGE - 1));
  /* Small messages are still accepted. */
  g_assert_true (feed_header (small, 0x81, 64 * KIB, 0));
  g_assert_true (feed_payload (small, 64 * KIB, 0));
  g_assert_true (feed_payload (holders[0], 1, 0));
  g_assert_cmpuint (unfinished, ==, 3 * (HABLA_FRAME_MAX_MESSAGE - 1));
  for (guint i = 0; i < 5; i++)
    habla_frame_guard_free (holders[i]->guard);
  for (guint i = 0; i < 5; i++)
    g_free (holders[i]);
}

/* A message that is almost complete has no more time than one at the lowest rate. */
static void
test_time (void)
{
  g_autoptr (Client) idle = client_new (HABLA_FRAME_MAX_MESSAGE);
  g_autoptr (Client) slow = client_new (HABLA_FRAME_MAX_MESSAGE);
  g_autoptr (Client) fast = client_new (HABLA_FRAME_MAX_MESSAGE);

  g_assert_true (habla_frame_guard_check_time (idle->guard, 1000 * SECOND));
  g_assert_true (feed_header (idle, 0x82, 100, SECOND));
  g_assert_true (habla_frame_guard_check_time (idle->guard, 31 * SECOND));
  g_assert_false (habla_frame_guard_check_time (idle->guard, 32 * SECOND));
  g_assert_cmpint (idle->verdict, ==, HABLA_FRAME_MESSAGE_TIME);
  g_assert_cmpuint (habla_frame_verdict_get_code (idle->verdict), ==, 1008);

  /* An hour of Opus at 32 kbit/s, over a connection of 24 KiB/s. */
  g_assert_true (feed_header (slow, 0x82, 14400000, 0));
  for (guint i = 1; i < 14400000 / (24 * KIB); i++) {
    g_assert_true (feed_payload (slow, 24 * KIB, i * SECOND));
    g_assert_true (habla_frame_guard_check_time (slow->guard, i * SECOND));
  }
  g_assert_true (
      feed_payload (slow, 14400000 - 14400000 / (24 * KIB) * 24 * KIB + 24 * KIB, 600 * SECOND));
  g_assert_true (habla_frame_guard_check_time (slow->guard, 10000 * SECOND));

  g_assert_true (feed_header (fast, 0x82, HABLA_FRAME_MAX_MESSAGE, 0));
  g_assert_true (feed_payload (fast, HABLA_FRAME_MAX_MESSAGE - 1, SECOND));
  g_assert_true (habla_frame_guard_check_time (fast->guard, 900 * SECOND));
  g_assert_false (habla_frame_guard_check_time (fast->guard, 901 * SECOND));
}

/* Too many chunks are read more slowly, and close no connection. */
static void
test_chunks (void)
{
  g_autoptr (Client) client = client_new (MIB);
  gint64 wait;

  for (guint i = 0; i < 20000; i++) {
    g_assert_cmpint (habla_frame_guard_get_wait (client->guard, 0), ==, 0);
    g_assert_true (feed_header (client, 0x82, 1, 0));
    g_assert_true (feed_payload (client, 1, 0));
  }
  g_assert_cmpuint (client->pauses, ==, 0);
  wait = habla_frame_guard_get_wait (client->guard, 0);
  g_assert_cmpint (wait, >, 0);
  g_assert_cmpint (wait, <, SECOND / 1000);
  g_assert_cmpuint (client->pauses, ==, 1);
  g_assert_cmpint (habla_frame_guard_get_wait (client->guard, wait), ==, 0);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/frame-guard/control", test_control);
  g_test_add_func ("/frame-guard/malformed", test_malformed);
  g_test_add_func ("/frame-guard/size", test_size);
  g_test_add_func ("/frame-guard/fragments", test_fragments);
  g_test_add_func ("/frame-guard/limits-change", test_limits_change);
  g_test_add_func ("/frame-guard/unfinished", test_unfinished);
  g_test_add_func ("/frame-guard/time", test_time);
  g_test_add_func ("/frame-guard/chunks", test_chunks);
  return habla_test_run ();
}
