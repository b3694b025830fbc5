/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * HablaSynthesizer:
 *
 * Base class of elements that speak text. The sink pad accepts `text/x-raw` (plain, or with
 * Pango markup, which is removed) or `text/plain`, one utterance a buffer. The source pad
 * sends mono audio in buffers of 40 ms, at the rate of the engine. Partial hypotheses are dropped:
 * speech cannot be corrected.
 *
 * The slot of an utterance is the time of the original speech, by PTS and duration, plus
 * #HablaSynthesizer:lateness. Its synthesised speech begins with the slot, but not before:
 *
 * - in a live pipeline, the earliest time that can still be rendered: now minus the
 *   pipeline's latency;
 * - unless `overflow` is `overlap`, the end of the previous speech.
 *
 * An utterance without times begins when the previous one has ended. `overflow` then
 * applies: `clip` cuts speech that is longer than its slot (not that of an utterance without
 * a duration); `compress` speaks faster while speech lags, which means that it begins after
 * the end of its slot: at normal speed up to half of #HablaSynthesizer:max-lag, twice as fast
 * from #HablaSynthesizer:max-lag on, and in proportion between. Nothing is left out.
 *
 * With `overlap`, the timestamps of an utterance may lie before the end of the previous one,
 * which has left already: its first buffer is flagged DISCONT.
 *
 * The first buffer of each utterance is flagged MARKER, the start of a talkspurt.
 *
 * GAP events cover all time without speech, so that nothing downstream waits. Speech may
 * last past the end of a segment; so the outgoing segment is open, and continues while
 * segments follow each other without a flush.
 *
 * Each utterance is spoken in its own language if known, so that an untranslated one is
 * spoken by a suitable voice; #HablaSynthesizer:language-code applies to utterances without
 * a language and to its own varieties.
 *
 * Two utterances wait while one is spoken; then the element upstream waits. An utterance
 * whose synthesis fails is left out, and the element posts a WARNING; its details are
 * `utterance-id` (guint64) and `reason` (string). After five failures in a row the element
 * sends no requests to the engine for one second, then for two, and so on up to a minute,
 * until a request succeeds.
 */
#include "habla/synthesizer.h"

#include "habla/engine.h"
#include "habla/engines/missing-error.h"
#include "habla/error.h"
#include "habla/language.h"
#include "habla/speech/speech-scheduler.h"
#include "habla/speech/synthesis-stats.h"
#include "habla/queue/text-element.h"
#include "habla/text-reader.h"
#include "habla/utterance-meta.h"

#include <gst/audio/audio.h>

GST_DEBUG_CATEGORY_STATIC (synthesizer_debug);
#define GST_CAT_DEFAULT synthesizer_debug

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (HABLA_TEXT_READER_CAPS));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC,
    GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("audio/x-raw, format = (string) " GST_AUDIO_NE (
        S16) ", rate = (int) [ 8000, 48000 ], channels = (int) 1, layout = (string) interleaved"));

enum {
  PROP_0,
  PROP_LANGUAGE_CODE,
  PROP_OVERFLOW,
  PROP_MAX_LAG,
  PROP_LATENESS,
  PROP_STATS,
  PROP_AVAILABLE_LANGUAGES,
};

#define DEFAULT_LANGUAGE_CODE "es"
#define DEFAULT_OVERFLOW HABLA_SYNTHESIZER_OVERFLOW_SHIFT
#define DEFAULT_MAX_LAG 5000
#define DEFAULT_LATENESS 0

/* Maximum number of utterances that wait while one is spoken. */
#define MAX_WAITING 2

typedef struct {
  GstPad *srcpad;            /* (unowned) */
  HablaFlowQueue queue;      /* has its own lock */
  HablaSynthesisStats stats; /* has its own lock */

  char *language_code;               /* protected by object lock */
  HablaSynthesizerOverflow overflow; /* protected by object lock */
  GstClockTime max_lag;              /* protected by object lock */
  GstClockTime lateness;             /* protected by object lock */
  GCancellable *cancellable; /* protected by object lock; of synthesis until the next flush */

  /* Set from READY to PAUSED, before any thread streams. */
  char *language;
  gboolean started;
  HablaSynthesizerOutput output; /* (nullable) */
  gpointer output_data;

  /* Used by the source pad's task only, or while it is stopped. */
  HablaSpeechScheduler scheduler;
  HablaTextReader reader;
} HablaSynthesizerPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (HablaSynthesizer, habla_synthesizer, HABLA_TYPE_TEXT_ELEMENT,
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

void
habla_synthesizer_set_rate (HablaSynthesizer *self, guint rate)
{
  g_return_if_fail (HABLA_IS_SYNTHESIZER (self));
  g_return_if_fail (rate >= HABLA_SYNTHESIZER_MIN_RATE && rate <= HABLA_SYNTHESIZER_MAX_RATE);

  PRIVATE (self)->scheduler.rate = rate;
}

guint
habla_synthesizer_get_rate (HablaSynthesizer *self)
{
  g_return_val_if_fail (HABLA_IS_SYNTHESIZER (self), 0);

  return PRIVATE (self)->scheduler.rate;
}

void
habla_synthesizer_set_output (HablaSynthesizer *self, HablaSynthesizerOutput output, gpointer data)
{
  g_return_if_fail (HABLA_IS_SYNTHESIZER (self));

  PRIVATE (self)->output = output;
  PRIVATE (self)->output_data = data;
}

gboolean
habla_synthesizer_push (HablaSynthesizer *self, const gint16 *samples, gsize n_samples)
{
  HablaSynthesizerPrivate *priv;

  g_return_val_if_fail (HABLA_IS_SYNTHESIZER (self), FALSE);
  g_return_val_if_fail (samples != NULL || n_samples == 0, FALSE);

  priv = PRIVATE (self);
  if (priv->output != NULL)
    return priv->output (samples, n_samples, priv->output_data);
  if (n_samples > 0 && priv->scheduler.speech.n_samples == 0) {
    habla_synthesis_stats_begin (&priv->stats);
    habla_speech_scheduler_begin (
        &priv->scheduler, habla_text_element_get_earliest (HABLA_TEXT_ELEMENT (self)));
  }
  return habla_speech_scheduler_push (&priv->scheduler, samples, n_samples);
}

static const char *
synthesizer_choose_language (HablaSynthesizerPrivate *priv, const HablaUtterance *utterance)
{
  g_autofree char *mine = habla_language_get_primary (priv->language);
  g_autofree char *its = NULL;

  if (utterance->language == NULL)
    return priv->language;
  its = habla_language_get_primary (utterance->language);
  return g_ascii_strcasecmp (mine, its) == 0 ? priv->language : utterance->language;
}

static void
synthesizer_speak (HablaSynthesizer *self, const HablaUtterance *utterance)
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
  spoken = HABLA_SYNTHESIZER_GET_CLASS (self)->synthesize (self, utterance->text,
      synthesizer_choose_language (priv, utterance), speech->speed, cancellable, &error);
  if (spoken && speech->flow == GST_FLOW_OK) {
    habla_synthesis_stats_succeed (&priv->stats, speech);
  } else if (spoken || g_cancellable_is_cancelled (cancellable)) {
    habla_synthesis_stats_cancel (&priv->stats);
  } else {
    habla_missing_error_set (self, "gave neither speech nor a reason", &error);
    habla_synthesis_stats_fail (&priv->stats, &error);
    if (error != NULL)
      habla_text_element_warn (HABLA_TEXT_ELEMENT (self), utterance->id, error);
  }
}

static HablaSpeechSettings
synthesizer_get_settings (HablaSynthesizer *self)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);
  HablaSpeechSettings settings = { .max_speed = HABLA_SYNTHESIZER_MAX_SPEED };

  GST_OBJECT_LOCK (self);
  settings.overlap = priv->overflow == HABLA_SYNTHESIZER_OVERFLOW_OVERLAP;
  settings.clip = priv->overflow == HABLA_SYNTHESIZER_OVERFLOW_CLIP;
  settings.compress = priv->overflow == HABLA_SYNTHESIZER_OVERFLOW_COMPRESS;
  settings.max_lag = priv->max_lag;
  settings.lateness = priv->lateness;
  GST_OBJECT_UNLOCK (self);
  return settings;
}

static GstFlowReturn
synthesizer_handle_buffer (HablaSynthesizer *self, GstBuffer *buffer)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);
  HablaSpeechScheduler *scheduler = &priv->scheduler;
  g_autoptr (HablaUtterance) utterance = NULL;
  GstClockTime begin, end;
  HablaSpeechSettings settings = synthesizer_get_settings (self);

  utterance = habla_text_reader_read (&priv->reader, buffer, &scheduler->input);
  if (!habla_speech_scheduler_get_slot (scheduler, buffer, settings.lateness, &begin, &end) ||
      habla_text_is_blank (utterance->text)) {
    habla_synthesis_stats_pass (&priv->stats);
    habla_speech_scheduler_advance (scheduler, begin);
    return GST_FLOW_OK;
  }

  habla_speech_scheduler_plan (scheduler, begin, end,
      habla_text_element_get_earliest (HABLA_TEXT_ELEMENT (self)), &settings);
  GST_DEBUG_OBJECT (self, "at %" GST_TIME_FORMAT ", speed %.2f: %s",
      GST_TIME_ARGS (scheduler->speech.begin), scheduler->speech.speed, utterance->text);
  synthesizer_speak (self, utterance);
  habla_speech_scheduler_advance (scheduler, begin);
  return scheduler->speech.flow;
}

static void
synthesizer_set_caps (HablaSynthesizer *self, GstEvent *event)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  habla_text_reader_set_caps (&priv->reader, caps);
  gst_event_unref (event);
  habla_speech_scheduler_send_caps (&priv->scheduler);
}

/* Text straight from a file or pipe has no caps. */
static void
synthesizer_set_segment (HablaSynthesizer *self, GstEvent *event)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);

  if (!priv->scheduler.caps_sent)
    priv->reader.format = HABLA_TEXT_LINES;
  habla_speech_scheduler_send_caps (&priv->scheduler);
  habla_speech_scheduler_set_segment (&priv->scheduler, event);
}

static void
synthesizer_handle_gap (HablaSynthesizer *self, GstEvent *event)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);
  GstClockTime position, duration, lateness;

  gst_event_parse_gap (event, &position, &duration);
  gst_event_unref (event);
  if (GST_CLOCK_TIME_IS_VALID (duration))
    position += duration;
  GST_OBJECT_LOCK (self);
  lateness = priv->lateness;
  GST_OBJECT_UNLOCK (self);
  position = gst_segment_to_running_time (&priv->scheduler.input, GST_FORMAT_TIME, position);
  if (GST_CLOCK_TIME_IS_VALID (position))
    habla_speech_scheduler_advance (&priv->scheduler, position + lateness);
}

/* The audio is in the language of the voice, and not encoded. */
static void
synthesizer_handle_tags (HablaSynthesizer *self, GstEvent *event)
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
synthesizer_handle_queued_event (HablaSynthesizer *self, GstEvent *event)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_CAPS:
    synthesizer_set_caps (self, event);
    break;
  case GST_EVENT_SEGMENT:
    synthesizer_set_segment (self, event);
    break;
  case GST_EVENT_GAP:
    synthesizer_handle_gap (self, event);
    break;
  case GST_EVENT_TAG:
    synthesizer_handle_tags (self, event);
    break;
  case GST_EVENT_STREAM_START:
    priv->reader.last_id = 0;
    gst_pad_push_event (priv->srcpad, event);
    break;
  default:
    gst_pad_push_event (priv->srcpad, event);
    break;
  }
}

static GstFlowReturn
synthesizer_handle_item (HablaTextElement *element, HablaFlowItem *item)
{
  HablaSynthesizer *self = HABLA_SYNTHESIZER (element);

  if (item->buffer != NULL)
    return synthesizer_handle_buffer (self, item->buffer);
  synthesizer_handle_queued_event (self, g_steal_pointer (&item->event));
  return GST_FLOW_OK;
}

static GstFlowReturn
synthesizer_chain (HablaTextElement *element, GstBuffer *buffer)
{
  HablaSynthesizerPrivate *priv = PRIVATE (HABLA_SYNTHESIZER (element));
  HablaFlowItem *item = habla_flow_queue_new_item (&priv->queue);

  item->buffer = buffer;
  item->is_ready = TRUE;
  return habla_flow_queue_push (&priv->queue, item);
}

static gboolean
synthesizer_handle_event (HablaTextElement *element, GstEvent *event)
{
  if (!habla_utterance_is_event (event))
    return habla_text_element_push_event (element, event);
  gst_event_unref (event);
  return TRUE;
}

static void
synthesizer_reset (HablaTextElement *element)
{
  HablaSynthesizerPrivate *priv = PRIVATE (HABLA_SYNTHESIZER (element));

  habla_speech_scheduler_reset (&priv->scheduler);
  GST_OBJECT_LOCK (element);
  g_clear_object (&priv->cancellable);
  priv->cancellable = g_cancellable_new ();
  GST_OBJECT_UNLOCK (element);
}

static void
synthesizer_interrupt (HablaTextElement *element)
{
  HablaSynthesizerPrivate *priv = PRIVATE (HABLA_SYNTHESIZER (element));
  g_autoptr (GCancellable) cancellable = NULL;

  GST_OBJECT_LOCK (element);
  g_set_object (&cancellable, priv->cancellable);
  GST_OBJECT_UNLOCK (element);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

static gboolean
synthesizer_start (HablaTextElement *element, GError **error)
{
  HablaSynthesizer *self = HABLA_SYNTHESIZER (element);
  HablaSynthesizerPrivate *priv = PRIVATE (self);
  HablaSynthesizerClass *klass = HABLA_SYNTHESIZER_GET_CLASS (self);

  GST_OBJECT_LOCK (self);
  priv->language = habla_language_normalize (priv->language_code, error);
  GST_OBJECT_UNLOCK (self);
  if (priv->language == NULL)
    return FALSE;
  priv->scheduler.rate = HABLA_SYNTHESIZER_RATE;
  if (klass->start != NULL && !klass->start (self, priv->language, error)) {
    habla_missing_error_set (self, "neither started nor gave a reason", error);
    return FALSE;
  }
  priv->started = TRUE;
  habla_synthesis_stats_reset (&priv->stats);
  priv->reader = (HablaTextReader){ .format = HABLA_TEXT_UTF8 };
  priv->scheduler.caps_sent = FALSE;
  synthesizer_reset (element);
  return TRUE;
}

static void
synthesizer_stop (HablaTextElement *element)
{
  HablaSynthesizer *self = HABLA_SYNTHESIZER (element);
  HablaSynthesizerPrivate *priv = PRIVATE (self);
  HablaSynthesizerClass *klass = HABLA_SYNTHESIZER_GET_CLASS (self);

  if (priv->started && klass->stop != NULL)
    klass->stop (self);
  priv->started = FALSE;
  g_clear_pointer (&priv->language, g_free);
}

static const HablaTextElementFuncs synthesizer_funcs = {
  .start = synthesizer_start,
  .stop = synthesizer_stop,
  .reset = synthesizer_reset,
  .interrupt = synthesizer_interrupt,
  .chain = synthesizer_chain,
  .handle_event = synthesizer_handle_event,
  .handle_item = synthesizer_handle_item,
};

static const HablaFlowQueueFuncs queue_funcs = { .item_size = sizeof (HablaFlowItem) };

static GStrv
synthesizer_list_languages (HablaSynthesizer *self)
{
  HablaSynthesizerClass *klass = HABLA_SYNTHESIZER_GET_CLASS (self);

  return klass->list_languages != NULL ? klass->list_languages (self) : g_new0 (char *, 1);
}

static void
synthesizer_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaSynthesizerPrivate *priv = PRIVATE (HABLA_SYNTHESIZER (object));

  GST_OBJECT_LOCK (object);
  switch (id) {
  case PROP_LANGUAGE_CODE:
    g_free (priv->language_code);
    priv->language_code = g_value_dup_string (value);
    break;
  case PROP_OVERFLOW:
    priv->overflow = g_value_get_enum (value);
    break;
  case PROP_MAX_LAG:
    priv->max_lag = g_value_get_uint (value) * GST_MSECOND;
    break;
  case PROP_LATENESS:
    priv->lateness = g_value_get_uint (value) * GST_MSECOND;
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (object);
}

static void
synthesizer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaSynthesizer *self = HABLA_SYNTHESIZER (object);
  HablaSynthesizerPrivate *priv = PRIVATE (self);

  switch (id) {
  case PROP_STATS:
    g_value_take_boxed (value, habla_synthesis_stats_to_structure (
                                   &priv->stats, habla_flow_queue_get_n_buffers (&priv->queue)));
    return;
  case PROP_AVAILABLE_LANGUAGES:
    g_value_take_boxed (value, synthesizer_list_languages (self));
    return;
  }

  GST_OBJECT_LOCK (object);
  switch (id) {
  case PROP_LANGUAGE_CODE:
    g_value_set_string (value, priv->language_code);
    break;
  case PROP_OVERFLOW:
    g_value_set_enum (value, priv->overflow);
    break;
  case PROP_MAX_LAG:
    g_value_set_uint (value, priv->max_lag / GST_MSECOND);
    break;
  case PROP_LATENESS:
    g_value_set_uint (value, priv->lateness / GST_MSECOND);
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

  habla_flow_queue_clear (&priv->queue);
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

  g_object_class_install_property (object_class, PROP_LANGUAGE_CODE,
      g_param_spec_string ("language-code", "Language",
          "BCP 47 code of the language to speak; utterances in another language are spoken in "
          "that language",
          DEFAULT_LANGUAGE_CODE, ready));

  g_object_class_install_property (object_class, PROP_OVERFLOW,
      g_param_spec_enum ("overflow", "Overflow",
          "How to handle speech that takes longer than its slot", HABLA_TYPE_SYNTHESIZER_OVERFLOW,
          DEFAULT_OVERFLOW, playing));

  g_object_class_install_property (object_class, PROP_MAX_LAG,
      g_param_spec_uint ("max-lag", "Maximum lag",
          "With overflow=compress: maximum time from the end of the original speech to the begin "
          "of the synthesised one, in milliseconds; speech becomes faster from half of it on, and "
          "is twice as fast at this lag",
          0, G_MAXINT, DEFAULT_MAX_LAG, playing));

  g_object_class_install_property (object_class, PROP_LATENESS,
      g_param_spec_uint ("lateness", "Lateness",
          "Delay of speech after its text, in milliseconds; not part of the response to LATENCY "
          "queries, so that speech follows all other streams with this delay",
          0, G_MAXINT, DEFAULT_LATENESS, playing));

  /**
   * HablaSynthesizer:stats:
   *
   * Statistics since the element last left READY. Fields: `waiting` (uint: utterances
   * that wait while one is spoken), `spoken`, `failed`, `passed` (uint64: utterances that
   * were spoken, left out because the engine failed, or blank or outside of the segment),
   * `clipped`, `compressed` (uint64: spoken utterances that were cut, or spoken faster),
   * `speech-time` (uint64: duration of speech, in nanoseconds), `lag`, `lag-max` (uint64:
   * time from the end of a slot to the begin of its speech, in nanoseconds, of the last
   * utterance and at most), `latency-p50`, `latency-p95`, `latency-p99`, `latency-max`
   * (uint64: time from the request to the engine to its first sample, in nanoseconds),
   * `breaker` (string: "closed"; "open" while a broken engine gets no requests;
   * "half-open" while one utterance tests it).
   */
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Utterances by outcome, speech time, lag and latency in nanoseconds, state of the "
          "circuit breaker; readable from any thread",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  g_object_class_install_property (object_class, PROP_AVAILABLE_LANGUAGES,
      g_param_spec_boxed ("available-languages", "Available languages",
          "BCP 47 codes of the languages that the engine speaks", G_TYPE_STRV,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
}

static void
habla_synthesizer_init (HablaSynthesizer *self)
{
  HablaSynthesizerPrivate *priv = PRIVATE (self);

  habla_flow_queue_init (&priv->queue, &queue_funcs);
  habla_flow_queue_set_max_buffers (&priv->queue, MAX_WAITING);
  habla_synthesis_stats_init (&priv->stats);
  priv->language_code = g_strdup (DEFAULT_LANGUAGE_CODE);
  priv->overflow = DEFAULT_OVERFLOW;
  priv->max_lag = DEFAULT_MAX_LAG * GST_MSECOND;
  priv->lateness = DEFAULT_LATENESS * GST_MSECOND;
  habla_text_element_construct (
      HABLA_TEXT_ELEMENT (self), &synthesizer_funcs, &priv->queue, &sink_template, &src_template);
  priv->srcpad = habla_text_element_get_src_pad (HABLA_TEXT_ELEMENT (self));
  habla_speech_scheduler_init (
      &priv->scheduler, priv->srcpad, &src_template, HABLA_SYNTHESIZER_RATE);
}
