/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaOverload:
 *
 * Decides what a pipeline omits when recognition falls behind. Level 1: no partial translations;
 * level 2: no partial transcripts either; level 3: text is late as well. Final text is never
 * omitted. The level rises at once, by as many steps as the lag requires. It falls one step at a
 * time, after the lag has been well below the level for a while, so that it does not oscillate.
 *
 * The caller passes the time and holds any lock. Zero-initialised, the level is 0.
 */
typedef struct {
  guint level;
  guint64 since; /* when the lag was last too high for a step down, in nanoseconds */
} HablaOverload;

#define HABLA_OVERLOAD_LEVELS 3
/* How long the lag must be low for each step down, in nanoseconds. */
#define HABLA_OVERLOAD_CALM G_GUINT64_CONSTANT (5000000000)

/**
 * habla_overload_get_limit:
 * @level: from 1 to %HABLA_OVERLOAD_LEVELS
 *
 * Returns: the lag from which @level applies, in nanoseconds
 */
guint64 habla_overload_get_limit (guint level);

/**
 * habla_overload_update:
 * @self: the policy
 * @lag: how long audio waits until it is recognised, in nanoseconds
 * @now: the time, in nanoseconds; not before that of the last call
 *
 * Returns: the new level, from 0 to %HABLA_OVERLOAD_LEVELS
 */
guint habla_overload_update (HablaOverload *self, guint64 lag, guint64 now);

G_END_DECLS
