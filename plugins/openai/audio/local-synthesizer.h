/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "speech-decoder.h"

#include <habla/synthesizer.h>

G_BEGIN_DECLS

/**
 * LocalSynthesizer:
 *
 * A started synthesizer that replaces a server. Must be used by one thread at a time.
 */
typedef struct _LocalSynthesizer LocalSynthesizer;

/**
 * local_synthesizer_start:
 * @owner: the element that uses it
 * @description: (nullable): see local_engine_create()
 * @language: BCP 47 code
 * @error: return location for an error of local_engine_create() or of the engine
 *
 * Loads the engine.
 *
 * Returns: (transfer full) (nullable): the synthesizer; %NULL without an error if there is none
 */
LocalSynthesizer *local_synthesizer_start (
    HablaSynthesizer *owner, const char *description, const char *language, GError **error);

/**
 * local_synthesizer_stop:
 * @self: (transfer full) (nullable): a synthesizer
 */
void local_synthesizer_stop (LocalSynthesizer *self);

/**
 * local_synthesizer_get_name:
 * @self: (nullable): a synthesizer
 *
 * Returns: (transfer none): the name of its element factory, or "none"
 */
const char *local_synthesizer_get_name (LocalSynthesizer *self);

/**
 * LocalSpeech:
 * @text: valid UTF-8, not blank
 * @language: BCP 47 code
 * @speed: relative to normal speed
 * @rate: rate of the output
 * @output: gets the samples
 * @data: user data of @output
 *
 * What to speak, and where to.
 */
typedef struct {
  const char *text;
  const char *language;
  double speed;
  guint rate;
  SpeechDecoderOutput output;
  gpointer data;
} LocalSpeech;

/**
 * local_synthesizer_speak:
 * @self: a synthesizer
 * @speech: what to speak
 * @cancellable: returns soon when it is cancelled
 * @error: return location for the error of the engine
 *
 * Returns: as synthesize() of #HablaSynthesizerClass
 */
gboolean local_synthesizer_speak (
    LocalSynthesizer *self, const LocalSpeech *speech, GCancellable *cancellable, GError **error);

G_END_DECLS
