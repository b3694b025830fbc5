/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Planted faults: each lane must detect the faults of its kind. */
#include <gst/gst.h>

static GMutex lock;
static guint counter; /* protected by lock; except in count_unguarded() */

static void
leak (void)
{
  /* Leak several buffers, because the address of the last one may remain in a register. */
  for (guint i = 0; i < 10; i++)
    gst_buffer_new_allocate (NULL, 1000, NULL);
}

static void
overflow (void)
{
  g_autofree char *text = g_strdup ("habla");
  volatile gsize length = strlen (text) + 1;

  text[length] = '!';
}

static void
undefined (void)
{
  volatile gint64 time = G_MAXINT64;

  time = time + 1;
}

static gpointer
count_unguarded (gpointer data)
{
  for (guint i = 0; i < 1000; i++)
    counter++;
  return NULL;
}

static gpointer
count_guarded (gpointer data)
{
  for (guint i = 0; i < 1000; i++) {
    g_mutex_lock (&lock);
    counter++;
    g_mutex_unlock (&lock);
  }
  return NULL;
}

static void
run_two (GThreadFunc function)
{
  GThread *one = g_thread_new ("one", function, NULL);
  GThread *two = g_thread_new ("two", function, NULL);

  g_thread_join (one);
  g_thread_join (two);
}

static gboolean
take_over (gpointer data)
{
  counter++;
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static gpointer
hand_over (gpointer data)
{
  counter++;
  g_idle_add (take_over, data);
  return NULL;
}

static gpointer
hand_over_too_early (gpointer data)
{
  g_idle_add (take_over, data);
  for (guint i = 0; i < 1000; i++)
    counter++;
  return NULL;
}

/* Transfers data from a thread to the main loop. */
static void
run_loop (GThreadFunc function)
{
  GMainLoop *loop = g_main_loop_new (NULL, FALSE);
  GThread *thread = g_thread_new ("first", function, loop);

  g_main_loop_run (loop);
  g_thread_join (thread);
  g_main_loop_unref (loop);
}

static void
run_none (void)
{
  run_two (count_guarded);
  run_loop (hand_over);
}

int
main (int argc, char *argv[])
{
  const char *fault = argc > 1 ? argv[1] : "";

  gst_init (NULL, NULL);
  if (g_str_equal (fault, "leak"))
    leak ();
  else if (g_str_equal (fault, "overflow"))
    overflow ();
  else if (g_str_equal (fault, "undefined"))
    undefined ();
  else if (g_str_equal (fault, "race"))
    run_two (count_unguarded);
  else if (g_str_equal (fault, "early"))
    run_loop (hand_over_too_early);
  else if (g_str_equal (fault, "none"))
    run_none ();
  else
    g_error ("No such fault: '%s'", fault);
  return 0;
}
