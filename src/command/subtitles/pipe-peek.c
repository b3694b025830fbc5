/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* tee(), pipe2() */
#include "command/subtitles/pipe-peek.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <subtitle/subtitle-format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* A pipe cannot report more bytes than it reported before, so it is asked again at this interval,
 * in microseconds, until nothing new came for this time. */
#define INTERVAL 20000
#define MAX_PAUSE (5 * G_USEC_PER_SEC)

/* Copies the bytes into a pipe of our own. Returns: their number; 0 at the end; -1 on error */
static gssize
pipe_peek (int fd, guint8 *data, gsize size)
{
  int ends[2];
  gssize n;

  if (pipe2 (ends, O_CLOEXEC | O_NONBLOCK) != 0)
    return -1;
  n = tee (fd, ends[1], size, SPLICE_F_NONBLOCK);
  if (n > 0)
    n = read (ends[0], data, n);
  close (ends[0]);
  close (ends[1]);
  return n;
}

/* Written by the handler of a signal, which may run in any thread. */
static volatile sig_atomic_t last_signal;
static int wakeup[2];

static void
pipe_on_signal (int number)
{
  last_signal = number;
  if (write (wakeup[1], "", 1) < 0) {
    /* It has been woken up. */
  }
}

/* Waits for bytes or a signal. Returns: whether the writer has closed the pipe */
static gboolean
pipe_wait (int fd)
{
  struct pollfd entries[] = { { .fd = fd, .events = POLLIN },
    { .fd = wakeup[0], .events = POLLIN } };

  while (poll (entries, G_N_ELEMENTS (entries), -1) < 0 && errno == EINTR)
    ;
  return (entries[0].revents & (POLLHUP | POLLERR)) != 0;
}

static gboolean
pipe_look (int fd, gboolean is_socket)
{
  g_autofree guint8 *data = g_malloc (HABLA_SUBTITLE_SNIFFED);
  gssize known = 0;
  gint64 changed = g_get_monotonic_time ();

  for (;;) {
    gboolean is_closed = pipe_wait (fd);
    gssize n = is_socket ? recv (fd, data, HABLA_SUBTITLE_SNIFFED, MSG_PEEK | MSG_DONTWAIT)
                         : pipe_peek (fd, data, HABLA_SUBTITLE_SNIFFED);

    if (n <= 0 || last_signal != 0)
      return FALSE;
    if (habla_subtitle_format_sniff (data, n) != NULL)
      return TRUE;
    if (n == HABLA_SUBTITLE_SNIFFED || is_closed || !habla_subtitle_format_is_text (data, n))
      return FALSE;
    if (n > known || known == 0)
      changed = g_get_monotonic_time ();
    else if (g_get_monotonic_time () - changed > MAX_PAUSE)
      return FALSE;
    known = n;
    g_usleep (INTERVAL);
  }
}

gboolean
habla_pipe_has_subtitles (int fd, int *signal_number)
{
  const struct sigaction action = { .sa_handler = pipe_on_signal };
  struct sigaction on_int, on_term;
  struct stat info;
  gboolean found;

  *signal_number = 0;
  if (fstat (fd, &info) != 0 || (!S_ISFIFO (info.st_mode) && !S_ISSOCK (info.st_mode)) ||
      pipe2 (wakeup, O_CLOEXEC | O_NONBLOCK) != 0)
    return FALSE;
  last_signal = 0;
  sigaction (SIGINT, &action, &on_int);
  sigaction (SIGTERM, &action, &on_term);
  found = pipe_look (fd, S_ISSOCK (info.st_mode));
  sigaction (SIGINT, &on_int, NULL);
  sigaction (SIGTERM, &on_term, NULL);
  close (wakeup[0]);
  close (wakeup[1]);
  *signal_number = last_signal;
  return found;
}
