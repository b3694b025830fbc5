/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recognizer.h"

#include "stderr-capture.h"

#include <habla/error.h>
#include <habla/language.h>

#include <string.h>

/* Silence that Whisper gets after a segment, in frames of 10 ms. The library's default of 1000
 * takes a quarter more time; below 100 the model repeats itself. */
#define WHISPER_TAIL 200
/* Pauses without text, after which the library's state is reset, and never, in seconds. */
#define SILENCE 2.4f
#define NEVER 1e6f
/* Silence that is decoded to try a model, in samples. */
#define TRIAL 8000

typedef struct {
  HablaRecognizer recognizer;
  guint n_users; /* protected by lock */
  char *key;
} Entry;

static GMutex lock;
static guint n_elements; /* protected by lock */
static GSList *entries;  /* protected by lock; of Entry, used and idle */
static GMutex loading;   /* held while a recogniser is loaded, so that two elements share one */

static void
entry_free (Entry *entry)
{
  if (entry->recognizer.offline != NULL)
    SherpaOnnxDestroyOfflineRecognizer (entry->recognizer.offline);
  if (entry->recognizer.online != NULL)
    SherpaOnnxDestroyOnlineRecognizer (entry->recognizer.online);
  habla_sherpa_model_unref (entry->recognizer.model);
  g_free (entry->key);
  g_free (entry);
}

static void
fill_whisper (HablaSherpaModel *model, SherpaOnnxOfflineModelConfig *config)
{
  const char *n_heads = habla_sherpa_model_get_metadata (model, "n_alignment_heads");

  config->whisper.encoder = habla_sherpa_model_get_file (model, "Encoder");
  config->whisper.decoder = habla_sherpa_model_get_file (model, "Decoder");
  config->whisper.task = "transcribe";
  config->whisper.tail_paddings = WHISPER_TAIL;
  /* Without them the model stops after a sentence. */
  config->whisper.enable_segment_timestamps = 1;
  config->whisper.enable_token_timestamps =
      n_heads != NULL && g_ascii_strtoull (n_heads, NULL, 10) > 0;
}

static void
fill_canary (HablaSherpaModel *model, SherpaOnnxOfflineModelConfig *config)
{
  config->canary.encoder = habla_sherpa_model_get_file (model, "Encoder");
  config->canary.decoder = habla_sherpa_model_get_file (model, "Decoder");
  config->canary.use_pnc = 1;
}

static void
fill_transducer (HablaSherpaModel *model, SherpaOnnxOfflineModelConfig *config)
{
  config->transducer.encoder = habla_sherpa_model_get_file (model, "Encoder");
  config->transducer.decoder = habla_sherpa_model_get_file (model, "Decoder");
  config->transducer.joiner = habla_sherpa_model_get_file (model, "Joiner");
}

static void
fill_nemo_transducer (HablaSherpaModel *model, SherpaOnnxOfflineModelConfig *config)
{
  fill_transducer (model, config);
  config->model_type = "nemo_transducer";
}

static void
fill_moonshine (HablaSherpaModel *model, SherpaOnnxOfflineModelConfig *config)
{
  config->moonshine.encoder = habla_sherpa_model_get_file (model, "Encoder");
  config->moonshine.preprocessor = habla_sherpa_model_get_file (model, "Preprocessor");
  config->moonshine.uncached_decoder = habla_sherpa_model_get_file (model, "UncachedDecoder");
  config->moonshine.cached_decoder = habla_sherpa_model_get_file (model, "CachedDecoder");
  config->moonshine.merged_decoder = habla_sherpa_model_get_file (model, "MergedDecoder");
}

static void
fill_sense_voice (HablaSherpaModel *model, SherpaOnnxOfflineModelConfig *config)
{
  config->sense_voice.model = habla_sherpa_model_get_file (model, "Model");
  config->sense_voice.use_itn = 1;
}

static void
fill_nemo_ctc (HablaSherpaModel *model, SherpaOnnxOfflineModelConfig *config)
{
  config->nemo_ctc.model = habla_sherpa_model_get_file (model, "Model");
}

static void
fill_online_transducer (HablaSherpaModel *model, SherpaOnnxOnlineModelConfig *config)
{
  config->transducer.encoder = habla_sherpa_model_get_file (model, "Encoder");
  config->transducer.decoder = habla_sherpa_model_get_file (model, "Decoder");
  config->transducer.joiner = habla_sherpa_model_get_file (model, "Joiner");
}

static void
fill_online_nemo_ctc (HablaSherpaModel *model, SherpaOnnxOnlineModelConfig *config)
{
  config->nemo_ctc.model = habla_sherpa_model_get_file (model, "Model");
}

static void
fill_online_zipformer_ctc (HablaSherpaModel *model, SherpaOnnxOnlineModelConfig *config)
{
  config->zipformer2_ctc.model = habla_sherpa_model_get_file (model, "Model");
}

/* How a model detects the language, or is given it. */
typedef enum { LANGUAGE_FIXED, LANGUAGE_FREE, LANGUAGE_TOLD, LANGUAGE_TOLD_OR_FREE } LanguageKind;

static const struct {
  const char *architecture;
  LanguageKind language;
  void (*fill) (HablaSherpaModel *model, SherpaOnnxOfflineModelConfig *config);
  void (*fill_online) (HablaSherpaModel *model, SherpaOnnxOnlineModelConfig *config);
} loaders[] = {
  { "whisper", LANGUAGE_TOLD_OR_FREE, fill_whisper, NULL },
  { "nemo-canary", LANGUAGE_TOLD, fill_canary, NULL },
  { "nemo-transducer", LANGUAGE_FREE, fill_nemo_transducer, NULL },
  { "zipformer-transducer-offline", LANGUAGE_FIXED, fill_transducer, NULL },
  { "moonshine", LANGUAGE_FIXED, fill_moonshine, NULL },
  { "sense-voice", LANGUAGE_TOLD_OR_FREE, fill_sense_voice, NULL },
  { "nemo-ctc", LANGUAGE_FIXED, fill_nemo_ctc, NULL },
  { "nemo-transducer-streaming", LANGUAGE_FREE, NULL, fill_online_transducer },
  { "zipformer-transducer", LANGUAGE_FIXED, NULL, fill_online_transducer },
  { "nemo-ctc-streaming", LANGUAGE_FIXED, NULL, fill_online_nemo_ctc },
  { "zipformer-ctc-streaming", LANGUAGE_FIXED, NULL, fill_online_zipformer_ctc },
};

gboolean
habla_recognizer_can_detect_language (const char *architecture)
{
  for (guint i = 0; i < G_N_ELEMENTS (loaders); i++)
    if (g_strcmp0 (loaders[i].architecture, architecture) == 0)
      return loaders[i].language == LANGUAGE_TOLD_OR_FREE;
  return FALSE;
}

static guint
find_loader (HablaSherpaModel *model)
{
  guint i = 0;

  while (i < G_N_ELEMENTS (loaders) &&
         !g_str_equal (loaders[i].architecture, habla_sherpa_model_get_architecture (model)))
    i++;
  return i;
}

static gboolean
supports_language (HablaSherpaModel *model, const char *language)
{
  const char *const *languages = habla_sherpa_model_get_languages (model);
  g_autofree char *primary = habla_language_get_primary (language);

  for (guint i = 0; languages[i] != NULL; i++)
    if (habla_language_matches (primary, languages[i]))
      return TRUE;
  return languages[0] == NULL;
}

/* Returns: (transfer full) (nullable): the language as the library expects it; empty if it detects
 * the language or does not need it */
static char *
choose_language (HablaSherpaModel *model, guint loader, const char *language, GError **error)
{
  LanguageKind kind = loaders[loader].language;
  gboolean is_auto = g_str_equal (language, "auto");
  const char *const *languages = habla_sherpa_model_get_languages (model);
  gboolean is_single = languages[0] != NULL && languages[1] == NULL;

  if (is_auto && (kind == LANGUAGE_TOLD || (kind == LANGUAGE_FIXED && !is_single))) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
        "The model %s does not detect the language; set language-code to the language of the "
        "speech",
        habla_sherpa_model_get_folder (model));
    return NULL;
  }
  if (!is_auto && !supports_language (model, language)) {
    g_autofree char *known = g_strjoinv (", ", (char **) languages);

    g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
        "The model %s does not recognise “%s” but %s; choose another model or language",
        habla_sherpa_model_get_folder (model), language, known);
    return NULL;
  }
  if (is_auto || kind == LANGUAGE_FIXED || kind == LANGUAGE_FREE)
    return g_strdup ("");
  return habla_language_get_primary (language);
}

static void
load_offline (Entry *entry, guint loader, const char *language, guint n_threads)
{
  HablaSherpaModel *model = entry->recognizer.model;
  SherpaOnnxOfflineRecognizerConfig config = { 0 };

  config.feat_config.sample_rate = 16000;
  config.feat_config.feature_dim = 80;
  config.decoding_method = "greedy_search";
  config.model_config.tokens = habla_sherpa_model_get_file (model, "Tokens");
  config.model_config.num_threads = n_threads;
  config.model_config.provider = "cpu";
  loaders[loader].fill (model, &config.model_config);
  config.model_config.whisper.language = language;
  config.model_config.canary.src_lang = language;
  config.model_config.canary.tgt_lang = language;
  config.model_config.sense_voice.language = language;
  entry->recognizer.offline = SherpaOnnxCreateOfflineRecognizer (&config);
}

static void
load_online (Entry *entry, guint loader, const HablaRecognizerSettings *settings)
{
  HablaSherpaModel *model = entry->recognizer.model;
  SherpaOnnxOnlineRecognizerConfig config = { 0 };

  config.feat_config.sample_rate = 16000;
  config.feat_config.feature_dim = 80;
  config.decoding_method = "greedy_search";
  config.model_config.tokens = habla_sherpa_model_get_file (model, "Tokens");
  config.model_config.num_threads = settings->n_threads;
  config.model_config.provider = "cpu";
  loaders[loader].fill_online (model, &config.model_config);
  config.enable_endpoint = 1;
  config.rule1_min_trailing_silence = SILENCE;
  config.rule2_min_trailing_silence = settings->end_pause / 1000.0f;
  /* The base class splits long utterances. */
  config.rule3_min_utterance_length = NEVER;
  entry->recognizer.online = SherpaOnnxCreateOnlineRecognizer (&config);
}

/* Decodes half a second of silence. The library only prints that a decode failed, as with an
 * encoder in the place of a decoder, and has no text. Returns: (transfer full) (nullable): the
 * message of a failure */
static char *
try_decode (const SherpaOnnxOfflineRecognizer *recognizer)
{
  const SherpaOnnxOfflineStream *stream = SherpaOnnxCreateOfflineStream (recognizer);
  g_autofree float *silence = g_new0 (float, TRIAL);
  g_autofree char *message = NULL;

  SherpaOnnxAcceptWaveformOffline (stream, 16000, silence, TRIAL);
  habla_stderr_capture_begin ();
  SherpaOnnxDecodeOfflineStream (recognizer, stream);
  message = habla_stderr_capture_end ();
  SherpaOnnxDestroyOfflineStream (stream);
  return message != NULL && strstr (message, "xception") != NULL ? g_steal_pointer (&message)
                                                                 : NULL;
}

/* @language: as the library expects it */
static Entry *
entry_load (HablaSherpaModel *model, const HablaRecognizerSettings *settings, const char *language,
    const char *key, GError **error)
{
  guint loader = find_loader (model);
  g_autofree char *reason = NULL;
  Entry *entry = g_new0 (Entry, 1);
  gboolean works;

  entry->recognizer.model = habla_sherpa_model_ref (model);
  entry->recognizer.detects_language = g_str_equal (settings->language, "auto");
  entry->key = g_strdup (key);
  habla_stderr_capture_begin ();
  if (loaders[loader].fill != NULL)
    load_offline (entry, loader, language, settings->n_threads);
  else
    load_online (entry, loader, settings);
  reason = habla_stderr_capture_end ();
  works = entry->recognizer.offline != NULL || entry->recognizer.online != NULL;
  if (entry->recognizer.offline != NULL) {
    g_free (reason);
    reason = try_decode (entry->recognizer.offline);
    works = reason == NULL;
  }
  if (!works) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "sherpa-onnx cannot use the model %s (%s); install the model again",
        habla_sherpa_model_get_folder (model), reason != NULL ? reason : "no reason given");
    g_clear_pointer (&entry, entry_free);
  }
  return entry;
}

/* Removes idle entries but the first @n_kept. @lock must be held.
 * Returns: (transfer full): the removed entries */
static GSList *
remove_idle (guint n_kept)
{
  GSList *removed = NULL;

  for (GSList *l = entries, *next; l != NULL; l = next) {
    Entry *entry = l->data;

    next = l->next;
    if (entry->n_users > 0)
      continue;
    if (n_kept > 0) {
      n_kept--;
      continue;
    }
    entries = g_slist_delete_link (entries, l);
    removed = g_slist_prepend (removed, entry);
  }
  return removed;
}

void
habla_recognizer_pool_enter (void)
{
  g_mutex_lock (&lock);
  n_elements++;
  g_mutex_unlock (&lock);
}

void
habla_recognizer_pool_leave (void)
{
  GSList *gone = NULL;

  g_mutex_lock (&lock);
  if (--n_elements == 0)
    gone = remove_idle (0);
  g_mutex_unlock (&lock);
  g_slist_free_full (gone, (GDestroyNotify) entry_free);
}

/* Returns: (nullable): the entry with @key, which gets one more user */
static Entry *
find_entry (const char *key)
{
  Entry *found = NULL;

  g_mutex_lock (&lock);
  for (GSList *l = entries; l != NULL && found == NULL; l = l->next)
    if (g_str_equal (((Entry *) l->data)->key, key))
      found = l->data;
  if (found != NULL)
    found->n_users++;
  g_mutex_unlock (&lock);
  return found;
}

HablaRecognizer *
habla_recognizer_take (
    HablaSherpaModel *model, const HablaRecognizerSettings *settings, GError **error)
{
  guint loader = find_loader (model);
  g_autofree char *language = NULL;
  g_autofree char *key = NULL;
  Entry *entry;

  g_return_val_if_fail (loader < G_N_ELEMENTS (loaders), NULL);

  language = choose_language (model, loader, settings->language, error);
  if (language == NULL)
    return NULL;
  /* Varieties of a language share a recogniser. */
  key = g_strdup_printf ("%s\n%s\n%d\n%u\n%u", habla_sherpa_model_get_key (model), language,
      g_str_equal (settings->language, "auto"), settings->n_threads,
      habla_sherpa_model_is_streaming (model) ? settings->end_pause : 0);
  g_mutex_lock (&loading);
  entry = find_entry (key);
  if (entry == NULL) {
    entry = entry_load (model, settings, language, key, error);
    if (entry != NULL) {
      g_mutex_lock (&lock);
      entry->n_users = 1;
      entries = g_slist_prepend (entries, entry);
      g_mutex_unlock (&lock);
    }
  }
  g_mutex_unlock (&loading);
  return entry != NULL ? &entry->recognizer : NULL;
}

void
habla_recognizer_give (HablaRecognizer *self)
{
  GSList *gone;

  g_mutex_lock (&lock);
  for (GSList *l = entries; l != NULL; l = l->next) {
    Entry *entry = l->data;

    if (&entry->recognizer != self)
      continue;
    entry->n_users--;
    /* The entry that was used last is the first idle one. */
    entries = g_slist_prepend (g_slist_delete_link (entries, l), entry);
    break;
  }
  gone = remove_idle (n_elements > 0 ? 1 : 0);
  g_mutex_unlock (&lock);
  g_slist_free_full (gone, (GDestroyNotify) entry_free);
}
