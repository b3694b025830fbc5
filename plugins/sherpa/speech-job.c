/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "speech-job.h"

#include <string.h>

/* Maximum number of sentences that wait to be taken. */
#define MAX_WAITING 1

/* Pause between two sentences at normal speed, in milliseconds. */
#define PAUSE 200

struct _HablaSpeechJob {
  gatomicrefcount ref_count;

  /* Immutable. */
  char *text;
  HablaSherpaVoice *voice;
  HablaPhonemizer *phonemizer;
  double speed;
  guint speaker;

  /* Used by the thread that runs the job only. */
  gboolean needs_pause;
  glong n_phonemes; /* spoken so far */

  GCancellable *cancellable; /* of the computation */

  GMutex lock;
  GCond changed;
  GQueue waiting;    /* protected by lock; of GArray of gint16 */
  gboolean finished; /* protected by lock */
  gboolean cut;      /* protected by lock */
  GError *error;     /* protected by lock */
};

HablaSpeechJob *
habla_speech_job_new (const char *text, const HablaSpeechJobSettings *settings)
{
  HablaSpeechJob *self = g_new0 (HablaSpeechJob, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->text = g_strdup (text);
  self->voice = habla_sherpa_voice_ref (settings->voice);
  self->phonemizer = g_object_ref (settings->phonemizer);
  self->speed = settings->speed;
  self->speaker = settings->speaker;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_queue_init (&self->waiting);
  self->cancellable = g_cancellable_new ();
  return self;
}

HablaSpeechJob *
habla_speech_job_ref (HablaSpeechJob *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
habla_speech_job_unref (HablaSpeechJob *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_queue_clear_full (&self->waiting, (GDestroyNotify) g_array_unref);
  g_clear_error (&self->error);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_object_unref (self->cancellable);
  g_object_unref (self->phonemizer);
  habla_sherpa_voice_unref (self->voice);
  g_free (self->text);
  g_free (self);
}

/* Waits until fewer than MAX_WAITING sentences wait.
 * Returns: FALSE if the job was cancelled */
static gboolean
speech_job_add (HablaSpeechJob *self, GArray *samples)
{
  gboolean cancelled;

  g_mutex_lock (&self->lock);
  while (self->waiting.length >= MAX_WAITING && !g_cancellable_is_cancelled (self->cancellable))
    g_cond_wait (&self->changed, &self->lock);
  cancelled = g_cancellable_is_cancelled (self->cancellable);
  if (!cancelled && samples->len > 0)
    g_queue_push_tail (&self->waiting, g_array_ref (samples));
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return !cancelled;
}

/* Adds the pause before @samples. */
static void
speech_job_add_pause (HablaSpeechJob *self, GArray *samples)
{
  guint n = habla_sherpa_voice_get_rate (self->voice) * PAUSE / 1000 / self->speed;
  g_autofree gint16 *pause = g_new0 (gint16, n);

  g_array_prepend_vals (samples, pause, n);
}

/* Returns: the end of the first part of @phonemes, at most MAX_PHONEMES: all of them or, if
 * possible, whole clauses or else words */
static const char *
find_end (const char *phonemes)
{
  const char *clause = NULL, *word = NULL, *p = phonemes;

  for (guint i = 0; i < HABLA_SHERPA_MAX_PHONEMES && *p != '\0'; i++) {
    if (*p == ' ')
      word = p + 1;
    if (*p == ' ' && p > phonemes && strchr (",;:", p[-1]) != NULL)
      clause = p + 1;
    p = g_utf8_next_char (p);
  }
  if (*p == '\0')
    return p;
  return clause != NULL ? clause : word != NULL ? word : p;
}

/* Returns: whether @part, the next one, may be spoken, too */
static gboolean
speech_job_count (HablaSpeechJob *self, const char *part)
{
  self->n_phonemes += g_utf8_strlen (part, -1);
  if (self->n_phonemes <= HABLA_SPEECH_JOB_MAX_PHONEMES)
    return TRUE;
  g_mutex_lock (&self->lock);
  self->cut = TRUE;
  g_mutex_unlock (&self->lock);
  return FALSE;
}

/* Returns: FALSE with @error after a failure, or without it if the job was cancelled or cut */
static gboolean
speech_job_speak (HablaSpeechJob *self, const char *phonemes, GError **error)
{
  gboolean wanted = TRUE;

  while (*phonemes != '\0' && wanted) {
    const char *end = find_end (phonemes);
    g_autofree char *part = g_strndup (phonemes, end - phonemes);
    g_autoptr (GArray) samples = NULL;

    if (!speech_job_count (self, part))
      return FALSE;
    samples =
        habla_sherpa_voice_speak (self->voice, part, self->speed, self->speaker, self->cancellable);
    if (samples == NULL) {
      g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
          "sherpa-onnx made no speech of the phonemes “%s”; choose another voice", part);
      return FALSE;
    }
    if (self->needs_pause && samples->len > 0) {
      speech_job_add_pause (self, samples);
      self->needs_pause = FALSE;
    }
    wanted = speech_job_add (self, samples);
    phonemes = end;
  }
  return wanted;
}

static gboolean
speech_job_run_all (HablaSpeechJob *self, GError **error)
{
  const char *pronunciation = habla_sherpa_voice_get_pronunciation (self->voice);
  const char *text = self->text;

  while (*text != '\0' && !g_cancellable_is_cancelled (self->cancellable)) {
    g_auto (GStrv) sentences =
        habla_phonemizer_phonemize (self->phonemizer, pronunciation, &text, error);

    if (sentences == NULL)
      return FALSE;
    for (guint i = 0; sentences[i] != NULL; i++) {
      const char *sentence = sentences[i];

      if (!speech_job_speak (self, sentence, error))
        return FALSE;
      /* A part of a sentence ends in no such mark. */
      self->needs_pause |= *sentence != '\0' && strchr (".!?", sentence[strlen (sentence) - 1]);
    }
  }
  return TRUE;
}

void
habla_speech_job_run (HablaSpeechJob *self)
{
  g_autoptr (GError) error = NULL;

  speech_job_run_all (self, &error);
  g_mutex_lock (&self->lock);
  self->error = g_steal_pointer (&error);
  self->finished = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

GArray *
habla_speech_job_take (HablaSpeechJob *self, GError **error)
{
  GArray *samples = NULL;

  g_mutex_lock (&self->lock);
  while (self->waiting.length == 0 && !self->finished &&
         !g_cancellable_is_cancelled (self->cancellable))
    g_cond_wait (&self->changed, &self->lock);
  if (!g_cancellable_is_cancelled (self->cancellable))
    samples = g_queue_pop_head (&self->waiting);
  if (samples == NULL && self->error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->error));
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return samples;
}

gboolean
habla_speech_job_is_cut (HablaSpeechJob *self)
{
  gboolean cut;

  g_mutex_lock (&self->lock);
  cut = self->cut;
  g_mutex_unlock (&self->lock);
  return cut;
}

void
habla_speech_job_cancel (HablaSpeechJob *self)
{
  g_mutex_lock (&self->lock);
  g_cancellable_cancel (self->cancellable);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}
