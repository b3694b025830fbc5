/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaDecodeWatchdog:
 *
 * Detects input that is not audio, as opposed to audio that is decoded slowly. Main thread only.
 * Zero-initialised, it has no input yet.
 */
typedef struct {
  gint64 first; /* monotonic time of the first input, in microseconds; 0 = none */
  gint64 last;
  guint64 size; /* in bytes */
  guint n_checks;
} HablaDecodeWatchdog;

/**
 * habla_decode_watchdog_add_input:
 * @self: a watchdog
 * @size: bytes of audio that have been pushed now
 */
void habla_decode_watchdog_add_input (HablaDecodeWatchdog *self, gsize size);

/**
 * habla_decode_watchdog_check:
 * @self: a watchdog
 * @has_audio: whether anything was decoded
 * @waiting: input that the decoder has not read, in bytes
 *
 * To be called twice a second.
 *
 * Returns: whether the input is not audio: in several calls, the decoder had read all of a
 *   sufficient input, and produced nothing
 */
gboolean habla_decode_watchdog_check (
    HablaDecodeWatchdog *self, gboolean has_audio, guint64 waiting);

G_END_DECLS
