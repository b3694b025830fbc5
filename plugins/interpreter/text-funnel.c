/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text-funnel.h"

#include <habla/text-reader.h>
#include <habla/utterance-meta.h>

/* A sink pad. Used by its streaming thread only, except @is_over. */
typedef struct {
  GstPad *pad; /* (unowned) (nullable) */
  GstSegment segment;
  HablaTextReader reader;
  gboolean is_over; /* protected by stream lock of the source pad; EOS has arrived */
} Input;

struct _HablaTextFunnel {
  GstElement parent;
  GstPad *srcpad;
  Input speech;
  Input text;

  GstSegment segment;    /* protected by stream lock of the source pad */
  guint64 last_id;       /* protected by stream lock of the source pad */
  GstClockTime position; /* protected by stream lock of the source pad; running time */
  gboolean begun;        /* protected by stream lock of the source pad */
};

G_DEFINE_FINAL_TYPE (HablaTextFunnel, habla_text_funnel, GST_TYPE_ELEMENT)

static GstStaticPadTemplate speech_template = GST_STATIC_PAD_TEMPLATE (
    "speech", GST_PAD_SINK, GST_PAD_SOMETIMES, GST_STATIC_CAPS (HABLA_TEXT_READER_CAPS));
static GstStaticPadTemplate text_template = GST_STATIC_PAD_TEMPLATE (
    "text", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (HABLA_TEXT_READER_CAPS));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (HABLA_TEXT_CAPS));

/* Called with stream lock of the source pad held. Pushes the first events. */
static void
text_funnel_begin (HablaTextFunnel *self)
{
  g_autofree char *id = NULL;
  g_autoptr (GstCaps) caps = NULL;

  if (self->begun)
    return;
  self->begun = TRUE;
  id = g_uuid_string_random ();
  caps = gst_static_pad_template_get_caps (&src_template);
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  gst_pad_push_event (self->srcpad, gst_event_new_stream_start (id));
  gst_pad_push_event (self->srcpad, gst_event_new_caps (caps));
  gst_pad_push_event (self->srcpad, gst_event_new_segment (&self->segment));
}

static GstFlowReturn
habla_text_funnel_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  HablaTextFunnel *self = HABLA_TEXT_FUNNEL (parent);
  Input *input = gst_pad_get_element_private (pad);
  g_autoptr (HablaUtterance) utterance = NULL;
  GstFlowReturn flow;

  utterance = habla_text_reader_read (&input->reader, buffer, &input->segment);
  gst_buffer_unref (buffer);

  GST_PAD_STREAM_LOCK (self->srcpad);
  text_funnel_begin (self);
  utterance->id = ++self->last_id;
  if (!GST_CLOCK_TIME_IS_VALID (utterance->begin))
    utterance->begin = utterance->end = self->position;
  self->position = MAX (self->position, utterance->end);
  flow = gst_pad_push (self->srcpad, habla_utterance_to_buffer (utterance, &self->segment));
  GST_PAD_STREAM_UNLOCK (self->srcpad);
  return flow;
}

static gboolean
text_funnel_handle_partial (HablaTextFunnel *self, GstEvent *event)
{
  g_autoptr (HablaUtterance) utterance = habla_utterance_from_event (event);
  gboolean pushed;

  gst_event_unref (event);
  GST_PAD_STREAM_LOCK (self->srcpad);
  text_funnel_begin (self);
  utterance->id = self->last_id + 1;
  pushed = gst_pad_push_event (self->srcpad, habla_utterance_to_event (utterance));
  GST_PAD_STREAM_UNLOCK (self->srcpad);
  return pushed;
}

static gboolean
text_funnel_handle_gap (HablaTextFunnel *self, const Input *input, GstEvent *event)
{
  GstClockTime begin_time, duration, end_time;
  gboolean pushed = TRUE;

  gst_event_parse_gap (event, &begin_time, &duration);
  gst_event_unref (event);
  end_time = begin_time + (GST_CLOCK_TIME_IS_VALID (duration) ? duration : 0);
  begin_time = gst_segment_to_running_time (&input->segment, GST_FORMAT_TIME, begin_time);
  end_time = gst_segment_to_running_time (&input->segment, GST_FORMAT_TIME, end_time);
  if (!GST_CLOCK_TIME_IS_VALID (begin_time) || !GST_CLOCK_TIME_IS_VALID (end_time))
    return TRUE;
  GST_PAD_STREAM_LOCK (self->srcpad);
  text_funnel_begin (self);
  self->position = MAX (self->position, end_time);
  pushed = gst_pad_push_event (self->srcpad, gst_event_new_gap (begin_time, end_time - begin_time));
  GST_PAD_STREAM_UNLOCK (self->srcpad);
  return pushed;
}

/* The stream ends when both inputs have ended. */
static gboolean
text_funnel_handle_eos (HablaTextFunnel *self, Input *input, GstEvent *event)
{
  gboolean taken = TRUE;

  GST_PAD_STREAM_LOCK (self->srcpad);
  input->is_over = TRUE;
  if (self->text.is_over && (self->speech.pad == NULL || self->speech.is_over)) {
    text_funnel_begin (self);
    taken = gst_pad_push_event (self->srcpad, event);
  } else {
    gst_event_unref (event);
  }
  GST_PAD_STREAM_UNLOCK (self->srcpad);
  return taken;
}

static gboolean
text_funnel_set_caps (Input *input, GstEvent *event)
{
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  habla_text_reader_set_caps (&input->reader, caps);
  gst_event_unref (event);
  return TRUE;
}

/* Text straight from a file or pipe has a segment in bytes, and no times. */
static gboolean
text_funnel_handle_segment (Input *input, GstEvent *event)
{
  gst_event_copy_segment (event, &input->segment);
  if (input->segment.format != GST_FORMAT_TIME)
    gst_segment_init (&input->segment, GST_FORMAT_TIME);
  gst_event_unref (event);
  return TRUE;
}

/* Forwards other events and flushes of the speech input; those of typed text are dropped. */
static gboolean
text_funnel_forward (HablaTextFunnel *self, const Input *input, GstEvent *event)
{
  gboolean pushed;

  if (input != &self->speech) {
    gst_event_unref (event);
    return TRUE;
  }
  if (!GST_EVENT_IS_SERIALIZED (event))
    return gst_pad_push_event (self->srcpad, event);
  GST_PAD_STREAM_LOCK (self->srcpad);
  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    self->begun = FALSE;
  else
    text_funnel_begin (self);
  pushed = gst_pad_push_event (self->srcpad, event);
  GST_PAD_STREAM_UNLOCK (self->srcpad);
  return pushed;
}

static gboolean
habla_text_funnel_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  HablaTextFunnel *self = HABLA_TEXT_FUNNEL (parent);
  Input *input = gst_pad_get_element_private (pad);

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_STREAM_START:
    gst_event_unref (event);
    return TRUE;
  case GST_EVENT_CAPS:
    return text_funnel_set_caps (input, event);
  case GST_EVENT_SEGMENT:
    return text_funnel_handle_segment (input, event);
  case GST_EVENT_GAP:
    return text_funnel_handle_gap (self, input, event);
  case GST_EVENT_EOS:
    return text_funnel_handle_eos (self, input, event);
  default:
    return habla_utterance_is_event (event) ? text_funnel_handle_partial (self, event)
                                            : text_funnel_forward (self, input, event);
  }
}

static gboolean
habla_text_funnel_sink_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  /* Downstream's proposal applies to buffers of this element, not to those of upstream. */
  if (GST_QUERY_TYPE (query) == GST_QUERY_ALLOCATION)
    return FALSE;
  return gst_pad_query_default (pad, parent, query);
}

static void
text_funnel_reset_input (Input *input)
{
  gst_segment_init (&input->segment, GST_FORMAT_TIME);
  input->reader = (HablaTextReader){ 0 };
  input->is_over = FALSE;
}

static GstStateChangeReturn
habla_text_funnel_change_state (GstElement *element, GstStateChange transition)
{
  HablaTextFunnel *self = HABLA_TEXT_FUNNEL (element);

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    text_funnel_reset_input (&self->speech);
    text_funnel_reset_input (&self->text);
    self->last_id = 0;
    self->position = 0;
    self->begun = FALSE;
  }
  return GST_ELEMENT_CLASS (habla_text_funnel_parent_class)->change_state (element, transition);
}

static void
habla_text_funnel_class_init (HablaTextFunnelClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  element_class->change_state = habla_text_funnel_change_state;
  gst_element_class_add_static_pad_template (element_class, &speech_template);
  gst_element_class_add_static_pad_template (element_class, &text_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Text funnel", "Generic",
      "Merges recognised speech and typed text into one transcript",
      "Habla developers <habla@habla.example>");
}

static void
text_funnel_add_sink (HablaTextFunnel *self, Input *input, GstStaticPadTemplate *template)
{
  input->pad = gst_pad_new_from_static_template (template, template->name_template);
  gst_pad_set_element_private (input->pad, input);
  gst_pad_set_chain_function (input->pad, habla_text_funnel_chain);
  gst_pad_set_event_function (input->pad, habla_text_funnel_sink_event);
  gst_pad_set_query_function (input->pad, habla_text_funnel_sink_query);
  GST_PAD_SET_ACCEPT_TEMPLATE (input->pad);
  gst_element_add_pad (GST_ELEMENT (self), input->pad);
}

static void
habla_text_funnel_init (HablaTextFunnel *self)
{
  text_funnel_add_sink (self, &self->text, &text_template);
  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_use_fixed_caps (self->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
}

GstElement *
text_funnel_new (gboolean has_speech)
{
  HablaTextFunnel *self = g_object_new (HABLA_TYPE_TEXT_FUNNEL, NULL);

  if (has_speech)
    text_funnel_add_sink (self, &self->speech, &speech_template);
  return gst_object_ref_sink (self);
}
