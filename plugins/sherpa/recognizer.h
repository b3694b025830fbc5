/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sherpa-model.h"

#include <sherpa-onnx/c-api/c-api.h>

G_BEGIN_DECLS

/**
 * HablaRecognizerSettings:
 * @language: BCP 47 code of the speech, or "auto" if the model detects it
 * @n_threads: number of threads for one decode
 * @end_pause: pause after which a streaming model ends an utterance, in milliseconds
 */
typedef struct {
  const char *language;
  guint n_threads;
  guint end_pause;
} HablaRecognizerSettings;

/**
 * HablaRecognizer:
 * @model: the model
 * @offline: (nullable): the recogniser of a model for segments
 * @online: (nullable): the recogniser of a streaming model
 * @detects_language: whether it detects the language itself
 *
 * A recogniser of sherpa-onnx, which all elements of the process with the same model and settings
 * share. Immutable; any thread may decode with it.
 */
typedef struct {
  HablaSherpaModel *model;
  const SherpaOnnxOfflineRecognizer *offline;
  const SherpaOnnxOnlineRecognizer *online;
  gboolean detects_language;
} HablaRecognizer;

/**
 * habla_recognizer_can_detect_language:
 * @architecture: (nullable): architecture of a model
 *
 * Returns: whether such models tell in which language an utterance is spoken, if they have several
 */
gboolean habla_recognizer_can_detect_language (const char *architecture);

/**
 * habla_recognizer_pool_enter:
 *
 * Adds an element. The pool keeps the recogniser that was used last while there are elements. Any
 * thread.
 */
void habla_recognizer_pool_enter (void);

/**
 * habla_recognizer_pool_leave:
 *
 * Removes an element; the last one frees the idle recogniser. Any thread.
 */
void habla_recognizer_pool_leave (void);

/**
 * habla_recognizer_take:
 * @model: a model for transcribers
 * @settings: settings
 * @error: return location for a %HABLA_ERROR_LANGUAGE or %HABLA_ERROR_ENGINE
 *
 * Finds the recogniser, or loads it, which takes up to a few seconds; one for segments decodes some
 * silence, which must succeed. Any thread.
 *
 * Returns: (transfer full) (nullable): the recogniser; return it with habla_recognizer_give()
 */
HablaRecognizer *habla_recognizer_take (
    HablaSherpaModel *model, const HablaRecognizerSettings *settings, GError **error);

/**
 * habla_recognizer_give:
 * @self: (transfer full): a recogniser without a stream
 *
 * Any thread.
 */
void habla_recognizer_give (HablaRecognizer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaRecognizer, habla_recognizer_give)

G_END_DECLS
