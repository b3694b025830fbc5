/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * HablaTranslator:
 *
 * Base class of elements that translate text. The sink pad accepts `text/x-raw` (plain, or
 * with Pango markup, which is removed) or `text/plain`, one utterance a buffer. The source
 * pad sends `text/x-raw, format=utf8` with the same times and a `HablaUtterance` meta that
 * also has the source text.
 *
 * At most #HablaTranslator:max-in-flight utterances are inside at once; then the element
 * upstream waits. Buffers and serialized events leave in the order in which they arrived.
 * Partial hypotheses (`habla/partial` events) are translated while no final utterance
 * waits: only the newest one, and only until its final utterance arrives.
 *
 * An utterance whose translation fails passes with its source text, marked untranslated,
 * and the element posts a WARNING; its details are `utterance-id` (guint64) and `reason`
 * (string). After five failures in a row the element posts one more WARNING and sends no
 * requests to the engine for one second, then for two, and so on up to a minute, until a
 * request succeeds.
 *
 * Utterances without a language count as in the input language. Utterances in the output
 * language and blank utterances pass without a request to the engine.
 *
 * If the annotations of an utterance have a corrected text, this is what is translated; the source
 * text stays as it was said.
 *
 * Backends keep or replace the terms of #HablaTranslator:glossary.
 *
 * Languages and #HablaTranslator:max-in-flight take effect from READY to PAUSED.
 */
#include "habla/translator.h"

#include "habla/engine.h"
#include "habla/engines/missing-error.h"
#include "habla/error.h"
#include "habla/glossary/glossary-source.h"
#include "habla/language.h"
#include "habla/queue/text-element.h"
#include "habla/text-reader.h"
#include "habla/queue/translation-queue.h"
#include "habla/utterance-meta.h"

GST_DEBUG_CATEGORY_STATIC (translator_debug);
#define GST_CAT_DEFAULT translator_debug

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (HABLA_TEXT_READER_CAPS));

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (HABLA_TEXT_CAPS));

enum {
  PROP_0,
  PROP_INPUT_LANGUAGE_CODE,
  PROP_OUTPUT_LANGUAGE_CODE,
  PROP_MAX_IN_FLIGHT,
  PROP_PARTIALS,
  PROP_GLOSSARY,
  PROP_STATS,
  PROP_AVAILABLE_PAIRS,
};

#define DEFAULT_INPUT_LANGUAGE_CODE "en"
#define DEFAULT_OUTPUT_LANGUAGE_CODE "es"
#define DEFAULT_MAX_IN_FLIGHT 2
#define DEFAULT_PARTIALS TRUE

typedef struct {
  GstPad *srcpad;               /* (unowned) */
  HablaTranslationQueue *queue; /* has its own lock */
  gsize retried;                /* atomic */
  HablaGlossarySource glossary; /* has its own locks */

  char *input_language_code;  /* protected by object lock */
  char *output_language_code; /* protected by object lock */
  guint max_in_flight;        /* protected by object lock */
  gboolean partials;          /* protected by object lock */

  /* Set from READY to PAUSED, before any thread streams. */
  char *input;
  char *output;
  gboolean started; /* whether the engine was started: not if input and output match */

  GstSegment segment;     /* protected by stream lock of the sink pad */
  HablaTextReader reader; /* protected by stream lock of the sink pad */
  gboolean caps_sent;     /* protected by stream lock of the sink pad */
  guint64 last_final_id;  /* protected by stream lock of the sink pad */
} HablaTranslatorPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (HablaTranslator, habla_translator, HABLA_TYPE_TEXT_ELEMENT,
    G_ADD_PRIVATE (HablaTranslator) GST_DEBUG_CATEGORY_INIT (
        translator_debug, "hablatranslator", 0, "Habla translator base class"))

#define PRIVATE(self) ((HablaTranslatorPrivate *) habla_translator_get_instance_private (self))

void
habla_translator_count_retry (HablaTranslator *self)
{
  g_return_if_fail (HABLA_IS_TRANSLATOR (self));

  __atomic_fetch_add (&PRIVATE (self)->retried, 1, __ATOMIC_RELAXED);
}

HablaGlossary *
habla_translator_ref_glossary (HablaTranslator *self)
{
  g_return_val_if_fail (HABLA_IS_TRANSLATOR (self), NULL);

  return habla_glossary_source_ref (&PRIVATE (self)->glossary);
}

void
habla_translator_push_progress (
    HablaTranslator *self, const HablaUtterance *utterance, const char *text)
{
  gboolean partials;

  g_return_if_fail (HABLA_IS_TRANSLATOR (self));
  g_return_if_fail (utterance != NULL && text != NULL);

  GST_OBJECT_LOCK (self);
  partials = PRIVATE (self)->partials;
  GST_OBJECT_UNLOCK (self);
  if (partials && utterance->is_final && !habla_text_is_blank (text))
    habla_translation_queue_push_progress (PRIVATE (self)->queue, utterance, text);
}

/* Worker threads. */
static char *
translator_translate_text (HablaTranslator *self, const HablaUtterance *utterance,
    HablaAnnotations **annotations, GCancellable *cancellable, GError **error)
{
  HablaTranslatorClass *klass = HABLA_TRANSLATOR_GET_CLASS (self);
  const HablaAnnotations *known = utterance->annotations;
  const char *text = known != NULL && known->corrected != NULL ? known->corrected : utterance->text;

  if (!utterance->is_final && klass->translate_partial != NULL)
    return klass->translate_partial (self, utterance, cancellable, error);
  if (utterance->is_final && klass->translate_final != NULL)
    return klass->translate_final (self, utterance, annotations, cancellable, error);
  return klass->translate (self, text, cancellable, error);
}

/* Worker threads. */
static char *
translator_translate (const HablaUtterance *utterance, HablaAnnotations **annotations,
    GCancellable *cancellable, gpointer data, GError **error)
{
  HablaTranslator *self = data;
  g_autoptr (GError) unreadable = NULL;
  char *translation;

  if (!habla_glossary_source_refresh (&PRIVATE (self)->glossary, &unreadable))
    habla_text_element_warn (HABLA_TEXT_ELEMENT (self), utterance->id, unreadable);
  translation = translator_translate_text (self, utterance, annotations, cancellable, error);
  if (translation != NULL && !g_utf8_validate (translation, -1, NULL)) {
    g_clear_pointer (&translation, g_free);
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "The engine of %s answered with invalid UTF-8",
        habla_engine_get_element_name (GST_ELEMENT (self)));
  } else if (translation == NULL) {
    habla_missing_error_set (self, "gave neither a translation nor a reason", error);
  }
  return translation;
}

static void
translator_annotate (HablaUtterance *utterance, HablaAnnotations *found)
{
  HablaAnnotations *merged = habla_annotations_merge (utterance->annotations, found);

  g_clear_pointer (&utterance->annotations, habla_annotations_unref);
  utterance->annotations = merged;
}

/* Turns the utterance that arrived into the one that leaves. */
static void
translator_apply (HablaTranslator *self, HablaTranslation *translation)
{
  HablaUtterance *utterance = translation->utterance;
  char *text = g_steal_pointer (&translation->text);

  if (translation->outcome == HABLA_TRANSLATION_FAILED) {
    utterance->untranslated = TRUE;
    return;
  }
  /* A blank text is its own translation. */
  if (text == NULL && habla_text_is_blank (utterance->text))
    text = g_strdup (utterance->text);
  if (text == NULL)
    return;

  translator_annotate (utterance, translation->annotations);
  utterance->untranslated = FALSE;
  g_free (utterance->source_text);
  g_free (utterance->source_language);
  utterance->source_text = utterance->text;
  g_clear_pointer (&utterance->words, g_ptr_array_unref);
  utterance->source_language = utterance->language;
  utterance->text = text;
  utterance->language = g_strdup (PRIVATE (self)->output);
}

static GstFlowReturn
translator_handle_item (HablaTextElement *element, HablaFlowItem *item)
{
  HablaTranslator *self = HABLA_TRANSLATOR (element);
  HablaTranslatorPrivate *priv = PRIVATE (self);
  HablaTranslation *translation = (HablaTranslation *) item;
  GstBuffer *buffer;
  GstSegment segment;

  if (item->event != NULL) {
    gst_pad_push_event (priv->srcpad, g_steal_pointer (&item->event));
    return GST_FLOW_OK;
  }

  habla_translation_queue_count (priv->queue, translation);
  translator_apply (self, translation);
  if (translation->error != NULL)
    habla_text_element_warn (element, translation->utterance->id, translation->error);
  if (item->buffer == NULL) {
    gst_pad_push_event (priv->srcpad, habla_utterance_to_event (translation->utterance));
    return GST_FLOW_OK;
  }

  /* Timestamps are copied from the incoming buffer, so that any segment will do. */
  gst_segment_init (&segment, GST_FORMAT_TIME);
  buffer = habla_utterance_to_buffer (translation->utterance, &segment);
  gst_buffer_copy_into (
      buffer, item->buffer, GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
  return gst_pad_push (priv->srcpad, buffer);
}

/* Sink thread. Sets the language of the utterance if it is unknown. */
static gboolean
translator_needs_translation (HablaTranslator *self, HablaUtterance *utterance)
{
  HablaTranslatorPrivate *priv = PRIVATE (self);

  if (utterance->language == NULL)
    utterance->language = g_strdup (priv->input);
  return priv->started && !habla_text_is_blank (utterance->text) &&
         !habla_language_matches (priv->output, utterance->language);
}

static GstFlowReturn
translator_chain (HablaTextElement *element, GstBuffer *buffer)
{
  HablaTranslator *self = HABLA_TRANSLATOR (element);
  HablaTranslatorPrivate *priv = PRIVATE (self);
  HablaUtterance *utterance = habla_text_reader_read (&priv->reader, buffer, &priv->segment);
  gboolean needed = translator_needs_translation (self, utterance);

  priv->last_final_id = MAX (priv->last_final_id, utterance->id);
  return habla_translation_queue_push_final (priv->queue, utterance, buffer, needed);
}

static gboolean
translator_handle_partial (HablaTranslator *self, GstEvent *event)
{
  HablaTranslatorPrivate *priv = PRIVATE (self);
  g_autoptr (HablaUtterance) utterance = habla_utterance_from_event (event);
  gboolean needed = translator_needs_translation (self, utterance);
  gboolean partials;

  gst_event_unref (event);
  GST_OBJECT_LOCK (self);
  partials = priv->partials;
  GST_OBJECT_UNLOCK (self);
  /* A partial hypothesis must not follow its final utterance. */
  if ((utterance->id != 0 && utterance->id <= priv->last_final_id) || (needed && !partials)) {
    habla_translation_queue_skip_partial (priv->queue);
    return TRUE;
  }
  return habla_translation_queue_push_partial (priv->queue, g_steal_pointer (&utterance), needed) ==
         GST_FLOW_OK;
}

static gboolean
translator_send_caps (HablaTranslator *self)
{
  g_autoptr (GstCaps) caps = gst_static_pad_template_get_caps (&src_template);

  PRIVATE (self)->caps_sent = TRUE;
  return habla_text_element_push_event (HABLA_TEXT_ELEMENT (self), gst_event_new_caps (caps));
}

static gboolean
translator_set_caps (HablaTranslator *self, GstEvent *event)
{
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  habla_text_reader_set_caps (&PRIVATE (self)->reader, caps);
  gst_event_unref (event);
  return translator_send_caps (self);
}

/* Debian's pocketsphinx element sends lines without caps. Text straight from a file or pipe
 * has a segment in bytes and no times; it leaves in an open TIME segment. */
static gboolean
translator_set_segment (HablaTranslator *self, GstEvent *event)
{
  HablaTranslatorPrivate *priv = PRIVATE (self);

  if (!priv->caps_sent) {
    priv->reader.format = HABLA_TEXT_LINES;
    translator_send_caps (self);
  }

  gst_event_copy_segment (event, &priv->segment);
  if (priv->segment.format != GST_FORMAT_TIME) {
    guint32 seqnum = gst_event_get_seqnum (event);

    GST_INFO_OBJECT (self, "replacing a segment in %s by a TIME segment",
        gst_format_get_name (priv->segment.format));
    gst_segment_init (&priv->segment, GST_FORMAT_TIME);
    gst_event_unref (event);
    event = gst_event_new_segment (&priv->segment);
    gst_event_set_seqnum (event, seqnum);
  }
  return habla_text_element_push_event (HABLA_TEXT_ELEMENT (self), event);
}

/* Muxers label their streams with the language tag. */
static gboolean
translator_handle_tags (HablaTranslator *self, GstEvent *event)
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
  return habla_text_element_push_event (HABLA_TEXT_ELEMENT (self), event);
}

static gboolean
translator_handle_event (HablaTextElement *element, GstEvent *event)
{
  HablaTranslator *self = HABLA_TRANSLATOR (element);
  HablaTranslatorPrivate *priv = PRIVATE (self);

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_STREAM_START:
    priv->reader.last_id = 0;
    priv->last_final_id = 0;
    priv->caps_sent = FALSE;
    return habla_text_element_push_event (element, event);
  case GST_EVENT_CAPS:
    return translator_set_caps (self, event);
  case GST_EVENT_SEGMENT:
    return translator_set_segment (self, event);
  case GST_EVENT_TAG:
    return translator_handle_tags (self, event);
  default:
    if (habla_utterance_is_event (event))
      return translator_handle_partial (self, event);
    return habla_text_element_push_event (element, event);
  }
}

static void
translator_reset (HablaTextElement *element)
{
  HablaTranslatorPrivate *priv = PRIVATE (HABLA_TRANSLATOR (element));

  gst_segment_init (&priv->segment, GST_FORMAT_TIME);
  priv->last_final_id = 0;
}

gboolean
habla_translator_open (HablaTranslator *self, GError **error)
{
  HablaTranslatorPrivate *priv;
  HablaTranslatorClass *klass;

  g_return_val_if_fail (HABLA_IS_TRANSLATOR (self), FALSE);
  priv = PRIVATE (self);
  g_return_val_if_fail (priv->input == NULL, FALSE);
  klass = HABLA_TRANSLATOR_GET_CLASS (self);

  /* The file may have changed since the last start. */
  habla_glossary_source_reload (&priv->glossary);
  if (!habla_glossary_source_refresh (&priv->glossary, error))
    return FALSE;

  GST_OBJECT_LOCK (self);
  priv->input = habla_language_normalize (priv->input_language_code, error);
  if (priv->input != NULL)
    priv->output = habla_language_normalize (priv->output_language_code, error);
  GST_OBJECT_UNLOCK (self);
  if (priv->output == NULL)
    return FALSE;

  if (!habla_language_matches (priv->output, priv->input)) {
    if (klass->start != NULL && !klass->start (self, priv->input, priv->output, error)) {
      habla_missing_error_set (self, "neither started nor gave a reason", error);
      return FALSE;
    }
    priv->started = TRUE;
  }
  return TRUE;
}

void
habla_translator_close (HablaTranslator *self)
{
  HablaTranslatorPrivate *priv;
  HablaTranslatorClass *klass;

  g_return_if_fail (HABLA_IS_TRANSLATOR (self));
  priv = PRIVATE (self);
  klass = HABLA_TRANSLATOR_GET_CLASS (self);

  if (priv->started && klass->stop != NULL)
    klass->stop (self);
  priv->started = FALSE;
  g_clear_pointer (&priv->input, g_free);
  g_clear_pointer (&priv->output, g_free);
}

char *
habla_translator_run (HablaTranslator *self, const HablaUtterance *utterance,
    HablaAnnotations **annotations, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (HABLA_IS_TRANSLATOR (self), NULL);
  g_return_val_if_fail (utterance != NULL && annotations != NULL, NULL);

  if (!PRIVATE (self)->started)
    return g_strdup (utterance->text);
  return translator_translate (utterance, annotations, cancellable, self, error);
}

static gboolean
translator_start (HablaTextElement *element, GError **error)
{
  HablaTranslator *self = HABLA_TRANSLATOR (element);
  HablaTranslatorPrivate *priv = PRIVATE (self);
  guint max_in_flight;

  if (!habla_translator_open (self, error))
    return FALSE;
  translator_reset (element);
  priv->reader = (HablaTextReader){ .format = HABLA_TEXT_UTF8 };
  priv->caps_sent = FALSE;
  __atomic_store_n (&priv->retried, 0, __ATOMIC_RELAXED);
  GST_OBJECT_LOCK (self);
  max_in_flight = priv->max_in_flight;
  GST_OBJECT_UNLOCK (self);
  habla_translation_queue_start (priv->queue, max_in_flight);
  return TRUE;
}

static void
translator_stop (HablaTextElement *element)
{
  HablaTranslator *self = HABLA_TRANSLATOR (element);

  habla_translation_queue_stop (PRIVATE (self)->queue);
  habla_translator_close (self);
}

static const HablaTextElementFuncs translator_funcs = {
  .start = translator_start,
  .stop = translator_stop,
  .reset = translator_reset,
  .chain = translator_chain,
  .handle_event = translator_handle_event,
  .handle_item = translator_handle_item,
};

static GStrv
translator_list_pairs (HablaTranslator *self)
{
  HablaTranslatorClass *klass = HABLA_TRANSLATOR_GET_CLASS (self);

  return klass->list_pairs != NULL ? klass->list_pairs (self) : g_new0 (char *, 1);
}

static void
translator_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaTranslatorPrivate *priv = PRIVATE (HABLA_TRANSLATOR (object));

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
  case PROP_PARTIALS:
    priv->partials = g_value_get_boolean (value);
    break;
  case PROP_GLOSSARY:
    habla_glossary_source_set_path (&priv->glossary, g_value_get_string (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (object);
}

static void
translator_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaTranslator *self = HABLA_TRANSLATOR (object);
  HablaTranslatorPrivate *priv = PRIVATE (self);

  switch (id) {
  case PROP_STATS:
    g_value_take_boxed (value, habla_translation_queue_create_stats (priv->queue,
                                   __atomic_load_n (&priv->retried, __ATOMIC_RELAXED)));
    return;
  case PROP_AVAILABLE_PAIRS:
    g_value_take_boxed (value, translator_list_pairs (self));
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
  case PROP_PARTIALS:
    g_value_set_boolean (value, priv->partials);
    break;
  case PROP_GLOSSARY:
    g_value_take_string (value, habla_glossary_source_dup_path (&priv->glossary));
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
  habla_glossary_source_clear (&priv->glossary);
  g_free (priv->input_language_code);
  g_free (priv->output_language_code);

  G_OBJECT_CLASS (habla_translator_parent_class)->finalize (object);
}

static void
habla_translator_class_init (HablaTranslatorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GParamFlags ready = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;
  GParamFlags playing = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  object_class->set_property = translator_set_property;
  object_class->get_property = translator_get_property;
  object_class->finalize = translator_finalize;

  g_object_class_install_property (object_class, PROP_INPUT_LANGUAGE_CODE,
      g_param_spec_string ("input-language-code", "Input language",
          "BCP 47 code of the language to translate from; "
          "utterances without a language count as in this language",
          DEFAULT_INPUT_LANGUAGE_CODE, ready));

  g_object_class_install_property (object_class, PROP_OUTPUT_LANGUAGE_CODE,
      g_param_spec_string ("output-language-code", "Output language",
          "BCP 47 code of the language to translate into; "
          "utterances in this language pass unchanged",
          DEFAULT_OUTPUT_LANGUAGE_CODE, ready));

  g_object_class_install_property (object_class, PROP_MAX_IN_FLIGHT,
      g_param_spec_uint ("max-in-flight", "Most in flight",
          "Maximum number of utterances inside, and being translated, at once; "
          "then upstream waits",
          1, 64, DEFAULT_MAX_IN_FLIGHT, ready));

  g_object_class_install_property (object_class, PROP_PARTIALS,
      g_param_spec_boolean ("partials", "Partials",
          "Whether to translate partial hypotheses; otherwise those that need a translation are "
          "dropped",
          DEFAULT_PARTIALS, playing));

  /**
   * HablaTranslator:glossary:
   *
   * A file with terms whose translation is given, see #HablaGlossary. An unusable one fails the
   * change to PAUSED. While the element plays, the next text is translated with the new file; if
   * that is unusable, a WARNING says why, and the previous one stays in use. To read a file again,
   * set the property again.
   */
  g_object_class_install_property (object_class, PROP_GLOSSARY,
      g_param_spec_string ("glossary", "Glossary",
          "Path of a file with lines \"term = translation\"; \"term =\" keeps a term as it is; "
          "empty = none",
          NULL, playing));

  /**
   * HablaTranslator:stats:
   *
   * Statistics since the element last left READY. Fields: `in-flight`, `in-flight-peak`
   * (uint: translations that run in the engine, now and at most), `done`, `failed`,
   * `passed` (uint64: final utterances that left translated, untranslated because the
   * engine failed, or unchanged because they needed no translation), `retried` (uint64:
   * requests that a backend sent again), `partials-translated`, `partials-dropped`
   * (uint64), `latency-p50`, `latency-p95`, `latency-p99`, `latency-max` (uint64: time
   * from the arrival of a final utterance to its translation, in nanoseconds, without
   * failed and passed ones), `breaker` (string: "closed"; "open" while a broken engine
   * gets no requests; "half-open" while one utterance tests it).
   */
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Utterances and partial hypotheses by outcome, translations in flight, latency in "
          "nanoseconds, state of the circuit breaker; readable from any thread",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  g_object_class_install_property (object_class, PROP_AVAILABLE_PAIRS,
      g_param_spec_boxed ("available-pairs", "Available pairs",
          "Language pairs that the installed engines translate: \"en>es\", or \"en>es>fr\" for a "
          "pair that is translated through Spanish",
          G_TYPE_STRV, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
}

static void
habla_translator_init (HablaTranslator *self)
{
  HablaTranslatorPrivate *priv = PRIVATE (self);

  priv->queue = habla_translation_queue_new (translator_translate, self);
  habla_glossary_source_init (&priv->glossary);
  priv->input_language_code = g_strdup (DEFAULT_INPUT_LANGUAGE_CODE);
  priv->output_language_code = g_strdup (DEFAULT_OUTPUT_LANGUAGE_CODE);
  priv->max_in_flight = DEFAULT_MAX_IN_FLIGHT;
  priv->partials = DEFAULT_PARTIALS;
  habla_text_element_construct (HABLA_TEXT_ELEMENT (self), &translator_funcs,
      habla_translation_queue_get_flow (priv->queue), &sink_template, &src_template);
  priv->srcpad = habla_text_element_get_src_pad (HABLA_TEXT_ELEMENT (self));
}
