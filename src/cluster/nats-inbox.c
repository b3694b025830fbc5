/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/nats-inbox.h"

/* Items for one iteration of the main loop, so that other sources get their turn. */
#define MAX_ITEMS 64

typedef struct {
  gsize size;
  GFunc func;
  gpointer data;
  GDestroyNotify destroy;
} Item;

struct _NatsInbox {
  gsize max_size;
  GSource *source;

  GMutex lock;
  guint ref_count;    /* protected by lock */
  GQueue items;       /* protected by lock; of Item */
  gsize size;         /* protected by lock; of all items */
  gboolean is_closed; /* protected by lock */
  guint64 n_accepted; /* protected by lock */
  guint64 n_refused;  /* protected by lock */
};

static void
item_free (Item *self)
{
  self->destroy (self->data);
  g_free (self);
}

/* Returns: (transfer full) (nullable): the next item */
static Item *
nats_inbox_pop (NatsInbox *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Item *item = g_queue_pop_head (&self->items);

  if (item != NULL)
    self->size -= item->size;
  else
    g_source_set_ready_time (self->source, -1);
  return item;
}

static gboolean
nats_inbox_dispatch (gpointer user_data)
{
  NatsInbox *self = nats_inbox_ref (user_data);
  Item *item;

  for (guint i = 0; i < MAX_ITEMS && (item = nats_inbox_pop (self)) != NULL; i++) {
    item->func (item->data, NULL);
    item_free (item);
  }
  nats_inbox_unref (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
source_dispatch (GSource *source, GSourceFunc func, gpointer user_data)
{
  return func (user_data);
}

static GSourceFuncs source_funcs = { .dispatch = source_dispatch };

NatsInbox *
nats_inbox_new (gsize max_size)
{
  NatsInbox *self = g_new0 (NatsInbox, 1);

  self->ref_count = 1;
  self->max_size = max_size;
  g_mutex_init (&self->lock);
  g_queue_init (&self->items);
  self->source = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "[habla] NatsInbox");
  g_source_set_callback (self->source, nats_inbox_dispatch, self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return self;
}

NatsInbox *
nats_inbox_ref (NatsInbox *self)
{
  g_mutex_lock (&self->lock);
  self->ref_count++;
  g_mutex_unlock (&self->lock);
  return self;
}

void
nats_inbox_unref (NatsInbox *self)
{
  gboolean is_last;

  g_mutex_lock (&self->lock);
  is_last = --self->ref_count == 0;
  g_mutex_unlock (&self->lock);
  if (!is_last)
    return;
  g_source_unref (self->source);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
nats_inbox_close (NatsInbox *self)
{
  GQueue items = G_QUEUE_INIT;

  g_source_destroy (self->source);
  g_mutex_lock (&self->lock);
  self->is_closed = TRUE;
  items = self->items;
  g_queue_init (&self->items);
  g_mutex_unlock (&self->lock);
  g_queue_clear_full (&items, (GDestroyNotify) item_free);
}

gboolean
nats_inbox_push (NatsInbox *self, gsize size, GFunc func, gpointer data, GDestroyNotify destroy)
{
  Item *item = g_new (Item, 1);
  gboolean is_accepted;

  *item = (Item){ size, func, data, destroy };
  g_mutex_lock (&self->lock);
  is_accepted = !self->is_closed && (size == 0 || self->size + size <= self->max_size);
  if (is_accepted) {
    g_queue_push_tail (&self->items, item);
    self->size += size;
    g_source_set_ready_time (self->source, 0);
  }
  if (size > 0 && is_accepted)
    self->n_accepted++;
  else if (size > 0)
    self->n_refused++;
  g_mutex_unlock (&self->lock);
  if (!is_accepted)
    item_free (item);
  return is_accepted;
}

void
nats_inbox_get_stats (NatsInbox *self, guint64 *n_accepted, guint64 *n_refused)
{
  g_mutex_lock (&self->lock);
  *n_accepted = self->n_accepted;
  *n_refused = self->n_refused;
  g_mutex_unlock (&self->lock);
}
