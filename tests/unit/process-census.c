/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <monitoring/process-census.h>
#include <sys/wait.h>
#include <unistd.h>

/* Fails after 30 seconds. */
#define wait_until(condition) \
  G_STMT_START \
  { \
    gint64 deadline = g_get_monotonic_time () + habla_test_scale (30) * G_TIME_SPAN_SECOND; \
    while (!(condition)) { \
      g_assert_cmpint (g_get_monotonic_time (), <, deadline); \
      g_usleep (1000); \
    } \
  } \
  G_STMT_END

static guint
get (GHashTable *table, const char *name)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (table, name));
}

static gpointer
wait_for_lock (gpointer user_data)
{
  g_mutex_lock (user_data);
  g_mutex_unlock (user_data);
  return NULL;
}

/* Names are counted without digits. A truncated name of GStreamer has lost its colon. */
static void
test_threads (void)
{
  const char *const names[] = { "census3", "census12", "queue7:src", "longelementname" };
  g_autoptr (HablaProcessCensus) before = habla_process_census_new ();
  g_autoptr (HablaProcessCensus) during = NULL;
  g_autoptr (HablaProcessCensus) after = NULL;
  GThread *threads[G_N_ELEMENTS (names)];
  GMutex lock;

  g_mutex_init (&lock);
  g_mutex_lock (&lock);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    threads[i] = g_thread_new (names[i], wait_for_lock, &lock);
  wait_until (({
    g_clear_pointer (&during, habla_process_census_free);
    during = habla_process_census_new ();
    /* Threads set their names themselves, after they have started. */
    get (during->threads, "census") == 2 && get (during->threads, "queue:src") == 1 &&
        get (during->threads, "longelementname:") == 1;
  }));
  g_mutex_unlock (&lock);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_thread_join (threads[i]);
  g_mutex_clear (&lock);
  after = habla_process_census_new ();
  g_assert_cmpuint (get (before->threads, "census"), ==, 0);
  g_assert_cmpuint (get (after->threads, "census"), ==, 0);
  g_assert_false (habla_process_census_is_pooled ("census"));
  g_assert_true (habla_process_census_is_pooled ("queue:src"));
  g_assert_true (habla_process_census_is_pooled ("longelementname:"));
  g_assert_true (habla_process_census_is_pooled ("pool-spawner"));
}

static void
test_descriptors (void)
{
  g_autoptr (HablaProcessCensus) before = habla_process_census_new ();
  g_autoptr (HablaProcessCensus) during = NULL;
  g_autoptr (GSocket) socket = NULL;
  int pipes[2], file;

  socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  file = open ("/proc/version", O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (file, >=, 0);
  g_assert_cmpint (pipe (pipes), ==, 0);
  during = habla_process_census_new ();
  close (pipes[0]);
  close (pipes[1]);
  close (file);
  g_assert_cmpuint (get (during->descriptors, "pipe"), ==, get (before->descriptors, "pipe") + 2);
  g_assert_cmpuint (
      get (during->descriptors, "socket"), ==, get (before->descriptors, "socket") + 1);
  g_assert_cmpuint (get (during->descriptors, "/proc/version"), ==, 1);
}

static void
test_children (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE, &error, "cat", NULL);

  g_assert_no_error (error);
  wait_until (({
    g_autoptr (HablaProcessCensus) census = habla_process_census_new ();
    get (census->children, "cat") == 1;
  }));
  g_output_stream_close (g_subprocess_get_stdin_pipe (child), NULL, NULL);
  g_assert_true (g_subprocess_wait_check (child, NULL, NULL));
  wait_until (({
    g_autoptr (HablaProcessCensus) census = habla_process_census_new ();
    g_hash_table_size (census->children) == 0;
  }));
}

static gboolean
has_zombie (void)
{
  g_autoptr (HablaProcessCensus) census = habla_process_census_new ();
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, census->children);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (g_str_has_prefix (name, "zombie "))
      return TRUE;
  return FALSE;
}

static void
test_zombie (void)
{
  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    _exit (0);
  wait_until (has_zombie ());
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  g_assert_false (has_zombie ());
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/process-census/threads", test_threads);
  g_test_add_func ("/process-census/descriptors", test_descriptors);
  g_test_add_func ("/process-census/children", test_children);
  g_test_add_func ("/process-census/zombie", test_zombie);
  return habla_test_run ();
}
