/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/overload.h"

#define MS G_GUINT64_CONSTANT (1000000)

guint64
habla_overload_get_limit (guint level)
{
  /* A partial text is useless once the next one exists, and a reader notices a lag of half a
   * second. */
  static const guint64 limits[HABLA_OVERLOAD_LEVELS] = { 500 * MS, 1000 * MS, 3000 * MS };

  g_return_val_if_fail (level >= 1 && level <= HABLA_OVERLOAD_LEVELS, 0);

  return limits[level - 1];
}

guint
habla_overload_update (HablaOverload *self, guint64 lag, guint64 now)
{
  guint level = 0;

  while (level < HABLA_OVERLOAD_LEVELS && lag >= habla_overload_get_limit (level + 1))
    level++;
  if (level > self->level)
    self->level = level;
  if (self->level == 0)
    return 0;
  /* The lag is low below half of the limit. */
  if (lag >= habla_overload_get_limit (self->level) / 2)
    self->since = now;
  else if (now - self->since >= HABLA_OVERLOAD_CALM) {
    self->level--;
    self->since = now;
  }
  return self->level;
}
