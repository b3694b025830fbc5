/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transcriber-run.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void
read_line (char *line, TranscriberRun *run)
{
  g_auto (GStrv) fields = g_strsplit (g_strchomp (line), "\t", 3);
  double delay;

  if (g_strv_length (fields) < 3)
    return;
  g_string_append_printf (run->text, "%s ", fields[2]);
  if (g_str_equal (fields[1], "-"))
    return;
  delay = (g_ascii_strtod (fields[1], NULL) - g_ascii_strtod (fields[0], NULL)) * 1000;
  g_array_append_val (run->delays, delay);
}

static void
read_lines (int fd, TranscriberRun *run)
{
  FILE *file = fdopen (fd, "r");
  char *line = NULL;
  size_t size = 0;

  while (getline (&line, &size, file) >= 0)
    read_line (line, run);
  free (line);
  fclose (file);
}

gboolean
transcriber_run (const char *const *argv, TranscriberRun *run)
{
  g_autoptr (GError) error = NULL;
  struct rusage usage;
  int status, output;
  GPid pid;

  *run = (TranscriberRun){ g_string_new (NULL), g_array_new (FALSE, FALSE, sizeof (double)) };
  if (!g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
          &pid, NULL, &output, NULL, &error)) {
    g_printerr ("%s\n", error->message);
    return FALSE;
  }
  read_lines (output, run);
  if (wait4 (pid, &status, 0, &usage) != pid || !WIFEXITED (status) || WEXITSTATUS (status) != 0)
    return FALSE;
  run->cpu = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
             (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  run->memory = usage.ru_maxrss / 1024.0;
  return TRUE;
}

void
transcriber_run_clear (TranscriberRun *run)
{
  g_string_free (run->text, TRUE);
  g_array_unref (run->delays);
}
