/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * HablaTranslator:
 *
 * Base class of elements that translate text. Takes `text/x-raw` (plain or with
 * Pango's markup, of which only the text is kept) or `text/plain`, one utterance a
 * buffer, and gives `text/x-raw, format=utf8` with the same times and a
 * `HablaUtterance` meta that holds the source text, too.
 *
 * Up to #HablaTranslator:max-in-flight utterances are inside at once; then the
 * element upstream waits. Buffers and serialized events leave in the order in which
 * they came. Partial hypotheses (`habla/partial` events) are translated when no
 * final utterance waits, only ever the newest, and only until the final one comes.
 *
 * An utterance whose translation fails is passed on with its source text, marked
 * untranslated, and an element warning tells why; its details are `utterance-id`
 * (guint64) and `reason` (string). After five failures in a row there is one more
 * warning, and the engine is left alone for one second, then for two, and so on up
 * to a minute, until one utterance that tries it is translated.
 *
 * Utterances without a language are taken to be in the input language; those in
 * the output language, and empty ones, pass without the engine being asked.
 *
 * Languages and #HablaTranslator:max-in-flight take effect from READY to PAUSED.
 */
#include "habla/translator.h"

#include "habla/error.h"
#include "habla/language.h"
#include "habla/plain-text.h"
#include "habla/translation-queue.h"
#include "habla/utterance-meta.h"

GST_DEBUG_CATEGORY_STATIC (translator_debug);
#define GST_CAT_DEFAULT translator_debug

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (HABLA_PLAIN_TEXT_CAPS));

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (HABLA_TEXT_CAPS));

enum {
  PROP_0,
  PROP_INPUT_LANGUAGE_CODE,
  PROP_OUTPUT_LANGUAGE_CODE,
  PROP_MAX_IN_FLIGHT,
  PROP_LATENCY,
  PROP_PARTIALS,
  PROP_STATS,
  PROP_AVAILABLE_PAIRS,
};

#define DEFAULT_INPUT_LANGUAGE_CODE "en"
#define DEFAULT_OUTPUT_LANGUAGE_CODE "es"
#define DEFAULT_MAX_IN_FLIGHT 2
#define DEFAULT_LATENCY 100
#define DEFAULT_PARTIALS TRUE

typedef struct {
  GstPad *sinkpad;
  GstPad *srcpad;
  HablaTranslationQueue *queue; /* has a lock of its own */

  /* With the object lock. */
  char *input_language_code;
  char *output_language_code;
  guint max_in_flight;
  guint latency;
  gboolean partials;

  /* Atomic. */
  gsize retried;

  /* Set from READY to PAUSED, before any streaming thread runs. */
  char *input;
  char *output;
  gboolean started; /* otherwise the two are the same */

  /* With the stream lock of the sink pad. */
  GstSegment segment;
  HablaTextFormat format;
  gboolean caps_sent;
  guint64 last_id;       /* for habla_utterance_from_buffer() */
  guint64 last_final_id; /* no partial hypothesis of it may follow */
} HablaTranslatorPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (HablaTranslator, habla_translator, GST_TYPE_ELEMENT,
    G_ADD_PRIVATE (HablaTranslator) GST_DEBUG_CATEGORY_INIT (
        translator_debug, "hablatranslator", 0, "Habla translator base class"))

#define PRIVATE(self) ((HablaTranslatorPrivate *) habla_translator_get_instance_private (self))

/**
 * habla_translator_count_retry:
 * @self: a translator
 *
 * For backends: counts in `stats` that a translation was tried once more. Any thread.
 */
void
habla_translator_count_retry (HablaTranslator *self)
{
  g_return_if_fail (HABLA_IS_TRANSLATOR (self));

  __atomic_fetch_add (&PRIVATE (self)->retried, 1, __ATOMIC_RELAXED);
}

/* Worker threads. */
static char *
translate (const char *text, GCancellable *cancellable, gpointer data, GError **error)
{
  HablaTranslator *self = data;
  char *translation;

  translation = HABLA_TRANSLATOR_GET_CLASS (self)->translate (self, text, cancellable, error);
  if (translation != NULL && !g_utf8_validate (translation, -1, NULL)) {
    g_clear_pointer (&translation, g_free);
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "The engine of %s answered with invalid UTF-8", GST_OBJECT_NAME (self));
  } else if (translation == NULL && error != NULL && *error == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "The engine of %s gave neither a translation nor a reason", GST_OBJECT_NAME (self));
  }
  return translation;
}

static void
warn (HablaTranslator *self, const HablaTranslation *translation)
{
  const GError *error = translation->error;

  gst_element_message_full_with_details (GST_ELEMENT (self), GST_MESSAGE_WARNING, error->domain,
      error->code, g_strdup (error->message), NULL, __FILE__, GST_FUNCTION, __LINE__,
      gst_structure_new ("details", "utterance-id", G_TYPE_UINT64, translation->utterance->id,
          "reason", G_TYPE_STRING, error->message, NULL));
}

/* Makes of the utterance that came in the one that leaves. */
static void
apply (HablaTranslator *self, HablaTranslation *translation)
{
  HablaUtterance *utterance = translation->utterance;
  char *text = g_steal_pointer (&translation->translation);

  if (translation->outcome == HABLA_TRANSLATION_FAILED) {
    utterance->untranslated = TRUE;
    return;
  }
  /* Nothing said is the same in every language. */
  if (text == NULL && habla_plain_text_is_blank (utterance->text))
    text = g_strdup (utterance->text);
  if (text == NULL)
    return;

  g_free (utterance->source_text);
  g_free (utterance->source_language);
  utterance->source_text = utterance->text;
  utterance->source_language = utterance->language;
  utterance->text = text;
  utterance->language = g_strdup (PRIVATE (self)->output);
}

static GstFlowReturn
push_utterance (HablaTranslator *self, HablaTranslation *translation)
{
  HablaTranslatorPrivate *priv = PRIVATE (self);
  GstBuffer *buffer;
  GstSegment segment;

  apply (self, translation);
  if (translation->error != NULL)
    warn (self, translation);
  if (translation->buffer == NULL) {
    gst_pad_push_event (priv->srcpad, habla_utterance_to_event (translation->utterance));
    return GST_FLOW_OK;
  }

  /* The times are those of the buffer that came in, whatever the segment. */
  gst_segment_init (&segment, GST_FORMAT_TIME);
  buffer = habla_utterance_to_buffer (translation->utterance, &segment);
  gst_buffer_copy_into (
      buffer, translation->buffer, GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
  return gst_pad_push (priv->srcpad, buffer);
}

/* The task of the src pad. */
static void
translator_loop (gpointer data)
{
  HablaTranslator *self = data;
  HablaTranslatorPrivate *priv = PRIVATE (self);
  g_autoptr (HablaTranslation) translation = habla_translation_queue_pop (priv->queue);
  GstFlowReturn flow = GST_FLOW_OK;

  if (translation == NULL) {
    gst_pad_pause_task (priv->srcpad);
    return;
  }

  if (translation->event != NULL)
    gst_pad_push_event (priv->srcpad, g_steal_pointer (&translation->event));
  else
    flow = push_utterance (self, translation);

  if (flow != GST_FLOW_OK) {
    GST_DEBUG_OBJECT (self, "downstream returned %s", gst_flow_get_name (flow));
    if (habla_translation_queue_fail (priv->queue, flow) &&
        (flow == GST_FLOW_NOT_LINKED || flow < GST_FLOW_EOS)) {
      GST_ELEMENT_FLOW_ERROR (self, flow);
      gst_pad_push_event (priv->srcpad, gst_event_new_eos ());
    }
  }
}

/* Sink streaming thread. Fills in the language if it is not known. */
static gboolean
needs_translation (HablaTranslator *self, HablaUtterance *utterance)
{
  HablaTranslatorPrivate *priv = PRIVATE (self);

  if (utterance->language == NULL)
    utterance->language = g_strdup (priv->input);
  return priv->started && !habla_plain_text_is_blank (utterance->text) &&
         !habla_language_matches (priv->output, utterance->language);
}

static GstFlowReturn
translator_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  HablaTranslator *self = HABLA_TRANSLATOR (parent);
  HablaTranslatorPrivate *priv = PRIVATE (self);
  g_autofree char *text = NULL;
  HablaUtterance *utterance;
  gboolean needed;

  utterance = habla_utterance_from_buffer (buffer, &priv->segment, &priv->last_id);
  priv->last_final_id = MAX (priv->last_final_id, utterance->id);
  text = utterance->text;
  utterance->text = habla_plain_text_get (text, priv->format);
  needed = needs_translation (self, utterance);
  return habla_translation_queue_push_final (priv->queue, utterance, buffer, needed);
}

static gboolean
handle_partial (HablaTranslator *self, GstEvent *event)
{
  HablaTranslatorPrivate *priv = PRIVATE (self);
  g_autoptr (HablaUtterance) utterance = habla_utterance_from_event (event);
  gboolean needed = needs_translation (self, utterance);
  gboolean partials;

  gst_event_unref (event);
  GST_OBJECT_LOCK (self);
  partials = priv->partials;
  GST_OBJECT_UNLOCK (self);
  if ((utterance->id != 0 && utterance->id <= priv->last_final_id) || (needed && !partials)) {
    habla_translation_queue_skip_partial (priv->queue);
    return TRUE;
  }
  return habla_translation_queue_push_partial (priv->queue, g_steal_pointer (&utterance), needed) ==
         GST_FLOW_OK;
}

static gboolean
handle_event (HablaTranslator *self, GstEvent *event)
{
  gboolean is_eos = GST_EVENT_TYPE (event) == GST_EVENT_EOS;
  GstFlowReturn flow = habla_translation_queue_push_event (PRIVATE (self)->queue, event);

  /* No more data will come to carry the error upstream. */
  if (is_eos && (flow == GST_FLOW_NOT_LINKED || flow < GST_FLOW_EOS))
    GST_ELEMENT_FLOW_ERROR (self, flow);
  return flow == GST_FLOW_OK;
}

static gboolean
send_caps (HablaTranslator *self)
{
  g_autoptr (GstCaps) caps = gst_static_pad_template_get_caps (&src_template);

  PRIVATE (self)->caps_sent = TRUE;
  return handle_event (self, gst_event_new_caps (caps));
}

static gboolean
set_caps (HablaTranslator *self, GstEvent *event)
{
  HablaTranslatorPrivate *priv = PRIVATE (self);
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  priv->format = habla_text_format_from_caps (caps);
  gst_event_unref (event);
  return send_caps (self);
}

/* Debian's pocketsphinx element tells no caps: its text comes in lines. Text that is
 * read as it is from a file or pipe has a segment in bytes; it has no times, and flows
 * on in an open segment. */
static gboolean
handle_segment (HablaTranslator *self, GstEvent *event)
{
  HablaTranslatorPrivate *priv = PRIVATE (self);

  if (!priv->caps_sent) {
    priv->format = HABLA_TEXT_LINES;
    send_caps (self);
  }

  gst_event_copy_segment (event, &priv->segment);
  if (priv->segment.format != GST_FORMAT_TIME) {
    guint32 seqnum = gst_event_get_seqnum (event);

    GST_INFO_OBJECT (
        self, "segment in %s becomes one in time", gst_format_get_name (priv->segment.format));
    gst_segment_init (&priv->segment, GST_FORMAT_TIME);
    gst_event_unref (event);
    event = gst_event_new_segment (&priv->segment);
    gst_event_set_seqnum (event, seqnum);
  }
  return handle_event (self, event);
}

/* A muxer labels what leaves by the tags. */
static gboolean
handle_tags (HablaTranslator *self, GstEvent *event)
{
  HablaTranslatorPrivate *priv = PRIVATE (self);
  guint32 seqnum = gst_event_get_seqnum (event);
  GstTagList *tags;

  gst_event_parse_tag (event, &tags);
  if (gst_tag_list_get_tag_size (tags, GST_TAG_LANGUAGE_CODE) > 0) {
    g_autofree char *language = habla_language_get_primary (priv->output);

    tags = gst_tag_list_copy (tags);
    gst_tag_list_add (tags, GST_TAG_MERGE_REPLACE, GST_TAG_LANGUAGE_CODE, language, NULL);
    gst_tag_list_remove_tag (tags, GST_TAG_LANGUAGE_NAME);
    gst_event_unref (event);
    event = gst_event_new_tag (tags);
    gst_event_set_seqnum (event, seqnum);
  }
  return handle_event (self, event);
}

static gboolean
flush_start (HablaTranslator *self, GstEvent *event)
{
  HablaTranslatorPrivate *priv = PRIVATE (self);
  gboolean pushed = gst_pad_push_event (priv->srcpad, event);

  habla_translation_queue_set_flushing (priv->queue, TRUE);
  gst_pad_pause_task (priv->srcpad);
  return pushed;
}

static gboolean
flush_stop (HablaTranslator *self, GstEvent *event)
{
  HablaTranslatorPrivate *priv = PRIVATE (self);
  gboolean pushed = gst_pad_push_event (priv->srcpad, event);

  gst_segment_init (&priv->segment, GST_FORMAT_TIME);
  priv->last_final_id = 0;
  habla_translation_queue_set_flushing (priv->queue, FALSE);
  gst_pad_start_task (priv->srcpad, translator_loop, self, NULL);
  return pushed;
}

static gboolean
translator_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  HablaTranslator *self = HABLA_TRANSLATOR (parent);
  HablaTranslatorPrivate *priv = PRIVATE (self);

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_FLUSH_START:
    return flush_start (self, event);
  case GST_EVENT_FLUSH_STOP:
    return flush_stop (self, event);
  case GST_EVENT_STREAM_START:
    priv->last_id = 0;
    priv->last_final_id = 0;
    priv->caps_sent = FALSE;
    return handle_event (self, event);
  case GST_EVENT_CAPS:
    return set_caps (self, event);
  case GST_EVENT_SEGMENT:
    return handle_segment (self, event);
  case GST_EVENT_TAG:
    return handle_tags (self, event);
  default:
    if (!GST_EVENT_IS_SERIALIZED (event))
      return gst_pad_push_event (priv->srcpad, event);
    if (habla_utterance_is_event (event))
      return handle_partial (self, event);
    return handle_event (self, event);
  }
}

static gboolean
translator_sink_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  HablaTranslator *self = HABLA_TRANSLATOR (parent);
  HablaTranslatorPrivate *priv = PRIVATE (self);

  /* What downstream proposes is meant for our buffers, not for those of upstream. */
  if (GST_QUERY_TYPE (query) == GST_QUERY_ALLOCATION)
    return FALSE;
  if (GST_QUERY_IS_SERIALIZED (query) && habla_translation_queue_drain (priv->queue) != GST_FLOW_OK)
    return FALSE;
  return gst_pad_query_default (pad, parent, query);
}

static gboolean
translator_src_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE)
    habla_translation_queue_recover (
        PRIVATE (HABLA_TRANSLATOR (parent))->queue, GST_FLOW_NOT_LINKED);
  return gst_pad_event_default (pad, parent, event);
}

static gboolean
translator_src_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  HablaTranslatorPrivate *priv = PRIVATE (HABLA_TRANSLATOR (parent));
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
translator_sink_activate_mode (GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active)
{
  HablaTranslatorPrivate *priv = PRIVATE (HABLA_TRANSLATOR (parent));

  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;
  if (!active)
    habla_translation_queue_set_flushing (priv->queue, TRUE);
  return TRUE;
}

static gboolean
translator_src_activate_mode (GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active)
{
  HablaTranslatorPrivate *priv = PRIVATE (HABLA_TRANSLATOR (parent));

  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;
  habla_translation_queue_set_flushing (priv->queue, !active);
  return active ? gst_pad_start_task (pad, translator_loop, parent, NULL) : gst_pad_stop_task (pad);
}

/* From READY to PAUSED. */
static gboolean
start (HablaTranslator *self, GError **error)
{
  HablaTranslatorPrivate *priv = PRIVATE (self);
  HablaTranslatorClass *klass = HABLA_TRANSLATOR_GET_CLASS (self);
  guint max_in_flight;

  GST_OBJECT_LOCK (self);
  priv->input = habla_language_normalize (priv->input_language_code, error);
  if (priv->input != NULL)
    priv->output = habla_language_normalize (priv->output_language_code, error);
  max_in_flight = priv->max_in_flight;
  GST_OBJECT_UNLOCK (self);
  if (priv->output == NULL)
    return FALSE;

  if (!habla_language_matches (priv->output, priv->input)) {
    if (klass->start != NULL && !klass->start (self, priv->input, priv->output, error))
      return FALSE;
    priv->started = TRUE;
  }
  gst_segment_init (&priv->segment, GST_FORMAT_TIME);
  priv->format = HABLA_TEXT_UTF8;
  priv->caps_sent = FALSE;
  priv->last_id = 0;
  priv->last_final_id = 0;
  __atomic_store_n (&priv->retried, 0, __ATOMIC_RELAXED);
  habla_translation_queue_start (priv->queue, max_in_flight);
  return TRUE;
}

/* From PAUSED to READY, and after a start that failed. */
static void
stop (HablaTranslator *self)
{
  HablaTranslatorPrivate *priv = PRIVATE (self);
  HablaTranslatorClass *klass = HABLA_TRANSLATOR_GET_CLASS (self);

  /* A FLUSH_STOP on its way when the pads became inactive may have started it again, and then
   * it waits for what is to come. */
  habla_translation_queue_set_flushing (priv->queue, TRUE);
  gst_pad_stop_task (priv->srcpad);
  habla_translation_queue_stop (priv->queue);
  if (priv->started && klass->stop != NULL)
    klass->stop (self);
  priv->started = FALSE;
  g_clear_pointer (&priv->input, g_free);
  g_clear_pointer (&priv->output, g_free);
}

static GstStateChangeReturn
translator_change_state (GstElement *element, GstStateChange transition)
{
  HablaTranslator *self = HABLA_TRANSLATOR (element);
  g_autoptr (GError) error = NULL;
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self, &error)) {
    stop (self);
    gst_element_message_full (element, GST_MESSAGE_ERROR, error->domain, error->code,
        g_strdup (error->message), NULL, __FILE__, GST_FUNCTION, __LINE__);
    return GST_STATE_CHANGE_FAILURE;
  }

  result = GST_ELEMENT_CLASS (habla_translator_parent_class)->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY ||
      (transition == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE))
    stop (self);
  return result;
}

static GstStructure *
get_stats (HablaTranslator *self)
{
  HablaTranslatorPrivate *priv = PRIVATE (self);
  HablaTranslationStats stats;

  habla_translation_queue_get_stats (priv->queue, &stats);
  return gst_structure_new ("habla/translator-stats", "in-flight", G_TYPE_UINT, stats.in_flight,
      "in-flight-peak", G_TYPE_UINT, stats.in_flight_peak, "done", G_TYPE_UINT64, stats.done,
      "failed", G_TYPE_UINT64, stats.failed, "passed", G_TYPE_UINT64, stats.passed, "retried",
      G_TYPE_UINT64, (guint64) __atomic_load_n (&priv->retried, __ATOMIC_RELAXED),
      "partials-translated", G_TYPE_UINT64, stats.partials_translated, "partials-dropped",
      G_TYPE_UINT64, stats.partials_dropped, "latency-p50", G_TYPE_UINT64, stats.latency_p50,
      "latency-p95", G_TYPE_UINT64, stats.latency_p95, "latency-p99", G_TYPE_UINT64,
      stats.latency_p99, "latency-max", G_TYPE_UINT64, stats.latency_max, "breaker", G_TYPE_STRING,
      stats.breaker, NULL);
}

static GStrv
list_pairs (HablaTranslator *self)
{
  HablaTranslatorClass *klass = HABLA_TRANSLATOR_GET_CLASS (self);

  return klass->list_pairs != NULL ? klass->list_pairs (self) : g_new0 (char *, 1);
}

static void
translator_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaTranslatorPrivate *priv = PRIVATE (HABLA_TRANSLATOR (object));
  gboolean new_latency = FALSE;

  GST_OBJECT_LOCK (object);
  switch (id) {
  case PROP_INPUT_LANGUAGE_CODE:
    g_free (priv->input_language_code);
    priv->input_language_code = g_value_dup_string (value);
    break;
  case PROP_OUTPUT_LANGUAGE_CODE:
    g_free (priv->output_language_code);
    priv->output_language_code = g_value_dup_string (value);
    break;
  case PROP_MAX_IN_FLIGHT:
    priv->max_in_flight = g_value_get_uint (value);
    break;
  case PROP_LATENCY:
    new_latency = priv->latency != g_value_get_uint (value);
    priv->latency = g_value_get_uint (value);
    break;
  case PROP_PARTIALS:
    priv->partials = g_value_get_boolean (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (object);

  if (new_latency)
    gst_element_post_message (GST_ELEMENT (object), gst_message_new_latency (GST_OBJECT (object)));
}

static void
translator_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaTranslator *self = HABLA_TRANSLATOR (object);
  HablaTranslatorPrivate *priv = PRIVATE (self);

  switch (id) {
  case PROP_STATS:
    g_value_take_boxed (value, get_stats (self));
    return;
  case PROP_AVAILABLE_PAIRS:
    g_value_take_boxed (value, list_pairs (self));
    return;
  }

  GST_OBJECT_LOCK (object);
  switch (id) {
  case PROP_INPUT_LANGUAGE_CODE:
    g_value_set_string (value, priv->input_language_code);
    break;
  case PROP_OUTPUT_LANGUAGE_CODE:
    g_value_set_string (value, priv->output_language_code);
    break;
  case PROP_MAX_IN_FLIGHT:
    g_value_set_uint (value, priv->max_in_flight);
    break;
  case PROP_LATENCY:
    g_value_set_uint (value, priv->latency);
    break;
  case PROP_PARTIALS:
    g_value_set_boolean (value, priv->partials);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (object);
}

static void
translator_finalize (GObject *object)
{
  HablaTranslatorPrivate *priv = PRIVATE (HABLA_TRANSLATOR (object));

  habla_translation_queue_free (priv->queue);
  g_free (priv->input_language_code);
  g_free (priv->output_language_code);

  G_OBJECT_CLASS (habla_translator_parent_class)->finalize (object);
}

static void
habla_translator_class_init (HablaTranslatorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = translator_set_property;
  object_class->get_property = translator_get_property;
  object_class->finalize = translator_finalize;
  element_class->change_state = translator_change_state;

  g_object_class_install_property (object_class, PROP_INPUT_LANGUAGE_CODE,
      g_param_spec_string ("input-language-code", "Input language",
          "BCP 47 code of the language that is translated from; "
          "utterances without a language are taken to be in it",
          DEFAULT_INPUT_LANGUAGE_CODE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));

  g_object_class_install_property (object_class, PROP_OUTPUT_LANGUAGE_CODE,
      g_param_spec_string ("output-language-code", "Output language",
          "BCP 47 code of the language that is translated into; "
          "utterances that are in it already pass as they are",
          DEFAULT_OUTPUT_LANGUAGE_CODE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));

  g_object_class_install_property (object_class, PROP_MAX_IN_FLIGHT,
      g_param_spec_uint ("max-in-flight", "Most in flight",
          "How many utterances may be inside, and so be translated, at once; "
          "then upstream waits",
          1, 64, DEFAULT_MAX_IN_FLIGHT,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));

  g_object_class_install_property (object_class, PROP_LATENCY,
      g_param_spec_uint ("latency", "Latency",
          "How long a translation may take, in milliseconds; "
          "added to what the LATENCY query of a live pipeline tells",
          0, G_MAXINT, DEFAULT_LATENCY,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));

  g_object_class_install_property (object_class, PROP_PARTIALS,
      g_param_spec_boolean ("partials", "Partials",
          "Whether partial hypotheses are translated; if not, those that would have to be are "
          "dropped",
          DEFAULT_PARTIALS,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));

  /**
   * HablaTranslator:stats:
   *
   * What happened since the element left READY last. Fields: `in-flight`,
   * `in-flight-peak` (uint: translations that the engine works on, now and most
   * ever at once), `done`, `failed`, `passed` (uint64: final utterances that left
   * translated, untranslated for want of a working engine, or as they came because
   * there was nothing to translate), `retried` (uint64: what a backend had to ask
   * once more), `partials-translated`, `partials-dropped` (uint64), `latency-p50`,
   * `latency-p95`, `latency-p99`, `latency-max` (uint64, nanoseconds from the
   * arrival of a final utterance to its translation, those that failed or passed
   * left out), `breaker` (string: "closed", "open" while a broken engine is left
   * alone, "half-open" while one utterance tries it).
   */
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Utterances and partial hypotheses by what became of them, translations in flight, "
          "latency in nanoseconds, state of the circuit breaker; from any thread",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  g_object_class_install_property (object_class, PROP_AVAILABLE_PAIRS,
      g_param_spec_boxed ("available-pairs", "Available pairs",
          "Pairs of languages that can be translated here: \"en>es\", or \"en>es>fr\" "
          "for one that goes through Spanish",
          G_TYPE_STRV, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
}

static void
habla_translator_init (HablaTranslator *self)
{
  HablaTranslatorPrivate *priv = PRIVATE (self);

  priv->queue = habla_translation_queue_new (translate, self);
  priv->input_language_code = g_strdup (DEFAULT_INPUT_LANGUAGE_CODE);
  priv->output_language_code = g_strdup (DEFAULT_OUTPUT_LANGUAGE_CODE);
  priv->max_in_flight = DEFAULT_MAX_IN_FLIGHT;
  priv->latency = DEFAULT_LATENCY;
  priv->partials = DEFAULT_PARTIALS;

  priv->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (priv->sinkpad, translator_chain);
  gst_pad_set_event_function (priv->sinkpad, translator_sink_event);
  gst_pad_set_query_function (priv->sinkpad, translator_sink_query);
  gst_pad_set_activatemode_function (priv->sinkpad, translator_sink_activate_mode);
  gst_element_add_pad (GST_ELEMENT (self), priv->sinkpad);

  priv->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_event_function (priv->srcpad, translator_src_event);
  gst_pad_set_query_function (priv->srcpad, translator_src_query);
  gst_pad_set_activatemode_function (priv->srcpad, translator_src_activate_mode);
  gst_pad_use_fixed_caps (priv->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), priv->srcpad);
}
