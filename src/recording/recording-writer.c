/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recording/recording-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <media/media-type.h>
#include <media/wav-file.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct _HablaRecordingWriter {
  HablaRecording *recording;
  char *root;
  HablaRecordingLimits limits;

  int bytes_kb;   /* atomic: written, in kB */
  int n_segments; /* atomic: written */

  int lock_fd;
  int stream_fd;
  int segments_fd;
  gboolean is_wav; /* the stream is a WAVE file by Habla */
  guint64 bytes;
  guint64 n_decoded; /* samples */
  guint next_index;
  GHashTable *indices; /* from exchange id to index + 1 */
  GError *error;       /* (nullable) */
};

HablaRecordingWriter *
habla_recording_writer_new (
    const char *root, HablaRecording *recording, const HablaRecordingLimits *limits)
{
  HablaRecordingWriter *self = g_new0 (HablaRecordingWriter, 1);

  self->recording = recording;
  self->root = g_strdup (root);
  self->limits = *limits;
  if (limits->budget != NULL)
    habla_recording_budget_ref (limits->budget);
  self->lock_fd = self->stream_fd = self->segments_fd = -1;
  self->indices = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  return self;
}

void
habla_recording_writer_free (HablaRecordingWriter *self)
{
  habla_recording_free (self->recording);
  g_clear_pointer (&self->limits.budget, habla_recording_budget_unref);
  g_hash_table_unref (self->indices);
  g_clear_error (&self->error);
  g_free (self->root);
  g_free (self);
}

/* Errors */

static void G_GNUC_PRINTF (3, 4)
    writer_fail (HablaRecordingWriter *self, int code, const char *format, ...)
{
  g_autofree char *cause = NULL;
  va_list args;

  if (self->error != NULL)
    return;
  va_start (args, format);
  cause = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (&self->error, G_IO_ERROR, code,
      "The recording has ended, but translation continues: %s", cause);
}

static void
writer_fail_errno (HablaRecordingWriter *self, const char *path, int code)
{
  const char *remedy = code == ENOSPC || code == EDQUOT ? "free some space on the disk"
                                                        : "check the folder of recordings";

  writer_fail (self, g_io_error_from_errno (code), "failed to write %s: %s; %s", path,
      g_strerror (code), remedy);
}

void
habla_recording_writer_set_error (HablaRecordingWriter *self, const GError *cause)
{
  writer_fail (self, cause->code, "%s", cause->message);
}

const GError *
habla_recording_writer_get_error (const HablaRecordingWriter *self)
{
  return self->error;
}

/* Files */

static guint64
writer_get_max_bytes (const HablaRecordingWriter *self)
{
  return HABLA_RECORDING_SLACK + self->limits.max_undecoded +
         self->n_decoded / HABLA_RECORDING_RATE * HABLA_RECORDING_BYTES_PER_SECOND +
         self->n_decoded % HABLA_RECORDING_RATE * HABLA_RECORDING_BYTES_PER_SECOND /
             HABLA_RECORDING_RATE;
}

/* Returns: whether @size more bytes may be written; if not, that is the recording's error */
static gboolean
writer_reserve (HablaRecordingWriter *self, gsize size)
{
  const HablaRecordingLimits *limits = &self->limits;
  guint64 after = self->bytes + size;

  if (after > writer_get_max_bytes (self))
    writer_fail (self, G_IO_ERROR_NO_SPACE,
        "%" G_GUINT64_FORMAT " MB arrived for %" G_GUINT64_FORMAT
        " s of audio; send at most %d kB for each second of audio",
        after / 1000000, self->n_decoded / HABLA_RECORDING_RATE,
        HABLA_RECORDING_BYTES_PER_SECOND / 1000);
  else if (limits->max_size != 0 && after > limits->max_size)
    writer_fail (self, G_IO_ERROR_NO_SPACE,
        "it has %" G_GUINT64_FORMAT " MB, which is max-recording-size; start listening again for a "
        "new recording",
        self->bytes / 1000000);
  else if (limits->budget != NULL && !habla_recording_budget_take (limits->budget, size))
    writer_fail (self, G_IO_ERROR_NO_SPACE,
        "all recordings together have %" G_GUINT64_FORMAT " MB, which is max-size; delete "
        "recordings, or raise max-size",
        habla_recording_budget_get_max_size (limits->budget) / 1000000);
  else
    return TRUE;
  return FALSE;
}

static gboolean
writer_write (HablaRecordingWriter *self, int fd, gconstpointer data, gsize size)
{
  const char *next = data;
  gsize left = size;
  gssize n = 0;

  if (self->error != NULL || !writer_reserve (self, size))
    return FALSE;
  while (left > 0 && n >= 0) {
    do
      n = write (fd, next, left);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
      writer_fail_errno (self, self->recording->folder, errno);
      break;
    }
    next += n;
    left -= n;
    self->bytes += n;
    g_atomic_int_set (&self->bytes_kb, self->bytes / 1000);
  }
  if (self->limits.budget != NULL)
    habla_recording_budget_settle (self->limits.budget, size);
  return left == 0;
}

static gboolean
writer_write_bytes (HablaRecordingWriter *self, int fd, GBytes *bytes)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  return writer_write (self, fd, data, size);
}

/* Returns: a descriptor; -1 after an error, which is kept */
static int
writer_create_file (HablaRecordingWriter *self, const char *name, int flags)
{
  g_autofree char *path = g_build_filename (self->recording->folder, name, NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0600);

  if (fd < 0)
    writer_fail_errno (self, path, errno);
  return fd;
}

static gboolean
writer_save_metadata (HablaRecordingWriter *self)
{
  g_autoptr (GError) error = NULL;

  if (habla_recording_save (self->recording, &error))
    return TRUE;
  writer_fail (self, G_IO_ERROR_FAILED, "%s; free some space on the disk", error->message);
  return FALSE;
}

/* The marker is locked before it gets its name, so that no other process can lock it first. */
static gboolean
writer_create_marker (HablaRecordingWriter *self)
{
  static const char about[] = "Habla made this folder, and may delete it.\n";
  static const char new_name[] = HABLA_RECORDING_MARKER ".new";
  g_autofree char *from = g_build_filename (self->recording->folder, new_name, NULL);
  g_autofree char *to = g_build_filename (self->recording->folder, HABLA_RECORDING_MARKER, NULL);

  self->lock_fd = writer_create_file (self, new_name, O_EXCL);
  if (self->lock_fd < 0 || !writer_write (self, self->lock_fd, about, strlen (about)))
    return FALSE;
  if (flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0 && g_rename (from, to) == 0)
    return TRUE;
  writer_fail_errno (self, to, errno);
  return FALSE;
}

void
habla_recording_writer_open (HablaRecordingWriter *self)
{
  if (g_mkdir_with_parents (self->root, 0700) != 0 ||
      g_mkdir (self->recording->folder, 0700) != 0) {
    writer_fail_errno (self, self->recording->folder, errno);
    return;
  }
  if (writer_create_marker (self) && writer_save_metadata (self))
    self->segments_fd = writer_create_file (self, HABLA_RECORDING_SEGMENTS, O_APPEND);
}

static void
writer_close_file (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/* For a recording without a stream. */
static void
writer_delete_files (HablaRecordingWriter *self)
{
  static const char *const names[] = { HABLA_RECORDING_SEGMENTS, HABLA_RECORDING_METADATA,
    HABLA_RECORDING_MARKER ".new", HABLA_RECORDING_MARKER };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (self->recording->folder, names[i], NULL);

    g_unlink (path);
  }
  g_rmdir (self->recording->folder);
}

gboolean
habla_recording_writer_close (HablaRecordingWriter *self)
{
  HablaRecording *recording = self->recording;
  gboolean is_kept = self->stream_fd >= 0;

  if (is_kept && self->is_wav)
    habla_wav_file_set_size (self->stream_fd, 0);
  writer_close_file (&self->stream_fd);
  writer_close_file (&self->segments_fd);
  /* All audio is on disk: allow others to play the recording as soon as ended_at is set. */
  if (self->lock_fd >= 0)
    flock (self->lock_fd, LOCK_SH);
  recording->ended_at = g_get_real_time ();
  recording->duration = habla_recording_samples_to_time (self->n_decoded);
  if (is_kept)
    writer_save_metadata (self);
  else if (self->lock_fd >= 0)
    writer_delete_files (self);
  writer_close_file (&self->lock_fd);
  return is_kept;
}

/* Content */

void
habla_recording_writer_add_decoded (HablaRecordingWriter *self, gsize n_samples)
{
  self->n_decoded += n_samples;
}

/* Returns: (transfer full): the stream's file name; players look at the content, not at the name */
static char *
writer_get_stream_name (GBytes *audio)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (audio, &size);
  const HablaMediaType *type = habla_media_type_find_by_content (data, size);

  return g_strconcat ("stream", type != NULL ? type->suffix : ".bin", NULL);
}

static gboolean
writer_create_stream (HablaRecordingWriter *self, const char *name, guint rate)
{
  guint8 header[HABLA_WAV_FILE_HEADER_SIZE];

  self->recording->stream = g_strdup (name);
  self->stream_fd = writer_create_file (self, name, 0);
  self->is_wav = rate != 0;
  if (self->stream_fd < 0)
    return FALSE;
  habla_wav_file_make_header (header, rate, HABLA_WAV_FILE_GROWS);
  return (rate == 0 || writer_write (self, self->stream_fd, header, sizeof header)) &&
         writer_save_metadata (self);
}

void
habla_recording_writer_add_stream (HablaRecordingWriter *self, GBytes *audio, guint rate)
{
  if (self->error != NULL)
    return;
  if (self->stream_fd < 0) {
    g_autofree char *name = rate != 0 ? g_strdup ("stream.wav") : writer_get_stream_name (audio);

    if (!writer_create_stream (self, name, rate))
      return;
  }
  writer_write_bytes (self, self->stream_fd, audio);
}

static void
writer_write_segment_audio (HablaRecordingWriter *self, guint index, GBytes *audio)
{
  g_autofree char *path = habla_recording_get_segment_path (self->recording->folder, index);
  g_autofree char *name = g_path_get_basename (path);
  guint8 header[HABLA_WAV_FILE_HEADER_SIZE];
  int fd = writer_create_file (self, name, O_TRUNC);

  if (fd < 0)
    return;
  habla_wav_file_make_header (header, HABLA_RECORDING_RATE, g_bytes_get_size (audio));
  if (writer_write (self, fd, header, sizeof header))
    writer_write_bytes (self, fd, audio);
  close (fd);
}

void
habla_recording_writer_add_segment (
    HablaRecordingWriter *self, HablaRecordingSegment *segment, GBytes *audio)
{
  g_autofree char *line = NULL;

  if (self->error != NULL)
    return;
  segment->index = self->next_index++;
  line = habla_recording_segment_to_line (segment);
  if (audio != NULL)
    writer_write_segment_audio (self, segment->index, audio);
  /* After its audio, so that listed segments can be played. */
  if (writer_write (self, self->segments_fd, line, strlen (line)))
    g_atomic_int_inc (&self->n_segments);
  g_hash_table_insert (self->indices,
      g_memdup2 (&segment->exchange_id, sizeof segment->exchange_id),
      GUINT_TO_POINTER (segment->index + 1));
}

void
habla_recording_writer_add_translation (
    HablaRecordingWriter *self, guint64 exchange_id, const char *language, const char *text)
{
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (self->indices, &exchange_id));
  g_autofree char *line = NULL;

  if (index == 0)
    return;
  line = habla_recording_translation_to_line (index - 1, language, text);
  writer_write (self, self->segments_fd, line, strlen (line));
}

const char *
habla_recording_writer_get_id (const HablaRecordingWriter *self)
{
  return self->recording->id;
}

guint64
habla_recording_writer_get_bytes (HablaRecordingWriter *self)
{
  return (guint64) g_atomic_int_get (&self->bytes_kb) * 1000;
}

guint
habla_recording_writer_count_segments (HablaRecordingWriter *self)
{
  return g_atomic_int_get (&self->n_segments);
}
