/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells the thread sanitizer about the synchronization of main contexts: see tsan-glib.c.
 *
 * Accesses before a source is attached, or a context is woken up, happen before the callback of the
 * source. The callback runs after the poll of the context. An idle or timeout source may be
 * attached between the poll and the dispatch, so these acquire at the begin of the dispatch. GTask
 * passes results by such a source, and runs in threads of GLib.
 */
#include "tsan-shim.h"

#include <gio/gio.h>

static char contexts;

static gboolean (*dispatch_idle) (GSource *source, GSourceFunc callback, gpointer user_data);
static gboolean (*dispatch_timeout) (GSource *source, GSourceFunc callback, gpointer user_data);

static gboolean
acquire_and_dispatch_idle (GSource *source, GSourceFunc callback, gpointer user_data)
{
  __tsan_acquire (&contexts);
  return dispatch_idle (source, callback, user_data);
}

static gboolean
acquire_and_dispatch_timeout (GSource *source, GSourceFunc callback, gpointer user_data)
{
  __tsan_acquire (&contexts);
  return dispatch_timeout (source, callback, user_data);
}

static int
poll_and_acquire (GPollFD *fds, guint n_fds, int timeout)
{
  int n = g_poll (fds, n_fds, timeout);

  __tsan_acquire (&contexts);
  return n;
}

__attribute__ ((constructor)) static void
watch_contexts (void)
{
  dispatch_idle = g_idle_funcs.dispatch;
  g_idle_funcs.dispatch = acquire_and_dispatch_idle;
  dispatch_timeout = g_timeout_funcs.dispatch;
  g_timeout_funcs.dispatch = acquire_and_dispatch_timeout;
  g_main_context_set_poll_func (g_main_context_default (), poll_and_acquire);
}

SHIM GMainContext *(g_main_context_new) (void)
{
  REAL (g_main_context_new);
  GMainContext *context = real ();

  g_main_context_set_poll_func (context, poll_and_acquire);
  return context;
}

SHIM
guint (g_source_attach) (GSource *source, GMainContext *context)
{
  REAL (g_source_attach);
  __tsan_release (&contexts);
  return real (source, context);
}

SHIM
guint (g_idle_add) (GSourceFunc function, gpointer data)
{
  REAL (g_idle_add);
  __tsan_release (&contexts);
  return real (function, data);
}

SHIM void (g_main_context_wakeup) (GMainContext *context)
{
  REAL (g_main_context_wakeup);
  __tsan_release (&contexts);
  real (context);
}

SHIM void (g_task_return_boolean) (GTask *task, gboolean result)
{
  REAL (g_task_return_boolean);
  __tsan_release (&contexts);
  real (task, result);
}

SHIM void (g_task_return_pointer) (GTask *task, gpointer result, GDestroyNotify destroy)
{
  REAL (g_task_return_pointer);
  __tsan_release (&contexts);
  real (task, result, destroy);
}

SHIM void (g_task_return_error) (GTask *task, GError *error)
{
  REAL (g_task_return_error);
  __tsan_release (&contexts);
  real (task, error);
}

static void
run_task (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  GTaskThreadFunc function = g_object_get_data (G_OBJECT (task), "tsan-function");

  __tsan_acquire (&contexts);
  function (task, source_object, task_data, cancellable);
  __tsan_release (&contexts);
}

SHIM void (g_task_run_in_thread) (GTask *task, GTaskThreadFunc function)
{
  REAL (g_task_run_in_thread);
  g_object_set_data (G_OBJECT (task), "tsan-function", function);
  __tsan_release (&contexts);
  real (task, run_task);
}
