/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "processes.h"

#include "packages.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <habla/habla.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A locale that is always installed. The engine requires UTF-8, and numbers in its files have
 * a decimal point. */
#define LOCALE "C.UTF-8"

/* Child process, between fork() and exec(): async-signal-safe functions only. */
static void
processes_prepare_child (gpointer data)
{
  pid_t parent = GPOINTER_TO_INT (data);
  sigset_t none;

  /* Child processes inherit the signal mask of the chain's thread. */
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  /* Ctrl-C on a terminal must reach the application only, which then drains the chain. */
  setpgid (0, 0);
  /* Kill this program when the application ends for any reason, even if it hangs. */
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != parent)
    _exit (1);
}

static gboolean
processes_open_pipe (int ends[2], GError **error)
{
  return g_unix_open_pipe (ends, FD_CLOEXEC, error);
}

static void
processes_close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

static gboolean
processes_start_stage (ApertiumProcesses *self, char **argv, char **environment, int in, int out,
    int err, GError **error)
{
  g_autoptr (GError) spawn_error = NULL;
  GPid pid;

  if (!g_spawn_async_with_pipes_and_fds (NULL, (const char *const *) argv,
          (const char *const *) environment, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
          processes_prepare_child, GINT_TO_POINTER (getpid ()), in, out, err, NULL, NULL, 0, &pid,
          NULL, NULL, NULL, &spawn_error)) {
    const char *package = apertium_package_of_program (argv[0]);

    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "Failed to start Apertium's %s: %s; install the package %s", argv[0], spawn_error->message,
        package != NULL ? package : "of the language pair");
    return FALSE;
  }
  g_array_append_val (self->pids, pid);
  return TRUE;
}

/* The pipes of a chain while it starts. */
typedef struct {
  int into_first[2];
  int between[2];
  int messages[2];
  int upstream; /* standard input of the next stage */
} Pipes;

static void
pipes_clear (Pipes *self)
{
  for (guint i = 0; i < 2; i++) {
    processes_close_fd (&self->into_first[i]);
    processes_close_fd (&self->between[i]);
    processes_close_fd (&self->messages[i]);
  }
  processes_close_fd (&self->upstream);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pipes, pipes_clear)

static gboolean
processes_start_stages (ApertiumProcesses *self, GError **error)
{
  g_auto (Pipes) pipes = { { -1, -1 }, { -1, -1 }, { -1, -1 }, -1 };
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "LC_ALL", LOCALE, TRUE);

  if (!processes_open_pipe (pipes.into_first, error) ||
      !processes_open_pipe (pipes.messages, error))
    return FALSE;
  pipes.upstream = pipes.into_first[0];
  pipes.into_first[0] = -1;

  for (guint i = 0; i < self->stages->len; i++) {
    if (!processes_open_pipe (pipes.between, error) ||
        !processes_start_stage (self, g_ptr_array_index (self->stages, i), environment,
            pipes.upstream, pipes.between[1], pipes.messages[1], error))
      return FALSE;
    processes_close_fd (&pipes.between[1]);
    processes_close_fd (&pipes.upstream);
    pipes.upstream = pipes.between[0];
    pipes.between[0] = -1;
  }

  self->input = pipes.into_first[1];
  self->output = pipes.upstream;
  self->messages = pipes.messages[0];
  pipes.into_first[1] = pipes.upstream = pipes.messages[0] = -1;
  return g_unix_set_fd_nonblocking (self->input, TRUE, error) &&
         g_unix_set_fd_nonblocking (self->output, TRUE, error) &&
         g_unix_set_fd_nonblocking (self->messages, TRUE, error);
}

ApertiumProcesses *
apertium_processes_start (GPtrArray *stages, GError **error)
{
  ApertiumProcesses *self = g_new0 (ApertiumProcesses, 1);

  self->stages = g_ptr_array_ref (stages);
  self->pids = g_array_new (FALSE, FALSE, sizeof (GPid));
  self->input = self->output = self->messages = -1;
  if (!processes_start_stages (self, error)) {
    g_free (apertium_processes_stop (self));
    return NULL;
  }
  return self;
}

void
apertium_processes_close_messages (ApertiumProcesses *self)
{
  processes_close_fd (&self->messages);
}

static pid_t
processes_wait_for (GPid pid, int *status, int flags)
{
  pid_t ended;

  do
    ended = waitpid (pid, status, flags);
  while (ended < 0 && errno == EINTR);
  return ended;
}

/* Returns: (transfer full) (nullable): how a program exited, unless its neighbours' exit caused
 * that */
static char *
processes_describe_end (const char *program, int status)
{
  if (WIFSIGNALED (status) && WTERMSIG (status) != SIGPIPE)
    return g_strdup_printf (
        "%s was killed by a signal (%s)", program, g_strsignal (WTERMSIG (status)));
  if (WIFEXITED (status) && WEXITSTATUS (status) != 0)
    return g_strdup_printf ("%s exited with status %d", program, WEXITSTATUS (status));
  return NULL;
}

char *
apertium_processes_stop (ApertiumProcesses *self)
{
  char *failed = NULL;

  for (guint i = 0; i < self->pids->len; i++) {
    GPid *pid = &g_array_index (self->pids, GPid, i);
    const char *program = ((char **) g_ptr_array_index (self->stages, i))[0];
    int status = 0;

    if (processes_wait_for (*pid, &status, WNOHANG) == 0) {
      kill (*pid, SIGKILL);
      continue;
    }
    *pid = 0;
    if (failed == NULL)
      failed = processes_describe_end (program, status);
  }

  processes_close_fd (&self->input);
  processes_close_fd (&self->output);
  processes_close_fd (&self->messages);
  for (guint i = 0; i < self->pids->len; i++)
    if (g_array_index (self->pids, GPid, i) != 0)
      processes_wait_for (g_array_index (self->pids, GPid, i), NULL, 0);

  g_ptr_array_unref (self->stages);
  g_array_unref (self->pids);
  g_free (self);
  return failed;
}
