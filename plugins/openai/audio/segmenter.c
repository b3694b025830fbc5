/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "segmenter.h"

#include <math.h>
#include <string.h>

#define MS (HABLA_SEGMENTER_RATE / 1000)
#define FRAME (20 * MS)

/* Samples before the speech that are kept: soft consonants. */
#define PRE_ROLL (250 * MS)
/* Frames above the threshold that begin speech. */
#define ONSET_FRAMES 3
/* Frames with a pitch that are a word. */
#define VOICED_FRAMES 5

/* Levels in dB of the full scale. */
#define SILENT -96.0
#define QUIETEST_FLOOR -70.0
#define LOUDEST_FLOOR -25.0
#define QUIETEST_SPEECH -54.0
/* Assumed at first: the audio may begin with speech. */
#define FIRST_FLOOR -60.0
/* Levels of speech above the noise, to begin and to continue, in dB. */
#define MARGIN_BEGIN 10.0
#define MARGIN_CONTINUE 6.0

/* The noise is the least level in this many windows: no one speaks so long without a gap. */
#define N_WINDOWS 6
#define WINDOW_FRAMES 25

/* Pitch is looked for at a quarter of the rate, over two frames. */
#define DECIMATION 4
#define N_DECIMATED (2 * FRAME / DECIMATION)
#define MIN_LAG (HABLA_SEGMENTER_RATE / DECIMATION / 400)
#define MAX_LAG (HABLA_SEGMENTER_RATE / DECIMATION / 70)
#define MIN_PERIODICITY 0.6

#define BOUNDARY_WINDOW (100 * MS)
#define BOUNDARY_REST (300 * MS)

struct _HablaSegmenter {
  GArray *audio; /* of gint16 */
  gsize offset;  /* number of the first sample in @audio */
  gsize checked; /* number of the first sample without a decision */

  double minima[N_WINDOWS]; /* least level in each window; the first one is not complete */
  guint n_frames;           /* in the first window */
  double level;             /* of the last frame */

  gboolean in_speech;
  guint n_loud; /* frames above the threshold while not in speech */
  guint n_voiced;
  gsize speech_begin;
  gsize speech_end;
};

HablaSegmenter *
habla_segmenter_new (void)
{
  HablaSegmenter *self = g_new0 (HablaSegmenter, 1);

  self->audio = g_array_new (FALSE, FALSE, sizeof (gint16));
  self->level = SILENT;
  for (guint i = 1; i < N_WINDOWS; i++)
    self->minima[i] = FIRST_FLOOR;
  return self;
}

void
habla_segmenter_free (HablaSegmenter *self)
{
  g_array_unref (self->audio);
  g_free (self);
}

void
habla_segmenter_begin (HablaSegmenter *self)
{
  g_array_set_size (self->audio, 0);
  self->offset = 0;
  self->checked = 0;
  self->in_speech = FALSE;
  self->n_loud = 0;
  self->n_voiced = 0;
  self->speech_begin = 0;
  self->speech_end = 0;
}

/* Returns: the level of the differences between samples, in which rumble and an offset are weak */
static double
get_level (const gint16 *samples, gsize n_samples)
{
  double sum = 0;

  for (gsize i = 1; i < n_samples; i++) {
    double difference = samples[i] - 0.9 * samples[i - 1];

    sum += difference * difference;
  }
  sum /= 32768.0 * 32768.0 * n_samples;
  return sum > 0 ? MAX (10 * log10 (sum), SILENT) : SILENT;
}

static void
segmenter_add_level (HablaSegmenter *self, double level)
{
  /* One frame of digital silence between packets is not the noise. */
  double smooth = MAX (level, self->level);

  self->level = level;
  self->minima[0] = MIN (self->minima[0], smooth);
  if (++self->n_frames < WINDOW_FRAMES)
    return;
  memmove (self->minima + 1, self->minima, (N_WINDOWS - 1) * sizeof *self->minima);
  self->minima[0] = smooth;
  self->n_frames = 0;
}

static double
segmenter_get_floor (const HablaSegmenter *self)
{
  double floor = 0;

  for (guint i = 0; i < N_WINDOWS; i++)
    floor = MIN (floor, self->minima[i]);
  return CLAMP (floor, QUIETEST_FLOOR, LOUDEST_FLOOR);
}

/* Returns: whether the samples repeat at the pitch of a voice */
static gboolean
is_voiced (const gint16 *samples)
{
  double decimated[N_DECIMATED];
  double mean = 0;

  for (guint i = 0; i < N_DECIMATED; i++) {
    decimated[i] = 0;
    for (guint k = 0; k < DECIMATION; k++)
      decimated[i] += samples[i * DECIMATION + k];
    mean += decimated[i] / N_DECIMATED;
  }
  for (guint i = 0; i < N_DECIMATED; i++)
    decimated[i] -= mean;
  for (guint lag = MIN_LAG; lag <= MAX_LAG; lag++) {
    double product = 0, first = 0, second = 0;

    for (guint i = 0; i + lag < N_DECIMATED; i++) {
      product += decimated[i] * decimated[i + lag];
      first += decimated[i] * decimated[i];
      second += decimated[i + lag] * decimated[i + lag];
    }
    if (product > MIN_PERIODICITY * sqrt (first * second) && product > 0)
      return TRUE;
  }
  return FALSE;
}

/* Removes samples before speech that are not needed. */
static void
segmenter_trim (HablaSegmenter *self)
{
  gsize needed = self->checked > PRE_ROLL + ONSET_FRAMES * FRAME
                     ? self->checked - PRE_ROLL - ONSET_FRAMES * FRAME
                     : 0;

  if (needed <= self->offset)
    return;
  g_array_remove_range (self->audio, 0, needed - self->offset);
  self->offset = needed;
}

static void
segmenter_check_frame (HablaSegmenter *self)
{
  const gint16 *samples = &g_array_index (self->audio, gint16, self->checked - self->offset);
  double level = get_level (samples, FRAME);
  double margin = self->in_speech ? MARGIN_CONTINUE : MARGIN_BEGIN;
  gboolean is_loud;

  segmenter_add_level (self, level);
  is_loud = level > MAX (segmenter_get_floor (self) + margin, QUIETEST_SPEECH);
  self->checked += FRAME;
  if (is_loud && self->checked - self->offset >= 2 * FRAME && is_voiced (samples - FRAME))
    self->n_voiced++;
  if (!self->in_speech) {
    self->n_loud = is_loud ? self->n_loud + 1 : self->n_loud - MIN (self->n_loud, 1);
    if (self->n_loud == 0)
      self->n_voiced = 0;
    self->in_speech = self->n_loud >= ONSET_FRAMES;
    self->speech_begin = self->checked - MIN (self->checked, ONSET_FRAMES * FRAME);
  }
  if (is_loud)
    self->speech_end = self->checked;
}

gboolean
habla_segmenter_push (HablaSegmenter *self, const gint16 *samples, gsize n_samples, gsize end_pause)
{
  g_array_append_vals (self->audio, samples, n_samples);
  while (self->checked + FRAME <= self->offset + self->audio->len)
    segmenter_check_frame (self);
  if (!self->in_speech)
    segmenter_trim (self);
  return self->in_speech && self->checked - self->speech_end < end_pause;
}

gboolean
habla_segmenter_has_voice (const HablaSegmenter *self)
{
  return self->in_speech && self->n_voiced >= VOICED_FRAMES;
}

const gint16 *
habla_segmenter_get_samples (const HablaSegmenter *self, gsize *n_samples)
{
  *n_samples = self->audio->len;
  return (const gint16 *) self->audio->data;
}

gsize
habla_segmenter_get_offset (const HablaSegmenter *self)
{
  return self->offset;
}

void
habla_segmenter_get_speech (const HablaSegmenter *self, gint64 *begin, gint64 *end)
{
  *begin = self->speech_begin;
  *end = self->speech_end;
}

gsize
habla_segmenter_find_boundary (const HablaSegmenter *self)
{
  const gint16 *samples = (const gint16 *) self->audio->data;
  gsize n = self->audio->len;
  gsize last = n - MIN (n, BOUNDARY_REST + BOUNDARY_WINDOW);
  gsize best = last;
  double least = 0;

  for (gsize at = n * 6 / 10; at <= last; at += FRAME / 2) {
    double level = get_level (samples + at, BOUNDARY_WINDOW);

    /* The later one of two silences. */
    if (level <= least + 0.5) {
      least = MIN (level, least);
      best = at;
    }
  }
  return self->offset + MIN (best + BOUNDARY_WINDOW / 2, n);
}
