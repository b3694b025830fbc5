/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/synthesizer.h>

G_BEGIN_DECLS

#define HABLA_TYPE_OPENAI_SYNTHESIZER (habla_openai_synthesizer_get_type ())
G_DECLARE_FINAL_TYPE (
    HablaOpenaiSynthesizer, habla_openai_synthesizer, HABLA, OPENAI_SYNTHESIZER, HablaSynthesizer)

GST_ELEMENT_REGISTER_DECLARE (openaisynthesizer)

G_END_DECLS
