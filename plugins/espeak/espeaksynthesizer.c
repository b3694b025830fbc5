/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * SECTION:element-espeaksynthesizer
 * @title: espeaksynthesizer
 *
 * Speaks text, offline, with eSpeak NG. See #HablaSynthesizer for timing and other
 * properties.
 *
 *     gst-launch-1.0 filesrc location=lesson.srt ! subparse !
 *         espeaksynthesizer language-code=es ! audioconvert ! audioresample ! autoaudiosink
 *
 * The voice is that of `language-code` or its closest variety, unless `voice` names another
 * one. An utterance in another language is spoken by the voice of that language.
 *
 * Any number of instances may speak at once. They share the library, which has one state for
 * the process, and wait for each other for some milliseconds at most: see espeak.c.
 *
 * It is also a #HablaPhonemizer, for engines that speak phonemes.
 */
#include "espeaksynthesizer.h"

#include "espeak.h"
#include "punctuation.h"

enum { PROP_0, PROP_VOICE, PROP_RATE, PROP_PITCH, PROP_VOLUME };

#define DEFAULT_VOICE NULL
#define DEFAULT_RATE 175
#define DEFAULT_PITCH 50
#define DEFAULT_VOLUME 100

struct _HablaEspeakSynthesizer {
  HablaSynthesizer parent_instance;

  char *voice_name; /* protected by object lock */
  guint rate;       /* protected by object lock */
  guint pitch;      /* protected by object lock */
  guint volume;     /* protected by object lock */

  /* Set by start(), cleared by stop(), only read in between. */
  char *language;
  char *voice;
};

static void habla_espeak_synthesizer_phonemizer_init (HablaPhonemizerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HablaEspeakSynthesizer, habla_espeak_synthesizer,
    HABLA_TYPE_SYNTHESIZER,
    G_IMPLEMENT_INTERFACE (HABLA_TYPE_PHONEMIZER, habla_espeak_synthesizer_phonemizer_init))
GST_ELEMENT_REGISTER_DEFINE (
    espeaksynthesizer, "espeaksynthesizer", GST_RANK_SECONDARY, HABLA_TYPE_ESPEAK_SYNTHESIZER)

static gboolean
habla_espeak_synthesizer_start (HablaSynthesizer *synthesizer, const char *language, GError **error)
{
  HablaEspeakSynthesizer *self = HABLA_ESPEAK_SYNTHESIZER (synthesizer);
  g_autofree char *voice = NULL;

  GST_OBJECT_LOCK (self);
  voice = g_strdup (self->voice_name);
  GST_OBJECT_UNLOCK (self);

  if (voice == NULL)
    voice = habla_espeak_find_voice (language, error);
  if (voice == NULL || !habla_espeak_check_voice (voice, error))
    return FALSE;
  self->voice = g_steal_pointer (&voice);
  self->language = g_strdup (language);
  return TRUE;
}

static void
habla_espeak_synthesizer_stop (HablaSynthesizer *synthesizer)
{
  HablaEspeakSynthesizer *self = HABLA_ESPEAK_SYNTHESIZER (synthesizer);

  g_clear_pointer (&self->voice, g_free);
  g_clear_pointer (&self->language, g_free);
}

/* Speaks in parts, so that the library is not locked while samples are pushed. */
static gboolean
habla_espeak_synthesizer_synthesize (HablaSynthesizer *synthesizer, const char *text,
    const char *language, double speed, GCancellable *cancellable, GError **error)
{
  HablaEspeakSynthesizer *self = HABLA_ESPEAK_SYNTHESIZER (synthesizer);
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (gint16));
  g_autofree char *other = NULL;
  HablaEspeakSettings settings = { .voice = self->voice };

  if (!g_str_equal (language, self->language)) {
    settings.voice = other = habla_espeak_find_voice (language, error);
    if (other == NULL)
      return FALSE;
  }
  GST_OBJECT_LOCK (self);
  settings.rate = CLAMP (self->rate * speed, HABLA_ESPEAK_RATE_MIN, HABLA_ESPEAK_RATE_MAX);
  settings.pitch = self->pitch;
  settings.volume = self->volume;
  GST_OBJECT_UNLOCK (self);

  while (*text != '\0' && !g_cancellable_is_cancelled (cancellable)) {
    const char *end = habla_espeak_find_end (text);

    g_array_set_size (samples, 0);
    if (!habla_espeak_speak (&settings, text, end - text, samples, error))
      return FALSE;
    if (!habla_synthesizer_push (synthesizer, (const gint16 *) samples->data, samples->len))
      return TRUE;
    text = end;
  }
  return TRUE;
}

static GStrv
habla_espeak_synthesizer_list_languages (HablaSynthesizer *synthesizer)
{
  return habla_espeak_list_languages ();
}

static gboolean
habla_espeak_synthesizer_check_voice (
    HablaPhonemizer *phonemizer, const char *voice, GError **error)
{
  return habla_espeak_check_voice (voice, error);
}

/* Moves @sentence to @sentences unless it is empty. */
static void
collect_sentence (GPtrArray *sentences, GString *sentence)
{
  if (sentence->len > 0)
    g_ptr_array_add (sentences, g_strdup (sentence->str));
  g_string_truncate (sentence, 0);
}

static GStrv
habla_espeak_synthesizer_phonemize (
    HablaPhonemizer *phonemizer, const char *voice, const char **text, GError **error)
{
  const char *end = habla_espeak_find_end (*text);
  g_autoptr (GArray) clauses = habla_espeak_get_clauses (voice, *text, end - *text, error);
  g_autoptr (GPtrArray) sentences = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) sentence = g_string_new (NULL);

  if (clauses == NULL)
    return NULL;
  for (guint i = 0; i < clauses->len; i++) {
    const HablaEspeakClause *clause = &g_array_index (clauses, HablaEspeakClause, i);
    char mark = clause->mark;

    if (mark == 0 && i + 1 == clauses->len && *end == '\0')
      mark = '.';
    habla_punctuation_join (sentence, clause->phonemes, mark);
    if (habla_punctuation_ends_sentence (mark))
      collect_sentence (sentences, sentence);
  }
  collect_sentence (sentences, sentence);
  g_ptr_array_add (sentences, NULL);
  *text = end;
  return (GStrv) g_ptr_array_steal (sentences, NULL);
}

static void
habla_espeak_synthesizer_phonemizer_init (HablaPhonemizerInterface *iface)
{
  iface->check_voice = habla_espeak_synthesizer_check_voice;
  iface->phonemize = habla_espeak_synthesizer_phonemize;
}

static void
habla_espeak_synthesizer_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaEspeakSynthesizer *self = HABLA_ESPEAK_SYNTHESIZER (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_VOICE:
    g_free (self->voice_name);
    self->voice_name = g_value_dup_string (value);
    break;
  case PROP_RATE:
    self->rate = g_value_get_uint (value);
    break;
  case PROP_PITCH:
    self->pitch = g_value_get_uint (value);
    break;
  case PROP_VOLUME:
    self->volume = g_value_get_uint (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
habla_espeak_synthesizer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaEspeakSynthesizer *self = HABLA_ESPEAK_SYNTHESIZER (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_VOICE:
    g_value_set_string (value, self->voice_name);
    break;
  case PROP_RATE:
    g_value_set_uint (value, self->rate);
    break;
  case PROP_PITCH:
    g_value_set_uint (value, self->pitch);
    break;
  case PROP_VOLUME:
    g_value_set_uint (value, self->volume);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
habla_espeak_synthesizer_finalize (GObject *object)
{
  g_free (HABLA_ESPEAK_SYNTHESIZER (object)->voice_name);

  G_OBJECT_CLASS (habla_espeak_synthesizer_parent_class)->finalize (object);
}

static void
habla_espeak_synthesizer_class_init (HablaEspeakSynthesizerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  HablaSynthesizerClass *synthesizer_class = HABLA_SYNTHESIZER_CLASS (klass);
  GParamFlags ready = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;
  GParamFlags playing = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  object_class->set_property = habla_espeak_synthesizer_set_property;
  object_class->get_property = habla_espeak_synthesizer_get_property;
  object_class->finalize = habla_espeak_synthesizer_finalize;
  synthesizer_class->start = habla_espeak_synthesizer_start;
  synthesizer_class->stop = habla_espeak_synthesizer_stop;
  synthesizer_class->synthesize = habla_espeak_synthesizer_synthesize;
  synthesizer_class->list_languages = habla_espeak_synthesizer_list_languages;

  g_object_class_install_property (object_class, PROP_VOICE,
      g_param_spec_string ("voice", "Voice",
          "Name, language or file of the voice, as for “espeak-ng -v” (es-419, en-us+f3); "
          "NULL = voice of the language",
          DEFAULT_VOICE, ready));
  g_object_class_install_property (object_class, PROP_RATE,
      g_param_spec_uint ("rate", "Rate",
          "Speed of speech, in words a minute; speech that catches up is faster, up to 450 words a "
          "minute",
          HABLA_ESPEAK_RATE_MIN, HABLA_ESPEAK_RATE_MAX, DEFAULT_RATE, playing));
  g_object_class_install_property (object_class, PROP_PITCH,
      g_param_spec_uint ("pitch", "Pitch",
          "Pitch of speech, from 0 (low) to 100 (high); 50 = pitch of the voice", 0, 100,
          DEFAULT_PITCH, playing));
  g_object_class_install_property (object_class, PROP_VOLUME,
      g_param_spec_uint ("volume", "Volume", "Volume of speech, in percent; may distort above 100",
          0, 200, DEFAULT_VOLUME, playing));

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "eSpeak NG synthesizer",
      "Text/Audio/Filter",
      "Speaks text, offline, with eSpeak NG. Example: gst-launch-1.0 filesrc location=lesson.srt "
      "! subparse ! espeaksynthesizer language-code=es ! audioconvert ! audioresample ! "
      "autoaudiosink",
      "Habla developers <habla@habla.example>");
}

static void
habla_espeak_synthesizer_init (HablaEspeakSynthesizer *self)
{
  self->rate = DEFAULT_RATE;
  self->pitch = DEFAULT_PITCH;
  self->volume = DEFAULT_VOLUME;
}
