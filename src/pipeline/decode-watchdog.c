/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/decode-watchdog.h"

/* So much must have been pushed, in bytes, or for so long, in microseconds... */
#define ENOUGH_BYTES 65536
#define ENOUGH_TIME (3 * G_TIME_SPAN_SECOND)
/* ...and then, at so many looks in a row, the decoder has consumed all of it and produced nothing:
 * a slow decoder has input left. */
#define ENOUGH_LOOKS 4

/* @size: bytes of a piece of audio */
void
habla_decode_watchdog_take (HablaDecodeWatchdog *self, gsize size)
{
  self->last = g_get_monotonic_time ();
  if (self->first == 0)
    self->first = self->last;
  self->size += size;
}

/* To be called twice in a second. @waiting: bytes that the decoder has not consumed.
 * Returns: whether what was pushed is no audio */
gboolean
habla_decode_watchdog_check (HablaDecodeWatchdog *self, gboolean has_heard, guint64 waiting)
{
  gboolean is_enough = self->size > ENOUGH_BYTES || self->last - self->first >= ENOUGH_TIME;

  if (is_enough && !has_heard && waiting == 0)
    self->n_looks++;
  else
    self->n_looks = 0;
  return self->n_looks >= ENOUGH_LOOKS;
}
