/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <habla/queue/flow-queue.h>

G_BEGIN_DECLS

#define HABLA_TYPE_TEXT_ELEMENT (habla_text_element_get_type ())

/**
 * HablaTextElement:
 *
 * Private base class of #HablaTranslator and #HablaSynthesizer: an element with one sink pad
 * for text, one source pad whose task pops a #HablaFlowQueue, and the property `latency`. It owns
 * pads, flushes, queries, failures of downstream, and the order of start and stop.
 *
 * Installed headers declare its subclasses as subclasses of #GstElement; therefore its
 * structs have no members of their own, and subclasses pass #HablaTextElementFuncs
 * instead of filling in a class.
 */
G_DECLARE_DERIVABLE_TYPE (HablaTextElement, habla_text_element, HABLA, TEXT_ELEMENT, GstElement)

struct _HablaTextElementClass {
  GstElementClass parent_class;
};

/**
 * HablaTextElementFuncs:
 * @start: prepares for streaming. From READY to PAUSED; may be slow
 * @stop: undoes @start, also one that failed half-way. No thread streams
 * @reset: resets what a flush resets. No thread streams
 * @interrupt: (nullable): cancels processing of the item that left the queue last. Any
 *   thread
 * @chain: handles @buffer (transfer full). Sink thread
 * @handle_event: handles a serialized @event (transfer full). Sink thread
 * @handle_item: handles the members of @item, which the caller frees. Returns the flow
 *   return of downstream. Source pad's task
 *
 * Functions of a subclass.
 */
typedef struct {
  gboolean (*start) (HablaTextElement *self, GError **error);
  void (*stop) (HablaTextElement *self);
  void (*reset) (HablaTextElement *self);
  void (*interrupt) (HablaTextElement *self);
  GstFlowReturn (*chain) (HablaTextElement *self, GstBuffer *buffer);
  gboolean (*handle_event) (HablaTextElement *self, GstEvent *event);
  GstFlowReturn (*handle_item) (HablaTextElement *self, HablaFlowItem *item);
} HablaTextElementFuncs;

/**
 * habla_text_element_construct:
 * @self: an element
 * @funcs: (transfer none): functions of the subclass; static
 * @queue: (transfer none): queue of the subclass, valid until finalize
 * @sink: template of the sink pad
 * @src: template of the source pad, with fixed caps
 *
 * Adds the pads. Call once, from the instance init function of the subclass.
 */
void habla_text_element_construct (HablaTextElement *self, const HablaTextElementFuncs *funcs,
    HablaFlowQueue *queue, GstStaticPadTemplate *sink, GstStaticPadTemplate *src);

/**
 * habla_text_element_get_src_pad:
 * @self: an element
 *
 * Returns: (transfer none): the source pad
 */
GstPad *habla_text_element_get_src_pad (HablaTextElement *self);

/**
 * habla_text_element_push_event:
 * @self: an element
 * @event: (transfer full): a serialized event
 *
 * Pushes @event to the queue. Sink thread. Posts an error if an EOS is refused because
 * downstream failed: no buffer will follow whose flow return could tell upstream.
 *
 * Returns: whether it was accepted
 */
gboolean habla_text_element_push_event (HablaTextElement *self, GstEvent *event);

/**
 * habla_text_element_get_earliest:
 * @self: an element
 *
 * Returns: the running time before which output is too late to be rendered, in nanoseconds:
 *   now minus the latency of the pipeline if it is live, otherwise 0
 */
GstClockTime habla_text_element_get_earliest (HablaTextElement *self);

/**
 * habla_text_element_warn:
 * @self: an element
 * @utterance_id: id of the utterance that failed
 * @error: why
 *
 * Posts a WARNING message with the details `utterance-id` (guint64) and `reason` (string).
 */
void habla_text_element_warn (HablaTextElement *self, guint64 utterance_id, const GError *error);

G_END_DECLS
