/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <util/token-bucket.h>
#include <websocket/frame-scanner.h>

G_BEGIN_DECLS

/* The largest message that any client may send, in bytes. */
#define HABLA_FRAME_MAX_MESSAGE (64 * 1024 * 1024)

/**
 * HablaFrameVerdict:
 * @HABLA_FRAME_ACCEPTED: no limit is exceeded
 * @HABLA_FRAME_CONTROL_RATE: too many pings, pongs or close frames
 * @HABLA_FRAME_MALFORMED: a control frame that RFC 6455 does not allow
 * @HABLA_FRAME_FRAGMENTED: a fragmented message before hello
 * @HABLA_FRAME_MESSAGE_SIZE: a message is too large
 * @HABLA_FRAME_MESSAGE_TIME: a message arrives too slowly
 * @HABLA_FRAME_UNFINISHED_SIZE: unfinished messages of all clients together are too large
 */
typedef enum {
  HABLA_FRAME_ACCEPTED,
  HABLA_FRAME_CONTROL_RATE,
  HABLA_FRAME_MALFORMED,
  HABLA_FRAME_FRAGMENTED,
  HABLA_FRAME_MESSAGE_SIZE,
  HABLA_FRAME_MESSAGE_TIME,
  HABLA_FRAME_UNFINISHED_SIZE,
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
 * @begin_message: called when a message has begun that did not arrive whole, and again when it has
 *   a further frame; all messages before it have been handled by then
 * @paused: called when reading must wait because the client sends too many messages
 * @refused: called once, when the client exceeds a limit; nothing more is read from it
 * @user_data: for these
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
 * The limits of what one client sends over its WebSocket, applied to the frames' headers before
 * libsoup sees them: the number of frames, the size of messages, and the time that a message takes.
 * All times are in microseconds of the monotonic clock. The main thread uses it.
 */
typedef struct _HablaFrameGuard HablaFrameGuard;

/**
 * habla_frame_guard_new:
 * @handler: what to notify; copied
 * @unfinished: (inout): bytes of unfinished messages of all clients together; must outlive the
 * guard
 * @now: the time
 *
 * Returns: (transfer full): a guard
 */
HablaFrameGuard *habla_frame_guard_new (
    const HablaFrameHandler *handler, guint64 *unfinished, gint64 now);

/**
 * habla_frame_guard_free:
 * @self: (transfer full): a guard
 */
void habla_frame_guard_free (HablaFrameGuard *self);

/**
 * habla_frame_guard_check:
 * @self: a guard
 *
 * Call it before reading.
 *
 * Returns: whether anything may be read, now or after habla_frame_guard_get_wait()
 */
gboolean habla_frame_guard_check (HablaFrameGuard *self);

/**
 * habla_frame_guard_get_wait:
 * @self: a guard
 * @now: the time
 *
 * Returns: the time until the client may send another message, in microseconds; 0 = now
 */
gint64 habla_frame_guard_get_wait (HablaFrameGuard *self, gint64 now);

/**
 * habla_frame_guard_feed:
 * @self: a guard
 * @data: (array length=length): the bytes that were read
 * @length: in bytes
 * @now: the time
 *
 * Returns: whether libsoup may have the bytes
 */
gboolean habla_frame_guard_feed (
    HablaFrameGuard *self, const guint8 *data, gsize length, gint64 now);

/**
 * habla_frame_guard_check_time:
 * @self: a guard
 * @now: the time
 *
 * Call it at intervals while a message is unfinished.
 *
 * Returns: whether the client may go on; if not, the handler's `refused` was called
 */
gboolean habla_frame_guard_check_time (HablaFrameGuard *self, gint64 now);

/**
 * habla_frame_guard_get_n_frames:
 * @self: a guard
 *
 * Returns: how many frames have begun, of any kind
 */
guint64 habla_frame_guard_get_n_frames (HablaFrameGuard *self);

/**
 * habla_frame_guard_is_in_message:
 * @self: a guard
 *
 * Returns: whether a message is unfinished
 */
gboolean habla_frame_guard_is_in_message (HablaFrameGuard *self);

/**
 * habla_frame_verdict_get_code:
 * @verdict: not %HABLA_FRAME_ACCEPTED
 *
 * Returns: the code of the close frame
 */
gushort habla_frame_verdict_get_code (HablaFrameVerdict verdict);

/**
 * habla_frame_verdict_get_reason:
 * @verdict: not %HABLA_FRAME_ACCEPTED
 *
 * Returns: (transfer none): the text of the close frame
 */
const char *habla_frame_verdict_get_reason (HablaFrameVerdict verdict);

G_END_DECLS
