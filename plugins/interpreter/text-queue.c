/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text-queue.h"

#include <habla/error.h>
#include <habla/utterance-meta.h>

#define MAX_WAITING_UTTERANCES 1000
#define MAX_WAITING_EVENTS 64

static gboolean
text_queue_is_droppable (GstEvent *event)
{
  return GST_EVENT_TYPE (event) == GST_EVENT_GAP || habla_utterance_is_event (event);
}

/* The queue element has no limit for events; two probes count them, atomically. */
static GstPadProbeReturn
text_queue_on_sink_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  int *n_waiting = data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    g_atomic_int_set (n_waiting, 0);
  if (!text_queue_is_droppable (event))
    return GST_PAD_PROBE_OK;
  if (g_atomic_int_get (n_waiting) >= MAX_WAITING_EVENTS)
    return GST_PAD_PROBE_DROP;
  g_atomic_int_inc (n_waiting);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
text_queue_on_src_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  int *n_waiting = data;

  if (text_queue_is_droppable (GST_PAD_PROBE_INFO_EVENT (info)) && g_atomic_int_get (n_waiting) > 0)
    g_atomic_int_add (n_waiting, -1);
  return GST_PAD_PROBE_OK;
}

GstElement *
text_queue_new (GError **error)
{
  GstElement *queue = gst_element_factory_make ("queue", NULL);
  int *n_waiting;
  g_autoptr (GstPad) sinkpad = NULL;
  g_autoptr (GstPad) srcpad = NULL;

  if (queue == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "There is no element “queue”; install libgstreamer1.0-0");
    return NULL;
  }
  gst_object_ref_sink (queue);
  g_object_set (queue, "max-size-buffers", MAX_WAITING_UTTERANCES, "max-size-bytes", 0,
      "max-size-time", G_GUINT64_CONSTANT (0), NULL);
  n_waiting = g_atomic_rc_box_new0 (int);
  sinkpad = gst_element_get_static_pad (queue, "sink");
  srcpad = gst_element_get_static_pad (queue, "src");
  gst_pad_add_probe (sinkpad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM | GST_PAD_PROBE_TYPE_EVENT_FLUSH,
      text_queue_on_sink_event, g_atomic_rc_box_acquire (n_waiting),
      (GDestroyNotify) g_atomic_rc_box_release);
  gst_pad_add_probe (srcpad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, text_queue_on_src_event,
      n_waiting, (GDestroyNotify) g_atomic_rc_box_release);
  return queue;
}
