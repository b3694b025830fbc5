/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decoder/decoder-process.h"

#include "install-paths.h"
#include "decoder/decoder-protocol.h"
#include "decoder/decoder-text.h"

#include <errno.h>
#include <fcntl.h>
#include <habla/error.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Upper bound of an error text from a child, in bytes. */
#define MAX_TEXT 1000

static int n_processes; /* atomic */

static const char *
process_get_program (void)
{
  const char *program = g_getenv ("HABLA_DECODER");

  return program != NULL && program[0] != '\0' ? program : DECODER_PATH;
}

/* Keeps secrets of the daemon's environment from the child: only the variables that its libraries
 * need are passed on. Returns: (transfer full) */
static char **
process_make_environment (void)
{
  static const char *const names[] = { "ASAN_OPTIONS", "GST_DEBUG", "GST_PLUGIN_SYSTEM_PATH_1_0",
    "LD_LIBRARY_PATH", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS" };
  char **environment = g_strdupv ((char *[]){ (char *) "LC_ALL=C.UTF-8", NULL });

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const char *value = g_getenv (names[i]);

    if (value != NULL)
      environment = g_environ_setenv (environment, names[i], value, TRUE);
  }
  return environment;
}

static GError *
process_new_failure (const char *reason)
{
  return g_error_new (HABLA_ERROR, HABLA_ERROR_ENGINE,
      "The audio decoder %s does not start: %s; install Habla again, or set HABLA_DECODER to the "
      "path of hablad-decoder",
      process_get_program (), reason);
}

/* Returns: 0 or an errno */
static int
process_execute (GPid *pid, int socket, int output, gboolean dies_with_thread)
{
  g_auto (GStrv) environment = process_make_environment ();
  const char *program = process_get_program ();
  char *arguments[] = { (char *) "hablad-decoder",
    dies_with_thread ? (char *) HABLA_DECODER_DIES_WITH_THREAD : NULL, NULL };
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t signals;
  int result;

  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_adddup2 (&actions, socket, STDIN_FILENO);
  posix_spawn_file_actions_adddup2 (&actions, output, STDOUT_FILENO);
  /* Standard error is kept for debugging only. */
  if (g_getenv ("GST_DEBUG") == NULL)
    posix_spawn_file_actions_addopen (&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_init (&attributes);
  posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  sigemptyset (&signals);
  posix_spawnattr_setsigmask (&attributes, &signals);
  sigfillset (&signals);
  posix_spawnattr_setsigdefault (&attributes, &signals);
  result = posix_spawn (pid, program, &actions, &attributes, arguments, environment);
  posix_spawnattr_destroy (&attributes);
  posix_spawn_file_actions_destroy (&actions);
  return result;
}

gboolean
habla_decoder_process_spawn (HablaDecoderProcess *self, gboolean dies_with_thread, GError **error)
{
  int sockets[2], samples[2], result = 0;

  *self = (HablaDecoderProcess){ 0, -1, -1 };
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) {
    g_propagate_error (error, process_new_failure (g_strerror (errno)));
    return FALSE;
  }
  if (pipe2 (samples, O_CLOEXEC) != 0) {
    g_propagate_error (error, process_new_failure (g_strerror (errno)));
    close (sockets[0]);
    close (sockets[1]);
    return FALSE;
  }
  fcntl (sockets[0], F_SETFL, O_NONBLOCK);
  result = process_execute (&self->pid, sockets[1], samples[1], dies_with_thread);
  close (sockets[1]);
  close (samples[1]);
  self->socket = sockets[0];
  self->output = samples[0];
  if (result == 0) {
    g_atomic_int_inc (&n_processes);
    return TRUE;
  }
  self->pid = 0;
  habla_decoder_process_close (self);
  g_propagate_error (error, process_new_failure (g_strerror (result)));
  return FALSE;
}

void
habla_decoder_process_kill (HablaDecoderProcess *self)
{
  if (self->pid != 0)
    kill (self->pid, SIGKILL);
}

void
habla_decoder_process_close (HablaDecoderProcess *self)
{
  if (self->socket >= 0)
    close (self->socket);
  if (self->output >= 0)
    close (self->output);
  self->socket = self->output = -1;
}

void
habla_decoder_process_set_reaped (HablaDecoderProcess *self)
{
  if (self->pid == 0)
    return;
  self->pid = 0;
  g_atomic_int_add (&n_processes, -1);
}

static char *
process_describe_status (int wait_status)
{
  if (WIFSIGNALED (wait_status))
    return g_strdup_printf ("it was ended by signal %d", WTERMSIG (wait_status));
  return g_strdup_printf ("it exited with status %d", WEXITSTATUS (wait_status));
}

GError *
habla_decoder_process_new_start_error (int wait_status)
{
  g_autofree char *reason = process_describe_status (wait_status);

  return process_new_failure (reason);
}

GError *
habla_decoder_process_new_death_error (int wait_status)
{
  return g_error_new (HABLA_ERROR, HABLA_ERROR_INPUT, HABLA_DECODER_DAMAGED,
      WIFSIGNALED (wait_status) && WTERMSIG (wait_status) == SIGXCPU
          ? "decoding it takes too much processor time"
          : "its decoder crashed");
}

GError *
habla_decoder_process_new_stuck_error (void)
{
  return g_error_new (
      HABLA_ERROR, HABLA_ERROR_INPUT, HABLA_DECODER_DAMAGED, "its decoder does not come to an end");
}

GError *
habla_decoder_process_parse_error (const guint8 *payload, gsize size)
{
  guint32 is_ours = 0;
  gsize length = sizeof is_ours;
  g_autofree char *text = NULL;

  if (size <= length)
    return habla_decoder_process_new_death_error (0);
  memcpy (&is_ours, payload, length);
  text = g_utf8_make_valid ((const char *) payload + length, MIN (size - length, MAX_TEXT));
  for (char *at = text; *at != '\0'; at++) {
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  }
  return g_error_new_literal (HABLA_ERROR, is_ours ? HABLA_ERROR_ENGINE : HABLA_ERROR_INPUT, text);
}

gboolean
habla_decoder_process_has_output (int output)
{
  int size = 0;

  return ioctl (output, FIONREAD, &size) == 0 && size > 0;
}

guint
habla_decoder_process_count (void)
{
  return g_atomic_int_get (&n_processes);
}
