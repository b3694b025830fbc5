/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-mariantranslator
 * @title: mariantranslator
 *
 * Translates text with the models of Firefox, on this machine: small neural networks, one for each
 * direction, which take a few milliseconds for a sentence.
 *
 *     gst-launch-1.0 filesrc location=lesson.srt ! subparse !
 *       mariantranslator input-language-code=en output-language-code=es !
 *       srtenc ! filesink location=lesson.es.srt
 *
 * Install models with `habla setup en es`. Where no model translates directly, two of them
 * translate through English. All mariantranslators of a process share a model. Text is translated
 * sentence by sentence; tags such as <i>, line breaks, dashes of speakers, and addresses survive.
 * See #HablaTranslator for the other properties.
 */
#include "mariantranslator.h"

#include <habla/error.h>

#include "model-pool.h"
#include "terms.h"

GST_DEBUG_CATEGORY_STATIC (marian_translator_debug);
#define GST_CAT_DEFAULT marian_translator_debug

enum {
  PROP_0,
  PROP_MODEL,
  PROP_ARITHMETIC,
  PROP_NUM_THREADS,
};

#define ENGINE "marian"
#define PIVOT "en"
#define DEFAULT_ARITHMETIC MARIAN_ARITHMETIC_AUTO
#define DEFAULT_NUM_THREADS 1

/* One model, the language that it reads, and the partial hypothesis that it translated last. */
typedef struct {
  MarianModel *model;
  char *language;
  MarianDraft *draft; /* protected by draft_lock; (nullable) */
} Step;

struct _HablaMarianTranslator {
  HablaTranslator parent;

  char *model;                 /* protected by object lock */
  MarianArithmetic arithmetic; /* protected by object lock */
  guint num_threads;           /* atomic */

  GPtrArray *steps; /* of Step, in order; from start() to stop() */

  GMutex draft_lock;
  guint64 draft_id; /* protected by draft_lock; id of the utterance that the drafts belong to */
};

G_DEFINE_TYPE_WITH_CODE (HablaMarianTranslator, habla_marian_translator, HABLA_TYPE_TRANSLATOR,
    GST_DEBUG_CATEGORY_INIT (marian_translator_debug, "mariantranslator", 0, "Marian translator"))
GST_ELEMENT_REGISTER_DEFINE (
    mariantranslator, "mariantranslator", GST_RANK_PRIMARY, HABLA_TYPE_MARIAN_TRANSLATOR)

static GType
marian_translator_arithmetic_get_type (void)
{
  static GType type;
  static const GEnumValue values[] = {
    { MARIAN_ARITHMETIC_AUTO, "The best 8-bit instructions of this processor, exact sums", "auto" },
    { MARIAN_ARITHMETIC_INT8_SATURATING, "As Mozilla's builds for x86 and WebAssembly",
        "int8-saturating" },
    { MARIAN_ARITHMETIC_FLOAT, "Floating point activations, slow", "float" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("HablaMarianArithmetic", values));
  return type;
}

static void
step_free (gpointer data)
{
  Step *self = data;

  g_clear_pointer (&self->draft, marian_draft_free);
  marian_model_pool_release (self->model);
  g_free (self->language);
  g_free (self);
}

static gboolean
marian_translator_add_step (HablaMarianTranslator *self, HablaModel *model, const char *language,
    MarianArithmetic arithmetic, GError **error)
{
  MarianModel *loaded = marian_model_pool_acquire (model, arithmetic, error);
  Step *step;

  if (loaded == NULL)
    return FALSE;
  GST_INFO_OBJECT (self, "step %u: %s", self->steps->len + 1, habla_model_get_id (model));
  step = g_new (Step, 1);
  *step = (Step){ loaded, g_strdup (language), NULL };
  g_ptr_array_add (self->steps, step);
  return TRUE;
}

static HablaModel *
find_model (const char *from, const char *to, GError **error)
{
  g_autofree char *pair = g_strconcat (from, ">", to, NULL);

  return habla_model_find_installed (ENGINE, HABLA_MODEL_JOB_TRANSLATOR, pair, error);
}

typedef struct {
  HablaMarianTranslator *self;
  const char *language;
  MarianArithmetic arithmetic;
} StepLoad;

static gboolean
load_step (HablaModel *model, gpointer data, GError **error)
{
  const StepLoad *load = data;

  return marian_translator_add_step (load->self, model, load->language, load->arithmetic, error);
}

/* Takes the next best model if the best one does not load. */
static gboolean
marian_translator_add_best (HablaMarianTranslator *self, const char *from, const char *to,
    MarianArithmetic arithmetic, GError **error)
{
  g_autofree char *pair = g_strconcat (from, ">", to, NULL);
  g_autoptr (GPtrArray) models =
      habla_model_list_for_language (ENGINE, HABLA_MODEL_JOB_TRANSLATOR, pair);
  StepLoad load = { self, from, arithmetic };
  g_autofree char *warning = NULL;

  if (models->len == 0) {
    g_autoptr (HablaModel) none = find_model (from, to, error);

    return FALSE;
  }
  if (!habla_model_load_first (models, load_step, &load, &warning, error))
    return FALSE;
  if (warning != NULL)
    GST_ELEMENT_WARNING (self, LIBRARY, INIT, ("%s", warning), (NULL));
  return TRUE;
}

/* Two models through English.
 *
 * Returns: %FALSE without an error if they are not installed */
static gboolean
marian_translator_start_pivot (HablaMarianTranslator *self, const char *from, const char *to,
    MarianArithmetic arithmetic, GError **error)
{
  g_autoptr (HablaModel) first = find_model (from, PIVOT, NULL);
  g_autoptr (HablaModel) second = find_model (PIVOT, to, NULL);

  return first != NULL && second != NULL &&
         marian_translator_add_best (self, from, PIVOT, arithmetic, error) &&
         marian_translator_add_best (self, PIVOT, to, arithmetic, error);
}

static gboolean
marian_translator_start_model (HablaMarianTranslator *self, const char *name, const char *from,
    const char *to, MarianArithmetic arithmetic, GError **error)
{
  g_autoptr (HablaModel) model = habla_model_find_by_name (name, error);
  g_autofree char *pair = g_strconcat (from, ">", to, NULL);

  if (model == NULL)
    return FALSE;
  if (g_strcmp0 (habla_model_get_engine (model), ENGINE) != 0 ||
      !habla_model_supports_language (model, pair)) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
        "The model %s does not translate “%s” into “%s”; set another model, or none to choose the "
        "best one that is installed",
        habla_model_get_id (model), from, to);
    return FALSE;
  }
  return marian_translator_add_step (self, model, from, arithmetic, error);
}

static gboolean
marian_translator_load (
    HablaMarianTranslator *self, const char *from, const char *to, GError **error)
{
  g_autofree char *name = NULL;
  MarianArithmetic arithmetic;
  g_autoptr (HablaModel) direct = NULL;
  g_autoptr (GError) missing = NULL;

  GST_OBJECT_LOCK (self);
  name = g_strdup (self->model);
  arithmetic = self->arithmetic;
  GST_OBJECT_UNLOCK (self);
  if (name != NULL && *name != '\0')
    return marian_translator_start_model (self, name, from, to, arithmetic, error);
  direct = find_model (from, to, &missing);
  if (direct != NULL)
    return marian_translator_add_best (self, from, to, arithmetic, error);
  if (marian_translator_start_pivot (self, from, to, arithmetic, error))
    return TRUE;
  if (error != NULL && *error == NULL)
    g_propagate_error (error, g_steal_pointer (&missing));
  return FALSE;
}

static gboolean
habla_marian_translator_start (HablaTranslator *translator, const char *input_language,
    const char *output_language, GError **error)
{
  HablaMarianTranslator *self = HABLA_MARIAN_TRANSLATOR (translator);
  g_autoptr (GError) failure = NULL;

  self->draft_id = 0;
  self->steps = g_ptr_array_new_with_free_func (step_free);
  if (marian_translator_load (self, input_language, output_language, &failure))
    return TRUE;
  g_clear_pointer (&self->steps, g_ptr_array_unref);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static void
habla_marian_translator_stop (HablaTranslator *translator)
{
  g_clear_pointer (&HABLA_MARIAN_TRANSLATOR (translator)->steps, g_ptr_array_unref);
}

static char *
habla_marian_translator_translate (
    HablaTranslator *translator, const char *text, GCancellable *cancellable, GError **error)
{
  HablaMarianTranslator *self = HABLA_MARIAN_TRANSLATOR (translator);
  g_autofree char *translation = NULL;
  g_auto (Terms) terms;

  terms_init (&terms, habla_translator_ref_glossary (translator));
  for (guint i = 0; i < self->steps->len; i++) {
    const Step *step = g_ptr_array_index (self->steps, i);
    MarianContext context = terms_get_context (&terms, i, step->language);
    char *next;

    context.n_threads = g_atomic_int_get (&self->num_threads);
    next = marian_translate (step->model, text, &context, cancellable, error);

    if (next == NULL)
      return NULL;
    g_free (translation);
    text = translation = next;
  }
  return g_steal_pointer (&translation);
}

/* Drafts of a new utterance are empty. */
static char *
habla_marian_translator_translate_partial (HablaTranslator *translator,
    const HablaUtterance *utterance, GCancellable *cancellable, GError **error)
{
  HablaMarianTranslator *self = HABLA_MARIAN_TRANSLATOR (translator);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->draft_lock);
  gboolean is_new = utterance->id == 0 || utterance->id != self->draft_id;
  const char *text = utterance->text;
  g_autofree char *translation = NULL;
  g_auto (Terms) terms;

  terms_init (&terms, habla_translator_ref_glossary (translator));
  self->draft_id = utterance->id;
  for (guint i = 0; i < self->steps->len; i++) {
    Step *step = g_ptr_array_index (self->steps, i);
    const MarianContext context = terms_get_context (&terms, i, step->language);
    char *next;

    if (is_new)
      g_clear_pointer (&step->draft, marian_draft_free);
    if (step->draft == NULL)
      step->draft = marian_draft_new (step->model);
    next = marian_draft_translate (step->draft, text, &context, cancellable, error);
    if (next == NULL)
      return NULL;
    g_free (translation);
    text = translation = next;
  }
  return g_steal_pointer (&translation);
}

/* Adds the pairs that two models translate through English. */
static void
add_pivots (GPtrArray *pairs, guint n_direct)
{
  for (guint i = 0; i < n_direct; i++) {
    g_auto (GStrv) first = g_strsplit (g_ptr_array_index (pairs, i), ">", 2);

    for (guint j = 0; g_strcmp0 (first[1], PIVOT) == 0 && j < n_direct; j++) {
      g_auto (GStrv) second = g_strsplit (g_ptr_array_index (pairs, j), ">", 2);
      g_autofree char *direct = g_strconcat (first[0], ">", second[1], NULL);

      if (g_strcmp0 (second[0], PIVOT) == 0 && g_strcmp0 (first[0], second[1]) != 0 &&
          !g_ptr_array_find_with_equal_func (pairs, direct, g_str_equal, NULL))
        g_ptr_array_add (pairs, g_strconcat (first[0], ">" PIVOT ">", second[1], NULL));
    }
  }
}

static GStrv
habla_marian_translator_list_pairs (HablaTranslator *translator)
{
  g_autoptr (GPtrArray) models = habla_model_list_installed (ENGINE, HABLA_MODEL_JOB_TRANSLATOR);
  GPtrArray *pairs = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < models->len; i++) {
    const char *const *languages = habla_model_get_languages (g_ptr_array_index (models, i));

    for (guint j = 0; languages[j] != NULL; j++)
      if (!g_ptr_array_find_with_equal_func (pairs, languages[j], g_str_equal, NULL))
        g_ptr_array_add (pairs, g_strdup (languages[j]));
  }
  add_pivots (pairs, pairs->len);
  g_ptr_array_add (pairs, NULL);
  return (GStrv) g_ptr_array_free (pairs, FALSE);
}

static void
habla_marian_translator_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaMarianTranslator *self = HABLA_MARIAN_TRANSLATOR (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_MODEL:
    g_free (self->model);
    self->model = g_value_dup_string (value);
    break;
  case PROP_ARITHMETIC:
    self->arithmetic = g_value_get_enum (value);
    break;
  case PROP_NUM_THREADS:
    g_atomic_int_set (&self->num_threads, g_value_get_uint (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
habla_marian_translator_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaMarianTranslator *self = HABLA_MARIAN_TRANSLATOR (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_MODEL:
    g_value_set_string (value, self->model);
    break;
  case PROP_ARITHMETIC:
    g_value_set_enum (value, self->arithmetic);
    break;
  case PROP_NUM_THREADS:
    g_value_set_uint (value, g_atomic_int_get (&self->num_threads));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
habla_marian_translator_finalize (GObject *object)
{
  HablaMarianTranslator *self = HABLA_MARIAN_TRANSLATOR (object);

  g_mutex_clear (&self->draft_lock);
  g_free (self->model);

  G_OBJECT_CLASS (habla_marian_translator_parent_class)->finalize (object);
}

static void
habla_marian_translator_class_init (HablaMarianTranslatorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  HablaTranslatorClass *translator_class = HABLA_TRANSLATOR_CLASS (klass);
  GParamFlags ready = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  object_class->set_property = habla_marian_translator_set_property;
  object_class->get_property = habla_marian_translator_get_property;
  object_class->finalize = habla_marian_translator_finalize;
  translator_class->start = habla_marian_translator_start;
  translator_class->stop = habla_marian_translator_stop;
  translator_class->translate = habla_marian_translator_translate;
  translator_class->translate_partial = habla_marian_translator_translate_partial;
  translator_class->list_pairs = habla_marian_translator_list_pairs;

  /**
   * HablaMarianTranslator:model:
   *
   * The id of an installed model, or the path of the folder of any model, which contains a slash.
   * %NULL or empty: the best installed model for the languages, or two through English.
   */
  g_object_class_install_property (object_class, PROP_MODEL,
      g_param_spec_string ("model", "Model",
          "Id of an installed model, or path of its folder; empty = the best installed ones for "
          "the languages",
          NULL, ready));

  /**
   * HablaMarianTranslator:arithmetic:
   *
   * How activations and weights are multiplied. With `int8-saturating`, some words of one sentence
   * in seven differ.
   */
  g_object_class_install_property (object_class, PROP_ARITHMETIC,
      g_param_spec_enum ("arithmetic", "Arithmetic", "How activations and weights are multiplied",
          marian_translator_arithmetic_get_type (), DEFAULT_ARITHMETIC, ready));

  /**
   * HablaMarianTranslator:num-threads:
   *
   * Number of sentences of one text that are translated at once. Several texts are translated at
   * once too, see #HablaTranslator:max-in-flight.
   */
  g_object_class_install_property (object_class, PROP_NUM_THREADS,
      g_param_spec_uint ("num-threads", "Number of threads",
          "Number of sentences of one text that are translated at once", 1, MARIAN_MAX_THREADS,
          DEFAULT_NUM_THREADS,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "Marian translator",
      "Filter/Converter/Text",
      "Translates text with the models of Firefox. Example: gst-launch-1.0 filesrc "
      "location=lesson.srt ! subparse ! mariantranslator input-language-code=en "
      "output-language-code=es ! srtenc ! filesink location=lesson.es.srt",
      "Habla developers <habla@habla.example>");
}

static void
habla_marian_translator_init (HablaMarianTranslator *self)
{
  g_mutex_init (&self->draft_lock);
  self->arithmetic = DEFAULT_ARITHMETIC;
  self->num_threads = DEFAULT_NUM_THREADS;
}
