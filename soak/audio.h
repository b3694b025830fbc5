/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SoakAudio:
 * @chunks: (element-type GBytes): one second each; the first has the container's header
 * @texts: (element-type utf8): the sentences that are spoken, in order
 * @duration: in seconds
 *
 * A recording in the form in which a browser's MediaRecorder delivers it.
 */
typedef struct {
  GPtrArray *chunks;
  GPtrArray *texts;
  double duration;
} SoakAudio;

/* Recordings of pocketsphinx-testdata: sentences of a book, 3 to 7 seconds each, and one of
 * 1.5 seconds. */
#define SOAK_AUDIO_FILES 5
#define SOAK_AUDIO_SHORT SOAK_AUDIO_FILES

/**
 * soak_audio_new:
 * @format: "webm", "ogg", or "pcm" at 16 kHz
 * @first: index of the first sentence, or %SOAK_AUDIO_SHORT
 * @n: number of sentences; after the last one the first follows again
 * @error: return location for an error
 *
 * Encodes sentences, with a pause after each one that ends an utterance. Blocks until all are
 * encoded.
 *
 * Returns: (transfer full) (nullable): the recording, or %NULL with @error set
 */
SoakAudio *soak_audio_new (const char *format, guint first, guint n, GError **error);

/* Frees @self. */
void soak_audio_free (SoakAudio *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SoakAudio, soak_audio_free)

G_END_DECLS
