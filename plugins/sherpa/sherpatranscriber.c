/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-sherpatranscriber
 * @title: sherpatranscriber
 *
 * Recognises speech, offline, with neural models through sherpa-onnx: text with capitals and
 * punctuation, as the model has them. The input is 16 kHz mono audio; the output is one buffer of
 * text for each utterance. See #HablaTranscriber for the other properties.
 *
 *     gst-launch-1.0 -m filesrc location=lesson.wav ! wavparse ! audioconvert !
 *         audioresample ! sherpatranscriber ! captionsink
 *
 * Streaming models give partial hypotheses as they come. Models for segments, such as Whisper,
 * need a model for voice activity, too; partial hypotheses are made by decoding the growing
 * segment again and again. Decoding blocks the thread of the input, so a live pipeline needs a
 * queue before the element, as for other transcribers.
 *
 * All instances with the same model share it. When recognition falls behind, partial hypotheses are
 * omitted first, then segments are merged; final text is never lost.
 */
#include "sherpatranscriber.h"

#include "session.h"

#include <habla/error.h>
#include <habla/language.h>
#include <habla/model.h>

#include <string.h>

enum {
  PROP_0,
  PROP_MODEL,
  PROP_VAD_MODEL,
  PROP_NUM_THREADS,
  PROP_END_PAUSE,
  PROP_CLAUSE_PAUSE,
  PROP_MIN_CLAUSE,
  PROP_STABLE_PARTIALS,
};

#define ENGINE "sherpa"

#define DEFAULT_NUM_THREADS 1
#define DEFAULT_END_PAUSE 0
#define DEFAULT_CLAUSE_PAUSE 150
#define DEFAULT_MIN_CLAUSE 3000
#define DEFAULT_STABLE_PARTIALS FALSE
/* Accuracy and speed of models for segments fall with longer ones. */
#define DEFAULT_MAX_UTTERANCE 12000

/* The meaning of an end-pause of 0. A streaming model recognises words late. */
#define SEGMENT_END_PAUSE 350
#define STREAMING_END_PAUSE 800

/* Longest time until a model detects speech: the chunks of streaming models. */
#define ONSET GST_SECOND
#define HANGOVER (SEGMENT_END_PAUSE * GST_MSECOND)

struct _HablaSherpaTranscriber {
  HablaTranscriber parent_instance;

  char *model;              /* protected by object lock */
  char *vad_model;          /* protected by object lock */
  guint num_threads;        /* protected by object lock */
  guint end_pause;          /* protected by object lock */
  guint clause_pause;       /* protected by object lock */
  guint min_clause;         /* protected by object lock */
  gboolean stable_partials; /* protected by object lock */

  /* Used by the streaming thread, start() and stop() only. */
  HablaRecognizer *recognizer;
  HablaSession *session;
};

G_DEFINE_FINAL_TYPE (HablaSherpaTranscriber, habla_sherpa_transcriber, HABLA_TYPE_TRANSCRIBER)
GST_ELEMENT_REGISTER_DEFINE (
    sherpatranscriber, "sherpatranscriber", GST_RANK_PRIMARY, HABLA_TYPE_SHERPA_TRANSCRIBER)

/* @name: (nullable): id of a model, path of a folder, or %NULL for the best model for @language
 * Returns: (transfer full) (nullable): a checked model */
static HablaSherpaModel *
sherpa_open_model (const char *name, const char *job, const char *language, GError **error)
{
  g_autoptr (HablaModel) model = NULL;

  /* The folder of an unpacked model need not have a description. */
  if (name != NULL && (strchr (name, G_DIR_SEPARATOR) != NULL))
    return habla_sherpa_model_open (name, job, error);
  model = name != NULL && *name != '\0' ? habla_model_find_by_name (name, error)
                                        : habla_model_find_installed (ENGINE, job, language, error);
  return model != NULL ? habla_sherpa_model_open (habla_model_get_path (model), job, error) : NULL;
}

static HablaSession *
sherpa_create_session (
    HablaRecognizer *recognizer, const char *vad_model, guint max_speech, GError **error)
{
  g_autoptr (HablaSherpaModel) model = NULL;
  HablaVoiceActivity *voice_activity;

  if (habla_sherpa_model_is_streaming (recognizer->model))
    return habla_streaming_session_new (recognizer);
  model = sherpa_open_model (vad_model, HABLA_MODEL_JOB_VOICE_ACTIVITY, NULL, error);
  if (model == NULL)
    return NULL;
  voice_activity = habla_voice_activity_new (model, max_speech, error);
  return voice_activity != NULL ? habla_segment_session_new (recognizer, voice_activity) : NULL;
}

typedef struct {
  HablaSherpaTranscriber *self;
  HablaRecognizerSettings settings;
  const char *vad_model;
  guint max_speech; /* seconds */
} Start;

static gboolean
start_with (Start *start, HablaSherpaModel *model, GError **error)
{
  HablaSherpaTranscriber *self = start->self;

  self->recognizer = habla_recognizer_take (model, &start->settings, error);
  if (self->recognizer == NULL)
    return FALSE;
  self->session =
      sherpa_create_session (self->recognizer, start->vad_model, start->max_speech, error);
  if (self->session == NULL)
    g_clear_pointer (&self->recognizer, habla_recognizer_give);
  return self->session != NULL;
}

static gboolean
start_with_installed (HablaModel *installed, gpointer data, GError **error)
{
  g_autoptr (HablaSherpaModel) model = habla_sherpa_model_open (
      habla_model_get_path (installed), HABLA_MODEL_JOB_TRANSCRIBER, error);

  return model != NULL && start_with (data, model, error);
}

/* Takes the next best model if the best one does not load.
 * @language: (nullable): %NULL = any */
static gboolean
start_with_best (Start *start, const char *language, GError **error)
{
  g_autoptr (GPtrArray) models =
      habla_model_list_for_language (ENGINE, HABLA_MODEL_JOB_TRANSCRIBER, language);
  g_autofree char *warning = NULL;

  if (models->len == 0) {
    g_autoptr (HablaModel) none =
        habla_model_find_installed (ENGINE, HABLA_MODEL_JOB_TRANSCRIBER, language, error);

    return FALSE;
  }
  if (!habla_model_load_first (models, start_with_installed, start, &warning, error))
    return FALSE;
  if (warning != NULL)
    GST_ELEMENT_WARNING (start->self, LIBRARY, INIT, ("%s", warning), (NULL));
  return TRUE;
}

/* @name: (nullable): value of the property `model`
 * Returns: (transfer full) (nullable): the model that detects languages: the best installed one, or
 *   the one that was chosen */
static HablaModel *
sherpa_find_detecting (const char *name)
{
  g_autoptr (GPtrArray) models = habla_model_list_installed (ENGINE, HABLA_MODEL_JOB_TRANSCRIBER);

  for (guint i = 0; i < models->len; i++) {
    HablaModel *model = g_ptr_array_index (models, i);
    const char *const *languages = habla_model_get_languages (model);
    gboolean is_meant = name == NULL || *name == '\0' ||
                        g_str_equal (name, habla_model_get_id (model)) ||
                        g_str_equal (name, habla_model_get_path (model));

    if (is_meant && languages[0] != NULL && languages[1] != NULL &&
        habla_recognizer_can_detect_language (habla_model_get_architecture (model)))
      return habla_model_ref (model);
  }
  return NULL;
}

static gboolean
habla_sherpa_transcriber_start (HablaTranscriber *transcriber, const char *language, GError **error)
{
  HablaSherpaTranscriber *self = HABLA_SHERPA_TRANSCRIBER (transcriber);
  g_autofree char *name = NULL;
  g_autofree char *vad_model = NULL;
  g_autoptr (HablaSherpaModel) model = NULL;
  Start start = { self, .settings = { .language = language } };
  guint max_utterance;

  GST_OBJECT_LOCK (self);
  name = g_strdup (self->model);
  vad_model = g_strdup (self->vad_model);
  start.settings.n_threads = self->num_threads;
  start.settings.end_pause = self->end_pause > 0 ? self->end_pause : STREAMING_END_PAUSE;
  GST_OBJECT_UNLOCK (self);
  g_object_get (self, "max-utterance", &max_utterance, NULL);
  start.vad_model = vad_model;
  start.max_speech = max_utterance / 1000 + 5;

  if (habla_transcriber_get_detected (transcriber) != NULL) {
    g_autoptr (HablaModel) detecting = sherpa_find_detecting (name);

    if (detecting != NULL)
      return start_with_installed (detecting, &start, error);
  }
  if (name == NULL || *name == '\0')
    return start_with_best (&start, g_str_equal (language, "auto") ? NULL : language, error);
  model = sherpa_open_model (name, HABLA_MODEL_JOB_TRANSCRIBER, NULL, error);
  return model != NULL && start_with (&start, model, error);
}

static void
habla_sherpa_transcriber_stop (HablaTranscriber *transcriber)
{
  HablaSherpaTranscriber *self = HABLA_SHERPA_TRANSCRIBER (transcriber);

  if (self->session != NULL)
    self->session->free (self->session);
  self->session = NULL;
  g_clear_pointer (&self->recognizer, habla_recognizer_give);
}

static gint64
to_samples (guint milliseconds)
{
  return (gint64) milliseconds * HABLA_TRANSCRIBER_RATE / 1000;
}

static gboolean
habla_sherpa_transcriber_begin (HablaTranscriber *transcriber, GError **error)
{
  HablaSherpaTranscriber *self = HABLA_SHERPA_TRANSCRIBER (transcriber);

  self->session->begin (self->session);
  return TRUE;
}

static gboolean
habla_sherpa_transcriber_feed (HablaTranscriber *transcriber, const gint16 *samples,
    gsize n_samples, gboolean *in_speech, GError **error)
{
  HablaSherpaTranscriber *self = HABLA_SHERPA_TRANSCRIBER (transcriber);
  HablaSessionSettings settings;

  GST_OBJECT_LOCK (self);
  settings.end_pause = to_samples (self->end_pause > 0 ? self->end_pause : SEGMENT_END_PAUSE);
  settings.clause_pause = to_samples (self->clause_pause);
  settings.min_clause = to_samples (self->min_clause);
  settings.stable_partials = self->stable_partials;
  GST_OBJECT_UNLOCK (self);
  self->session->configure (self->session, &settings);
  self->session->feed (
      self->session, samples, n_samples, habla_transcriber_get_lag (transcriber), in_speech);
  return TRUE;
}

static char *
habla_sherpa_transcriber_get_hypothesis (HablaTranscriber *transcriber)
{
  HablaSherpaTranscriber *self = HABLA_SHERPA_TRANSCRIBER (transcriber);

  return self->session->get_hypothesis (self->session, habla_transcriber_get_lag (transcriber));
}

static char *
habla_sherpa_transcriber_end (HablaTranscriber *transcriber, double *confidence, GError **error)
{
  HablaSherpaTranscriber *self = HABLA_SHERPA_TRANSCRIBER (transcriber);

  return self->session->end (self->session, confidence);
}

static char *
habla_sherpa_transcriber_cut (
    HablaTranscriber *transcriber, gsize *n_samples, double *confidence, GError **error)
{
  HablaSherpaTranscriber *self = HABLA_SHERPA_TRANSCRIBER (transcriber);

  return self->session->cut (self->session, n_samples, confidence);
}

static void
habla_sherpa_transcriber_describe (HablaTranscriber *transcriber, HablaTranscription *transcription)
{
  HablaSherpaTranscriber *self = HABLA_SHERPA_TRANSCRIBER (transcriber);

  self->session->describe (self->session, transcription);
}

static GStrv
habla_sherpa_transcriber_list_languages (HablaTranscriber *transcriber)
{
  g_autoptr (GPtrArray) models = habla_model_list_installed (ENGINE, HABLA_MODEL_JOB_TRANSCRIBER);
  g_autoptr (GPtrArray) languages = g_ptr_array_new ();

  for (guint i = 0; i < models->len; i++) {
    const char *const *codes = habla_model_get_languages (models->pdata[i]);

    for (guint k = 0; codes[k] != NULL; k++)
      if (!g_ptr_array_find_with_equal_func (languages, codes[k], g_str_equal, NULL))
        g_ptr_array_add (languages, (gpointer) codes[k]);
  }
  g_ptr_array_add (languages, NULL);
  return g_strdupv ((char **) languages->pdata);
}

static GStrv
habla_sherpa_transcriber_list_detectable (HablaTranscriber *transcriber)
{
  HablaSherpaTranscriber *self = HABLA_SHERPA_TRANSCRIBER (transcriber);
  g_autoptr (HablaModel) model = NULL;
  g_autofree char *name = NULL;

  GST_OBJECT_LOCK (self);
  name = g_strdup (self->model);
  GST_OBJECT_UNLOCK (self);
  model = sherpa_find_detecting (name);
  return model != NULL ? g_strdupv ((GStrv) habla_model_get_languages (model)) : g_new0 (char *, 1);
}

static void
habla_sherpa_transcriber_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaSherpaTranscriber *self = HABLA_SHERPA_TRANSCRIBER (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_MODEL:
    g_free (self->model);
    self->model = g_value_dup_string (value);
    break;
  case PROP_VAD_MODEL:
    g_free (self->vad_model);
    self->vad_model = g_value_dup_string (value);
    break;
  case PROP_NUM_THREADS:
    self->num_threads = g_value_get_uint (value);
    break;
  case PROP_END_PAUSE:
    self->end_pause = g_value_get_uint (value);
    break;
  case PROP_CLAUSE_PAUSE:
    self->clause_pause = g_value_get_uint (value);
    break;
  case PROP_MIN_CLAUSE:
    self->min_clause = g_value_get_uint (value);
    break;
  case PROP_STABLE_PARTIALS:
    self->stable_partials = g_value_get_boolean (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
habla_sherpa_transcriber_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaSherpaTranscriber *self = HABLA_SHERPA_TRANSCRIBER (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_MODEL:
    g_value_set_string (value, self->model);
    break;
  case PROP_VAD_MODEL:
    g_value_set_string (value, self->vad_model);
    break;
  case PROP_NUM_THREADS:
    g_value_set_uint (value, self->num_threads);
    break;
  case PROP_END_PAUSE:
    g_value_set_uint (value, self->end_pause);
    break;
  case PROP_CLAUSE_PAUSE:
    g_value_set_uint (value, self->clause_pause);
    break;
  case PROP_MIN_CLAUSE:
    g_value_set_uint (value, self->min_clause);
    break;
  case PROP_STABLE_PARTIALS:
    g_value_set_boolean (value, self->stable_partials);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
habla_sherpa_transcriber_finalize (GObject *object)
{
  HablaSherpaTranscriber *self = HABLA_SHERPA_TRANSCRIBER (object);

  g_free (self->model);
  g_free (self->vad_model);
  habla_recognizer_pool_leave ();
  G_OBJECT_CLASS (habla_sherpa_transcriber_parent_class)->finalize (object);
}

static void
sherpa_install_properties (GObjectClass *object_class)
{
  GParamFlags ready = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;
  GParamFlags playing = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  g_object_class_install_property (object_class, PROP_MODEL,
      g_param_spec_string ("model", "Model",
          "Id of an installed model, or path of the folder of one; NULL = the best installed model "
          "for language-code; takes effect in READY",
          NULL, ready));
  g_object_class_install_property (object_class, PROP_VAD_MODEL,
      g_param_spec_string ("vad-model", "Voice activity model",
          "The same for the model that detects speech, which models for segments need; NULL = the "
          "best installed one",
          NULL, ready));
  g_object_class_install_property (object_class, PROP_NUM_THREADS,
      g_param_spec_uint ("num-threads", "Threads",
          "Number of threads for one decode; more than one pays for large models only", 1, 64,
          DEFAULT_NUM_THREADS, ready));
  g_object_class_install_property (object_class, PROP_END_PAUSE,
      g_param_spec_uint ("end-pause", "Pause at the end",
          "Pause that ends an utterance, in milliseconds; 0 = 350 for models for segments, 800 for "
          "streaming models, for which it takes effect in READY",
          0, 10000, DEFAULT_END_PAUSE, playing));
  g_object_class_install_property (object_class, PROP_CLAUSE_PAUSE,
      g_param_spec_uint ("clause-pause", "Pause of clauses",
          "Pause that ends an utterance of at least min-clause, in milliseconds; models for "
          "segments only",
          50, 10000, DEFAULT_CLAUSE_PAUSE, playing));
  g_object_class_install_property (object_class, PROP_MIN_CLAUSE,
      g_param_spec_uint ("min-clause", "Minimum clause",
          "Speech from which a short pause, clause-pause, ends an utterance, in milliseconds; "
          "shorter segments are less accurate",
          0, 60000, DEFAULT_MIN_CLAUSE, playing));
  g_object_class_install_property (object_class, PROP_STABLE_PARTIALS,
      g_param_spec_boolean ("stable-partials", "Stable partials",
          "Whether partial hypotheses have only the words in which several decodes agree: they "
          "come later, and only the final text may differ from them; models for segments only",
          DEFAULT_STABLE_PARTIALS, playing));
}

static void
habla_sherpa_transcriber_class_init (HablaSherpaTranscriberClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  HablaTranscriberClass *transcriber_class = HABLA_TRANSCRIBER_CLASS (klass);

  object_class->set_property = habla_sherpa_transcriber_set_property;
  object_class->get_property = habla_sherpa_transcriber_get_property;
  object_class->finalize = habla_sherpa_transcriber_finalize;
  sherpa_install_properties (object_class);

  transcriber_class->onset = ONSET;
  transcriber_class->hangover = HANGOVER;
  transcriber_class->start = habla_sherpa_transcriber_start;
  transcriber_class->stop = habla_sherpa_transcriber_stop;
  transcriber_class->begin = habla_sherpa_transcriber_begin;
  transcriber_class->feed = habla_sherpa_transcriber_feed;
  transcriber_class->get_hypothesis = habla_sherpa_transcriber_get_hypothesis;
  transcriber_class->end = habla_sherpa_transcriber_end;
  transcriber_class->cut = habla_sherpa_transcriber_cut;
  transcriber_class->describe = habla_sherpa_transcriber_describe;
  transcriber_class->list_languages = habla_sherpa_transcriber_list_languages;
  transcriber_class->list_detectable = habla_sherpa_transcriber_list_detectable;

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "sherpa-onnx transcriber",
      "Audio/Text/Filter",
      "Recognises speech, offline, with neural models through sherpa-onnx. Example: gst-launch-1.0 "
      "-m filesrc location=lesson.wav ! wavparse ! audioconvert ! audioresample ! "
      "sherpatranscriber ! captionsink",
      "Habla developers <habla@habla.example>");
}

static void
habla_sherpa_transcriber_init (HablaSherpaTranscriber *self)
{
  self->num_threads = DEFAULT_NUM_THREADS;
  self->end_pause = DEFAULT_END_PAUSE;
  self->clause_pause = DEFAULT_CLAUSE_PAUSE;
  self->min_clause = DEFAULT_MIN_CLAUSE;
  self->stable_partials = DEFAULT_STABLE_PARTIALS;
  g_object_set (self, "max-utterance", DEFAULT_MAX_UTTERANCE, NULL);
  habla_recognizer_pool_enter ();
}
