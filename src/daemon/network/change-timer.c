/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/network/change-timer.h"

#include <util/source.h>
#include <util/token-bucket.h>

struct _HablaChangeTimer {
  guint settling_time;
  HablaTokenBucket work;
  HablaChangeTimerCallback callback;
  gpointer user_data;
  GSource *timer; /* (nullable): while the callback is due */
};

HablaChangeTimer *
habla_change_timer_new (guint settling_time, guint interval, guint burst,
    HablaChangeTimerCallback callback, gpointer user_data)
{
  HablaChangeTimer *self = g_new0 (HablaChangeTimer, 1);

  self->settling_time = settling_time;
  habla_token_bucket_init (&self->work, 1000.0 / interval, burst, g_get_monotonic_time ());
  self->callback = callback;
  self->user_data = user_data;
  return self;
}

void
habla_change_timer_free (HablaChangeTimer *self)
{
  habla_source_clear (&self->timer);
  g_free (self);
}

static gboolean
change_timer_on_timer (gpointer user_data)
{
  HablaChangeTimer *self = user_data;

  habla_source_clear (&self->timer);
  /* Work may have been done since the change. */
  if (habla_token_bucket_get_wait (&self->work, g_get_monotonic_time ()) > 0)
    habla_change_timer_note_change (self);
  else
    self->callback (self->user_data);
  return G_SOURCE_REMOVE;
}

void
habla_change_timer_note_change (HablaChangeTimer *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 wait = habla_token_bucket_get_wait (&self->work, now);

  if (self->timer == NULL)
    habla_source_start_timer_at (&self->timer,
        now + MAX (wait, self->settling_time * (gint64) G_TIME_SPAN_MILLISECOND),
        "[habla] HablaChangeTimer callback", change_timer_on_timer, self);
}

void
habla_change_timer_note_work (HablaChangeTimer *self)
{
  habla_token_bucket_charge (&self->work, 1, g_get_monotonic_time ());
}
