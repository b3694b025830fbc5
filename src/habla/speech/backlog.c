/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/speech/backlog.h"

void
habla_backlog_enter (HablaBacklog *self, gint64 now, gint64 position)
{
  if (!self->started || now - self->left >= HABLA_BACKLOG_IDLE)
    self->baseline = now - position;
  self->started = TRUE;
}

void
habla_backlog_leave (HablaBacklog *self, gint64 now)
{
  self->left = now;
}

gint64
habla_backlog_get (const HablaBacklog *self, gint64 now, gint64 position)
{
  return self->started ? MAX (0, now - position - self->baseline) : 0;
}
