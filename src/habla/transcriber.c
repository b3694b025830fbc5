/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/transcriber.h"

#include "habla/error.h"
#include "habla/histogram.h"
#include "habla/language.h"
#include "habla/endpointer.h"
#include "habla/timeline.h"
#include "habla/utterance-meta.h"

#include <gst/audio/audio.h>

/**
 * HablaTranscriber:
 *
 * Base class of elements that turn speech into text. Audio goes in; each stretch of
 * speech between two pauses comes out as one buffer of text, an utterance, with PTS and
 * duration of the speech. While somebody speaks, partial hypotheses go ahead of it as
 * `habla/partial` events; in silence GAP events keep what is downstream flowing.
 *
 * An utterance that lasts for `max-utterance` is cut between two words, and what follows
 * the cut is heard again as the beginning of the next. A hole in the audio of up to a second
 * is silence; a longer one, a step back, a new segment and EOS end an utterance as a pause
 * does; a flush drops it.
 *
 * A backend that fails costs the utterance that it failed on: a WARNING tells, and the
 * next one begins afresh. After several failures in a row it is left alone for a while.
 */

GST_DEBUG_CATEGORY_STATIC (habla_transcriber_debug);
#define GST_CAT_DEFAULT habla_transcriber_debug

enum {
  PROP_0,
  PROP_LANGUAGE_CODE,
  PROP_PARTIALS,
  PROP_PARTIAL_INTERVAL,
  PROP_MAX_UTTERANCE,
  PROP_LATENCY,
  PROP_STATS,
  PROP_AVAILABLE_LANGUAGES,
};

#define DEFAULT_LANGUAGE_CODE "en"
#define DEFAULT_PARTIALS TRUE
#define DEFAULT_PARTIAL_INTERVAL 200
#define DEFAULT_MAX_UTTERANCE 15000
#define DEFAULT_LATENCY 0

/* That the statistics count at once, in samples. */
#define MAX_PIECE (HABLA_TRANSCRIBER_RATE / 10)

/* Timestamps may be off by this much before they count as a discontinuity: the usual
 * tolerance of GStreamer's audio elements. */
#define TOLERANCE ((GstClockTimeDiff) (40 * GST_MSECOND))

/* A hole in the audio that is no longer is heard as silence: packets get lost. */
#define LONGEST_HOLE ((GstClockTimeDiff) GST_SECOND)

typedef struct {
  GstPad *sinkpad;
  GstPad *srcpad;

  /* Guarded by the object lock. */
  char *language;
  gboolean partials;
  guint partial_interval;
  guint max_utterance;
  guint latency;
  guint64 n_utterances;
  guint64 n_partials;
  guint64 n_cuts;
  guint64 n_failures;
  GstClockTime audio_time;
  GstClockTime speech_time;

  /* Written under the stream lock of the sink pad, read by any thread. */
  HablaHistogram finals;

  /* Guarded by the stream lock of the sink pad; or the state is below PAUSED. */
  HablaEndpointer *endpointer;
  HablaTimeline timeline; /* of the samples that the endpointer counts */
  GstClockTime pushed;    /* position up to which text or gaps have gone out */
  char *spoken;           /* the language, normalized */
  guint64 last_id;
  gboolean caps_sent;
} HablaTranscriberPrivate;

#define DEFINE_CODE \
  G_ADD_PRIVATE (HablaTranscriber) \
  GST_DEBUG_CATEGORY_INIT ( \
      habla_transcriber_debug, "hablatranscriber", 0, "base class of transcribers");

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (
    HablaTranscriber, habla_transcriber, GST_TYPE_ELEMENT, DEFINE_CODE)

#define PRIVATE(self) ((HablaTranscriberPrivate *) habla_transcriber_get_instance_private (self))

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
        GST_STATIC_CAPS ("audio/x-raw, format = (string) " GST_AUDIO_NE (
            S16) ", "
                 "rate = (int) 16000, channels = (int) 1, "
                 "layout = (string) interleaved"));

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (HABLA_TEXT_CAPS));

/* What downstream must know before anything else. */
static void
send_caps (HablaTranscriberPrivate *priv)
{
  g_autoptr (GstCaps) caps = NULL;

  if (priv->caps_sent)
    return;
  caps = gst_caps_from_string (HABLA_TEXT_CAPS);
  priv->caps_sent = gst_pad_push_event (priv->srcpad, gst_event_new_caps (caps));
}

/* Nothing is said before @position that has not gone out. */
static void
push_gap (HablaTranscriberPrivate *priv, GstClockTime position)
{
  if (!GST_CLOCK_TIME_IS_VALID (priv->pushed))
    priv->pushed = priv->timeline.segment.start;
  if (position <= priv->pushed)
    return;
  gst_pad_push_event (priv->srcpad, gst_event_new_gap (priv->pushed, position - priv->pushed));
  priv->pushed = position;
}

static HablaUtterance *
make_utterance (HablaTranscriberPrivate *priv, const HablaRecognition *heard, guint64 id)
{
  HablaUtterance *utterance = habla_utterance_new (id, heard->text, priv->spoken);

  utterance->begin = habla_timeline_get_running_time (&priv->timeline, heard->begin);
  utterance->end = habla_timeline_get_running_time (&priv->timeline, heard->end);
  utterance->confidence = heard->confidence;
  return utterance;
}

static GstFlowReturn
on_final (const HablaRecognition *heard, gpointer data)
{
  HablaTranscriber *self = data;
  HablaTranscriberPrivate *priv = PRIVATE (self);
  g_autoptr (HablaUtterance) utterance = make_utterance (priv, heard, ++priv->last_id);
  GstFlowReturn flow;

  GST_OBJECT_LOCK (self);
  priv->n_utterances++;
  priv->speech_time += habla_timeline_to_time (heard->end - heard->begin);
  GST_OBJECT_UNLOCK (self);
  GST_DEBUG_OBJECT (self, "%" GST_TIME_FORMAT " to %" GST_TIME_FORMAT ": %s",
      GST_TIME_ARGS (utterance->begin), GST_TIME_ARGS (utterance->end), utterance->text);
  send_caps (priv);
  push_gap (priv, habla_timeline_get_position (&priv->timeline, heard->begin));
  flow =
      gst_pad_push (priv->srcpad, habla_utterance_to_buffer (utterance, &priv->timeline.segment));
  priv->pushed = habla_timeline_get_position (&priv->timeline, heard->end);
  habla_histogram_record (&priv->finals, heard->latency);
  return flow;
}

static void
on_partial (const HablaRecognition *heard, gpointer data)
{
  HablaTranscriber *self = data;
  HablaTranscriberPrivate *priv = PRIVATE (self);
  g_autoptr (HablaUtterance) utterance = make_utterance (priv, heard, priv->last_id + 1);

  utterance->is_final = FALSE;
  GST_OBJECT_LOCK (self);
  priv->n_partials++;
  GST_OBJECT_UNLOCK (self);
  send_caps (priv);
  gst_pad_push_event (priv->srcpad, habla_utterance_to_event (utterance));
}

static void
on_silence (guint64 until, gpointer data)
{
  HablaTranscriberPrivate *priv = PRIVATE (HABLA_TRANSCRIBER (data));

  push_gap (priv, habla_timeline_get_position (&priv->timeline, until));
}

static void
on_cut (gpointer data)
{
  HablaTranscriber *self = data;

  GST_OBJECT_LOCK (self);
  PRIVATE (self)->n_cuts++;
  GST_OBJECT_UNLOCK (self);
}

static void
on_failure (const GError *error, gpointer data)
{
  HablaTranscriber *self = data;

  GST_OBJECT_LOCK (self);
  PRIVATE (self)->n_failures++;
  GST_OBJECT_UNLOCK (self);
  GST_ELEMENT_WARNING (self, STREAM, FAILED,
      ("Speech was lost: %s", error != NULL ? error->message : "the engine failed"), (NULL));
}

static const HablaEndpointerFuncs endpointer_funcs = {
  .final = on_final,
  .partial = on_partial,
  .silence = on_silence,
  .cut = on_cut,
  .failure = on_failure,
};

static void
configure_endpointer (HablaTranscriber *self)
{
  HablaTranscriberPrivate *priv = PRIVATE (self);
  gboolean partials;
  GstClockTime partial_interval, max_utterance;

  GST_OBJECT_LOCK (self);
  partials = priv->partials;
  partial_interval = priv->partial_interval * GST_MSECOND;
  max_utterance = priv->max_utterance * GST_MSECOND;
  GST_OBJECT_UNLOCK (self);
  habla_endpointer_configure (priv->endpointer, partials,
      habla_timeline_to_samples (partial_interval), habla_timeline_to_samples (max_utterance));
}

/* The next sample lies at @position. */
static void
anchor (HablaTranscriberPrivate *priv, GstClockTime position)
{
  habla_timeline_anchor (&priv->timeline, habla_endpointer_get_offset (priv->endpointer), position);
  if (GST_CLOCK_TIME_IS_VALID (priv->pushed) && priv->pushed > position)
    priv->pushed = position;
}

/* The next sample lies at @position, and maybe not where the last ended. */
static GstFlowReturn
follow (HablaTranscriber *self, GstClockTime position)
{
  HablaTranscriberPrivate *priv = PRIVATE (self);
  GstFlowReturn flow = GST_FLOW_OK;
  GstClockTimeDiff error;

  if (!habla_timeline_is_anchored (&priv->timeline)) {
    anchor (priv, position);
    return GST_FLOW_OK;
  }
  error = habla_timeline_get_error (
      &priv->timeline, habla_endpointer_get_offset (priv->endpointer), position);
  if (ABS (error) > TOLERANCE) {
    GST_INFO_OBJECT (self, "discontinuity: %" GST_STIME_FORMAT " at %" GST_TIME_FORMAT,
        GST_STIME_ARGS (error), GST_TIME_ARGS (position));
    if (error > 0 && error <= LONGEST_HOLE)
      flow = habla_endpointer_push_silence (priv->endpointer, habla_timeline_to_samples (error));
    else
      flow = habla_endpointer_drain (priv->endpointer);
  }
  /* A clock that runs a little faster or slower is followed in the pauses. */
  if (ABS (error) > TOLERANCE || !habla_endpointer_is_in_speech (priv->endpointer))
    anchor (priv, position);
  return flow;
}

/* Piece by piece, so that the statistics show how it gets on in a buffer of many seconds. */
static GstFlowReturn
push_samples (HablaTranscriber *self, const gint16 *samples, gsize n_samples)
{
  HablaTranscriberPrivate *priv = PRIVATE (self);
  GstFlowReturn flow = GST_FLOW_OK;

  while (n_samples > 0 && flow == GST_FLOW_OK) {
    gsize n = MIN (n_samples, MAX_PIECE);

    flow = habla_endpointer_push (priv->endpointer, samples, n);
    samples += n;
    n_samples -= n;
    GST_OBJECT_LOCK (self);
    priv->audio_time += habla_timeline_to_time (n);
    GST_OBJECT_UNLOCK (self);
  }
  return flow;
}

static GstFlowReturn
habla_transcriber_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  HablaTranscriber *self = HABLA_TRANSCRIBER (parent);
  HablaTranscriberPrivate *priv = PRIVATE (self);
  GstFlowReturn flow = GST_FLOW_OK;
  GstMapInfo map;

  if (priv->timeline.segment.format != GST_FORMAT_TIME) {
    gst_buffer_unref (buffer);
    GST_ELEMENT_ERROR (self, STREAM, FORMAT, ("Audio without times came in"),
        ("a TIME segment is needed; put “rawaudioparse” before raw bytes"));
    return GST_FLOW_ERROR;
  }
  buffer = gst_audio_buffer_clip (
      buffer, &priv->timeline.segment, HABLA_TRANSCRIBER_RATE, sizeof (gint16));
  if (buffer == NULL)
    return GST_FLOW_OK;
  if (!gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    gst_buffer_unref (buffer);
    GST_ELEMENT_ERROR (self, RESOURCE, READ, ("Audio could not be read"), (NULL));
    return GST_FLOW_ERROR;
  }

  configure_endpointer (self);
  if (GST_BUFFER_PTS_IS_VALID (buffer))
    flow = follow (self, GST_BUFFER_PTS (buffer));
  else if (!habla_timeline_is_anchored (&priv->timeline))
    anchor (priv, priv->timeline.segment.start);
  if (flow == GST_FLOW_OK)
    flow = push_samples (self, (const gint16 *) map.data, map.size / sizeof (gint16));
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
  return flow;
}

static void
reset (HablaTranscriber *self, const GstSegment *segment)
{
  HablaTranscriberPrivate *priv = PRIVATE (self);

  habla_timeline_reset (&priv->timeline, segment);
  priv->pushed = GST_CLOCK_TIME_NONE;
}

static gboolean
handle_segment (HablaTranscriber *self, GstEvent *event)
{
  HablaTranscriberPrivate *priv = PRIVATE (self);
  const GstSegment *segment;

  habla_endpointer_drain (priv->endpointer);
  gst_event_parse_segment (event, &segment);
  reset (self, segment);
  if (segment->format != GST_FORMAT_TIME) {
    gst_event_unref (event);
    return TRUE; /* chain() says what is wrong */
  }
  send_caps (priv);
  return gst_pad_push_event (priv->srcpad, event);
}

/* There is no audio up to the end of the gap: a short one is silence. */
static gboolean
handle_gap (HablaTranscriber *self, GstEvent *event)
{
  HablaTranscriberPrivate *priv = PRIVATE (self);
  GstClockTime position, duration;

  gst_event_parse_gap (event, &position, &duration);
  gst_event_unref (event);
  if (priv->timeline.segment.format != GST_FORMAT_TIME)
    return TRUE;
  configure_endpointer (self);
  if (!habla_timeline_is_anchored (&priv->timeline))
    anchor (priv, priv->timeline.segment.start);
  if (GST_CLOCK_TIME_IS_VALID (duration))
    follow (self, position + duration);
  else
    habla_endpointer_drain (priv->endpointer);
  if (!habla_endpointer_is_in_speech (priv->endpointer))
    push_gap (priv, habla_timeline_get_position (
                        &priv->timeline, habla_endpointer_get_offset (priv->endpointer)));
  return TRUE;
}

static void
drain (HablaTranscriber *self)
{
  HablaTranscriberPrivate *priv = PRIVATE (self);

  habla_endpointer_drain (priv->endpointer);
  if (habla_timeline_is_anchored (&priv->timeline))
    push_gap (priv, habla_timeline_get_position (
                        &priv->timeline, habla_endpointer_get_offset (priv->endpointer)));
}

static gboolean
habla_transcriber_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  HablaTranscriber *self = HABLA_TRANSCRIBER (parent);
  HablaTranscriberPrivate *priv = PRIVATE (self);

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_CAPS:
    gst_event_unref (event);
    send_caps (priv);
    return TRUE;
  case GST_EVENT_SEGMENT:
    return handle_segment (self, event);
  case GST_EVENT_GAP:
    return handle_gap (self, event);
  case GST_EVENT_EOS:
  case GST_EVENT_SEGMENT_DONE:
    drain (self);
    break;
  case GST_EVENT_STREAM_START:
    drain (self);
    priv->caps_sent = FALSE;
    break;
  case GST_EVENT_FLUSH_STOP:
    habla_endpointer_abort (priv->endpointer);
    reset (self, NULL);
    break;
  default:
    break;
  }
  return gst_pad_event_default (pad, parent, event);
}

static gboolean
habla_transcriber_src_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  HablaTranscriber *self = HABLA_TRANSCRIBER (parent);
  HablaTranscriberPrivate *priv = PRIVATE (self);

  if (GST_QUERY_TYPE (query) == GST_QUERY_LATENCY) {
    GstClockTime min, max, latency;
    gboolean live;

    if (!gst_pad_peer_query (priv->sinkpad, query))
      return FALSE;
    gst_query_parse_latency (query, &live, &min, &max);
    GST_OBJECT_LOCK (self);
    latency = priv->latency * GST_MSECOND;
    GST_OBJECT_UNLOCK (self);
    min += latency;
    if (GST_CLOCK_TIME_IS_VALID (max))
      max += latency;
    gst_query_set_latency (query, live, min, max);
    return TRUE;
  }
  return gst_pad_query_default (pad, parent, query);
}

static gboolean
start (HablaTranscriber *self)
{
  HablaTranscriberPrivate *priv = PRIVATE (self);
  g_autoptr (GError) error = NULL;
  g_autofree char *code = NULL;
  g_autofree char *language = NULL;

  GST_OBJECT_LOCK (self);
  code = g_strdup (priv->language);
  GST_OBJECT_UNLOCK (self);
  language = habla_language_normalize (code, &error);
  if (language == NULL) {
    GST_ELEMENT_ERROR (self, LIBRARY, SETTINGS, ("%s", error->message), (NULL));
    return FALSE;
  }
  if (!HABLA_TRANSCRIBER_GET_CLASS (self)->start (self, language, &error)) {
    GST_ELEMENT_ERROR (self, RESOURCE, NOT_FOUND, ("%s", error->message), (NULL));
    return FALSE;
  }
  reset (self, NULL);
  g_free (priv->spoken);
  priv->spoken = g_steal_pointer (&language);
  priv->last_id = 0;
  priv->caps_sent = FALSE;
  return TRUE;
}

static GstStateChangeReturn
habla_transcriber_change_state (GstElement *element, GstStateChange transition)
{
  HablaTranscriber *self = HABLA_TRANSCRIBER (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  result = GST_ELEMENT_CLASS (habla_transcriber_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY ||
      (transition == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE)) {
    habla_endpointer_abort (PRIVATE (self)->endpointer);
    HABLA_TRANSCRIBER_GET_CLASS (self)->stop (self);
  }
  return result;
}

static GstStructure *
get_stats (HablaTranscriber *self)
{
  HablaTranscriberPrivate *priv = PRIVATE (self);
  GstStructure *stats;

  GST_OBJECT_LOCK (self);
  stats = gst_structure_new ("habla/transcriber-stats", "utterances", G_TYPE_UINT64,
      priv->n_utterances, "partials", G_TYPE_UINT64, priv->n_partials, "cuts", G_TYPE_UINT64,
      priv->n_cuts, "failed", G_TYPE_UINT64, priv->n_failures, "audio-time", G_TYPE_UINT64,
      priv->audio_time, "speech-time", G_TYPE_UINT64, priv->speech_time, "final-p50", G_TYPE_UINT64,
      habla_histogram_get_quantile (&priv->finals, 0.50), "final-p95", G_TYPE_UINT64,
      habla_histogram_get_quantile (&priv->finals, 0.95), "final-p99", G_TYPE_UINT64,
      habla_histogram_get_quantile (&priv->finals, 0.99), "final-max", G_TYPE_UINT64,
      habla_histogram_get_max (&priv->finals), NULL);
  GST_OBJECT_UNLOCK (self);
  return stats;
}

static void
habla_transcriber_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaTranscriber *self = HABLA_TRANSCRIBER (object);
  HablaTranscriberPrivate *priv = PRIVATE (self);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_LANGUAGE_CODE:
    g_free (priv->language);
    priv->language = g_value_dup_string (value);
    break;
  case PROP_PARTIALS:
    priv->partials = g_value_get_boolean (value);
    break;
  case PROP_PARTIAL_INTERVAL:
    priv->partial_interval = g_value_get_uint (value);
    break;
  case PROP_MAX_UTTERANCE:
    priv->max_utterance = g_value_get_uint (value);
    break;
  case PROP_LATENCY:
    priv->latency = g_value_get_uint (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    break;
  }
  GST_OBJECT_UNLOCK (self);
  if (id == PROP_LATENCY)
    gst_element_post_message (GST_ELEMENT (self), gst_message_new_latency (GST_OBJECT (self)));
}

static void
habla_transcriber_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaTranscriber *self = HABLA_TRANSCRIBER (object);
  HablaTranscriberPrivate *priv = PRIVATE (self);

  if (id == PROP_STATS) {
    g_value_take_boxed (value, get_stats (self));
    return;
  }
  if (id == PROP_AVAILABLE_LANGUAGES) {
    g_value_take_boxed (value, HABLA_TRANSCRIBER_GET_CLASS (self)->list_languages (self));
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_LANGUAGE_CODE:
    g_value_set_string (value, priv->language);
    break;
  case PROP_PARTIALS:
    g_value_set_boolean (value, priv->partials);
    break;
  case PROP_PARTIAL_INTERVAL:
    g_value_set_uint (value, priv->partial_interval);
    break;
  case PROP_MAX_UTTERANCE:
    g_value_set_uint (value, priv->max_utterance);
    break;
  case PROP_LATENCY:
    g_value_set_uint (value, priv->latency);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
habla_transcriber_finalize (GObject *object)
{
  HablaTranscriberPrivate *priv = PRIVATE (HABLA_TRANSCRIBER (object));

  g_free (priv->language);
  g_free (priv->spoken);
  habla_endpointer_free (priv->endpointer);
  G_OBJECT_CLASS (habla_transcriber_parent_class)->finalize (object);
}

static void
habla_transcriber_class_init (HablaTranscriberClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = habla_transcriber_set_property;
  object_class->get_property = habla_transcriber_get_property;
  object_class->finalize = habla_transcriber_finalize;
  element_class->change_state = habla_transcriber_change_state;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);

  g_object_class_install_property (object_class, PROP_LANGUAGE_CODE,
      g_param_spec_string ("language-code", "Language code",
          "BCP 47 code of the language that is spoken; takes effect in READY",
          DEFAULT_LANGUAGE_CODE, flags | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (object_class, PROP_PARTIALS,
      g_param_spec_boolean ("partials", "Partials",
          "Whether partial hypotheses go ahead of the final text, as habla/partial events",
          DEFAULT_PARTIALS, flags | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (object_class, PROP_PARTIAL_INTERVAL,
      g_param_spec_uint ("partial-interval", "Partial interval",
          "Time between partial hypotheses at the least, of audio, in milliseconds", 20, 60000,
          DEFAULT_PARTIAL_INTERVAL, flags | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (object_class, PROP_MAX_UTTERANCE,
      g_param_spec_uint ("max-utterance", "Longest utterance",
          "Speech without a pause is cut between two words before it lasts for longer, in "
          "milliseconds",
          2000, 60000, DEFAULT_MAX_UTTERANCE, flags | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (object_class, PROP_LATENCY,
      g_param_spec_uint ("latency", "Latency",
          "How much later than its speech the text is presented, in milliseconds: added to "
          "the LATENCY query for sinks that synchronise. Text that is later than this is late",
          0, 120000, DEFAULT_LATENCY, flags | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Counters since the element was made: utterances, partials, cuts, failed; audio-time "
          "and speech-time in nanoseconds; final-p50, -p95, -p99 and -max: from the end of an "
          "utterance to its text, in nanoseconds",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (object_class, PROP_AVAILABLE_LANGUAGES,
      g_param_spec_boxed ("available-languages", "Available languages",
          "BCP 47 codes of the languages that can be recognised here", G_TYPE_STRV,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
habla_transcriber_init (HablaTranscriber *self)
{
  HablaTranscriberPrivate *priv = PRIVATE (self);

  priv->language = g_strdup (DEFAULT_LANGUAGE_CODE);
  priv->partials = DEFAULT_PARTIALS;
  priv->partial_interval = DEFAULT_PARTIAL_INTERVAL;
  priv->max_utterance = DEFAULT_MAX_UTTERANCE;
  priv->latency = DEFAULT_LATENCY;
  priv->endpointer = habla_endpointer_new (self, &endpointer_funcs, self);
  reset (self, NULL);

  priv->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (priv->sinkpad, habla_transcriber_chain);
  gst_pad_set_event_function (priv->sinkpad, habla_transcriber_sink_event);
  GST_PAD_SET_ACCEPT_TEMPLATE (priv->sinkpad);
  gst_element_add_pad (GST_ELEMENT (self), priv->sinkpad);

  priv->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_query_function (priv->srcpad, habla_transcriber_src_query);
  gst_pad_use_fixed_caps (priv->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), priv->srcpad);
}
