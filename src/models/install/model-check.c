/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/install/model-check.h"

#include "install-paths.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* In seconds. A model of 700 MB takes 10 s to load from a slow disk. */
#define TIMEOUT 120
#define MAX_TIMEOUT 3600
#define MAX_REASON 400
#define MAX_TAIL 4096

typedef struct {
  GMainLoop *loop;
  GError *error;
  gboolean is_late;
} Wait;

static guint
get_timeout (void)
{
  const char *text = g_getenv ("HABLA_MODEL_CHECK_TIMEOUT");
  guint64 seconds = TIMEOUT;

  if (text != NULL)
    g_ascii_string_to_unsigned (text, 10, 1, MAX_TIMEOUT, &seconds, NULL);
  return seconds;
}

static void
on_process_ended (GObject *process, GAsyncResult *result, gpointer data)
{
  Wait *wait = data;

  g_subprocess_wait_finish (G_SUBPROCESS (process), result, &wait->error);
  g_main_loop_quit (wait->loop);
}

static gboolean
on_timeout (gpointer data)
{
  Wait *wait = data;

  wait->is_late = TRUE;
  g_main_loop_quit (wait->loop);
  return G_SOURCE_REMOVE;
}

/* Waits in a context of its own, because the thread has no main loop. Returns: whether the process
 * has ended; it is killed otherwise */
static gboolean
wait_for_exit (GSubprocess *process, guint seconds, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  g_autoptr (GSource) timer = g_timeout_source_new_seconds (seconds);
  Wait wait = { .loop = loop };

  g_main_context_push_thread_default (context);
  g_source_set_callback (timer, on_timeout, &wait, NULL);
  g_source_attach (timer, context);
  g_subprocess_wait_async (process, cancellable, on_process_ended, &wait);
  /* GLib does not notice an earlier cancellation. */
  if (g_cancellable_is_cancelled (cancellable))
    g_subprocess_force_exit (process);
  g_main_loop_run (loop);
  if (wait.is_late || wait.error != NULL)
    g_subprocess_force_exit (process);
  if (wait.is_late) /* Now it ends; its callback needs @wait. */
    g_main_loop_run (loop);
  g_source_destroy (timer);
  g_main_context_pop_thread_default (context);
  if (wait.error != NULL)
    g_propagate_error (error, wait.error);
  else if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  return !wait.is_late && wait.error == NULL;
}

/* Returns: (transfer full) (nullable): the last line that is not empty */
static char *
read_last_line (const char *path)
{
  char tail[MAX_TAIL + 1];
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  off_t size;
  gssize n;
  char *line;

  if (fd < 0)
    return NULL;
  size = lseek (fd, 0, SEEK_END);
  n = pread (fd, tail, MAX_TAIL, MAX (size - MAX_TAIL, 0));
  close (fd);
  if (n <= 0)
    return NULL;
  tail[n] = '\0';
  g_strchomp (tail);
  line = strrchr (tail, '\n') != NULL ? strrchr (tail, '\n') + 1 : tail;
  return *line != '\0' ? g_utf8_make_valid (line, MIN (strlen (line), MAX_REASON)) : NULL;
}

static HablaModelCheckResult
interpret_status (GSubprocess *process, const char *log, char **reason)
{
  g_autofree char *line = read_last_line (log);

  if (g_subprocess_get_if_signaled (process)) {
    *reason = g_strdup_printf (
        "its engine crashes (%s)", g_strsignal (g_subprocess_get_term_sig (process)));
    return HABLA_MODEL_CHECK_RESULT_UNUSABLE;
  }
  switch (g_subprocess_get_exit_status (process)) {
  case HABLA_MODEL_CHECK_USABLE:
    return HABLA_MODEL_CHECK_RESULT_USABLE;
  case HABLA_MODEL_CHECK_SKIPPED:
    *reason = line != NULL ? g_steal_pointer (&line) : g_strdup ("its engine is not installed");
    return HABLA_MODEL_CHECK_RESULT_UNKNOWN;
  default:
    *reason = line != NULL ? g_steal_pointer (&line) : g_strdup ("its engine ends the process");
    return HABLA_MODEL_CHECK_RESULT_UNUSABLE;
  }
}

static GSubprocess *
start (const char *folder, const char *log, GError **error)
{
  const char *program = g_getenv ("HABLA_MODEL_CHECK");
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE);

  g_subprocess_launcher_set_stderr_file_path (launcher, log);
  return g_subprocess_launcher_spawn (
      launcher, error, program != NULL ? program : MODEL_CHECK_PATH, folder, NULL);
}

HablaModelCheckResult
habla_model_check_run (const char *folder, char **reason, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) problem = NULL;
  g_autofree char *log = NULL;
  guint seconds = get_timeout ();
  HablaModelCheckResult result = HABLA_MODEL_CHECK_RESULT_UNKNOWN;
  int fd = g_file_open_tmp ("habla-model-check-XXXXXX", &log, &problem);

  *reason = NULL;
  if (fd >= 0) {
    close (fd);
    process = start (folder, log, &problem);
  }
  if (process == NULL) {
    *reason = g_strdup_printf ("it could not be checked: %s", problem->message);
  } else if (wait_for_exit (process, seconds, cancellable, error)) {
    result = interpret_status (process, log, reason);
  } else if (error == NULL || *error == NULL) {
    *reason = g_strdup_printf ("its engine does not load it within %u s", seconds);
    result = HABLA_MODEL_CHECK_RESULT_UNUSABLE;
  }
  if (log != NULL)
    g_unlink (log);
  return result;
}
