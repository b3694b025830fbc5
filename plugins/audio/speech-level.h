/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaSpeechLevel:
 *
 * Measures how loud speech is: the K-weighted power of EBU R128 in blocks of 100 ms over the last
 * 30 seconds, without pauses. Noise, whose power hardly changes, is no speech. For one thread at a
 * time.
 */
typedef struct _HablaSpeechLevel HablaSpeechLevel;

/**
 * habla_speech_level_new:
 * @rate: samples a second
 *
 * Returns: (transfer full): a meter
 */
HablaSpeechLevel *habla_speech_level_new (guint rate);

/**
 * habla_speech_level_free:
 * @self: (transfer full): a meter
 */
void habla_speech_level_free (HablaSpeechLevel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaSpeechLevel, habla_speech_level_free)

/**
 * habla_speech_level_get_free:
 * @self: a meter
 *
 * Returns: number of samples until the end of the current block, at least 1
 */
guint habla_speech_level_get_free (HablaSpeechLevel *self);

/**
 * habla_speech_level_push:
 * @self: a meter
 * @sample: a sample, -1.0 to 1.0
 */
void habla_speech_level_push (HablaSpeechLevel *self, double sample);

/**
 * habla_speech_level_get:
 * @self: a meter
 * @level: (out): loudness of speech, in LUFS
 *
 * Takes time; call it once a block.
 *
 * Returns: whether there was speech
 */
gboolean habla_speech_level_get (HablaSpeechLevel *self, double *level);

G_END_DECLS
