/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "caption-src-pad.h"

static GstFlowReturn
caption_src_pad_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstFlowReturn flow = gst_proxy_pad_chain_default (pad, parent, buffer);

  return flow == GST_FLOW_NOT_LINKED ? GST_FLOW_OK : flow;
}

static GstFlowReturn
caption_src_pad_chain_list (GstPad *pad, GstObject *parent, GstBufferList *list)
{
  GstFlowReturn flow = gst_proxy_pad_chain_list_default (pad, parent, list);

  return flow == GST_FLOW_NOT_LINKED ? GST_FLOW_OK : flow;
}

static gboolean
caption_src_pad_send_event (GstPad *pad, GstEvent **event, gpointer peer)
{
  gst_pad_send_event (peer, gst_event_ref (*event));
  return TRUE;
}

/* A pad sends its sticky events to a new peer with the next buffer, which never follows after
 * EOS. */
static void
caption_src_pad_on_linked (GstPad *pad, GstPad *peer, gpointer data)
{
  g_autoptr (GstEvent) end = gst_pad_get_sticky_event (pad, GST_EVENT_EOS, 0);

  if (end != NULL)
    gst_pad_sticky_events_foreach (pad, caption_src_pad_send_event, peer);
}

GstPad *
caption_src_pad_new (GstPadTemplate *template, const char *name)
{
  GstPad *pad = gst_object_ref_sink (gst_ghost_pad_new_no_target_from_template (name, template));
  g_autoptr (GstProxyPad) internal = gst_proxy_pad_get_internal (GST_PROXY_PAD (pad));

  gst_pad_set_chain_function (GST_PAD (internal), caption_src_pad_chain);
  gst_pad_set_chain_list_function (GST_PAD (internal), caption_src_pad_chain_list);
  g_signal_connect (pad, "linked", G_CALLBACK (caption_src_pad_on_linked), NULL);
  return pad;
}
