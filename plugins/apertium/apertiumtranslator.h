/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/habla.h>

G_BEGIN_DECLS

#define HABLA_TYPE_APERTIUM_TRANSLATOR (habla_apertium_translator_get_type ())
G_DECLARE_FINAL_TYPE (
    HablaApertiumTranslator, habla_apertium_translator, HABLA, APERTIUM_TRANSLATOR, HablaTranslator)

GST_ELEMENT_REGISTER_DECLARE (apertiumtranslator)

G_END_DECLS
