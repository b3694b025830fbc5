/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <habla/habla.h>

G_BEGIN_DECLS

#define HABLA_TYPE_ESPEAK_SYNTHESIZER (habla_espeak_synthesizer_get_type ())
G_DECLARE_FINAL_TYPE (
    HablaEspeakSynthesizer, habla_espeak_synthesizer, HABLA, ESPEAK_SYNTHESIZER, HablaSynthesizer)

GST_ELEMENT_REGISTER_DECLARE (espeaksynthesizer)

G_END_DECLS
