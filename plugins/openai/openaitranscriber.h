/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/transcriber.h>

G_BEGIN_DECLS

#define HABLA_TYPE_OPENAI_TRANSCRIBER (habla_openai_transcriber_get_type ())
G_DECLARE_FINAL_TYPE (
    HablaOpenaiTranscriber, habla_openai_transcriber, HABLA, OPENAI_TRANSCRIBER, HablaTranscriber)

GST_ELEMENT_REGISTER_DECLARE (openaitranscriber)

G_END_DECLS
