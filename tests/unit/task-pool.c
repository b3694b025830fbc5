/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <util/task-pool.h>

#define N_BLOCKED 40 /* more than the threads that GTask shares */

static GMutex lock;
static GCond changed;
static gboolean is_open;   /* protected by lock */
static guint n_running;    /* protected by lock */
static guint most_running; /* protected by lock */

static void
run_blocked (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_mutex_lock (&lock);
  n_running++;
  most_running = MAX (most_running, n_running);
  g_cond_broadcast (&changed);
  while (!is_open)
    g_cond_wait (&changed, &lock);
  n_running--;
  g_mutex_unlock (&lock);
  g_task_return_boolean (task, TRUE);
}

static void
run_at_once (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_int (task, GPOINTER_TO_INT (data));
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
on_number (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(gssize *) user_data = g_task_propagate_int (G_TASK (result), NULL);
}

static void
wait_for (guint *count, guint value)
{
  gint64 deadline = g_get_monotonic_time () + habla_test_scale (60) * G_TIME_SPAN_SECOND;

  while (*count < value) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_main_context_iteration (NULL, FALSE);
  }
}

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("A task of one pool waits for those of another");
  return G_SOURCE_REMOVE;
}

/* Blocked tasks of one pool do not delay those of others. */
static void
test_apart (void)
{
  static HablaTaskPool few = HABLA_TASK_POOL_INIT (2), many = HABLA_TASK_POOL_INIT (-1);
  g_autoptr (GTask) quick = NULL;
  guint n_done = 0, deadline;
  gssize number = 0;

  for (guint i = 0; i < N_BLOCKED; i++) {
    g_autoptr (GTask) task = g_task_new (NULL, NULL, on_done, &n_done);

    habla_task_pool_run (&few, task, run_blocked);
  }
  g_mutex_lock (&lock);
  while (n_running < 2)
    g_cond_wait (&changed, &lock);
  g_mutex_unlock (&lock);

  deadline = g_timeout_add_seconds (habla_test_scale (60), on_deadline, NULL);
  quick = g_task_new (NULL, NULL, on_number, &number);
  g_task_set_task_data (quick, GINT_TO_POINTER (17), NULL);
  habla_task_pool_run (&many, quick, run_at_once);
  while (number == 0)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
  g_assert_cmpint (number, ==, 17);
  g_assert_cmpuint (n_done, ==, 0);

  g_mutex_lock (&lock);
  g_assert_cmpuint (most_running, ==, 2);
  is_open = TRUE;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
  wait_for (&n_done, N_BLOCKED);
  g_assert_cmpuint (most_running, ==, 2);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/task-pool/apart", test_apart);
  return habla_test_run ();
}
