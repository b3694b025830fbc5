/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-hablainterpreter
 * @title: hablainterpreter
 *
 * A bin that takes audio and gives captions and speech, in as many languages as are asked
 * for by pads: `captions_en` is what was said, if English is the language that is spoken;
 * `captions_es` its translation; `speech_es` the translation, spoken.
 *
 *     gst-launch-1.0 -m autoaudiosrc ! hablainterpreter name=i input-language-code=en
 *         i.captions_en ! captionsink
 *         i.captions_es ! captionsink
 *         i.speech_es ! audioconvert ! audioresample ! autoaudiosink
 *
 * Text that is typed comes in by the pad `text`, asked for before PAUSED, and joins what is
 * said. If nothing is linked to `sink` then, there is no transcriber, and none is needed.
 * Inside: a transcriber, for each further language a translator, for each speech pad a
 * synthesizer, and a queue before each of them and of the captions, so that each branch
 * has a thread of its own.
 *
 * `transcriber`, `translator` and `synthesizer` take any element. Those that are not set
 * are chosen on the way to PAUSED: of the elements with the right media types and a
 * property for the language, the one of the highest rank; of equals the first by name. The
 * languages are set on each that has `language-code`, `input-language-code` or
 * `output-language-code`. The element that was set serves one language; further
 * languages get elements of the same factory with the same properties.
 *
 * A branch that is slow holds up to 1,000 utterances, about an hour of speech, and only
 * then makes the others wait: final text is never dropped. Partial hypotheses and gaps
 * are dropped while 64 of them wait. What nobody is linked to is let go.
 *
 * Pads come and go in any state, from any thread but those that stream through them.
 * A language that cannot be started while the rest runs costs a WARNING and gives no pad.
 * Before a pad is released, what it is linked to must take data, or be stopped.
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
  PROP_TRANSCRIBER, /* in the order of EngineKind */
  PROP_TRANSLATOR,
  PROP_SYNTHESIZER,
  PROP_INPUT_LANGUAGE_CODE,
};

#define DEFAULT_INPUT_LANGUAGE_CODE "en"

/* Of audio before the transcriber, in nanoseconds. */
#define MAX_AUDIO (10 * GST_SECOND)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("audio/x-raw"));
static GstStaticPadTemplate text_template = GST_STATIC_PAD_TEMPLATE (
    "text", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS (HABLA_TEXT_READER_CAPS));
static GstStaticPadTemplate captions_template = GST_STATIC_PAD_TEMPLATE (
    "captions_%s", GST_PAD_SRC, GST_PAD_REQUEST, GST_STATIC_CAPS (HABLA_TEXT_READER_CAPS));
static GstStaticPadTemplate speech_template = GST_STATIC_PAD_TEMPLATE (
    "speech_%s", GST_PAD_SRC, GST_PAD_REQUEST, GST_STATIC_CAPS ("audio/x-raw"));

/* Elements in a row that hang on a pad of a tee. */
typedef struct {
  GstElement *tee; /* NULL = not built */
  GstPad *tee_pad;
  GstElement *queue;
  GstElement *engine; /* or NULL */
} Branch;

typedef struct {
  char *language;
  Branch branch;
  GstElement *tee; /* behind the translator */
  guint n_outlets;
} Translation;

typedef struct {
  GstPad *pad;
  char *language;
  gboolean is_speech;
  Translation *translation; /* NULL = the transcript */
  Branch branch;
} Outlet;

struct _HablaInterpreter {
  GstBin parent;
  GstPad *sinkpad;

  /* Guards what follows, and that pads and branches come and go one at a time. Never
   * taken by a streaming thread. */
  GRecMutex lock;
  GstElement *engines[N_ENGINES]; /* set or chosen; each serves one branch */
  gboolean is_engine_used[N_ENGINES];
  gboolean is_engine_chosen[N_ENGINES];
  char *input_language; /* as it was set */
  GPtrArray *outlets;
  GPtrArray *translations;
  GstElement *front[4]; /* converter, resampler, queue, transcriber; NULL = not built */
  GstPad *textpad;      /* NULL = nobody types */
  GstElement *funnel;   /* behind the transcriber, where somebody types */
  GstElement *transcript;

  /* Atomic: set while a branch is added to what runs already; what fails then is a warning. */
  int is_adding;
};

G_DEFINE_FINAL_TYPE_WITH_CODE (HablaInterpreter, habla_interpreter, GST_TYPE_BIN,
    GST_DEBUG_CATEGORY_INIT (habla_interpreter_debug, "hablainterpreter", 0, "Interpreter"))
GST_ELEMENT_REGISTER_DEFINE (
    hablainterpreter, "hablainterpreter", GST_RANK_NONE, HABLA_TYPE_INTERPRETER)

/* Nothing else of an element is freed here: it stays where its property holds it. */
static void
remove_element (HablaInterpreter *self, GstElement **element)
{
  if (*element == NULL)
    return;
  gst_element_set_locked_state (*element, TRUE);
  gst_element_set_state (*element, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self), *element);
  gst_element_set_locked_state (*element, FALSE);
  g_clear_object (element);
}

/* Returns: whether it has been added and has the bin's state */
static gboolean
add_element (HablaInterpreter *self, GstElement *element)
{
  return gst_bin_add (GST_BIN (self), element) && gst_element_sync_state_with_parent (element);
}

static GstElement *
make_element (const char *factory, GError **error)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (element == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "There is no element “%s”; install gstreamer1.0-plugins-base", factory);
    return NULL;
  }
  return gst_object_ref_sink (element);
}

/* With the lock. Returns: (transfer full) (nullable): the engine that was set, the best, or another
 * alike */
static GstElement *
take_engine (HablaInterpreter *self, EngineKind kind, GError **error)
{
  if (self->engines[kind] == NULL) {
    self->engines[kind] = engine_create_best (kind, error);
    self->is_engine_chosen[kind] = self->engines[kind] != NULL;
  }
  if (self->engines[kind] == NULL)
    return NULL;
  if (self->is_engine_used[kind])
    return engine_create_alike (self->engines[kind], error);
  self->is_engine_used[kind] = TRUE;
  return gst_object_ref (self->engines[kind]);
}

/* With the lock. */
static void
remove_engine (HablaInterpreter *self, GstElement **engine)
{
  for (guint kind = 0; kind < N_ENGINES; kind++)
    if (*engine != NULL && *engine == self->engines[kind])
      self->is_engine_used[kind] = FALSE;
  remove_element (self, engine);
}

static void
set_link_error (GstElement *from, GstElement *to, GError **error)
{
  g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION,
      "%s cannot be linked to %s: they have no media type in common", GST_OBJECT_NAME (from),
      GST_OBJECT_NAME (to));
}

/* With the lock. Unlinks first, and without waiting: a tee takes no notice of what becomes
 * of a pad that has been released. */
static void
remove_branch (HablaInterpreter *self, Branch *branch)
{
  if (branch->tee_pad != NULL) {
    gst_element_release_request_pad (branch->tee, branch->tee_pad);
    g_clear_object (&branch->tee_pad);
  }
  remove_element (self, &branch->queue);
  remove_engine (self, &branch->engine);
  branch->tee = NULL;
}

/* With the lock. @engine: (transfer full) (nullable). All but the way from @tee. */
static gboolean
add_branch (HablaInterpreter *self, Branch *branch, GstElement *engine, GError **error)
{
  branch->engine = engine;
  branch->queue = text_queue_new (error);
  if (branch->queue == NULL)
    return FALSE;
  if (engine != NULL && !add_element (self, engine)) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_STATE_CHANGE, "%s cannot be started",
        GST_OBJECT_NAME (engine));
    return FALSE;
  }
  add_element (self, branch->queue);
  if (engine != NULL && !gst_element_link (branch->queue, engine)) {
    set_link_error (branch->queue, engine, error);
    return FALSE;
  }
  return TRUE;
}

/* With the lock. From here on it is fed. */
static gboolean
feed_branch (Branch *branch, GstElement *tee, GError **error)
{
  g_autoptr (GstPad) sinkpad = gst_element_get_static_pad (branch->queue, "sink");

  branch->tee = tee;
  branch->tee_pad = gst_element_request_pad_simple (tee, "src_%u");
  if (gst_pad_link (branch->tee_pad, sinkpad) != GST_PAD_LINK_OK) {
    set_link_error (tee, branch->queue, error);
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

/* With the lock. */
static void
release_translation (HablaInterpreter *self, Translation *translation)
{
  if (translation == NULL || --translation->n_outlets > 0)
    return;
  remove_branch (self, &translation->branch);
  remove_element (self, &translation->tee);
  g_ptr_array_remove (self->translations, translation);
}

static gboolean
build_translation (HablaInterpreter *self, Translation *translation, GError **error)
{
  GstElement *engine = take_engine (self, ENGINE_TRANSLATOR, error);

  if (engine == NULL)
    return FALSE;
  engine_set_language (engine, "input-language-code", self->input_language);
  engine_set_language (engine, "output-language-code", translation->language);
  if (!add_branch (self, &translation->branch, engine, error))
    return FALSE;
  translation->tee = text_tee_new (error);
  if (translation->tee == NULL)
    return FALSE;
  add_element (self, translation->tee);
  if (!gst_element_link (engine, translation->tee)) {
    set_link_error (engine, translation->tee, error);
    return FALSE;
  }
  return feed_branch (&translation->branch, self->transcript, error);
}

/* With the lock. Returns: (transfer none) (nullable): one more outlet's translation */
static Translation *
acquire_translation (HablaInterpreter *self, const char *language, GError **error)
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
  if (!build_translation (self, translation, error)) {
    release_translation (self, translation);
    return NULL;
  }
  return translation;
}

/* With the lock. */
static void
unbuild_outlet (HablaInterpreter *self, Outlet *outlet)
{
  remove_branch (self, &outlet->branch);
  gst_ghost_pad_set_target (GST_GHOST_PAD (outlet->pad), NULL);
  release_translation (self, g_steal_pointer (&outlet->translation));
}

static gboolean
build_outlet_branch (HablaInterpreter *self, Outlet *outlet, GError **error)
{
  GstElement *tee = self->transcript, *engine = NULL;
  g_autofree char *input = habla_language_normalize (self->input_language, error);
  g_autoptr (GstPad) target = NULL;

  if (input == NULL)
    return FALSE;
  if (!g_str_equal (outlet->language, input)) {
    outlet->translation = acquire_translation (self, outlet->language, error);
    if (outlet->translation == NULL)
      return FALSE;
    tee = outlet->translation->tee;
  }
  if (outlet->is_speech) {
    engine = take_engine (self, ENGINE_SYNTHESIZER, error);
    if (engine == NULL)
      return FALSE;
    engine_set_language (engine, "language-code", outlet->language);
  }
  if (!add_branch (self, &outlet->branch, engine, error))
    return FALSE;
  target = gst_element_get_static_pad (engine != NULL ? engine : outlet->branch.queue, "src");
  if (target == NULL || !gst_ghost_pad_set_target (GST_GHOST_PAD (outlet->pad), target)) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_PAD, "%s has no src pad that fits %s",
        GST_OBJECT_NAME (engine != NULL ? engine : outlet->branch.queue),
        GST_OBJECT_NAME (outlet->pad));
    return FALSE;
  }
  return feed_branch (&outlet->branch, tee, error);
}

static gboolean
build_outlet (HablaInterpreter *self, Outlet *outlet, GError **error)
{
  if (build_outlet_branch (self, outlet, error))
    return TRUE;
  unbuild_outlet (self, outlet);
  return FALSE;
}

/* With the lock. From what is said and typed to the transcript. */
static gboolean
build_funnel (HablaInterpreter *self, gboolean has_speech, GError **error)
{
  g_autoptr (GstPad) target = NULL;

  self->funnel = text_funnel_new (has_speech);
  gst_bin_add (GST_BIN (self), self->funnel);
  target = gst_element_get_static_pad (self->funnel, "text");
  if (!gst_element_link (self->funnel, self->transcript)) {
    set_link_error (self->funnel, self->transcript, error);
    return FALSE;
  }
  return gst_ghost_pad_set_target (GST_GHOST_PAD (self->textpad), target);
}

/* With the lock. */
static gboolean
build_front (HablaInterpreter *self, GError **error)
{
  static const char *const factories[] = { "audioconvert", "audioresample", "queue" };
  g_autoptr (GstPad) target = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (factories); i++) {
    self->front[i] = make_element (factories[i], error);
    if (self->front[i] == NULL)
      return FALSE;
    gst_bin_add (GST_BIN (self), self->front[i]);
  }
  g_object_set (self->front[2], "max-size-buffers", 0, "max-size-bytes", 0, "max-size-time",
      (guint64) MAX_AUDIO, NULL);
  self->front[3] = take_engine (self, ENGINE_TRANSCRIBER, error);
  if (self->front[3] == NULL)
    return FALSE;
  engine_set_language (self->front[3], "language-code", self->input_language);
  gst_bin_add (GST_BIN (self), self->front[3]);
  for (guint i = 0; i < G_N_ELEMENTS (self->front); i++) {
    GstElement *next = i + 1 < G_N_ELEMENTS (self->front) ? self->front[i + 1]
                       : self->funnel != NULL             ? self->funnel
                                                          : self->transcript;

    if (!gst_element_link (self->front[i], next)) {
      set_link_error (self->front[i], next, error);
      return FALSE;
    }
  }
  target = gst_element_get_static_pad (self->front[0], "sink");
  return gst_ghost_pad_set_target (GST_GHOST_PAD (self->sinkpad), target);
}

/* With the lock. From READY to PAUSED. */
static gboolean
build (HablaInterpreter *self, GError **error)
{
  gboolean has_speech = self->textpad == NULL || gst_pad_is_linked (self->sinkpad);

  self->transcript = text_tee_new (error);
  if (self->transcript == NULL)
    return FALSE;
  gst_bin_add (GST_BIN (self), self->transcript);
  if (self->textpad != NULL && !build_funnel (self, has_speech, error))
    return FALSE;
  if (has_speech && !build_front (self, error))
    return FALSE;
  for (guint i = 0; i < self->outlets->len; i++)
    if (!build_outlet (self, g_ptr_array_index (self->outlets, i), error))
      return FALSE;
  return TRUE;
}

/* With the lock. */
static void
unbuild (HablaInterpreter *self)
{
  for (guint i = 0; i < self->outlets->len; i++)
    unbuild_outlet (self, g_ptr_array_index (self->outlets, i));
  gst_ghost_pad_set_target (GST_GHOST_PAD (self->sinkpad), NULL);
  if (self->textpad != NULL)
    gst_ghost_pad_set_target (GST_GHOST_PAD (self->textpad), NULL);
  for (guint i = 0; i < 3; i++)
    remove_element (self, &self->front[i]);
  remove_engine (self, &self->front[3]);
  remove_element (self, &self->funnel);
  remove_element (self, &self->transcript);
  for (guint kind = 0; kind < N_ENGINES; kind++)
    if (self->is_engine_chosen[kind]) {
      g_clear_object (&self->engines[kind]);
      self->is_engine_chosen[kind] = FALSE;
    }
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

/* With the lock. */
static Outlet *
add_outlet (HablaInterpreter *self, GstPadTemplate *template, const char *name, GError **error)
{
  Outlet *outlet = outlet_new (template, name, error);
  gboolean is_built;

  if (outlet == NULL)
    return NULL;
  if (self->transcript != NULL) {
    g_atomic_int_set (&self->is_adding, TRUE);
    gst_pad_set_active (outlet->pad, TRUE);
    is_built = build_outlet (self, outlet, error);
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

/* Returns: (nullable): the one pad for typed text, which only a bin below PAUSED can get */
static GstPad *
request_text_pad (HablaInterpreter *self, GstPadTemplate *template)
{
  g_autoptr (GstPad) pad = gst_ghost_pad_new_no_target_from_template ("text", template);

  gst_object_ref_sink (pad);
  g_rec_mutex_lock (&self->lock);
  if (self->textpad == NULL && self->transcript == NULL)
    self->textpad = gst_object_ref (pad);
  g_rec_mutex_unlock (&self->lock);
  if (self->textpad == pad && gst_element_add_pad (GST_ELEMENT (self), pad))
    return pad; /* what the element holds keeps it */
  GST_ELEMENT_WARNING (
      self, CORE, PAD, ("The pad text is asked for once, and before PAUSED"), (NULL));
  return NULL;
}

/* Nothing is typed any more. */
static void
release_text_pad (HablaInterpreter *self)
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
    return request_text_pad (self, template);
  if (name == NULL || existing != NULL) {
    GST_ELEMENT_WARNING (self, CORE, PAD,
        ("A pad is asked for once, with a language in its name, such as captions_es; not %s",
            name != NULL ? name : GST_PAD_TEMPLATE_NAME_TEMPLATE (template)),
        (NULL));
    return NULL;
  }
  g_rec_mutex_lock (&self->lock);
  outlet = add_outlet (self, template, name, &error);
  if (outlet != NULL)
    pad = gst_object_ref (outlet->pad);
  g_rec_mutex_unlock (&self->lock);
  if (pad == NULL) {
    GST_ELEMENT_WARNING (self, CORE, PAD, ("No %s: %s", name, error->message), (NULL));
    return NULL;
  }
  gst_element_add_pad (element, pad);
  return pad; /* what the element holds keeps it */
}

static void
habla_interpreter_release_pad (GstElement *element, GstPad *pad)
{
  HablaInterpreter *self = HABLA_INTERPRETER (element);
  Outlet *outlet = NULL;

  if (pad == self->textpad)
    return release_text_pad (self);
  g_rec_mutex_lock (&self->lock);
  for (guint i = 0; i < self->outlets->len && outlet == NULL; i++)
    if (((Outlet *) g_ptr_array_index (self->outlets, i))->pad == pad)
      outlet = g_ptr_array_steal_index (self->outlets, i);
  if (outlet != NULL)
    unbuild_outlet (self, outlet);
  g_rec_mutex_unlock (&self->lock);
  if (outlet == NULL)
    return;
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (element, pad);
  outlet_free (outlet);
}

/* A language that fails while it is added costs the others nothing. */
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
start (HablaInterpreter *self)
{
  g_autoptr (GError) error = NULL;
  gboolean is_built;

  g_rec_mutex_lock (&self->lock);
  is_built = build (self, &error);
  if (!is_built)
    unbuild (self);
  g_rec_mutex_unlock (&self->lock);
  if (is_built)
    return TRUE;
  /* An engine that does not start has said why. */
  if (g_error_matches (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED))
    GST_ELEMENT_ERROR (self, CORE, MISSING_PLUGIN, ("%s", error->message), (NULL));
  else if (!g_error_matches (error, GST_CORE_ERROR, GST_CORE_ERROR_STATE_CHANGE))
    GST_ELEMENT_ERROR (self, CORE, FAILED, ("%s", error->message), (NULL));
  return FALSE;
}

static void
stop (HablaInterpreter *self)
{
  g_rec_mutex_lock (&self->lock);
  unbuild (self);
  g_rec_mutex_unlock (&self->lock);
}

static GstStateChangeReturn
habla_interpreter_change_state (GstElement *element, GstStateChange transition)
{
  HablaInterpreter *self = HABLA_INTERPRETER (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  ret = GST_ELEMENT_CLASS (habla_interpreter_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY ||
      (transition == GST_STATE_CHANGE_READY_TO_PAUSED && ret == GST_STATE_CHANGE_FAILURE))
    stop (self);
  return ret;
}

/* With the lock. */
static void
set_engine (HablaInterpreter *self, EngineKind kind, GstElement *element)
{
  if (self->transcript != NULL) {
    g_critical ("%s of %s cannot be set in PAUSED or PLAYING", engine_get_name (kind),
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
    set_engine (self, id - PROP_TRANSCRIBER, g_value_get_object (value));
    break;
  case PROP_INPUT_LANGUAGE_CODE:
    g_free (self->input_language);
    self->input_language = g_value_dup_string (value);
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
    g_value_set_string (value, self->input_language);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    break;
  }
  g_rec_mutex_unlock (&self->lock);
}

/* Request pads that nobody released. */
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
          "Recognises speech: any element from audio to text; NULL = the best that is installed",
          GST_TYPE_ELEMENT, flags));
  g_object_class_install_property (object_class, PROP_TRANSLATOR,
      g_param_spec_object ("translator", "Translator",
          "Translates: any element from text to text, copied for further languages; NULL = the "
          "best that is installed",
          GST_TYPE_ELEMENT, flags));
  g_object_class_install_property (object_class, PROP_SYNTHESIZER,
      g_param_spec_object ("synthesizer", "Synthesizer",
          "Speaks: any element from text to audio, copied for further languages; NULL = the best "
          "that is installed",
          GST_TYPE_ELEMENT, flags));
  g_object_class_install_property (object_class, PROP_INPUT_LANGUAGE_CODE,
      g_param_spec_string ("input-language-code", "Input language",
          "BCP 47 code of the language that is spoken", DEFAULT_INPUT_LANGUAGE_CODE, flags));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &text_template);
  gst_element_class_add_static_pad_template (element_class, &captions_template);
  gst_element_class_add_static_pad_template (element_class, &speech_template);
  gst_element_class_set_static_metadata (element_class, "Interpreter", "Generic/Bin/Audio/Text",
      "Captions and speech in other languages from audio. Example: gst-launch-1.0 -m filesrc "
      "location=lesson.wav ! wavparse ! hablainterpreter name=i i.captions_en ! captionsink "
      "i.captions_es ! captionsink",
      "Habla");
}

static void
habla_interpreter_init (HablaInterpreter *self)
{
  g_rec_mutex_init (&self->lock);
  self->input_language = g_strdup (DEFAULT_INPUT_LANGUAGE_CODE);
  self->outlets = g_ptr_array_new_with_free_func ((GDestroyNotify) outlet_free);
  self->translations = g_ptr_array_new_with_free_func ((GDestroyNotify) translation_free);
  self->sinkpad = gst_ghost_pad_new_no_target_from_template (
      "sink", gst_element_class_get_pad_template (GST_ELEMENT_GET_CLASS (self), "sink"));
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);
}
