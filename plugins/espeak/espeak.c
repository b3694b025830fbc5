/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shares libespeak-ng between threads.
 *
 * The library has one state for the process: voice, rate, pitch, volume and the current
 * text. Therefore one lock protects all calls, and each call sets the whole state. A call
 * speaks at most MAX_CHARACTERS into memory; its caller pushes the samples without the lock.
 * Threads thus never wait for another one's sink, and for its synthesis less than ten
 * milliseconds, which yield up to ten seconds of speech.
 *
 * The library is loaded on demand and stays loaded (about 2 MB), since it does not support
 * being initialised again. */
#include "espeak.h"

#include "punctuation.h"

#include <espeak-ng/speak_lib.h>
#include <habla/habla.h>
#include <locale.h>
#include <string.h>

/* Maximum number of characters in a part of a text. */
#define MAX_CHARACTERS 200

/* Argument of espeak_TextToPhonemes(): the International Phonetic Alphabet, in UTF-8. */
#define PHONEMES_IPA 0x02

/* Words a minute at which the length of a pause is measured, and the shortest pause between two
 * sentences, in samples: 0.1 s. The library makes 0.3 s, and 6 ms after an abbreviation. */
#define PAUSE_RATE 175
#define MIN_PAUSE (HABLA_SYNTHESIZER_RATE / 10)

/* Absolute value of samples that are silent. */
#define SILENCE 50

/* A language of a voice. */
typedef struct {
  char *tag;
  char *voice;
  int priority; /* a lower value is better */
} Language;

static GMutex lock;
static GArray *languages;   /* protected by lock; of Language; NULL = library not loaded */
static char *current_voice; /* protected by lock; voice of the library */
static GArray *target;      /* protected by lock; of gint16; destination of samples */
static int first_end;       /* protected by lock; end of the first clause in ms; -1 = not yet */

/* Called by the library with lock held. Returns: whether to stop */
static int
espeak_on_samples (short *samples, int n_samples, espeak_EVENT *events)
{
  for (; first_end < 0 && events->type != espeakEVENT_LIST_TERMINATED; events++)
    if (events->type == espeakEVENT_END)
      first_end = events->audio_position;
  if (samples != NULL && n_samples > 0)
    g_array_append_vals (target, samples, n_samples);
  return 0;
}

static void
espeak_clear_language (gpointer data)
{
  Language *language = data;

  g_free (language->tag);
  g_free (language->voice);
}

/* Called with lock held. A voice has pairs of a byte, the priority, and a tag. */
static void
espeak_add_voice (const espeak_VOICE *voice)
{
  for (const char *entry = voice->languages; *entry != '\0'; entry += strlen (entry) + 1) {
    Language language = { .priority = *entry, .tag = habla_language_normalize (entry + 1, NULL) };

    if (language.tag == NULL)
      continue;
    language.voice = g_strdup (voice->identifier);
    g_array_append_val (languages, language);
  }
}

/* Called with lock held. */
static gboolean
espeak_load (GError **error)
{
  /* The library changes the application's locale, but does not need it. */
  g_autofree char *locale = g_strdup (setlocale (LC_CTYPE, NULL));
  const espeak_VOICE **voices;
  int rate;

  if (languages != NULL)
    return TRUE;
  rate = espeak_Initialize (AUDIO_OUTPUT_SYNCHRONOUS, 0, NULL, espeakINITIALIZE_DONT_EXIT);
  setlocale (LC_CTYPE, locale);
  if (rate != HABLA_SYNTHESIZER_RATE) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "Failed to load eSpeak NG: its data was not found; install espeak-ng-data");
    return FALSE;
  }

  languages = g_array_new (FALSE, FALSE, sizeof (Language));
  g_array_set_clear_func (languages, espeak_clear_language);
  voices = espeak_ListVoices (NULL);
  for (guint i = 0; voices[i] != NULL; i++)
    espeak_add_voice (voices[i]);
  return TRUE;
}

/* Called with lock held. */
static const Language *
espeak_find_best (const char *range, gboolean varieties)
{
  const Language *best = NULL;

  for (guint i = 0; i < languages->len; i++) {
    const Language *language = &g_array_index (languages, Language, i);
    gboolean fits = varieties ? habla_language_matches (range, language->tag)
                              : g_ascii_strcasecmp (range, language->tag) == 0;

    if (fits && (best == NULL || language->priority < best->priority))
      best = language;
  }
  return best;
}

/* Called with lock held. "es-MX" finds "es-MX" or else "es"; "en-AU" finds "en-GB" if there
 * is no closer one. */
static const Language *
espeak_find_language (const char *tag)
{
  g_autofree char *primary = habla_language_get_primary (tag);
  g_autofree char *range = g_strdup (tag);
  const Language *found = NULL;

  while (range != NULL && found == NULL) {
    char *parent = habla_language_get_parent (range);

    found = espeak_find_best (range, FALSE);
    g_free (range);
    range = parent;
  }
  return found != NULL ? found : espeak_find_best (primary, TRUE);
}

char *
habla_espeak_find_voice (const char *language, GError **error)
{
  const Language *found = NULL;
  gboolean loaded;
  char *voice = NULL;

  g_mutex_lock (&lock);
  loaded = espeak_load (error);
  if (loaded)
    found = espeak_find_language (language);
  if (found != NULL)
    voice = g_strdup (found->voice);
  g_mutex_unlock (&lock);

  if (loaded && voice == NULL)
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "eSpeak NG has no voice for “%s”; install the newest espeak-ng-data, or choose one of "
        "“espeak-ng --voices” (package espeak-ng) with the property voice",
        language);
  return voice;
}

/* Called with lock held. */
static gboolean
espeak_set_voice (const char *voice, GError **error)
{
  if (g_strcmp0 (voice, current_voice) == 0)
    return TRUE;
  g_clear_pointer (&current_voice, g_free);
  if (espeak_SetVoiceByName (voice) != EE_OK) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "eSpeak NG has no voice “%s”; choose one of “espeak-ng --voices” (package espeak-ng), or "
        "install the package that has it",
        voice);
    return FALSE;
  }
  current_voice = g_strdup (voice);
  return TRUE;
}

gboolean
habla_espeak_check_voice (const char *voice, GError **error)
{
  gboolean found;

  g_mutex_lock (&lock);
  found = espeak_load (error) && espeak_set_voice (voice, error);
  g_mutex_unlock (&lock);
  return found;
}

static int
espeak_compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

GStrv
habla_espeak_list_languages (void)
{
  g_autoptr (GPtrArray) tags = g_ptr_array_new ();

  g_mutex_lock (&lock);
  espeak_load (NULL);
  for (guint i = 0; languages != NULL && i < languages->len; i++) {
    char *tag = g_array_index (languages, Language, i).tag;

    if (!g_ptr_array_find_with_equal_func (tags, tag, g_str_equal, NULL))
      g_ptr_array_add (tags, tag);
  }
  g_ptr_array_sort (tags, espeak_compare_strings);
  g_ptr_array_add (tags, NULL);
  g_mutex_unlock (&lock);
  /* Languages are never freed. */
  return g_strdupv ((GStrv) tags->pdata);
}

const char *
habla_espeak_find_end (const char *text)
{
  const char *sentence = NULL, *clause = NULL, *word = NULL, *p = text;

  for (guint i = 0; i < MAX_CHARACTERS && *p != '\0'; i++) {
    gunichar c = g_utf8_get_char (p);
    const char *next = g_utf8_next_char (p);

    if (g_unichar_isspace (c))
      word = next;
    else if (strchr (".!?", c) != NULL && g_ascii_isspace (*next))
      sentence = next;
    else if (strchr (",;:", c) != NULL && g_ascii_isspace (*next))
      clause = next;
    p = next;
  }
  if (*p == '\0')
    return p;
  return sentence != NULL ? sentence : clause != NULL ? clause : word != NULL ? word : p;
}

/* Returns: (transfer full): the text without control characters, which the library interprets */
static char *
espeak_clean (const char *text, gsize size)
{
  char *cleaned = g_strndup (text, size);

  for (char *p = cleaned; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  return cleaned;
}

/* Called with lock held and the voice set. */
static espeak_ERROR
espeak_synthesize (const char *text, const HablaEspeakSettings *settings, guint flags, GArray *to)
{
  espeak_ERROR result;

  espeak_SetSynthCallback (espeak_on_samples);
  espeak_SetParameter (espeakRATE, settings->rate, 0);
  espeak_SetParameter (espeakPITCH, settings->pitch, 0);
  espeak_SetParameter (espeakVOLUME, settings->volume, 0);
  target = to;
  first_end = -1;
  result = espeak_Synth (
      text, strlen (text) + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8 | flags, NULL, NULL);
  target = NULL;
  return result;
}

gboolean
habla_espeak_speak (const HablaEspeakSettings *settings, const char *text, gsize size,
    GArray *samples, GError **error)
{
  g_autofree char *cleaned = espeak_clean (text, size);
  espeak_ERROR result = EE_INTERNAL_ERROR;
  gboolean has_voice;

  g_mutex_lock (&lock);
  has_voice = espeak_load (error) && espeak_set_voice (settings->voice, error);
  if (has_voice)
    result =
        espeak_synthesize (cleaned, settings, text[size] != '\0' ? espeakENDPAUSE : 0, samples);
  g_mutex_unlock (&lock);

  if (has_voice && result != EE_OK)
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "eSpeak NG failed with error %d on “%s”",
        result, cleaned);
  return result == EE_OK;
}

/* Called with lock held and the voice set. The library does not tell whether a dot ends a sentence
 * or an abbreviation such as “Dr.”, but does not pause after the latter. Takes less than a
 * millisecond. An initial, such as in “J. Smith”, is one in every language. */
static gboolean
espeak_pauses_after (const char *word, gsize size)
{
  static const HablaEspeakSettings settings = { .rate = PAUSE_RATE, .pitch = 50, .volume = 100 };
  g_autofree char *text = g_strdup_printf ("%.*s. A", (int) size, word);
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (gint16));
  guint end, n_silent = 0;

  if (g_utf8_next_char (word) == word + size && g_unichar_isupper (g_utf8_get_char (word)))
    return FALSE;
  if (espeak_synthesize (text, &settings, 0, samples) != EE_OK || first_end < 0)
    return TRUE;
  end = MIN (samples->len, (guint64) first_end * HABLA_SYNTHESIZER_RATE / 1000);
  while (n_silent < end && ABS (g_array_index (samples, gint16, end - n_silent - 1)) < SILENCE)
    n_silent++;
  return n_silent >= MIN_PAUSE;
}

/* Called with lock held and the voice set. Between two calls, the library has the first character
 * of the next clause in memory, so a text must be read to its end before anything else. */
static void
espeak_read_clauses (const char *text, GArray *clauses)
{
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (char *));
  const void *position = text;

  while (position != NULL) {
    const char *phonemes = espeak_TextToPhonemes (&position, espeakCHARS_UTF8, PHONEMES_IPA);
    const char *end = position != NULL ? g_utf8_find_prev_char (text, position) : NULL;
    HablaEspeakClause clause = { g_strdup (phonemes != NULL ? phonemes : ""), 0 };

    clause.mark = habla_punctuation_find (text, end != NULL ? end : text + strlen (text));
    g_array_append_val (clauses, clause);
    g_array_append_val (ends, end);
  }

  for (guint i = 0; i + 1 < clauses->len; i++) {
    HablaEspeakClause *clause = &g_array_index (clauses, HablaEspeakClause, i);
    const char *end = g_array_index (ends, const char *, i);
    const char *word = NULL;
    gsize size;

    if (end != NULL && clause->mark == '.')
      word = habla_punctuation_find_short_word (text, end, &size);
    if (word != NULL && !espeak_pauses_after (word, size))
      clause->mark = 0;
  }
}

static void
espeak_clear_clause (gpointer data)
{
  g_free (((HablaEspeakClause *) data)->phonemes);
}

GArray *
habla_espeak_get_clauses (const char *voice, const char *text, gsize size, GError **error)
{
  g_autofree char *cleaned = espeak_clean (text, size);
  g_autoptr (GArray) clauses = g_array_new (FALSE, FALSE, sizeof (HablaEspeakClause));
  gboolean has_voice;

  g_array_set_clear_func (clauses, espeak_clear_clause);
  g_mutex_lock (&lock);
  has_voice = espeak_load (error) && espeak_set_voice (voice, error);
  if (has_voice)
    espeak_read_clauses (cleaned, clauses);
  g_mutex_unlock (&lock);
  return has_voice ? g_steal_pointer (&clauses) : NULL;
}
