/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Largest bytes of one line and of the data of one event. */
#define SSE_PARSER_MAX_EVENT (256 * 1024)

/**
 * SseParser:
 *
 * Finds the events of a stream `text/event-stream` that arrives in pieces, as the HTML standard
 * defines it: lines end with CR, LF or both; comments and fields other than `data` are ignored.
 */
typedef struct _SseParser SseParser;

/**
 * SseEventFunc:
 * @data: data of an event, in valid UTF-8
 * @user_data: user data
 *
 * Returns: whether more events are needed
 */
typedef gboolean (*SseEventFunc) (const char *data, gpointer user_data);

/**
 * sse_parser_new:
 * @func: called for each event
 * @user_data: user data of @func
 *
 * Returns: (transfer full): a parser
 */
SseParser *sse_parser_new (SseEventFunc func, gpointer user_data);

/**
 * sse_parser_free:
 * @self: (transfer full): a parser
 */
void sse_parser_free (SseParser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SseParser, sse_parser_free)

/**
 * sse_parser_feed:
 * @self: a parser
 * @data: bytes
 * @size: their number
 * @error: return location for a %HABLA_ERROR_ENGINE: a line or an event is too long, or is not
 *   UTF-8
 *
 * Returns: whether more bytes are needed; %FALSE without @error after the function returned %FALSE
 */
gboolean sse_parser_feed (SseParser *self, const guint8 *data, gsize size, GError **error);

G_END_DECLS
