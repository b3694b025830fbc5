/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/transcriber.h"

#include "habla/engines/missing-error.h"
#include "habla/error.h"
#include "habla/histogram.h"
#include "habla/language.h"
#include "habla/speech/backlog.h"
#include "habla/speech/detected-languages.h"
#include "habla/speech/endpointer.h"
#include "habla/speech/timeline.h"
#include "habla/utterance-meta.h"

#include <gst/audio/audio.h>

/**
 * HablaTranscriber:
 *
 * Base class of elements that recognise speech. The sink pad accepts audio; the source pad
 * sends one buffer of text for each utterance, the speech between two pauses, with the PTS
 * and duration of the speech. During speech, partial hypotheses precede it as
 * `habla/partial` events; during silence, GAP events keep downstream flowing.
 *
 * An utterance of `max-utterance` is split between two words; audio after the boundary is
 * recognised again as the begin of the next one. A gap in the audio of up to a second counts
 * as silence; a longer one, a step back, a new segment and EOS end an utterance like a
 * pause; a flush drops it.
 *
 * An utterance on which the backend fails is lost: the element posts a WARNING, and the
 * backend begins the next one. After five failures in a row the element does not call
 * the backend for a second of audio, then for two, and so on up to a minute.
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
  PROP_DETECTABLE_LANGUAGES,
};

#define DEFAULT_LANGUAGE_CODE "en"
#define DEFAULT_PARTIALS TRUE
#define DEFAULT_PARTIAL_INTERVAL 200
#define DEFAULT_MAX_UTTERANCE 15000
#define DEFAULT_LATENCY 0

/* Number of samples after which the statistics are updated. */
#define MAX_CHUNK (HABLA_TRANSCRIBER_RATE / 10)

/* Timestamps that are off by more are a discontinuity, as in GStreamer's audio elements. */
#define TOLERANCE ((GstClockTimeDiff) (40 * GST_MSECOND))

/* Longest gap in the audio that counts as silence: packets get lost. */
#define MAX_GAP ((GstClockTimeDiff) GST_SECOND)

G_STATIC_ASSERT (HABLA_TRANSCRIBER_RATE == HABLA_TIMELINE_RATE);

typedef struct {
  GstPad *sinkpad;
  GstPad *srcpad;

  char *language_code;      /* protected by object lock */
  gboolean partials;        /* protected by object lock */
  guint partial_interval;   /* protected by object lock */
  guint max_utterance;      /* protected by object lock */
  guint latency;            /* protected by object lock */
  guint64 n_utterances;     /* protected by object lock */
  guint64 n_partials;       /* protected by object lock */
  guint64 n_cuts;           /* protected by object lock */
  guint64 n_failures;       /* protected by object lock */
  GstClockTime audio_time;  /* protected by object lock */
  GstClockTime speech_time; /* protected by object lock */
  GstClockTime lag;         /* protected by object lock; after the last audio */

  HablaHistogram finals; /* has its own synchronisation; recorded by the streaming thread */

  HablaEndpointer *endpointer; /* protected by stream lock of the sink pad */
  HablaTimeline timeline;      /* protected by stream lock of the sink pad */
  HablaBacklog backlog;        /* protected by stream lock of the sink pad */
  GstClockTime pushed;         /* protected by stream lock of the sink pad; position up to which
                                * text or gaps were pushed */
  char *language;              /* protected by stream lock of the sink pad; normalised */
  GStrv detected;              /* protected by stream lock of the sink pad; (nullable); the engine
                                * detects which of these is spoken */
  guint64 last_id;             /* protected by stream lock of the sink pad */
  gboolean caps_sent;          /* protected by stream lock of the sink pad */
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

static void
transcriber_send_caps (HablaTranscriberPrivate *priv)
{
  g_autoptr (GstCaps) caps = NULL;

  if (priv->caps_sent)
    return;
  caps = gst_caps_from_string (HABLA_TEXT_CAPS);
  priv->caps_sent = gst_pad_push_event (priv->srcpad, gst_event_new_caps (caps));
}

/* Pushes a GAP event: no further speech begins before @position. */
static void
transcriber_push_gap (HablaTranscriberPrivate *priv, GstClockTime position)
{
  if (!GST_CLOCK_TIME_IS_VALID (priv->pushed))
    priv->pushed = priv->timeline.segment.start;
  if (position <= priv->pushed)
    return;
  gst_pad_push_event (priv->srcpad, gst_event_new_gap (priv->pushed, position - priv->pushed));
  priv->pushed = position;
}

static HablaUtterance *
transcriber_create_utterance (
    HablaTranscriberPrivate *priv, const HablaRecognition *recognition, guint64 id)
{
  HablaUtterance *utterance = habla_utterance_new (id, recognition->text,
      habla_detected_languages_choose (
          (const char *const *) priv->detected, recognition->language, priv->language));

  utterance->begin = habla_timeline_get_running_time (&priv->timeline, recognition->begin);
  utterance->end = habla_timeline_get_running_time (&priv->timeline, recognition->end);
  utterance->confidence = recognition->confidence;
  return utterance;
}

static GstFlowReturn
transcriber_on_final (const HablaRecognition *recognition, gpointer data)
{
  HablaTranscriber *self = data;
  HablaTranscriberPrivate *priv = PRIVATE (self);
  g_autoptr (HablaUtterance) utterance =
      transcriber_create_utterance (priv, recognition, ++priv->last_id);
  GstFlowReturn flow;

  utterance->words = habla_timeline_time_words (&priv->timeline, recognition->words);
  GST_OBJECT_LOCK (self);
  priv->n_utterances++;
  priv->speech_time += habla_timeline_to_time (recognition->end - recognition->begin);
  GST_OBJECT_UNLOCK (self);
  GST_DEBUG_OBJECT (self, "%" GST_TIME_FORMAT " to %" GST_TIME_FORMAT ": %s",
      GST_TIME_ARGS (utterance->begin), GST_TIME_ARGS (utterance->end), utterance->text);
  transcriber_send_caps (priv);
  transcriber_push_gap (priv, habla_timeline_get_position (&priv->timeline, recognition->begin));
  flow =
      gst_pad_push (priv->srcpad, habla_utterance_to_buffer (utterance, &priv->timeline.segment));
  priv->pushed = habla_timeline_get_position (&priv->timeline, recognition->end);
  habla_histogram_record (&priv->finals, recognition->latency);
  return flow;
}

static void
transcriber_on_partial (const HablaRecognition *recognition, gpointer data)
{
  HablaTranscriber *self = data;
  HablaTranscriberPrivate *priv = PRIVATE (self);
  g_autoptr (HablaUtterance) utterance =
      transcriber_create_utterance (priv, recognition, priv->last_id + 1);

  utterance->is_final = FALSE;
  GST_OBJECT_LOCK (self);
  priv->n_partials++;
  GST_OBJECT_UNLOCK (self);
  transcriber_send_caps (priv);
  gst_pad_push_event (priv->srcpad, habla_utterance_to_event (utterance));
}

static void
transcriber_on_silence (guint64 until, gpointer data)
{
  HablaTranscriberPrivate *priv = PRIVATE (HABLA_TRANSCRIBER (data));

  transcriber_push_gap (priv, habla_timeline_get_position (&priv->timeline, until));
}

static void
transcriber_on_split (gpointer data)
{
  HablaTranscriber *self = data;

  GST_OBJECT_LOCK (self);
  PRIVATE (self)->n_cuts++;
  GST_OBJECT_UNLOCK (self);
}

static void
transcriber_on_failure (const GError *error, gpointer data)
{
  HablaTranscriber *self = data;

  GST_OBJECT_LOCK (self);
  PRIVATE (self)->n_failures++;
  GST_OBJECT_UNLOCK (self);
  GST_ELEMENT_WARNING (self, STREAM, FAILED,
      ("Speech was lost: %s", error != NULL ? error->message : "the engine failed"), (NULL));
}

static gboolean
transcriber_begin (gpointer self, GError **error)
{
  return HABLA_TRANSCRIBER_GET_CLASS (self)->begin (self, error);
}

static gboolean
transcriber_feed (
    gpointer self, const gint16 *samples, gsize n_samples, gboolean *in_speech, GError **error)
{
  return HABLA_TRANSCRIBER_GET_CLASS (self)->feed (self, samples, n_samples, in_speech, error);
}

static char *
transcriber_get_hypothesis (gpointer self)
{
  return HABLA_TRANSCRIBER_GET_CLASS (self)->get_hypothesis (self);
}

static char *
transcriber_end (gpointer self, double *confidence, GError **error)
{
  return HABLA_TRANSCRIBER_GET_CLASS (self)->end (self, confidence, error);
}

static char *
transcriber_split (gpointer self, gsize *n_samples, double *confidence, GError **error)
{
  HablaTranscriberClass *klass = HABLA_TRANSCRIBER_GET_CLASS (self);

  return klass->cut != NULL ? klass->cut (self, n_samples, confidence, error)
                            : klass->end (self, confidence, error);
}

static void
transcriber_describe (gpointer self, HablaTranscription *transcription)
{
  HablaTranscriberClass *klass = HABLA_TRANSCRIBER_GET_CLASS (self);

  if (klass->describe != NULL)
    klass->describe (self, transcription);
}

static const HablaEndpointerFuncs endpointer_funcs = {
  .begin = transcriber_begin,
  .feed = transcriber_feed,
  .get_hypothesis = transcriber_get_hypothesis,
  .end = transcriber_end,
  .split = transcriber_split,
  .describe = transcriber_describe,
  .on_final = transcriber_on_final,
  .on_partial = transcriber_on_partial,
  .on_silence = transcriber_on_silence,
  .on_split = transcriber_on_split,
  .on_failure = transcriber_on_failure,
};

static void
transcriber_configure (HablaTranscriber *self)
{
  HablaTranscriberPrivate *priv = PRIVATE (self);
  HablaTranscriberClass *klass = HABLA_TRANSCRIBER_GET_CLASS (self);
  HablaEndpointerSettings settings = {
    .onset = habla_timeline_to_samples (klass->onset),
    .hangover = habla_timeline_to_samples (klass->hangover),
  };

  GST_OBJECT_LOCK (self);
  settings.partials = priv->partials && klass->get_hypothesis != NULL;
  settings.partial_interval = habla_timeline_to_samples (priv->partial_interval * GST_MSECOND);
  settings.max_utterance = habla_timeline_to_samples (priv->max_utterance * GST_MSECOND);
  GST_OBJECT_UNLOCK (self);
  habla_endpointer_configure (priv->endpointer, &settings);
}

/* Anchors the next sample at @position. */
static void
transcriber_anchor (HablaTranscriberPrivate *priv, GstClockTime position)
{
  habla_timeline_anchor (&priv->timeline, habla_endpointer_get_offset (priv->endpointer), position);
  if (GST_CLOCK_TIME_IS_VALID (priv->pushed) && priv->pushed > position)
    priv->pushed = position;
}

/* Handles a discontinuity if the next sample is not at @position. */
static GstFlowReturn
transcriber_resync (HablaTranscriber *self, GstClockTime position)
{
  HablaTranscriberPrivate *priv = PRIVATE (self);
  GstFlowReturn flow = GST_FLOW_OK;
  GstClockTimeDiff error;

  if (!habla_timeline_is_anchored (&priv->timeline)) {
    transcriber_anchor (priv, position);
    return GST_FLOW_OK;
  }
  error = habla_timeline_get_error (
      &priv->timeline, habla_endpointer_get_offset (priv->endpointer), position);
  if (ABS (error) > TOLERANCE) {
    GST_INFO_OBJECT (self, "discontinuity: %" GST_STIME_FORMAT " at %" GST_TIME_FORMAT,
        GST_STIME_ARGS (error), GST_TIME_ARGS (position));
    if (error > 0 && error <= MAX_GAP)
      flow = habla_endpointer_push_silence (priv->endpointer, habla_timeline_to_samples (error));
    else
      flow = habla_endpointer_drain (priv->endpointer);
  }
  /* Compensate clock drift in pauses. */
  if (ABS (error) > TOLERANCE || !habla_endpointer_is_in_speech (priv->endpointer))
    transcriber_anchor (priv, position);
  return flow;
}

static gint64
transcriber_get_backlog_position (HablaTranscriberPrivate *priv)
{
  return habla_timeline_to_time (habla_endpointer_get_offset (priv->endpointer)) / GST_USECOND;
}

const char *const *
habla_transcriber_get_detected (HablaTranscriber *self)
{
  g_return_val_if_fail (HABLA_IS_TRANSCRIBER (self), NULL);

  return (const char *const *) PRIVATE (self)->detected;
}

GstClockTime
habla_transcriber_get_lag (HablaTranscriber *self)
{
  HablaTranscriberPrivate *priv;

  g_return_val_if_fail (HABLA_IS_TRANSCRIBER (self), 0);

  priv = PRIVATE (self);
  return habla_backlog_get (
             &priv->backlog, g_get_monotonic_time (), transcriber_get_backlog_position (priv)) *
         GST_USECOND;
}

/* Pushes chunks, so that the statistics advance during a buffer of many seconds, and a flush does
 * not wait for its end. */
static GstFlowReturn
transcriber_push_samples (HablaTranscriber *self, const gint16 *samples, gsize n_samples)
{
  HablaTranscriberPrivate *priv = PRIVATE (self);
  GstFlowReturn flow = GST_FLOW_OK;

  while (n_samples > 0 && flow == GST_FLOW_OK) {
    gsize n = MIN (n_samples, MAX_CHUNK);

    flow = habla_endpointer_push (priv->endpointer, samples, n);
    samples += n;
    n_samples -= n;
    GST_OBJECT_LOCK (self);
    priv->audio_time += habla_timeline_to_time (n);
    priv->lag = habla_transcriber_get_lag (self);
    GST_OBJECT_UNLOCK (self);
    if (flow == GST_FLOW_OK && GST_PAD_IS_FLUSHING (priv->sinkpad))
      flow = GST_FLOW_FLUSHING;
  }
  return flow;
}

static GstFlowReturn
transcriber_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  HablaTranscriber *self = HABLA_TRANSCRIBER (parent);
  HablaTranscriberPrivate *priv = PRIVATE (self);
  GstFlowReturn flow = GST_FLOW_OK;
  GstMapInfo map;

  if (priv->timeline.segment.format != GST_FORMAT_TIME) {
    gst_buffer_unref (buffer);
    GST_ELEMENT_ERROR (self, STREAM, FORMAT, ("The audio has no timestamps"),
        ("The segment must be in TIME format; insert “rawaudioparse” before raw bytes"));
    return GST_FLOW_ERROR;
  }
  buffer = gst_audio_buffer_clip (
      buffer, &priv->timeline.segment, HABLA_TRANSCRIBER_RATE, sizeof (gint16));
  if (buffer == NULL)
    return GST_FLOW_OK;
  if (!gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    gst_buffer_unref (buffer);
    GST_ELEMENT_ERROR (self, RESOURCE, READ, ("Failed to map an audio buffer"), (NULL));
    return GST_FLOW_ERROR;
  }

  transcriber_configure (self);
  if (GST_BUFFER_PTS_IS_VALID (buffer))
    flow = transcriber_resync (self, GST_BUFFER_PTS (buffer));
  else if (!habla_timeline_is_anchored (&priv->timeline))
    transcriber_anchor (priv, priv->timeline.segment.start);
  if (flow == GST_FLOW_OK) {
    habla_backlog_enter (
        &priv->backlog, g_get_monotonic_time (), transcriber_get_backlog_position (priv));
    flow = transcriber_push_samples (self, (const gint16 *) map.data, map.size / sizeof (gint16));
    habla_backlog_leave (&priv->backlog, g_get_monotonic_time ());
  }
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
  return flow;
}

static void
transcriber_reset (HablaTranscriber *self, const GstSegment *segment)
{
  HablaTranscriberPrivate *priv = PRIVATE (self);

  habla_timeline_reset (&priv->timeline, segment);
  priv->pushed = GST_CLOCK_TIME_NONE;
}

static gboolean
transcriber_handle_segment (HablaTranscriber *self, GstEvent *event)
{
  HablaTranscriberPrivate *priv = PRIVATE (self);
  const GstSegment *segment;

  habla_endpointer_drain (priv->endpointer);
  gst_event_parse_segment (event, &segment);
  transcriber_reset (self, segment);
  if (segment->format != GST_FORMAT_TIME) {
    gst_event_unref (event);
    return TRUE; /* chain() posts an error */
  }
  transcriber_send_caps (priv);
  return gst_pad_push_event (priv->srcpad, event);
}

static gboolean
transcriber_handle_gap (HablaTranscriber *self, GstEvent *event)
{
  HablaTranscriberPrivate *priv = PRIVATE (self);
  GstClockTime position, duration;

  gst_event_parse_gap (event, &position, &duration);
  gst_event_unref (event);
  if (priv->timeline.segment.format != GST_FORMAT_TIME)
    return TRUE;
  transcriber_configure (self);
  if (!habla_timeline_is_anchored (&priv->timeline))
    transcriber_anchor (priv, priv->timeline.segment.start);
  if (GST_CLOCK_TIME_IS_VALID (duration))
    transcriber_resync (self, position + duration);
  else
    habla_endpointer_drain (priv->endpointer);
  if (!habla_endpointer_is_in_speech (priv->endpointer))
    transcriber_push_gap (priv, habla_timeline_get_position (&priv->timeline,
                                    habla_endpointer_get_offset (priv->endpointer)));
  return TRUE;
}

static void
transcriber_drain (HablaTranscriber *self)
{
  HablaTranscriberPrivate *priv = PRIVATE (self);

  habla_endpointer_drain (priv->endpointer);
  if (habla_timeline_is_anchored (&priv->timeline))
    transcriber_push_gap (priv, habla_timeline_get_position (&priv->timeline,
                                    habla_endpointer_get_offset (priv->endpointer)));
}

static gboolean
transcriber_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  HablaTranscriber *self = HABLA_TRANSCRIBER (parent);
  HablaTranscriberPrivate *priv = PRIVATE (self);

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_CAPS:
    gst_event_unref (event);
    transcriber_send_caps (priv);
    return TRUE;
  case GST_EVENT_SEGMENT:
    return transcriber_handle_segment (self, event);
  case GST_EVENT_GAP:
    return transcriber_handle_gap (self, event);
  case GST_EVENT_EOS:
  case GST_EVENT_SEGMENT_DONE:
    transcriber_drain (self);
    break;
  case GST_EVENT_STREAM_START:
    transcriber_drain (self);
    priv->caps_sent = FALSE;
    break;
  case GST_EVENT_FLUSH_START:
    HABLA_TRANSCRIBER_GET_CLASS (self)->unlock (self);
    break;
  case GST_EVENT_FLUSH_STOP:
    HABLA_TRANSCRIBER_GET_CLASS (self)->unlock_stop (self);
    habla_endpointer_abort (priv->endpointer);
    transcriber_reset (self, NULL);
    break;
  default:
    break;
  }
  return gst_pad_event_default (pad, parent, event);
}

static gboolean
transcriber_src_query (GstPad *pad, GstObject *parent, GstQuery *query)
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
transcriber_start (HablaTranscriber *self)
{
  HablaTranscriberClass *klass = HABLA_TRANSCRIBER_GET_CLASS (self);
  HablaTranscriberPrivate *priv = PRIVATE (self);
  g_auto (GStrv) detectable = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *code = NULL;

  g_object_get (self, "language-code", &code, NULL);
  g_free (priv->language);
  g_strfreev (priv->detected);
  if (code != NULL && strchr (code, ',') != NULL)
    detectable = klass->list_detectable (self);
  priv->detected = habla_detected_languages_parse (
      code, (const char *const *) detectable, &priv->language, &error);
  if (error != NULL) {
    GST_ELEMENT_ERROR (self, LIBRARY, SETTINGS, ("%s", error->message), (NULL));
    return FALSE;
  }
  if (!klass->start (self,
          priv->detected != NULL || priv->language == NULL ? "auto" : priv->language, &error)) {
    habla_missing_error_set (self, "neither started nor gave a reason", &error);
    GST_ELEMENT_ERROR (self, RESOURCE, NOT_FOUND, ("%s", error->message), (NULL));
    return FALSE;
  }
  transcriber_reset (self, NULL);
  priv->last_id = 0;
  priv->caps_sent = FALSE;
  priv->backlog = (HablaBacklog){ 0 };
  return TRUE;
}

static GstStateChangeReturn
transcriber_change_state (GstElement *element, GstStateChange transition)
{
  HablaTranscriber *self = HABLA_TRANSCRIBER (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !transcriber_start (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    HABLA_TRANSCRIBER_GET_CLASS (self)->unlock (self);
  result = GST_ELEMENT_CLASS (habla_transcriber_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY ||
      (transition == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE)) {
    habla_endpointer_abort (PRIVATE (self)->endpointer);
    HABLA_TRANSCRIBER_GET_CLASS (self)->unlock_stop (self);
    HABLA_TRANSCRIBER_GET_CLASS (self)->stop (self);
  }
  return result;
}

static GstStructure *
transcriber_create_stats (HablaTranscriber *self)
{
  HablaTranscriberPrivate *priv = PRIVATE (self);
  GstStructure *stats;

  GST_OBJECT_LOCK (self);
  stats = gst_structure_new ("habla/transcriber-stats", "utterances", G_TYPE_UINT64,
      priv->n_utterances, "partials", G_TYPE_UINT64, priv->n_partials, "cuts", G_TYPE_UINT64,
      priv->n_cuts, "failed", G_TYPE_UINT64, priv->n_failures, "audio-time", G_TYPE_UINT64,
      priv->audio_time, "speech-time", G_TYPE_UINT64, priv->speech_time, "lag", G_TYPE_UINT64,
      priv->lag, "final-p50", G_TYPE_UINT64, habla_histogram_get_quantile (&priv->finals, 0.50),
      "final-p95", G_TYPE_UINT64, habla_histogram_get_quantile (&priv->finals, 0.95), "final-p99",
      G_TYPE_UINT64, habla_histogram_get_quantile (&priv->finals, 0.99), "final-max", G_TYPE_UINT64,
      habla_histogram_get_max (&priv->finals), NULL);
  GST_OBJECT_UNLOCK (self);
  return stats;
}

static void
transcriber_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaTranscriber *self = HABLA_TRANSCRIBER (object);
  HablaTranscriberPrivate *priv = PRIVATE (self);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_LANGUAGE_CODE:
    g_free (priv->language_code);
    priv->language_code = g_value_dup_string (value);
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
transcriber_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaTranscriber *self = HABLA_TRANSCRIBER (object);
  HablaTranscriberPrivate *priv = PRIVATE (self);
  HablaTranscriberClass *klass = HABLA_TRANSCRIBER_GET_CLASS (self);

  if (id == PROP_STATS) {
    g_value_take_boxed (value, transcriber_create_stats (self));
    return;
  }
  if (id == PROP_DETECTABLE_LANGUAGES || id == PROP_AVAILABLE_LANGUAGES) {
    g_value_take_boxed (value, id == PROP_AVAILABLE_LANGUAGES ? klass->list_languages (self)
                                                              : klass->list_detectable (self));
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_LANGUAGE_CODE:
    g_value_set_string (value, priv->language_code);
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
transcriber_finalize (GObject *object)
{
  HablaTranscriberPrivate *priv = PRIVATE (HABLA_TRANSCRIBER (object));

  g_free (priv->language_code);
  g_free (priv->language);
  g_strfreev (priv->detected);
  habla_endpointer_free (priv->endpointer);
  G_OBJECT_CLASS (habla_transcriber_parent_class)->finalize (object);
}

static GStrv
transcriber_list_none (HablaTranscriber *self)
{
  return g_new0 (char *, 1);
}

static void
transcriber_ignore (HablaTranscriber *self)
{
}

static void
habla_transcriber_class_init (HablaTranscriberClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = transcriber_set_property;
  object_class->get_property = transcriber_get_property;
  object_class->finalize = transcriber_finalize;
  element_class->change_state = transcriber_change_state;
  klass->list_detectable = transcriber_list_none;
  klass->unlock = transcriber_ignore;
  klass->unlock_stop = transcriber_ignore;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);

  g_object_class_install_property (object_class, PROP_LANGUAGE_CODE,
      g_param_spec_string ("language-code", "Language code",
          "BCP 47 code of the language of the speech; “auto” if the engine detects it; or several "
          "codes, separated by commas, of which the engine detects the spoken one if it can, while "
          "otherwise the first counts; takes effect in READY",
          DEFAULT_LANGUAGE_CODE, flags | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (object_class, PROP_PARTIALS,
      g_param_spec_boolean ("partials", "Partials",
          "Whether to send partial hypotheses before the final text, as habla/partial events",
          DEFAULT_PARTIALS, flags | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (object_class, PROP_PARTIAL_INTERVAL,
      g_param_spec_uint ("partial-interval", "Partial interval",
          "Minimum time between partial hypotheses, in milliseconds of audio", 20, 60000,
          DEFAULT_PARTIAL_INTERVAL, flags | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (object_class, PROP_MAX_UTTERANCE,
      g_param_spec_uint ("max-utterance", "Maximum utterance",
          "Maximum duration of an utterance, in milliseconds; longer speech is split between two "
          "words",
          2000, 60000, DEFAULT_MAX_UTTERANCE, flags | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (object_class, PROP_LATENCY,
      g_param_spec_uint ("latency", "Latency",
          "Delay of the text after its speech, in milliseconds; added to the response to LATENCY "
          "queries, for sinks that synchronise",
          0, 120000, DEFAULT_LATENCY, flags | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Statistics since the element was created: utterances, partials, cuts, failed; "
          "audio-time, speech-time and lag, the duration of the audio that is waiting, in "
          "nanoseconds; final-p50, -p95, -p99 and -max: time from the end of an "
          "utterance to its text, in nanoseconds",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (object_class, PROP_DETECTABLE_LANGUAGES,
      g_param_spec_boxed ("detectable-languages", "Detectable languages",
          "BCP 47 codes of the languages among which the engine detects the one that is spoken; "
          "empty if it detects none",
          G_TYPE_STRV, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (object_class, PROP_AVAILABLE_LANGUAGES,
      g_param_spec_boxed ("available-languages", "Available languages",
          "BCP 47 codes of the languages that the engine recognises", G_TYPE_STRV,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
habla_transcriber_init (HablaTranscriber *self)
{
  HablaTranscriberPrivate *priv = PRIVATE (self);

  priv->language_code = g_strdup (DEFAULT_LANGUAGE_CODE);
  priv->partials = DEFAULT_PARTIALS;
  priv->partial_interval = DEFAULT_PARTIAL_INTERVAL;
  priv->max_utterance = DEFAULT_MAX_UTTERANCE;
  priv->latency = DEFAULT_LATENCY;
  priv->endpointer = habla_endpointer_new (&endpointer_funcs, self);
  transcriber_reset (self, NULL);

  priv->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (priv->sinkpad, transcriber_chain);
  gst_pad_set_event_function (priv->sinkpad, transcriber_sink_event);
  GST_PAD_SET_ACCEPT_TEMPLATE (priv->sinkpad);
  gst_element_add_pad (GST_ELEMENT (self), priv->sinkpad);

  priv->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_query_function (priv->srcpad, transcriber_src_query);
  gst_pad_use_fixed_caps (priv->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), priv->srcpad);
}
