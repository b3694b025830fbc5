/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "voice-activity.h"

#include "stderr-capture.h"

#include <habla/error.h>

#include <sherpa-onnx/c-api/c-api.h>

/* The library counts samples in 32 bits, which are full after 37 hours. */
#define MAX_WINDOWS (3600 * 16000 / HABLA_VOICE_ACTIVITY_WINDOW)

struct _HablaVoiceActivity {
  const SherpaOnnxVoiceActivityDetector *detector;
  guint n_windows; /* since the last reset */
};

HablaVoiceActivity *
habla_voice_activity_new (HablaSherpaModel *model, guint max_speech, GError **error)
{
  SherpaOnnxVadModelConfig config = { 0 };
  const SherpaOnnxVoiceActivityDetector *detector;
  g_autofree char *reason = NULL;
  HablaVoiceActivity *self;

  config.silero_vad.model = habla_sherpa_model_get_file (model, "Model");
  config.silero_vad.threshold = 0.5;
  /* A pause and the least duration of speech are the caller's concern: one window is enough. */
  config.silero_vad.min_silence_duration = 0.00001f;
  config.silero_vad.min_speech_duration = 0.00001f;
  /* Not limited: after it the library would be less sensitive. */
  config.silero_vad.max_speech_duration = 100000;
  config.silero_vad.window_size = HABLA_VOICE_ACTIVITY_WINDOW;
  config.sample_rate = 16000;
  config.num_threads = 1;
  config.provider = "cpu";
  habla_stderr_capture_begin ();
  detector = SherpaOnnxCreateVoiceActivityDetector (&config, max_speech);
  reason = habla_stderr_capture_end ();
  if (detector == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "sherpa-onnx cannot use %s (%s); install the model again", config.silero_vad.model,
        reason != NULL ? reason : "no reason given");
    return NULL;
  }
  self = g_new0 (HablaVoiceActivity, 1);
  self->detector = detector;
  return self;
}

void
habla_voice_activity_free (HablaVoiceActivity *self)
{
  SherpaOnnxDestroyVoiceActivityDetector (self->detector);
  g_free (self);
}

gboolean
habla_voice_activity_push (HablaVoiceActivity *self, const float *window)
{
  gboolean has_speech;

  SherpaOnnxVoiceActivityDetectorAcceptWaveform (
      self->detector, window, HABLA_VOICE_ACTIVITY_WINDOW);
  has_speech = SherpaOnnxVoiceActivityDetectorDetected (self->detector);
  /* The library keeps a copy of each stretch of speech. */
  SherpaOnnxVoiceActivityDetectorClear (self->detector);
  self->n_windows++;
  if (!has_speech && self->n_windows > MAX_WINDOWS)
    habla_voice_activity_reset (self);
  return has_speech;
}

void
habla_voice_activity_reset (HablaVoiceActivity *self)
{
  SherpaOnnxVoiceActivityDetectorReset (self->detector);
  self->n_windows = 0;
}
