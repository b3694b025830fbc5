/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sherpa-voice.h"

#include <habla/habla.h>

G_BEGIN_DECLS

/* Maximum number of phonemes of a text, about two minutes of speech; the rest is not spoken. */
#define HABLA_SPEECH_JOB_MAX_PHONEMES 2000u

/**
 * HablaSpeechJob:
 *
 * The speech of one text, which one thread computes while another one takes it. The computation of
 * a sentence cannot be stopped, but the other thread need not wait for it.
 */
typedef struct _HablaSpeechJob HablaSpeechJob;

/**
 * HablaSpeechJobSettings:
 * @voice: (transfer none): the voice
 * @phonemizer: (transfer none): pronounces the text
 * @speed: speed of speech, %HABLA_SHERPA_MIN_SPEED to %HABLA_SHERPA_MAX_SPEED
 * @speaker: number of the speaker, for a voice with several
 */
typedef struct {
  HablaSherpaVoice *voice;
  HablaPhonemizer *phonemizer;
  double speed;
  guint speaker;
} HablaSpeechJobSettings;

/**
 * habla_speech_job_new:
 * @text: text in UTF-8, of any length
 * @settings: settings
 *
 * Returns: (transfer full): the job, which must be run
 */
HablaSpeechJob *habla_speech_job_new (const char *text, const HablaSpeechJobSettings *settings);

/**
 * habla_speech_job_ref:
 * @self: a job
 *
 * Returns: (transfer full): @self
 */
HablaSpeechJob *habla_speech_job_ref (HablaSpeechJob *self);

/**
 * habla_speech_job_unref:
 * @self: (transfer full): a job
 */
void habla_speech_job_unref (HablaSpeechJob *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaSpeechJob, habla_speech_job_unref)

/**
 * habla_speech_job_run:
 * @self: a job
 *
 * Computes the speech, one sentence ahead of the consumer, until the end or until the job is
 * cancelled.
 */
void habla_speech_job_run (HablaSpeechJob *self);

/**
 * habla_speech_job_take:
 * @self: a job
 * @error: return location for a #HablaError
 *
 * Waits for the next speech.
 *
 * Returns: (transfer full) (nullable) (element-type gint16): samples, mono, at the rate of the
 *   voice; %NULL at the end, after an error and when the job is cancelled
 */
GArray *habla_speech_job_take (HablaSpeechJob *self, GError **error);

/**
 * habla_speech_job_is_cut:
 * @self: a job
 *
 * Returns: whether the text has more than %HABLA_SPEECH_JOB_MAX_PHONEMES, so far as was computed
 */
gboolean habla_speech_job_is_cut (HablaSpeechJob *self);

/**
 * habla_speech_job_cancel:
 * @self: a job
 *
 * Ends the job soon, and habla_speech_job_take() at once.
 */
void habla_speech_job_cancel (HablaSpeechJob *self);

G_END_DECLS
