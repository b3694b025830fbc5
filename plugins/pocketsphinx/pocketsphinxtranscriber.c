/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-pocketsphinxtranscriber
 * @title: pocketsphinxtranscriber
 *
 * Recognises speech, offline, with CMU PocketSphinx. It hears 16 kHz mono audio and
 * gives one buffer of text for each stretch of speech between two pauses of about half a
 * second; #HablaTranscriber says what else it does.
 *
 *     gst-launch-1.0 -m filesrc location=lesson.wav ! wavparse ! audioconvert !
 *         audioresample ! pocketsphinxtranscriber ! captionsink
 *
 * Debian has a model of American English (package `pocketsphinx-en-us`), which is the
 * default. `model`, `dictionary` and `language-model` name others.
 *
 * Each instance has a decoder of its own, since one serves one thread: the library keeps
 * caches in the language model, so that it cannot be shared. What can be is: the files of
 * the acoustic model are mapped, so that instances share their pages; and a decoder that
 * an instance has done with waits for the next one, as good as new, as long as there is
 * any pocketsphinxtranscriber in the process.
 */
#include "pocketsphinxtranscriber.h"

#include "decoder-pool.h"

#include <habla/error.h>
#include <habla/language.h>
#include <string.h>

GST_DEBUG_CATEGORY_STATIC (habla_pocketsphinx_transcriber_debug);
#define GST_CAT_DEFAULT habla_pocketsphinx_transcriber_debug

enum { PROP_0, PROP_MODEL, PROP_DICTIONARY, PROP_LANGUAGE_MODEL };

/* Where Debian's packages of models put them, as LANGUAGE/LANGUAGE/mdef. */
#define MODELS_DIR "/usr/share/pocketsphinx/model"

/* The library's voice activity detection, in frames of 10 ms: -vad_prespeech and
 * -vad_postspeech of its defaults. The first frame that it recognises lies this long
 * before the one at which it notices speech. */
#define ONSET (200 * GST_MSECOND)
#define HANGOVER (500 * GST_MSECOND)
#define FRAME_SAMPLES (HABLA_TRANSCRIBER_RATE / 100)
/* A hundred milliseconds of speech in a row are noticed (-vad_startspeech). */
#define SHORTEST_REST (3 * HABLA_TRANSCRIBER_RATE / 10)

struct _HablaPocketsphinxTranscriber {
  HablaTranscriber parent_instance;

  /* Guarded by the object lock. */
  char *model;
  char *dictionary;
  char *language_model;

  /* The streaming thread's own, and start()'s and stop()'s. */
  ps_decoder_t *decoder;
  gsize n_samples;    /* since the utterance began */
  gsize speech_begin; /* the sample of the first frame */
  gboolean in_speech;
};

#define DEFINE_CODE \
  GST_DEBUG_CATEGORY_INIT (habla_pocketsphinx_transcriber_debug, "pocketsphinxtranscriber", 0, \
      "PocketSphinx transcriber");

G_DEFINE_FINAL_TYPE_WITH_CODE (HablaPocketsphinxTranscriber, habla_pocketsphinx_transcriber,
    HABLA_TYPE_TRANSCRIBER, DEFINE_CODE)
GST_ELEMENT_REGISTER_DEFINE (pocketsphinxtranscriber, "pocketsphinxtranscriber", GST_RANK_PRIMARY,
    HABLA_TYPE_POCKETSPHINX_TRANSCRIBER)

/* Returns: (transfer full) (nullable): the folder of a model of @language or, failing
 *   that, of another variety of it */
static char *
find_language (const char *language)
{
  g_autoptr (GDir) dir = g_dir_open (MODELS_DIR, 0, NULL);
  g_autofree char *primary = habla_language_get_primary (language);
  g_autofree char *similar = NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *definition = g_build_filename (MODELS_DIR, name, name, "mdef", NULL);
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
  g_autoptr (GDir) dir = g_dir_open (MODELS_DIR, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *definition = g_build_filename (MODELS_DIR, name, name, "mdef", NULL);
    g_autofree char *tag = habla_language_normalize (name, NULL);

    if (tag != NULL && g_file_test (definition, G_FILE_TEST_EXISTS))
      g_strv_builder_add (builder, tag);
  }
  return g_strv_builder_end (builder);
}

/* The file of a model's folder that is named after it. */
static char *
find_file (const char *name, const char *prefix, const char *suffix)
{
  g_autofree char *file = g_strconcat (prefix, name, suffix, NULL);

  return g_build_filename (MODELS_DIR, name, file, NULL);
}

static gboolean
check_file (const char *what, const char *path, GError **error)
{
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
      "The %s %s does not exist; give the path of one, or install pocketsphinx-en-us for that "
      "of American English",
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
    g_autofree char *name = find_language (language);

    if (name == NULL) {
      g_autofree char *primary = habla_language_get_primary (language);

      g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
          g_str_equal (primary, "en")
              ? "There is no model to recognise “%s” with; install pocketsphinx-en-us"
              : "There is no model to recognise “%s” with, and Debian has one of English only "
                "(pocketsphinx-en-us); install one of CMU Sphinx and give its files with the "
                "properties model, dictionary and language-model",
          language);
      return FALSE;
    }
    if (model == NULL)
      model = g_build_filename (MODELS_DIR, name, name, NULL);
    if (dictionary == NULL)
      dictionary = find_file (name, "cmudict-", ".dict");
    if (language_model == NULL)
      language_model = find_file (name, "", ".lm.bin");
  }
  if (!check_file ("model", model, error) || !check_file ("dictionary", dictionary, error) ||
      !check_file ("language model", language_model, error))
    return FALSE;

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
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "PocketSphinx cannot begin to listen");
  return FALSE;
}

static gboolean
habla_pocketsphinx_transcriber_feed (HablaTranscriber *transcriber, const gint16 *samples,
    gsize n_samples, gboolean *in_speech, GError **error)
{
  HablaPocketsphinxTranscriber *self = HABLA_POCKETSPHINX_TRANSCRIBER (transcriber);

  if (ps_process_raw (self->decoder, samples, n_samples, FALSE, FALSE) < 0) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "PocketSphinx cannot take audio");
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

static char *
habla_pocketsphinx_transcriber_get_hypothesis (HablaTranscriber *transcriber)
{
  HablaPocketsphinxTranscriber *self = HABLA_POCKETSPHINX_TRANSCRIBER (transcriber);

  return g_strdup (ps_get_hyp (self->decoder, NULL));
}

static gboolean
end_utterance (HablaPocketsphinxTranscriber *self, GError **error)
{
  if (ps_end_utt (self->decoder) >= 0)
    return TRUE;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "PocketSphinx cannot say what it has heard");
  return FALSE;
}

/* The posterior probability of the best path through the lattice. */
static double
get_confidence (HablaPocketsphinxTranscriber *self)
{
  return CLAMP (logmath_exp (ps_get_logmath (self->decoder), ps_get_prob (self->decoder)), 0, 1);
}

static char *
habla_pocketsphinx_transcriber_end (
    HablaTranscriber *transcriber, double *confidence, GError **error)
{
  HablaPocketsphinxTranscriber *self = HABLA_POCKETSPHINX_TRANSCRIBER (transcriber);
  const char *text;

  if (!end_utterance (self, error))
    return NULL;
  text = ps_get_hyp (self->decoder, NULL);
  if (text != NULL && confidence != NULL)
    *confidence = get_confidence (self);
  return g_strdup (text);
}

/* "<s>", "</s>", "<sil>", "[NOISE]" and "++COUGH++" are no words. */
static gboolean
is_word (const char *word)
{
  return word[0] != '<' && word[0] != '[' && word[0] != '+';
}

/* Leaves out the last words: the very last may have been cut in two by the end of what was
 * heard, and what is left for the next utterance must be long enough to be taken for
 * speech again. */
static char *
habla_pocketsphinx_transcriber_cut (
    HablaTranscriber *transcriber, gsize *n_samples, double *confidence, GError **error)
{
  HablaPocketsphinxTranscriber *self = HABLA_POCKETSPHINX_TRANSCRIBER (transcriber);
  gsize latest = self->n_samples - MIN (SHORTEST_REST, self->n_samples);
  g_autoptr (GString) text = g_string_new (NULL);
  gsize length = 0; /* of @text up to the boundary */
  int first = -1;   /* frame of the utterance: they are counted throughout */

  *n_samples = self->n_samples;
  if (!end_utterance (self, error))
    return NULL;
  for (ps_seg_t *segment = ps_seg_iter (self->decoder); segment != NULL;
       segment = ps_seg_next (segment)) {
    const char *word = ps_seg_word (segment);
    gsize begin;
    int frame;

    ps_seg_frames (segment, &frame, NULL);
    if (first < 0)
      first = frame;
    if (!is_word (word))
      continue;
    begin = self->speech_begin + (frame - first) * FRAME_SAMPLES;
    if (text->len > 0 && begin <= latest) {
      length = text->len;
      *n_samples = begin;
    }
    /* "read(2)" is the second way to say "read". */
    g_string_append_len (text, word, strcspn (word, "("));
    g_string_append_c (text, ' ');
  }
  *confidence = get_confidence (self);
  if (length > 0)
    g_string_truncate (text, length);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char **
get_path (HablaPocketsphinxTranscriber *self, guint id)
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
  char **path = get_path (self, id);

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
  g_value_set_string (value, *get_path (self, id));
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
          "Folder of the acoustic model (-hmm); none = that of the language", NULL, flags));
  g_object_class_install_property (object_class, PROP_DICTIONARY,
      g_param_spec_string ("dictionary", "Dictionary",
          "File of the words and how they are pronounced (-dict); none = that of the language",
          NULL, flags));
  g_object_class_install_property (object_class, PROP_LANGUAGE_MODEL,
      g_param_spec_string ("language-model", "Language model",
          "File of which words follow which (-lm); none = that of the language", NULL, flags));

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "PocketSphinx transcriber",
      "Audio/Text/Filter",
      "Recognises speech, offline, with CMU PocketSphinx. Example: gst-launch-1.0 -m filesrc "
      "location=lesson.wav ! wavparse ! audioconvert ! audioresample ! "
      "pocketsphinxtranscriber ! captionsink",
      "Habla developers");
}

static void
habla_pocketsphinx_transcriber_init (HablaPocketsphinxTranscriber *self)
{
  habla_decoder_pool_enter ();
}
