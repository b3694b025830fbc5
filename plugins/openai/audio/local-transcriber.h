/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <habla/transcriber.h>

G_BEGIN_DECLS

/**
 * LocalTranscriber:
 *
 * A started transcriber that replaces a server. Either it gets all audio, with the functions of
 * #HablaTranscriberClass, or whole segments for which the server had no text. Must be used by one
 * thread at a time.
 */
typedef struct _LocalTranscriber LocalTranscriber;

/**
 * local_transcriber_start:
 * @owner: the element that uses it
 * @description: (nullable): see local_engine_create()
 * @language: BCP 47 code, or "auto"
 * @error: return location for an error of local_engine_create() or of the engine
 *
 * Loads the engine.
 *
 * Returns: (transfer full) (nullable): the transcriber; %NULL without an error if there is none
 */
LocalTranscriber *local_transcriber_start (
    HablaTranscriber *owner, const char *description, const char *language, GError **error);

/**
 * local_transcriber_stop:
 * @self: (transfer full) (nullable): a transcriber
 */
void local_transcriber_stop (LocalTranscriber *self);

/**
 * local_transcriber_get_engine:
 * @self: a transcriber
 *
 * Returns: (transfer none): its element, whose class has the functions to call
 */
HablaTranscriber *local_transcriber_get_engine (LocalTranscriber *self);

/**
 * local_transcriber_get_name:
 * @self: (nullable): a transcriber
 *
 * Returns: (transfer none): the name of its element factory, or "none"
 */
const char *local_transcriber_get_name (LocalTranscriber *self);

/**
 * local_transcriber_recognize:
 * @self: a transcriber without an utterance
 * @samples: a segment
 * @n_samples: their number
 * @cancellable: returns soon when it is cancelled
 * @confidence: set to that of the last part of the text
 * @error: return location for the error of the engine
 *
 * Recognises a segment as fast as the engine can.
 *
 * Returns: (transfer full) (nullable): its text; %NULL without an error if the engine found none
 */
char *local_transcriber_recognize (LocalTranscriber *self, const gint16 *samples, gsize n_samples,
    GCancellable *cancellable, double *confidence, GError **error);

G_END_DECLS
