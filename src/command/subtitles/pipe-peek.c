/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* tee(), pipe2() */
#include "command/subtitles/pipe-peek.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
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

/* Returns: whether the writer has closed the pipe, after waiting for bytes */
static gboolean
pipe_wait (int fd)
{
  struct pollfd entry = { .fd = fd, .events = POLLIN };

  while (poll (&entry, 1, -1) < 0 && errno == EINTR)
    ;
  return (entry.revents & (POLLHUP | POLLERR)) != 0;
}

gboolean
habla_pipe_has_subtitles (int fd)
{
  g_autofree guint8 *data = g_malloc (HABLA_SUBTITLE_SNIFFED);
  struct stat info;
  gssize known = 0;
  gint64 changed = g_get_monotonic_time ();

  if (fstat (fd, &info) != 0 || (!S_ISFIFO (info.st_mode) && !S_ISSOCK (info.st_mode)))
    return FALSE;
  for (;;) {
    gboolean is_closed = pipe_wait (fd);
    gssize n = S_ISSOCK (info.st_mode)
                   ? recv (fd, data, HABLA_SUBTITLE_SNIFFED, MSG_PEEK | MSG_DONTWAIT)
                   : pipe_peek (fd, data, HABLA_SUBTITLE_SNIFFED);

    if (n <= 0)
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
