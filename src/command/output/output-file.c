/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/output/output-file.h"

#include "command/exit-status.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
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

HablaOutputFile *
habla_output_file_new (const char *path, GError **error)
{
  g_autoptr (HablaOutputFile) self = g_new0 (HablaOutputFile, 1);
  char resolved[PATH_MAX];
  struct stat info;
  gboolean exists;

  self->fd = -1;
  self->path = g_strdup (path);
  self->target = g_strdup (realpath (path, resolved) != NULL ? resolved : path);
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
  self->written = exists && !S_ISREG (info.st_mode)
                      ? g_strdup (self->target)
                      : habla_output_file_name (self->target, "partial");
  self->fd = open (self->written, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (self->fd < 0) {
    output_file_set_open_error (path, errno, error);
    return NULL;
  }
  self->is_rewritable = fstat (self->fd, &info) == 0 && S_ISREG (info.st_mode);
  self->tail = g_strdup ("");
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
  if (close (fd) != 0 && synced) {
    synced = FALSE;
    number = errno;
  }
  if (synced && !g_str_equal (self->written, self->target) &&
      g_rename (self->written, self->target) != 0) {
    synced = FALSE;
    number = errno;
  }
  if (!synced)
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_IO, "%s could not be finished: %s", self->path,
        g_strerror (number));
  return synced;
}
