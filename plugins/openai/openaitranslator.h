/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "text/remote-translator.h"

G_BEGIN_DECLS

#define HABLA_TYPE_OPENAI_TRANSLATOR (habla_openai_translator_get_type ())
G_DECLARE_FINAL_TYPE (
    HablaOpenaiTranslator, habla_openai_translator, HABLA, OPENAI_TRANSLATOR, HablaRemoteTranslator)

GST_ELEMENT_REGISTER_DECLARE (openaitranslator)

G_END_DECLS
