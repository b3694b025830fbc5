/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/speech/speech-tap.h"

G_DEFINE_INTERFACE (HablaSpeechTap, habla_speech_tap, G_TYPE_OBJECT)

static void
habla_speech_tap_default_init (HablaSpeechTapInterface *iface)
{
}

void
habla_speech_tap_push (
    HablaSpeechTap *self, const gint16 *samples, gsize n_samples, gboolean is_begin)
{
  HABLA_SPEECH_TAP_GET_IFACE (self)->push (self, samples, n_samples, is_begin);
}
