/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <websocket/frame-scanner.h>
#include <util/token-bucket.h>

G_BEGIN_DECLS

/* The largest message that any client may send, in bytes. */
#define HABLA_FRAME_MAX_MESSAGE (64 * 1024 * 1024)

typedef enum {
  HABLA_FRAME_ACCEPTED,
  HABLA_FRAME_CONTROL_RATE,    /* too many pings, pongs or close frames */
  HABLA_FRAME_MALFORMED,       /* a control frame that RFC 6455 does not allow */
  HABLA_FRAME_FRAGMENTED,      /* a fragmented message before hello */
  HABLA_FRAME_MESSAGE_SIZE,    /* a message is too large */
  HABLA_FRAME_MESSAGE_TIME,    /* a message arrives too slowly */
  HABLA_FRAME_UNFINISHED_SIZE, /* unfinished messages of all clients are too large together */
} HablaFrameVerdict;

#define HABLA_FRAME_N_VERDICTS (HABLA_FRAME_UNFINISHED_SIZE + 1)

/**
 * HablaFrameLimits:
 * @max_message: bytes of a message
 * @may_fragment: whether a message may have more than one frame
 */
typedef struct {
  gsize max_message;
  gboolean may_fragment;
} HablaFrameLimits;

/**
 * HablaFrameHandler:
 * @begin_message: called when a message has begun that did not arrive whole, and again when
 *   it has a further frame; all messages before it have been handled by then
 * @paused: called when reading must wait because the client sends too many messages
 * @refused: called once, when the client breaks a limit; nothing more is read from it
 */
typedef struct {
  HablaFrameLimits (*begin_message) (gpointer user_data);
  void (*paused) (gpointer user_data);
  void (*refused) (HablaFrameVerdict verdict, gpointer user_data);
  gpointer user_data;
} HablaFrameHandler;

/**
 * HablaFrameGuard:
 *
 * The limits of what one client sends over its WebSocket, applied to the frames' headers
 * before libsoup sees them: number of frames, size of messages, and time that a message
 * takes. All times are in microseconds of the monotonic clock.
 */
typedef struct _HablaFrameGuard HablaFrameGuard;

/* @unfinished: bytes of unfinished messages of all clients together; outlives the guard */
HablaFrameGuard *habla_frame_guard_new (
    const HablaFrameHandler *handler, guint64 *unfinished, gint64 now);
void habla_frame_guard_free (HablaFrameGuard *self);

/* Before bytes are read. Returns: whether any may be read, now or after
 * habla_frame_guard_get_wait() */
gboolean habla_frame_guard_check (HablaFrameGuard *self);
/* Returns: the time until the client may send another message; 0 = now */
gint64 habla_frame_guard_get_wait (HablaFrameGuard *self, gint64 now);
/* The bytes that were read. Returns: whether libsoup may see them */
gboolean habla_frame_guard_feed (
    HablaFrameGuard *self, const guint8 *data, gsize length, gint64 now);
/* Returns: whether no message is unfinished, or it may still go on */
gboolean habla_frame_guard_check_time (HablaFrameGuard *self, gint64 now);

/* Returns: frames that have begun, of any kind */
guint64 habla_frame_guard_get_n_frames (HablaFrameGuard *self);
gboolean habla_frame_guard_is_in_message (HablaFrameGuard *self);

/* Returns: the code of the close frame for @verdict */
gushort habla_frame_verdict_get_code (HablaFrameVerdict verdict);
/* Returns: (transfer none): for the close frame */
const char *habla_frame_verdict_get_reason (HablaFrameVerdict verdict);

G_END_DECLS
