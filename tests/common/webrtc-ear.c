/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define GST_USE_UNSTABLE_API
#include "webrtc-ear.h"

#include <gst/webrtc/webrtc.h>

/* Louder than what Opus makes of silence. */
#define LOUD 2000

struct _WebrtcEar {
  GstElement *pipeline;
  GstElement *peer;
  GMutex lock;
  gint64 sound;    /* protected by lock */
  guint n_buffers; /* protected by lock */
};

/* Streaming thread. */
static void
on_audio (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  WebrtcEar *self = user_data;
  GstMapInfo map;
  gboolean is_loud = FALSE;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  for (gsize i = 0; i < map.size / 2; i++)
    is_loud |= ABS (((gint16 *) map.data)[i]) > LOUD;
  gst_buffer_unmap (buffer, &map);
  g_mutex_lock (&self->lock);
  self->n_buffers++;
  if (is_loud && self->sound == 0)
    self->sound = g_get_monotonic_time ();
  g_mutex_unlock (&self->lock);
}

static void
on_pad (GstElement *peer, GstPad *pad, gpointer user_data)
{
  WebrtcEar *self = user_data;
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstPad) sink_pad = NULL;
  GstElement *bin;

  if (GST_PAD_DIRECTION (pad) != GST_PAD_SRC)
    return;
  bin = gst_parse_bin_from_description (
      "rtpopusdepay ! opusdec ! audio/x-raw,format=S16LE"
      " ! fakesink name=sink sync=false async=false signal-handoffs=true",
      TRUE, NULL);
  sink = gst_bin_get_by_name (GST_BIN (bin), "sink");
  g_signal_connect (sink, "handoff", G_CALLBACK (on_audio), self);
  gst_bin_add (GST_BIN (self->pipeline), bin);
  sink_pad = gst_element_get_static_pad (bin, "sink");
  g_assert_cmpint (gst_pad_link (pad, sink_pad), ==, GST_PAD_LINK_OK);
  gst_element_sync_state_with_parent (bin);
}

/* Libnice leaves out loopback unless it is asked for. */
static void
configure_ice (WebrtcEar *self)
{
  g_autoptr (GstObject) ice = NULL;
  g_autoptr (GObject) agent = NULL;
  gboolean is_added;

  g_object_get (self->peer, "ice-agent", &ice, NULL);
  g_object_get (ice, "agent", &agent, NULL);
  g_object_set (agent, "upnp", FALSE, NULL);
  g_signal_emit_by_name (ice, "add-local-ip-address", "127.0.0.1", &is_added);
  g_assert_true (is_added);
}

WebrtcEar *
webrtc_ear_new (guint payload_type)
{
  WebrtcEar *self = g_new0 (WebrtcEar, 1);
  g_autoptr (GstWebRTCRTPTransceiver) transceiver = NULL;
  g_autofree char *text = g_strdup_printf ("application/x-rtp,media=audio,encoding-name=OPUS,"
                                           "clock-rate=48000,encoding-params=(string)2,payload=%u",
      payload_type);
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);

  g_mutex_init (&self->lock);
  self->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  self->peer = gst_element_factory_make ("webrtcbin", NULL);
  g_assert_nonnull (self->peer);
  g_object_set (self->peer, "latency", 20, NULL);
  configure_ice (self);
  gst_bin_add (GST_BIN (self->pipeline), self->peer);
  g_signal_connect (self->peer, "pad-added", G_CALLBACK (on_pad), self);
  g_signal_emit_by_name (self->peer, "add-transceiver",
      GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, caps, &transceiver);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  return self;
}

void
webrtc_ear_free (WebrtcEar *self)
{
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->pipeline);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Returns: (transfer full): a promise that has been replied */
static GstPromise *
call (WebrtcEar *self, const char *action, gpointer argument)
{
  GstPromise *promise = gst_promise_new ();

  g_signal_emit_by_name (self->peer, action, argument, promise);
  g_assert_cmpint (gst_promise_wait (promise), ==, GST_PROMISE_RESULT_REPLIED);
  return promise;
}

char *
webrtc_ear_create_offer (WebrtcEar *self)
{
  g_autoptr (GstPromise) created = call (self, "create-offer", NULL);
  g_autoptr (GstPromise) set = NULL;
  g_autoptr (GstWebRTCSessionDescription) offer = NULL;
  g_autoptr (GstWebRTCSessionDescription) local = NULL;
  GstWebRTCICEGatheringState state = GST_WEBRTC_ICE_GATHERING_STATE_NEW;
  gint64 deadline = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  gst_structure_get (
      gst_promise_get_reply (created), "offer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &offer, NULL);
  set = call (self, "set-local-description", offer);
  while (state != GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (1000);
    g_object_get (self->peer, "ice-gathering-state", &state, NULL);
  }
  g_object_get (self->peer, "local-description", &local, NULL);
  return gst_sdp_message_as_text (local->sdp);
}

void
webrtc_ear_set_answer (WebrtcEar *self, const char *answer)
{
  g_autoptr (GstWebRTCSessionDescription) description = NULL;
  g_autoptr (GstPromise) set = NULL;
  GstSDPMessage *message;

  g_assert_cmpint (gst_sdp_message_new_from_text (answer, &message), ==, GST_SDP_OK);
  description = gst_webrtc_session_description_new (GST_WEBRTC_SDP_TYPE_ANSWER, message);
  set = call (self, "set-remote-description", description);
}

guint
webrtc_ear_count_buffers (WebrtcEar *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_buffers;
  g_mutex_unlock (&self->lock);
  return n;
}

gint64
webrtc_ear_take_sound (WebrtcEar *self)
{
  gint64 sound;

  g_mutex_lock (&self->lock);
  sound = self->sound;
  self->sound = 0;
  g_mutex_unlock (&self->lock);
  return sound;
}

int
webrtc_ear_get_state (WebrtcEar *self)
{
  GstWebRTCPeerConnectionState state;

  g_object_get (self->peer, "connection-state", &state, NULL);
  return state;
}
