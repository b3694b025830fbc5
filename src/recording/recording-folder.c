/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include "recording/recording-folder.h"

#include "recording/recording.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>
#include <util/regular-file.h>

/* Prefix of folders that are being deleted. It is not valid in an id, so they are never listed. */
#define TRASH ".trash-"

/* Subfolders, which are not Habla's, stay and are logged. Returns: whether @folder is gone */
static gboolean
folder_remove (const char *folder)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *dir = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *entry;

  if (dir == NULL) {
    if (fd >= 0)
      close (fd);
    return FALSE;
  }
  while ((entry = readdir (dir)) != NULL) {
    const char *name = entry->d_name;

    /* The marker goes last, so that a partly deleted folder is still known as Habla's. */
    if (!g_str_equal (name, ".") && !g_str_equal (name, "..") &&
        !g_str_equal (name, HABLA_RECORDING_MARKER) && unlinkat (fd, name, 0) != 0 &&
        errno != ENOENT)
      g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "MESSAGE",
          "Failed to delete %s/%s: %s; delete it by hand", folder, name, g_strerror (errno));
  }
  unlinkat (fd, HABLA_RECORDING_MARKER, 0);
  closedir (dir);
  return g_rmdir (folder) == 0;
}

guint64
habla_recording_folder_measure (const char *folder, gint64 *written)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint64 size = 0;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    GStatBuf status;

    if (g_lstat (path, &status) != 0)
      continue;
    size += status.st_size;
    *written = MAX (
        *written, (gint64) status.st_mtim.tv_sec * G_USEC_PER_SEC + status.st_mtim.tv_nsec / 1000);
  }
  return size;
}

gboolean
habla_recording_folder_delete (const char *root, const char *id)
{
  g_autofree char *name = g_strconcat (TRASH, id, NULL);
  g_autofree char *from = g_build_filename (root, id, NULL);
  g_autofree char *to = g_build_filename (root, name, NULL);
  int lock = habla_recording_lock (from, LOCK_EX);
  gboolean is_gone = lock >= 0 && g_rename (from, to) == 0;

  if (is_gone)
    folder_remove (to);
  if (lock >= 0)
    close (lock);
  return is_gone;
}

gboolean
habla_recording_folder_delete_session (const char *root, const char *id, guint64 session_id)
{
  g_autoptr (HablaRecording) recording = habla_recording_load (root, id, NULL);

  if (recording == NULL || recording->segments->len == 0)
    return FALSE;
  for (guint i = 0; i < recording->segments->len; i++)
    if (((HablaRecordingSegment *) g_ptr_array_index (recording->segments, i))->session_id !=
        session_id)
      return FALSE;
  return habla_recording_folder_delete (root, id);
}

void
habla_recording_folder_empty_trash (const char *root)
{
  g_autoptr (GDir) dir = g_dir_open (root, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *folder = g_build_filename (root, name, NULL);
    g_autofree char *marker = g_build_filename (folder, HABLA_RECORDING_MARKER, NULL);

    if (g_str_has_prefix (name, TRASH) && habla_regular_file_exists (marker) &&
        !g_file_test (folder, G_FILE_TEST_IS_SYMLINK))
      folder_remove (folder);
  }
}
