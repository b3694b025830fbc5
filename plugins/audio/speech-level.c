/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "speech-level.h"

#include <math.h>
#include <stdlib.h>

/* Blocks a second, and those that are kept. */
#define BLOCKS_PER_SECOND 10
#define MAX_BLOCKS 300
#define MIN_BLOCKS 4
/* Gates of EBU R128: in LUFS, and in LU below the loudest blocks. */
#define ABSOLUTE_GATE -70.0
#define RELATIVE_GATE 10.0
/* The loudest and the softest blocks, as parts of all blocks: a click is neither. */
#define LOUD_PART 0.95
#define SOFT_PART 0.1
/* Speech differs from its pauses, and its vowels from its consonants, by more LU; noise does not.
 */
#define MIN_RANGE 12.0
/* Digital silence, in LUFS: a microphone is switched off. Its end is no speech. */
#define SILENCE -90.0

/* A filter of the second order, direct form II transposed. */
typedef struct {
  double b[3];
  double a[2];
  double z[2];
} Biquad;

struct _HablaSpeechLevel {
  Biquad shelf;
  Biquad high_pass;
  guint block_size;         /* in samples */
  guint n_samples;          /* in the current block */
  double sum;               /* of squares in the current block */
  float blocks[MAX_BLOCKS]; /* loudness in LUFS; a ring */
  guint n_blocks;           /* so far */
};

/* ITU-R BS.1770-4 has the coefficients for 48 kHz; these are the same filters at any rate. */
static void
level_init_filters (HablaSpeechLevel *self, double rate)
{
  double k = tan (G_PI * MIN (1681.974450955533 / rate, 0.49));
  const double gain = pow (10, 3.999843853973347 / 20);
  const double middle = pow (gain, 0.4996667741545416);
  double q = 0.7071752369554196;
  double a0 = 1 + k / q + k * k;

  self->shelf = (Biquad){ { (gain + middle * k / q + k * k) / a0, 2 * (k * k - gain) / a0,
                              (gain - middle * k / q + k * k) / a0 },
    { 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0 }, { 0 } };
  k = tan (G_PI * 38.13547087602444 / rate);
  q = 0.5003270373238773;
  a0 = 1 + k / q + k * k;
  self->high_pass =
      (Biquad){ { 1, -2, 1 }, { 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0 }, { 0 } };
}

HablaSpeechLevel *
habla_speech_level_new (guint rate)
{
  HablaSpeechLevel *self = g_new0 (HablaSpeechLevel, 1);

  self->block_size = MAX (rate / BLOCKS_PER_SECOND, 1);
  level_init_filters (self, rate);
  return self;
}

void
habla_speech_level_free (HablaSpeechLevel *self)
{
  g_free (self);
}

static double
biquad_filter (Biquad *self, double in)
{
  double out = self->b[0] * in + self->z[0];

  self->z[0] = self->b[1] * in - self->a[0] * out + self->z[1];
  self->z[1] = self->b[2] * in - self->a[1] * out;
  return out;
}

guint
habla_speech_level_get_free (HablaSpeechLevel *self)
{
  return self->block_size - self->n_samples;
}

static double
power_to_lufs (double power)
{
  return power > 0 ? MAX (10 * log10 (power) - 0.691, SILENCE) : SILENCE;
}

void
habla_speech_level_push (HablaSpeechLevel *self, double sample)
{
  double weighted = biquad_filter (&self->high_pass, biquad_filter (&self->shelf, sample));
  double loudness;

  self->sum += weighted * weighted;
  if (++self->n_samples < self->block_size)
    return;
  loudness = power_to_lufs (self->sum / self->n_samples);
  if (loudness > SILENCE)
    self->blocks[self->n_blocks++ % MAX_BLOCKS] = (float) loudness;
  /* A ring with the same contents. */
  if (self->n_blocks == 2 * MAX_BLOCKS)
    self->n_blocks = MAX_BLOCKS;
  self->n_samples = 0;
  self->sum = 0;
}

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  float first = *(const float *) a;
  float second = *(const float *) b;

  return first < second ? -1 : first > second;
}

gboolean
habla_speech_level_get (HablaSpeechLevel *self, double *level)
{
  guint n = MIN (self->n_blocks, MAX_BLOCKS);
  float sorted[MAX_BLOCKS];
  double sum = 0;
  guint n_loud = 0;
  double loud;

  if (n < MIN_BLOCKS)
    return FALSE;
  for (guint i = 0; i < n; i++)
    sorted[i] = self->blocks[i];
  qsort (sorted, n, sizeof (float), compare_floats);
  loud = sorted[(guint) ((n - 1) * LOUD_PART)];
  if (loud < ABSOLUTE_GATE || loud - sorted[(guint) ((n - 1) * SOFT_PART)] < MIN_RANGE)
    return FALSE;
  for (guint i = n; i-- > 0 && sorted[i] >= loud - RELATIVE_GATE;)
    if (sorted[i] <= loud) {
      sum += pow (10, sorted[i] / 10);
      n_loud++;
    }
  *level = 10 * log10 (sum / n_loud);
  return TRUE;
}
