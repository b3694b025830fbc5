/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cluster/nats-inbox.h"
#include "cluster/nats-types.h"

#include <nats/nats.h>

G_BEGIN_DECLS

/* See <cluster/nats-link.h>. */
typedef struct _HablaNatsSubscription HablaNatsSubscription;

/* Kinds of messages that a subscription receives. */
typedef enum {
  NATS_SUBSCRIPTION_LIVE,
  NATS_SUBSCRIPTION_READ,
  NATS_SUBSCRIPTION_CONSUME,
} NatsSubscriptionKind;

/* All functions but nats_subscription_new() and habla_nats_subscription_free() are for the worker
 * thread of the link. */
struct _HablaNatsSubscription {
  NatsInbox *inbox;
  NatsSubscriptionKind kind;
  char *stream; /* (nullable): of LIVE */
  char *subject;
  char *name;             /* (nullable): of CONSUME */
  gboolean is_by_subject; /* READ begins with the last message of each subject */

  /* Used in the thread that owns the link. */
  HablaNatsEventFunc func;
  gpointer user_data;
  gboolean is_freed;
  void (*close) (HablaNatsSubscription *self, gpointer link);
  void (*renew) (HablaNatsSubscription *self, gpointer link);
  gpointer link;

  natsSubscription *handle; /* of the worker thread; (nullable) */

  GMutex lock;
  guint ref_count;     /* protected by ref_lock */
  guint64 last;        /* protected by lock; sequence of the last message that READ has or skips */
  guint run;           /* protected by lock; how often it was opened */
  guint64 n_delivered; /* protected by lock; messages of this run */
  gboolean is_current; /* protected by lock; whether %HABLA_NATS_CURRENT was sent */
  gboolean is_stalled; /* protected by lock; whether messages were refused by the inbox */
};

/**
 * nats_subscription_new:
 * @kind: what it receives
 * @inbox: (transfer none): where it delivers
 *
 * Returns: (transfer full): a subscription, whose other fields the caller sets
 */
HablaNatsSubscription *nats_subscription_new (NatsSubscriptionKind kind, NatsInbox *inbox);

/**
 * nats_subscription_ref:
 * @self: a subscription
 *
 * Returns: (transfer full): @self
 */
HablaNatsSubscription *nats_subscription_ref (HablaNatsSubscription *self);

/**
 * nats_subscription_unref:
 * @self: (transfer full): a subscription
 */
void nats_subscription_unref (HablaNatsSubscription *self);

/**
 * nats_subscription_open:
 * @self: a subscription that is not open
 * @connection: a connection
 * @js: its JetStream context
 *
 * Begins to receive. READ continues after the last message. A failure is delivered as
 * %HABLA_NATS_FAILED.
 */
void nats_subscription_open (HablaNatsSubscription *self, natsConnection *connection, jsCtx *js);

/**
 * nats_subscription_is_alive:
 * @self: a subscription
 * @js: as for nats_subscription_open()
 *
 * Asks nats-server, which forgets a reader when one of several servers ends.
 *
 * Returns: %FALSE if it must be opened again
 */
gboolean nats_subscription_is_alive (HablaNatsSubscription *self, jsCtx *js);

/**
 * nats_subscription_close:
 * @self: a subscription
 *
 * Returns: (transfer full) (nullable): the subscription of nats.c. Its thread may still use it for
 * a moment, although it does not hold a reference: destroy it after a flush
 */
natsSubscription *nats_subscription_close (HablaNatsSubscription *self);

/**
 * nats_subscription_deliver:
 * @self: a subscription
 * @type: of an event without other fields but @message
 * @message: (nullable): for people
 */
void nats_subscription_deliver (
    HablaNatsSubscription *self, HablaNatsEventType type, const char *message);

G_END_DECLS
