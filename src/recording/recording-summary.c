/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recording/recording-summary.h"

#include "recording/reference-transcript.h"

#include <glib/gstdio.h>
#include <string.h>

/* Limit of cached entries, of 200 bytes each. The cache is emptied when it is full. */
#define MAX_ENTRIES 10000

/* Changes when a file is replaced or written. */
typedef struct {
  guint64 inode;
  guint64 size;
  gint64 changed; /* in nanoseconds since 1970 */
} FileState;

static const char *const file_names[] = { HABLA_RECORDING_METADATA, HABLA_RECORDING_SEGMENTS,
  HABLA_RECORDING_REFERENCE_TRANSCRIPT };

typedef struct {
  FileState files[G_N_ELEMENTS (file_names)];
  HablaRecordingSummary summary;
} Entry;

static GMutex read_lock; /* serialises the reading of files */
static GMutex lock;
static GHashTable *entries; /* protected by lock; from folder to Entry */

static void
get_file_states (const char *folder, FileState *files)
{
  memset (files, 0, G_N_ELEMENTS (file_names) * sizeof *files);
  for (guint i = 0; i < G_N_ELEMENTS (file_names); i++) {
    g_autofree char *path = g_build_filename (folder, file_names[i], NULL);
    GStatBuf status;

    if (g_lstat (path, &status) != 0)
      continue;
    files[i].inode = status.st_ino;
    files[i].size = status.st_size;
    files[i].changed =
        status.st_ctim.tv_sec * G_GINT64_CONSTANT (1000000000) + status.st_ctim.tv_nsec;
  }
}

/* Returns: whether an entry was found that is up to date */
static gboolean
find_entry (const char *folder, const FileState *files, HablaRecordingSummary *summary)
{
  const Entry *entry;
  gboolean is_valid;

  g_mutex_lock (&lock);
  entry = entries != NULL ? g_hash_table_lookup (entries, folder) : NULL;
  is_valid = entry != NULL && memcmp (entry->files, files, sizeof entry->files) == 0;
  if (is_valid)
    *summary = entry->summary;
  g_mutex_unlock (&lock);
  return is_valid;
}

static void
add_entry (const char *folder, const FileState *files, const HablaRecordingSummary *summary)
{
  Entry *entry = g_new0 (Entry, 1);

  memcpy (entry->files, files, sizeof entry->files);
  entry->summary = *summary;
  g_mutex_lock (&lock);
  if (entries == NULL)
    entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (g_hash_table_size (entries) >= MAX_ENTRIES)
    g_hash_table_remove_all (entries);
  g_hash_table_replace (entries, g_strdup (folder), entry);
  g_mutex_unlock (&lock);
}

static gboolean
summarise (const char *root, const char *id, HablaRecordingSummary *summary)
{
  g_autoptr (HablaRecording) recording = habla_recording_load (root, id, NULL);

  if (recording == NULL)
    return FALSE;
  summary->has_stream = recording->stream != NULL;
  summary->has_ground_truth = recording->has_ground_truth;
  summary->n_segments = recording->segments->len;
  summary->started_at = recording->started_at;
  summary->ended_at = recording->ended_at;
  summary->duration = recording->duration;
  summary->is_reviewed = habla_reference_transcript_compare (
      recording, &summary->n_reviewed, &summary->n_corrected, &summary->wer);
  return TRUE;
}

gboolean
habla_recording_summarise (const char *root, const char *id, HablaRecordingSummary *summary)
{
  g_autofree char *folder = habla_recording_find (root, id, NULL);
  FileState files[G_N_ELEMENTS (file_names)];
  gboolean is_found;

  memset (summary, 0, sizeof *summary);
  if (folder == NULL)
    return FALSE;
  get_file_states (folder, files);
  if (find_entry (folder, files, summary))
    return TRUE;
  g_mutex_lock (&read_lock);
  /* Check again: another thread may have read the files meanwhile. The states must be older than
   * the summary. */
  get_file_states (folder, files);
  is_found = find_entry (folder, files, summary);
  if (!is_found && (is_found = summarise (root, id, summary)))
    add_entry (folder, files, summary);
  g_mutex_unlock (&read_lock);
  return is_found;
}
