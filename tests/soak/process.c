/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <process.h>
#include <unistd.h>

/* Fails after half a minute. */
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

/* Names have no digits. GStreamer's names have a colon, also after truncation to 15 bytes. */
static void
test_threads (void)
{
  const char *const names[] = { "worker3", "worker12", "queue7:src", "longelementname" };
  g_autoptr (SoakProcess) before = soak_process_read (getpid ());
  g_autoptr (SoakProcess) during = NULL;
  g_autoptr (SoakProcess) after = NULL;
  GThread *threads[G_N_ELEMENTS (names)];
  GMutex lock;

  g_mutex_init (&lock);
  g_mutex_lock (&lock);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    threads[i] = g_thread_new (names[i], wait_for_lock, &lock);
  wait_until (({
    g_clear_pointer (&during, soak_process_free);
    during = soak_process_read (getpid ());
    /* The new thread sets its name. */
    get (during->threads, "worker") == 2 && get (during->threads, "queue:src") == 1 &&
        get (during->threads, "longelementname:") == 1;
  }));
  g_mutex_unlock (&lock);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_thread_join (threads[i]);
  g_mutex_clear (&lock);
  after = soak_process_read (getpid ());
  g_assert_cmpuint (get (before->threads, "worker"), ==, 0);
  g_assert_cmpuint (get (after->threads, "worker"), ==, 0);
  g_assert_false (soak_process_is_pooled ("worker"));
  g_assert_true (soak_process_is_pooled ("queue:src"));
  g_assert_true (soak_process_is_pooled ("longelementname:"));
  g_assert_true (soak_process_is_pooled ("pool-spawner"));
}

static void
test_descriptors (void)
{
  g_autoptr (SoakProcess) before = soak_process_read (getpid ());
  g_autoptr (SoakProcess) during = NULL;
  g_autoptr (GSocket) socket = NULL;
  int pipes[2], file;

  socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  file = open ("/proc/version", O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (file, >=, 0);
  g_assert_cmpint (pipe (pipes), ==, 0);
  during = soak_process_read (getpid ());
  close (pipes[0]);
  close (pipes[1]);
  close (file);
  g_assert_cmpuint (get (during->descriptors, "pipe"), ==, get (before->descriptors, "pipe") + 2);
  g_assert_cmpuint (
      get (during->descriptors, "socket"), ==, get (before->descriptors, "socket") + 1);
  g_assert_cmpuint (get (during->descriptors, "/proc/version"), ==, 1);
  g_assert_cmpuint (
      soak_process_sum (during->descriptors), ==, soak_process_sum (before->descriptors) + 4);
}

/* Children of this process and of another one. */
static void
test_children (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) shell = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE, &error, "/bin/sh", "-c", "sleep 0 & exec cat", NULL);
  g_autoptr (SoakProcess) gone = NULL;
  g_autoptr (GArray) children = NULL;
  int pid;

  g_assert_no_error (error);
  pid = g_ascii_strtoll (g_subprocess_get_identifier (shell), NULL, 10);
  /* sh replaces itself by cat, which does not wait for its child. */
  wait_until (({
    g_autoptr (SoakProcess) ours = soak_process_read (getpid ());
    g_autoptr (SoakProcess) its = soak_process_read (pid);
    get (ours->children, "cat") == 1 && get (its->children, "zombie sleep") == 1;
  }));
  children = soak_process_list_children (getpid ());
  g_assert_cmpuint (children->len, ==, 1);
  g_assert_cmpint (g_array_index (children, int, 0), ==, pid);
  g_output_stream_close (g_subprocess_get_stdin_pipe (shell), NULL, NULL);
  g_assert_true (g_subprocess_wait_check (shell, NULL, NULL));
  gone = soak_process_read (pid);
  g_assert_cmpuint (soak_process_sum (gone->threads), ==, 0);
  g_assert_cmpuint (soak_process_sum (gone->descriptors), ==, 0);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/process/threads", test_threads);
  g_test_add_func ("/process/descriptors", test_descriptors);
  g_test_add_func ("/process/children", test_children);
  return habla_test_run ();
}
