/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local-synthesizer.h"

#include "fallback/local-engine.h"

struct _LocalSynthesizer {
  HablaSynthesizer *engine;
};

/* Speech on its way to the rate of the output. */
typedef struct {
  SpeechDecoder *decoder;
  GError *error;
} Conversion;

static gboolean
local_synthesizer_load (HablaSynthesizer *engine, GError **error)
{
  HablaSynthesizerClass *klass = HABLA_SYNTHESIZER_GET_CLASS (engine);
  g_autofree char *language = NULL;

  g_object_get (engine, "language-code", &language, NULL);
  habla_synthesizer_set_rate (engine, HABLA_SYNTHESIZER_RATE);
  return klass->start == NULL || klass->start (engine, language, error);
}

LocalSynthesizer *
local_synthesizer_start (
    HablaSynthesizer *owner, const char *description, const char *language, GError **error)
{
  LocalSynthesizer *self;
  const LocalEngineRequest request = {
    .kind = HABLA_ENGINE_SYNTHESIZER, .type = HABLA_TYPE_SYNTHESIZER, .from = language
  };
  GstElement *engine = local_engine_create (GST_ELEMENT (owner), &request, description, error);

  if (engine == NULL)
    return NULL;
  if (!local_synthesizer_load (HABLA_SYNTHESIZER (engine), error)) {
    local_engine_release (engine);
    return NULL;
  }
  self = g_new0 (LocalSynthesizer, 1);
  self->engine = HABLA_SYNTHESIZER (engine);
  return self;
}

void
local_synthesizer_stop (LocalSynthesizer *self)
{
  HablaSynthesizerClass *klass;

  if (self == NULL)
    return;
  klass = HABLA_SYNTHESIZER_GET_CLASS (self->engine);
  if (klass->stop != NULL)
    klass->stop (self->engine);
  local_engine_release (GST_ELEMENT (self->engine));
  g_free (self);
}

const char *
local_synthesizer_get_name (LocalSynthesizer *self)
{
  return local_engine_get_name (self != NULL ? GST_ELEMENT (self->engine) : NULL);
}

static gboolean
local_synthesizer_convert (const gint16 *samples, gsize n_samples, gpointer data)
{
  Conversion *self = data;
  g_autofree gint16 *bytes = g_new (gint16, n_samples);

  for (gsize i = 0; i < n_samples; i++)
    bytes[i] = GINT16_TO_LE (samples[i]);
  return self->error == NULL && speech_decoder_push (self->decoder, (const guint8 *) bytes,
                                    n_samples * sizeof *bytes, &self->error);
}

gboolean
local_synthesizer_speak (
    LocalSynthesizer *self, const LocalSpeech *speech, GCancellable *cancellable, GError **error)
{
  HablaSynthesizerClass *klass = HABLA_SYNTHESIZER_GET_CLASS (self->engine);
  g_autoptr (SpeechDecoder) decoder = speech_decoder_new_trusted (
      habla_synthesizer_get_rate (self->engine), speech->rate, speech->output, speech->data);
  Conversion conversion = { decoder, NULL };
  gboolean is_spoken;

  habla_synthesizer_set_output (self->engine, local_synthesizer_convert, &conversion);
  is_spoken = klass->synthesize (
      self->engine, speech->text, speech->language, speech->speed, cancellable, error);
  habla_synthesizer_set_output (self->engine, NULL, NULL);
  if (conversion.error != NULL && is_spoken) {
    g_propagate_error (error, conversion.error);
    return FALSE;
  }
  g_clear_error (&conversion.error);
  return is_spoken && speech_decoder_finish (decoder, error);
}
