/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/nats-subscription.h"

#define MAX_UNACKNOWLEDGED 256
#define ACKNOWLEDGE_SECONDS 30

/* An event on its way to the main loop. */
typedef struct {
  HablaNatsSubscription *subscription;
  HablaNatsEvent event;
  gboolean must_renew; /* a stalled READ continues */
} Delivery;

static GMutex ref_lock; /* of ref_count; a lock of its own, since references are taken under lock */

/* From open to close. Messages of an earlier run may still come. */
typedef struct {
  HablaNatsSubscription *subscription;
  guint number;
} Run;

HablaNatsSubscription *
nats_subscription_new (NatsSubscriptionKind kind, NatsInbox *inbox)
{
  HablaNatsSubscription *self = g_new0 (HablaNatsSubscription, 1);

  self->ref_count = 1;
  g_mutex_init (&self->lock);
  self->kind = kind;
  self->inbox = nats_inbox_ref (inbox);
  return self;
}

HablaNatsSubscription *
nats_subscription_ref (HablaNatsSubscription *self)
{
  g_mutex_lock (&ref_lock);
  self->ref_count++;
  g_mutex_unlock (&ref_lock);
  return self;
}

void
nats_subscription_unref (HablaNatsSubscription *self)
{
  gboolean is_last;

  g_mutex_lock (&ref_lock);
  is_last = --self->ref_count == 0;
  g_mutex_unlock (&ref_lock);
  if (!is_last)
    return;
  nats_inbox_unref (self->inbox);
  g_mutex_clear (&self->lock);
  g_free (self->stream);
  g_free (self->subject);
  g_free (self->name);
  g_free (self);
}

/* Deliveries */

static Delivery *
delivery_new (HablaNatsSubscription *subscription, HablaNatsEventType type)
{
  Delivery *self = g_new0 (Delivery, 1);

  self->subscription = nats_subscription_ref (subscription);
  self->event.type = type;
  return self;
}

static void
delivery_free (gpointer data)
{
  Delivery *self = data;

  nats_subscription_unref (self->subscription);
  g_free ((char *) self->event.subject);
  g_free ((char *) self->event.reply);
  g_free ((char *) self->event.message);
  g_clear_pointer (&self->event.data, g_bytes_unref);
  g_free (self);
}

/* In the main loop. */
static void
delivery_run (gpointer data, gpointer user_data)
{
  Delivery *self = data;
  HablaNatsSubscription *subscription = self->subscription;

  if (subscription->is_freed)
    return;
  if (self->must_renew)
    subscription->renew (subscription, subscription->link);
  else
    subscription->func (&self->event, subscription->user_data);
}

void
nats_subscription_deliver (
    HablaNatsSubscription *self, HablaNatsEventType type, const char *message)
{
  Delivery *delivery = delivery_new (self, type);

  delivery->event.message = g_strdup (message);
  nats_inbox_push (self->inbox, 0, delivery_run, delivery, delivery_free);
}

/* Messages, on threads of nats.c */

/* A refused message comes again for READ and CONSUME, and is lost for LIVE. */
static void
nats_subscription_stall (HablaNatsSubscription *self)
{
  Delivery *delivery;

  if (self->is_stalled)
    return;
  self->is_stalled = TRUE;
  if (self->kind == NATS_SUBSCRIPTION_CONSUME)
    return;
  delivery = delivery_new (self, HABLA_NATS_GAP);
  delivery->must_renew = self->kind == NATS_SUBSCRIPTION_READ;
  nats_inbox_push (self->inbox, 0, delivery_run, delivery, delivery_free);
}

/* Called with lock held. */
static void
nats_subscription_take (HablaNatsSubscription *self, natsMsg *msg, guint64 sequence)
{
  Delivery *delivery = delivery_new (self, HABLA_NATS_MESSAGE);
  int length = natsMsg_GetDataLength (msg);

  delivery->event.subject = g_strdup (natsMsg_GetSubject (msg));
  delivery->event.data = g_bytes_new (natsMsg_GetData (msg), length);
  delivery->event.reply = g_strdup (natsMsg_GetReply (msg));
  delivery->event.sequence = sequence;
  if (!nats_inbox_push (
          self->inbox, sizeof (Delivery) + length, delivery_run, delivery, delivery_free))
    nats_subscription_stall (self);
  else if (self->kind == NATS_SUBSCRIPTION_READ)
    self->last = sequence;
  else
    self->is_stalled = FALSE;
}

/* Called with lock held. */
static void
nats_subscription_set_current (HablaNatsSubscription *self)
{
  if (self->is_current)
    return;
  self->is_current = TRUE;
  nats_subscription_deliver (self, HABLA_NATS_CURRENT, NULL);
}

/* A message of READ. Called with lock held. */
static void
nats_subscription_take_next (
    HablaNatsSubscription *self, guint run, natsMsg *msg, const jsMsgMetaData *meta)
{
  if (run != self->run || self->is_stalled)
    return;
  if (meta->Sequence.Consumer != ++self->n_delivered) {
    nats_subscription_stall (self);
    return;
  }
  nats_subscription_take (self, msg, meta->Sequence.Stream);
  if (meta->NumPending == 0 && !self->is_stalled)
    nats_subscription_set_current (self);
}

static void
nats_subscription_on_message (
    natsConnection *connection, natsSubscription *handle, natsMsg *msg, void *closure)
{
  Run *run = closure;
  HablaNatsSubscription *self = run->subscription;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  jsMsgMetaData *meta = NULL;

  if (self->kind == NATS_SUBSCRIPTION_LIVE) {
    nats_subscription_take (self, msg, 0);
  } else if (natsMsg_GetMetaData (&meta, msg) == NATS_OK) {
    if (self->kind == NATS_SUBSCRIPTION_CONSUME)
      nats_subscription_take (self, msg, meta->Sequence.Stream);
    else
      nats_subscription_take_next (self, run->number, msg, meta);
    jsMsgMetaData_Destroy (meta);
  }
  natsMsg_Destroy (msg);
}

static void
run_free (void *closure)
{
  Run *self = closure;

  nats_subscription_unref (self->subscription);
  g_free (self);
}

/* The worker thread */

static Run *
run_new (HablaNatsSubscription *subscription)
{
  Run *self = g_new (Run, 1);

  self->subscription = nats_subscription_ref (subscription);
  g_mutex_lock (&subscription->lock);
  self->number = ++subscription->run;
  subscription->n_delivered = 0;
  subscription->is_stalled = FALSE;
  g_mutex_unlock (&subscription->lock);
  return self;
}

static natsStatus
nats_subscription_read (HablaNatsSubscription *self, jsCtx *js, Run *run)
{
  jsSubOptions options;
  guint64 last;

  g_mutex_lock (&self->lock);
  last = self->last;
  g_mutex_unlock (&self->lock);
  jsSubOptions_Init (&options);
  options.Stream = self->stream;
  options.Config.AckPolicy = js_AckNone;
  options.Config.MemoryStorage = true;
  if (self->is_by_subject && last == 0) {
    options.Config.DeliverPolicy = js_DeliverLastPerSubject;
  } else {
    options.Config.DeliverPolicy = js_DeliverByStartSequence;
    options.Config.OptStartSeq = last + 1;
  }
  return js_Subscribe (
      &self->handle, js, self->subject, nats_subscription_on_message, run, NULL, &options, NULL);
}

/* A consumer with a name, and a subject to which it delivers, survives this process and its
 * connections; one that js_Subscribe() makes would not. */
static natsStatus
nats_subscription_consume (HablaNatsSubscription *self, jsCtx *js, Run *run)
{
  g_autofree char *deliver = g_strdup_printf ("habla.deliver.%s.%s", self->stream, self->name);
  jsConsumerConfig config;
  jsSubOptions options;
  natsStatus status;

  jsConsumerConfig_Init (&config);
  config.Durable = self->name;
  config.FilterSubject = self->subject;
  config.DeliverSubject = deliver;
  config.AckPolicy = js_AckExplicit;
  config.AckWait = ACKNOWLEDGE_SECONDS * G_GINT64_CONSTANT (1000000000);
  config.MaxAckPending = MAX_UNACKNOWLEDGED;
  status = js_AddConsumer (NULL, js, self->stream, &config, NULL, NULL);
  if (status != NATS_OK)
    return status;
  jsSubOptions_Init (&options);
  options.Stream = self->stream;
  options.Consumer = self->name;
  options.ManualAck = true;
  return js_Subscribe (
      &self->handle, js, self->subject, nats_subscription_on_message, run, NULL, &options, NULL);
}

/* If nothing is stored, no message says that it is the last one. */
static void
nats_subscription_check_empty (HablaNatsSubscription *self)
{
  jsConsumerInfo *info = NULL;

  if (natsSubscription_GetConsumerInfo (&info, self->handle, NULL, NULL) != NATS_OK)
    return;
  if (info->NumPending == 0 && info->Delivered.Consumer == 0) {
    g_mutex_lock (&self->lock);
    nats_subscription_set_current (self);
    g_mutex_unlock (&self->lock);
  }
  jsConsumerInfo_Destroy (info);
}

gboolean
nats_subscription_is_alive (HablaNatsSubscription *self, jsCtx *js)
{
  jsConsumerInfo *info = NULL;
  natsStatus status = NATS_OK;

  if (self->handle == NULL)
    return FALSE;
  if (self->kind == NATS_SUBSCRIPTION_READ)
    status = natsSubscription_GetConsumerInfo (&info, self->handle, NULL, NULL);
  else if (self->kind == NATS_SUBSCRIPTION_CONSUME)
    status = js_GetConsumerInfo (&info, js, self->stream, self->name, NULL, NULL);
  jsConsumerInfo_Destroy (info);
  return status == NATS_OK;
}

void
nats_subscription_open (HablaNatsSubscription *self, natsConnection *connection, jsCtx *js)
{
  Run *run = run_new (self);
  natsStatus status;

  switch (self->kind) {
  case NATS_SUBSCRIPTION_LIVE:
    status = natsConnection_Subscribe (
        &self->handle, connection, self->subject, nats_subscription_on_message, run);
    break;
  case NATS_SUBSCRIPTION_READ:
    status = nats_subscription_read (self, js, run);
    break;
  default:
    status = nats_subscription_consume (self, js, run);
    break;
  }
  if (status != NATS_OK) {
    g_autofree char *message =
        g_strdup_printf ("NATS refused to deliver %s: %s", self->subject, nats_GetLastError (NULL));

    nats_subscription_deliver (self, HABLA_NATS_FAILED, message);
    run_free (run);
    return;
  }
  natsSubscription_SetOnCompleteCB (self->handle, run_free, run);
  if (self->kind == NATS_SUBSCRIPTION_READ)
    nats_subscription_check_empty (self);
}

natsSubscription *
nats_subscription_close (HablaNatsSubscription *self)
{
  if (self->handle != NULL)
    natsSubscription_Unsubscribe (self->handle);
  return g_steal_pointer (&self->handle);
}
