/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/engines/languages.h"

gboolean
habla_languages_equal (const HablaLanguages *a, const HablaLanguages *b)
{
  return g_strv_equal ((const char *const *) a->heard, (const char *const *) b->heard) &&
         g_strv_equal ((const char *const *) a->translated, (const char *const *) b->translated) &&
         g_strv_equal ((const char *const *) a->spoken, (const char *const *) b->spoken);
}

void
habla_languages_clear (HablaLanguages *self)
{
  g_clear_pointer (&self->heard, g_strfreev);
  g_clear_pointer (&self->translated, g_strfreev);
  g_clear_pointer (&self->spoken, g_strfreev);
  g_clear_pointer (&self->sources, g_strfreev);
  g_clear_pointer (&self->readable, g_strfreev);
}
