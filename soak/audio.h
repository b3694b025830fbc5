/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SoakAudio:
 * @chunks: (element-type GBytes): a second each, the first with the container's header
 * @texts: (element-type utf8): what is said in it, in order
 * @duration: in seconds
 *
 * A recording as a browser's MediaRecorder gives it.
 */
typedef struct {
  GPtrArray *chunks;
  GPtrArray *texts;
  double duration;
} SoakAudio;

/* Of the recordings of pocketsphinx-testdata: sentences of a book, of 3 to 7 seconds, and one
 * of a second and a half. */
#define SOAK_AUDIO_FILES 5
#define SOAK_AUDIO_SHORT SOAK_AUDIO_FILES

/* Files @first to @first + @n - 1, and on from 0 again, or SOAK_AUDIO_SHORT; a pause after each.
 * @format: "webm", "ogg", or "pcm" at 16 kHz. Returns: (transfer full) (nullable) */
SoakAudio *soak_audio_new (const char *format, guint first, guint n, GError **error);
void soak_audio_free (SoakAudio *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SoakAudio, soak_audio_free)

G_END_DECLS
