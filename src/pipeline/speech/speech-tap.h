/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * HablaSpeechTap:
 *
 * An object that receives the synthesized speech of a pipeline in one language. The pipeline holds
 * a reference from habla_pipeline_add_speech() until the speech is removed, or its teardown has
 * ended.
 */
#define HABLA_TYPE_SPEECH_TAP (habla_speech_tap_get_type ())

/**
 * habla_speech_tap_get_type:
 *
 * Returns: the type of #HablaSpeechTap
 */
G_DECLARE_INTERFACE (HablaSpeechTap, habla_speech_tap, HABLA, SPEECH_TAP, GObject)

/* Samples a second that a tap gets: signed 16-bit, native byte order, mono. */
#define HABLA_SPEECH_TAP_RATE 24000

/**
 * HablaSpeechTapInterface:
 * @push: see habla_speech_tap_push()
 *
 * Called in any thread, and must not block. Two pipelines of a room never run at once.
 */
struct _HablaSpeechTapInterface {
  GTypeInterface parent;

  void (*push) (HablaSpeechTap *self, const gint16 *samples, gsize n_samples, gboolean is_begin);
};

/**
 * habla_speech_tap_push:
 * @self: a tap
 * @samples: speech, as soon as it is synthesized, which is faster than it lasts
 * @n_samples: number of samples
 * @is_begin: whether a sentence begins with them
 */
void habla_speech_tap_push (
    HablaSpeechTap *self, const gint16 *samples, gsize n_samples, gboolean is_begin);

G_END_DECLS
