/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/install/install-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Others that remove their lock file between our open() and flock(). */
#define MAX_TRIES 100

struct _HablaInstallLock {
  char *path;
  int fd;
};

static gboolean
fail (const char *path, int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
      "%s: %s; choose another folder with HABLA_MODELS_PATH, or run the command as its owner", path,
      g_strerror (code));
  return FALSE;
}

/* Whether the locked file is still the one with that name. */
static gboolean
is_current (const char *path, int fd)
{
  struct stat ours, named;

  return fstat (fd, &ours) == 0 && lstat (path, &named) == 0 && ours.st_ino == named.st_ino &&
         ours.st_dev == named.st_dev;
}

/* Returns: a locked descriptor; -1 with @error; -2 to try again */
static int
try_lock (const char *path, const char *id, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

  if (fd < 0) {
    fail (path, errno, error);
    return -1;
  }
  if (flock (fd, LOCK_EX | LOCK_NB) != 0) {
    int code = errno;

    close (fd);
    if (code == EWOULDBLOCK)
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
          "The model “%s” is being installed or removed by another process; wait until that has "
          "ended",
          id);
    else
      fail (path, code, error);
    return -1;
  }
  if (is_current (path, fd))
    return fd;
  close (fd);
  return -2;
}

HablaInstallLock *
habla_install_lock_take (const char *folder, const char *id, GError **error)
{
  g_autofree char *name = g_strdup_printf (".%s.lock", id);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  HablaInstallLock *self;
  int fd = -2;

  if (g_mkdir_with_parents (folder, 0755) != 0) {
    fail (folder, errno, error);
    return NULL;
  }
  for (guint i = 0; i < MAX_TRIES && fd == -2; i++)
    fd = try_lock (path, id, error);
  if (fd == -2)
    fail (path, EAGAIN, error);
  if (fd < 0)
    return NULL;
  self = g_new0 (HablaInstallLock, 1);
  self->path = g_steal_pointer (&path);
  self->fd = fd;
  return self;
}

void
habla_install_lock_release (HablaInstallLock *self)
{
  g_unlink (self->path);
  close (self->fd);
  g_free (self->path);
  g_free (self);
}
