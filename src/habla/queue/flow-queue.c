/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/queue/flow-queue.h"

#include <gio/gio.h>

/* Maximum number of events in the queue. */
#define MAX_EVENTS 256

void
habla_flow_queue_init (HablaFlowQueue *self, const HablaFlowQueueFuncs *funcs)
{
  *self = (HablaFlowQueue){ .funcs = funcs, .flow = GST_FLOW_FLUSHING };
  g_queue_init (&self->items);
  g_mutex_init (&self->lock);
  g_cond_init (&self->ready);
  g_cond_init (&self->space);
}

void
habla_flow_queue_clear (HablaFlowQueue *self)
{
  g_assert (g_queue_is_empty (&self->items));

  g_mutex_clear (&self->lock);
  g_cond_clear (&self->ready);
  g_cond_clear (&self->space);
}

void
habla_flow_queue_set_max_buffers (HablaFlowQueue *self, guint max_buffers)
{
  g_mutex_lock (&self->lock);
  self->max_buffers = max_buffers;
  g_mutex_unlock (&self->lock);
}

HablaFlowItem *
habla_flow_queue_new_item (HablaFlowQueue *self)
{
  return g_malloc0 (self->funcs->item_size);
}

void
habla_flow_queue_free_item (HablaFlowQueue *self, HablaFlowItem *item)
{
  gst_clear_event (&item->event);
  gst_clear_buffer (&item->buffer);
  if (self->funcs->free_item != NULL)
    self->funcs->free_item (item);
  g_free (item);
}

static gboolean
flow_item_is_sticky (const HablaFlowItem *item)
{
  return item->event != NULL && GST_EVENT_IS_STICKY (item->event) &&
         GST_EVENT_TYPE (item->event) != GST_EVENT_EOS;
}

static gboolean
flow_item_survives_flush (const HablaFlowItem *item)
{
  return flow_item_is_sticky (item) && GST_EVENT_TYPE (item->event) != GST_EVENT_SEGMENT;
}

/* Called with lock held. */
static gboolean
flow_queue_is_ready (HablaFlowQueue *self)
{
  HablaFlowItem *first = g_queue_peek_head (&self->items);

  return first != NULL && first->is_ready;
}

void
habla_flow_queue_wake (HablaFlowQueue *self)
{
  if (flow_queue_is_ready (self))
    g_cond_signal (&self->ready);
}

void
habla_flow_queue_add (HablaFlowQueue *self, HablaFlowItem *item)
{
  habla_flow_queue_insert_before (self, NULL, item);
}

void
habla_flow_queue_insert_before (HablaFlowQueue *self, GList *link, HablaFlowItem *item)
{
  g_queue_insert_before (&self->items, link, item);
  self->n_buffers += item->buffer != NULL;
  self->n_events += item->event != NULL;
  habla_flow_queue_wake (self);
}

/* Called with lock held. */
static HablaFlowItem *
flow_queue_remove (HablaFlowQueue *self, GList *link)
{
  HablaFlowItem *item = link->data;

  g_queue_delete_link (&self->items, link);
  self->n_buffers -= item->buffer != NULL;
  self->n_events -= item->event != NULL;
  g_cond_signal (&self->space);
  return item;
}

void
habla_flow_queue_drop (HablaFlowQueue *self, GList *link, GPtrArray *cancelled)
{
  HablaFlowItem *item = flow_queue_remove (self, link);

  if (self->funcs->drop_item == NULL || !self->funcs->drop_item (self, item, cancelled))
    habla_flow_queue_free_item (self, item);
}

/* Called with lock held. Drops items for which @stays returns %FALSE. */
static void
flow_queue_drop_all (
    HablaFlowQueue *self, gboolean (*stays) (const HablaFlowItem *item), GPtrArray *cancelled)
{
  GList *next;

  for (GList *l = self->items.head; l != NULL; l = next) {
    next = l->next;
    if (stays == NULL || !stays (l->data))
      habla_flow_queue_drop (self, l, cancelled);
  }
}

void
habla_flow_queue_cancel_all (GPtrArray *cancelled)
{
  for (guint i = 0; i < cancelled->len; i++)
    g_cancellable_cancel (cancelled->pdata[i]);
  g_ptr_array_unref (cancelled);
}

void
habla_flow_queue_set_flushing (HablaFlowQueue *self, gboolean flushing)
{
  GPtrArray *cancelled = g_ptr_array_new_with_free_func (g_object_unref);

  g_mutex_lock (&self->lock);
  self->flow = flushing ? GST_FLOW_FLUSHING : GST_FLOW_OK;
  if (flushing)
    flow_queue_drop_all (self, flow_item_survives_flush, cancelled);
  g_cond_broadcast (&self->ready);
  g_cond_broadcast (&self->space);
  g_mutex_unlock (&self->lock);

  habla_flow_queue_cancel_all (cancelled);
}

void
habla_flow_queue_abort (HablaFlowQueue *self)
{
  GPtrArray *cancelled = g_ptr_array_new_with_free_func (g_object_unref);

  g_mutex_lock (&self->lock);
  flow_queue_drop_all (self, NULL, cancelled);
  g_mutex_unlock (&self->lock);

  habla_flow_queue_cancel_all (cancelled);
}

GstFlowReturn
habla_flow_queue_push (HablaFlowQueue *self, HablaFlowItem *item)
{
  GstFlowReturn flow;

  g_mutex_lock (&self->lock);
  while (self->flow == GST_FLOW_OK && self->n_buffers >= self->max_buffers)
    g_cond_wait (&self->space, &self->lock);
  flow = self->flow;
  if (flow == GST_FLOW_OK)
    habla_flow_queue_add (self, item);
  g_mutex_unlock (&self->lock);

  if (flow != GST_FLOW_OK)
    habla_flow_queue_free_item (self, item);
  return flow;
}

GstFlowReturn
habla_flow_queue_push_event (HablaFlowQueue *self, GstEvent *event)
{
  HablaFlowItem *item = habla_flow_queue_new_item (self);
  gboolean restarts = GST_EVENT_TYPE (event) == GST_EVENT_STREAM_START ||
                      GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT;
  GstFlowReturn flow;

  item->event = event;
  item->is_ready = TRUE;

  g_mutex_lock (&self->lock);
  if (restarts && self->flow == GST_FLOW_EOS) {
    self->flow = GST_FLOW_OK;
    g_cond_signal (&self->ready);
  }
  while (self->flow == GST_FLOW_OK && self->n_events >= MAX_EVENTS)
    g_cond_wait (&self->space, &self->lock);
  flow = self->flow;
  if (flow_item_is_sticky (item) && flow != GST_FLOW_FLUSHING && self->n_events < MAX_EVENTS)
    flow = GST_FLOW_OK;
  if (flow == GST_FLOW_OK)
    habla_flow_queue_add (self, item);
  g_mutex_unlock (&self->lock);

  if (flow != GST_FLOW_OK)
    habla_flow_queue_free_item (self, item);
  return flow;
}

GstFlowReturn
habla_flow_queue_drain (HablaFlowQueue *self)
{
  GstFlowReturn flow;

  g_mutex_lock (&self->lock);
  while (self->flow == GST_FLOW_OK && (self->leaving || !g_queue_is_empty (&self->items)))
    g_cond_wait (&self->space, &self->lock);
  flow = self->flow;
  g_mutex_unlock (&self->lock);
  return flow;
}

HablaFlowItem *
habla_flow_queue_pop (HablaFlowQueue *self)
{
  HablaFlowItem *item = NULL;

  g_mutex_lock (&self->lock);
  self->leaving = FALSE;
  g_cond_signal (&self->space);
  while (
      self->flow != GST_FLOW_FLUSHING && (self->flow != GST_FLOW_OK || !flow_queue_is_ready (self)))
    g_cond_wait (&self->ready, &self->lock);
  if (self->flow != GST_FLOW_FLUSHING) {
    item = flow_queue_remove (self, self->items.head);
    self->leaving = TRUE;
  }
  g_mutex_unlock (&self->lock);
  return item;
}

gboolean
habla_flow_queue_fail (HablaFlowQueue *self, GstFlowReturn flow)
{
  GPtrArray *cancelled = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean had_eos = FALSE;

  g_mutex_lock (&self->lock);
  if (self->flow == GST_FLOW_OK)
    self->flow = flow;
  for (GList *l = self->items.head; l != NULL; l = l->next) {
    GstEvent *event = ((HablaFlowItem *) l->data)->event;

    had_eos |= event != NULL && GST_EVENT_TYPE (event) == GST_EVENT_EOS;
  }
  flow_queue_drop_all (self, flow_item_is_sticky, cancelled);
  g_cond_broadcast (&self->space);
  g_mutex_unlock (&self->lock);

  habla_flow_queue_cancel_all (cancelled);
  return had_eos;
}

void
habla_flow_queue_recover (HablaFlowQueue *self, GstFlowReturn flow)
{
  g_mutex_lock (&self->lock);
  if (self->flow == flow) {
    self->flow = GST_FLOW_OK;
    g_cond_signal (&self->ready);
  }
  g_mutex_unlock (&self->lock);
}

guint
habla_flow_queue_get_n_buffers (HablaFlowQueue *self)
{
  guint n_buffers;

  g_mutex_lock (&self->lock);
  n_buffers = self->n_buffers;
  g_mutex_unlock (&self->lock);
  return n_buffers;
}
