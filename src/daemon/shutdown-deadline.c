/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/shutdown-deadline.h"

#include <glib-unix.h>
#include <monitoring/process-census.h>
#include <signal.h>
#include <sysexits.h>
#include <unistd.h>

/* In milliseconds. With MAX_LOGGING, a stuck process ends within 15 s. */
#define DEADLINE 14000

/* In seconds. Then SIGALRM ends the process: the log may be what is stuck. */
#define MAX_LOGGING 1

/* All in the thread of the deadline. */
typedef struct {
  GMainContext *context;
  gboolean is_running;
} Watch;

static void
log_table (GHashTable *table, const char *what)
{
  GHashTableIter iter;
  gpointer name, n;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &name, &n))
    if (g_strcmp0 (name, HABLA_SHUTDOWN_THREAD) != 0)
      g_warning ("Shutdown deadline: still running: %s \"%s\" (%u)", what, (char *) name,
          GPOINTER_TO_UINT (n));
}

static gboolean
on_deadline (gpointer data)
{
  g_autoptr (HablaProcessCensus) census = NULL;

  signal (SIGALRM, SIG_DFL);
  alarm (MAX_LOGGING);
  census = habla_process_census_new ();
  log_table (census->threads, "thread");
  log_table (census->children, "child");
  g_warning ("Shutdown deadline: exit with status %d", EX_SOFTWARE);
  _exit (EX_SOFTWARE);
}

static void
attach (Watch *self, GSource *source, GSourceFunc function)
{
  g_source_set_callback (source, function, self, NULL);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

/* The main loop handles the signal, too. A second one does not extend the deadline. */
static gboolean
on_signal (gpointer data)
{
  Watch *self = data;

  if (!self->is_running)
    attach (self, g_timeout_source_new (DEADLINE), on_deadline);
  self->is_running = TRUE;
  return G_SOURCE_CONTINUE;
}

static gpointer
run (gpointer data)
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
  attach (&watch, g_unix_signal_source_new (SIGTERM), on_signal);
  attach (&watch, g_unix_signal_source_new (SIGINT), on_signal);
  g_thread_unref (g_thread_new (HABLA_SHUTDOWN_THREAD, run, &watch));
}
