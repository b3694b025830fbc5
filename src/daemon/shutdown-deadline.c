/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/shutdown-deadline.h"

#include "daemon/exit-check.h"

#include <glib-unix.h>
#include <signal.h>
#include <sysexits.h>
#include <unistd.h>

/* In milliseconds. Together with MAX_LOGGING, a blocked process ends within 15 s. */
#define DEADLINE 14000

/* In seconds. Then SIGALRM ends the process, as logging itself may block. */
#define MAX_LOGGING 1

/* Only used by the deadline thread. */
typedef struct {
  GMainContext *context;
  gboolean is_running;
} Watch;

static gboolean
watch_on_deadline (gpointer data)
{
  g_autoptr (GPtrArray) list = NULL;

  signal (SIGALRM, SIG_DFL);
  alarm (MAX_LOGGING);
  list = habla_exit_check_list ();
  for (guint i = 0; i < list->len; i++)
    g_warning ("Shutdown deadline: still running: %s", (char *) g_ptr_array_index (list, i));
  g_warning ("Shutdown deadline: exit with status %d", EX_SOFTWARE);
  _exit (EX_SOFTWARE);
}

static void
watch_attach (Watch *self, GSource *source, GSourceFunc function)
{
  g_source_set_callback (source, function, self, NULL);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

/* The main loop handles the signal, too. A second signal does not extend the deadline. */
static gboolean
watch_on_signal (gpointer data)
{
  Watch *self = data;

  if (!self->is_running)
    watch_attach (self, g_timeout_source_new (DEADLINE), watch_on_deadline);
  self->is_running = TRUE;
  return G_SOURCE_CONTINUE;
}

static gpointer
watch_run (gpointer data)
{
  Watch *self = data;

  while (TRUE)
    g_main_context_iteration (self->context, TRUE);
  return NULL;
}

void
habla_shutdown_deadline_watch (void)
{
  static Watch watch;

  watch.context = g_main_context_new ();
  watch_attach (&watch, g_unix_signal_source_new (SIGTERM), watch_on_signal);
  watch_attach (&watch, g_unix_signal_source_new (SIGINT), watch_on_signal);
  g_thread_unref (g_thread_new (HABLA_SHUTDOWN_THREAD, watch_run, &watch));
}
