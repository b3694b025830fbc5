/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaFlowItem:
 * @event: (nullable): a serialized event
 * @buffer: (nullable): a buffer; only buffers count towards the queue's limit
 * @is_ready: whether the item may leave once it is the first
 *
 * An item of a #HablaFlowQueue. Items with more fields embed it as their first member.
 */
typedef struct {
  GstEvent *event;
  GstBuffer *buffer;
  gboolean is_ready; /* protected by lock */
} HablaFlowItem;

typedef struct _HablaFlowQueue HablaFlowQueue;

/**
 * HablaFlowQueueFuncs:
 * @item_size: size of an item, in bytes; at least that of #HablaFlowItem
 * @free_item: (nullable): frees the members of an item that follow #HablaFlowItem
 * @drop_item: (nullable): called with lock held for an item that was removed before it
 *   left. Takes ownership and returns %TRUE if the item is still in use; may add the
 *   item's #GCancellable to @cancelled, for the queue to cancel without the lock
 */
typedef struct {
  gsize item_size;
  void (*free_item) (HablaFlowItem *item);
  gboolean (*drop_item) (HablaFlowQueue *self, HablaFlowItem *item, GPtrArray *cancelled);
} HablaFlowQueueFuncs;

/**
 * HablaFlowQueue:
 *
 * Keeps buffers and serialized events in order between the two streaming threads of an
 * element, with the flow protocol of GStreamer: the sink thread pushes and waits while the
 * queue is full, the source pad's task pops and reports failures of downstream, which the
 * next push returns. Embedded in queues that process their items.
 */
struct _HablaFlowQueue {
  const HablaFlowQueueFuncs *funcs;

  GMutex lock;
  GCond ready; /* signals the popping thread: the first item is ready, or flow changed */
  GCond space; /* signals the pushing thread: an item was removed, or flow changed */

  GQueue items;       /* protected by lock; of HablaFlowItem */
  guint n_buffers;    /* protected by lock; in @items */
  guint n_events;     /* protected by lock; in @items */
  guint max_buffers;  /* protected by lock */
  GstFlowReturn flow; /* protected by lock; of downstream; FLUSHING also before the start */
  gboolean leaving;   /* protected by lock; the item popped last is still in use */
};

/**
 * habla_flow_queue_init:
 * @self: an uninitialised queue
 * @funcs: (transfer none): static
 *
 * Initialises an empty queue that is flushing and has no room for buffers.
 */
void habla_flow_queue_init (HablaFlowQueue *self, const HablaFlowQueueFuncs *funcs);

/**
 * habla_flow_queue_clear:
 * @self: an empty queue that no thread uses
 *
 * Frees the members of @self.
 */
void habla_flow_queue_clear (HablaFlowQueue *self);

/**
 * habla_flow_queue_set_max_buffers:
 * @self: a queue
 * @max_buffers: number of buffers in the queue from which habla_flow_queue_push() waits
 */
void habla_flow_queue_set_max_buffers (HablaFlowQueue *self, guint max_buffers);

/**
 * habla_flow_queue_set_flushing:
 * @self: a queue
 * @flushing: whether to refuse all items
 *
 * Starting to flush drops all items except sticky events other than SEGMENT and EOS, which
 * pads keep during a flush as well, and wakes all waiting threads.
 */
void habla_flow_queue_set_flushing (HablaFlowQueue *self, gboolean flushing);

/**
 * habla_flow_queue_abort:
 * @self: a flushing queue that no thread pushes to or pops from
 *
 * Drops all items.
 */
void habla_flow_queue_abort (HablaFlowQueue *self);

/**
 * habla_flow_queue_push:
 * @self: a queue
 * @item: (transfer full): an item with a buffer
 *
 * Waits while the queue is full.
 *
 * Returns: %GST_FLOW_OK, or the flow return of downstream
 */
GstFlowReturn habla_flow_queue_push (HablaFlowQueue *self, HablaFlowItem *item);

/**
 * habla_flow_queue_push_event:
 * @self: a queue
 * @event: (transfer full): a serialized event
 *
 * Waits while 256 events are in the queue. Accepts sticky events also while downstream is
 * not linked or has failed, for it to have them if it recovers. STREAM_START and SEGMENT
 * end an EOS.
 *
 * Returns: %GST_FLOW_OK, or why the event was refused
 */
GstFlowReturn habla_flow_queue_push_event (HablaFlowQueue *self, GstEvent *event);

/**
 * habla_flow_queue_drain:
 * @self: a queue
 *
 * Waits until all items have left and are no longer in use.
 *
 * Returns: %GST_FLOW_OK, or the flow return of downstream
 */
GstFlowReturn habla_flow_queue_drain (HablaFlowQueue *self);

/**
 * habla_flow_queue_pop:
 * @self: a queue
 *
 * Waits until the first item is ready and removes it. The previous item counts as in use
 * until this call.
 *
 * Returns: (transfer full) (nullable): the item; free with habla_flow_queue_free_item().
 *   %NULL when flushing
 */
HablaFlowItem *habla_flow_queue_pop (HablaFlowQueue *self);

/**
 * habla_flow_queue_fail:
 * @self: a queue
 * @flow: flow return of downstream, not %GST_FLOW_OK
 *
 * Drops all items except sticky events, and makes pushes return @flow.
 * habla_flow_queue_pop() waits until downstream recovers.
 *
 * Returns: whether an EOS was dropped, so that no push will follow to return @flow
 */
gboolean habla_flow_queue_fail (HablaFlowQueue *self, GstFlowReturn flow);

/**
 * habla_flow_queue_recover:
 * @self: a queue
 * @flow: flow return of downstream that no longer applies
 *
 * Continues if downstream had failed with @flow.
 */
void habla_flow_queue_recover (HablaFlowQueue *self, GstFlowReturn flow);

/**
 * habla_flow_queue_get_n_buffers:
 * @self: a queue
 *
 * Returns: the number of buffers in the queue
 */
guint habla_flow_queue_get_n_buffers (HablaFlowQueue *self);

/**
 * habla_flow_queue_new_item:
 * @self: a queue
 *
 * Returns: (transfer full): a zero-initialised item of the queue's item size
 */
HablaFlowItem *habla_flow_queue_new_item (HablaFlowQueue *self);

/**
 * habla_flow_queue_free_item:
 * @self: a queue
 * @item: (transfer full): an item that is not in the queue
 */
void habla_flow_queue_free_item (HablaFlowQueue *self, HablaFlowItem *item);

/**
 * habla_flow_queue_add:
 * @self: a queue, with lock held
 * @item: (transfer full): an item
 *
 * Appends @item whatever the limits.
 */
void habla_flow_queue_add (HablaFlowQueue *self, HablaFlowItem *item);

/**
 * habla_flow_queue_insert_before:
 * @self: a queue
 * @link: (nullable): an item of the queue; %NULL = its end
 * @item: (transfer full): an item
 *
 * Called with lock held. Does not wait.
 */
void habla_flow_queue_insert_before (HablaFlowQueue *self, GList *link, HablaFlowItem *item);

/**
 * habla_flow_queue_drop:
 * @self: a queue, with lock held
 * @link: the link of an item in @items
 * @cancelled: (element-type GCancellable): array for items in use; cancel with
 *   habla_flow_queue_cancel_all() without the lock
 */
void habla_flow_queue_drop (HablaFlowQueue *self, GList *link, GPtrArray *cancelled);

/**
 * habla_flow_queue_wake:
 * @self: a queue, with lock held
 *
 * Wakes the popping thread if the first item is ready.
 */
void habla_flow_queue_wake (HablaFlowQueue *self);

/**
 * habla_flow_queue_cancel_all:
 * @cancelled: (transfer full) (element-type GCancellable): filled by habla_flow_queue_drop()
 *
 * Cancels and frees. Call without a lock: handlers of "cancelled" may run engine code.
 */
void habla_flow_queue_cancel_all (GPtrArray *cancelled);

G_END_DECLS
