/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/audio/audio.h>

G_BEGIN_DECLS

#define HABLA_CHANNEL_MIX_MAX 64

/* Values of a choice other than the number of a channel. */
#define HABLA_CHANNEL_AUTO -1
#define HABLA_CHANNEL_ALL 0

/**
 * HablaChannelMix:
 *
 * Finds the channels with speech, and mixes them. For one thread at a time.
 */
typedef struct _HablaChannelMix HablaChannelMix;

/**
 * habla_channel_mix_new:
 * @info: layout of the samples, with 1 to %HABLA_CHANNEL_MIX_MAX channels
 * @choice: %HABLA_CHANNEL_AUTO; %HABLA_CHANNEL_ALL for the mean of all channels; or the number of
 *   a channel from 1 to those of @info
 *
 * Returns: (transfer full): a mix
 */
HablaChannelMix *habla_channel_mix_new (const GstAudioInfo *info, int choice);

/**
 * habla_channel_mix_free:
 * @self: (transfer full): a mix
 */
void habla_channel_mix_free (HablaChannelMix *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaChannelMix, habla_channel_mix_free)

/**
 * habla_channel_mix_process:
 * @self: a mix
 * @samples: (array): interleaved samples, -1.0 to 1.0
 * @n_frames: number of samples of each channel
 * @output: (out caller-allocates) (array length=n_frames): samples of one channel
 *
 * Measures @samples, decides, and mixes them. A change of channels takes 10 ms.
 */
void habla_channel_mix_process (
    HablaChannelMix *self, const float *samples, guint n_frames, float *output);

/**
 * habla_channel_mix_get_decision:
 * @self: a mix
 * @reason: (out): why channels are omitted: "centre", "out-of-phase" or "silent-channel"; %NULL if
 *   none is
 *
 * Returns: the number of the only channel that is heard, from 1; 0 = several
 */
guint habla_channel_mix_get_decision (HablaChannelMix *self, const char **reason);

G_END_DECLS
