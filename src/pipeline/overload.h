/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaOverload:
 *
 * Decides what a session leaves out when recognition falls behind: level 1, no partial
 * translations; 2, no partial transcripts either; 3, text is late as well. Final text is
 * never left out. It rises at once, as far as it has to, and falls one level at a time, when
 * the lag has been well below that level for a while: so it does not flutter.
 *
 * Knows no clock and no lock: the owner passes the time, and guards it. Zero-initialised is
 * level 0.
 */
typedef struct {
  guint level;
  guint64 since; /* when the lag was last too high to fall, in nanoseconds */
} HablaOverload;

#define HABLA_OVERLOAD_LEVELS 3
/* How long the lag must be low for each step down, in nanoseconds. */
#define HABLA_OVERLOAD_CALM G_GUINT64_CONSTANT (5000000000)

guint64 habla_overload_get_limit (guint level);
guint habla_overload_update (HablaOverload *self, guint64 lag, guint64 now);

G_END_DECLS
