/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Samples a second: signed 16-bit, native byte order, mono. */
#define HABLA_SPEECH_RATE 24000

/* Maximum speed of speech that catches up, relative to normal speed. */
#define HABLA_SPEECH_MAX_SPEED 1.3

/**
 * HablaSpeechPacer:
 *
 * Plays speech in real time, with silence in between. Synthesizers deliver each sentence at once,
 * and the speech may be longer than that of the speaker: a sentence that would begin late makes
 * the speech before it faster, by up to %HABLA_SPEECH_MAX_SPEED, and so does one that is late
 * itself, and so does a sentence while more than three seconds of it remain: a short one that
 * follows would wait otherwise. Of sentences that would begin more than ten seconds late, only the
 * newest is kept, after the one that is being played. At most a minute is stored.
 *
 * The number of samples that were pulled is the clock, so that an hour passes in a test as fast as
 * it is computed. A plain value without a lock.
 */
typedef struct _HablaSpeechPacer HablaSpeechPacer;

/**
 * habla_speech_pacer_new:
 *
 * Returns: (transfer full): a pacer without speech
 */
HablaSpeechPacer *habla_speech_pacer_new (void);

/**
 * habla_speech_pacer_free:
 * @self: (transfer full): a pacer
 */
void habla_speech_pacer_free (HablaSpeechPacer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaSpeechPacer, habla_speech_pacer_free)

/**
 * habla_speech_pacer_push:
 * @self: a pacer
 * @samples: speech
 * @n_samples: number of samples
 * @is_begin: whether a sentence begins with them
 *
 * Adds speech, which is played as soon as all earlier speech has been.
 */
void habla_speech_pacer_push (
    HablaSpeechPacer *self, const gint16 *samples, gsize n_samples, gboolean is_begin);

/**
 * habla_speech_pacer_pull:
 * @self: a pacer
 * @samples: (out caller-allocates): speech and silence
 * @n_samples: number of samples
 *
 * Plays the next @n_samples.
 */
void habla_speech_pacer_pull (HablaSpeechPacer *self, gint16 *samples, gsize n_samples);

/**
 * habla_speech_pacer_get_lag:
 * @self: a pacer
 *
 * Returns: how late speech is, in samples: the time from the arrival of the sentence that is played
 *   or the newest one, whichever waits longer, to its begin at normal speed
 */
guint64 habla_speech_pacer_get_lag (HablaSpeechPacer *self);

/**
 * habla_speech_pacer_get_dropped:
 * @self: a pacer
 *
 * Returns: number of sentences that were left out or cut
 */
guint64 habla_speech_pacer_get_dropped (HablaSpeechPacer *self);

G_END_DECLS
