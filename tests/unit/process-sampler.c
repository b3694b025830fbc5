/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <fcntl.h>
#include <string.h>
#include <gio/gio.h>
#include <monitoring/process-sampler.h>

#define MIB G_GUINT64_CONSTANT (1048576)
#define N_SOCKETS 50

/* Sanitizers and valgrind replace malloc() and use memory themselves. */
static gboolean
has_own_memory (void)
{
  return g_getenv ("HABLA_TEST_LANE") == NULL;
}

static void
test_memory (void)
{
  HablaProcessSample before, during, after;
  char *block;

  if (!has_own_memory ()) {
    g_test_skip ("The memory is not that of the C library in this lane");
    return;
  }
  habla_process_sample (&before);
  g_assert_cmpuint (before.resident_memory, >, MIB);
  g_assert_cmpuint (before.heap, >, 1000);
  g_assert_cmpuint (before.heap, <, before.resident_memory);

  block = g_malloc (64 * MIB);
  memset (block, 1, 64 * MIB);
  habla_process_sample (&during);
  g_free (block);
  habla_process_sample (&after);

  g_assert_cmpuint (during.heap, >=, before.heap + 64 * MIB);
  g_assert_cmpuint (during.heap, <, before.heap + 66 * MIB);
  g_assert_cmpuint (during.resident_memory, >=, before.resident_memory + 62 * MIB);
  g_assert_cmpuint (during.resident_memory, <, before.resident_memory + 70 * MIB);
  g_assert_cmpuint (after.heap, <, before.heap + 2 * MIB);
  g_assert_cmpuint (after.resident_memory, <, before.resident_memory + 8 * MIB);
}

static GPtrArray *
open_sockets (void)
{
  GPtrArray *sockets = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < N_SOCKETS; i++) {
    GSocket *socket =
        g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);

    g_assert_nonnull (socket);
    g_ptr_array_add (sockets, socket);
  }
  return sockets;
}

static void
test_descriptors (void)
{
  HablaProcessSample before, during, after;
  GPtrArray *sockets;
  guint open = 0;

  habla_process_sample (&before);
  for (int fd = 0; fd < 1024; fd++)
    open += fcntl (fd, F_GETFD) >= 0;
  /* Valgrind has some that it does not show to the program. */
  if (has_own_memory ())
    g_assert_cmpuint (before.open_descriptors, ==, open);
  sockets = open_sockets ();
  habla_process_sample (&during);
  g_ptr_array_unref (sockets);
  habla_process_sample (&after);
  g_assert_cmpuint (during.open_descriptors, ==, before.open_descriptors + N_SOCKETS);
  g_assert_cmpuint (after.open_descriptors, ==, before.open_descriptors);
}

static gpointer
wait_for_lock (gpointer user_data)
{
  g_mutex_lock (user_data);
  g_mutex_unlock (user_data);
  return NULL;
}

static void
test_threads (void)
{
  HablaProcessSample before, during;
  GThread *threads[10];
  GMutex lock;

  g_mutex_init (&lock);
  g_mutex_lock (&lock);
  /* With the first, the thread sanitizer starts one of its own. */
  threads[0] = g_thread_new (NULL, wait_for_lock, &lock);
  habla_process_sample (&before);
  g_assert_cmpuint (before.threads, >=, 2);
  for (guint i = 1; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new (NULL, wait_for_lock, &lock);
  habla_process_sample (&during);
  g_mutex_unlock (&lock);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_mutex_clear (&lock);
  g_assert_cmpuint (during.threads, ==, before.threads + G_N_ELEMENTS (threads) - 1);
}

static GSubprocess *
start_child (void)
{
  GError *error = NULL;
  GSubprocess *child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE, &error, "/bin/cat", NULL);

  g_assert_no_error (error);
  return child;
}

static gpointer
start_child_in_thread (gpointer user_data)
{
  return start_child ();
}

static void
end_child (GSubprocess *child)
{
  GError *error = NULL;

  g_subprocess_force_exit (child);
  g_subprocess_wait (child, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (child);
}

/* Counts child processes of other threads, including threads that have ended. */
static void
test_children (void)
{
  HablaProcessSample before, during, after;
  GSubprocess *first, *second;

  habla_process_sample (&before);
  if (before.children < 0) {
    g_test_skip ("This kernel lists no children (CONFIG_PROC_CHILDREN)");
    return;
  }
  first = start_child ();
  second = g_thread_join (g_thread_new (NULL, start_child_in_thread, NULL));
  habla_process_sample (&during);
  end_child (first);
  end_child (second);
  habla_process_sample (&after);
  g_assert_cmpint (during.children, ==, before.children + 2);
  g_assert_cmpint (after.children, ==, before.children);
}

static void
test_times (void)
{
  HablaProcessSample before, after;
  double now = g_get_real_time () / 1e6;
  gint64 until = g_get_monotonic_time () + G_TIME_SPAN_SECOND / 20;

  habla_process_sample (&before);
  while (g_get_monotonic_time () < until) {
  }
  habla_process_sample (&after);
  g_assert_cmpuint (after.cpu_time, >, before.cpu_time);
  /* The start time is a few seconds ago. */
  g_assert_cmpfloat (before.start_time, <, now + 1);
  g_assert_cmpfloat (before.start_time, >, now - 600);
  g_assert_cmpfloat_with_epsilon (before.start_time, after.start_time, 0.1);
}

static double
read_gauge (HablaMetrics *metrics, const char *name)
{
  g_autofree char *text = habla_metrics_expose (metrics);
  g_autofree char *start = g_strdup_printf ("\n%s ", name);
  const char *line = strstr (text, start);

  g_assert_nonnull (line);
  return g_ascii_strtod (line + strlen (start), NULL);
}

/* The sampler updates the metrics by itself, and its thread ends with it. */
static void
test_sampler (void)
{
  g_autoptr (HablaMetrics) metrics = habla_metrics_new ();
  g_autoptr (GPtrArray) sockets = NULL;
  HablaProcessSampler *sampler;
  HablaProcessSample before, sample;
  gint64 deadline = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;
  double start;

  habla_process_sample (&before);
  sampler = habla_process_sampler_new (metrics);
  start = read_gauge (metrics, "habla_process_start_time_seconds");
  g_assert_cmpfloat (read_gauge (metrics, "habla_process_open_fds"), ==, before.open_descriptors);
  g_assert_cmpfloat (read_gauge (metrics, "habla_process_children"), ==, before.children);
  g_assert_cmpfloat (read_gauge (metrics, "habla_process_threads"), >=, 1);

  sockets = open_sockets ();
  while (read_gauge (metrics, "habla_process_open_fds") != before.open_descriptors + N_SOCKETS) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (10000);
  }
  habla_process_sampler_get (sampler, &sample);
  g_assert_cmpuint (sample.open_descriptors, ==, before.open_descriptors + N_SOCKETS);
  g_assert_cmpfloat (read_gauge (metrics, "habla_process_threads"), >=, 2);
  g_assert_cmpfloat (read_gauge (metrics, "habla_process_cpu_seconds_total"), >, 0);
  g_assert_cmpfloat (read_gauge (metrics, "habla_process_start_time_seconds"), ==, start);

  habla_process_sampler_free (sampler);
  /* Exposition works after the sampler is freed. */
  g_assert_cmpfloat (read_gauge (metrics, "habla_process_start_time_seconds"), ==, start);
}

/* Freeing does not wait for the next sample. */
static void
test_quick_end (void)
{
  g_autoptr (HablaMetrics) metrics = NULL;
  HablaProcessSampler *sampler;
  gint64 begin = g_get_monotonic_time ();

  for (guint i = 0; i < 20; i++) {
    g_clear_pointer (&metrics, habla_metrics_free);
    metrics = habla_metrics_new ();
    sampler = habla_process_sampler_new (metrics);
    g_usleep (20000);
    habla_process_sampler_free (sampler);
  }
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 10 * G_TIME_SPAN_SECOND);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/process-sampler/memory", test_memory);
  g_test_add_func ("/process-sampler/descriptors", test_descriptors);
  g_test_add_func ("/process-sampler/threads", test_threads);
  g_test_add_func ("/process-sampler/children", test_children);
  g_test_add_func ("/process-sampler/times", test_times);
  g_test_add_func ("/process-sampler/sampler", test_sampler);
  g_test_add_func ("/process-sampler/quick-end", test_quick_end);
  return habla_test_run ();
}
