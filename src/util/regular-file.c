/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* O_PATH */
#include "util/regular-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Folders between the root and a file. */
#define MAX_DEPTH 32

#define NOT_REGULAR "it is not a regular file; remove it"

static int
file_fail (const char *path, const char *problem, int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, code, "%s: %s", path, problem);
  return -1;
}

/* @dir: (transfer full): the folder of @name */
static int
file_open_in (int dir, const char *name, const char *path, int access, GError **error)
{
  struct stat status;
  int fd, code;

  /* Before it is opened: that alone can start something in a device. */
  if (fstatat (dir, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG (status.st_mode)) {
    close (dir);
    return file_fail (path, NOT_REGULAR, G_IO_ERROR_NOT_REGULAR_FILE, error);
  }
  fd = openat (dir, name, access | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  code = errno;
  close (dir);
  if (fd < 0)
    return file_fail (path, g_strerror (code), g_io_error_from_errno (code), error);
  /* It may have been replaced meanwhile. */
  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode))
    return fd;
  close (fd);
  return file_fail (path, NOT_REGULAR, G_IO_ERROR_NOT_REGULAR_FILE, error);
}

int
habla_regular_file_open (const char *path, int access, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  int dir = open (folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  if (dir < 0)
    return file_fail (folder, g_strerror (errno), g_io_error_from_errno (errno), error);
  return file_open_in (dir, name, path, access, error);
}

/* Hidden files, and what leads elsewhere. */
static gboolean
file_name_is_allowed (const char *name)
{
  return name[0] != '\0' && name[0] != '.';
}

int
habla_regular_file_open_below (const char *root, const char *path, GError **error)
{
  g_auto (GStrv) names = g_strsplit (path, "/", MAX_DEPTH + 1);
  int dir = open (root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  guint last = g_strv_length (names);
  int next;

  if (dir < 0)
    return file_fail (root, g_strerror (errno), g_io_error_from_errno (errno), error);
  for (guint i = 0; i < last; i++) {
    if (!file_name_is_allowed (names[i]) || (i == MAX_DEPTH)) {
      close (dir);
      return file_fail (path, "a name is empty or begins with a dot, or there are too many",
          G_IO_ERROR_INVALID_FILENAME, error);
    }
    if (i + 1 == last)
      return file_open_in (dir, names[i], path, O_RDONLY, error);
    next = openat (dir, names[i], O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    close (dir);
    if (next < 0)
      return file_fail (path, g_strerror (errno), g_io_error_from_errno (errno), error);
    dir = next;
  }
  close (dir);
  return file_fail (path, "it has no name", G_IO_ERROR_INVALID_FILENAME, error);
}

/* Returns: bytes read; -1 with @error */
static gssize
file_read_all (int fd, const char *path, char *data, gsize size, GError **error)
{
  gsize done = 0;

  while (done < size) {
    gssize n = read (fd, data + done, size - done);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return file_fail (path, g_strerror (errno), g_io_error_from_errno (errno), error);
    if (n == 0)
      break;
    done += n;
  }
  return done;
}

char *
habla_regular_file_read (const char *path, gsize max_size, gsize *length, GError **error)
{
  int fd = habla_regular_file_open (path, O_RDONLY, error);
  g_autofree char *data = NULL;
  struct stat status;
  gssize n = -1;

  if (fd < 0)
    return NULL;
  if (fstat (fd, &status) != 0 || status.st_size < 0 || (guint64) status.st_size > max_size) {
    file_fail (path, "it is larger than it may be", G_IO_ERROR_INVALID_DATA, error);
  } else {
    data = g_try_malloc ((gsize) status.st_size + 1);
    if (data == NULL)
      file_fail (path, g_strerror (ENOMEM), G_IO_ERROR_FAILED, error);
    else
      n = file_read_all (fd, path, data, status.st_size, error);
  }
  close (fd);
  if (n < 0)
    return NULL;
  data[n] = '\0';
  if (length != NULL)
    *length = n;
  return g_steal_pointer (&data);
}

gboolean
habla_regular_file_exists (const char *path)
{
  GStatBuf status;

  return g_lstat (path, &status) == 0 && S_ISREG (status.st_mode);
}
