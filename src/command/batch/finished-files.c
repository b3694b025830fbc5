/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/batch/finished-files.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_RECORDS 20000
/* Length of a checksum, in hexadecimal digits. */
#define CHECKSUM 64
/* A record is two checksums, of the path of the output and of its source. */
#define RECORD (2 * CHECKSUM + 2)
/* Separators of the two: whether the output exists. */
#define WRITTEN ' '
#define UNWRITTEN '-'

struct _HablaFinishedFiles {
  char *path;
  GHashTable *sources; /* (element-type utf8 utf8): separator and source by the output */
};

/* Returns: (transfer full): checksum of the absolute path */
static char *
finished_files_name (const char *output)
{
  g_autofree char *path = g_canonicalize_filename (output, NULL);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, path, -1);
}

/* Keeps the later half of the records. Another process may add one meanwhile, which is lost. */
static void
finished_files_shorten (HablaFinishedFiles *self, const char *text, gsize length)
{
  gsize begin = length - MIN (length, (gsize) MAX_RECORDS / 2 * RECORD);

  g_file_set_contents (self->path, text + begin, length - begin, NULL);
}

static void
finished_files_read (HablaFinishedFiles *self)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  gsize length;
  struct stat info;

  /* An oversized file is not of this program. */
  if (stat (self->path, &info) != 0 || info.st_size > (goffset) 4 * MAX_RECORDS * RECORD ||
      !g_file_get_contents (self->path, &text, &length, NULL))
    return;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (strlen (lines[i]) == RECORD - 1 &&
        (lines[i][CHECKSUM] == WRITTEN || lines[i][CHECKSUM] == UNWRITTEN))
      g_hash_table_replace (
          self->sources, g_strndup (lines[i], CHECKSUM), g_strdup (lines[i] + CHECKSUM));
  if (length > (gsize) MAX_RECORDS * RECORD)
    finished_files_shorten (self, text, length);
}

HablaFinishedFiles *
habla_finished_files_new (void)
{
  HablaFinishedFiles *self = g_new0 (HablaFinishedFiles, 1);

  self->path = g_build_filename (g_get_user_state_dir (), "habla", "finished", NULL);
  self->sources = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  finished_files_read (self);
  return self;
}

void
habla_finished_files_free (HablaFinishedFiles *self)
{
  g_free (self->path);
  g_hash_table_unref (self->sources);
  g_free (self);
}

char *
habla_finished_files_describe_input (const char *path, const char *options)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *text = NULL;
  struct stat info;

  if (stat (path, &info) != 0)
    return NULL;
  text = g_strdup_printf ("%s\n%" G_GINT64_FORMAT " %" G_GINT64_FORMAT ".%09ld\n%s", absolute,
      (gint64) info.st_size, (gint64) info.st_mtim.tv_sec, info.st_mtim.tv_nsec, options);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

gboolean
habla_finished_files_contain (HablaFinishedFiles *self, const char *output, const char *source)
{
  g_autofree char *name = finished_files_name (output);
  const char *known = g_hash_table_lookup (self->sources, name);

  return known != NULL && g_str_equal (known + 1, source) &&
         (known[0] == UNWRITTEN || g_file_test (output, G_FILE_TEST_EXISTS));
}

gboolean
habla_finished_files_are_output (const HablaFinishedFiles *self, const char *path)
{
  g_autofree char *name = finished_files_name (path);
  const char *known = g_hash_table_lookup (self->sources, name);

  return known != NULL && known[0] == WRITTEN;
}

void
habla_finished_files_add (
    HablaFinishedFiles *self, const char *output, const char *source, gboolean is_written)
{
  g_autofree char *name = finished_files_name (output);
  g_autofree char *known = g_strdup_printf ("%c%s", is_written ? WRITTEN : UNWRITTEN, source);
  g_autofree char *record = g_strdup_printf ("%s%s\n", name, known);
  g_autofree char *folder = g_path_get_dirname (self->path);
  int fd;

  g_hash_table_replace (self->sources, g_steal_pointer (&name), g_steal_pointer (&known));
  g_mkdir_with_parents (folder, 0700);
  fd = open (self->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0)
    return;
  /* One call, so that records of other processes do not mix with it. */
  if (write (fd, record, strlen (record)) < 0)
    g_debug ("No record of %s", output);
  close (fd);
}
