/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/speech-queue.h"

/* So many events may wait among the buffers; then who brings more waits, too. */
#define MAX_EVENTS 256

/* One thread brings in, one takes out. */
struct _HablaSpeechQueue {
  guint max_buffers;

  GMutex lock;
  GCond ready; /* for who takes out: there is something, or the flow changed */
  GCond space; /* for who brings in: there is room, or all is out, or the flow changed */

  /* With the lock. */
  GQueue items; /* of GstMiniObject: buffers and events */
  guint n_buffers;
  GstFlowReturn flow; /* of downstream; FLUSHING also before the start */
  gboolean leaving;   /* what was taken out last is not done with */
};

/**
 * habla_speech_queue_new:
 * @max_buffers: how many may wait
 *
 * Keeps text and events in order until they are spoken. It is flushing until
 * habla_speech_queue_set_flushing() says otherwise.
 *
 * Returns: (transfer full): a queue
 */
HablaSpeechQueue *
habla_speech_queue_new (guint max_buffers)
{
  HablaSpeechQueue *self = g_new0 (HablaSpeechQueue, 1);

  self->max_buffers = max_buffers;
  self->flow = GST_FLOW_FLUSHING;
  g_queue_init (&self->items);
  g_mutex_init (&self->lock);
  g_cond_init (&self->ready);
  g_cond_init (&self->space);
  return self;
}

/**
 * habla_speech_queue_free:
 * @self: (transfer full): a queue that nobody uses
 */
void
habla_speech_queue_free (HablaSpeechQueue *self)
{
  g_assert (g_queue_is_empty (&self->items));

  g_mutex_clear (&self->lock);
  g_cond_clear (&self->ready);
  g_cond_clear (&self->space);
  g_free (self);
}

/* With the lock. */
static GstMiniObject *
take_item (HablaSpeechQueue *self, GList *link)
{
  GstMiniObject *item = link->data;

  g_queue_delete_link (&self->items, link);
  self->n_buffers -= GST_IS_BUFFER (item);
  return item;
}

static gboolean
outlasts_flush (GstMiniObject *item)
{
  return GST_IS_EVENT (item) && GST_EVENT_IS_STICKY (item) &&
         GST_EVENT_TYPE (item) != GST_EVENT_SEGMENT && GST_EVENT_TYPE (item) != GST_EVENT_EOS;
}

/**
 * habla_speech_queue_set_flushing:
 * @self: a queue
 * @flushing: whether everything is refused
 *
 * The start of flushing drops everything but what a flush leaves standing on a pad:
 * sticky events, without SEGMENT and EOS.
 */
void
habla_speech_queue_set_flushing (HablaSpeechQueue *self, gboolean flushing)
{
  GList *next;

  g_mutex_lock (&self->lock);
  self->flow = flushing ? GST_FLOW_FLUSHING : GST_FLOW_OK;
  for (GList *l = self->items.head; flushing && l != NULL; l = next) {
    next = l->next;
    if (!outlasts_flush (l->data))
      gst_mini_object_unref (take_item (self, l));
  }
  g_cond_broadcast (&self->ready);
  g_cond_broadcast (&self->space);
  g_mutex_unlock (&self->lock);
}

/* Drops everything. Nobody brings in or takes out. */
void
habla_speech_queue_clear (HablaSpeechQueue *self)
{
  g_mutex_lock (&self->lock);
  while (!g_queue_is_empty (&self->items))
    gst_mini_object_unref (take_item (self, self->items.head));
  g_mutex_unlock (&self->lock);
}

/* With the lock. */
static void
add_item (HablaSpeechQueue *self, GstMiniObject *item)
{
  g_queue_push_tail (&self->items, item);
  self->n_buffers += GST_IS_BUFFER (item);
  g_cond_signal (&self->ready);
}

/**
 * habla_speech_queue_push_buffer:
 * @self: a queue
 * @buffer: (transfer full): an utterance
 *
 * Waits while as many as may be are in the queue.
 *
 * Returns: %GST_FLOW_OK, or what downstream returned
 */
GstFlowReturn
habla_speech_queue_push_buffer (HablaSpeechQueue *self, GstBuffer *buffer)
{
  GstFlowReturn flow;

  g_mutex_lock (&self->lock);
  while (self->flow == GST_FLOW_OK && self->n_buffers >= self->max_buffers)
    g_cond_wait (&self->space, &self->lock);
  flow = self->flow;
  if (flow == GST_FLOW_OK)
    add_item (self, GST_MINI_OBJECT (g_steal_pointer (&buffer)));
  g_mutex_unlock (&self->lock);

  gst_clear_buffer (&buffer);
  return flow;
}

/**
 * habla_speech_queue_push_event:
 * @self: a queue
 * @event: (transfer full): a serialized event
 *
 * A sticky event is also taken while downstream is not linked or failed, so that it is
 * there if downstream recovers. A new stream or segment ends an EOS.
 *
 * Returns: %GST_FLOW_OK, or why the event was not taken
 */
GstFlowReturn
habla_speech_queue_push_event (HablaSpeechQueue *self, GstEvent *event)
{
  gboolean sticky = GST_EVENT_IS_STICKY (event) && GST_EVENT_TYPE (event) != GST_EVENT_EOS;
  gboolean restarts = GST_EVENT_TYPE (event) == GST_EVENT_STREAM_START ||
                      GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT;
  guint n_events;
  GstFlowReturn flow;

  g_mutex_lock (&self->lock);
  if (restarts && self->flow == GST_FLOW_EOS)
    self->flow = GST_FLOW_OK;
  while (self->flow == GST_FLOW_OK && self->items.length - self->n_buffers >= MAX_EVENTS)
    g_cond_wait (&self->space, &self->lock);
  flow = self->flow;
  n_events = self->items.length - self->n_buffers;
  if (sticky && flow != GST_FLOW_FLUSHING && n_events < MAX_EVENTS)
    flow = GST_FLOW_OK;
  if (flow == GST_FLOW_OK)
    add_item (self, GST_MINI_OBJECT (g_steal_pointer (&event)));
  g_mutex_unlock (&self->lock);

  gst_clear_event (&event);
  return flow;
}

/**
 * habla_speech_queue_drain:
 * @self: a queue
 *
 * Waits until everything is out and done with.
 *
 * Returns: %GST_FLOW_OK, or what downstream returned
 */
GstFlowReturn
habla_speech_queue_drain (HablaSpeechQueue *self)
{
  GstFlowReturn flow;

  g_mutex_lock (&self->lock);
  while (self->flow == GST_FLOW_OK && (self->leaving || !g_queue_is_empty (&self->items)))
    g_cond_wait (&self->space, &self->lock);
  flow = self->flow;
  g_mutex_unlock (&self->lock);
  return flow;
}

/**
 * habla_speech_queue_pop:
 * @self: a queue
 *
 * Waits for something and takes it out. Whoever calls this is done with what was
 * taken out before.
 *
 * Returns: (transfer full) (nullable): a buffer or event, or %NULL when flushing
 */
GstMiniObject *
habla_speech_queue_pop (HablaSpeechQueue *self)
{
  GstMiniObject *item = NULL;

  g_mutex_lock (&self->lock);
  self->leaving = FALSE;
  g_cond_signal (&self->space);
  while (self->flow != GST_FLOW_FLUSHING &&
         (self->flow != GST_FLOW_OK || g_queue_is_empty (&self->items)))
    g_cond_wait (&self->ready, &self->lock);
  if (self->flow != GST_FLOW_FLUSHING) {
    item = take_item (self, self->items.head);
    self->leaving = TRUE;
    g_cond_signal (&self->space);
  }
  g_mutex_unlock (&self->lock);
  return item;
}

/**
 * habla_speech_queue_fail:
 * @self: a queue
 * @flow: what downstream returned, not %GST_FLOW_OK
 *
 * Drops what is in the queue, but for sticky events, and hands @flow to whoever brings
 * more. habla_speech_queue_pop() waits until downstream recovers.
 *
 * Returns: whether an EOS was among what was dropped, so that nobody will bring more
 *   and learn of @flow
 */
gboolean
habla_speech_queue_fail (HablaSpeechQueue *self, GstFlowReturn flow)
{
  gboolean had_eos = FALSE;
  GList *next;

  g_mutex_lock (&self->lock);
  if (self->flow == GST_FLOW_OK)
    self->flow = flow;
  for (GList *l = self->items.head; l != NULL; l = next) {
    GstEvent *event = GST_IS_EVENT (l->data) ? l->data : NULL;
    gboolean is_eos = event != NULL && GST_EVENT_TYPE (event) == GST_EVENT_EOS;

    next = l->next;
    had_eos |= is_eos;
    if (event == NULL || !GST_EVENT_IS_STICKY (event) || is_eos)
      gst_mini_object_unref (take_item (self, l));
  }
  g_cond_broadcast (&self->space);
  g_mutex_unlock (&self->lock);
  return had_eos;
}

/**
 * habla_speech_queue_recover:
 * @self: a queue
 * @flow: what downstream had returned and is over now
 */
void
habla_speech_queue_recover (HablaSpeechQueue *self, GstFlowReturn flow)
{
  g_mutex_lock (&self->lock);
  if (self->flow == flow) {
    self->flow = GST_FLOW_OK;
    g_cond_signal (&self->ready);
  }
  g_mutex_unlock (&self->lock);
}

/**
 * habla_speech_queue_get_n_buffers:
 * @self: a queue
 *
 * Returns: how many utterances wait
 */
guint
habla_speech_queue_get_n_buffers (HablaSpeechQueue *self)
{
  guint n_buffers;

  g_mutex_lock (&self->lock);
  n_buffers = self->n_buffers;
  g_mutex_unlock (&self->lock);
  return n_buffers;
}
