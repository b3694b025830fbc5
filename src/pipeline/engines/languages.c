/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/engines/languages.h"

void
habla_languages_clear (HablaLanguages *self)
{
  g_clear_pointer (&self->heard, g_strfreev);
  g_clear_pointer (&self->translated, g_strfreev);
  g_clear_pointer (&self->spoken, g_strfreev);
  g_clear_pointer (&self->sources, g_strfreev);
  g_clear_pointer (&self->readable, g_strfreev);
}
