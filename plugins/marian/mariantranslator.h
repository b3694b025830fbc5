/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/habla.h>

G_BEGIN_DECLS

#define HABLA_TYPE_MARIAN_TRANSLATOR (habla_marian_translator_get_type ())
G_DECLARE_FINAL_TYPE (
    HablaMarianTranslator, habla_marian_translator, HABLA, MARIAN_TRANSLATOR, HablaTranslator)

GST_ELEMENT_REGISTER_DECLARE (mariantranslator)

G_END_DECLS
