/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flood.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* In memory that both processes share. */
typedef struct {
  guint64 opened;
  guint64 sent;
} Counters;

struct _Flood {
  pid_t process;
  Counters *counters;
};

#define MASK 0, 0, 0, 0

static const struct {
  guint8 bytes[32];
  gsize length;
} frames[FLOOD_N_KINDS] = {
  [FLOOD_PINGS] = { { 0x89, 0x80, MASK }, 6 },
  [FLOOD_PONGS] = { { 0x8a, 0x80, MASK }, 6 },
  [FLOOD_TINY_FRAMES] = { { 0x82, 0x81, MASK, 'x' }, 7 },
  [FLOOD_SMALL_JSON] = { { 0x81, 0x80 | 15, MASK, '{', '"', 't', 'y', 'p', 'e', '"', ':', '"', 'p',
                             'i', 'n', 'g', '"', '}' },
      21 },
};

/* In the child process. Only system calls are safe here, because the parent has threads. */

static int
open_websocket (const struct sockaddr_in *address, const char *request)
{
  int fd = socket (AF_INET, SOCK_STREAM, 0);
  char response[1024];

  if (connect (fd, (const struct sockaddr *) address, sizeof *address) == 0 &&
      write (fd, request, strlen (request)) > 0 && read (fd, response, sizeof response) > 12 &&
      memcmp (response + 9, "101", 3) == 0)
    return fd;
  close (fd);
  return -1;
}

/* Sends until the server closes the connection. */
static void
send_frames (int fd, const guint8 *bytes, gsize length, Counters *counters)
{
  char responses[65536];
  gsize at = 0;

  for (;;) {
    struct pollfd polled = { fd, POLLIN | POLLOUT, 0 };
    gssize n;

    poll (&polled, 1, -1);
    if ((polled.revents & POLLIN) != 0 && read (fd, responses, sizeof responses) <= 0)
      return;
    if ((polled.revents & POLLOUT) == 0)
      continue;
    n = send (fd, bytes + at, length - at, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN)
      return;
    at = (at + MAX (n, 0)) % length;
    __atomic_fetch_add (&counters->sent, MAX (n, 0), __ATOMIC_RELAXED);
  }
}

static void G_GNUC_NORETURN
flood (const struct sockaddr_in *address, const char *request, const guint8 *bytes, gsize length,
    Counters *counters)
{
  for (;;) {
    int fd = open_websocket (address, request);

    if (fd < 0)
      continue;
    __atomic_fetch_add (&counters->opened, 1, __ATOMIC_RELAXED);
    send_frames (fd, bytes, length, counters);
    close (fd);
  }
}

/* In the parent process */

Flood *
flood_start (FloodKind kind, const char *host, guint16 port)
{
  Flood *self = g_new0 (Flood, 1);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  g_autofree char *request = g_strdup_printf (
      "GET /ws/translate?room=flood-%d HTTP/1.1\r\nHost: %s:%u\r\nConnection: Upgrade\r\n"
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      kind, host, port);
  gsize count = 64 * 1024 / frames[kind].length;
  g_autofree guint8 *bytes = g_malloc (count * frames[kind].length);

  g_assert_cmpint (inet_pton (AF_INET, host, &address.sin_addr), ==, 1);
  for (gsize i = 0; i < count; i++)
    memcpy (bytes + i * frames[kind].length, frames[kind].bytes, frames[kind].length);
  self->counters = mmap (
      NULL, sizeof *self->counters, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  g_assert_true (self->counters != MAP_FAILED);
  self->process = fork ();
  g_assert_cmpint (self->process, >=, 0);
  if (self->process == 0) {
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    flood (&address, request, bytes, count * frames[kind].length, self->counters);
  }
  return self;
}

guint64
flood_get_n_opened (Flood *self)
{
  return __atomic_load_n (&self->counters->opened, __ATOMIC_RELAXED);
}

guint64
flood_get_n_sent (Flood *self)
{
  return __atomic_load_n (&self->counters->sent, __ATOMIC_RELAXED);
}

void
flood_free (Flood *self)
{
  kill (self->process, SIGKILL);
  waitpid (self->process, NULL, 0);
  munmap (self->counters, sizeof *self->counters);
  g_free (self);
}

void
flood_start_all (Flood **floods, const char *address, guint16 port)
{
  for (guint i = 0; i < FLOOD_N_KINDS; i++)
    floods[i] = flood_start (i, address, port);
}

void
flood_free_all (Flood **floods)
{
  for (guint i = 0; i < FLOOD_N_KINDS; i++)
    flood_free (floods[i]);
}
