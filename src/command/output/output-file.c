/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/output/output-file.h"

#include "command/exit-status.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct _HablaOutputFile {
  char *path;    /* the final path as the user named it */
  char *target;  /* the final path with symbolic links resolved */
  char *written; /* the path until commit: @target, or its partial name */
  int fd;        /* -1 = closed */
  gboolean is_rewritable;
  off_t end;  /* of what stays, if the file is rewritable */
  char *tail; /* what is behind it */
};

char *
habla_output_file_name (const char *path, const char *tag)
{
  const char *slash = strrchr (path, '/');
  const char *base = slash != NULL ? slash + 1 : path;
  const char *dot = strrchr (base, '.');

  if (dot == NULL || dot == base)
    dot = path + strlen (path);
  return g_strdup_printf ("%.*s.%s%s", (int) (dot - path), path, tag, dot);
}

static void
output_file_set_open_error (const char *path, int number, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  const char *advice = "";

  if ((number == ENOENT || number == ENOTDIR) && !g_file_test (folder, G_FILE_TEST_IS_DIR))
    advice = "; there is no such folder: make it first";
  else if (number == EACCES || number == EPERM || number == EROFS)
    advice = "; choose a folder that you may write to";
  else if (number == ENOSPC || number == EDQUOT)
    advice = "; make room, or choose another disk";
  g_set_error (error, HABLA_EXIT_ERROR, habla_exit_status_from_errno (number, FALSE),
      "%s cannot be written in %s: %s%s", path, folder, g_strerror (number), advice);
}

/* Returns: (transfer full): @path with symbolic links resolved */
static char *
output_file_resolve (const char *path)
{
  char resolved[PATH_MAX];

  return g_strdup (realpath (path, resolved) != NULL ? resolved : path);
}

char *
habla_output_file_name_partial (const char *path)
{
  g_autofree char *target = output_file_resolve (path);
  struct stat info;

  if (stat (target, &info) == 0 && !S_ISREG (info.st_mode))
    return NULL;
  return habla_output_file_name (target, "partial");
}

/* Returns: whether the partial file still has its name, and no other one. Another process may have
 * finished and renamed it, or deleted it, before it was locked. */
static gboolean
output_file_is_in_place (HablaOutputFile *self, const struct stat *opened)
{
  struct stat named;

  return lstat (self->written, &named) == 0 && named.st_dev == opened->st_dev &&
         named.st_ino == opened->st_ino;
}

/* Opens the partial file, which only one process may write. Something else with its name, such as
 * a link, is not touched. */
static gboolean
output_file_open_partial (HablaOutputFile *self, GError **error)
{
  struct stat info;

  do {
    if (self->fd >= 0)
      close (self->fd);
    self->fd = open (self->written, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
    if (self->fd < 0 && errno != ELOOP && errno != ENXIO && errno != EISDIR) {
      output_file_set_open_error (self->path, errno, error);
      return FALSE;
    }
    if (self->fd < 0 || fstat (self->fd, &info) != 0 || !S_ISREG (info.st_mode) ||
        info.st_nlink > 1) {
      g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_CANNOT_CREATE,
          "%s cannot be written: %s, which it is called until it is complete, is a link, a folder "
          "or a pipe; remove that",
          self->path, self->written);
      return FALSE;
    }
    /* Some network file systems have no locks. */
    if (flock (self->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_CANNOT_CREATE,
          "%s is being written by another habla; wait for its end, or choose another name",
          self->path);
      return FALSE;
    }
  } while (!output_file_is_in_place (self, &info));
  if (ftruncate (self->fd, 0) == 0)
    return TRUE;
  output_file_set_open_error (self->path, errno, error);
  return FALSE;
}

/* Opens a device or pipe. */
static gboolean
output_file_open_device (HablaOutputFile *self, GError **error)
{
  self->fd = open (self->written, O_WRONLY | O_CLOEXEC);
  if (self->fd >= 0)
    return TRUE;
  output_file_set_open_error (self->path, errno, error);
  return FALSE;
}

HablaOutputFile *
habla_output_file_new (const char *path, GError **error)
{
  g_autoptr (HablaOutputFile) self = g_new0 (HablaOutputFile, 1);
  struct stat info;
  gboolean exists;

  self->fd = -1;
  self->path = g_strdup (path);
  self->target = output_file_resolve (path);
  exists = stat (self->target, &info) == 0;
  if (exists && S_ISDIR (info.st_mode)) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_CANNOT_CREATE,
        "%s is a folder; name a file in it", path);
    return NULL;
  }
  /* Renaming would replace a file that is read-only. */
  if (exists && access (self->target, W_OK) != 0) {
    output_file_set_open_error (path, errno, error);
    return NULL;
  }
  self->is_rewritable = !exists || S_ISREG (info.st_mode);
  self->written = self->is_rewritable ? habla_output_file_name (self->target, "partial")
                                      : g_strdup (self->target);
  self->tail = g_strdup ("");
  if (self->is_rewritable ? !output_file_open_partial (self, error)
                          : !output_file_open_device (self, error)) {
    /* The file is not of this process. */
    if (self->fd >= 0)
      close (g_steal_fd (&self->fd));
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
habla_output_file_free (HablaOutputFile *self)
{
  if (self->fd >= 0) {
    if (habla_output_file_is_empty (self) && !g_str_equal (self->written, self->target))
      g_unlink (self->written);
    close (self->fd);
  }
  g_free (self->path);
  g_free (self->target);
  g_free (self->written);
  g_free (self->tail);
  g_free (self);
}

const char *
habla_output_file_get_path (HablaOutputFile *self)
{
  return self->path;
}

const char *
habla_output_file_get_written_path (HablaOutputFile *self)
{
  return self->written;
}

gboolean
habla_output_file_is_empty (HablaOutputFile *self)
{
  struct stat info;

  return fstat (self->fd, &info) == 0 && S_ISREG (info.st_mode) && info.st_size == 0;
}

gboolean
habla_output_file_is_rewritable (HablaOutputFile *self)
{
  return self->is_rewritable;
}

static gboolean
output_file_write_all (HablaOutputFile *self, const char *text)
{
  gsize length = strlen (text);

  while (length > 0) {
    gssize n = write (self->fd, text, length);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    text += n;
    length -= n;
  }
  return TRUE;
}

/* Replaces what is behind the end by @text. */
static gboolean
output_file_replace_tail (HablaOutputFile *self, const char *text)
{
  return lseek (self->fd, self->end, SEEK_SET) >= 0 && output_file_write_all (self, text) &&
         ftruncate (self->fd, self->end + (off_t) strlen (text)) == 0;
}

static void
output_file_set_write_error (HablaOutputFile *self, int number, GError **error)
{
  g_set_error (error, HABLA_EXIT_ERROR, habla_exit_status_from_errno (number, TRUE),
      "%s could not be written: %s%s", self->path, g_strerror (number),
      number == ENOSPC || number == EDQUOT ? "; make room, or choose another disk" : "");
}

gboolean
habla_output_file_write (HablaOutputFile *self, const char *text, const char *tail, GError **error)
{
  g_autofree char *all = g_strconcat (text, self->is_rewritable ? tail : "", NULL);

  if (self->is_rewritable ? !output_file_replace_tail (self, all)
                          : !output_file_write_all (self, all)) {
    int number = errno;

    /* The old tail had room. */
    if (self->is_rewritable)
      output_file_replace_tail (self, self->tail);
    output_file_set_write_error (self, number, error);
    return FALSE;
  }
  self->end += strlen (text);
  g_free (self->tail);
  self->tail = g_strdup (tail);
  return TRUE;
}

gboolean
habla_output_file_commit (HablaOutputFile *self, GError **error)
{
  gboolean is_complete = self->is_rewritable || output_file_write_all (self, self->tail);
  int number = errno;
  int fd = g_steal_fd (&self->fd);
  gboolean synced = is_complete && (fsync (fd) == 0 || errno == EINVAL || errno == EROFS);

  if (is_complete)
    number = errno;
  /* Closing ends the lock, and another process may write the partial file. */
  if (synced && !g_str_equal (self->written, self->target) &&
      g_rename (self->written, self->target) != 0) {
    synced = FALSE;
    number = errno;
  }
  if (close (fd) != 0 && synced) {
    synced = FALSE;
    number = errno;
  }
  if (!synced)
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_IO, "%s could not be finished: %s", self->path,
        g_strerror (number));
  return synced;
}
