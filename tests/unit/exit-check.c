/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <daemon/exit-check.h>

/* @data: queues to tell that it runs, and to wait for its end. */
static gpointer
run_thread (gpointer data)
{
  GAsyncQueue **queues = data;

  g_async_queue_push (queues[0], data);
  g_async_queue_pop (queues[1]);
  return NULL;
}

static void
check_with_thread (const char *name)
{
  g_autoptr (GAsyncQueue) began = g_async_queue_new ();
  g_autoptr (GAsyncQueue) end = g_async_queue_new ();
  GAsyncQueue *queues[] = { began, end };
  GThread *thread = g_thread_new (name, run_thread, queues);

  /* A thread has its name as soon as it runs. */
  g_async_queue_pop (began);
  habla_exit_check_run ();
  g_async_queue_push (end, queues);
  g_thread_join (thread);
}

/* GIO starts it when an HTTP client asks for the proxies of the desktop, and never ends it. */
static void
test_kept_thread (void)
{
  if (g_test_subprocess ()) {
    check_with_thread ("dconf worker");
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr_unmatched ("*Still running*");
}

static void
test_own_thread (void)
{
  if (g_test_subprocess ()) {
    check_with_thread ("habla-forgotten");
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*Still running at exit: thread \"habla-forgotten\"*");
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/exit-check/kept-thread", test_kept_thread);
  g_test_add_func ("/exit-check/own-thread", test_own_thread);
  return habla_test_run ();
}
