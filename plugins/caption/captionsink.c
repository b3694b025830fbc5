/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-captionsink
 * @title: captionsink
 *
 * Posts captions to the application: each final utterance (a text buffer of Habla or any
 * other element) and each partial hypothesis (an event `habla/partial`) becomes an element
 * message `habla/caption`.
 *
 *     gst-launch-1.0 -m filesrc location=lesson.srt ! subparse ! captionsink
 *
 * Fields of the message, which habla_utterance_to_structure() sets:
 *
 * - `id` (guint64): the same from the first partial hypothesis to the final
 *   translation, from 1; buffers of other elements are numbered
 * - `begin`, `end` (guint64): begin and end of the speech, running time in nanoseconds;
 *   %GST_CLOCK_TIME_NONE = unknown
 * - `text` (string): plain text in valid UTF-8
 * - `confidence` (double): from 0.0 to 1.0; -1.0 = unknown
 * - `final` (boolean): %FALSE for a partial hypothesis, which the next message with the
 *   same `id` replaces
 * - `untranslated` (boolean): whether a translator failed, so that `text` is in the language
 *   of the speech
 * - `language`, `source-text`, `source-language`, `speaker` (string): if known;
 *   languages in BCP 47
 *
 * Captions are posted when they arrive. With `sync=true` each caption, also a partial one,
 * waits for the running time at which its speech begins; a partial one never delays its
 * final. The sink does not take part in preroll (`async` is %FALSE), so that the pipeline
 * starts without waiting for speech.
 *
 * To limit memory when the application does not read its bus, the sink counts its messages
 * that exist: from #MAX_UNREAD_PARTIAL on it posts no partial captions, and from
 * #MAX_UNREAD on none, with one WARNING.
 */
#include "captionsink.h"

#include <habla/text-reader.h>
#include <habla/utterance-meta.h>

GST_DEBUG_CATEGORY_STATIC (habla_caption_sink_debug);
#define GST_CAT_DEFAULT habla_caption_sink_debug

/* About a minute of partial hypotheses, and a school day of final captions; 1 kB each. */
#define MAX_UNREAD_PARTIAL 256
#define MAX_UNREAD 8192

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (HABLA_TEXT_READER_CAPS));

struct _HablaCaptionSink {
  GstBaseSink parent;

  /* Used by the streaming thread and start() only. */
  HablaTextReader reader;
  gboolean warned;

  int *n_unread; /* atomic; number of messages that exist. Each has a reference to it */
};

G_DEFINE_TYPE_WITH_CODE (HablaCaptionSink, habla_caption_sink, GST_TYPE_BASE_SINK,
    GST_DEBUG_CATEGORY_INIT (habla_caption_sink_debug, "captionsink", 0, "Caption sink"))
GST_ELEMENT_REGISTER_DEFINE (captionsink, "captionsink", GST_RANK_NONE, HABLA_TYPE_CAPTION_SINK)

/* Any thread, also after the sink was freed. */
static void
caption_sink_on_message_freed (gpointer n_unread, GstMiniObject *message)
{
  g_atomic_int_dec_and_test ((int *) n_unread);
  g_atomic_rc_box_release (n_unread);
}

static void
caption_sink_post_caption (HablaCaptionSink *self, const HablaUtterance *utterance)
{
  int n_unread = g_atomic_int_get (self->n_unread);
  GstMessage *message;

  if (n_unread >= MAX_UNREAD && !self->warned) {
    self->warned = TRUE;
    GST_ELEMENT_WARNING (self, RESOURCE, NO_SPACE_LEFT,
        ("%d captions have not been read; further ones are dropped", n_unread),
        ("The application must read the bus of the pipeline, or use another sink"));
  }
  if (n_unread >= (utterance->is_final ? MAX_UNREAD : MAX_UNREAD_PARTIAL)) {
    GST_LOG_OBJECT (self, "dropped: %d captions have not been read", n_unread);
    return;
  }
  message = gst_message_new_element (
      GST_OBJECT (self), habla_utterance_to_structure (utterance, HABLA_CAPTION_MESSAGE));
  g_atomic_int_inc (self->n_unread);
  gst_mini_object_weak_ref (GST_MINI_OBJECT (message), caption_sink_on_message_freed,
      g_atomic_rc_box_acquire (self->n_unread));
  gst_element_post_message (GST_ELEMENT (self), message);
}

static GstFlowReturn
habla_caption_sink_render (GstBaseSink *sink, GstBuffer *buffer)
{
  HablaCaptionSink *self = HABLA_CAPTION_SINK (sink);
  g_autoptr (HablaUtterance) utterance = NULL;
  GstSegment segment;

  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_GAP) && gst_buffer_get_size (buffer) == 0)
    return GST_FLOW_OK;
  /* Text straight from a file has no TIME segment and no times. */
  if (sink->segment.format == GST_FORMAT_TIME)
    segment = sink->segment;
  else
    gst_segment_init (&segment, GST_FORMAT_TIME);
  utterance = habla_text_reader_read (&self->reader, buffer, &segment);
  caption_sink_post_caption (self, utterance);
  return GST_FLOW_OK;
}

/* Waits, in PLAYING, for the running time at which @utterance begins. Called with the preroll
 * lock held, like event(). */
static GstFlowReturn
caption_sink_wait_for_begin (
    HablaCaptionSink *self, const HablaUtterance *utterance, GstEvent *event)
{
  GstBaseSink *sink = GST_BASE_SINK (self);
  GstFlowReturn ret;

  ret = gst_base_sink_do_preroll (sink, GST_MINI_OBJECT (event));
  if (ret == GST_FLOW_OK && GST_CLOCK_TIME_IS_VALID (utterance->begin))
    ret = gst_base_sink_wait (sink, utterance->begin, NULL);
  return ret;
}

static gboolean
habla_caption_sink_event (GstBaseSink *sink, GstEvent *event)
{
  HablaCaptionSink *self = HABLA_CAPTION_SINK (sink);

  if (habla_utterance_is_event (event)) {
    g_autoptr (HablaUtterance) utterance = habla_utterance_from_event (event);

    utterance->is_final = FALSE;
    if (!gst_base_sink_get_sync (sink) ||
        caption_sink_wait_for_begin (self, utterance, event) == GST_FLOW_OK)
      caption_sink_post_caption (self, utterance);
  }
  return GST_BASE_SINK_CLASS (habla_caption_sink_parent_class)->event (sink, event);
}

static gboolean
habla_caption_sink_set_caps (GstBaseSink *sink, GstCaps *caps)
{
  habla_text_reader_set_caps (&HABLA_CAPTION_SINK (sink)->reader, caps);
  return TRUE;
}

static gboolean
habla_caption_sink_start (GstBaseSink *sink)
{
  HablaCaptionSink *self = HABLA_CAPTION_SINK (sink);

  self->reader = (HablaTextReader){ 0 };
  self->warned = FALSE;
  return TRUE;
}

static void
habla_caption_sink_finalize (GObject *object)
{
  g_atomic_rc_box_release (HABLA_CAPTION_SINK (object)->n_unread);
  G_OBJECT_CLASS (habla_caption_sink_parent_class)->finalize (object);
}

static void
habla_caption_sink_class_init (HablaCaptionSinkClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *sink_class = GST_BASE_SINK_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = habla_caption_sink_finalize;
  sink_class->start = habla_caption_sink_start;
  sink_class->set_caps = habla_caption_sink_set_caps;
  sink_class->event = habla_caption_sink_event;
  sink_class->render = habla_caption_sink_render;

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (element_class, "Caption sink", "Sink/Subtitle",
      "Posts captions, final and partial, as messages habla/caption. Example: "
      "gst-launch-1.0 -m filesrc location=lesson.srt ! subparse ! captionsink",
      "Habla developers <habla@habla.example>");
}

static void
habla_caption_sink_init (HablaCaptionSink *self)
{
  GstBaseSink *sink = GST_BASE_SINK (self);

  self->n_unread = g_atomic_rc_box_new0 (int);
  gst_base_sink_set_sync (sink, FALSE);
  gst_base_sink_set_async_enabled (sink, FALSE);
  gst_base_sink_set_last_sample_enabled (sink, FALSE);
}
