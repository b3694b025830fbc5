/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "websocket/frame-guard.h"

#include <libsoup/soup.h>

/* Honest clients send a ping every few seconds at most. */
#define CONTROL_PER_SECOND 10
#define CONTROL_AT_ONCE 100
/* Beyond this rate a client is read more slowly, but not closed. The fastest recorder sends 100
 * chunks a second; an hour of chunks of 250 ms has 14,400. */
#define DATA_PER_SECOND 2000
#define DATA_AT_ONCE 20000

/* Limit of the unfinished messages of all clients together, in bytes. Messages of at most MAX_SMALL
 * bytes are always accepted, so that clients can send text while others send large messages. */
#define MAX_UNFINISHED (256 * 1024 * 1024)
#define MAX_SMALL (64 * 1024)

/* A message must end within the grace period and the time that its bytes take at the lowest rate.
 * An hour of Opus at 32 kbit/s has 14 MB. */
#define MESSAGE_GRACE (30 * G_USEC_PER_SEC)
#define MIN_BYTES_PER_SECOND (8 * 1024)
#define MAX_MESSAGE_TIME (15 * 60 * G_USEC_PER_SEC)

#define CLOSE_TRY_AGAIN_LATER 1013 /* RFC 6455's registry */

struct _HablaFrameGuard {
  HablaFrameHandler handler;
  HablaFrameScanner scanner;
  HablaTokenBucket control;
  HablaTokenBucket data;
  HablaFrameVerdict verdict;
  guint64 approved;     /* bytes of the message in progress that were checked against its limit */
  guint64 *unfinished;  /* of all clients */
  guint64 counted;      /* this client's part of it */
  gint64 message_begun; /* time of the last one */
};

static const struct {
  gushort code;
  const char *reason;
} verdicts[HABLA_FRAME_N_VERDICTS] = {
  [HABLA_FRAME_CONTROL_RATE] = { SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "too many control frames" },
  [HABLA_FRAME_MALFORMED] = { SOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR, "invalid control frame" },
  [HABLA_FRAME_FRAGMENTED] = { SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION,
      "hello must come in one frame" },
  [HABLA_FRAME_MESSAGE_SIZE] = { SOUP_WEBSOCKET_CLOSE_TOO_BIG, "message too large" },
  [HABLA_FRAME_MESSAGE_TIME] = { SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION,
      "message took too long to arrive" },
  [HABLA_FRAME_UNFINISHED_SIZE] = { CLOSE_TRY_AGAIN_LATER,
      "too much unfinished data of all clients; try again later" },
};

HablaFrameGuard *
habla_frame_guard_new (const HablaFrameHandler *handler, guint64 *unfinished, gint64 now)
{
  HablaFrameGuard *self = g_new0 (HablaFrameGuard, 1);

  self->handler = *handler;
  self->unfinished = unfinished;
  habla_token_bucket_init (&self->control, CONTROL_PER_SECOND, CONTROL_AT_ONCE, now);
  habla_token_bucket_init (&self->data, DATA_PER_SECOND, DATA_AT_ONCE, now);
  return self;
}

void
habla_frame_guard_free (HablaFrameGuard *self)
{
  *self->unfinished -= self->counted;
  g_free (self);
}

static gboolean
frame_guard_refuse (HablaFrameGuard *self, HablaFrameVerdict verdict)
{
  self->verdict = verdict;
  /* libsoup frees the message with the connection, which ends now. */
  *self->unfinished -= self->counted;
  self->counted = 0;
  self->handler.refused (verdict, self->handler.user_data);
  return FALSE;
}

/* libsoup has got the bytes of one read, at most, of a message that is too large. */
gboolean
habla_frame_guard_check (HablaFrameGuard *self)
{
  HablaFrameScanner *scanner = &self->scanner;

  if (self->verdict != HABLA_FRAME_ACCEPTED)
    return FALSE;
  if (!scanner->in_message)
    return TRUE;
  if (self->approved == 0 || scanner->declared > self->approved) {
    HablaFrameLimits limits = self->handler.begin_message (self->handler.user_data);

    if (scanner->is_fragmented && !limits.may_fragment)
      return frame_guard_refuse (self, HABLA_FRAME_FRAGMENTED);
    if (scanner->declared > limits.max_message)
      return frame_guard_refuse (self, HABLA_FRAME_MESSAGE_SIZE);
    self->approved = scanner->declared;
  }
  if (scanner->buffered > MAX_SMALL && *self->unfinished > MAX_UNFINISHED)
    return frame_guard_refuse (self, HABLA_FRAME_UNFINISHED_SIZE);
  return TRUE;
}

gint64
habla_frame_guard_get_wait (HablaFrameGuard *self, gint64 now)
{
  gint64 wait = habla_token_bucket_get_wait (&self->data, now);

  if (wait > 0)
    self->handler.paused (self->handler.user_data);
  return wait;
}

static void
frame_guard_follow_message (HablaFrameGuard *self, gboolean is_new, gint64 now)
{
  HablaFrameScanner *scanner = &self->scanner;

  if (is_new) {
    self->approved = 0;
    self->message_begun = now;
  }
  *self->unfinished += scanner->buffered - self->counted;
  self->counted = scanner->buffered;
}

gboolean
habla_frame_guard_feed (HablaFrameGuard *self, const guint8 *data, gsize length, gint64 now)
{
  HablaFrameScanner *scanner = &self->scanner;
  guint64 n_control = scanner->n_control;
  guint64 n_data = scanner->n_data;
  guint64 n_messages = scanner->n_messages;

  habla_frame_scanner_feed (scanner, data, length);
  for (; n_control < scanner->n_control; n_control++)
    if (!habla_token_bucket_take (&self->control, now))
      return frame_guard_refuse (self, HABLA_FRAME_CONTROL_RATE);
  if (scanner->is_malformed)
    return frame_guard_refuse (self, HABLA_FRAME_MALFORMED);
  /* libsoup would close without a close frame. */
  if (scanner->declared > HABLA_FRAME_MAX_MESSAGE)
    return frame_guard_refuse (self, HABLA_FRAME_MESSAGE_SIZE);
  if (scanner->n_data > n_data)
    habla_token_bucket_charge (&self->data, scanner->n_data - n_data, now);
  frame_guard_follow_message (self, scanner->n_messages > n_messages, now);
  return TRUE;
}

gboolean
habla_frame_guard_check_time (HablaFrameGuard *self, gint64 now)
{
  gint64 age = now - self->message_begun;
  gint64 allowed =
      MESSAGE_GRACE + (gint64) (self->scanner.buffered * G_USEC_PER_SEC / MIN_BYTES_PER_SECOND);

  if (self->verdict != HABLA_FRAME_ACCEPTED || !self->scanner.in_message ||
      age <= MIN (allowed, MAX_MESSAGE_TIME))
    return TRUE;
  return frame_guard_refuse (self, HABLA_FRAME_MESSAGE_TIME);
}

guint64
habla_frame_guard_get_n_frames (HablaFrameGuard *self)
{
  return self->scanner.n_control + self->scanner.n_data;
}

gboolean
habla_frame_guard_is_in_message (HablaFrameGuard *self)
{
  return self->scanner.in_message;
}

gushort
habla_frame_verdict_get_code (HablaFrameVerdict verdict)
{
  return verdicts[verdict].code;
}

const char *
habla_frame_verdict_get_reason (HablaFrameVerdict verdict)
{
  return verdicts[verdict].reason;
}
