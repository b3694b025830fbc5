/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h> /* of the build */

#include "daemon/service.h"

#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#include <util/source.h>
#endif

static GSource *watchdog_timer; /* only used in the main thread */

GPtrArray *
habla_service_take_sockets (GError **error)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
#ifdef HAVE_SYSTEMD
  int n_sockets = sd_listen_fds (TRUE);

  for (int i = 0; i < n_sockets; i++) {
    int fd = SD_LISTEN_FDS_START + i;
    GSocket *socket;

    if (!sd_is_socket (fd, AF_UNSPEC, SOCK_STREAM, TRUE)) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
          "Socket %d from systemd is not a listening stream socket; "
          "correct hablad.socket",
          i + 1);
      return NULL;
    }
    socket = g_socket_new_from_fd (fd, error);
    if (socket == NULL)
      return NULL;
    g_ptr_array_add (sockets, socket);
  }
#endif
  return g_steal_pointer (&sockets);
}

void
habla_service_notify_ready (const char *status)
{
#ifdef HAVE_SYSTEMD
  sd_notifyf (FALSE, "READY=1\nSTATUS=%s", status);
#endif
}

void
habla_service_notify_stopping (void)
{
#ifdef HAVE_SYSTEMD
  sd_notify (FALSE, "STOPPING=1\nSTATUS=Shutting down after pending translations");
#endif
}

#ifdef HAVE_SYSTEMD
static gboolean
service_on_watchdog (gpointer user_data)
{
  sd_notify (FALSE, "WATCHDOG=1");
  return G_SOURCE_CONTINUE;
}
#endif

void
habla_service_start_watchdog (void)
{
#ifdef HAVE_SYSTEMD
  guint64 usecs;

  if (sd_watchdog_enabled (FALSE, &usecs) <= 0)
    return;
  /* Twice per interval, as sd_watchdog_enabled(3) recommends. */
  habla_source_start_timer (&watchdog_timer, MAX (usecs / 2000, 1), "[habla] service watchdog",
      service_on_watchdog, NULL);
#endif
}

void
habla_service_stop_watchdog (void)
{
  habla_source_clear (&watchdog_timer);
}
