/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * HablaSynthesizer:
 *
 * Base class of elements that speak text. Takes `text/x-raw` (plain or with Pango's
 * markup, of which only the text is kept) or `text/plain`, one utterance a buffer, and
 * gives 22.05 kHz mono audio in buffers of 40 ms. Partial hypotheses end here: what is
 * spoken cannot be taken back.
 *
 * The slot of an utterance is the time in which it was said, by PTS and duration, moved by
 * #HablaSynthesizer:lateness. Its speech begins with the slot, but not before:
 *
 * - in a live pipeline, the time at which it can still be heard: now less the pipeline's
 *   latency;
 * - unless `overflow` is `overlap`, the end of the speech before it.
 *
 * An utterance without times begins when the one before has ended. Then `overflow`:
 * `clip` cuts speech that is longer than its slot (one without a duration is not cut);
 * `compress` speaks faster while speech begins long after its slot has ended, which is its
 * lag: as usual up to half of #HablaSynthesizer:max-lag, twice as fast at #HablaSynthesizer:max-lag
 * and above, and in proportion between; nothing is left out.
 *
 * With `overlap`, the timestamps of an utterance may lie before the end of the last, which
 * has gone downstream already: its first buffer is marked as a discontinuity there.
 *
 * GAP events stand for all time without speech, so that nothing downstream waits for it.
 * Speech may last past the end of a segment; so what leaves has none, and one segment goes
 * on while segments follow each other without a flush.
 *
 * Each utterance is spoken in its own language where that is known, so that one which a
 * translator had to leave as it was is not read by a voice that cannot;
 * #HablaSynthesizer:language-code is for the rest and its varieties.
 *
 * Two utterances wait while one is spoken; then the element upstream waits. An utterance
 * whose synthesis fails is left out, and an element warning tells why; its details are
 * `utterance-id` (guint64) and `reason` (string). After five failures in a row the engine
 * is left alone for one second, then for two, and so on up to a minute, until one
 * utterance that tries it is spoken.
 */
#include "habla/synthesizer.h"

#include "habla/error.h"
#include "habla/language.h"
#include "habla/plain-text.h"
#include "habla/speech-scheduler.h"
#include "habla/speech-queue.h"
#include "habla/synthesis-stats.h"
#include "habla/utterance-meta.h"

#include <gst/audio/audio.h>

GST_DEBUG_CATEGORY_STATIC (synthesizer_debug);
#define GST_CAT_DEFAULT synthesizer_debug

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (HABLA_PLAIN_TEXT_CAPS));

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
        GST_STATIC_CAPS ("audio/x-raw, format = (string) " GST_AUDIO_NE (
            S16) ", rate = (int) 22050, channels = (int) 1, layout = (string) interleaved"));

enum {
  PROP_0,
  PROP_LANGUAGE_CODE,
  PROP_OVERFLOW,
  PROP_MAX_LAG,
  PROP_LATENCY,
  PROP_LATENESS,
  PROP_STATS,
  PROP_AVAILABLE_LANGUAGES,
};

#define DEFAULT_LANGUAGE_CODE "es"
#define DEFAULT_OVERFLOW HABLA_SYNTHESIZER_OVERFLOW_SHIFT
#define DEFAULT_MAX_LAG 5000
#define DEFAULT_LATENCY 100
#define DEFAULT_LATENESS 0

/* So many utterances may wait while one is spoken. */
#define MAX_WAITING 2

typedef struct {
  GstPad *sinkpad;
  GstPad *srcpad;
  HablaSpeechQueue *queue;   /* has a lock of its own */
  HablaSynthesisStats stats; /* likewise */

  /* With the object lock. */
  char *language_code;
  HablaSpeechSettings settings;
  guint latency;
  GstClockTime pipeline_latency; /* by the LATENCY event */
  GCancellable *cancellable;     /* of what is being spoken, and until the next flush */

  /* Set from READY to PAUSED, before any streaming thread runs. */
  char *language;
  gboolean started;

  /* Of the task of the src pad; or it is paused and has been waited for. */
  HablaSpeechScheduler scheduler;
  HablaTextFormat format;
  guint64 last_id; /* for habla_utterance_from_buffer() */
} HablaSynthesizerPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (HablaSynthesizer, habla_synthesizer, GST_TYPE_ELEMENT,
    G_ADD_PRIVATE (HablaSynthesizer) GST_DEBUG_CATEGORY_INIT (
        synthesizer_debug, "hablasynthesizer", 0, "Habla synthesizer base class"))

#define PRIVATE(self) ((HablaSynthesizerPrivate *) habla_synthesizer_get_instance_private (self))

GType
habla_synthesizer_overflow_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { HABLA_SYNTHESIZER_OVERFLOW_SHIFT, "Begin when the speech before has ended", "shift" },
    { HABLA_SYNTHESIZER_OVERFLOW_CLIP, "Cut speech to the length of what was said", "clip" },
    { HABLA_SYNTHESIZER_OVERFLOW_OVERLAP, "Begin in time, over the end of the speech before",
        "overlap" },
    { HABLA_SYNTHESIZER_OVERFLOW_COMPRESS, "Speak faster while lagging behind", "compress" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("HablaSynthesizerOverflow", values));
  return type;
}

/* Returns: the running time before which nothing can be heard any more; 0 if the
 *   pipeline waits for what it plays */
static GstClockTime
get_earliest (HablaSynthesizer *self)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);
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

/**
 * habla_synthesizer_push:
 * @self: a synthesizer
 * @samples: speech, mono, of #HABLA_SYNTHESIZER_RATE
 * @n_samples: how many samples
 *
 * For backends, within @synthesize only: sends speech on its way. Waits while downstream
 * takes no more.
 *
 * Returns: whether to go on; otherwise @synthesize is to return %TRUE
 */
gboolean
habla_synthesizer_push (HablaSynthesizer *self, const gint16 *samples, gsize n_samples)
{
  HablaSynthesizerPrivate *priv;

  g_return_val_if_fail (HABLA_IS_SYNTHESIZER (self), FALSE);
  g_return_val_if_fail (samples != NULL || n_samples == 0, FALSE);

  priv = PRIVATE (self);
  if (n_samples > 0 && priv->scheduler.speech.n_samples == 0) {
    habla_synthesis_stats_begin (&priv->stats);
    habla_speech_scheduler_begin (&priv->scheduler, get_earliest (self));
  }
  return habla_speech_scheduler_push (&priv->scheduler, samples, n_samples);
}

static void
warn (HablaSynthesizer *self, const HablaUtterance *utterance, const GError *error)
{
  gst_element_message_full_with_details (GST_ELEMENT (self), GST_MESSAGE_WARNING, error->domain,
      error->code, g_strdup (error->message), NULL, __FILE__, GST_FUNCTION, __LINE__,
      gst_structure_new ("details", "utterance-id", G_TYPE_UINT64, utterance->id, "reason",
          G_TYPE_STRING, error->message, NULL));
}

static const char *
choose_language (HablaSynthesizerPrivate *priv, const HablaUtterance *utterance)
{
  g_autofree char *mine = habla_language_get_primary (priv->language);
  g_autofree char *its = NULL;

  if (utterance->language == NULL)
    return priv->language;
  its = habla_language_get_primary (utterance->language);
  return g_ascii_strcasecmp (mine, its) == 0 ? priv->language : utterance->language;
}

/* Asks the engine, unless it is left alone. */
static void
synthesize (HablaSynthesizer *self, const HablaUtterance *utterance)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (GError) error = NULL;
  const HablaSpeech *speech = &priv->scheduler.speech;
  gboolean spoken;

  if (!habla_synthesis_stats_allow (&priv->stats, speech->lag))
    return;

  GST_OBJECT_LOCK (self);
  cancellable = g_object_ref (priv->cancellable);
  GST_OBJECT_UNLOCK (self);
  spoken = HABLA_SYNTHESIZER_GET_CLASS (self)->synthesize (
      self, utterance->text, choose_language (priv, utterance), speech->speed, cancellable, &error);
  if (spoken && speech->flow == GST_FLOW_OK) {
    habla_synthesis_stats_succeed (&priv->stats, speech);
  } else if (spoken || g_cancellable_is_cancelled (cancellable)) {
    habla_synthesis_stats_cancel (&priv->stats);
  } else {
    if (error == NULL)
      g_set_error (&error, HABLA_ERROR, HABLA_ERROR_ENGINE,
          "The engine of %s gave neither speech nor a reason", GST_OBJECT_NAME (self));
    habla_synthesis_stats_fail (&priv->stats, &error);
    if (error != NULL)
      warn (self, utterance, error);
  }
}

static GstFlowReturn
handle_buffer (HablaSynthesizer *self, GstBuffer *buffer)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);
  HablaSpeechScheduler *scheduler = &priv->scheduler;
  g_autoptr (HablaUtterance) utterance = NULL;
  g_autofree char *text = NULL;
  GstClockTime begin, end;
  HablaSpeechSettings settings;

  GST_OBJECT_LOCK (self);
  settings = priv->settings;
  GST_OBJECT_UNLOCK (self);

  utterance = habla_utterance_from_buffer (buffer, &scheduler->input, &priv->last_id);
  text = utterance->text;
  utterance->text = habla_plain_text_get (text, priv->format);
  if (!habla_speech_scheduler_get_slot (scheduler, buffer, settings.lateness, &begin, &end) ||
      habla_plain_text_is_blank (utterance->text)) {
    habla_synthesis_stats_pass (&priv->stats);
    habla_speech_scheduler_advance (scheduler, begin);
    return GST_FLOW_OK;
  }

  habla_speech_scheduler_plan (scheduler, begin, end, get_earliest (self), &settings);
  GST_DEBUG_OBJECT (self, "at %" GST_TIME_FORMAT ", %.2f times as fast: %s",
      GST_TIME_ARGS (scheduler->speech.begin), scheduler->speech.speed, utterance->text);
  synthesize (self, utterance);
  habla_speech_scheduler_advance (scheduler, begin);
  return scheduler->speech.flow;
}

static void
set_caps (HablaSynthesizer *self, GstEvent *event)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  priv->format = habla_text_format_from_caps (caps);
  gst_event_unref (event);
  habla_speech_scheduler_send_caps (&priv->scheduler);
}

/* Text without caps is read as it is, from a file or pipe. */
static void
handle_segment (HablaSynthesizer *self, GstEvent *event)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);

  if (!priv->scheduler.caps_sent)
    priv->format = HABLA_TEXT_LINES;
  habla_speech_scheduler_send_caps (&priv->scheduler);
  habla_speech_scheduler_set_segment (&priv->scheduler, event);
}

static void
handle_gap (HablaSynthesizer *self, GstEvent *event)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);
  GstClockTime position, duration, lateness;

  gst_event_parse_gap (event, &position, &duration);
  gst_event_unref (event);
  if (GST_CLOCK_TIME_IS_VALID (duration))
    position += duration;
  GST_OBJECT_LOCK (self);
  lateness = priv->settings.lateness;
  GST_OBJECT_UNLOCK (self);
  position = gst_segment_to_running_time (&priv->scheduler.input, GST_FORMAT_TIME, position);
  if (GST_CLOCK_TIME_IS_VALID (position))
    habla_speech_scheduler_advance (&priv->scheduler, position + lateness);
}

/* What leaves is in the language of the voice, and coded by nobody yet. */
static void
handle_tags (HablaSynthesizer *self, GstEvent *event)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);
  guint32 seqnum = gst_event_get_seqnum (event);
  g_autofree char *language = habla_language_get_primary (priv->language);
  GstTagList *tags;

  gst_event_parse_tag (event, &tags);
  tags = gst_tag_list_copy (tags);
  gst_tag_list_remove_tag (tags, GST_TAG_LANGUAGE_NAME);
  gst_tag_list_remove_tag (tags, GST_TAG_SUBTITLE_CODEC);
  gst_tag_list_remove_tag (tags, GST_TAG_AUDIO_CODEC);
  if (gst_tag_list_get_tag_size (tags, GST_TAG_LANGUAGE_CODE) > 0)
    gst_tag_list_add (tags, GST_TAG_MERGE_REPLACE, GST_TAG_LANGUAGE_CODE, language, NULL);
  gst_event_unref (event);
  event = gst_event_new_tag (tags);
  gst_event_set_seqnum (event, seqnum);
  gst_pad_push_event (priv->srcpad, event);
}

static void
handle_event (HablaSynthesizer *self, GstEvent *event)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_CAPS:
    set_caps (self, event);
    break;
  case GST_EVENT_SEGMENT:
    handle_segment (self, event);
    break;
  case GST_EVENT_GAP:
    handle_gap (self, event);
    break;
  case GST_EVENT_TAG:
    handle_tags (self, event);
    break;
  case GST_EVENT_STREAM_START:
    priv->last_id = 0;
    gst_pad_push_event (priv->srcpad, event);
    break;
  default:
    gst_pad_push_event (priv->srcpad, event);
    break;
  }
}

/* The task of the src pad. */
static void
synthesizer_loop (gpointer data)
{
  HablaSynthesizer *self = data;
  HablaSynthesizerPrivate *priv = PRIVATE (self);
  GstMiniObject *item = habla_speech_queue_pop (priv->queue);
  GstFlowReturn flow = GST_FLOW_OK;

  if (item == NULL) {
    gst_pad_pause_task (priv->srcpad);
    return;
  }

  if (GST_IS_EVENT (item)) {
    handle_event (self, GST_EVENT (item));
  } else {
    flow = handle_buffer (self, GST_BUFFER (item));
    gst_mini_object_unref (item);
  }

  if (flow != GST_FLOW_OK) {
    GST_DEBUG_OBJECT (self, "downstream returned %s", gst_flow_get_name (flow));
    if (habla_speech_queue_fail (priv->queue, flow) &&
        (flow == GST_FLOW_NOT_LINKED || flow < GST_FLOW_EOS)) {
      GST_ELEMENT_FLOW_ERROR (self, flow);
      gst_pad_push_event (priv->srcpad, gst_event_new_eos ());
    }
  }
}

static GstFlowReturn
synthesizer_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  return habla_speech_queue_push_buffer (PRIVATE (HABLA_SYNTHESIZER (parent))->queue, buffer);
}

/* Begins anew, with nothing said. Nothing streams. */
static void
reset (HablaSynthesizer *self)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);

  habla_speech_scheduler_reset (&priv->scheduler);
  GST_OBJECT_LOCK (self);
  g_clear_object (&priv->cancellable);
  priv->cancellable = g_cancellable_new ();
  GST_OBJECT_UNLOCK (self);
}

/* Ends what is being spoken. */
static void
interrupt (HablaSynthesizer *self)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);
  g_autoptr (GCancellable) cancellable = NULL;

  habla_speech_queue_set_flushing (priv->queue, TRUE);
  GST_OBJECT_LOCK (self);
  g_set_object (&cancellable, priv->cancellable);
  GST_OBJECT_UNLOCK (self);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

static gboolean
flush_start (HablaSynthesizer *self, GstEvent *event)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);
  gboolean pushed = gst_pad_push_event (priv->srcpad, event);

  interrupt (self);
  gst_pad_pause_task (priv->srcpad);
  return pushed;
}

static gboolean
flush_stop (HablaSynthesizer *self, GstEvent *event)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);
  gboolean pushed = gst_pad_push_event (priv->srcpad, event);

  reset (self);
  habla_speech_queue_set_flushing (priv->queue, FALSE);
  gst_pad_start_task (priv->srcpad, synthesizer_loop, self, NULL);
  return pushed;
}

static gboolean
synthesizer_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  HablaSynthesizer *self = HABLA_SYNTHESIZER (parent);
  HablaSynthesizerPrivate *priv = PRIVATE (self);
  gboolean is_eos = GST_EVENT_TYPE (event) == GST_EVENT_EOS;
  GstFlowReturn flow;

  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_START)
    return flush_start (self, event);
  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    return flush_stop (self, event);
  if (!GST_EVENT_IS_SERIALIZED (event))
    return gst_pad_push_event (priv->srcpad, event);
  if (habla_utterance_is_event (event)) {
    gst_event_unref (event);
    return TRUE;
  }

  flow = habla_speech_queue_push_event (priv->queue, event);
  /* No more data will come to carry the error upstream. */
  if (is_eos && (flow == GST_FLOW_NOT_LINKED || flow < GST_FLOW_EOS))
    GST_ELEMENT_FLOW_ERROR (self, flow);
  return flow == GST_FLOW_OK;
}

static gboolean
synthesizer_sink_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  HablaSynthesizerPrivate *priv = PRIVATE (HABLA_SYNTHESIZER (parent));

  /* What downstream proposes is meant for our buffers, not for those of upstream. */
  if (GST_QUERY_TYPE (query) == GST_QUERY_ALLOCATION)
    return FALSE;
  if (GST_QUERY_IS_SERIALIZED (query) && habla_speech_queue_drain (priv->queue) != GST_FLOW_OK)
    return FALSE;
  return gst_pad_query_default (pad, parent, query);
}

static gboolean
synthesizer_src_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  HablaSynthesizerPrivate *priv = PRIVATE (HABLA_SYNTHESIZER (parent));

  if (GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE) {
    habla_speech_queue_recover (priv->queue, GST_FLOW_NOT_LINKED);
  } else if (GST_EVENT_TYPE (event) == GST_EVENT_LATENCY) {
    GST_OBJECT_LOCK (parent);
    gst_event_parse_latency (event, &priv->pipeline_latency);
    GST_OBJECT_UNLOCK (parent);
  }
  return gst_pad_event_default (pad, parent, event);
}

static gboolean
synthesizer_src_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  HablaSynthesizerPrivate *priv = PRIVATE (HABLA_SYNTHESIZER (parent));
  GstClockTime min, max, latency;
  gboolean live;

  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return gst_pad_query_default (pad, parent, query);
  if (!gst_pad_peer_query (priv->sinkpad, query))
    return FALSE;

  GST_OBJECT_LOCK (parent);
  latency = priv->latency * GST_MSECOND;
  GST_OBJECT_UNLOCK (parent);
  gst_query_parse_latency (query, &live, &min, &max);
  gst_query_set_latency (
      query, live, min + latency, GST_CLOCK_TIME_IS_VALID (max) ? max + latency : max);
  return TRUE;
}

static gboolean
synthesizer_sink_activate_mode (GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active)
{
  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;
  if (!active)
    interrupt (HABLA_SYNTHESIZER (parent));
  return TRUE;
}

static gboolean
synthesizer_src_activate_mode (GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active)
{
  HablaSynthesizer *self = HABLA_SYNTHESIZER (parent);

  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;
  if (!active) {
    interrupt (self);
    return gst_pad_stop_task (pad);
  }
  habla_speech_queue_set_flushing (PRIVATE (self)->queue, FALSE);
  return gst_pad_start_task (pad, synthesizer_loop, parent, NULL);
}

/* From READY to PAUSED. */
static gboolean
start (HablaSynthesizer *self, GError **error)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);
  HablaSynthesizerClass *klass = HABLA_SYNTHESIZER_GET_CLASS (self);

  GST_OBJECT_LOCK (self);
  priv->language = habla_language_normalize (priv->language_code, error);
  priv->pipeline_latency = 0;
  GST_OBJECT_UNLOCK (self);
  if (priv->language == NULL)
    return FALSE;
  if (klass->start != NULL && !klass->start (self, priv->language, error))
    return FALSE;
  priv->started = TRUE;
  habla_synthesis_stats_reset (&priv->stats);
  priv->format = HABLA_TEXT_UTF8;
  priv->scheduler.caps_sent = FALSE;
  priv->last_id = 0;
  reset (self);
  return TRUE;
}

/* From PAUSED to READY, and after a start that failed. */
static void
stop (HablaSynthesizer *self)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);
  HablaSynthesizerClass *klass = HABLA_SYNTHESIZER_GET_CLASS (self);

  /* A FLUSH_STOP on its way when the pads became inactive may have started it again. */
  interrupt (self);
  gst_pad_stop_task (priv->srcpad);
  habla_speech_queue_clear (priv->queue);
  if (priv->started && klass->stop != NULL)
    klass->stop (self);
  priv->started = FALSE;
  g_clear_pointer (&priv->language, g_free);
}

static GstStateChangeReturn
synthesizer_change_state (GstElement *element, GstStateChange transition)
{
  HablaSynthesizer *self = HABLA_SYNTHESIZER (element);
  g_autoptr (GError) error = NULL;
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self, &error)) {
    stop (self);
    gst_element_message_full (element, GST_MESSAGE_ERROR, error->domain, error->code,
        g_strdup (error->message), NULL, __FILE__, GST_FUNCTION, __LINE__);
    return GST_STATE_CHANGE_FAILURE;
  }

  result = GST_ELEMENT_CLASS (habla_synthesizer_parent_class)->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY ||
      (transition == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE))
    stop (self);
  return result;
}

static GStrv
list_languages (HablaSynthesizer *self)
{
  HablaSynthesizerClass *klass = HABLA_SYNTHESIZER_GET_CLASS (self);

  return klass->list_languages != NULL ? klass->list_languages (self) : g_new0 (char *, 1);
}

static void
synthesizer_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaSynthesizerPrivate *priv = PRIVATE (HABLA_SYNTHESIZER (object));
  gboolean new_latency = FALSE;

  GST_OBJECT_LOCK (object);
  switch (id) {
  case PROP_LANGUAGE_CODE:
    g_free (priv->language_code);
    priv->language_code = g_value_dup_string (value);
    break;
  case PROP_OVERFLOW:
    priv->settings.overflow = g_value_get_enum (value);
    break;
  case PROP_MAX_LAG:
    priv->settings.max_lag = g_value_get_uint (value) * GST_MSECOND;
    break;
  case PROP_LATENCY:
    new_latency = priv->latency != g_value_get_uint (value);
    priv->latency = g_value_get_uint (value);
    break;
  case PROP_LATENESS:
    priv->settings.lateness = g_value_get_uint (value) * GST_MSECOND;
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (object);

  if (new_latency)
    gst_element_post_message (GST_ELEMENT (object), gst_message_new_latency (GST_OBJECT (object)));
}

static void
synthesizer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaSynthesizer *self = HABLA_SYNTHESIZER (object);
  HablaSynthesizerPrivate *priv = PRIVATE (self);

  switch (id) {
  case PROP_STATS:
    g_value_take_boxed (value, habla_synthesis_stats_to_structure (
                                   &priv->stats, habla_speech_queue_get_n_buffers (priv->queue)));
    return;
  case PROP_AVAILABLE_LANGUAGES:
    g_value_take_boxed (value, list_languages (self));
    return;
  }

  GST_OBJECT_LOCK (object);
  switch (id) {
  case PROP_LANGUAGE_CODE:
    g_value_set_string (value, priv->language_code);
    break;
  case PROP_OVERFLOW:
    g_value_set_enum (value, priv->settings.overflow);
    break;
  case PROP_MAX_LAG:
    g_value_set_uint (value, priv->settings.max_lag / GST_MSECOND);
    break;
  case PROP_LATENCY:
    g_value_set_uint (value, priv->latency);
    break;
  case PROP_LATENESS:
    g_value_set_uint (value, priv->settings.lateness / GST_MSECOND);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (object);
}

static void
synthesizer_finalize (GObject *object)
{
  HablaSynthesizerPrivate *priv = PRIVATE (HABLA_SYNTHESIZER (object));

  habla_speech_queue_free (priv->queue);
  habla_speech_scheduler_clear (&priv->scheduler);
  habla_synthesis_stats_clear (&priv->stats);
  g_clear_object (&priv->cancellable);
  g_free (priv->language_code);

  G_OBJECT_CLASS (habla_synthesizer_parent_class)->finalize (object);
}

static void
habla_synthesizer_class_init (HablaSynthesizerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GParamFlags ready = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;
  GParamFlags playing = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  object_class->set_property = synthesizer_set_property;
  object_class->get_property = synthesizer_get_property;
  object_class->finalize = synthesizer_finalize;
  element_class->change_state = synthesizer_change_state;

  g_object_class_install_property (object_class, PROP_LANGUAGE_CODE,
      g_param_spec_string ("language-code", "Language",
          "BCP 47 code of the language that is spoken; an utterance that says that it is in "
          "another language is spoken in that one",
          DEFAULT_LANGUAGE_CODE, ready));

  g_object_class_install_property (object_class, PROP_OVERFLOW,
      g_param_spec_enum ("overflow", "Overflow",
          "What becomes of speech that takes longer than there is time for it",
          HABLA_TYPE_SYNTHESIZER_OVERFLOW, DEFAULT_OVERFLOW, playing));

  g_object_class_install_property (object_class, PROP_MAX_LAG,
      g_param_spec_uint ("max-lag", "Greatest lag",
          "With overflow=compress: how long after what was said has ended its translation may "
          "begin, in milliseconds; from half of it on speech becomes faster, and is twice as fast "
          "when it is reached",
          0, G_MAXINT, DEFAULT_MAX_LAG, playing));

  g_object_class_install_property (object_class, PROP_LATENCY,
      g_param_spec_uint ("latency", "Latency",
          "How long the synthesis may take until speech begins, in milliseconds; added to what the "
          "LATENCY query of a live pipeline tells",
          0, G_MAXINT, DEFAULT_LATENCY, playing));

  g_object_class_install_property (object_class, PROP_LATENESS,
      g_param_spec_uint ("lateness", "Lateness",
          "How much later than its text speech is to begin, in milliseconds; not told by the "
          "LATENCY query, so that it lags behind all else by that",
          0, G_MAXINT, DEFAULT_LATENESS, playing));

  /**
   * HablaSynthesizer:stats:
   *
   * What happened since the element left READY last. Fields: `waiting` (uint: utterances
   * that wait for the one that is spoken), `spoken`, `failed`, `passed` (uint64:
   * utterances that were spoken, left out for want of a working engine, or had nothing to
   * say or lay outside the segment), `clipped`, `compressed` (uint64: of those that were
   * spoken, how many were cut, or spoken faster), `speech-time` (uint64, nanoseconds of
   * speech), `lag`, `lag-max` (uint64, nanoseconds from the end of a slot to the begin of
   * its speech, of the last utterance and the greatest), `latency-p50`, `latency-p95`,
   * `latency-p99`, `latency-max` (uint64, nanoseconds from when the engine is asked to its
   * first sample), `breaker` (string: "closed", "open" while a broken engine is left
   * alone, "half-open" while one utterance tries it).
   */
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Utterances by what became of them, speech time, lag and latency in nanoseconds, state "
          "of the circuit breaker; from any thread",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  g_object_class_install_property (object_class, PROP_AVAILABLE_LANGUAGES,
      g_param_spec_boxed ("available-languages", "Available languages",
          "BCP 47 codes of the languages that can be spoken here", G_TYPE_STRV,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
}

static void
habla_synthesizer_init (HablaSynthesizer *self)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);

  priv->queue = habla_speech_queue_new (MAX_WAITING);
  priv->language_code = g_strdup (DEFAULT_LANGUAGE_CODE);
  priv->settings.overflow = DEFAULT_OVERFLOW;
  priv->settings.max_lag = DEFAULT_MAX_LAG * GST_MSECOND;
  priv->settings.lateness = DEFAULT_LATENESS * GST_MSECOND;
  priv->latency = DEFAULT_LATENCY;

  priv->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (priv->sinkpad, synthesizer_chain);
  gst_pad_set_event_function (priv->sinkpad, synthesizer_sink_event);
  gst_pad_set_query_function (priv->sinkpad, synthesizer_sink_query);
  gst_pad_set_activatemode_function (priv->sinkpad, synthesizer_sink_activate_mode);
  gst_element_add_pad (GST_ELEMENT (self), priv->sinkpad);

  priv->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_event_function (priv->srcpad, synthesizer_src_event);
  gst_pad_set_query_function (priv->srcpad, synthesizer_src_query);
  gst_pad_set_activatemode_function (priv->srcpad, synthesizer_src_activate_mode);
  gst_pad_use_fixed_caps (priv->srcpad);
  habla_synthesis_stats_init (&priv->stats);
  habla_speech_scheduler_init (&priv->scheduler, priv->srcpad, &src_template);
  gst_element_add_pad (GST_ELEMENT (self), priv->srcpad);
}
