/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/habla.h>

G_BEGIN_DECLS

#define HABLA_TYPE_SHERPA_SYNTHESIZER (habla_sherpa_synthesizer_get_type ())
G_DECLARE_FINAL_TYPE (
    HablaSherpaSynthesizer, habla_sherpa_synthesizer, HABLA, SHERPA_SYNTHESIZER, HablaSynthesizer)

GST_ELEMENT_REGISTER_DECLARE (sherpasynthesizer)

G_END_DECLS
