/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cluster/nats-inbox.h"
#include "cluster/nats-link.h"

#include <nats/nats.h>

G_BEGIN_DECLS

/* Shared by nats-link.c and nats-store.c. */
struct _HablaNatsLink {
  NatsInbox *inbox;
  guint timeout; /* in milliseconds */

  /* Used in the owner's thread. */
  HablaNatsStateFunc func;
  gpointer user_data;
  gboolean is_connected;
  guint n_stores;
  HablaNatsStats stats;

  GThread *worker;
  GAsyncQueue *jobs;   /* of Job */
  GThreadPool *stores; /* of Store */
  gint is_closing;     /* atomic; what waits to be stored is dropped */
  gint outbox;         /* atomic; bytes that wait for the worker */

  /* Used in the worker thread. */
  natsOptions *options;
  GPtrArray *subscriptions; /* of HablaNatsSubscription */
  GPtrArray *retired;       /* of natsSubscription; closed, and destroyed after a flush */
  gint64 retry_at;          /* when to connect again, on the monotonic clock in microseconds */
  gint64 check_at;          /* when to check the subscriptions, as retry_at */

  GRWLock connection_lock;
  natsConnection *connection; /* protected by connection_lock; set by the worker; (nullable) */
  jsCtx *js;                  /* protected by connection_lock; set by the worker; (nullable) */

  GMutex close_lock;
  guint ref_count; /* protected by close_lock; of the owner, and of a connection */
  GCond close_cond;
  gboolean is_open; /* protected by close_lock; nats.c may call back about the connection */
};

/**
 * nats_store_pool_new:
 * @link: a link
 *
 * Returns: (transfer full): the threads in which messages of @link are stored
 */
GThreadPool *nats_store_pool_new (HablaNatsLink *link);

G_END_DECLS
