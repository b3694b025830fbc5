/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/room-event.h"

#include <habla/language-pair.h>

const char *
habla_exchange_get_text (const HablaExchange *self, const char *language)
{
  const char *text = g_hash_table_lookup (self->translations, language);

  if (text == NULL && habla_language_has_same_primary (self->language, language))
    text = self->source;
  return text;
}
