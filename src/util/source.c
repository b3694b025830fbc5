/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/source.h"

void
habla_source_attach (
    GSource **timer, GSource *source, const char *name, GSourceFunc callback, gpointer user_data)
{
  habla_source_clear (timer);
  g_source_set_static_name (source, name);
  g_source_set_callback (source, callback, user_data, NULL);
  g_source_attach (source, NULL);
  *timer = source;
}

void
habla_source_start_timer (
    GSource **timer, guint interval, const char *name, GSourceFunc callback, gpointer user_data)
{
  habla_source_attach (timer, g_timeout_source_new (interval), name, callback, user_data);
}

void
habla_source_start_timer_at (
    GSource **timer, gint64 time, const char *name, GSourceFunc callback, gpointer user_data)
{
  GSource *source = g_timeout_source_new (0);

  g_source_set_ready_time (source, time);
  habla_source_attach (timer, source, name, callback, user_data);
}

void
habla_source_clear (GSource **timer)
{
  if (*timer != NULL)
    g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}
