/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "webrtc/webrtc-sender.h"

#include "webrtc/webrtc-abi.h"

#include <util/source.h>
#include <util/task-pool.h>

/* How long candidates of this machine may take, in microseconds. */
#define GATHER_TIMEOUT (3 * G_TIME_SPAN_SECOND)

/* Packets that wait for a sender that the system holds up: about a second. */
#define LAUNCH \
  "appsrc name=packets is-live=true format=time do-timestamp=true max-buffers=25 max-bytes=0 " \
  "leaky-type=downstream ! webrtcbin name=peer"

/* Shortest packet that has a header. */
#define RTP_HEADER 12

struct _HablaWebrtcSender {
  GObject parent;

  char *address;
  guint connect_timeout;
  gint silence_timeout;
  HablaWebrtcSenderNotify notify;
  gpointer user_data;
  GstBus *bus;
  GSource *bus_watch;
  GSource *timer;
  gboolean is_connected;

  gint last_heard; /* atomic; in milliseconds of the monotonic clock, modulo 2^31 */

  GMutex work; /* held by the one worker thread that uses the fields below */
  GstElement *pipeline;
  GstElement *peer;
  gboolean is_closed;

  GMutex lock;
  GstElement *packets; /* protected by lock; NULL = the client is not connected */
  guint payload_type;  /* protected by lock */
  guint32 ssrc;

  GMutex gather_lock;
  GCond gathered;
  gboolean is_gathered; /* protected by gather_lock */
};

G_DEFINE_FINAL_TYPE (HablaWebrtcSender, habla_webrtc_sender, G_TYPE_OBJECT)

static HablaTaskPool pool = HABLA_TASK_POOL_INIT (4);

static int n_senders; /* atomic */

gboolean
habla_webrtc_sender_is_installed (void)
{
  static const char *const names[] = { "webrtcbin", "nicesrc", "nicesink", "dtlssrtpenc", "srtpenc",
    "rtpbin", "opusenc", "rtpopuspay" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (names[i]);

    if (factory == NULL)
      return FALSE;
  }
  return TRUE;
}

guint
habla_webrtc_sender_count (void)
{
  return g_atomic_int_get (&n_senders);
}

static gint
get_time (void)
{
  return (g_get_monotonic_time () / 1000) & G_MAXINT;
}

/* Threads of webrtcbin */

static void
webrtc_sender_on_state (GstElement *peer, GParamSpec *spec, gpointer user_data)
{
  HablaWebrtcSender *self = user_data;
  int state;

  g_object_get (peer, "connection-state", &state, NULL);
  gst_bus_post (self->bus, gst_message_new_element (NULL, gst_structure_new ("habla/webrtc-state",
                                                              "state", G_TYPE_INT, state, NULL)));
}

/* There is one address, hence one candidate. The state of gathering changes before the description
 * has it. */
static void
webrtc_sender_on_candidate (GstElement *peer, guint line, const char *text, gpointer user_data)
{
  HablaWebrtcSender *self = user_data;

  g_mutex_lock (&self->gather_lock);
  self->is_gathered = TRUE;
  g_cond_signal (&self->gathered);
  g_mutex_unlock (&self->gather_lock);
}

/* The client reports what it receives. */
static GstPadProbeReturn
webrtc_sender_on_received (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  HablaWebrtcSender *self = user_data;

  g_atomic_int_set (&self->last_heard, get_time ());
  return GST_PAD_PROBE_OK;
}

static void
webrtc_sender_on_element (GstBin *bin, GstBin *parent, GstElement *element, gpointer user_data)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  g_autoptr (GstPad) pad = NULL;

  if (factory == NULL || !g_str_equal (GST_OBJECT_NAME (factory), "nicesrc"))
    return;
  pad = gst_element_get_static_pad (element, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
      webrtc_sender_on_received, user_data, NULL);
}

/* Worker threads */

static GType
session_description_get_type (void)
{
  return g_type_from_name ("GstWebRTCSessionDescription");
}

static void
session_description_free (HablaWebrtcDescription *description)
{
  if (description != NULL)
    g_boxed_free (session_description_get_type (), description);
}

/* Returns: whether the call succeeded; @reply is its field of that name, if there is one. Free it
 * with session_description_free(). */
static gboolean
webrtc_sender_call (HablaWebrtcSender *self, const char *action, gpointer argument,
    const char *field, HablaWebrtcDescription **reply)
{
  g_autoptr (GstPromise) promise = gst_promise_new ();
  const GstStructure *structure;

  g_signal_emit_by_name (self->peer, action, argument, promise);
  if (gst_promise_wait (promise) != GST_PROMISE_RESULT_REPLIED)
    return FALSE;
  structure = gst_promise_get_reply (promise);
  if (field == NULL)
    return structure == NULL || !gst_structure_has_field (structure, "error");
  return structure != NULL &&
         gst_structure_get (structure, field, session_description_get_type (), reply, NULL);
}

static void
webrtc_sender_configure_ice (HablaWebrtcSender *self)
{
  g_autoptr (GstObject) ice = NULL;
  g_autoptr (GObject) agent = NULL;
  gboolean is_added;

  g_object_get (self->peer, "ice-agent", &ice, NULL);
  g_object_set (ice, "ice-tcp", FALSE, NULL);
  g_signal_emit_by_name (ice, "add-local-ip-address", self->address, &is_added);
  g_object_get (ice, "agent", &agent, NULL);
  g_object_set (agent, "upnp", FALSE, NULL);
}

static void
webrtc_sender_configure_audio (HablaWebrtcSender *self, const HablaSdpOffer *offer)
{
  g_autoptr (GstElement) packets = gst_bin_get_by_name (GST_BIN (self->pipeline), "packets");
  g_autoptr (GstObject) transceiver = NULL;
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("application/x-rtp", "media", G_TYPE_STRING,
      "audio", "encoding-name", G_TYPE_STRING, "OPUS", "clock-rate", G_TYPE_INT, 48000,
      "encoding-params", G_TYPE_STRING, "2", "payload", G_TYPE_INT, (int) offer->payload_type,
      "ssrc", G_TYPE_UINT, self->ssrc, NULL);

  g_object_set (packets, "caps", caps, NULL);
  g_signal_emit_by_name (self->peer, "get-transceiver", 0, &transceiver);
  gst_util_set_object_arg (G_OBJECT (transceiver), "direction", "sendonly");
  g_object_set (transceiver, "codec-preferences", caps, NULL);
}

static gboolean
webrtc_sender_build (HablaWebrtcSender *self, const HablaSdpOffer *offer, GError **error)
{
  self->pipeline = gst_parse_launch_full (LAUNCH, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  if (self->pipeline == NULL)
    return FALSE;
  gst_object_ref_sink (self->pipeline);
  gst_element_set_bus (self->pipeline, self->bus);
  self->peer = gst_bin_get_by_name (GST_BIN (self->pipeline), "peer");
  gst_util_set_object_arg (
      G_OBJECT (self->peer), "bundle-policy", offer->has_bundle ? "max-bundle" : "none");
  g_signal_connect (
      self->pipeline, "deep-element-added", G_CALLBACK (webrtc_sender_on_element), self);
  g_signal_connect (
      self->peer, "notify::connection-state", G_CALLBACK (webrtc_sender_on_state), self);
  g_signal_connect (self->peer, "on-ice-candidate", G_CALLBACK (webrtc_sender_on_candidate), self);
  webrtc_sender_configure_ice (self);
  webrtc_sender_configure_audio (self, offer);
  return gst_element_set_state (self->pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE;
}

static gboolean
webrtc_sender_set_offer (HablaWebrtcSender *self, const HablaSdpOffer *offer)
{
  g_autofree char *text = habla_sdp_offer_to_text (offer);
  HablaWebrtcDescription description = { .type = HABLA_WEBRTC_SDP_OFFER };
  gboolean is_set;

  if (gst_sdp_message_new_from_text (text, &description.sdp) != GST_SDP_OK)
    return FALSE;
  is_set = webrtc_sender_call (self, "set-remote-description", &description, NULL, NULL);
  gst_sdp_message_free (description.sdp);
  return is_set;
}

static gboolean
webrtc_sender_set_answer (HablaWebrtcSender *self)
{
  HablaWebrtcDescription *answer = NULL;
  gboolean is_set;

  is_set = webrtc_sender_call (self, "create-answer", NULL, "answer", &answer) &&
           webrtc_sender_call (self, "set-local-description", answer, NULL, NULL);
  session_description_free (answer);
  return is_set;
}

static gboolean
webrtc_sender_wait_for_candidates (HablaWebrtcSender *self)
{
  gint64 deadline = g_get_monotonic_time () + GATHER_TIMEOUT;
  gboolean is_gathered;

  g_mutex_lock (&self->gather_lock);
  while (!self->is_gathered && g_cond_wait_until (&self->gathered, &self->gather_lock, deadline))
    ;
  is_gathered = self->is_gathered;
  g_mutex_unlock (&self->gather_lock);
  return is_gathered;
}

/* Returns: (transfer full) (nullable): the answer */
static char *
webrtc_sender_negotiate (HablaWebrtcSender *self, const HablaSdpOffer *offer, GError **error)
{
  HablaWebrtcDescription *local;
  char *text;

  if (!webrtc_sender_build (self, offer, error)) {
  } else if (!webrtc_sender_set_offer (self, offer) || !webrtc_sender_set_answer (self)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The offer cannot be answered");
  } else if (!webrtc_sender_wait_for_candidates (self)) {
    g_set_error (
        error, G_IO_ERROR, G_IO_ERROR_FAILED, "Failed to open UDP ports at %s", self->address);
  } else {
    g_object_get (self->peer, "local-description", &local, NULL);
    text = gst_sdp_message_as_text (local->sdp);
    session_description_free (local);
    return text;
  }
  if (error != NULL && *error == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "WebRTC failed to start");
  return NULL;
}

static void
webrtc_sender_run_answer (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  HablaWebrtcSender *self = source;
  const HablaSdpOffer *offer = data;
  GError *error = NULL;
  char *answer = NULL;

  g_mutex_lock (&self->work);
  if (!self->is_closed) {
    g_atomic_int_inc (&n_senders);
    g_mutex_lock (&self->lock);
    self->payload_type = offer->payload_type;
    g_mutex_unlock (&self->lock);
    answer = webrtc_sender_negotiate (self, offer, &error);
  } else {
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The room has ended");
  }
  g_mutex_unlock (&self->work);
  if (answer != NULL)
    g_task_return_pointer (task, answer, g_free);
  else
    g_task_return_error (task, error);
}

static void
webrtc_sender_run_close (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  HablaWebrtcSender *self = source;

  g_mutex_lock (&self->work);
  self->is_closed = TRUE;
  if (self->pipeline != NULL) {
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
    g_signal_handlers_disconnect_by_data (self->peer, self);
    g_signal_handlers_disconnect_by_data (self->pipeline, self);
    gst_bus_set_flushing (self->bus, TRUE);
    gst_clear_object (&self->peer);
    gst_clear_object (&self->pipeline);
    g_atomic_int_add (&n_senders, -1);
  }
  g_mutex_unlock (&self->work);
  g_task_return_boolean (task, TRUE);
}

/* Any thread */

/* Returns: (transfer full) (nullable): @packet with the numbers that the client expects */
static GstBuffer *
webrtc_sender_address (HablaWebrtcSender *self, GstBuffer *packet)
{
  g_autoptr (GstBuffer) copy = gst_buffer_copy_deep (packet);
  GstMapInfo map;

  GST_BUFFER_PTS (copy) = GST_BUFFER_DTS (copy) = GST_CLOCK_TIME_NONE;
  if (!gst_buffer_map (copy, &map, GST_MAP_READWRITE))
    return NULL;
  if (map.size >= RTP_HEADER) {
    map.data[1] = (map.data[1] & 0x80) | self->payload_type;
    GST_WRITE_UINT32_BE (map.data + 8, self->ssrc);
  }
  gst_buffer_unmap (copy, &map);
  return g_steal_pointer (&copy);
}

void
habla_webrtc_sender_push (GstBuffer *packet, gpointer sender)
{
  HablaWebrtcSender *self = sender;
  g_autoptr (GstBuffer) copy = NULL;
  GstFlowReturn flow;

  g_mutex_lock (&self->lock);
  if (self->packets != NULL)
    copy = webrtc_sender_address (self, packet);
  if (copy != NULL)
    g_signal_emit_by_name (self->packets, "push-buffer", copy, &flow);
  g_mutex_unlock (&self->lock);
}

/* Main thread */

static gboolean
webrtc_sender_on_connect_timeout (gpointer user_data)
{
  HablaWebrtcSender *self = user_data;

  habla_source_clear (&self->timer);
  self->notify (TRUE, self->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
webrtc_sender_on_check (gpointer user_data)
{
  HablaWebrtcSender *self = user_data;
  gint silence = (get_time () - g_atomic_int_get (&self->last_heard)) & G_MAXINT;

  if (silence < self->silence_timeout)
    return G_SOURCE_CONTINUE;
  habla_source_clear (&self->timer);
  self->notify (TRUE, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
webrtc_sender_connect (HablaWebrtcSender *self)
{
  if (self->is_connected)
    return;
  self->is_connected = TRUE;
  g_atomic_int_set (&self->last_heard, get_time ());
  g_mutex_lock (&self->lock);
  self->packets = gst_bin_get_by_name (GST_BIN (self->pipeline), "packets");
  g_mutex_unlock (&self->lock);
  habla_source_start_timer (&self->timer, self->silence_timeout / 4,
      "[habla] HablaWebrtcSender silence", webrtc_sender_on_check, self);
  self->notify (FALSE, self->user_data);
}

static gboolean
webrtc_sender_on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  HablaWebrtcSender *self = user_data;
  int state = -1;

  if (gst_message_has_name (message, "habla/webrtc-state"))
    gst_structure_get_int (gst_message_get_structure (message), "state", &state);
  if (state == HABLA_WEBRTC_STATE_CONNECTED)
    webrtc_sender_connect (self);
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR ||
           state == HABLA_WEBRTC_STATE_DISCONNECTED || state == HABLA_WEBRTC_STATE_FAILED ||
           state == HABLA_WEBRTC_STATE_CLOSED)
    self->notify (TRUE, self->user_data);
  return G_SOURCE_CONTINUE;
}

HablaWebrtcSender *
habla_webrtc_sender_new (const HablaWebrtcSenderOptions *options)
{
  HablaWebrtcSender *self = g_object_new (HABLA_TYPE_WEBRTC_SENDER, NULL);

  self->address = g_strdup (options->address);
  self->connect_timeout = options->connect_timeout;
  self->silence_timeout = options->silence_timeout;
  self->notify = options->notify;
  self->user_data = options->user_data;
  habla_source_attach (&self->bus_watch, gst_bus_create_watch (self->bus),
      "[habla] HablaWebrtcSender bus", G_SOURCE_FUNC (webrtc_sender_on_message), self);
  habla_source_start_timer (&self->timer, self->connect_timeout,
      "[habla] HablaWebrtcSender connect", webrtc_sender_on_connect_timeout, self);
  return self;
}

void
habla_webrtc_sender_answer (
    HablaWebrtcSender *self, HablaSdpOffer *offer, GAsyncReadyCallback done, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, done, user_data);

  g_task_set_name (task, "[habla] HablaWebrtcSender answer");
  g_task_set_task_data (task, offer, (GDestroyNotify) habla_sdp_offer_free);
  habla_task_pool_run (&pool, task, webrtc_sender_run_answer);
}

char *
habla_webrtc_sender_answer_finish (HablaWebrtcSender *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
habla_webrtc_sender_close (HablaWebrtcSender *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, NULL, NULL);

  habla_source_clear (&self->bus_watch);
  habla_source_clear (&self->timer);
  g_mutex_lock (&self->lock);
  gst_clear_object (&self->packets);
  g_mutex_unlock (&self->lock);
  g_task_set_name (task, "[habla] HablaWebrtcSender close");
  habla_task_pool_run (&pool, task, webrtc_sender_run_close);
  g_object_unref (self);
}

static void
habla_webrtc_sender_finalize (GObject *object)
{
  HablaWebrtcSender *self = HABLA_WEBRTC_SENDER (object);

  gst_object_unref (self->bus);
  g_mutex_clear (&self->work);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->gather_lock);
  g_cond_clear (&self->gathered);
  g_free (self->address);
  G_OBJECT_CLASS (habla_webrtc_sender_parent_class)->finalize (object);
}

static void
habla_webrtc_sender_class_init (HablaWebrtcSenderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = habla_webrtc_sender_finalize;
}

static void
habla_webrtc_sender_init (HablaWebrtcSender *self)
{
  self->bus = gst_bus_new ();
  self->ssrc = g_random_int ();
  g_mutex_init (&self->work);
  g_mutex_init (&self->lock);
  g_mutex_init (&self->gather_lock);
  g_cond_init (&self->gathered);
}
