/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ends a session in which nothing is heard, so that it does not hold its slot for ever. */
#include "room/room-private.h"

#include <util/source.h>

#define MAX_WARNING 60000 /* in milliseconds */
#define MINUTE 60000

static void watch (HablaRoom *self);

/* Returns: how long before the end of the session its owner is warned, in milliseconds */
static guint
get_warning (HablaRoom *self)
{
  return MIN (MAX_WARNING, self->context->options.silence_timeout / 2);
}

/* Returns: (transfer full): "15 minutes" or "90 seconds" */
static char *
describe_time (guint milliseconds)
{
  guint seconds = (milliseconds + 999) / 1000;

  if (milliseconds >= 2 * MINUTE)
    return g_strdup_printf ("%u minutes", milliseconds / MINUTE);
  return g_strdup_printf ("%u second%s", seconds, seconds != 1 ? "s" : "");
}

static void
warn (HablaRoom *self)
{
  g_autofree char *silent =
      describe_time (self->context->options.silence_timeout - get_warning (self));
  g_autofree char *left = describe_time (get_warning (self));

  self->is_silence_warned = TRUE;
  habla_room_emit_error (self,
      "Nothing was heard for %s; listening stops in %s. Speak, or start listening again to go on",
      silent, left);
}

static void
end (HablaRoom *self)
{
  g_autofree char *silent = describe_time (self->context->options.silence_timeout);

  self->is_silenced = TRUE;
  habla_room_emit_error (self,
      "Nothing was heard for %s; listening has stopped. Check the microphone and start again",
      silent);
  habla_room_stop_session (self, FALSE);
}

static gboolean
on_silence (gpointer user_data)
{
  HablaRoom *self = user_data;
  gint64 silent = (g_get_monotonic_time () - self->heard_at) / 1000;
  guint timeout = self->context->options.silence_timeout;

  habla_room_forget_silence (self);
  if (silent >= timeout) {
    end (self);
    return G_SOURCE_REMOVE;
  }
  if (silent >= timeout - get_warning (self) && !self->is_silence_warned)
    warn (self);
  watch (self);
  return G_SOURCE_REMOVE;
}

/* Something may be heard meanwhile: the timer fires when it would be too long ago otherwise. */
static void
watch (HablaRoom *self)
{
  gint64 limit = self->context->options.silence_timeout;

  if (!self->is_silence_warned)
    limit -= get_warning (self);
  habla_source_start_timer_at (
      &self->silence_timer, self->heard_at + limit * 1000, "habla-room-silence", on_silence, self);
}

/* The session that has begun is to hear something. */
void
habla_room_watch_silence (HablaRoom *self)
{
  habla_room_forget_silence (self);
  habla_room_break_silence (self);
  self->is_silenced = FALSE;
  if (self->context->options.silence_timeout > 0)
    watch (self);
}

/* Something was heard or typed, or the owner wants to go on. */
void
habla_room_break_silence (HablaRoom *self)
{
  self->heard_at = g_get_monotonic_time ();
  self->is_silence_warned = FALSE;
}

void
habla_room_forget_silence (HablaRoom *self)
{
  habla_source_clear (&self->silence_timer);
}
