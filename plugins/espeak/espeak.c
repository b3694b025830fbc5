/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libespeak-ng for several users at once.
 *
 * The library has one state for the whole process: voice, rate, pitch, volume, the text
 * that it speaks. So one lock goes around every call, and whoever speaks sets all of that
 * anew with the lock held. What is spoken with the lock held is a piece of text of at most
 * MAX_CHARACTERS, into memory; the samples are handed on without the lock. So nobody waits
 * for anybody's loudspeaker, and for each other user only as long as a piece takes: under
 * ten milliseconds, for up to ten seconds of speech.
 *
 * It is loaded when first needed, and stays (about 2 MB): it was not made to be ended and
 * begun again. */
#include "espeak.h"

#include <espeak-ng/speak_lib.h>
#include <habla/habla.h>
#include <locale.h>
#include <string.h>

/* Of a piece of text. */
#define MAX_CHARACTERS 200

/* A language that a voice speaks. */
typedef struct {
  char *tag;
  char *voice;
  int priority; /* the less, the better */
} Language;

/* All with the lock. */
static GMutex lock;
static GArray *languages;   /* of Language; NULL = the library is not loaded */
static char *current_voice; /* that the library has */
static GArray *target;      /* of gint16: where samples go */

/* With the lock; by the library. Returns: whether to stop */
static int
on_samples (short *samples, int n_samples, espeak_EVENT *events)
{
  if (samples != NULL && n_samples > 0)
    g_array_append_vals (target, samples, n_samples);
  return 0;
}

static void
clear_language (gpointer data)
{
  Language *language = data;

  g_free (language->tag);
  g_free (language->voice);
}

/* With the lock. A voice holds pairs of a byte, the priority, and a tag. */
static void
add_voice (const espeak_VOICE *voice)
{
  for (const char *entry = voice->languages; *entry != '\0'; entry += strlen (entry) + 1) {
    Language language = { .priority = *entry, .tag = habla_language_normalize (entry + 1, NULL) };

    if (language.tag == NULL)
      continue;
    language.voice = g_strdup (voice->identifier);
    g_array_append_val (languages, language);
  }
}

/* With the lock. */
static gboolean
load (GError **error)
{
  /* The library sets this, which belongs to the application; it can do without. */
  g_autofree char *locale = g_strdup (setlocale (LC_CTYPE, NULL));
  const espeak_VOICE **voices;
  int rate;

  if (languages != NULL)
    return TRUE;
  rate = espeak_Initialize (AUDIO_OUTPUT_SYNCHRONOUS, 0, NULL, espeakINITIALIZE_DONT_EXIT);
  setlocale (LC_CTYPE, locale);
  if (rate != HABLA_SYNTHESIZER_RATE) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "eSpeak NG cannot be loaded: it does not find its data; install espeak-ng-data");
    return FALSE;
  }

  languages = g_array_new (FALSE, FALSE, sizeof (Language));
  g_array_set_clear_func (languages, clear_language);
  voices = espeak_ListVoices (NULL);
  for (guint i = 0; voices[i] != NULL; i++)
    add_voice (voices[i]);
  return TRUE;
}

/* With the lock. */
static const Language *
find_best (const char *range, gboolean varieties)
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

/* With the lock. "es-MX" is what speaks that, or else "es"; "en-AU", where there is only
 * "en-GB", that. */
static const Language *
find_language (const char *tag)
{
  g_autofree char *primary = habla_language_get_primary (tag);
  g_autofree char *range = g_strdup (tag);
  const Language *found = NULL;

  while (range != NULL && found == NULL) {
    char *parent = habla_language_get_parent (range);

    found = find_best (range, FALSE);
    g_free (range);
    range = parent;
  }
  return found != NULL ? found : find_best (primary, TRUE);
}

char *
habla_espeak_find_voice (const char *language, GError **error)
{
  const Language *found = NULL;
  gboolean loaded;
  char *voice = NULL;

  g_mutex_lock (&lock);
  loaded = load (error);
  if (loaded)
    found = find_language (language);
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

/* With the lock. */
static gboolean
set_voice (const char *voice, GError **error)
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
  found = load (error) && set_voice (voice, error);
  g_mutex_unlock (&lock);
  return found;
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

GStrv
habla_espeak_list_languages (void)
{
  g_autoptr (GPtrArray) tags = g_ptr_array_new ();

  g_mutex_lock (&lock);
  load (NULL);
  for (guint i = 0; languages != NULL && i < languages->len; i++) {
    char *tag = g_array_index (languages, Language, i).tag;

    if (!g_ptr_array_find_with_equal_func (tags, tag, g_str_equal, NULL))
      g_ptr_array_add (tags, tag);
  }
  g_ptr_array_sort (tags, compare_strings);
  g_ptr_array_add (tags, NULL);
  g_mutex_unlock (&lock);
  /* The languages stay once they are loaded. */
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

/* Returns: (transfer full): the text without control characters, for which the library has
 *   a meaning of its own */
static char *
clean (const char *text, gsize size)
{
  char *cleaned = g_strndup (text, size);

  for (char *p = cleaned; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  return cleaned;
}

gboolean
habla_espeak_speak (const HablaEspeakSettings *settings, const char *text, gsize size,
    GArray *samples, GError **error)
{
  g_autofree char *cleaned = clean (text, size);
  guint flags = espeakCHARS_UTF8 | (text[size] != '\0' ? espeakENDPAUSE : 0);
  espeak_ERROR result = EE_INTERNAL_ERROR;
  gboolean has_voice;

  g_mutex_lock (&lock);
  has_voice = load (error) && set_voice (settings->voice, error);
  if (has_voice) {
    espeak_SetSynthCallback (on_samples);
    espeak_SetParameter (espeakRATE, settings->rate, 0);
    espeak_SetParameter (espeakPITCH, settings->pitch, 0);
    espeak_SetParameter (espeakVOLUME, settings->volume, 0);
    target = samples;
    result = espeak_Synth (cleaned, strlen (cleaned) + 1, 0, POS_CHARACTER, 0, flags, NULL, NULL);
    target = NULL;
  }
  g_mutex_unlock (&lock);

  if (has_voice && result != EE_OK)
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "eSpeak NG failed with error %d on “%s”",
        result, cleaned);
  return result == EE_OK;
}
