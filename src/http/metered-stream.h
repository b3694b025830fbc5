/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <http/framing/request-head.h>

G_BEGIN_DECLS

/**
 * HablaMeteredStream:
 *
 * The stream of one connection, below HTTP and WebSocket. It counts the bytes in both directions,
 * so that a WebSocket's backlog is known, which libsoup does not report; it limits reading;
 * and it can be ended from outside while libsoup waits for it.
 *
 * After an abort, a malformed request or an exceeded budget, readers see an end, and writing fails
 * with %G_IO_ERROR_TIMED_OUT.
 *
 * The main thread uses it.
 */
#define HABLA_TYPE_METERED_STREAM (habla_metered_stream_get_type ())
G_DECLARE_FINAL_TYPE (HablaMeteredStream, habla_metered_stream, HABLA, METERED_STREAM, GIOStream)

/**
 * HablaMeteredStreamClosed:
 * @stream: a stream
 * @user_data: of habla_metered_stream_set_closed()
 */
typedef void (*HablaMeteredStreamClosed) (HablaMeteredStream *stream, gpointer user_data);

/**
 * habla_metered_stream_new:
 * @base: (transfer none): a stream whose two directions are pollable: a #GSocketConnection or a
 *   #GTlsConnection
 *
 * Returns: (transfer full): a stream on top of @base
 */
HablaMeteredStream *habla_metered_stream_new (GIOStream *base);

/**
 * habla_metered_stream_get_written:
 * @self: a stream
 *
 * Returns: bytes that were written to the base so far
 */
guint64 habla_metered_stream_get_written (HablaMeteredStream *self);

/**
 * habla_metered_stream_get_read:
 * @self: a stream
 *
 * Returns: bytes that were read from the base so far
 */
guint64 habla_metered_stream_get_read (HablaMeteredStream *self);

/**
 * habla_metered_stream_get_taken:
 * @self: a stream
 *
 * Returns: bytes that readers have got so far
 */
guint64 habla_metered_stream_get_taken (HablaMeteredStream *self);

/**
 * habla_metered_stream_set_checked:
 * @self: a stream
 * @is_checked: whether readers get only whole, well-formed heads of HTTP requests, and bodies
 */
void habla_metered_stream_set_checked (HablaMeteredStream *self, gboolean is_checked);

/**
 * habla_metered_stream_get_error:
 * @self: a stream
 *
 * Returns: (transfer none) (nullable): the error of the last request, if it is malformed
 */
const HablaRequestError *habla_metered_stream_get_error (HablaMeteredStream *self);

/**
 * habla_metered_stream_set_budget:
 * @self: a stream
 * @bytes: how many may be read from now on; %G_MAXUINT64 = no limit
 */
void habla_metered_stream_set_budget (HablaMeteredStream *self, guint64 bytes);

/**
 * habla_metered_stream_is_over_budget:
 * @self: a stream
 *
 * Returns: whether more than the budget was to be read
 */
gboolean habla_metered_stream_is_over_budget (HablaMeteredStream *self);

/**
 * habla_metered_stream_get_blocked_since:
 * @self: a stream
 *
 * Returns: since when the other side has not read the output, in microseconds of the monotonic
 *   clock; 0 = there is no output, or it reads it
 */
gint64 habla_metered_stream_get_blocked_since (HablaMeteredStream *self);

/**
 * habla_metered_stream_is_at_end:
 * @self: a stream
 *
 * Returns: whether the other side has closed its direction, or the connection is broken
 */
gboolean habla_metered_stream_is_at_end (HablaMeteredStream *self);

/**
 * habla_metered_stream_set_idle:
 * @self: a stream
 * @is_idle: whether no request is in progress
 *
 * A server of libsoup before 3.4 forgets a connection that ends between two requests, and never
 * closes it. While @is_idle, readers get one byte before the end, so that it looks like an end in
 * the middle of a request.
 */
void habla_metered_stream_set_idle (HablaMeteredStream *self, gboolean is_idle);

/**
 * habla_metered_stream_abort:
 * @self: a stream
 *
 * Ends the stream for its users, and wakes those that wait for it.
 */
void habla_metered_stream_abort (HablaMeteredStream *self);

/**
 * habla_metered_stream_set_lingers:
 * @self: a stream
 *
 * The other side may still be sending when the stream is closed: its input must be read and dropped
 * for a while, so that it gets the last output.
 */
void habla_metered_stream_set_lingers (HablaMeteredStream *self);

/**
 * habla_metered_stream_lingers:
 * @self: a stream
 *
 * Returns: whether habla_metered_stream_set_lingers() was called
 */
gboolean habla_metered_stream_lingers (HablaMeteredStream *self);

/**
 * habla_metered_stream_set_closed:
 * @self: a stream
 * @closed: (nullable): called once, when the stream is closed, instead of closing the base
 * @user_data: for @closed
 */
void habla_metered_stream_set_closed (
    HablaMeteredStream *self, HablaMeteredStreamClosed closed, gpointer user_data);

G_END_DECLS
