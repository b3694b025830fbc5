/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <http/request-head.h>

G_BEGIN_DECLS

/**
 * HablaMeteredStream:
 *
 * The stream of one connection, below HTTP and WebSocket: counts what goes through, so
 * that a WebSocket's backlog is known, which libsoup tells nobody; reads no more than it
 * may; and can be ended from outside while libsoup waits for it.
 *
 * One thread, that of the main loop, uses it.
 */
#define HABLA_TYPE_METERED_STREAM (habla_metered_stream_get_type ())
G_DECLARE_FINAL_TYPE (HablaMeteredStream, habla_metered_stream, HABLA, METERED_STREAM, GIOStream)

HablaMeteredStream *habla_metered_stream_new (GIOStream *base);

/* Bytes that were written, since it was made. */
guint64 habla_metered_stream_get_written (HablaMeteredStream *self);
guint64 habla_metered_stream_get_read (HablaMeteredStream *self);
/* Of those that were read, bytes that were handed to libsoup. */
guint64 habla_metered_stream_get_taken (HablaMeteredStream *self);

/* While @is_checked readers get whole and good heads of HTTP requests only, and their bodies.
 * After a bad one it is to readers as if the other side had ended, and writing fails. */
void habla_metered_stream_set_checked (HablaMeteredStream *self, gboolean is_checked);
/* Returns: (nullable): what is wrong with the last request */
const HablaRequestError *habla_metered_stream_get_error (HablaMeteredStream *self);

/* From now on no more than @bytes are read; then it is to readers as if the other side had
 * ended, and writing fails. %G_MAXUINT64 = any number. */
void habla_metered_stream_set_budget (HablaMeteredStream *self, guint64 bytes);
gboolean habla_metered_stream_is_over_budget (HablaMeteredStream *self);

/* Returns: since when the other side has taken nothing of what is to be written, in
 * microseconds of the monotonic clock; 0 = it is not written to, or takes it */
gint64 habla_metered_stream_get_blocked_since (HablaMeteredStream *self);
/* Whether the other side has ended its direction, or the connection is broken. */
gboolean habla_metered_stream_is_at_end (HablaMeteredStream *self);

/* Before libsoup 3.4 a server forgets a connection, and never closes it, that ends between two
 * requests. While @is_idle an end is made to look like one in the middle of a request: a byte
 * goes before it. */
void habla_metered_stream_set_idle (HablaMeteredStream *self, gboolean is_idle);

/* From now on it is to readers as if the other side had ended, and writing fails with
 * %G_IO_ERROR_TIMED_OUT; who waits for the stream is woken up. */
void habla_metered_stream_abort (HablaMeteredStream *self);

/* The other side may still be sending when the stream is closed: what it sends is read and
 * dropped for a while, so that it gets what was written last. */
void habla_metered_stream_set_lingers (HablaMeteredStream *self);
gboolean habla_metered_stream_lingers (HablaMeteredStream *self);

/* Called once, instead of closing @base, when the stream is closed. */
typedef void (*HablaMeteredStreamClosed) (HablaMeteredStream *stream, gpointer user_data);
void habla_metered_stream_set_closed (
    HablaMeteredStream *self, HablaMeteredStreamClosed closed, gpointer user_data);

G_END_DECLS
