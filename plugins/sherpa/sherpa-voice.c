/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Voices of sherpa-onnx. The table of kinds has all that distinguishes them; a further kind that
 * the library can load needs an entry there and one in architectures.c. */
#include "sherpa-voice.h"

#include "sherpa-model.h"
#include "stderr-capture.h"

#include <habla/habla.h>
#include <math.h>
#include <sherpa-onnx/c-api/c-api.h>
#include <string.h>

/* Upper bound of the size of a table of phonemes, in bytes. */
#define MAX_TABLE 1000000

/* Symbols of begin, end and padding. */
#define MARKS "^$_"

/* Number of symbols that a voice of Piper knows, if its weights have other names than usual. */
#define DEFAULT_SYMBOLS 256

/* A sentence is computed at once, and has no pause at its end. */
#define MAX_SENTENCES 1
#define SILENCE_SCALE 1.0

#define OFFSET(field) G_STRUCT_OFFSET (SherpaOnnxOfflineTtsConfig, model.field)

/* A kind of voices, which speak phonemes of eSpeak NG.
 * @comment: (nullable): what the metadata `comment` must contain, by which sherpa-onnx knows it
 * @files: where the configuration has the path of the file of a role */
typedef struct {
  const char *architecture;
  const char *comment;
  struct {
    const char *role;
    gsize offset;
  } files[4];
} VoiceKind;

static const VoiceKind kinds[] = {
  { "piper", "piper", { { "Model", OFFSET (vits.model) }, { "Tokens", OFFSET (vits.tokens) } } },
};

struct _HablaSherpaVoice {
  guint ref_count; /* protected by lock */

  GMutex turn_lock;
  GCond turn;
  guint n_computing; /* protected by turn_lock; number of threads that compute speech */

  /* Immutable. */
  HablaSherpaModel *model;
  const SherpaOnnxOfflineTts *tts;
  const VoiceKind *kind;
  const char *pronunciation;
  GHashTable *symbols; /* set of the phonemes that it has, as code points */
  guint rate;
  guint n_speakers;
};

static GMutex lock;
static GHashTable *voices; /* protected by lock; of key, to HablaSherpaVoice* */

static const VoiceKind *
find_kind (const char *architecture)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].architecture, architecture))
      return &kinds[i];
  return NULL;
}

static guint
get_number (HablaSherpaModel *model, const char *key)
{
  const char *text = habla_sherpa_model_get_metadata (model, key);
  guint64 value = 0;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT, &value, NULL))
    return 0;
  return value;
}

/* Checks that the voice knows the line `SYMBOL ID` of its table, and adds the symbol to @symbols.
 * sherpa-onnx ends the process on repeated symbols, and on unknown ones when they are spoken. */
static gboolean
read_symbol (const char *line, guint n_symbols, GHashTable *symbols)
{
  gunichar symbol = g_utf8_get_char (line);
  const char *id = symbol != 0 ? g_utf8_next_char (line) : line;
  guint64 value;

  if (*id != ' ' || !g_ascii_string_to_unsigned (id + 1, 10, 0, n_symbols - 1, &value, NULL))
    return FALSE;
  return g_hash_table_add (symbols, GUINT_TO_POINTER (symbol));
}

/* Returns: (transfer full) (nullable): the set of the symbols of the table in @path */
static GHashTable *
read_symbols (const char *path, guint n_symbols, GError **error)
{
  g_autoptr (GHashTable) symbols = g_hash_table_new (NULL, NULL);
  g_autofree char *content = NULL;
  g_auto (GStrv) lines = NULL;
  gboolean is_good;
  gsize size;

  if (!g_file_get_contents (path, &content, &size, error))
    return NULL;
  is_good = size <= MAX_TABLE && g_utf8_validate (content, size, NULL);
  lines = g_strsplit (is_good ? content : "", "\n", -1);
  for (guint i = 0; is_good && lines[i] != NULL; i++)
    is_good = (*g_strchomp (lines[i]) == '\0' && lines[i + 1] == NULL) ||
              read_symbol (lines[i], n_symbols, symbols);
  /* sherpa-onnx adds these itself: only phonemes stay. */
  for (const char *p = MARKS; *p != '\0'; p++)
    is_good &= g_hash_table_remove (symbols, GUINT_TO_POINTER (*p));
  if (is_good)
    return g_steal_pointer (&symbols);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
      "The table of phonemes %s is not the one of its voice; install the voice again", path);
  return NULL;
}

/* Checks and keeps what the metadata say. */
static gboolean
voice_read_metadata (HablaSherpaVoice *self, GError **error)
{
  const char *folder = habla_sherpa_model_get_folder (self->model);
  const char *comment = habla_sherpa_model_get_metadata (self->model, "comment");
  const char *pronunciation = habla_sherpa_model_get_metadata (self->model, "voice");

  guint n_symbols;

  self->rate = get_number (self->model, "sample_rate");
  self->n_speakers = MAX (get_number (self->model, "n_speakers"), 1);
  if (self->rate < HABLA_SYNTHESIZER_MIN_RATE || self->rate > HABLA_SYNTHESIZER_MAX_RATE) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "The voice in %s has %u samples a second; choose one with %d to %d", folder, self->rate,
        HABLA_SYNTHESIZER_MIN_RATE, HABLA_SYNTHESIZER_MAX_RATE);
    return FALSE;
  }
  if (self->kind->comment != NULL &&
      (comment == NULL || strstr (comment, self->kind->comment) == NULL)) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "The voice in %s is not a voice of %s; choose another one of “habla models list”", folder,
        self->kind->architecture);
    return FALSE;
  }
  if (pronunciation == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "The voice in %s does not name the phonemes that it speaks; install it again", folder);
    return FALSE;
  }
  self->pronunciation = pronunciation;
  n_symbols = habla_sherpa_model_get_n_symbols (self->model);
  self->symbols = read_symbols (habla_sherpa_model_get_file (self->model, "Tokens"),
      n_symbols != 0 ? n_symbols : DEFAULT_SYMBOLS, error);
  return self->symbols != NULL;
}

static gboolean
voice_create (HablaSherpaVoice *self, guint n_threads, GError **error)
{
  SherpaOnnxOfflineTtsConfig config = { 0 };
  g_autofree char *reason = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (self->kind->files) && self->kind->files[i].role != NULL; i++)
    G_STRUCT_MEMBER (const char *, &config, self->kind->files[i].offset) =
        habla_sherpa_model_get_file (self->model, self->kind->files[i].role);
  config.model.num_threads = n_threads;
  config.max_num_sentences = MAX_SENTENCES;
  habla_stderr_capture_begin ();
  self->tts = SherpaOnnxCreateOfflineTts (&config);
  reason = habla_stderr_capture_end ();
  if (self->tts != NULL && SherpaOnnxOfflineTtsSampleRate (self->tts) == (int) self->rate)
    return TRUE;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
      "sherpa-onnx failed to load the voice in %s (%s); install it again",
      habla_sherpa_model_get_folder (self->model), reason != NULL ? reason : "no reason given");
  return FALSE;
}

static void
voice_free (HablaSherpaVoice *self)
{
  if (self->tts != NULL)
    SherpaOnnxDestroyOfflineTts (self->tts);
  g_clear_pointer (&self->symbols, g_hash_table_unref);
  habla_sherpa_model_unref (self->model);
  g_cond_clear (&self->turn);
  g_mutex_clear (&self->turn_lock);
  g_free (self);
}

/* Called with lock held. */
static HablaSherpaVoice *
voice_load (HablaSherpaModel *model, guint n_threads, GError **error)
{
  HablaSherpaVoice *self = g_new0 (HablaSherpaVoice, 1);
  const char *architecture = habla_sherpa_model_get_architecture (model);

  self->ref_count = 1;
  g_mutex_init (&self->turn_lock);
  g_cond_init (&self->turn);
  self->model = habla_sherpa_model_ref (model);
  self->kind = find_kind (architecture);
  if (self->kind == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "The model in %s is a voice of the kind “%s”, which cannot be spoken; choose another one "
        "of “habla models list”",
        habla_sherpa_model_get_folder (model), architecture);
  } else if (voice_read_metadata (self, error) && voice_create (self, n_threads, error)) {
    return self;
  }
  voice_free (self);
  return NULL;
}

HablaSherpaVoice *
habla_sherpa_voice_load (const char *folder, guint n_threads, GError **error)
{
  g_autoptr (HablaSherpaModel) model =
      habla_sherpa_model_open (folder, HABLA_MODEL_JOB_SYNTHESIZER, error);
  HablaSherpaVoice *self;

  if (model == NULL)
    return NULL;
  g_mutex_lock (&lock);
  if (voices == NULL)
    voices = g_hash_table_new (g_str_hash, g_str_equal);
  self = g_hash_table_lookup (voices, habla_sherpa_model_get_key (model));
  if (self != NULL)
    self->ref_count++;
  else
    self = voice_load (model, n_threads, error);
  if (self != NULL)
    g_hash_table_replace (voices, (gpointer) habla_sherpa_model_get_key (self->model), self);
  g_mutex_unlock (&lock);
  return self;
}

HablaSherpaVoice *
habla_sherpa_voice_ref (HablaSherpaVoice *self)
{
  g_mutex_lock (&lock);
  self->ref_count++;
  g_mutex_unlock (&lock);
  return self;
}

void
habla_sherpa_voice_unref (HablaSherpaVoice *self)
{
  g_mutex_lock (&lock);
  if (--self->ref_count == 0) {
    g_hash_table_remove (voices, habla_sherpa_model_get_key (self->model));
    voice_free (self);
    if (g_hash_table_size (voices) == 0)
      g_clear_pointer (&voices, g_hash_table_unref);
  }
  g_mutex_unlock (&lock);
}

guint
habla_sherpa_voice_get_rate (const HablaSherpaVoice *self)
{
  return self->rate;
}

const char *
habla_sherpa_voice_get_pronunciation (const HablaSherpaVoice *self)
{
  return self->pronunciation;
}

/* Returns: (transfer full): the code points of @phonemes that the voice has; empty if none of them
 * has a sound */
static GArray *
voice_get_code_points (HablaSherpaVoice *self, const char *phonemes)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (gint32));
  gboolean has_sound = FALSE;

  for (const char *p = phonemes; *p != '\0' && points->len < HABLA_SHERPA_MAX_PHONEMES;
       p = g_utf8_next_char (p)) {
    gunichar symbol = g_utf8_get_char (p);
    gint32 point = symbol;

    if (!g_hash_table_contains (self->symbols, GUINT_TO_POINTER (symbol)))
      continue;
    has_sound |= g_unichar_isalpha (symbol);
    g_array_append_val (points, point);
  }
  if (!has_sound)
    g_array_set_size (points, 0);
  return points;
}

static void
voice_begin_computing (HablaSherpaVoice *self)
{
  guint max_computing = MAX (g_get_num_processors () / 2, 1);

  g_mutex_lock (&self->turn_lock);
  while (self->n_computing >= max_computing)
    g_cond_wait (&self->turn, &self->turn_lock);
  self->n_computing++;
  g_mutex_unlock (&self->turn_lock);
}

static void
voice_end_computing (HablaSherpaVoice *self)
{
  g_mutex_lock (&self->turn_lock);
  self->n_computing--;
  g_cond_signal (&self->turn);
  g_mutex_unlock (&self->turn_lock);
}

static gint16
convert_sample (float sample)
{
  if (!isfinite (sample))
    return 0;
  return CLAMP (sample, -1, 1) * G_MAXINT16;
}

/* @audio: (transfer full) */
static GArray *
convert_audio (const SherpaOnnxGeneratedAudio *audio)
{
  guint n_samples = MAX (audio->n, 0);
  GArray *samples = g_array_sized_new (FALSE, FALSE, sizeof (gint16), n_samples);

  g_array_set_size (samples, n_samples);
  for (guint i = 0; i < n_samples; i++)
    g_array_index (samples, gint16, i) = convert_sample (audio->samples[i]);
  SherpaOnnxDestroyOfflineTtsGeneratedAudio (audio);
  return samples;
}

GArray *
habla_sherpa_voice_speak (HablaSherpaVoice *self, const char *phonemes, double speed, guint speaker,
    GCancellable *cancellable)
{
  SherpaOnnxGenerationConfig config = { .silence_scale = SILENCE_SCALE };
  g_autoptr (GArray) points = voice_get_code_points (self, phonemes);
  int32_t n_points = points->len;
  const SherpaOnnxGeneratedAudio *audio = NULL;
  gboolean cancelled;

  if (n_points == 0)
    return g_array_new (FALSE, FALSE, sizeof (gint16));
  config.phoneme_codepoints = (const int32_t *) points->data;
  config.phoneme_codepoints_lens = &n_points;
  config.phoneme_codepoints_num_sentences = 1;
  config.speed = CLAMP (speed, HABLA_SHERPA_MIN_SPEED, HABLA_SHERPA_MAX_SPEED);
  config.sid = speaker < self->n_speakers ? speaker : 0;

  voice_begin_computing (self);
  cancelled = g_cancellable_is_cancelled (cancellable);
  if (!cancelled)
    audio = SherpaOnnxOfflineTtsGenerateWithConfig (self->tts, "", &config, NULL, NULL);
  voice_end_computing (self);
  if (cancelled)
    return g_array_new (FALSE, FALSE, sizeof (gint16));
  return audio != NULL ? convert_audio (audio) : NULL;
}
