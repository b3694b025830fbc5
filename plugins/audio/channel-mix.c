/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "channel-mix.h"

#include <math.h>

/* Samples that are measured together, in seconds. */
#define BLOCK 0.01
/* Time constant of the measured powers, in seconds. */
#define WINDOW 0.5
/* Time constant of the level of speech, in seconds. */
#define LEVEL_WINDOW 3.0
/* Duration of a change of channels, in seconds. */
#define FADE 0.01
/* Power of a channel in a block, relative to full scale, below which nothing is decided: -70 dB. */
#define MIN_POWER 1e-7
/* Power of a silent channel relative to the loudest one: -30 dB, for this time, in seconds. */
#define SILENT_POWER 1e-3
#define SILENT_TIME 1.0
/* Power of speech in a block, relative to its level: -20 dB. */
#define AUDIBLE_POWER 1e-2
/* Another channel becomes the loudest one if it has this multiple of the power: 3 dB. */
#define LOUDER_POWER 2.0
/* Correlation with the loudest channel below which a channel would cancel it, and above which it
 * would not. Independent channels have 0. */
#define OPPOSITE_CORRELATION -0.6
#define HARMLESS_CORRELATION -0.3

typedef struct {
  gboolean is_candidate; /* may be heard */
  double silent_time;    /* in seconds */
  gboolean is_silent;
  gboolean is_opposite; /* out of phase with the loudest channel */
  float weight;         /* now */
  float target;
} Channel;

/* Mean products of each two channels; those of a channel with itself are its power. */
typedef double Products[HABLA_CHANNEL_MIX_MAX][HABLA_CHANNEL_MIX_MAX];

struct _HablaChannelMix {
  guint n_channels;
  guint rate;
  int choice;
  int centre;    /* index of the centre of a surround layout; -1 = none */
  guint loudest; /* index */
  double level;  /* power of recent speech */
  gboolean has_started;
  Channel channels[HABLA_CHANNEL_MIX_MAX];
  Products block;    /* of the current block */
  Products products; /* of recent speech */
};

static void
mix_read_layout (HablaChannelMix *self, const GstAudioInfo *info)
{
  self->centre = -1;
  for (guint i = 0; i < self->n_channels; i++) {
    GstAudioChannelPosition position =
        GST_AUDIO_INFO_IS_UNPOSITIONED (info) ? GST_AUDIO_CHANNEL_POSITION_NONE : info->position[i];

    self->channels[i].is_candidate =
        position != GST_AUDIO_CHANNEL_POSITION_LFE1 && position != GST_AUDIO_CHANNEL_POSITION_LFE2;
    if (position == GST_AUDIO_CHANNEL_POSITION_FRONT_CENTER && self->n_channels > 2)
      self->centre = i;
  }
}

HablaChannelMix *
habla_channel_mix_new (const GstAudioInfo *info, int choice)
{
  HablaChannelMix *self = g_new0 (HablaChannelMix, 1);

  self->n_channels = GST_AUDIO_INFO_CHANNELS (info);
  self->rate = GST_AUDIO_INFO_RATE (info);
  self->choice = choice;
  mix_read_layout (self, info);
  return self;
}

void
habla_channel_mix_free (HablaChannelMix *self)
{
  g_free (self);
}

static double
mix_multiply (HablaChannelMix *self, const float *samples, guint n_frames, guint i, guint j)
{
  double sum = 0;

  for (guint frame = 0; frame < n_frames; frame++, samples += self->n_channels)
    sum += samples[i] * samples[j];
  return sum / n_frames;
}

/* Returns: the power of the loudest channel in the block */
static double
mix_measure_powers (HablaChannelMix *self, const float *samples, guint n_frames)
{
  double most = 0;

  for (guint i = 0; i < self->n_channels; i++) {
    self->block[i][i] = mix_multiply (self, samples, n_frames, i, i);
    if (self->channels[i].is_candidate)
      most = MAX (most, self->block[i][i]);
  }
  return most;
}

/* Adds the block to the products. */
static void
mix_add_block (HablaChannelMix *self, const float *samples, guint n_frames, double keep)
{
  for (guint i = 0; i < self->n_channels; i++)
    for (guint j = 0; j <= i; j++) {
      if (i != j)
        self->block[i][j] = mix_multiply (self, samples, n_frames, i, j);
      self->products[i][j] = self->products[i][j] * keep + self->block[i][j] * (1 - keep);
      self->products[j][i] = self->products[i][j];
    }
}

static void
mix_find_loudest (HablaChannelMix *self)
{
  double most = self->products[self->loudest][self->loudest] * LOUDER_POWER;

  for (guint i = 0; i < self->n_channels; i++)
    if (self->channels[i].is_candidate && self->products[i][i] > most) {
      most = self->products[i][i];
      self->loudest = i;
    }
}

/* @power: of the loudest channel in the block. */
static void
mix_update_silence (HablaChannelMix *self, guint index, double power, double seconds)
{
  Channel *channel = &self->channels[index];

  if (self->block[index][index] > AUDIBLE_POWER * self->level) {
    channel->silent_time = 0;
    channel->is_silent = FALSE;
    return;
  }
  if (self->block[index][index] >= SILENT_POWER * power)
    return;
  channel->silent_time += seconds;
  /* A channel without any signal needs no time. */
  if (channel->silent_time >= SILENT_TIME || self->products[index][index] == 0)
    channel->is_silent = TRUE;
}

static void
mix_update_phase (HablaChannelMix *self, guint index)
{
  Channel *channel = &self->channels[index];
  double limit = channel->is_opposite ? HARMLESS_CORRELATION : OPPOSITE_CORRELATION;
  double product = self->products[index][index] * self->products[self->loudest][self->loudest];

  channel->is_opposite = self->products[index][self->loudest] < limit * sqrt (product);
}

/* Pauses in speech decide nothing: all channels are silent then. */
static void
mix_decide (HablaChannelMix *self, const float *samples, guint n_frames)
{
  double seconds = (double) n_frames / self->rate;
  double power = mix_measure_powers (self, samples, n_frames);

  self->level *= exp (-seconds / LEVEL_WINDOW);
  if (power < MIN_POWER || power < AUDIBLE_POWER * self->level)
    return;
  mix_add_block (self, samples, n_frames, exp (-seconds / WINDOW));
  mix_find_loudest (self);
  self->level = MAX (self->level, self->products[self->loudest][self->loudest]);
  for (guint i = 0; i < self->n_channels; i++) {
    mix_update_silence (self, i, power, seconds);
    mix_update_phase (self, i);
  }
}

static gboolean
mix_hears (HablaChannelMix *self, guint index)
{
  const Channel *channel = &self->channels[index];

  if (self->choice != HABLA_CHANNEL_AUTO)
    return self->choice == HABLA_CHANNEL_ALL || (guint) self->choice == index + 1;
  if (self->centre >= 0 && !self->channels[self->centre].is_silent)
    return index == (guint) self->centre;
  return channel->is_candidate && !channel->is_silent && !channel->is_opposite;
}

static void
mix_set_targets (HablaChannelMix *self)
{
  guint n_heard = 0;

  for (guint i = 0; i < self->n_channels; i++)
    n_heard += mix_hears (self, i);
  for (guint i = 0; i < self->n_channels; i++) {
    Channel *channel = &self->channels[i];

    channel->target = mix_hears (self, i) ? 1.0f / n_heard : 0;
    if (!self->has_started)
      channel->weight = channel->target;
  }
}

static void
mix_add_channel (
    HablaChannelMix *self, Channel *channel, const float *samples, guint n_frames, float *output)
{
  float step = 1 / (float) (FADE * self->rate);

  for (guint frame = 0; frame < n_frames; frame++, samples += self->n_channels) {
    channel->weight += CLAMP (channel->target - channel->weight, -step, step);
    output[frame] += *samples * channel->weight;
  }
}

static void
mix_process_block (HablaChannelMix *self, const float *samples, guint n_frames, float *output)
{
  if (self->choice == HABLA_CHANNEL_AUTO)
    mix_decide (self, samples, n_frames);
  mix_set_targets (self);
  for (guint frame = 0; frame < n_frames; frame++)
    output[frame] = 0;
  for (guint i = 0; i < self->n_channels; i++)
    if (self->channels[i].weight != 0 || self->channels[i].target != 0)
      mix_add_channel (self, &self->channels[i], samples + i, n_frames, output);
  self->has_started = TRUE;
}

void
habla_channel_mix_process (
    HablaChannelMix *self, const float *samples, guint n_frames, float *output)
{
  guint block = MAX (self->rate * BLOCK, 1);

  for (guint begin = 0; begin < n_frames; begin += block)
    mix_process_block (self, samples + (gsize) begin * self->n_channels,
        MIN (block, n_frames - begin), output + begin);
}

static const char *
mix_get_reason (HablaChannelMix *self)
{
  if (self->choice != HABLA_CHANNEL_AUTO)
    return NULL;
  if (self->centre >= 0 && !self->channels[self->centre].is_silent)
    return "centre";
  for (guint i = 0; i < self->n_channels; i++)
    if (self->channels[i].is_opposite && !self->channels[i].is_silent)
      return "out-of-phase";
  for (guint i = 0; i < self->n_channels; i++)
    if (self->channels[i].is_silent)
      return "silent-channel";
  return NULL;
}

guint
habla_channel_mix_get_decision (HablaChannelMix *self, const char **reason)
{
  guint heard = 0;

  *reason = mix_get_reason (self);
  for (guint i = 0; i < self->n_channels; i++) {
    if (!mix_hears (self, i))
      continue;
    if (heard != 0)
      return 0;
    heard = i + 1;
  }
  return heard;
}
