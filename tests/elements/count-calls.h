/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Counts memory allocations and uses of GLib locks of the calling thread. */
typedef struct {
  guint allocations;
  guint locks;
} CallCounts;

void count_calls_init (char *argv[]);
gboolean can_count_calls (void);
CallCounts count_calls (void);

G_END_DECLS
