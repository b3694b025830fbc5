/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/queue/text-element.h"

GST_DEBUG_CATEGORY_STATIC (text_element_debug);
#define GST_CAT_DEFAULT text_element_debug

enum { PROP_0, PROP_LATENCY };

#define DEFAULT_LATENCY 100

typedef struct {
  GstPad *sinkpad;
  GstPad *srcpad;
  const HablaTextElementFuncs *funcs;
  HablaFlowQueue *queue; /* (unowned); has its own lock */

  guint latency;                 /* protected by object lock; milliseconds */
  GstClockTime pipeline_latency; /* protected by object lock; of the last LATENCY event */
} HablaTextElementPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (HablaTextElement, habla_text_element, GST_TYPE_ELEMENT,
    G_ADD_PRIVATE (HablaTextElement) GST_DEBUG_CATEGORY_INIT (
        text_element_debug, "hablatextelement", 0, "Habla text element base class"))
G_STATIC_ASSERT (sizeof (HablaTextElement) == sizeof (GstElement));
G_STATIC_ASSERT (sizeof (HablaTextElementClass) == sizeof (GstElementClass));

#define PRIVATE(self) ((HablaTextElementPrivate *) habla_text_element_get_instance_private (self))

static gboolean
text_element_is_fatal (GstFlowReturn flow)
{
  return flow == GST_FLOW_NOT_LINKED || flow < GST_FLOW_EOS;
}

/* The source pad's task. */
static void
text_element_loop (gpointer data)
{
  HablaTextElement *self = data;
  HablaTextElementPrivate *priv = PRIVATE (self);
  HablaFlowItem *item = habla_flow_queue_pop (priv->queue);
  GstFlowReturn flow;

  if (item == NULL) {
    gst_pad_pause_task (priv->srcpad);
    return;
  }

  flow = priv->funcs->handle_item (self, item);
  habla_flow_queue_free_item (priv->queue, item);
  if (flow == GST_FLOW_OK)
    return;

  GST_DEBUG_OBJECT (self, "downstream returned %s", gst_flow_get_name (flow));
  if (habla_flow_queue_fail (priv->queue, flow) && text_element_is_fatal (flow)) {
    GST_ELEMENT_FLOW_ERROR (self, flow);
    gst_pad_push_event (priv->srcpad, gst_event_new_eos ());
  }
}

/* Makes the task stop waiting and processing. Any thread. */
static void
text_element_interrupt (HablaTextElement *self)
{
  HablaTextElementPrivate *priv = PRIVATE (self);

  habla_flow_queue_set_flushing (priv->queue, TRUE);
  if (priv->funcs->interrupt != NULL)
    priv->funcs->interrupt (self);
}

static GstFlowReturn
text_element_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  HablaTextElement *self = HABLA_TEXT_ELEMENT (parent);

  return PRIVATE (self)->funcs->chain (self, buffer);
}

gboolean
habla_text_element_push_event (HablaTextElement *self, GstEvent *event)
{
  gboolean is_eos = GST_EVENT_TYPE (event) == GST_EVENT_EOS;
  GstFlowReturn flow = habla_flow_queue_push_event (PRIVATE (self)->queue, event);

  if (is_eos && text_element_is_fatal (flow))
    GST_ELEMENT_FLOW_ERROR (self, flow);
  return flow == GST_FLOW_OK;
}

static gboolean
text_element_flush_start (HablaTextElement *self, GstEvent *event)
{
  HablaTextElementPrivate *priv = PRIVATE (self);
  gboolean pushed = gst_pad_push_event (priv->srcpad, event);

  text_element_interrupt (self);
  gst_pad_pause_task (priv->srcpad);
  return pushed;
}

static gboolean
text_element_flush_stop (HablaTextElement *self, GstEvent *event)
{
  HablaTextElementPrivate *priv = PRIVATE (self);
  gboolean pushed = gst_pad_push_event (priv->srcpad, event);

  priv->funcs->reset (self);
  habla_flow_queue_set_flushing (priv->queue, FALSE);
  gst_pad_start_task (priv->srcpad, text_element_loop, self, NULL);
  return pushed;
}

static gboolean
text_element_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  HablaTextElement *self = HABLA_TEXT_ELEMENT (parent);
  HablaTextElementPrivate *priv = PRIVATE (self);

  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_START)
    return text_element_flush_start (self, event);
  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    return text_element_flush_stop (self, event);
  if (!GST_EVENT_IS_SERIALIZED (event))
    return gst_pad_push_event (priv->srcpad, event);
  return priv->funcs->handle_event (self, event);
}

static gboolean
text_element_sink_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  HablaTextElementPrivate *priv = PRIVATE (HABLA_TEXT_ELEMENT (parent));

  /* Downstream's proposal applies to buffers of this element, not to those of upstream. */
  if (GST_QUERY_TYPE (query) == GST_QUERY_ALLOCATION)
    return FALSE;
  if (GST_QUERY_IS_SERIALIZED (query) && habla_flow_queue_drain (priv->queue) != GST_FLOW_OK)
    return FALSE;
  return gst_pad_query_default (pad, parent, query);
}

static gboolean
text_element_src_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  HablaTextElementPrivate *priv = PRIVATE (HABLA_TEXT_ELEMENT (parent));

  if (GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE) {
    habla_flow_queue_recover (priv->queue, GST_FLOW_NOT_LINKED);
  } else if (GST_EVENT_TYPE (event) == GST_EVENT_LATENCY) {
    GST_OBJECT_LOCK (parent);
    gst_event_parse_latency (event, &priv->pipeline_latency);
    GST_OBJECT_UNLOCK (parent);
  }
  return gst_pad_event_default (pad, parent, event);
}

static gboolean
text_element_src_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  HablaTextElement *self = HABLA_TEXT_ELEMENT (parent);
  GstClockTime min, max, latency;
  gboolean live;

  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return gst_pad_query_default (pad, parent, query);
  if (!gst_pad_peer_query (PRIVATE (self)->sinkpad, query))
    return FALSE;

  GST_OBJECT_LOCK (self);
  latency = PRIVATE (self)->latency * GST_MSECOND;
  GST_OBJECT_UNLOCK (self);
  gst_query_parse_latency (query, &live, &min, &max);
  gst_query_set_latency (
      query, live, min + latency, GST_CLOCK_TIME_IS_VALID (max) ? max + latency : max);
  return TRUE;
}

static gboolean
text_element_sink_activate_mode (GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active)
{
  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;
  if (!active)
    text_element_interrupt (HABLA_TEXT_ELEMENT (parent));
  return TRUE;
}

static gboolean
text_element_src_activate_mode (GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active)
{
  HablaTextElement *self = HABLA_TEXT_ELEMENT (parent);

  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;
  if (!active) {
    text_element_interrupt (self);
    return gst_pad_stop_task (pad);
  }
  habla_flow_queue_set_flushing (PRIVATE (self)->queue, FALSE);
  return gst_pad_start_task (pad, text_element_loop, self, NULL);
}

/* From PAUSED to READY, and after a start that failed. */
static void
text_element_stop (HablaTextElement *self)
{
  HablaTextElementPrivate *priv = PRIVATE (self);

  /* A FLUSH_STOP that was handled while the pads became inactive may have started the task
   * again. */
  text_element_interrupt (self);
  gst_pad_stop_task (priv->srcpad);
  habla_flow_queue_abort (priv->queue);
  priv->funcs->stop (self);
}

static GstStateChangeReturn
text_element_change_state (GstElement *element, GstStateChange transition)
{
  HablaTextElement *self = HABLA_TEXT_ELEMENT (element);
  HablaTextElementPrivate *priv = PRIVATE (self);
  g_autoptr (GError) error = NULL;
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    GST_OBJECT_LOCK (self);
    priv->pipeline_latency = 0;
    GST_OBJECT_UNLOCK (self);
    if (!priv->funcs->start (self, &error)) {
      text_element_stop (self);
      gst_element_message_full (element, GST_MESSAGE_ERROR, error->domain, error->code,
          g_strdup (error->message), NULL, __FILE__, GST_FUNCTION, __LINE__);
      return GST_STATE_CHANGE_FAILURE;
    }
  }

  result = GST_ELEMENT_CLASS (habla_text_element_parent_class)->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY ||
      (transition == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE))
    text_element_stop (self);
  return result;
}

GstPad *
habla_text_element_get_src_pad (HablaTextElement *self)
{
  return PRIVATE (self)->srcpad;
}

GstClockTime
habla_text_element_get_earliest (HablaTextElement *self)
{
  HablaTextElementPrivate *priv = PRIVATE (self);
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  GstClockTime now, latency;
  gboolean live = FALSE;

  if (gst_pad_peer_query (priv->sinkpad, query))
    gst_query_parse_latency (query, &live, NULL, NULL);
  now = live ? gst_element_get_current_running_time (GST_ELEMENT (self)) : GST_CLOCK_TIME_NONE;
  GST_OBJECT_LOCK (self);
  latency = priv->pipeline_latency;
  GST_OBJECT_UNLOCK (self);
  return GST_CLOCK_TIME_IS_VALID (now) && now > latency ? now - latency : 0;
}

void
habla_text_element_warn (HablaTextElement *self, guint64 utterance_id, const GError *error)
{
  gst_element_message_full_with_details (GST_ELEMENT (self), GST_MESSAGE_WARNING, error->domain,
      error->code, g_strdup (error->message), NULL, __FILE__, GST_FUNCTION, __LINE__,
      gst_structure_new ("details", "utterance-id", G_TYPE_UINT64, utterance_id, "reason",
          G_TYPE_STRING, error->message, NULL));
}

static void
text_element_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaTextElementPrivate *priv = PRIVATE (HABLA_TEXT_ELEMENT (object));
  gboolean changed;

  GST_OBJECT_LOCK (object);
  changed = priv->latency != g_value_get_uint (value);
  priv->latency = g_value_get_uint (value);
  GST_OBJECT_UNLOCK (object);
  if (changed)
    gst_element_post_message (GST_ELEMENT (object), gst_message_new_latency (GST_OBJECT (object)));
}

static void
text_element_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GST_OBJECT_LOCK (object);
  g_value_set_uint (value, PRIVATE (HABLA_TEXT_ELEMENT (object))->latency);
  GST_OBJECT_UNLOCK (object);
}

static void
habla_text_element_class_init (HablaTextElementClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = text_element_set_property;
  object_class->get_property = text_element_get_property;
  GST_ELEMENT_CLASS (klass)->change_state = text_element_change_state;

  g_object_class_install_property (object_class, PROP_LATENCY,
      g_param_spec_uint ("latency", "Latency",
          "Time from the arrival of an utterance until its output may begin, in milliseconds; "
          "added "
          "to the response to LATENCY queries of a live pipeline",
          0, G_MAXINT, DEFAULT_LATENCY,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
}

static void
habla_text_element_init (HablaTextElement *self)
{
  PRIVATE (self)->latency = DEFAULT_LATENCY;
}

void
habla_text_element_construct (HablaTextElement *self, const HablaTextElementFuncs *funcs,
    HablaFlowQueue *queue, GstStaticPadTemplate *sink, GstStaticPadTemplate *src)
{
  HablaTextElementPrivate *priv = PRIVATE (self);

  priv->funcs = funcs;
  priv->queue = queue;

  priv->sinkpad = gst_pad_new_from_static_template (sink, "sink");
  gst_pad_set_chain_function (priv->sinkpad, text_element_chain);
  gst_pad_set_event_function (priv->sinkpad, text_element_sink_event);
  gst_pad_set_query_function (priv->sinkpad, text_element_sink_query);
  gst_pad_set_activatemode_function (priv->sinkpad, text_element_sink_activate_mode);
  gst_element_add_pad (GST_ELEMENT (self), priv->sinkpad);

  priv->srcpad = gst_pad_new_from_static_template (src, "src");
  gst_pad_set_event_function (priv->srcpad, text_element_src_event);
  gst_pad_set_query_function (priv->srcpad, text_element_src_query);
  gst_pad_set_activatemode_function (priv->srcpad, text_element_src_activate_mode);
  gst_pad_use_fixed_caps (priv->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), priv->srcpad);
}
