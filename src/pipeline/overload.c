/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/overload.h"

#define MS G_GUINT64_CONSTANT (1000000)

/**
 * habla_overload_get_limit:
 * @level: from 1 to %HABLA_OVERLOAD_LEVELS
 *
 * Returns: from which lag on this level applies, in nanoseconds
 */
guint64
habla_overload_get_limit (guint level)
{
  /* A partial result is worth nothing when the next is there; half a second of lag is the
   * most that somebody who reads along takes for the present. */
  static const guint64 limits[HABLA_OVERLOAD_LEVELS] = { 500 * MS, 1000 * MS, 3000 * MS };

  g_return_val_if_fail (level >= 1 && level <= HABLA_OVERLOAD_LEVELS, 0);

  return limits[level - 1];
}

/**
 * habla_overload_update:
 * @self: the policy
 * @lag: audio that was decoded and not recognised yet, in nanoseconds
 * @now: the time, in nanoseconds; not before that of the last call
 *
 * Returns: the level from now on, from 0 to %HABLA_OVERLOAD_LEVELS
 */
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
  /* Half of what made it rise is low. */
  if (lag >= habla_overload_get_limit (self->level) / 2)
    self->since = now;
  else if (now - self->since >= HABLA_OVERLOAD_CALM) {
    self->level--;
    self->since = now;
  }
  return self->level;
}
