/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-pocketsphinxtranscriber
 * @title: pocketsphinxtranscriber
 *
 * Recognises speech, offline, with CMU PocketSphinx. The input is 16 kHz mono audio; the
 * output is one buffer of text for each utterance, between two pauses of about half a second.
 * See #HablaTranscriber for the other properties.
 *
 *     gst-launch-1.0 -m filesrc location=lesson.wav ! wavparse ! audioconvert !
 *         audioresample ! pocketsphinxtranscriber ! captionsink
 *
 * The default model is that of American English (package `pocketsphinx-en-us`). Set `model`,
 * `dictionary` and `language-model` for other models, or the environment variable
 * `POCKETSPHINX_PATH` to a folder of models.
 *
 * Each instance has its own decoder, because a decoder supports one thread only: its language
 * model has caches. Instances share the pages of the acoustic model, which are mapped, and
 * unused decoders, which are reset and kept while there is a pocketsphinxtranscriber in the
 * process.
 */
#include "pocketsphinxtranscriber.h"

#include "decoder-pool.h"
#include "truecaser.h"

#include <habla/error.h>
#include <habla/language.h>
#include <habla/utterance.h>
#include <string.h>

GST_DEBUG_CATEGORY_STATIC (habla_pocketsphinx_transcriber_debug);
#define GST_CAT_DEFAULT habla_pocketsphinx_transcriber_debug

enum { PROP_0, PROP_MODEL, PROP_DICTIONARY, PROP_LANGUAGE_MODEL };

/* Folder of models in Debian's packages; the models are LANGUAGE/LANGUAGE/mdef. */
#define DEFAULT_MODELS_DIR "/usr/share/pocketsphinx/model"

/* Latency of the library's voice activity detection: its defaults of -vad_prespeech and
 * -vad_postspeech, in frames of 10 ms. The first recognised frame is that long before the one
 * at which speech is detected. */
#define ONSET (200 * GST_MSECOND)
#define HANGOVER (500 * GST_MSECOND)
#define FRAME_SAMPLES (HABLA_TRANSCRIBER_RATE / 100)
/* Minimum number of samples after a cut. The library detects 100 ms of speech
 * (-vad_startspeech). */
#define MIN_REST (3 * HABLA_TRANSCRIBER_RATE / 10)

struct _HablaPocketsphinxTranscriber {
  HablaTranscriber parent_instance;

  char *model;          /* protected by object lock */
  char *dictionary;     /* protected by object lock */
  char *language_model; /* protected by object lock */

  /* Used by the streaming thread, start() and stop() only. */
  ps_decoder_t *decoder;
  gboolean is_english;
  gsize n_samples;    /* number of samples in the utterance */
  gsize speech_begin; /* number of the sample of the first recognised frame */
  gboolean in_speech;
};

#define DEFINE_CODE \
  GST_DEBUG_CATEGORY_INIT (habla_pocketsphinx_transcriber_debug, "pocketsphinxtranscriber", 0, \
      "PocketSphinx transcriber");

G_DEFINE_FINAL_TYPE_WITH_CODE (HablaPocketsphinxTranscriber, habla_pocketsphinx_transcriber,
    HABLA_TYPE_TRANSCRIBER, DEFINE_CODE)
GST_ELEMENT_REGISTER_DEFINE (pocketsphinxtranscriber, "pocketsphinxtranscriber", GST_RANK_SECONDARY,
    HABLA_TYPE_POCKETSPHINX_TRANSCRIBER)

/* The variable of PocketSphinx 5, which Debian's version 0.8 does not read itself. */
static const char *
pocketsphinx_get_models_dir (void)
{
  const char *path = g_getenv ("POCKETSPHINX_PATH");

  return path != NULL && *path != '\0' ? path : DEFAULT_MODELS_DIR;
}

/* Returns: (transfer full) (nullable): the folder of a model of @language, or else of another
 * variety of it */
static char *
pocketsphinx_find_language (const char *language)
{
  const char *models = pocketsphinx_get_models_dir ();
  g_autoptr (GDir) dir = g_dir_open (models, 0, NULL);
  g_autofree char *primary = habla_language_get_primary (language);
  g_autofree char *similar = NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *definition = g_build_filename (models, name, name, "mdef", NULL);
    g_autofree char *tag = habla_language_normalize (name, NULL);

    if (tag == NULL || !g_file_test (definition, G_FILE_TEST_EXISTS))
      continue;
    if (habla_language_matches (language, tag))
      return g_strdup (name);
    if (similar == NULL && habla_language_matches (primary, tag))
      similar = g_strdup (name);
  }
  return g_steal_pointer (&similar);
}

static GStrv
habla_pocketsphinx_transcriber_list_languages (HablaTranscriber *transcriber)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *models = pocketsphinx_get_models_dir ();
  g_autoptr (GDir) dir = g_dir_open (models, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *definition = g_build_filename (models, name, name, "mdef", NULL);
    g_autofree char *tag = habla_language_normalize (name, NULL);

    if (tag != NULL && g_file_test (definition, G_FILE_TEST_EXISTS))
      g_strv_builder_add (builder, tag);
  }
  return g_strv_builder_end (builder);
}

/* Returns: (transfer full): path of a file that is named after its model */
static char *
pocketsphinx_get_model_file (const char *name, const char *prefix, const char *suffix)
{
  g_autofree char *file = g_strconcat (prefix, name, suffix, NULL);

  return g_build_filename (pocketsphinx_get_models_dir (), name, file, NULL);
}

static gboolean
pocketsphinx_check_file (const char *what, const char *path, GError **error)
{
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
      "The %s %s does not exist; set the property to the path of a file, or install "
      "pocketsphinx-en-us for American English",
      what, path);
  return FALSE;
}

static gboolean
habla_pocketsphinx_transcriber_start (
    HablaTranscriber *transcriber, const char *language, GError **error)
{
  HablaPocketsphinxTranscriber *self = HABLA_POCKETSPHINX_TRANSCRIBER (transcriber);
  HablaDecoderFiles files;
  g_autofree char *model = NULL;
  g_autofree char *dictionary = NULL;
  g_autofree char *language_model = NULL;

  GST_OBJECT_LOCK (self);
  model = g_strdup (self->model);
  dictionary = g_strdup (self->dictionary);
  language_model = g_strdup (self->language_model);
  GST_OBJECT_UNLOCK (self);

  if (model == NULL || dictionary == NULL || language_model == NULL) {
    g_autofree char *name = pocketsphinx_find_language (language);

    if (name == NULL) {
      g_autofree char *primary = habla_language_get_primary (language);

      g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
          g_str_equal (primary, "en")
              ? "There is no PocketSphinx model of “%s”; install pocketsphinx-en-us"
              : "There is no PocketSphinx model of “%s”, and Debian has one of English only "
                "(pocketsphinx-en-us); install one of CMU Sphinx and set the properties model, "
                "dictionary and language-model to its files",
          language);
      return FALSE;
    }
    if (model == NULL)
      model = g_build_filename (pocketsphinx_get_models_dir (), name, name, NULL);
    if (dictionary == NULL)
      dictionary = pocketsphinx_get_model_file (name, "cmudict-", ".dict");
    if (language_model == NULL)
      language_model = pocketsphinx_get_model_file (name, "", ".lm.bin");
  }
  if (!pocketsphinx_check_file ("model", model, error) ||
      !pocketsphinx_check_file ("dictionary", dictionary, error) ||
      !pocketsphinx_check_file ("language model", language_model, error))
    return FALSE;

  self->is_english = habla_language_matches ("en", language);
  files.model = model;
  files.dictionary = dictionary;
  files.language_model = language_model;
  self->decoder = habla_decoder_pool_take (&files, error);
  return self->decoder != NULL;
}

static void
habla_pocketsphinx_transcriber_stop (HablaTranscriber *transcriber)
{
  HablaPocketsphinxTranscriber *self = HABLA_POCKETSPHINX_TRANSCRIBER (transcriber);

  g_clear_pointer (&self->decoder, habla_decoder_pool_give);
}

static gboolean
habla_pocketsphinx_transcriber_begin (HablaTranscriber *transcriber, GError **error)
{
  HablaPocketsphinxTranscriber *self = HABLA_POCKETSPHINX_TRANSCRIBER (transcriber);

  self->n_samples = 0;
  self->in_speech = FALSE;
  if (ps_start_utt (self->decoder) >= 0)
    return TRUE;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "PocketSphinx failed to begin an utterance");
  return FALSE;
}

static gboolean
habla_pocketsphinx_transcriber_feed (HablaTranscriber *transcriber, const gint16 *samples,
    gsize n_samples, gboolean *in_speech, GError **error)
{
  HablaPocketsphinxTranscriber *self = HABLA_POCKETSPHINX_TRANSCRIBER (transcriber);

  if (ps_process_raw (self->decoder, samples, n_samples, FALSE, FALSE) < 0) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "PocketSphinx failed to process audio");
    return FALSE;
  }
  self->n_samples += n_samples;
  *in_speech = ps_get_in_speech (self->decoder);
  if (*in_speech)
    habla_decoder_pool_adapt (self->decoder);
  if (*in_speech && !self->in_speech) {
    gsize onset = gst_util_uint64_scale (ONSET, HABLA_TRANSCRIBER_RATE, GST_SECOND);

    self->speech_begin = self->n_samples - MIN (onset, self->n_samples);
    self->in_speech = TRUE;
  }
  return TRUE;
}

/* Returns: (transfer full) (nullable): @text with the capitals that the dictionary lacks */
static char *
pocketsphinx_write_text (HablaPocketsphinxTranscriber *self, const char *text)
{
  return text != NULL && self->is_english ? habla_truecaser_apply (text) : g_strdup (text);
}

static char *
habla_pocketsphinx_transcriber_get_hypothesis (HablaTranscriber *transcriber)
{
  HablaPocketsphinxTranscriber *self = HABLA_POCKETSPHINX_TRANSCRIBER (transcriber);

  return pocketsphinx_write_text (self, ps_get_hyp (self->decoder, NULL));
}

static gboolean
pocketsphinx_end_utterance (HablaPocketsphinxTranscriber *self, GError **error)
{
  if (ps_end_utt (self->decoder) >= 0)
    return TRUE;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "PocketSphinx failed to end an utterance");
  return FALSE;
}

/* "<s>", "</s>", "<sil>", "[NOISE]" and "++COUGH++" are not words. */
static gboolean
pocketsphinx_is_word (const char *word)
{
  return word[0] != '<' && word[0] != '[' && word[0] != '+';
}

/* The mean posterior probability of the words. That of a whole path through the lattice is the
 * product, which is nearly 0 for every long utterance. */
static double
pocketsphinx_get_confidence (HablaPocketsphinxTranscriber *self)
{
  logmath_t *logmath = ps_get_logmath (self->decoder);
  double sum = 0;
  guint n = 0;

  for (ps_seg_t *segment = ps_seg_iter (self->decoder); segment != NULL;
       segment = ps_seg_next (segment)) {
    if (!pocketsphinx_is_word (ps_seg_word (segment)))
      continue;
    sum += logmath_exp (logmath, ps_seg_prob (segment, NULL, NULL, NULL));
    n++;
  }
  return n > 0 ? CLAMP (sum / n, 0, 1) : HABLA_CONFIDENCE_UNKNOWN;
}

static char *
habla_pocketsphinx_transcriber_end (
    HablaTranscriber *transcriber, double *confidence, GError **error)
{
  HablaPocketsphinxTranscriber *self = HABLA_POCKETSPHINX_TRANSCRIBER (transcriber);
  const char *text;

  if (!pocketsphinx_end_utterance (self, error))
    return NULL;
  text = ps_get_hyp (self->decoder, NULL);
  if (text != NULL && confidence != NULL)
    *confidence = pocketsphinx_get_confidence (self);
  return pocketsphinx_write_text (self, text);
}

/* Leaves the last words to the next utterance: the very last may be incomplete, and the rest
 * must be long enough to be detected as speech again. */
static char *
habla_pocketsphinx_transcriber_cut (
    HablaTranscriber *transcriber, gsize *n_samples, double *confidence, GError **error)
{
  HablaPocketsphinxTranscriber *self = HABLA_POCKETSPHINX_TRANSCRIBER (transcriber);
  gsize latest = self->n_samples - MIN (MIN_REST, self->n_samples);
  g_autoptr (GString) text = g_string_new (NULL);
  gsize length = 0; /* of @text up to the boundary */
  int first = -1;   /* first frame of the utterance; the decoder counts them from its start */

  *n_samples = self->n_samples;
  if (!pocketsphinx_end_utterance (self, error))
    return NULL;
  for (ps_seg_t *segment = ps_seg_iter (self->decoder); segment != NULL;
       segment = ps_seg_next (segment)) {
    const char *word = ps_seg_word (segment);
    gsize begin;
    int frame;

    ps_seg_frames (segment, &frame, NULL);
    if (first < 0)
      first = frame;
    if (!pocketsphinx_is_word (word))
      continue;
    begin = self->speech_begin + (frame - first) * FRAME_SAMPLES;
    if (text->len > 0 && begin <= latest) {
      length = text->len;
      *n_samples = begin;
    }
    /* "read(2)" is the second pronunciation of "read". */
    g_string_append_len (text, word, strcspn (word, "("));
    g_string_append_c (text, ' ');
  }
  *confidence = pocketsphinx_get_confidence (self);
  if (length > 0)
    g_string_truncate (text, length);
  return pocketsphinx_write_text (self, text->str);
}

static char **
pocketsphinx_get_path (HablaPocketsphinxTranscriber *self, guint id)
{
  return id == PROP_MODEL        ? &self->model
         : id == PROP_DICTIONARY ? &self->dictionary
                                 : &self->language_model;
}

static void
habla_pocketsphinx_transcriber_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaPocketsphinxTranscriber *self = HABLA_POCKETSPHINX_TRANSCRIBER (object);
  char **path = pocketsphinx_get_path (self, id);

  GST_OBJECT_LOCK (self);
  g_free (*path);
  *path = g_value_dup_string (value);
  GST_OBJECT_UNLOCK (self);
}

static void
habla_pocketsphinx_transcriber_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaPocketsphinxTranscriber *self = HABLA_POCKETSPHINX_TRANSCRIBER (object);

  GST_OBJECT_LOCK (self);
  g_value_set_string (value, *pocketsphinx_get_path (self, id));
  GST_OBJECT_UNLOCK (self);
}

static void
habla_pocketsphinx_transcriber_finalize (GObject *object)
{
  HablaPocketsphinxTranscriber *self = HABLA_POCKETSPHINX_TRANSCRIBER (object);

  g_free (self->model);
  g_free (self->dictionary);
  g_free (self->language_model);
  habla_decoder_pool_leave ();
  G_OBJECT_CLASS (habla_pocketsphinx_transcriber_parent_class)->finalize (object);
}

static void
habla_pocketsphinx_transcriber_class_init (HablaPocketsphinxTranscriberClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  HablaTranscriberClass *transcriber_class = HABLA_TRANSCRIBER_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  object_class->set_property = habla_pocketsphinx_transcriber_set_property;
  object_class->get_property = habla_pocketsphinx_transcriber_get_property;
  object_class->finalize = habla_pocketsphinx_transcriber_finalize;

  transcriber_class->onset = ONSET;
  transcriber_class->hangover = HANGOVER;
  transcriber_class->start = habla_pocketsphinx_transcriber_start;
  transcriber_class->stop = habla_pocketsphinx_transcriber_stop;
  transcriber_class->begin = habla_pocketsphinx_transcriber_begin;
  transcriber_class->feed = habla_pocketsphinx_transcriber_feed;
  transcriber_class->get_hypothesis = habla_pocketsphinx_transcriber_get_hypothesis;
  transcriber_class->end = habla_pocketsphinx_transcriber_end;
  transcriber_class->cut = habla_pocketsphinx_transcriber_cut;
  transcriber_class->list_languages = habla_pocketsphinx_transcriber_list_languages;

  g_object_class_install_property (object_class, PROP_MODEL,
      g_param_spec_string ("model", "Acoustic model",
          "Folder of the acoustic model (-hmm); NULL = model of the language", NULL, flags));
  g_object_class_install_property (object_class, PROP_DICTIONARY,
      g_param_spec_string ("dictionary", "Dictionary",
          "Pronunciation dictionary (-dict); NULL = dictionary of the language", NULL, flags));
  g_object_class_install_property (object_class, PROP_LANGUAGE_MODEL,
      g_param_spec_string ("language-model", "Language model",
          "Language model (-lm); NULL = model of the language", NULL, flags));

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "PocketSphinx transcriber",
      "Audio/Text/Filter",
      "Recognises speech, offline, with CMU PocketSphinx. Example: gst-launch-1.0 -m filesrc "
      "location=lesson.wav ! wavparse ! audioconvert ! audioresample ! "
      "pocketsphinxtranscriber ! captionsink",
      "Habla developers <habla@habla.example>");
}

static void
habla_pocketsphinx_transcriber_init (HablaPocketsphinxTranscriber *self)
{
  habla_decoder_pool_enter ();
}
