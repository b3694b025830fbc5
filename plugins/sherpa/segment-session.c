/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A live transcript of a model that recognises whole segments (Whisper and the like).
 *
 * Voice activity detection finds speech. While it lasts, the segment is decoded from its begin
 * again and again, for partial hypotheses. In a short pause, it is decoded in advance: if the pause
 * lasts, that is the final text. Decoding blocks the thread that feeds the audio, whose queue is
 * upstream; it is a fraction of the audio's duration, and one thread keeps the result the same
 * whatever the speed of the machine.
 *
 * Work that is not needed for final texts is omitted when the audio has to wait, and then segments
 * are merged, which saves the cost that each segment has. */
#include "agreement.h"
#include "session.h"
#include "transcript.h"

#include <habla/utterance.h>

#include <string.h>
#include <time.h>

#define RATE HABLA_TRANSCRIBER_RATE
#define MS (RATE / 1000)
#define WINDOW HABLA_VOICE_ACTIVITY_WINDOW

/* Audio before the first window with speech that is decoded, too. */
#define PRE_ROLL (190 * MS)
/* Audio after the last window with speech that is decoded, too. */
#define POST_ROLL (150 * MS)
/* Shorter sounds are no words. */
#define MIN_SPEECH (80 * MS)
/* The library crashes below 80 samples. */
#define MIN_DECODE (100 * MS)
/* Silence before a segment that is decoded again. */
#define RETRY_SILENCE (300 * MS)
/* Whisper ignores speech after the first 30 s. */
#define MAX_DECODE (28 * RATE)

/* Speech until the first two hypotheses, and between later ones. */
#define FIRST_HYPOTHESIS (400 * MS)
#define SECOND_HYPOTHESIS (750 * MS)
#define HYPOTHESIS_INTERVAL (750 * MS)
/* Hypotheses take at most one part in this many of the time. */
#define MAX_SHARE 4

/* Lags from which hypotheses are omitted, and segments are merged. */
#define LAG_OMIT (500 * GST_MSECOND)
#define LAG_MERGE (2 * GST_SECOND)
/* Pause that ends merged segments. */
#define MERGED_PAUSE (1000 * MS)

/* A segment that is too long is split in its last part, but not at the very end. */
#define CUT_WINDOW (100 * MS)
#define CUT_REST (300 * MS)

typedef struct {
  HablaSession parent;
  HablaRecognizer *recognizer;
  HablaVoiceActivity *voice_activity;
  HablaSessionSettings settings;

  float window[WINDOW]; /* samples without a decision */
  gsize n_window;

  /* Numbers of samples count from the begin of the utterance; earlier ones are negative. */
  GArray *audio;      /* of float */
  gint64 audio_begin; /* the first sample in @audio */
  gint64 position;    /* the next sample */
  gint64 barrier;     /* earlier samples belong to the previous segment */
  gboolean in_speech;
  gint64 speech_begin;
  gint64 speech_end;
  gint64 n_speech; /* number of samples in windows with speech */

  char *hypothesis; /* text of the last decode; NULL if there was none, or no speech */
  char *shown;      /* what to show of @hypothesis */
  HablaAgreement *agreement;
  gint64 decoded;         /* end of the audio that was decoded last; -1 = none */
  gint64 decode_duration; /* of the last decode, in samples */
  gint64 next_hypothesis; /* duration of speech at which the next hypothesis is due */
  gboolean wants_hypotheses;
  double confidence;
  HablaTranscription transcription; /* of @hypothesis */
} SegmentSession;

static void
segment_session_forget (SegmentSession *self)
{
  g_clear_pointer (&self->hypothesis, g_free);
  g_clear_pointer (&self->shown, g_free);
  habla_agreement_reset (self->agreement);
  habla_transcription_clear (&self->transcription);
  self->decoded = -1;
  self->next_hypothesis = FIRST_HYPOTHESIS;
}

/* Removes the samples before @begin. */
static void
segment_session_trim (SegmentSession *self, gint64 begin)
{
  gint64 n = MIN (begin - self->audio_begin, (gint64) self->audio->len);

  if (n <= 0)
    return;
  g_array_remove_range (self->audio, 0, n);
  self->audio_begin += n;
}

static void
segment_session_take_result (
    SegmentSession *self, const SherpaOnnxOfflineRecognizerResult *result, gint64 end)
{
  HablaTokens tokens = { result->tokens_arr, result->timestamps, result->durations,
    result->ys_log_probs, MAX (result->count, 0) };

  if (result->tokens_arr == NULL)
    tokens.n_tokens = 0;
  habla_transcription_clear (&self->transcription);
  habla_transcript_add_words (&tokens, self->audio_begin, end, &self->transcription);
  self->confidence = habla_transcript_get_confidence (&tokens);
  if (self->recognizer->detects_language && result->lang != NULL)
    self->transcription.language = habla_transcript_get_language (result->lang);
}

/* Decodes @n_samples, with @n_silence samples of silence before them.
 * Returns: (transfer full): the text as the model has it */
static char *
segment_session_run (SegmentSession *self, gsize n_samples, gsize n_silence)
{
  const SherpaOnnxOfflineRecognizer *recognizer = self->recognizer->offline;
  const SherpaOnnxOfflineStream *stream = SherpaOnnxCreateOfflineStream (recognizer);
  gsize n_padded = MAX (n_samples + n_silence, MIN_DECODE);
  g_autofree float *padded = NULL;
  const float *samples = (const float *) self->audio->data;
  const SherpaOnnxOfflineRecognizerResult *result;
  char *text;

  if (n_padded != n_samples) {
    padded = g_new0 (float, n_padded);
    memcpy (padded + n_silence, samples, n_samples * sizeof *samples);
    samples = padded;
  }
  SherpaOnnxAcceptWaveformOffline (stream, RATE, samples, n_padded);
  SherpaOnnxDecodeOfflineStream (recognizer, stream);
  result = SherpaOnnxGetOfflineStreamResult (stream);
  text = g_strdup (result != NULL && result->text != NULL ? result->text : "");
  if (result != NULL) {
    segment_session_take_result (self, result, self->audio_begin + n_samples);
    SherpaOnnxDestroyOfflineRecognizerResult (result);
  }
  SherpaOnnxDestroyOfflineStream (stream);
  return text;
}

/* Words of a decode with @shift samples of silence before the segment come that much too late. */
static void
segment_session_shift_words (SegmentSession *self, guint64 shift)
{
  for (guint i = 0; self->transcription.words != NULL && i < self->transcription.words->len; i++) {
    HablaWord *word = self->transcription.words->pdata[i];

    word->begin -= MIN (word->begin, shift);
    word->end -= MIN (word->end, shift);
  }
}

/* The last word is often cut off by the end of the audio. It is shown after a pause, if two decodes
 * agree on it, and if it is the first one: half of the words that would be taken back are not shown
 * then. */
static void
segment_session_choose_text (SegmentSession *self, const char *previous, gboolean is_whole)
{
  g_autofree char *agreed = NULL;

  g_clear_pointer (&self->shown, g_free);
  if (self->hypothesis == NULL)
    return;
  habla_agreement_add (self->agreement, self->hypothesis);
  agreed = habla_transcript_get_agreed (previous, self->hypothesis);
  self->shown = is_whole || strlen (agreed) >= strlen (self->hypothesis)
                    ? g_strdup (self->hypothesis)
                    : habla_transcript_drop_last (self->hypothesis);
}

/* Returns: CPU time of this thread, in microseconds. Unlike the time that passes, it does not grow
 * when other sessions decode, too: then the lag shows whether hypotheses must be omitted. */
static gint64
get_cpu_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

/* Decodes the segment up to sample @end. A decoder that has got stuck often finds its way if the
 * audio begins elsewhere: worth a second decode if the text may be final. */
static void
segment_session_decode (SegmentSession *self, gint64 end, gboolean may_be_final)
{
  gint64 begun = get_cpu_time ();
  gsize n_samples = CLAMP (end - self->audio_begin, 0, (gint64) MIN (self->audio->len, MAX_DECODE));
  g_autofree char *previous = g_steal_pointer (&self->hypothesis);
  g_autofree char *text = segment_session_run (self, n_samples, 0);

  if (habla_transcript_is_repetitive (text)) {
    g_free (text);
    text = may_be_final ? segment_session_run (self, n_samples, RETRY_SILENCE)
                        : g_strdup (previous != NULL ? previous : "");
    segment_session_shift_words (self, RETRY_SILENCE);
  }
  self->hypothesis = habla_transcript_clean (text);
  segment_session_choose_text (self, previous, may_be_final);
  self->decoded = end;
  self->decode_duration = (get_cpu_time () - begun) * RATE / G_USEC_PER_SEC;
}

static gint64
segment_session_get_pause (const SegmentSession *self)
{
  return self->position - (gint64) self->n_window - self->speech_end;
}

/* Returns: the pause that ends the segment */
static gint64
segment_session_get_limit (const SegmentSession *self, GstClockTime lag)
{
  if (lag >= LAG_MERGE)
    return MAX (MERGED_PAUSE, self->settings.end_pause);
  if (self->speech_end - self->speech_begin >= self->settings.min_clause)
    return MIN (self->settings.clause_pause, self->settings.end_pause);
  return self->settings.end_pause;
}

static void
segment_session_on_window (SegmentSession *self, gboolean has_speech)
{
  /* Speech was found with its second window. */
  gint64 begin = self->position - (gint64) self->n_window - 2 * WINDOW;

  if (has_speech && !self->in_speech) {
    self->in_speech = TRUE;
    self->speech_begin = MAX (begin, self->barrier);
    self->n_speech = WINDOW;
    segment_session_forget (self);
    segment_session_trim (self, MAX (self->speech_begin - PRE_ROLL, self->barrier));
  }
  if (has_speech) {
    self->speech_end = begin + 2 * WINDOW;
    self->n_speech += WINDOW;
  }
}

static void
segment_session_feed (HablaSession *session, const gint16 *samples, gsize n_samples,
    GstClockTime lag, gboolean *in_speech)
{
  SegmentSession *self = (SegmentSession *) session;
  gint64 pause;

  for (gsize i = 0; i < n_samples; i++) {
    float sample = samples[i] / 32768.0f;

    g_array_append_val (self->audio, sample);
    self->position++;
    self->window[self->n_window++] = sample;
    if (self->n_window == WINDOW) {
      self->n_window = 0;
      segment_session_on_window (
          self, habla_voice_activity_push (self->voice_activity, self->window));
    }
  }
  *in_speech = FALSE;
  if (!self->in_speech) {
    segment_session_trim (self, self->position - (gint64) self->n_window - PRE_ROLL - 2 * WINDOW);
    return;
  }
  pause = segment_session_get_pause (self);
  if (pause >= segment_session_get_limit (self, lag))
    return;
  *in_speech = TRUE;
  /* Decode in advance, in case that the pause lasts. */
  if (self->wants_hypotheses && lag < LAG_OMIT && pause >= self->settings.clause_pause &&
      self->decoded < self->speech_end && self->n_speech >= MIN_SPEECH)
    segment_session_decode (self, self->position, TRUE);
}

static void
segment_session_begin (HablaSession *session)
{
  SegmentSession *self = (SegmentSession *) session;

  self->audio_begin -= self->position;
  self->barrier -= self->position;
  self->position = 0;
  self->in_speech = FALSE;
  segment_session_forget (self);
}

static gboolean
segment_session_is_due (const SegmentSession *self, GstClockTime lag)
{
  gint64 speech = self->speech_end - self->speech_begin;

  return lag < LAG_OMIT && speech >= self->next_hypothesis &&
         segment_session_get_pause (self) < WINDOW &&
         (self->decoded < 0 || self->position - self->decoded >= MAX_SHARE * self->decode_duration);
}

static char *
segment_session_get_hypothesis (HablaSession *session, GstClockTime lag)
{
  SegmentSession *self = (SegmentSession *) session;

  self->wants_hypotheses = TRUE;
  if (segment_session_is_due (self, lag)) {
    gint64 speech = self->speech_end - self->speech_begin;

    segment_session_decode (self, self->position, FALSE);
    self->next_hypothesis =
        speech < SECOND_HYPOTHESIS ? SECOND_HYPOTHESIS : speech + HYPOTHESIS_INTERVAL;
  }
  return g_strdup (
      self->settings.stable_partials ? habla_agreement_get_text (self->agreement) : self->shown);
}

/* Decodes the segment up to sample @end for the final text.
 * Returns: (transfer full) (nullable): the text */
static char *
segment_session_finish (SegmentSession *self, gint64 end, double *confidence)
{
  segment_session_decode (self, end, TRUE);
  *confidence = self->confidence;
  return g_strdup (self->hypothesis);
}

static char *
segment_session_end (HablaSession *session, double *confidence)
{
  SegmentSession *self = (SegmentSession *) session;
  g_autofree char *text = NULL;

  if (self->in_speech && confidence != NULL && self->n_speech >= MIN_SPEECH) {
    gint64 end = MIN (self->position, self->speech_end + POST_ROLL);

    if (self->decoded >= self->speech_end + POST_ROLL / 2) {
      *confidence = self->confidence;
      text = g_strdup (self->hypothesis);
    } else {
      text = segment_session_finish (self, end, confidence);
    }
  }
  if (self->in_speech)
    self->barrier = self->speech_end;
  self->in_speech = FALSE;
  self->wants_hypotheses = FALSE;
  return g_steal_pointer (&text);
}

/* Returns: the quietest place in the last part of the segment */
static gint64
segment_session_find_boundary (SegmentSession *self)
{
  const float *samples = (const float *) self->audio->data;
  gint64 n = self->audio->len;
  gint64 last = n - CUT_REST - CUT_WINDOW;
  gint64 best = MAX (last, 0);
  double least = G_MAXDOUBLE;

  for (gint64 at = n * 6 / 10; at <= last; at += 10 * MS) {
    double energy = 0;

    for (gint64 i = at; i < at + CUT_WINDOW; i++)
      energy += samples[i] * samples[i];
    /* The later one of two silences. */
    if (energy <= least * 1.0001) {
      least = energy;
      best = at;
    }
  }
  return self->audio_begin + MIN (best + CUT_WINDOW / 2, n);
}

static char *
segment_session_cut (HablaSession *session, gsize *n_samples, double *confidence)
{
  SegmentSession *self = (SegmentSession *) session;
  gint64 boundary = segment_session_find_boundary (self);
  char *text = segment_session_finish (self, boundary, confidence);

  *n_samples = MAX (boundary, 0);
  self->speech_end = MIN (self->speech_end, boundary);
  self->barrier = boundary;
  g_array_set_size (self->audio, CLAMP (boundary - self->audio_begin, 0, self->audio->len));
  self->position = boundary;
  self->n_window = 0;
  habla_voice_activity_reset (self->voice_activity);
  self->in_speech = FALSE;
  return text;
}

static void
segment_session_describe (HablaSession *session, HablaTranscription *transcription)
{
  SegmentSession *self = (SegmentSession *) session;

  transcription->begin = MAX (self->speech_begin, 0);
  transcription->end = MAX (self->speech_end, 0);
  transcription->language = g_strdup (self->transcription.language);
  transcription->words = g_steal_pointer (&self->transcription.words);
}

static void
segment_session_configure (HablaSession *session, const HablaSessionSettings *settings)
{
  ((SegmentSession *) session)->settings = *settings;
}

static void
segment_session_free (HablaSession *session)
{
  SegmentSession *self = (SegmentSession *) session;

  segment_session_forget (self);
  habla_agreement_free (self->agreement);
  g_array_unref (self->audio);
  habla_voice_activity_free (self->voice_activity);
  g_free (self);
}

HablaSession *
habla_segment_session_new (HablaRecognizer *recognizer, HablaVoiceActivity *voice_activity)
{
  SegmentSession *self = g_new0 (SegmentSession, 1);

  self->parent = (HablaSession){ segment_session_begin, segment_session_feed,
    segment_session_get_hypothesis, segment_session_end, segment_session_cut,
    segment_session_describe, segment_session_configure, segment_session_free };
  self->recognizer = recognizer;
  self->voice_activity = voice_activity;
  self->audio = g_array_new (FALSE, FALSE, sizeof (float));
  self->agreement = habla_agreement_new ();
  segment_session_forget (self);
  return &self->parent;
}
