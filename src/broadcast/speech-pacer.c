/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "broadcast/speech-pacer.h"

#include <math.h>
#include <string.h>

#define SECONDS(s) ((guint64) ((s) *HABLA_SPEECH_RATE))

/* Speech is faster from the first lag on, and has its maximum speed from the second one on. Speech
 * that is a fifth too long settles in between, less than a second late. */
#define MIN_LAG SECONDS (0.3)
#define MAX_LAG SECONDS (1.0)

/* More speech than this is played faster before anything waits for it: after a long sentence, a
 * short one would begin late even at the maximum speed. */
#define MAX_REST SECONDS (3)

#define DROP_LAG SECONDS (10)
#define MAX_STORED SECONDS (60)

/* Speech is made faster by leaving out about one period of the voice at a time: from MIN_JUMP (200
 * Hz) to MAX_JUMP (50 Hz) samples, as soon as JUMP (75 Hz) are due. OVERLAP samples are blended. */
#define MIN_JUMP 120
#define JUMP 320
#define MAX_JUMP 480
#define OVERLAP 192

/* Speech that follows after such a pause is another sentence, whether or not it is marked. */
#define MAX_PAUSE SECONDS (1)

/* How often the speed is computed, in samples. */
#define STEP 240

typedef struct {
  GArray *samples; /* of gint16 */
  guint at;        /* the next sample to play */
  guint64 arrival; /* when its first sample was pushed, in samples of the clock */
} Sentence;

struct _HablaSpeechPacer {
  GQueue sentences; /* of Sentence; the first is played, the last one may still grow */
  guint64 now;      /* number of samples that were pulled */
  double due;       /* samples to leave out */
  gsize stored;     /* samples in memory */
  guint64 dropped;
  gboolean is_cut; /* the last sentence was counted as cut */
};

static void
sentence_free (Sentence *sentence)
{
  g_array_unref (sentence->samples);
  g_free (sentence);
}

static guint
sentence_get_rest (const Sentence *sentence)
{
  return sentence->samples->len - sentence->at;
}

HablaSpeechPacer *
habla_speech_pacer_new (void)
{
  return g_new0 (HablaSpeechPacer, 1);
}

void
habla_speech_pacer_free (HablaSpeechPacer *self)
{
  g_queue_clear_full (&self->sentences, (GDestroyNotify) sentence_free);
  g_free (self);
}

static void
speech_pacer_remove (HablaSpeechPacer *self, GList *link)
{
  Sentence *sentence = link->data;

  self->stored -= sentence->samples->len;
  g_queue_delete_link (&self->sentences, link);
  sentence_free (sentence);
}

/* Sentences that were played, unless more of the last one may come. */
static void
speech_pacer_remove_played (HablaSpeechPacer *self)
{
  while (self->sentences.length > 1 && sentence_get_rest (self->sentences.head->data) == 0)
    speech_pacer_remove (self, self->sentences.head);
}

/* Returns: samples before the last sentence */
static guint64
speech_pacer_count_before_last (HablaSpeechPacer *self)
{
  guint64 n = 0;

  for (GList *l = self->sentences.head; l != self->sentences.tail; l = l->next)
    n += sentence_get_rest (l->data);
  return n;
}

guint64
habla_speech_pacer_get_lag (HablaSpeechPacer *self)
{
  const Sentence *first, *last;
  guint64 lag, planned;

  speech_pacer_remove_played (self);
  if (self->sentences.head == NULL)
    return 0;
  first = self->sentences.head->data;
  last = self->sentences.tail->data;
  if (sentence_get_rest (first) == 0)
    return 0;
  planned = first->arrival + first->at;
  lag = self->now > planned ? self->now - planned : 0;
  if (first == last)
    return lag;
  return MAX (lag, self->now + speech_pacer_count_before_last (self) - last->arrival);
}

guint64
habla_speech_pacer_get_dropped (HablaSpeechPacer *self)
{
  return self->dropped;
}

/* Those that wait. */
static void
speech_pacer_drop_late (HablaSpeechPacer *self)
{
  if (habla_speech_pacer_get_lag (self) <= DROP_LAG)
    return;
  while (self->sentences.length > 2) {
    speech_pacer_remove (self, self->sentences.head->next);
    self->dropped++;
  }
}

/* Returns: whether the last sentence is over without a mark of the next one */
static gboolean
speech_pacer_has_paused (HablaSpeechPacer *self)
{
  const Sentence *last = self->sentences.tail->data;

  return sentence_get_rest (last) == 0 && self->now - last->arrival > last->at + MAX_PAUSE;
}

static void
speech_pacer_begin (HablaSpeechPacer *self)
{
  Sentence *sentence = g_new0 (Sentence, 1);

  sentence->samples = g_array_new (FALSE, FALSE, sizeof (gint16));
  sentence->arrival = self->now;
  g_queue_push_tail (&self->sentences, sentence);
  self->is_cut = FALSE;
}

void
habla_speech_pacer_push (
    HablaSpeechPacer *self, const gint16 *samples, gsize n_samples, gboolean is_begin)
{
  gsize n;
  Sentence *last;

  if (is_begin || self->sentences.tail == NULL || speech_pacer_has_paused (self))
    speech_pacer_begin (self);
  speech_pacer_drop_late (self);
  last = self->sentences.tail->data;
  n = MIN (n_samples, MAX_STORED - MIN (MAX_STORED, self->stored));
  g_array_append_vals (last->samples, samples, n);
  self->stored += n;
  if (n < n_samples && !self->is_cut) {
    self->is_cut = TRUE;
    self->dropped++;
  }
}

/* Returns: samples that are not played yet */
static guint64
speech_pacer_count_rest (HablaSpeechPacer *self)
{
  const Sentence *last = g_queue_peek_tail (&self->sentences);

  return last != NULL ? speech_pacer_count_before_last (self) + sentence_get_rest (last) : 0;
}

static double
speech_pacer_get_speed (HablaSpeechPacer *self)
{
  guint64 rest = speech_pacer_count_rest (self);
  guint64 lag = MAX (habla_speech_pacer_get_lag (self), rest - MIN (rest, MAX_REST));

  if (lag <= MIN_LAG)
    return 1.0;
  if (lag >= MAX_LAG)
    return HABLA_SPEECH_MAX_SPEED;
  return 1.0 + (HABLA_SPEECH_MAX_SPEED - 1.0) * (lag - MIN_LAG) / (MAX_LAG - MIN_LAG);
}

/* Returns: how well @b follows what precedes @a, -1.0 to 1.0; 1.0 for silence, which anything
 * follows */
static double
compare (const gint16 *a, const gint16 *b)
{
  double product = 0, power_a = 0, power_b = 0;

  for (guint i = 0; i < OVERLAP; i += 2) {
    product += (double) a[i] * b[i];
    power_a += (double) a[i] * a[i];
    power_b += (double) b[i] * b[i];
  }
  return power_a > 0 && power_b > 0 ? product / sqrt (power_a * power_b) : 1.0;
}

/* Leaves out the samples, up to @due, after which the speech continues most like before.
 *
 * Returns: their number; 0 at the end of a sentence */
static guint
sentence_jump (Sentence *sentence, guint due)
{
  gint16 *from = &g_array_index (sentence->samples, gint16, sentence->at);
  guint max = MIN (due, MAX_JUMP), best = max;
  double best_score = -2.0;

  if (sentence_get_rest (sentence) < MAX_JUMP + OVERLAP)
    return 0;
  for (guint jump = MIN_JUMP; jump <= max; jump += 2) {
    double score = compare (from, from + jump);

    if (score > best_score) {
      best_score = score;
      best = jump;
    }
  }
  for (guint i = 0; i < OVERLAP; i++)
    from[best + i] = (from[i] * (int) (OVERLAP - i) + from[best + i] * (int) i) / OVERLAP;
  sentence->at += best;
  return best;
}

/* Returns: number of samples that were played, up to @n_samples; 0 = there is no speech */
static gsize
speech_pacer_play (HablaSpeechPacer *self, gint16 *samples, gsize n_samples)
{
  double speed = speech_pacer_get_speed (self);
  Sentence *first = g_queue_peek_head (&self->sentences);
  gsize n;

  if (first == NULL || sentence_get_rest (first) == 0) {
    self->due = 0;
    return 0;
  }
  if (self->due >= JUMP)
    self->due -= sentence_jump (first, self->due);
  n = MIN (MIN (n_samples, STEP), sentence_get_rest (first));
  memcpy (samples, &g_array_index (first->samples, gint16, first->at), n * sizeof *samples);
  first->at += n;
  self->now += n;
  self->due = MIN (self->due + n * (speed - 1.0), MAX_JUMP);
  return n;
}

void
habla_speech_pacer_pull (HablaSpeechPacer *self, gint16 *samples, gsize n_samples)
{
  while (n_samples > 0) {
    gsize n = speech_pacer_play (self, samples, n_samples);

    if (n == 0) {
      memset (samples, 0, n_samples * sizeof *samples);
      self->now += n_samples;
      return;
    }
    samples += n;
    n_samples -= n;
  }
}
