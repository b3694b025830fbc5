/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hablad-decoder with faults, which is not installed. Input that begins with "do:" is a command
 * that the child executes inside the real sandbox. */
#include <errno.h>
#include <fcntl.h>
#include <media/container-parser.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "decoder/decoder-protocol.h"

GBytes *__real_habla_container_parser_push (
    HablaContainerParser *self, const guint8 *data, gsize size);
GBytes *__wrap_habla_container_parser_push (
    HablaContainerParser *self, const guint8 *data, gsize size);

/* Writes the result of an attempt as one line to the pipe of samples. */
static void
report (const char *what, gboolean is_refused)
{
  char line[100];
  int length = snprintf (line, sizeof line, "%s: %s\n", what, is_refused ? "refused" : "ALLOWED");

  if (write (STDOUT_FILENO, line, length) != length)
    _exit (3);
}

static void *
do_nothing (void *data)
{
  return NULL;
}

static void
try_everything (void)
{
  char *arguments[] = { (char *) "true", NULL };
  struct rlimit limit = { 1000, 1000 };
  void *page = mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  pthread_t thread;
  long pid;

  report ("open", open ("/etc/passwd", O_RDONLY) < 0);
  report ("create", open ("/tmp/habla-decoder-was-here", O_WRONLY | O_CREAT, 0600) < 0);
  report ("stat", access ("/etc/passwd", R_OK) < 0);
  report ("unlink", unlink ("/tmp/habla-decoder-was-here") < 0 && errno != ENOENT);
  report ("chmod", chmod ("/", 0755) < 0);
  report ("socket inet", socket (AF_INET, SOCK_STREAM, 0) < 0);
  report ("socket unix", socket (AF_UNIX, SOCK_STREAM, 0) < 0);
  report ("pipe", pipe ((int[2]){ 0 }) < 0);
  report ("dup", dup (0) < 0);
  report ("exec", execv ("/bin/true", arguments) < 0);
  pid = syscall (SYS_fork);
  if (pid == 0)
    _exit (0);
  report ("fork", pid < 0);
  pid = syscall (SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
  if (pid == 0)
    _exit (0);
  report ("clone", pid < 0);
  report ("thread", pthread_create (&thread, NULL, do_nothing, NULL) != 0);
  report ("mmap exec",
      mmap (NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
  report ("mprotect exec", mprotect (page, 4096, PROT_READ | PROT_EXEC) < 0);
  report ("kill", kill (getppid (), 0) < 0);
  report ("ptrace", ptrace (PTRACE_ATTACH, 1, NULL, NULL) < 0);
  report ("limit", setrlimit (RLIMIT_NOFILE, &limit) < 0);
  report ("priority", setpriority (PRIO_PROCESS, 0, 0) < 0);
}

static void
send_message (HablaDecoderMessageType type, guint32 number, gsize size)
{
  g_autofree guint8 *payload = g_malloc0 (MAX (size, sizeof number));

  memcpy (payload, &number, sizeof number);
  habla_decoder_send (STDIN_FILENO, type, payload, size, 0);
}

static void
take_memory (void)
{
#ifdef HABLA_SANITIZED /* no memory limit */
  abort ();
#endif
  for (guint i = 0; i < 1000; i++)
    memset (g_malloc (1024 * 1024), 1, 1024 * 1024);
}

GBytes *
__wrap_habla_container_parser_push (HablaContainerParser *self, const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  const guint32 huge[] = { HABLA_DECODER_MESSAGE_STREAM, G_MAXUINT32 };

  if (!g_str_has_prefix (text, "do:"))
    return __real_habla_container_parser_push (self, data, size);
  if (g_str_equal (text, "do:spin")) {
    if (write (STDOUT_FILENO, "spinning", 8) != 8)
      _exit (3);
    for (volatile guint i = 0;; i++)
      ;
  }
  if (g_str_equal (text, "do:crash"))
    abort ();
  if (g_str_equal (text, "do:exit"))
    _exit (0);
  if (g_str_equal (text, "do:memory"))
    take_memory ();
  if (g_str_equal (text, "do:everything"))
    try_everything ();
  if (g_str_equal (text, "do:consumed"))
    send_message (HABLA_DECODER_MESSAGE_CONSUMED, 1000000, 4);
  if (g_str_equal (text, "do:done"))
    send_message (HABLA_DECODER_MESSAGE_DONE, 0, 0);
  if (g_str_equal (text, "do:unknown"))
    send_message (1000, 0, 4);
  if (g_str_equal (text, "do:huge") && write (STDIN_FILENO, huge, sizeof huge) < 0)
    _exit (3);
  if (g_str_equal (text, "do:stream")) {
    for (guint i = 0; i < 1000; i++)
      send_message (HABLA_DECODER_MESSAGE_STREAM, 0, HABLA_DECODER_MAX_DATA);
  }
  if (g_str_equal (text, "do:error"))
    send_message (HABLA_DECODER_MESSAGE_ERROR, 0, 60000);
  return NULL;
}
