/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/audio/audio.h>

G_BEGIN_DECLS

/**
 * HablaSampleHistory:
 *
 * The last two minutes of decoded audio, as S16LE with one channel and %HABLA_RECORDING_RATE.
 * Finds samples by running time, also where the audio has gaps. Used by one thread at a time.
 */
typedef struct _HablaSampleHistory HablaSampleHistory;

/**
 * habla_sample_history_new:
 *
 * Returns: (transfer full): an empty history
 */
HablaSampleHistory *habla_sample_history_new (void);

/**
 * habla_sample_history_free:
 * @self: (transfer full): a history
 */
void habla_sample_history_free (HablaSampleHistory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaSampleHistory, habla_sample_history_free)

/**
 * habla_sample_history_push:
 * @self: a history
 * @audio: raw audio
 * @info: its format, which may differ from that of the previous buffer
 * @time: running time of the first sample, in nanoseconds
 * @error: return location for a %G_IO_ERROR_NOT_SUPPORTED
 *
 * Converts and appends audio.
 *
 * Returns: (transfer full) (nullable): the converted samples; %NULL if @info cannot be converted
 */
GBytes *habla_sample_history_push (HablaSampleHistory *self, GstBuffer *audio,
    const GstAudioInfo *info, GstClockTime time, GError **error);

/**
 * habla_sample_history_find:
 * @self: a history
 * @time: a running time, in nanoseconds
 *
 * Returns: the index of the sample at @time, from the beginning; 0 if @time is before it
 */
guint64 habla_sample_history_find (const HablaSampleHistory *self, GstClockTime time);

/**
 * habla_sample_history_copy:
 * @self: a history
 * @begin: index of the first sample
 * @end: index after the last sample
 *
 * Returns: (transfer full) (nullable): those of the samples that are still available; %NULL if
 *   there are none
 */
GBytes *habla_sample_history_copy (const HablaSampleHistory *self, guint64 begin, guint64 end);

G_END_DECLS
