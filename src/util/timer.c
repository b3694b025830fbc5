/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/timer.h"

void
habla_timer_attach (
    GSource **timer, GSource *source, const char *name, GSourceFunc callback, gpointer user_data)
{
  habla_timer_stop (timer);
  g_source_set_static_name (source, name);
  g_source_set_callback (source, callback, user_data, NULL);
  g_source_attach (source, NULL);
  *timer = source;
}

void
habla_timer_start (
    GSource **timer, guint interval, const char *name, GSourceFunc callback, gpointer user_data)
{
  habla_timer_attach (timer, g_timeout_source_new (interval), name, callback, user_data);
}

void
habla_timer_start_at (
    GSource **timer, gint64 time, const char *name, GSourceFunc callback, gpointer user_data)
{
  GSource *source = g_timeout_source_new (0);

  g_source_set_ready_time (source, time);
  habla_timer_attach (timer, source, name, callback, user_data);
}

void
habla_timer_stop (GSource **timer)
{
  if (*timer != NULL)
    g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}
