/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A streaming model for sherpa-onnx that spells the tones it hears, 8 kB, and tones for it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ToneModelFault:
 * @TONE_MODEL_NO_METADATA: no value of `key`
 * @TONE_MODEL_METADATA: `key` has the value `value`
 * @TONE_MODEL_TRUNCATED: the model's file is cut in half
 * @TONE_MODEL_NO_MODEL: the model's file has other contents
 * @TONE_MODEL_NEWER: a version of the format that does not exist yet
 * @TONE_MODEL_TOKENS: the token table has the contents `value`
 *
 * What is wrong with a model.
 */
typedef enum {
  TONE_MODEL_NO_FAULT,
  TONE_MODEL_NO_METADATA,
  TONE_MODEL_METADATA,
  TONE_MODEL_TRUNCATED,
  TONE_MODEL_NO_MODEL,
  TONE_MODEL_NEWER,
  TONE_MODEL_TOKENS,
} ToneModelFault;

/**
 * tone_model_write:
 * @name: name of a new folder in the folder of the test
 * @key: (nullable): see #ToneModelFault
 * @value: (nullable): see #ToneModelFault
 *
 * Writes a streaming NeMo CTC model, which spells tones of 1000, 1500, 2000 and 2500 Hz as `a`,
 * `b`, `c` and a space.
 *
 * Returns: (transfer full): path of the folder
 */
char *tone_model_write (const char *name, ToneModelFault fault, const char *key, const char *value);

/**
 * tone_model_write_sense_voice:
 * @name: name of a new folder in the folder of the test
 * @label: the language that the model detects, as it writes it: "<|ko|>"
 *
 * Writes a SenseVoice model that hears `mesa` in any speech.
 *
 * Returns: (transfer full): path of the folder
 */
char *tone_model_write_sense_voice (const char *name, const char *label);

/**
 * tone_model_speak:
 * @samples: (inout) (element-type gint16): gets tones at 16 kHz
 * @text: letters of the model; `.` is 100 ms of silence
 *
 * Appends a tone of 120 ms and 80 ms of silence for each letter.
 */
void tone_model_speak (GArray *samples, const char *text);

G_END_DECLS
