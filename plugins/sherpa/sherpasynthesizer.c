/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-sherpasynthesizer
 * @title: sherpasynthesizer
 *
 * Speaks text, offline, with a natural voice of Piper, which sherpa-onnx computes. See
 * #HablaSynthesizer for timing and other properties.
 *
 *     gst-launch-1.0 filesrc location=lesson.srt ! subparse !
 *         sherpasynthesizer language-code=en ! audioconvert ! audioresample ! autoaudiosink
 *
 * The voice is the best installed one for `language-code`, unless `voice` names another one. An
 * utterance in another language is spoken by the best installed voice for that language. A voice
 * is in memory once in a process, whatever the number of elements.
 *
 * A thread of the element computes speech sentence by sentence, one ahead of the output. A
 * flush does not wait for it; a change to READY waits for the sentence that it computes.
 *
 * The phonemes come from #HablaPhonemizer.
 */
#include "sherpasynthesizer.h"

#include "sherpa-voice.h"
#include "speech-job.h"

#include <gst/audio/audio.h>
#include <string.h>

enum { PROP_0, PROP_VOICE, PROP_RATE, PROP_SPEAKER, PROP_NUM_THREADS, PROP_AVAILABLE_VOICES };

#define DEFAULT_VOICE NULL
#define DEFAULT_RATE 175
#define MIN_RATE 80
#define MAX_RATE 450
#define DEFAULT_SPEAKER 0
#define DEFAULT_NUM_THREADS 1
#define MAX_NUM_THREADS 64

#define ENGINE "sherpa"

struct _HablaSherpaSynthesizer {
  HablaSynthesizer parent_instance;

  char *voice_name; /* protected by object lock */
  guint rate;       /* protected by object lock; words a minute */
  guint speaker;    /* protected by object lock */
  guint n_threads;  /* protected by object lock */

  /* Set by start(), cleared by stop(), only read in between. */
  char *language;
  HablaSherpaVoice *voice;
  HablaPhonemizer *phonemizer;
  GAsyncQueue *jobs; /* of HablaSpeechJob; has its own lock */
  GThread *worker;

  /* Used by synthesize() and stop() only: the last other language, and its voice. */
  char *other_language;
  HablaSherpaVoice *other_voice;
};

G_DEFINE_FINAL_TYPE (HablaSherpaSynthesizer, habla_sherpa_synthesizer, HABLA_TYPE_SYNTHESIZER)
GST_ELEMENT_REGISTER_DEFINE (
    sherpasynthesizer, "sherpasynthesizer", GST_RANK_PRIMARY, HABLA_TYPE_SHERPA_SYNTHESIZER)

/* Ends the worker. */
static char end_of_jobs;

static gpointer
sherpa_synthesizer_work (gpointer data)
{
  GAsyncQueue *jobs = data;
  gpointer job;

  while ((job = g_async_queue_pop (jobs)) != &end_of_jobs) {
    habla_speech_job_run (job);
    habla_speech_job_unref (job);
  }
  return NULL;
}

/* Returns: (transfer full) (nullable): the folder of the model that the property voice names */
static char *
find_named_folder (const char *name, GError **error)
{
  g_autoptr (HablaModel) model = NULL;

  if (strchr (name, G_DIR_SEPARATOR) == NULL) {
    model = habla_model_find_by_name (name, error);
    return model != NULL ? g_strdup (habla_model_get_path (model)) : NULL;
  }
  /* A folder need not have a description. */
  model = habla_model_load (name, NULL);
  if (model == NULL || habla_model_get_unusable (model) == NULL)
    return g_strdup (name);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
      "The voice in %s failed its check: %s; install it again", name,
      habla_model_get_unusable (model));
  return NULL;
}

typedef struct {
  HablaPhonemizer *phonemizer;
  guint n_threads;
  HablaSherpaVoice *voice; /* (nullable): the loaded voice */
} VoiceLoad;

static gboolean
load_folder (VoiceLoad *load, const char *folder, GError **error)
{
  g_autoptr (HablaSherpaVoice) voice = habla_sherpa_voice_load (folder, load->n_threads, error);

  if (voice == NULL || !habla_phonemizer_check_voice (
                           load->phonemizer, habla_sherpa_voice_get_pronunciation (voice), error))
    return FALSE;
  load->voice = g_steal_pointer (&voice);
  return TRUE;
}

static gboolean
load_installed (HablaModel *model, gpointer data, GError **error)
{
  return load_folder (data, habla_model_get_path (model), error);
}

/* Takes the next best voice if the best one does not load. */
static void
sherpa_synthesizer_load_best (
    HablaSherpaSynthesizer *self, VoiceLoad *load, const char *language, GError **error)
{
  g_autoptr (GPtrArray) models =
      habla_model_list_for_language (ENGINE, HABLA_MODEL_JOB_SYNTHESIZER, language);
  g_autofree char *warning = NULL;

  if (models->len == 0) {
    g_autoptr (HablaModel) none =
        habla_model_find_installed (ENGINE, HABLA_MODEL_JOB_SYNTHESIZER, language, error);

    return;
  }
  if (habla_model_load_first (models, load_installed, load, &warning, error) && warning != NULL)
    GST_ELEMENT_WARNING (self, LIBRARY, INIT, ("%s", warning), (NULL));
}

/* @name: (nullable): value of the property voice */
static HablaSherpaVoice *
sherpa_synthesizer_load_voice (
    HablaSherpaSynthesizer *self, const char *name, const char *language, GError **error)
{
  VoiceLoad load = { self->phonemizer };
  g_autofree char *folder = NULL;

  GST_OBJECT_LOCK (self);
  load.n_threads = self->n_threads;
  GST_OBJECT_UNLOCK (self);
  if (name == NULL) {
    sherpa_synthesizer_load_best (self, &load, language, error);
    return load.voice;
  }
  folder = find_named_folder (name, error);
  if (folder != NULL)
    load_folder (&load, folder, error);
  return load.voice;
}

static gboolean
habla_sherpa_synthesizer_start (HablaSynthesizer *synthesizer, const char *language, GError **error)
{
  HablaSherpaSynthesizer *self = HABLA_SHERPA_SYNTHESIZER (synthesizer);
  g_autofree char *name = NULL;

  GST_OBJECT_LOCK (self);
  name = g_strdup (self->voice_name);
  GST_OBJECT_UNLOCK (self);
  self->phonemizer = habla_phonemizer_find (error);
  if (self->phonemizer != NULL)
    self->voice = sherpa_synthesizer_load_voice (self, name, language, error);
  if (self->voice == NULL) {
    g_clear_object (&self->phonemizer);
    return FALSE;
  }
  habla_synthesizer_set_rate (synthesizer, habla_sherpa_voice_get_rate (self->voice));
  self->language = g_strdup (language);
  self->jobs = g_async_queue_new ();
  self->worker =
      g_thread_new ("sherpa-speech", sherpa_synthesizer_work, g_async_queue_ref (self->jobs));
  return TRUE;
}

static void
habla_sherpa_synthesizer_stop (HablaSynthesizer *synthesizer)
{
  HablaSherpaSynthesizer *self = HABLA_SHERPA_SYNTHESIZER (synthesizer);

  g_async_queue_push (self->jobs, &end_of_jobs);
  g_thread_join (g_steal_pointer (&self->worker));
  g_async_queue_unref (self->jobs);
  g_clear_pointer (&self->jobs, g_async_queue_unref);
  g_clear_pointer (&self->other_voice, habla_sherpa_voice_unref);
  g_clear_pointer (&self->other_language, g_free);
  g_clear_pointer (&self->voice, habla_sherpa_voice_unref);
  g_clear_object (&self->phonemizer);
  g_clear_pointer (&self->language, g_free);
}

/* Returns: (transfer none) (nullable): the voice for @language */
static HablaSherpaVoice *
sherpa_synthesizer_get_voice (HablaSherpaSynthesizer *self, const char *language, GError **error)
{
  if (g_str_equal (language, self->language))
    return self->voice;
  if (g_strcmp0 (language, self->other_language) == 0)
    return self->other_voice;
  g_clear_pointer (&self->other_voice, habla_sherpa_voice_unref);
  g_clear_pointer (&self->other_language, g_free);
  self->other_voice = sherpa_synthesizer_load_voice (self, NULL, language, error);
  if (self->other_voice != NULL)
    self->other_language = g_strdup (language);
  return self->other_voice;
}

/* @resampler: (nullable): converts to the rate of the element
 * @samples: (nullable): samples; NULL = the end, which the resampler has in memory
 * Returns: whether more is needed */
static gboolean
sherpa_synthesizer_push (
    HablaSherpaSynthesizer *self, GstAudioResampler *resampler, GArray *samples)
{
  HablaSynthesizer *synthesizer = HABLA_SYNTHESIZER (self);
  gsize n_in, n_out;
  g_autofree gint16 *out = NULL;
  gpointer in[1] = { samples != NULL ? samples->data : NULL };

  if (resampler == NULL)
    return samples == NULL ||
           habla_synthesizer_push (synthesizer, (gint16 *) samples->data, samples->len);
  n_in = samples != NULL ? samples->len : gst_audio_resampler_get_max_latency (resampler);
  n_out = gst_audio_resampler_get_out_frames (resampler, n_in);
  out = g_new (gint16, n_out);
  gst_audio_resampler_resample (
      resampler, samples != NULL ? in : NULL, n_in, (gpointer[]){ out }, n_out);
  return habla_synthesizer_push (synthesizer, out, n_out);
}

/* Takes the speech of @job, and pushes it at the rate of the element. */
static gboolean
sherpa_synthesizer_push_all (
    HablaSherpaSynthesizer *self, HablaSpeechJob *job, guint rate, GError **error)
{
  guint own_rate = habla_sherpa_voice_get_rate (self->voice);
  GstAudioResampler *resampler = NULL;
  g_autoptr (GError) failure = NULL;
  GArray *samples;
  gboolean wanted = TRUE;

  if (rate != own_rate)
    resampler = gst_audio_resampler_new (GST_AUDIO_RESAMPLER_METHOD_KAISER,
        GST_AUDIO_RESAMPLER_FLAG_NONE, GST_AUDIO_FORMAT_S16, 1, rate, own_rate, NULL);
  while (wanted && (samples = habla_speech_job_take (job, &failure)) != NULL) {
    wanted = sherpa_synthesizer_push (self, resampler, samples);
    g_array_unref (samples);
  }
  if (wanted && failure == NULL)
    sherpa_synthesizer_push (self, resampler, NULL);
  g_clear_pointer (&resampler, gst_audio_resampler_free);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static void
cancel_job (GCancellable *cancellable, HablaSpeechJob *job)
{
  habla_speech_job_cancel (job);
}

static gboolean
habla_sherpa_synthesizer_synthesize (HablaSynthesizer *synthesizer, const char *text,
    const char *language, double speed, GCancellable *cancellable, GError **error)
{
  HablaSherpaSynthesizer *self = HABLA_SHERPA_SYNTHESIZER (synthesizer);
  HablaSpeechJobSettings settings = { .phonemizer = self->phonemizer };
  g_autoptr (HablaSpeechJob) job = NULL;
  gboolean spoken;
  gulong handler;

  settings.voice = sherpa_synthesizer_get_voice (self, language, error);
  if (settings.voice == NULL)
    return FALSE;
  GST_OBJECT_LOCK (self);
  settings.speed = speed * self->rate / DEFAULT_RATE;
  settings.speaker = self->speaker;
  GST_OBJECT_UNLOCK (self);
  settings.speed = CLAMP (settings.speed, HABLA_SHERPA_MIN_SPEED, HABLA_SHERPA_MAX_SPEED);

  job = habla_speech_job_new (text, &settings);
  g_async_queue_push (self->jobs, habla_speech_job_ref (job));
  handler = g_cancellable_connect (cancellable, G_CALLBACK (cancel_job), job, NULL);
  spoken =
      sherpa_synthesizer_push_all (self, job, habla_sherpa_voice_get_rate (settings.voice), error);
  g_cancellable_disconnect (cancellable, handler);
  if (habla_speech_job_is_cut (job))
    GST_ELEMENT_WARNING (self, STREAM, FAILED,
        ("The text was spoken only as far as its first %u phonemes; send shorter utterances",
            HABLA_SPEECH_JOB_MAX_PHONEMES),
        (NULL));
  habla_speech_job_cancel (job);
  return spoken;
}

static GStrv
sherpa_synthesizer_list_voices (void)
{
  g_autoptr (GPtrArray) models = habla_model_list_installed (ENGINE, HABLA_MODEL_JOB_SYNTHESIZER);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < models->len; i++)
    g_strv_builder_add (builder, habla_model_get_id (models->pdata[i]));
  return g_strv_builder_end (builder);
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static GStrv
habla_sherpa_synthesizer_list_languages (HablaSynthesizer *synthesizer)
{
  g_autoptr (GPtrArray) models = habla_model_list_installed (ENGINE, HABLA_MODEL_JOB_SYNTHESIZER);
  g_autoptr (GPtrArray) languages = g_ptr_array_new ();
  g_autoptr (HablaPhonemizer) phonemizer = habla_phonemizer_find (NULL);

  /* Without a phonemizer, no voice can speak. */
  if (phonemizer == NULL)
    return g_new0 (char *, 1);
  for (guint i = 0; i < models->len; i++) {
    const char *const *codes = habla_model_get_languages (models->pdata[i]);

    for (guint j = 0; codes[j] != NULL; j++)
      if (!g_ptr_array_find_with_equal_func (languages, codes[j], g_str_equal, NULL))
        g_ptr_array_add (languages, (gpointer) codes[j]);
  }
  g_ptr_array_sort (languages, compare_strings);
  g_ptr_array_add (languages, NULL);
  return g_strdupv ((GStrv) languages->pdata);
}

static void
habla_sherpa_synthesizer_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaSherpaSynthesizer *self = HABLA_SHERPA_SYNTHESIZER (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_VOICE:
    g_free (self->voice_name);
    self->voice_name = g_value_dup_string (value);
    break;
  case PROP_RATE:
    self->rate = g_value_get_uint (value);
    break;
  case PROP_SPEAKER:
    self->speaker = g_value_get_uint (value);
    break;
  case PROP_NUM_THREADS:
    self->n_threads = g_value_get_uint (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
habla_sherpa_synthesizer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaSherpaSynthesizer *self = HABLA_SHERPA_SYNTHESIZER (object);

  if (id == PROP_AVAILABLE_VOICES) {
    g_value_take_boxed (value, sherpa_synthesizer_list_voices ());
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_VOICE:
    g_value_set_string (value, self->voice_name);
    break;
  case PROP_RATE:
    g_value_set_uint (value, self->rate);
    break;
  case PROP_SPEAKER:
    g_value_set_uint (value, self->speaker);
    break;
  case PROP_NUM_THREADS:
    g_value_set_uint (value, self->n_threads);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
habla_sherpa_synthesizer_finalize (GObject *object)
{
  g_free (HABLA_SHERPA_SYNTHESIZER (object)->voice_name);

  G_OBJECT_CLASS (habla_sherpa_synthesizer_parent_class)->finalize (object);
}

static void
habla_sherpa_synthesizer_class_init (HablaSherpaSynthesizerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  HablaSynthesizerClass *synthesizer_class = HABLA_SYNTHESIZER_CLASS (klass);
  GParamFlags ready = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;
  GParamFlags playing = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  object_class->set_property = habla_sherpa_synthesizer_set_property;
  object_class->get_property = habla_sherpa_synthesizer_get_property;
  object_class->finalize = habla_sherpa_synthesizer_finalize;
  synthesizer_class->start = habla_sherpa_synthesizer_start;
  synthesizer_class->stop = habla_sherpa_synthesizer_stop;
  synthesizer_class->synthesize = habla_sherpa_synthesizer_synthesize;
  synthesizer_class->list_languages = habla_sherpa_synthesizer_list_languages;

  g_object_class_install_property (object_class, PROP_VOICE,
      g_param_spec_string ("voice", "Voice",
          "Id of an installed voice (see available-voices), or path of the folder of any voice, "
          "with a slash; NULL = best installed voice of the language",
          DEFAULT_VOICE, ready));
  g_object_class_install_property (object_class, PROP_RATE,
      g_param_spec_uint ("rate", "Rate",
          "Speed of speech, in words a minute; 175 = normal speed of the voice", MIN_RATE, MAX_RATE,
          DEFAULT_RATE, playing));
  g_object_class_install_property (object_class, PROP_SPEAKER,
      g_param_spec_uint ("speaker", "Speaker",
          "Number of the speaker, for a voice with several; 0 = the first", 0, G_MAXINT,
          DEFAULT_SPEAKER, playing));
  g_object_class_install_property (object_class, PROP_NUM_THREADS,
      g_param_spec_uint ("num-threads", "Number of threads",
          "Number of threads that compute a sentence; elements with the same voice share those of "
          "the first one",
          1, MAX_NUM_THREADS, DEFAULT_NUM_THREADS, ready));
  g_object_class_install_property (object_class, PROP_AVAILABLE_VOICES,
      g_param_spec_boxed ("available-voices", "Available voices",
          "Ids of the installed voices, the best first", G_TYPE_STRV,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "sherpa-onnx synthesizer",
      "Text/Audio/Filter",
      "Speaks text, offline, with natural voices of Piper. Example: gst-launch-1.0 filesrc "
      "location=lesson.srt ! subparse ! sherpasynthesizer language-code=en ! audioconvert ! "
      "audioresample ! autoaudiosink",
      "Habla developers <habla@habla.example>");
}

static void
habla_sherpa_synthesizer_init (HablaSherpaSynthesizer *self)
{
  self->rate = DEFAULT_RATE;
  self->speaker = DEFAULT_SPEAKER;
  self->n_threads = DEFAULT_NUM_THREADS;
}
