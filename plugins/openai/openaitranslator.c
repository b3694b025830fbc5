/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-openaitranslator
 * @title: openaitranslator
 *
 * Translates text with a language model on a server with OpenAI's interface: OpenAI, Ollama, LM
 * Studio, llama.cpp, vLLM. The text leaves this machine unless the server is on it.
 *
 *     gst-launch-1.0 filesrc location=lesson.srt ! subparse !
 *       openaitranslator url=http://127.0.0.1:11434/v1 model=qwen3:8b fallback=none
 *       input-language-code=en output-language-code=es !
 *       srtenc ! filesink location=lesson.es.srt
 *
 * With each text the model gets the last exchanges, HablaOpenaiTranslator:topic, the terms of
 * the glossary that are in the text, and HablaOpenaiTranslator:instructions. It answers with a
 * JSON object, which is checked: an answer that is no translation (too long, too many sentences,
 * another language or script, the source again) counts as a failure. Corrections and idioms that
 * it finds are annotations of the utterance.
 *
 * With HablaOpenaiTranslator:topic-interval, the model summarises the lesson from time to time,
 * while it translates nothing; a text that comes meanwhile goes first. The element posts the
 * element message `habla/topic` with `engine` (string: name of the element factory) and `topic`
 * (string).
 *
 * While the server is slow, wrong or gone, the local translator #HablaRemoteTranslator:fallback
 * translates; see there for the messages. Response format, streaming, usage and temperature are
 * left out for servers that refuse them.
 *
 * Action signal `list-models`: returns the names of the models on the server, as an array of
 * strings, or %NULL if it cannot be reached. In any state, but not on the thread of a main loop: it
 * blocks for up to `timeout`.
 */
#include "openaitranslator.h"

#include "fallback/local-engine.h"
#include "text/answer-check.h"
#include "text/answer.h"
#include "text/chat-reader.h"
#include "text/model-list.h"
#include "text/pair-list.h"
#include "text/prompt.h"
#include "text/topic-writer.h"

#include <habla/engine.h>
#include <string.h>

GST_DEBUG_CATEGORY_STATIC (openai_translator_debug);
#define GST_CAT_DEFAULT openai_translator_debug

enum {
  PROP_0 = REMOTE_TRANSLATOR_LAST_PROPERTY,
  PROP_CONTEXT_SIZE,
  PROP_TOPIC,
  PROP_INSTRUCTIONS,
  PROP_CLASSROOM,
  PROP_TOPIC_INTERVAL,
  PROP_QUICK_MODEL,
};

enum { SIGNAL_LIST_MODELS, N_SIGNALS };

static guint signals[N_SIGNALS];

#define DEFAULT_CONTEXT_SIZE 5
#define DEFAULT_TIMEOUT 2000
#define DEFAULT_TOPIC_INTERVAL 0
#define MAX_TOPIC_INTERVAL 1000
/* Time for the topic, which no one waits for: so many times `timeout`. */
#define TOPIC_TIMEOUT 4
#define ALL_FEATURES \
  (PROMPT_SCHEMA | PROMPT_JSON_OBJECT | PROMPT_STREAM | PROMPT_USAGE | PROMPT_TEMPERATURE)

static const RemoteClientInfo info = {
  .data = "text",
  .timeout = DEFAULT_TIMEOUT,
  .needs_model = TRUE,
  .fallback = LOCAL_ENGINE_AUTO,
};

struct _HablaOpenaiTranslator {
  HablaRemoteTranslator parent;

  guint context_size;    /* protected by object lock */
  char *topic;           /* protected by object lock */
  char *instructions;    /* protected by object lock */
  gboolean is_classroom; /* protected by object lock */
  guint topic_interval;  /* protected by object lock */
  char *quick_model;     /* protected by object lock */

  char *model;     /* from start() to stop() */
  char *from;      /* from start() to stop() */
  char *to;        /* from start() to stop() */
  gint features;   /* atomic; of PromptFeatures: what the server has not refused */
  History history; /* has its own lock */
  TopicWriter *topic_writer;
  GMutex topic_lock; /* held while a topic is taken or forgotten */
};

/* What a request needs of the properties. */
typedef struct {
  Prompt prompt;
  char *topic;
  char *instructions;
  char *model;
  GPtrArray *exchanges;
  HablaGlossary *glossary;
} Question;

G_DEFINE_TYPE_WITH_CODE (HablaOpenaiTranslator, habla_openai_translator,
    HABLA_TYPE_REMOTE_TRANSLATOR,
    GST_DEBUG_CATEGORY_INIT (
        openai_translator_debug, "openaitranslator", 0, "Translator with a language model"))
GST_ELEMENT_REGISTER_DEFINE (
    openaitranslator, "openaitranslator", GST_RANK_NONE, HABLA_TYPE_OPENAI_TRANSLATOR)

static void
question_clear (Question *self)
{
  g_free (self->topic);
  g_free (self->instructions);
  g_free (self->model);
  g_clear_pointer (&self->exchanges, g_ptr_array_unref);
  g_clear_pointer (&self->glossary, habla_glossary_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Question, question_clear)

static void
question_init (Question *question, HablaOpenaiTranslator *self, const HablaUtterance *utterance)
{
  const HablaAnnotations *known = utterance->annotations;
  guint n;

  GST_OBJECT_LOCK (self);
  question->topic = g_strdup (self->topic);
  question->instructions = g_strdup (self->instructions);
  question->prompt.is_classroom = self->is_classroom;
  n = self->context_size;
  GST_OBJECT_UNLOCK (self);
  question->exchanges = history_copy (&self->history, n);
  question->glossary = habla_translator_ref_glossary (HABLA_TRANSLATOR (self));

  question->prompt.model = self->model;
  question->prompt.from = self->from;
  question->prompt.to = self->to;
  question->prompt.text =
      known != NULL && known->corrected != NULL ? known->corrected : utterance->text;
  question->prompt.speaker = utterance->speaker;
  question->prompt.topic = question->topic;
  question->prompt.instructions = question->instructions;
  question->prompt.exchanges = question->exchanges;
  question->prompt.glossary = question->glossary;
  question->prompt.translation_only = !utterance->is_final;
}

/* A response that arrives. */
typedef struct {
  HablaOpenaiTranslator *translator;
  const HablaUtterance *utterance; /* (nullable): to which it answers */
  ChatReader *reader;
} Arrival;

static void
arrival_show_progress (Arrival *self)
{
  HablaTranslator *translator = HABLA_TRANSLATOR (self->translator);
  RemoteClient *client = remote_translator_get_client (HABLA_REMOTE_TRANSLATOR (self->translator));
  g_autofree char *text = remote_client_hide_key (
      client, answer_read_progress (chat_reader_get_content (self->reader)));

  if (text != NULL)
    habla_translator_push_progress (translator, self->utterance, text);
}

static gboolean
openai_translator_on_chunk (const guint8 *data, gsize size, gpointer user_data)
{
  Arrival *arrival = user_data;
  gboolean needs_more = chat_reader_feed (arrival->reader, data, size);

  if (needs_more && arrival->utterance != NULL)
    arrival_show_progress (arrival);
  return needs_more;
}

/* Returns: (nullable): what the server says of what it refuses; only for prompt_drop_feature() */
static const char *
openai_translator_get_complaint (const RemoteResponse *response)
{
  gboolean refused = response->status == 400 || response->status == 422 || response->status == 501;

  return refused && response->body != NULL ? g_bytes_get_data (response->body, NULL) : NULL;
}

/* Returns: in milliseconds */
static guint
openai_translator_get_topic_timeout (HablaOpenaiTranslator *self)
{
  guint timeout;

  g_object_get (self, "timeout", &timeout, NULL);
  return MIN (timeout, G_MAXUINT / TOPIC_TIMEOUT) * TOPIC_TIMEOUT;
}

/* Asks once. @utterance: (nullable): whose translation is shown while it is written
 *
 * Returns: (transfer full) (nullable): what the model wrote */
static char *
openai_translator_ask_once (HablaOpenaiTranslator *self, const Prompt *prompt,
    const HablaUtterance *utterance, RemoteResponse *response, GCancellable *cancellable,
    GError **error)
{
  RemoteClient *client = remote_translator_get_client (HABLA_REMOTE_TRANSLATOR (self));
  g_autoptr (GBytes) body = prompt_create_body (prompt);
  g_autoptr (ChatReader) reader = chat_reader_new ();
  Arrival arrival = { self, utterance, reader };
  const RemoteRequest request = {
    .path = "v1/chat/completions",
    .body = body,
    .accept = "text/event-stream, application/json",
    .timeout = prompt->is_topic ? openai_translator_get_topic_timeout (self) : 0,
    .on_chunk = openai_translator_on_chunk,
    .user_data = &arrival,
  };
  g_autoptr (GError) failure = NULL;
  guint64 input, output;
  const char *text;

  if (!remote_client_send (client, &request, response, cancellable, error))
    return NULL;
  text = chat_reader_finish (reader, &failure);
  if (failure != NULL) {
    failure->message = remote_client_hide_key (client, failure->message);
    g_propagate_error (error, g_steal_pointer (&failure));
  }
  chat_reader_get_usage (reader, &input, &output);
  remote_client_add_usage (client, input, output);
  return remote_client_hide_key (client, g_strdup (text));
}

/* Leaves out what the server refuses. Returns: (transfer full) (nullable): what the model wrote */
static char *
openai_translator_ask (HablaOpenaiTranslator *self, Prompt *prompt, const HablaUtterance *utterance,
    GCancellable *cancellable, GError **error)
{
  for (;;) {
    g_auto (RemoteResponse) response = { 0 };
    g_autoptr (GError) failure = NULL;
    const char *complaint;
    PromptFeatures next;
    char *text;

    prompt->features = g_atomic_int_get (&self->features);
    text = openai_translator_ask_once (self, prompt, utterance, &response, cancellable, &failure);
    if (text != NULL)
      return text;
    complaint = openai_translator_get_complaint (&response);
    next = complaint != NULL ? prompt_drop_feature (prompt->features, complaint) : prompt->features;
    if (next == prompt->features) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
    GST_INFO_OBJECT (self, "the server refuses a part of the request: %s", failure->message);
    g_atomic_int_set (&self->features, next);
    habla_translator_count_retry (HABLA_TRANSLATOR (self));
  }
}

/* Only a local translator is sure to honour the glossary. */
static gboolean
openai_translator_check (
    HablaOpenaiTranslator *self, const Prompt *prompt, const Answer *answer, GError **error)
{
  gboolean is_strict = remote_translator_has_fallback (HABLA_REMOTE_TRANSLATOR (self));

  return answer_check (prompt->text, answer->translation, self->to, error) &&
         (!is_strict ||
             answer_check_terms (prompt->text, answer->translation, prompt->glossary, error));
}

/* Returns: (transfer full) (nullable): the translation */
static char *
openai_translator_read (HablaOpenaiTranslator *self, const Prompt *prompt, const char *text,
    HablaAnnotations **annotations, GError **error)
{
  g_auto (Answer) answer = { 0 };

  if (!answer_parse (&answer, text, error) ||
      !openai_translator_check (self, prompt, &answer, error))
    return NULL;
  if (answer_check_correction (prompt->text, answer.corrected))
    habla_annotations_set_corrected (answer.annotations, answer.corrected);
  if (!habla_annotations_is_empty (answer.annotations))
    *annotations = g_steal_pointer (&answer.annotations);
  return g_steal_pointer (&answer.translation);
}

static char *
openai_translator_request (HablaRemoteTranslator *translator, const HablaUtterance *utterance,
    HablaAnnotations **annotations, GCancellable *cancellable, GError **error)
{
  HablaOpenaiTranslator *self = HABLA_OPENAI_TRANSLATOR (translator);
  g_auto (Question) question = { 0 };
  g_autofree char *text = NULL;
  g_autoptr (GError) failure = NULL;
  char *translation;

  question_init (&question, self, utterance);
  topic_writer_begin_text (self->topic_writer);
  text = openai_translator_ask (self, &question.prompt, utterance, cancellable, error);
  topic_writer_end_text (self->topic_writer, text != NULL);
  if (text == NULL)
    return NULL;
  translation = openai_translator_read (self, &question.prompt, text, annotations, &failure);
  if (translation == NULL) {
    remote_client_reject (remote_translator_get_client (translator), failure->message);
    g_propagate_error (error, g_steal_pointer (&failure));
  }
  return translation;
}

static void
question_init_topic (Question *question, HablaOpenaiTranslator *self)
{
  guint n;

  GST_OBJECT_LOCK (self);
  question->topic = g_strdup (self->topic);
  question->model = g_strdup (
      self->quick_model != NULL && *self->quick_model != '\0' ? self->quick_model : self->model);
  n = self->topic_interval;
  GST_OBJECT_UNLOCK (self);
  question->exchanges = history_copy (&self->history, n);
  question->prompt.is_topic = TRUE;
  question->prompt.model = question->model;
  question->prompt.from = self->from;
  question->prompt.topic = question->topic;
  question->prompt.exchanges = question->exchanges;
  question->prompt.features = g_atomic_int_get (&self->features);
}

/* @topic: (transfer full) (nullable) */
static void
openai_translator_set_topic (HablaOpenaiTranslator *self, char *topic)
{
  GST_OBJECT_LOCK (self);
  g_free (self->topic);
  self->topic = topic;
  GST_OBJECT_UNLOCK (self);
}

/* Returns: %FALSE after @cancellable was cancelled: the topic may be of an earlier session */
static gboolean
openai_translator_take_topic (
    HablaOpenaiTranslator *self, const char *topic, GCancellable *cancellable)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->topic_lock);
  GstStructure *structure;

  if (g_cancellable_is_cancelled (cancellable))
    return FALSE;
  openai_translator_set_topic (self, g_strdup (topic));
  structure = gst_structure_new ("habla/topic", "engine", G_TYPE_STRING,
      habla_engine_get_element_name (GST_ELEMENT (self)), "topic", G_TYPE_STRING, topic, NULL);
  gst_element_post_message (
      GST_ELEMENT (self), gst_message_new_element (GST_OBJECT (self), structure));
  return TRUE;
}

/* Forgets the session. No topic of it is taken after this. */
static void
openai_translator_forget (HablaOpenaiTranslator *self)
{
  topic_writer_forget (self->topic_writer);
  g_mutex_lock (&self->topic_lock);
  openai_translator_set_topic (self, NULL);
  history_clear (&self->history);
  g_mutex_unlock (&self->topic_lock);
}

/* On a thread of its own. */
static gboolean
openai_translator_write_topic (GCancellable *cancellable, gpointer data)
{
  HablaOpenaiTranslator *self = data;
  g_auto (Question) question = { 0 };
  g_auto (RemoteResponse) response = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *topic = NULL;

  question_init_topic (&question, self);
  text = openai_translator_ask_once (self, &question.prompt, NULL, &response, cancellable, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  topic = topic_clean (text);
  if (topic != NULL)
    return openai_translator_take_topic (self, topic, cancellable);
  GST_INFO_OBJECT (self, "no topic: %s", error != NULL ? error->message : "the answer is empty");
  return TRUE;
}

static void
openai_translator_on_translated (
    HablaRemoteTranslator *translator, const HablaUtterance *utterance, const char *translation)
{
  HablaOpenaiTranslator *self = HABLA_OPENAI_TRANSLATOR (translator);
  guint interval;

  history_add (&self->history, utterance->speaker, utterance->text, translation);
  GST_OBJECT_LOCK (self);
  interval = self->topic_interval;
  GST_OBJECT_UNLOCK (self);
  topic_writer_add_exchange (self->topic_writer, interval);
}

static gboolean
openai_translator_open (
    HablaRemoteTranslator *translator, const char *from, const char *to, GError **error)
{
  HablaOpenaiTranslator *self = HABLA_OPENAI_TRANSLATOR (translator);

  self->model = remote_client_dup_model (remote_translator_get_client (translator));
  self->from = g_strdup (from);
  self->to = g_strdup (to);
  g_atomic_int_set (&self->features, ALL_FEATURES);
  return TRUE;
}

static void
openai_translator_close (HablaRemoteTranslator *translator)
{
  HablaOpenaiTranslator *self = HABLA_OPENAI_TRANSLATOR (translator);

  topic_writer_stop (self->topic_writer);
  history_clear (&self->history);
  g_clear_pointer (&self->model, g_free);
  g_clear_pointer (&self->from, g_free);
  g_clear_pointer (&self->to, g_free);
}

static GStrv
openai_translator_list_pairs (HablaTranslator *translator)
{
  return pair_list_create ();
}

static GStrv
openai_translator_list_models (HablaOpenaiTranslator *self)
{
  return model_list_fetch (GST_ELEMENT (self));
}

static void
openai_translator_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaOpenaiTranslator *self = HABLA_OPENAI_TRANSLATOR (object);

  /* The properties of the client are handled by the base class. */
  if (id < PROP_0) {
    G_OBJECT_CLASS (habla_openai_translator_parent_class)->set_property (object, id, value, pspec);
    return;
  }
  if (id == PROP_TOPIC) {
    if (g_value_get_string (value) != NULL)
      openai_translator_set_topic (self, g_value_dup_string (value));
    else
      openai_translator_forget (self);
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_CONTEXT_SIZE:
    self->context_size = g_value_get_uint (value);
    break;
  case PROP_INSTRUCTIONS:
    g_free (self->instructions);
    self->instructions = g_value_dup_string (value);
    break;
  case PROP_CLASSROOM:
    self->is_classroom = g_value_get_boolean (value);
    break;
  case PROP_TOPIC_INTERVAL:
    self->topic_interval = g_value_get_uint (value);
    break;
  case PROP_QUICK_MODEL:
    g_free (self->quick_model);
    self->quick_model = g_value_dup_string (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
openai_translator_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaOpenaiTranslator *self = HABLA_OPENAI_TRANSLATOR (object);

  if (id < PROP_0) {
    G_OBJECT_CLASS (habla_openai_translator_parent_class)->get_property (object, id, value, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_CONTEXT_SIZE:
    g_value_set_uint (value, self->context_size);
    break;
  case PROP_TOPIC:
    g_value_set_string (value, self->topic);
    break;
  case PROP_INSTRUCTIONS:
    g_value_set_string (value, self->instructions);
    break;
  case PROP_CLASSROOM:
    g_value_set_boolean (value, self->is_classroom);
    break;
  case PROP_TOPIC_INTERVAL:
    g_value_set_uint (value, self->topic_interval);
    break;
  case PROP_QUICK_MODEL:
    g_value_set_string (value, self->quick_model);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
openai_translator_finalize (GObject *object)
{
  HablaOpenaiTranslator *self = HABLA_OPENAI_TRANSLATOR (object);

  history_destroy (&self->history);
  topic_writer_free (self->topic_writer);
  g_mutex_clear (&self->topic_lock);
  g_free (self->quick_model);
  g_free (self->topic);
  g_free (self->instructions);

  G_OBJECT_CLASS (habla_openai_translator_parent_class)->finalize (object);
}

static void
habla_openai_translator_class_init (HablaOpenaiTranslatorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  HablaRemoteTranslatorClass *remote_class = HABLA_REMOTE_TRANSLATOR_CLASS (klass);
  GParamFlags playing = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  object_class->set_property = openai_translator_set_property;
  object_class->get_property = openai_translator_get_property;
  object_class->finalize = openai_translator_finalize;
  remote_class->open = openai_translator_open;
  remote_class->close = openai_translator_close;
  remote_class->request = openai_translator_request;
  remote_class->on_translated = openai_translator_on_translated;
  HABLA_TRANSLATOR_CLASS (klass)->list_pairs = openai_translator_list_pairs;
  remote_translator_install_client (remote_class, &info);

  g_object_class_install_property (object_class, PROP_CONTEXT_SIZE,
      g_param_spec_uint ("context-size", "Context size",
          "Number of previous texts, with their translations, that the model gets with each text",
          0, HISTORY_MAX_EXCHANGES, DEFAULT_CONTEXT_SIZE, playing));
  g_object_class_install_property (object_class, PROP_TOPIC,
      g_param_spec_string ("topic", "Topic",
          "What the lesson is about, in a few sentences, for the model; empty = unknown, NULL = a "
          "new lesson, without the texts so far",
          NULL, playing));
  g_object_class_install_property (object_class, PROP_INSTRUCTIONS,
      g_param_spec_string ("instructions", "Instructions",
          "More instructions for the model, such as the form of address; empty = none", NULL,
          playing));
  g_object_class_install_property (object_class, PROP_CLASSROOM,
      g_param_spec_boolean ("classroom", "Classroom",
          "Whether the model explains the errors of learners", FALSE, playing));
  g_object_class_install_property (object_class, PROP_TOPIC_INTERVAL,
      g_param_spec_uint ("topic-interval", "Topic interval",
          "Number of texts after which the model summarises the lesson, in a pause, for the "
          "property "
          "topic and the message habla/topic; 0 = never",
          0, MAX_TOPIC_INTERVAL, DEFAULT_TOPIC_INTERVAL, playing));
  g_object_class_install_property (object_class, PROP_QUICK_MODEL,
      g_param_spec_string ("quick-model", "Quick model",
          "Name of the model that summarises the lesson; empty = model", NULL, playing));

  signals[SIGNAL_LIST_MODELS] = g_signal_new_class_handler ("list-models",
      G_OBJECT_CLASS_TYPE (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
      G_CALLBACK (openai_translator_list_models), NULL, NULL, NULL, G_TYPE_STRV, 0);

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "OpenAI translator",
      "Filter/Converter/Text/Network",
      "Translates text with a language model on a server with OpenAI's interface, such as Ollama. "
      "Example: gst-launch-1.0 filesrc location=lesson.srt ! subparse ! openaitranslator "
      "url=http://127.0.0.1:11434 model=qwen3:8b input-language-code=en output-language-code=es ! "
      "srtenc ! filesink location=lesson.es.srt",
      "Habla developers <habla@habla.example>");
}

static void
habla_openai_translator_init (HablaOpenaiTranslator *self)
{
  remote_translator_construct (HABLA_REMOTE_TRANSLATOR (self), &info);
  history_init (&self->history);
  g_mutex_init (&self->topic_lock);
  self->topic_writer = topic_writer_new (openai_translator_write_topic, self);
  self->context_size = DEFAULT_CONTEXT_SIZE;
  self->topic_interval = DEFAULT_TOPIC_INTERVAL;
}
