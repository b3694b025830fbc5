/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sherpa-model.h"

G_BEGIN_DECLS

/* Samples for one decision: the only window that Silero accepts at 16 kHz. */
#define HABLA_VOICE_ACTIVITY_WINDOW 512

/**
 * HablaVoiceActivity:
 *
 * Detects speech in a stream of samples with Silero. For one thread at a time.
 */
typedef struct _HablaVoiceActivity HablaVoiceActivity;

/**
 * habla_voice_activity_new:
 * @model: a model for voice activity
 * @max_speech: longest speech between two calls of habla_voice_activity_reset(), in seconds
 * @error: return location for a %HABLA_ERROR_ENGINE
 *
 * Loads the model, which takes a few milliseconds.
 *
 * Returns: (transfer full) (nullable): a detector
 */
HablaVoiceActivity *habla_voice_activity_new (
    HablaSherpaModel *model, guint max_speech, GError **error);

/**
 * habla_voice_activity_free:
 * @self: (transfer full): a detector
 */
void habla_voice_activity_free (HablaVoiceActivity *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaVoiceActivity, habla_voice_activity_free)

/**
 * habla_voice_activity_push:
 * @self: a detector
 * @window: %HABLA_VOICE_ACTIVITY_WINDOW samples, -1.0 to 1.0
 *
 * Returns: whether there is speech in @window; speech must last two windows
 */
gboolean habla_voice_activity_push (HablaVoiceActivity *self, const float *window);

/**
 * habla_voice_activity_reset:
 * @self: a detector
 *
 * The next window does not continue the last one.
 */
void habla_voice_activity_reset (HablaVoiceActivity *self);

G_END_DECLS
