/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NatsInbox:
 *
 * The one place where threads of nats.c reach the main loop: a bounded queue of functions that the
 * main loop calls, in order. Thread-safe.
 */
typedef struct _NatsInbox NatsInbox;

/**
 * nats_inbox_new:
 * @max_size: bytes that may wait
 *
 * Returns: (transfer full): an inbox of the thread-default main context
 */
NatsInbox *nats_inbox_new (gsize max_size);

/**
 * nats_inbox_ref:
 * @self: an inbox
 *
 * Returns: (transfer full): @self
 */
NatsInbox *nats_inbox_ref (NatsInbox *self);

/**
 * nats_inbox_unref:
 * @self: (transfer full): an inbox
 */
void nats_inbox_unref (NatsInbox *self);

/**
 * nats_inbox_close:
 * @self: an inbox
 *
 * Frees what waits; calls nothing from now on. To be called in the thread of the main context.
 */
void nats_inbox_close (NatsInbox *self);

/**
 * nats_inbox_push:
 * @self: an inbox
 * @size: bytes of @data, about; 0 = do not refuse it
 * @func: called in the main context, unless the inbox is closed before
 * @data: (transfer full): passed to @func
 * @destroy: frees @data
 *
 * Returns: %FALSE if too many bytes wait; @data is freed then
 */
gboolean nats_inbox_push (
    NatsInbox *self, gsize size, GFunc func, gpointer data, GDestroyNotify destroy);

/**
 * nats_inbox_get_stats:
 * @self: an inbox
 * @n_accepted: (out): items with a size that were accepted
 * @n_refused: (out): items with a size that were refused
 */
void nats_inbox_get_stats (NatsInbox *self, guint64 *n_accepted, guint64 *n_refused);

G_END_DECLS
