/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/transcriber.h>

G_BEGIN_DECLS

#define HABLA_TYPE_POCKETSPHINX_TRANSCRIBER (habla_pocketsphinx_transcriber_get_type ())
G_DECLARE_FINAL_TYPE (HablaPocketsphinxTranscriber, habla_pocketsphinx_transcriber, HABLA,
    POCKETSPHINX_TRANSCRIBER, HablaTranscriber)

GST_ELEMENT_REGISTER_DECLARE (pocketsphinxtranscriber)

G_END_DECLS
