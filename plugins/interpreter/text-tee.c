/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text-tee.h"

#include <habla/error.h>

/* Data key of a tee, set from EOS on; GObject's data list is thread-safe. */
#define ENDED "habla-interpreter-ended"

/* Streaming thread; before the tee gets the event. */
static GstPadProbeReturn
text_tee_on_event (GstPad *pad, GstPadProbeInfo *info, gpointer tee)
{
  GstEventType type = GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info));

  if (type == GST_EVENT_EOS)
    g_object_set_data (tee, ENDED, tee);
  else if (type == GST_EVENT_FLUSH_STOP || type == GST_EVENT_STREAM_START)
    g_object_set_data (tee, ENDED, NULL);
  return GST_PAD_PROBE_OK;
}

GstElement *
text_tee_new (GError **error)
{
  GstElement *tee = gst_element_factory_make ("tee", NULL);
  g_autoptr (GstPad) sinkpad = NULL;

  if (tee == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "There is no element “tee”; install libgstreamer1.0-0");
    return NULL;
  }
  gst_object_ref_sink (tee);
  g_object_set (tee, "allow-not-linked", TRUE, NULL);
  sinkpad = gst_element_get_static_pad (tee, "sink");
  gst_pad_add_probe (sinkpad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM | GST_PAD_PROBE_TYPE_EVENT_FLUSH,
      text_tee_on_event, tee, NULL);
  return tee;
}

static gboolean
text_tee_send_event (GstPad *pad, GstEvent **event, gpointer sinkpad)
{
  if (GST_EVENT_TYPE (*event) != GST_EVENT_EOS)
    gst_pad_send_event (sinkpad, gst_event_ref (*event));
  return TRUE;
}

void
text_tee_notify_eos (GstElement *tee, GstPad *sinkpad)
{
  g_autoptr (GstPad) tee_sinkpad = gst_element_get_static_pad (tee, "sink");

  if (g_object_get_data (G_OBJECT (tee), ENDED) == NULL)
    return;
  gst_pad_sticky_events_foreach (tee_sinkpad, text_tee_send_event, sinkpad);
  gst_pad_send_event (sinkpad, gst_event_new_eos ());
}
