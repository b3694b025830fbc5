/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Tells what is no audio from audio that is slow in coming. Zero-initialised. */
typedef struct {
  gint64 first; /* when audio was pushed, in monotonic time; 0 = none was */
  gint64 last;
  guint64 size;
  guint n_looks;
} HablaDecodeWatchdog;

void habla_decode_watchdog_take (HablaDecodeWatchdog *self, gsize size);
gboolean habla_decode_watchdog_check (
    HablaDecodeWatchdog *self, gboolean has_heard, guint64 waiting);

G_END_DECLS
