/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bare-recognizer.h"

#include <sherpa-onnx/c-api/c-api.h>

#define RATE 16000
#define WINDOW 512

struct _BareRecognizer {
  const SherpaOnnxOfflineRecognizer *recognizer;
  const SherpaOnnxVoiceActivityDetector *detector;
};

BareRecognizer *
bare_recognizer_new (const char *models)
{
  g_autofree char *encoder =
      g_build_filename (models, "whisper-tiny.en", "tiny.en-encoder.int8.onnx", NULL);
  g_autofree char *decoder =
      g_build_filename (models, "whisper-tiny.en", "tiny.en-decoder.int8.onnx", NULL);
  g_autofree char *tokens =
      g_build_filename (models, "whisper-tiny.en", "tiny.en-tokens.txt", NULL);
  g_autofree char *silero = g_build_filename (models, "silero-vad", "silero_vad.onnx", NULL);
  SherpaOnnxOfflineRecognizerConfig config = { 0 };
  SherpaOnnxVadModelConfig vad = { 0 };
  BareRecognizer *self = g_new0 (BareRecognizer, 1);

  config.feat_config.sample_rate = RATE;
  config.feat_config.feature_dim = 80;
  config.decoding_method = "greedy_search";
  config.model_config.whisper.encoder = encoder;
  config.model_config.whisper.decoder = decoder;
  config.model_config.whisper.language = "en";
  config.model_config.whisper.task = "transcribe";
  config.model_config.whisper.tail_paddings = 200;
  config.model_config.whisper.enable_segment_timestamps = 1;
  config.model_config.tokens = tokens;
  config.model_config.num_threads = 1;
  config.model_config.provider = "cpu";
  vad.silero_vad.model = silero;
  vad.silero_vad.threshold = 0.5;
  vad.silero_vad.min_silence_duration = 0.35f;
  vad.silero_vad.min_speech_duration = 0.1f;
  vad.silero_vad.max_speech_duration = 12;
  vad.silero_vad.window_size = WINDOW;
  vad.sample_rate = RATE;
  vad.num_threads = 1;
  vad.provider = "cpu";
  self->recognizer = SherpaOnnxCreateOfflineRecognizer (&config);
  self->detector = SherpaOnnxCreateVoiceActivityDetector (&vad, 20);
  g_assert_nonnull (self->recognizer);
  g_assert_nonnull (self->detector);
  return self;
}

void
bare_recognizer_free (BareRecognizer *self)
{
  SherpaOnnxDestroyOfflineRecognizer (self->recognizer);
  SherpaOnnxDestroyVoiceActivityDetector (self->detector);
  g_free (self);
}

static float *
to_floats (const GArray *samples, gsize begin, gsize end)
{
  float *floats = g_new (float, end - begin);

  for (gsize i = begin; i < end; i++)
    floats[i - begin] = g_array_index (samples, gint16, i) / 32768.0f;
  return floats;
}

void
bare_recognizer_detect (BareRecognizer *self, const GArray *samples)
{
  for (gsize i = 0; i + WINDOW <= samples->len; i += WINDOW) {
    g_autofree float *window = to_floats (samples, i, i + WINDOW);

    SherpaOnnxVoiceActivityDetectorAcceptWaveform (self->detector, window, WINDOW);
    SherpaOnnxVoiceActivityDetectorClear (self->detector);
  }
  SherpaOnnxVoiceActivityDetectorReset (self->detector);
}

char *
bare_recognizer_decode (BareRecognizer *self, const GArray *samples, gsize begin, gsize end)
{
  g_autofree float *floats = to_floats (samples, begin, end);
  const SherpaOnnxOfflineStream *stream = SherpaOnnxCreateOfflineStream (self->recognizer);
  const SherpaOnnxOfflineRecognizerResult *result;
  char *text;

  SherpaOnnxAcceptWaveformOffline (stream, RATE, floats, end - begin);
  SherpaOnnxDecodeOfflineStream (self->recognizer, stream);
  result = SherpaOnnxGetOfflineStreamResult (stream);
  text = g_strdup (result->text);
  SherpaOnnxDestroyOfflineRecognizerResult (result);
  SherpaOnnxDestroyOfflineStream (stream);
  return text;
}
