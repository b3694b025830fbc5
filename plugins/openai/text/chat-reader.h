/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ChatReader:
 *
 * Reads the response to `/v1/chat/completions`: a stream of events, or one object from servers
 * that do not stream.
 */
typedef struct _ChatReader ChatReader;

/**
 * chat_reader_new:
 *
 * Returns: (transfer full): a reader
 */
ChatReader *chat_reader_new (void);

/**
 * chat_reader_free:
 * @self: (transfer full): a reader
 */
void chat_reader_free (ChatReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatReader, chat_reader_free)

/**
 * chat_reader_feed:
 * @self: a reader
 * @data: bytes of the body
 * @size: their number
 *
 * Returns: whether more bytes are needed; not after the end of the answer or a failure
 */
gboolean chat_reader_feed (ChatReader *self, const guint8 *data, gsize size);

/**
 * chat_reader_get_content:
 * @self: a reader
 *
 * Returns: (transfer none): what the model has written so far, of a response that is streamed
 */
const char *chat_reader_get_content (ChatReader *self);

/**
 * chat_reader_finish:
 * @self: a reader of the whole body
 * @error: return location for a %HABLA_ERROR_ENGINE: the answer is incomplete, malformed or too
 *   long, or the server reported an error
 *
 * Returns: (transfer none) (nullable): what the model wrote
 */
const char *chat_reader_finish (ChatReader *self, GError **error);

/**
 * chat_reader_get_usage:
 * @self: a reader
 * @input: (out): tokens of the request; 0 = unknown
 * @output: (out): tokens of the response; 0 = unknown
 */
void chat_reader_get_usage (ChatReader *self, guint64 *input, guint64 *output);

G_END_DECLS
