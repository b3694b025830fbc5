/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was cut off is mended, what is old or too much is deleted. Whoever records or plays
 * holds a lock: nothing is touched that somebody else has. */
#define G_LOG_USE_STRUCTURED
#include "recording/recording-maintenance.h"

#include "recording/file-decoder.h"
#include <util/regular-file.h>
#include "recording/recording.h"
#include "recording/recording-library.h"
#include <media/wav-file.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* What is being deleted: no id, so nobody sees it any more. */
#define TRASH ".trash-"

typedef struct {
  char *id;
  gint64 began; /* in microseconds since 1970 */
  guint64 size;
} Candidate;

static void
candidate_free (Candidate *candidate)
{
  g_free (candidate->id);
  g_free (candidate);
}

/* All files of it; a folder that somebody has put into it stays, and is told of.
 * Returns: whether it is gone */
static gboolean
empty_folder (const char *folder)
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

    /* The marker goes last: a folder that is deleted in part is still known as Habla's. */
    if (!g_str_equal (name, ".") && !g_str_equal (name, "..") &&
        !g_str_equal (name, HABLA_RECORDING_MARKER) && unlinkat (fd, name, 0) != 0 &&
        errno != ENOENT)
      g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "MESSAGE",
          "%s/%s cannot be deleted: %s; see to it by hand", folder, name, g_strerror (errno));
  }
  unlinkat (fd, HABLA_RECORDING_MARKER, 0);
  closedir (dir);
  return g_rmdir (folder) == 0;
}

gboolean
habla_recording_library_delete (const char *root, const char *id)
{
  g_autofree char *name = g_strconcat (TRASH, id, NULL);
  g_autofree char *from = g_build_filename (root, id, NULL);
  g_autofree char *to = g_build_filename (root, name, NULL);
  int lock = habla_recording_lock (from, LOCK_EX);
  gboolean is_gone = lock >= 0 && g_rename (from, to) == 0;

  if (is_gone)
    empty_folder (to);
  if (lock >= 0)
    close (lock);
  return is_gone;
}

/* What a deletion left behind that was cut short. */
static void
empty_trash (const char *root)
{
  g_autoptr (GDir) dir = g_dir_open (root, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *folder = g_build_filename (root, name, NULL);
    g_autofree char *marker = g_build_filename (folder, HABLA_RECORDING_MARKER, NULL);

    if (g_str_has_prefix (name, TRASH) && habla_regular_file_exists (marker) &&
        !g_file_test (folder, G_FILE_TEST_IS_SYMLINK))
      empty_folder (folder);
  }
}

guint64
habla_recording_library_measure (const char *folder, gint64 *written)
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

/* Returns: (transfer full) (nullable): the name of its stream, if its metadata is lost */
static char *
find_stream (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "stream."))
      return g_strdup (name);
  return NULL;
}

static void
mend_wav (const char *path)
{
  int fd = habla_regular_file_open (path, O_RDWR, NULL);

  if (fd >= 0) {
    habla_wav_file_set_size (fd, 0);
    close (fd);
  }
}

/* Of one that was cut off: what its files say goes into its metadata. */
static gboolean
mend (HablaRecording *recording, GCancellable *cancellable)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  gint64 written = 0;

  habla_recording_library_measure (recording->folder, &written);
  if (recording->stream == NULL)
    recording->stream = find_stream (recording->folder);
  if (recording->stream != NULL) {
    path = g_build_filename (recording->folder, recording->stream, NULL);
    if (g_str_has_suffix (path, ".wav"))
      mend_wav (path);
    recording->duration = habla_file_decoder_measure (path, cancellable);
  }
  if (g_cancellable_is_cancelled (cancellable))
    return FALSE;
  recording->ended_at = written;
  if (recording->started_at == 0)
    recording->started_at = written - (gint64) (recording->duration / 1000);
  if (habla_recording_save (recording, &error))
    return TRUE;
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "MESSAGE",
      "Recording %s was cut off and cannot be mended: %s", recording->id, error->message);
  return FALSE;
}

/* Returns: whether it was mended */
static gboolean
mend_if_cut (const char *root, const char *id, GCancellable *cancellable)
{
  g_autoptr (HablaRecording) recording = habla_recording_load (root, id, NULL);
  gboolean is_mended;
  int lock;

  if (recording == NULL || recording->ended_at != 0)
    return FALSE;
  lock = habla_recording_lock (recording->folder, LOCK_EX);
  if (lock < 0)
    return FALSE;
  /* Whoever had the lock may have finished meanwhile. */
  g_clear_pointer (&recording, habla_recording_free);
  recording = habla_recording_load (root, id, NULL);
  is_mended = recording != NULL && recording->ended_at == 0 && mend (recording, cancellable);
  close (lock);
  return is_mended;
}

/* Returns: (transfer full): the oldest first */
static GPtrArray *
collect (const char *root, GPtrArray *ids)
{
  GPtrArray *candidates = g_ptr_array_new_with_free_func ((GDestroyNotify) candidate_free);

  for (guint i = ids->len; i > 0; i--) {
    const char *id = g_ptr_array_index (ids, i - 1);
    g_autoptr (HablaRecording) recording = habla_recording_load (root, id, NULL);
    Candidate *candidate;
    gint64 written = 0;

    if (recording == NULL)
      continue;
    candidate = g_new0 (Candidate, 1);
    candidate->id = g_strdup (id);
    candidate->size = habla_recording_library_measure (recording->folder, &written);
    candidate->began = recording->started_at != 0 ? recording->started_at : written;
    g_ptr_array_add (candidates, candidate);
  }
  return candidates;
}

/**
 * habla_recording_maintenance_run:
 * @keep_days: older ones are deleted; 0 = none
 * @max_size: of all together, in bytes; the oldest are deleted; 0 = any
 * @now: in microseconds since 1970
 * @care: (out): what it has done
 */
void
habla_recording_maintenance_run (const char *root, guint keep_days, guint64 max_size, gint64 now,
    GCancellable *cancellable, HablaRecordingMaintenance *care)
{
  g_autoptr (GPtrArray) ids = habla_recording_list (root);
  g_autoptr (GPtrArray) candidates = NULL;
  gint64 oldest = now - (gint64) keep_days * G_TIME_SPAN_DAY;

  memset (care, 0, sizeof *care);
  empty_trash (root);
  for (guint i = 0; i < ids->len && !g_cancellable_is_cancelled (cancellable); i++)
    care->n_mended += mend_if_cut (root, g_ptr_array_index (ids, i), cancellable);
  candidates = collect (root, ids);
  care->n_kept = candidates->len;
  for (guint i = 0; i < candidates->len; i++)
    care->size += ((Candidate *) g_ptr_array_index (candidates, i))->size;
  for (guint i = 0; i < candidates->len && !g_cancellable_is_cancelled (cancellable); i++) {
    const Candidate *candidate = g_ptr_array_index (candidates, i);
    gboolean is_old = keep_days != 0 && candidate->began < oldest;
    gboolean is_much = max_size != 0 && care->size > max_size;

    if ((!is_old && !is_much) || !habla_recording_library_delete (root, candidate->id))
      continue;
    care->n_deleted++;
    care->n_kept--;
    care->size -= candidate->size;
  }
}
