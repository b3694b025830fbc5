/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include "recording/recording-maintenance.h"

#include "recording/file-decoder.h"
#include "recording/recording-folder.h"
#include "recording/recording.h"

#include <fcntl.h>
#include <media/wav-file.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <util/regular-file.h>

typedef struct {
  char *id;
  gint64 started_at; /* in microseconds since 1970 */
  guint64 size;
} Candidate;

static void
candidate_free (Candidate *candidate)
{
  g_free (candidate->id);
  g_free (candidate);
}

/* For a recording without metadata. Returns: (transfer full) (nullable): the stream's name */
static char *
maintenance_find_stream (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "stream."))
      return g_strdup (name);
  return NULL;
}

static void
maintenance_repair_wav (const char *path)
{
  int fd = habla_regular_file_open (path, O_RDWR, NULL);

  if (fd >= 0) {
    habla_wav_file_set_size (fd, 0);
    close (fd);
  }
}

/* Completes the metadata of an interrupted recording from its files. */
static gboolean
maintenance_repair (HablaRecording *recording, GCancellable *cancellable)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  gint64 written = 0;

  habla_recording_folder_measure (recording->folder, &written);
  if (recording->stream == NULL)
    recording->stream = maintenance_find_stream (recording->folder);
  if (recording->stream != NULL) {
    path = g_build_filename (recording->folder, recording->stream, NULL);
    if (g_str_has_suffix (path, ".wav"))
      maintenance_repair_wav (path);
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
      "Failed to repair the interrupted recording %s: %s", recording->id, error->message);
  return FALSE;
}

/* Returns: whether @id was interrupted, and is repaired now */
static gboolean
maintenance_repair_if_interrupted (const char *root, const char *id, GCancellable *cancellable)
{
  g_autoptr (HablaRecording) recording = habla_recording_load (root, id, NULL);
  gboolean is_repaired;
  int lock;

  if (recording == NULL || recording->ended_at != 0)
    return FALSE;
  lock = habla_recording_lock (recording->folder, LOCK_EX);
  if (lock < 0)
    return FALSE;
  /* Load again: a recorder may have finished before the lock was taken. */
  g_clear_pointer (&recording, habla_recording_free);
  recording = habla_recording_load (root, id, NULL);
  is_repaired =
      recording != NULL && recording->ended_at == 0 && maintenance_repair (recording, cancellable);
  close (lock);
  return is_repaired;
}

/* Returns: (transfer full) (element-type Candidate): the oldest first */
static GPtrArray *
maintenance_list_candidates (const char *root, GPtrArray *ids)
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
    candidate->size = habla_recording_folder_measure (recording->folder, &written);
    candidate->started_at = recording->started_at != 0 ? recording->started_at : written;
    g_ptr_array_add (candidates, candidate);
  }
  return candidates;
}

void
habla_recording_maintenance_run (const char *root, guint keep_days, guint64 max_size, gint64 now,
    GCancellable *cancellable, HablaRecordingMaintenance *result)
{
  g_autoptr (GPtrArray) ids = habla_recording_list (root);
  g_autoptr (GPtrArray) candidates = NULL;
  gint64 oldest = now - (gint64) keep_days * G_TIME_SPAN_DAY;

  memset (result, 0, sizeof *result);
  habla_recording_folder_empty_trash (root);
  for (guint i = 0; i < ids->len && !g_cancellable_is_cancelled (cancellable); i++)
    result->n_repaired +=
        maintenance_repair_if_interrupted (root, g_ptr_array_index (ids, i), cancellable);
  candidates = maintenance_list_candidates (root, ids);
  result->n_kept = candidates->len;
  for (guint i = 0; i < candidates->len; i++)
    result->size += ((Candidate *) g_ptr_array_index (candidates, i))->size;
  for (guint i = 0; i < candidates->len && !g_cancellable_is_cancelled (cancellable); i++) {
    const Candidate *candidate = g_ptr_array_index (candidates, i);
    gboolean is_old = keep_days != 0 && candidate->started_at < oldest;
    gboolean is_above_limit = max_size != 0 && result->size > max_size;

    if ((!is_old && !is_above_limit) || !habla_recording_folder_delete (root, candidate->id))
      continue;
    result->n_deleted++;
    result->n_kept--;
    result->size -= candidate->size;
  }
}
