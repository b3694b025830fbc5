/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/decode-watchdog.h"

/* Input is sufficient if it has this size in bytes, or arrived over this time. */
#define MIN_INPUT_SIZE 65536
#define MIN_INPUT_TIME (3 * G_TIME_SPAN_SECOND)
/* Consecutive checks without any decoded audio. A slow decoder has input left meanwhile. */
#define MIN_CHECKS 4

void
habla_decode_watchdog_add_input (HablaDecodeWatchdog *self, gsize size)
{
  self->last = g_get_monotonic_time ();
  if (self->first == 0)
    self->first = self->last;
  self->size += size;
}

gboolean
habla_decode_watchdog_check (HablaDecodeWatchdog *self, gboolean has_audio, guint64 waiting)
{
  gboolean is_sufficient =
      self->size > MIN_INPUT_SIZE || self->last - self->first >= MIN_INPUT_TIME;

  if (is_sufficient && !has_audio && waiting == 0)
    self->n_checks++;
  else
    self->n_checks = 0;
  return self->n_checks >= MIN_CHECKS;
}
