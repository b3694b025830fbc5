/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/exit-check.h"

#include <string.h>

/* Length to which the kernel truncates names of threads. */
#define MAX_NAME 15

/* Returns: (transfer full) (nullable): name of a process or thread; %NULL if it has ended */
static char *
exit_check_read_name (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "comm", NULL);
  g_autofree char *name = NULL;

  if (!g_file_get_contents (path, &name, NULL, NULL))
    return NULL;
  return g_strdup (g_strchomp (name));
}

/* Whether a library keeps such a thread, in a pool or as long as the process runs. GStreamer's
 * names have a colon, which truncation may have removed; other long names have a dash. A thread
 * that a library did not name, as espeak-ng's, has the name of the main thread. Reading the
 * desktop's proxies, as HTTP clients do, starts that of dconf. */
static gboolean
exit_check_is_kept (const char *name, const char *main_name)
{
  return g_strcmp0 (name, main_name) == 0 || g_str_equal (name, "gmain") ||
         g_str_equal (name, "gdbus") || g_str_equal (name, "dconf worker") ||
         g_str_equal (name, "GstSystemClock") || g_str_has_prefix (name, "pool-") ||
         strchr (name, ':') != NULL || (strlen (name) == MAX_NAME && strchr (name, '-') == NULL);
}

/* @folder: of the thread that started the children */
static void
exit_check_add_children (GPtrArray *list, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "children", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) pids = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return;
  pids = g_strsplit (g_strstrip (text), " ", -1);
  for (guint i = 0; pids[i] != NULL && pids[i][0] != '\0'; i++) {
    g_autofree char *child = g_build_filename ("/proc", pids[i], NULL);
    g_autofree char *name = exit_check_read_name (child);

    if (name != NULL)
      g_ptr_array_add (list, g_strdup_printf ("child \"%s\"", name));
  }
}

/* Returns: (transfer full) */
static GPtrArray *
exit_check_list (gboolean only_unexpected)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  g_autofree char *main_name = exit_check_read_name ("/proc/self");
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  const char *id;

  while (dir != NULL && (id = g_dir_read_name (dir)) != NULL) {
    g_autofree char *folder = g_build_filename ("/proc/self/task", id, NULL);
    g_autofree char *name = exit_check_read_name (folder);

    exit_check_add_children (list, folder);
    if (name == NULL || g_str_equal (name, HABLA_SHUTDOWN_THREAD) ||
        (only_unexpected && exit_check_is_kept (name, main_name)))
      continue;
    g_ptr_array_add (list, g_strdup_printf ("thread \"%s\"", name));
  }
  return list;
}

GPtrArray *
habla_exit_check_list (void)
{
  return exit_check_list (FALSE);
}

/* The kernel lists a thread for a moment after it was joined. */
void
habla_exit_check_run (void)
{
  gint64 deadline = g_get_monotonic_time () + G_TIME_SPAN_SECOND;
  g_autoptr (GPtrArray) list = exit_check_list (TRUE);
  g_autofree char *names = NULL;

  while (list->len > 0 && g_get_monotonic_time () < deadline) {
    g_usleep (1000);
    g_ptr_array_unref (list);
    list = exit_check_list (TRUE);
  }
  if (list->len == 0)
    return;
  g_ptr_array_add (list, NULL);
  names = g_strjoinv (", ", (char **) list->pdata);
  g_critical ("Still running at exit: %s", names);
  if (g_strcmp0 (g_getenv ("HABLA_FATAL_INVARIANTS"), "1") == 0)
    g_error ("hablad leaked threads or child processes");
}
