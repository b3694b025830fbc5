/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BareRecognizer:
 *
 * Whisper and Silero by sherpa-onnx alone: the floor of sherpatranscriber.
 */
typedef struct _BareRecognizer BareRecognizer;

/**
 * bare_recognizer_new:
 * @models: folder of models, with whisper-tiny.en and silero-vad
 *
 * Returns: (transfer full): a recogniser with the settings that the element uses
 */
BareRecognizer *bare_recognizer_new (const char *models);

/**
 * bare_recognizer_free:
 * @self: (transfer full): a recogniser
 */
void bare_recognizer_free (BareRecognizer *self);

/**
 * bare_recognizer_detect:
 * @samples: (element-type gint16): samples at 16 kHz
 *
 * Runs the detection of speech over all @samples.
 */
void bare_recognizer_detect (BareRecognizer *self, const GArray *samples);

/**
 * bare_recognizer_decode:
 * @samples: (element-type gint16): samples at 16 kHz
 * @begin: first sample of a segment
 * @end: the sample after its last one
 *
 * Returns: (transfer full): the text of the segment
 */
char *bare_recognizer_decode (BareRecognizer *self, const GArray *samples, gsize begin, gsize end);

G_END_DECLS
