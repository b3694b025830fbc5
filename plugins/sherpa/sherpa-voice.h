/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Range of the speed of speech, relative to the normal speed of a voice. */
#define HABLA_SHERPA_MIN_SPEED 0.4
#define HABLA_SHERPA_MAX_SPEED 4.0

/* Maximum number of phonemes that are spoken at once: about 8 s, or 25 words. */
#define HABLA_SHERPA_MAX_PHONEMES 160

/**
 * HablaSherpaVoice:
 *
 * A voice in memory, which all users in the process share. May be used in any thread, and by
 * several threads at once.
 */
typedef struct _HablaSherpaVoice HablaSherpaVoice;

/**
 * habla_sherpa_voice_load:
 * @folder: the folder of a model
 * @n_threads: number of threads that compute a sentence, at least 1; ignored if the voice is in
 *   memory
 * @error: return location for a #HablaError, which names the file and what to do
 *
 * Loads a voice, which takes about a second, unless it is in memory.
 *
 * Returns: (transfer full) (nullable): the voice
 */
HablaSherpaVoice *habla_sherpa_voice_load (const char *folder, guint n_threads, GError **error);

/**
 * habla_sherpa_voice_ref:
 * @self: a voice
 *
 * Returns: (transfer full): @self
 */
HablaSherpaVoice *habla_sherpa_voice_ref (HablaSherpaVoice *self);

/**
 * habla_sherpa_voice_unref:
 * @self: (transfer full): a voice
 *
 * The last user frees the memory.
 */
void habla_sherpa_voice_unref (HablaSherpaVoice *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaSherpaVoice, habla_sherpa_voice_unref)

/**
 * habla_sherpa_voice_get_rate:
 * @self: a voice
 *
 * Returns: its samples a second, %HABLA_SYNTHESIZER_MIN_RATE to %HABLA_SYNTHESIZER_MAX_RATE
 */
guint habla_sherpa_voice_get_rate (const HablaSherpaVoice *self);

/**
 * habla_sherpa_voice_get_pronunciation:
 * @self: a voice
 *
 * Returns: the voice of eSpeak NG whose phonemes it speaks, such as "en-us"
 */
const char *habla_sherpa_voice_get_pronunciation (const HablaSherpaVoice *self);

/**
 * habla_sherpa_voice_speak:
 * @self: a voice
 * @phonemes: phonemes of a sentence, see habla_phonemizer_phonemize(), of which the first
 *   %HABLA_SHERPA_MAX_PHONEMES are spoken; those that the voice does not have are left out
 * @speed: %HABLA_SHERPA_MIN_SPEED to %HABLA_SHERPA_MAX_SPEED
 * @speaker: number of the speaker, for a voice with several; 0 if there is no such speaker
 * @cancellable: if cancelled, nothing is computed
 *
 * Computes the speech of a sentence, about twenty times as fast as its playback. Waits while others
 * compute with this voice, as each of them needs 10 MB for a second of speech: half of the
 * processors may. A computation cannot be stopped.
 *
 * Returns: (transfer full) (nullable) (element-type gint16): samples, mono; empty if @phonemes have
 *   no sound or @cancellable is cancelled; %NULL after a failure
 */
GArray *habla_sherpa_voice_speak (HablaSherpaVoice *self, const char *phonemes, double speed,
    guint speaker, GCancellable *cancellable);

G_END_DECLS
