/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/transcriber.h>

G_BEGIN_DECLS

#define HABLA_TYPE_SHERPA_TRANSCRIBER (habla_sherpa_transcriber_get_type ())
G_DECLARE_FINAL_TYPE (
    HablaSherpaTranscriber, habla_sherpa_transcriber, HABLA, SHERPA_TRANSCRIBER, HablaTranscriber)

GST_ELEMENT_REGISTER_DECLARE (sherpatranscriber)

G_END_DECLS
