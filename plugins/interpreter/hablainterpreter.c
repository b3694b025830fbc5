/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-hablainterpreter
 * @title: hablainterpreter
 *
 * A bin that turns audio into captions and speech in several languages, one for each request
 * pad: with English input, `captions_en` is the transcript, `captions_es` its translation, and
 * `speech_es` the synthesised translation.
 *
 *     gst-launch-1.0 -m autoaudiosrc ! hablainterpreter name=i input-language-code=en
 *         i.captions_en ! captionsink
 *         i.captions_es ! captionsink
 *         i.speech_es ! audioconvert ! audioresample ! autoaudiosink
 *
 * The pad `text`, requested before PAUSED, accepts typed text, which is merged into the
 * transcript. If `sink` is not linked then, no transcriber is created. The bin contains a
 * transcriber, a translator for each other language, a synthesizer for each speech pad, and a
 * queue before each translator, synthesizer and captions pad, so that each branch has its
 * own thread.
 *
 * `transcriber`, `translator` and `synthesizer` may be set to any element, which then handles one
 * language; other languages get elements of the same factory with the same property values.
 * Otherwise, the bin chooses the best element for each language when it starts the language: the
 * one of the highest rank, and the first by name of those, that has the language installed. Then
 * come elements that do not list their languages; elements of rank NONE are never chosen.
 * `preferred-transcriber` and `preferred-translator` name elements that come first for the
 * languages that they list. The bin sets `language-code`, `input-language-code` and
 * `output-language-code` of elements that have them.
 *
 * A slow branch buffers up to 1,000 utterances, about an hour of speech, before it blocks the
 * others: final text is never dropped. Partial hypotheses and gaps are dropped while 64 of
 * them are in the queue. Pads that are not linked drop their data.
 *
 * Pads may be requested and released in any state, by any thread except those that stream
 * through them. If a language fails to start while others run, the bin posts a WARNING and
 * returns no pad. Before a pad is released, its peer must accept data, or be stopped.
 */
#include "hablainterpreter.h"

#include "engines.h"
#include "caption-src-pad.h"
#include "text-funnel.h"
#include "text-queue.h"
#include "text-tee.h"

#include <habla/error.h>
#include <habla/language.h>
#include <habla/text-reader.h>
#include <string.h>

GST_DEBUG_CATEGORY_STATIC (habla_interpreter_debug);
#define GST_CAT_DEFAULT habla_interpreter_debug

enum {
  PROP_0,
  PROP_TRANSCRIBER, /* these three in the order of HablaEngineKind */
  PROP_TRANSLATOR,
  PROP_SYNTHESIZER,
  PROP_INPUT_LANGUAGE_CODE,
  PROP_PREFERRED_TRANSCRIBER, /* these two, too */
  PROP_PREFERRED_TRANSLATOR,
};

#define DEFAULT_INPUT_LANGUAGE_CODE "en"

#define N_ENGINES (HABLA_ENGINE_SYNTHESIZER + 1)

/* Maximum duration of audio in the queue before the transcriber, in nanoseconds. */
#define MAX_AUDIO (10 * GST_SECOND)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("audio/x-raw"));
static GstStaticPadTemplate text_template = GST_STATIC_PAD_TEMPLATE (
    "text", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS (HABLA_TEXT_READER_CAPS));
static GstStaticPadTemplate captions_template = GST_STATIC_PAD_TEMPLATE (
    "captions_%s", GST_PAD_SRC, GST_PAD_REQUEST, GST_STATIC_CAPS (HABLA_TEXT_READER_CAPS));
static GstStaticPadTemplate speech_template = GST_STATIC_PAD_TEMPLATE (
    "speech_%s", GST_PAD_SRC, GST_PAD_REQUEST, GST_STATIC_CAPS ("audio/x-raw"));

/* A queue and an engine, linked to a pad of a tee. */
typedef struct {
  GstElement *tee; /* NULL = not built */
  GstPad *tee_pad;
  GstElement *queue;
  GstElement *engine; /* (nullable) */
} Branch;

typedef struct {
  char *language;
  Branch branch;
  GstElement *tee; /* after the translator */
  guint n_outlets;
} Translation;

typedef struct {
  GstPad *pad;
  char *language;
  gboolean is_speech;
  Translation *translation; /* NULL = transcript */
  Branch branch;
} Outlet;

struct _HablaInterpreter {
  GstBin parent;
  GstPad *sinkpad;

  /* Serialises changes of pads and branches. Never locked by a streaming thread. */
  GRecMutex lock;
  GstElement *engines[N_ENGINES];     /* protected by lock; configured; NULL = the best */
  gboolean is_engine_used[N_ENGINES]; /* protected by lock; each handles one branch */
  char *preferred[N_ENGINES];         /* protected by lock; values of the properties */
  char *input_languages;              /* protected by lock; value of the property */
  char *input_language;               /* protected by lock; the first of @input_languages */
  GPtrArray *outlets;                 /* protected by lock; of Outlet */
  GPtrArray *translations;            /* protected by lock; of Translation */
  GstElement *front[4];   /* protected by lock; converter, resampler, queue, transcriber; NULL =
                           * not built */
  GstPad *textpad;        /* protected by lock; (nullable) */
  GstElement *funnel;     /* protected by lock; after the transcriber; NULL without @textpad */
  GstElement *transcript; /* protected by lock; tee of the transcript; NULL = not built */

  int is_adding; /* atomic; a branch is being added to running ones: errors become warnings */
};

G_DEFINE_FINAL_TYPE_WITH_CODE (HablaInterpreter, habla_interpreter, GST_TYPE_BIN,
    GST_DEBUG_CATEGORY_INIT (habla_interpreter_debug, "hablainterpreter", 0, "Interpreter"))
GST_ELEMENT_REGISTER_DEFINE (
    hablainterpreter, "hablainterpreter", GST_RANK_NONE, HABLA_TYPE_INTERPRETER)

/* Releases the caller's reference only: a configured element stays the property's value. */
static void
interpreter_remove_element (HablaInterpreter *self, GstElement **element)
{
  if (*element == NULL)
    return;
  gst_element_set_locked_state (*element, TRUE);
  gst_element_set_state (*element, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self), *element);
  gst_element_set_locked_state (*element, FALSE);
  g_clear_object (element);
}

/* Returns: whether it was added and has the state of the bin */
static gboolean
interpreter_add_element (HablaInterpreter *self, GstElement *element)
{
  return gst_bin_add (GST_BIN (self), element) && gst_element_sync_state_with_parent (element);
}

/* Called with lock held. @language: (nullable): what the engine translates into or speaks
 *
 * Returns: (transfer full) (nullable): the configured engine, a copy of it, or the best installed
 *   one for the languages */
static GstElement *
interpreter_take_engine (
    HablaInterpreter *self, HablaEngineKind kind, const char *language, GError **error)
{
  g_autofree char *input = habla_language_normalize (self->input_language, error);

  if (input == NULL)
    return NULL;
  if (self->engines[kind] == NULL && kind == HABLA_ENGINE_SYNTHESIZER)
    return engine_create_best (kind, language, NULL, NULL, error);
  if (self->engines[kind] == NULL && kind == HABLA_ENGINE_TRANSCRIBER)
    return engine_create_listening (self->input_languages, self->preferred[kind], error);
  if (self->engines[kind] == NULL)
    return engine_create_best (kind, input, language, self->preferred[kind], error);
  if (self->is_engine_used[kind])
    return engine_create_alike (self->engines[kind], error);
  self->is_engine_used[kind] = TRUE;
  return gst_object_ref (self->engines[kind]);
}

/* Called with lock held. */
static void
interpreter_remove_engine (HablaInterpreter *self, GstElement **engine)
{
  for (guint kind = 0; kind < N_ENGINES; kind++)
    if (*engine != NULL && *engine == self->engines[kind])
      self->is_engine_used[kind] = FALSE;
  interpreter_remove_element (self, engine);
}

/* Called with lock held. Unlinks first, without waiting: a tee ignores the flow returns of a
 * released pad. */
static void
interpreter_remove_branch (HablaInterpreter *self, Branch *branch)
{
  if (branch->tee_pad != NULL) {
    gst_element_release_request_pad (branch->tee, branch->tee_pad);
    g_clear_object (&branch->tee_pad);
  }
  interpreter_remove_element (self, &branch->queue);
  interpreter_remove_engine (self, &branch->engine);
  branch->tee = NULL;
}

/* Called with lock held. @engine: (transfer full) (nullable). Does not link to @tee. */
static gboolean
interpreter_add_branch (HablaInterpreter *self, Branch *branch, GstElement *engine, GError **error)
{
  branch->engine = engine;
  branch->queue = text_queue_new (error);
  if (branch->queue == NULL)
    return FALSE;
  if (engine != NULL && !interpreter_add_element (self, engine)) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_STATE_CHANGE,
        "the engine %s cannot be started; the error before this one says why",
        habla_engine_get_element_name (engine));
    return FALSE;
  }
  interpreter_add_element (self, branch->queue);
  if (engine != NULL && !gst_element_link (branch->queue, engine)) {
    engine_set_link_error (branch->queue, engine, error);
    return FALSE;
  }
  return TRUE;
}

/* Called with lock held. Links the branch, which gets data from now on. */
static gboolean
interpreter_feed_branch (Branch *branch, GstElement *tee, GError **error)
{
  g_autoptr (GstPad) sinkpad = gst_element_get_static_pad (branch->queue, "sink");

  branch->tee = tee;
  branch->tee_pad = gst_element_request_pad_simple (tee, "src_%u");
  if (gst_pad_link (branch->tee_pad, sinkpad) != GST_PAD_LINK_OK) {
    engine_set_link_error (tee, branch->queue, error);
    return FALSE;
  }
  text_tee_notify_eos (tee, sinkpad);
  return TRUE;
}

static void
translation_free (Translation *translation)
{
  g_free (translation->language);
  g_free (translation);
}

/* Called with lock held. */
static void
interpreter_release_translation (HablaInterpreter *self, Translation *translation)
{
  if (translation == NULL || --translation->n_outlets > 0)
    return;
  interpreter_remove_branch (self, &translation->branch);
  interpreter_remove_element (self, &translation->tee);
  g_ptr_array_remove (self->translations, translation);
}

static gboolean
interpreter_build_translation (HablaInterpreter *self, Translation *translation, GError **error)
{
  GstElement *engine =
      interpreter_take_engine (self, HABLA_ENGINE_TRANSLATOR, translation->language, error);

  if (engine == NULL)
    return FALSE;
  engine_set_language (engine, "input-language-code", self->input_language);
  engine_set_language (engine, "output-language-code", translation->language);
  if (!interpreter_add_branch (self, &translation->branch, engine, error))
    return FALSE;
  translation->tee = text_tee_new (error);
  if (translation->tee == NULL)
    return FALSE;
  interpreter_add_element (self, translation->tee);
  if (!gst_element_link (engine, translation->tee)) {
    engine_set_link_error (engine, translation->tee, error);
    return FALSE;
  }
  return interpreter_feed_branch (&translation->branch, self->transcript, error);
}

/* Called with lock held. Returns: (transfer none) (nullable): the translation, with one more
 * outlet */
static Translation *
interpreter_acquire_translation (HablaInterpreter *self, const char *language, GError **error)
{
  Translation *translation;

  for (guint i = 0; i < self->translations->len; i++) {
    translation = g_ptr_array_index (self->translations, i);
    if (g_str_equal (translation->language, language)) {
      translation->n_outlets++;
      return translation;
    }
  }
  translation = g_new0 (Translation, 1);
  translation->language = g_strdup (language);
  translation->n_outlets = 1;
  g_ptr_array_add (self->translations, translation);
  if (!interpreter_build_translation (self, translation, error)) {
    interpreter_release_translation (self, translation);
    return NULL;
  }
  return translation;
}

/* Called with lock held. */
static void
interpreter_unbuild_outlet (HablaInterpreter *self, Outlet *outlet)
{
  interpreter_remove_branch (self, &outlet->branch);
  gst_ghost_pad_set_target (GST_GHOST_PAD (outlet->pad), NULL);
  interpreter_release_translation (self, g_steal_pointer (&outlet->translation));
}

static gboolean
interpreter_build_outlet_branch (HablaInterpreter *self, Outlet *outlet, GError **error)
{
  GstElement *tee = self->transcript, *engine = NULL;
  g_autofree char *input = habla_language_normalize (self->input_language, error);
  g_autoptr (GstPad) target = NULL;

  if (input == NULL)
    return FALSE;
  if (!g_str_equal (outlet->language, input)) {
    outlet->translation = interpreter_acquire_translation (self, outlet->language, error);
    if (outlet->translation == NULL)
      return FALSE;
    tee = outlet->translation->tee;
  }
  if (outlet->is_speech) {
    engine = interpreter_take_engine (self, HABLA_ENGINE_SYNTHESIZER, outlet->language, error);
    if (engine == NULL)
      return FALSE;
    engine_set_language (engine, "language-code", outlet->language);
  }
  if (!interpreter_add_branch (self, &outlet->branch, engine, error))
    return FALSE;
  target = gst_element_get_static_pad (engine != NULL ? engine : outlet->branch.queue, "src");
  if (target == NULL || !gst_ghost_pad_set_target (GST_GHOST_PAD (outlet->pad), target)) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_PAD, "%s has no src pad that fits %s",
        GST_OBJECT_NAME (engine != NULL ? engine : outlet->branch.queue),
        GST_OBJECT_NAME (outlet->pad));
    return FALSE;
  }
  return interpreter_feed_branch (&outlet->branch, tee, error);
}

static gboolean
interpreter_build_outlet (HablaInterpreter *self, Outlet *outlet, GError **error)
{
  if (interpreter_build_outlet_branch (self, outlet, error))
    return TRUE;
  interpreter_unbuild_outlet (self, outlet);
  return FALSE;
}

/* Called with lock held. */
static gboolean
interpreter_build_funnel (HablaInterpreter *self, gboolean has_speech, GError **error)
{
  g_autoptr (GstPad) target = NULL;

  self->funnel = text_funnel_new (has_speech);
  gst_bin_add (GST_BIN (self), self->funnel);
  target = gst_element_get_static_pad (self->funnel, "text");
  if (!gst_element_link (self->funnel, self->transcript)) {
    engine_set_link_error (self->funnel, self->transcript, error);
    return FALSE;
  }
  return gst_ghost_pad_set_target (GST_GHOST_PAD (self->textpad), target);
}

/* Called with lock held. */
static gboolean
interpreter_build_front (HablaInterpreter *self, GError **error)
{
  static const char *const factories[] = { "audioconvert", "audioresample", "queue" };
  g_autoptr (GstPad) target = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (factories); i++) {
    self->front[i] = engine_make_plain (factories[i], error);
    if (self->front[i] == NULL)
      return FALSE;
    gst_bin_add (GST_BIN (self), self->front[i]);
  }
  g_object_set (self->front[2], "max-size-buffers", 0, "max-size-bytes", 0, "max-size-time",
      (guint64) MAX_AUDIO, NULL);
  self->front[3] = interpreter_take_engine (self, HABLA_ENGINE_TRANSCRIBER, NULL, error);
  if (self->front[3] == NULL)
    return FALSE;
  engine_set_spoken_languages (self->front[3], self->input_languages);
  gst_bin_add (GST_BIN (self), self->front[3]);
  for (guint i = 0; i < G_N_ELEMENTS (self->front); i++) {
    GstElement *next = i + 1 < G_N_ELEMENTS (self->front) ? self->front[i + 1]
                       : self->funnel != NULL             ? self->funnel
                                                          : self->transcript;

    if (!gst_element_link (self->front[i], next)) {
      engine_set_link_error (self->front[i], next, error);
      return FALSE;
    }
  }
  target = gst_element_get_static_pad (self->front[0], "sink");
  return gst_ghost_pad_set_target (GST_GHOST_PAD (self->sinkpad), target);
}

/* Called with lock held. */
static gboolean
interpreter_build (HablaInterpreter *self, GError **error)
{
  gboolean has_speech = self->textpad == NULL || gst_pad_is_linked (self->sinkpad);

  self->transcript = text_tee_new (error);
  if (self->transcript == NULL)
    return FALSE;
  gst_object_set_name (GST_OBJECT (self->transcript), "transcript");
  gst_bin_add (GST_BIN (self), self->transcript);
  if (self->textpad != NULL && !interpreter_build_funnel (self, has_speech, error))
    return FALSE;
  if (has_speech && !interpreter_build_front (self, error))
    return FALSE;
  for (guint i = 0; i < self->outlets->len; i++)
    if (!interpreter_build_outlet (self, g_ptr_array_index (self->outlets, i), error))
      return FALSE;
  return TRUE;
}

/* Called with lock held. */
static void
interpreter_unbuild (HablaInterpreter *self)
{
  for (guint i = 0; i < self->outlets->len; i++)
    interpreter_unbuild_outlet (self, g_ptr_array_index (self->outlets, i));
  gst_ghost_pad_set_target (GST_GHOST_PAD (self->sinkpad), NULL);
  if (self->textpad != NULL)
    gst_ghost_pad_set_target (GST_GHOST_PAD (self->textpad), NULL);
  for (guint i = 0; i < 3; i++)
    interpreter_remove_element (self, &self->front[i]);
  interpreter_remove_engine (self, &self->front[3]);
  interpreter_remove_element (self, &self->funnel);
  interpreter_remove_element (self, &self->transcript);
}

static void
outlet_free (Outlet *outlet)
{
  g_object_unref (outlet->pad);
  g_free (outlet->language);
  g_free (outlet);
}

static Outlet *
outlet_new (GstPadTemplate *template, const char *name, GError **error)
{
  gboolean is_speech = g_str_has_prefix (name, "speech_");
  g_autofree char *language = habla_language_normalize (strchr (name, '_') + 1, error);
  Outlet *outlet;

  if (language == NULL)
    return NULL;
  outlet = g_new0 (Outlet, 1);
  outlet->pad = caption_src_pad_new (template, name);
  outlet->language = g_steal_pointer (&language);
  outlet->is_speech = is_speech;
  return outlet;
}

/* Called with lock held. */
static Outlet *
interpreter_add_outlet (
    HablaInterpreter *self, GstPadTemplate *template, const char *name, GError **error)
{
  Outlet *outlet = outlet_new (template, name, error);
  gboolean is_built;

  if (outlet == NULL)
    return NULL;
  if (self->transcript != NULL) {
    g_atomic_int_set (&self->is_adding, TRUE);
    gst_pad_set_active (outlet->pad, TRUE);
    is_built = interpreter_build_outlet (self, outlet, error);
    g_atomic_int_set (&self->is_adding, FALSE);
    if (!is_built) {
      gst_pad_set_active (outlet->pad, FALSE);
      outlet_free (outlet);
      return NULL;
    }
  }
  g_ptr_array_add (self->outlets, outlet);
  return outlet;
}

/* Returns: (nullable): the pad for typed text. There is one, and only below PAUSED */
static GstPad *
interpreter_request_text_pad (HablaInterpreter *self, GstPadTemplate *template)
{
  g_autoptr (GstPad) pad = gst_ghost_pad_new_no_target_from_template ("text", template);

  gst_object_ref_sink (pad);
  g_rec_mutex_lock (&self->lock);
  if (self->textpad == NULL && self->transcript == NULL)
    self->textpad = gst_object_ref (pad);
  g_rec_mutex_unlock (&self->lock);
  if (self->textpad == pad && gst_element_add_pad (GST_ELEMENT (self), pad))
    return pad; /* the element has a reference */
  GST_ELEMENT_WARNING (
      self, CORE, PAD, ("The pad “text” must be requested once only, and before PAUSED"), (NULL));
  return NULL;
}

static void
interpreter_release_text_pad (HablaInterpreter *self)
{
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstPad) target = NULL;

  g_rec_mutex_lock (&self->lock);
  pad = g_steal_pointer (&self->textpad);
  if (self->funnel != NULL)
    target = gst_element_get_static_pad (self->funnel, "text");
  g_rec_mutex_unlock (&self->lock);
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (GST_ELEMENT (self), pad);
  if (target != NULL)
    gst_pad_send_event (target, gst_event_new_eos ());
}

static GstPad *
habla_interpreter_request_new_pad (
    GstElement *element, GstPadTemplate *template, const char *name, const GstCaps *caps)
{
  HablaInterpreter *self = HABLA_INTERPRETER (element);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstPad) existing = name != NULL ? gst_element_get_static_pad (element, name) : NULL;
  Outlet *outlet;

  if (g_str_equal (GST_PAD_TEMPLATE_NAME_TEMPLATE (template), "text"))
    return interpreter_request_text_pad (self, template);
  if (name == NULL || existing != NULL) {
    GST_ELEMENT_WARNING (self, CORE, PAD,
        ("Pads must have a language in their name, such as “captions_es”, and be requested once "
         "only; not %s",
            name != NULL ? name : GST_PAD_TEMPLATE_NAME_TEMPLATE (template)),
        (NULL));
    return NULL;
  }
  g_rec_mutex_lock (&self->lock);
  outlet = interpreter_add_outlet (self, template, name, &error);
  if (outlet != NULL)
    pad = gst_object_ref (outlet->pad);
  g_rec_mutex_unlock (&self->lock);
  if (pad == NULL) {
    GST_ELEMENT_WARNING (
        self, CORE, PAD, ("Failed to add pad %s: %s", name, error->message), (NULL));
    return NULL;
  }
  gst_element_add_pad (element, pad);
  return pad; /* the element has a reference */
}

static void
habla_interpreter_release_pad (GstElement *element, GstPad *pad)
{
  HablaInterpreter *self = HABLA_INTERPRETER (element);
  Outlet *outlet = NULL;

  if (pad == self->textpad)
    return interpreter_release_text_pad (self);
  g_rec_mutex_lock (&self->lock);
  for (guint i = 0; i < self->outlets->len && outlet == NULL; i++)
    if (((Outlet *) g_ptr_array_index (self->outlets, i))->pad == pad)
      outlet = g_ptr_array_steal_index (self->outlets, i);
  if (outlet != NULL)
    interpreter_unbuild_outlet (self, outlet);
  g_rec_mutex_unlock (&self->lock);
  if (outlet == NULL)
    return;
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (element, pad);
  outlet_free (outlet);
}

/* Turns errors of a language that is being added into warnings, so that others continue. */
static void
habla_interpreter_handle_message (GstBin *bin, GstMessage *message)
{
  HablaInterpreter *self = HABLA_INTERPRETER (bin);
  g_autoptr (GError) error = NULL;
  g_autofree char *debug = NULL;
  GstMessage *warning;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR && g_atomic_int_get (&self->is_adding) &&
      GST_STATE (GST_MESSAGE_SRC (message)) <= GST_STATE_READY) {
    gst_message_parse_error (message, &error, &debug);
    warning = gst_message_new_warning (GST_MESSAGE_SRC (message), error, debug);
    gst_message_unref (message);
    message = warning;
  }
  GST_BIN_CLASS (habla_interpreter_parent_class)->handle_message (bin, message);
}

static gboolean
interpreter_start (HablaInterpreter *self)
{
  g_autoptr (GError) error = NULL;
  gboolean is_built;

  g_rec_mutex_lock (&self->lock);
  is_built = interpreter_build (self, &error);
  if (!is_built)
    interpreter_unbuild (self);
  g_rec_mutex_unlock (&self->lock);
  if (is_built)
    return TRUE;
  /* An engine that failed to start has posted an error. */
  if (g_error_matches (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED))
    GST_ELEMENT_ERROR (self, CORE, MISSING_PLUGIN, ("%s", error->message), (NULL));
  else if (!g_error_matches (error, GST_CORE_ERROR, GST_CORE_ERROR_STATE_CHANGE))
    GST_ELEMENT_ERROR (self, CORE, FAILED, ("%s", error->message), (NULL));
  return FALSE;
}

static void
interpreter_stop (HablaInterpreter *self)
{
  g_rec_mutex_lock (&self->lock);
  interpreter_unbuild (self);
  g_rec_mutex_unlock (&self->lock);
}

static GstStateChangeReturn
habla_interpreter_change_state (GstElement *element, GstStateChange transition)
{
  HablaInterpreter *self = HABLA_INTERPRETER (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !interpreter_start (self))
    return GST_STATE_CHANGE_FAILURE;
  ret = GST_ELEMENT_CLASS (habla_interpreter_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY ||
      (transition == GST_STATE_CHANGE_READY_TO_PAUSED && ret == GST_STATE_CHANGE_FAILURE))
    interpreter_stop (self);
  return ret;
}

/* Called with lock held. */
static void
interpreter_set_engine (HablaInterpreter *self, HablaEngineKind kind, GstElement *element)
{
  if (self->transcript != NULL) {
    g_critical ("%s of %s cannot be set in PAUSED or PLAYING", habla_engine_kind_get_name (kind),
        GST_OBJECT_NAME (self));
    return;
  }
  g_clear_object (&self->engines[kind]);
  if (element != NULL)
    self->engines[kind] = gst_object_ref_sink (element);
}

static void
habla_interpreter_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaInterpreter *self = HABLA_INTERPRETER (object);

  g_rec_mutex_lock (&self->lock);
  switch (id) {
  case PROP_TRANSCRIBER:
  case PROP_TRANSLATOR:
  case PROP_SYNTHESIZER:
    interpreter_set_engine (self, id - PROP_TRANSCRIBER, g_value_get_object (value));
    break;
  case PROP_INPUT_LANGUAGE_CODE:
    engine_set_input_languages (
        &self->input_languages, &self->input_language, g_value_get_string (value));
    break;
  case PROP_PREFERRED_TRANSCRIBER:
  case PROP_PREFERRED_TRANSLATOR:
    g_free (self->preferred[id - PROP_PREFERRED_TRANSCRIBER]);
    self->preferred[id - PROP_PREFERRED_TRANSCRIBER] = g_value_dup_string (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    break;
  }
  g_rec_mutex_unlock (&self->lock);
}

static void
habla_interpreter_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaInterpreter *self = HABLA_INTERPRETER (object);

  g_rec_mutex_lock (&self->lock);
  switch (id) {
  case PROP_TRANSCRIBER:
  case PROP_TRANSLATOR:
  case PROP_SYNTHESIZER:
    g_value_set_object (value, self->engines[id - PROP_TRANSCRIBER]);
    break;
  case PROP_INPUT_LANGUAGE_CODE:
    g_value_set_string (value, self->input_languages);
    break;
  case PROP_PREFERRED_TRANSCRIBER:
  case PROP_PREFERRED_TRANSLATOR:
    g_value_set_string (value, self->preferred[id - PROP_PREFERRED_TRANSCRIBER]);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    break;
  }
  g_rec_mutex_unlock (&self->lock);
}

/* Frees request pads that were not released. */
static void
habla_interpreter_dispose (GObject *object)
{
  HablaInterpreter *self = HABLA_INTERPRETER (object);

  g_ptr_array_set_size (self->outlets, 0);
  gst_clear_object (&self->textpad);
  for (guint kind = 0; kind < N_ENGINES; kind++)
    g_clear_object (&self->engines[kind]);
  G_OBJECT_CLASS (habla_interpreter_parent_class)->dispose (object);
}

static void
habla_interpreter_finalize (GObject *object)
{
  HablaInterpreter *self = HABLA_INTERPRETER (object);

  g_ptr_array_unref (self->outlets);
  g_ptr_array_unref (self->translations);
  g_free (self->input_language);
  g_free (self->input_languages);
  for (guint kind = 0; kind < N_ENGINES; kind++)
    g_free (self->preferred[kind]);
  g_rec_mutex_clear (&self->lock);
  G_OBJECT_CLASS (habla_interpreter_parent_class)->finalize (object);
}

static void
habla_interpreter_class_init (HablaInterpreterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  object_class->set_property = habla_interpreter_set_property;
  object_class->get_property = habla_interpreter_get_property;
  object_class->dispose = habla_interpreter_dispose;
  object_class->finalize = habla_interpreter_finalize;
  element_class->request_new_pad = habla_interpreter_request_new_pad;
  element_class->release_pad = habla_interpreter_release_pad;
  element_class->change_state = habla_interpreter_change_state;
  GST_BIN_CLASS (klass)->handle_message = habla_interpreter_handle_message;

  g_object_class_install_property (object_class, PROP_TRANSCRIBER,
      g_param_spec_object ("transcriber", "Transcriber",
          "Engine that recognises speech: any element from audio to text; NULL = best installed "
          "one for the language",
          GST_TYPE_ELEMENT, flags));
  g_object_class_install_property (object_class, PROP_TRANSLATOR,
      g_param_spec_object ("translator", "Translator",
          "Engine that translates: any element from text to text, copied for further languages; "
          "NULL = best installed one for each pair of languages",
          GST_TYPE_ELEMENT, flags));
  g_object_class_install_property (object_class, PROP_SYNTHESIZER,
      g_param_spec_object ("synthesizer", "Synthesizer",
          "Engine that speaks: any element from text to audio, copied for further languages; "
          "NULL = best installed one for each language",
          GST_TYPE_ELEMENT, flags));
  g_object_class_install_property (object_class, PROP_INPUT_LANGUAGE_CODE,
      g_param_spec_string ("input-language-code", "Input language",
          "BCP 47 code of the language of the speech, or several, separated by commas, of which "
          "the "
          "transcriber detects the spoken one if it can; the first is what is translated",
          DEFAULT_INPUT_LANGUAGE_CODE, flags));
  engine_install_preferences (object_class, PROP_PREFERRED_TRANSCRIBER, flags);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &text_template);
  gst_element_class_add_static_pad_template (element_class, &captions_template);
  gst_element_class_add_static_pad_template (element_class, &speech_template);
  gst_element_class_set_static_metadata (element_class, "Interpreter", "Generic/Bin/Audio/Text",
      "Turns audio into captions and speech in other languages. Example: gst-launch-1.0 -m filesrc "
      "location=lesson.wav ! wavparse ! hablainterpreter name=i i.captions_en ! captionsink "
      "i.captions_es ! captionsink",
      "Habla developers <habla@habla.example>");
}

static void
habla_interpreter_init (HablaInterpreter *self)
{
  g_rec_mutex_init (&self->lock);
  engine_set_input_languages (
      &self->input_languages, &self->input_language, DEFAULT_INPUT_LANGUAGE_CODE);
  self->outlets = g_ptr_array_new_with_free_func ((GDestroyNotify) outlet_free);
  self->translations = g_ptr_array_new_with_free_func ((GDestroyNotify) translation_free);
  self->sinkpad = gst_ghost_pad_new_no_target_from_template (
      "sink", gst_element_class_get_pad_template (GST_ELEMENT_GET_CLASS (self), "sink"));
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);
}
