/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "text/remote-translator.h"

G_BEGIN_DECLS

#define HABLA_TYPE_LIBRETRANSLATE_TRANSLATOR (habla_libretranslate_translator_get_type ())
G_DECLARE_FINAL_TYPE (HablaLibretranslateTranslator, habla_libretranslate_translator, HABLA,
    LIBRETRANSLATE_TRANSLATOR, HablaRemoteTranslator)

GST_ELEMENT_REGISTER_DECLARE (libretranslatetranslator)

G_END_DECLS
