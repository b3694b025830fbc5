/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recording/player.h"

#include "recording/file-decoder.h"
#include <util/regular-file.h>
#include "recording/recording.h"
#include <media/wav-file.h>

#include <math.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <util/source.h>

/* Interval at which due chunks are pushed, in milliseconds. */
#define TICK 50
/* Nothing is pushed while the target has more pending bytes than this: two seconds. */
#define MAX_WAITING (2 * HABLA_FILE_DECODER_BYTES_PER_SECOND)
/* Number of chunks that are read ahead. */
#define N_AHEAD 2
/* Silence after a segment, in bytes: long enough to end an utterance. */
#define PAUSE HABLA_FILE_DECODER_BYTES_PER_SECOND
/* Limit of a segment, in bytes: an utterance of a minute at most, and margins. */
#define MAX_SEGMENT (90 * HABLA_FILE_DECODER_BYTES_PER_SECOND)

/* Only used in the main thread, except where noted. */
struct _HablaPlayer {
  /* Immutable after preparation. */
  HablaPlayerMode mode;
  double speed;
  guint total;
  HablaRecording *recording;
  GArray *indices; /* of segments */
  int lock_fd;     /* holds the recording's lock */
  GCancellable *cancellable;

  /* Only used by the worker thread while is_reading. */
  HablaFileDecoder *decoder; /* (nullable) */
  guint next_read;           /* position in indices */

  HablaPlayerTarget target;
  gpointer user_data;
  GQueue chunks; /* (element-type GBytes): read ahead */
  gboolean is_reading;
  gboolean is_read;  /* to the end */
  gboolean is_freed; /* waits for the worker thread */
  GSource *timer;
  gint64 started_at;
  guint64 pushed; /* bytes */
  guint n_pushed;
};

static guint n_players; /* only used in the main thread */

static void player_read_ahead (HablaPlayer *self);

const char *
habla_player_mode_get_name (HablaPlayerMode mode)
{
  return mode == HABLA_PLAYER_FULL ? "full" : "segments";
}

gboolean
habla_player_mode_from_name (const char *name, HablaPlayerMode *mode)
{
  *mode = g_str_equal (name, "segments") ? HABLA_PLAYER_SEGMENTS : HABLA_PLAYER_FULL;
  return g_str_equal (name, habla_player_mode_get_name (*mode));
}

/* Any thread, when no other thread uses @self. */
static void
player_destroy (HablaPlayer *self)
{
  g_clear_pointer (&self->decoder, habla_file_decoder_free);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  g_queue_clear_full (&self->chunks, (GDestroyNotify) g_bytes_unref);
  g_clear_pointer (&self->recording, habla_recording_free);
  g_array_unref (self->indices);
  g_object_unref (self->cancellable);
  g_free (self);
}

/* Preparation */

typedef struct {
  char *root;
  char *id;
  HablaPlayer *player;
} Preparation;

static void
preparation_free (Preparation *self)
{
  g_free (self->root);
  g_free (self->id);
  g_clear_pointer (&self->player, player_destroy);
  g_free (self);
}

/* Collects segments with audio. */
static void
player_find_segments (HablaPlayer *self)
{
  for (guint i = 0; i < self->recording->segments->len; i++) {
    HablaRecordingSegment *segment = g_ptr_array_index (self->recording->segments, i);
    g_autofree char *path =
        habla_recording_get_segment_path (self->recording->folder, segment->index);

    if (habla_regular_file_exists (path))
      g_array_append_val (self->indices, segment->index);
  }
}

/* Worker thread. Returns: whether there is something to play */
static gboolean
player_open (HablaPlayer *self, const char *root, const char *id, GError **error)
{
  guint64 duration;

  self->recording = habla_recording_load (root, id, error);
  if (self->recording == NULL)
    return FALSE;
  self->lock_fd = habla_recording_lock (self->recording->folder, LOCK_SH);
  if (self->lock_fd < 0) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY,
        "The recording is in progress or being repaired; play it later");
    return FALSE;
  }
  if (self->mode == HABLA_PLAYER_SEGMENTS) {
    player_find_segments (self);
    self->total = self->indices->len;
  } else if (self->recording->stream != NULL) {
    g_autofree char *path =
        g_build_filename (self->recording->folder, self->recording->stream, NULL);

    duration = self->recording->duration;
    if (duration == 0)
      duration = habla_file_decoder_measure (path, self->cancellable);
    self->total = (duration + G_GUINT64_CONSTANT (999999999)) / G_GUINT64_CONSTANT (1000000000);
  }
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  if (self->total > 0)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
      self->mode == HABLA_PLAYER_SEGMENTS
          ? "The recording has no utterances; play it in mode \"full\""
          : "The recording has no audio that can be decoded; play another one");
  return FALSE;
}

static void
preparation_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Preparation *preparation = data;
  GError *error = NULL;

  if (player_open (preparation->player, preparation->root, preparation->id, &error))
    g_task_return_pointer (
        task, g_steal_pointer (&preparation->player), (GDestroyNotify) player_destroy);
  else
    g_task_return_error (task, error);
}

void
habla_player_prepare (const HablaPlayerOptions *options, GCancellable *cancellable,
    GAsyncReadyCallback done, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, done, user_data);
  Preparation *preparation = g_new0 (Preparation, 1);
  HablaPlayer *self = g_new0 (HablaPlayer, 1);

  n_players++;
  self->mode = options->mode;
  self->speed = options->speed;
  self->lock_fd = -1;
  self->indices = g_array_new (FALSE, FALSE, sizeof (guint));
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : g_cancellable_new ();
  preparation->root = g_strdup (options->root);
  preparation->id = g_strdup (options->id);
  preparation->player = self;
  g_task_set_name (task, "[habla] HablaPlayer prepare");
  g_task_set_task_data (task, preparation, (GDestroyNotify) preparation_free);
  g_task_run_in_thread (task, preparation_run);
}

HablaPlayer *
habla_player_prepare_finish (GAsyncResult *result, GError **error)
{
  HablaPlayer *self = g_task_propagate_pointer (G_TASK (result), error);

  if (self == NULL)
    n_players--;
  return self;
}

/* Reading */

/* Worker thread. Returns: (transfer full) (nullable): %NULL at the end, or on error */
static GBytes *
player_read_second (HablaPlayer *self, GError **error)
{
  if (self->decoder == NULL) {
    g_autofree char *path =
        g_build_filename (self->recording->folder, self->recording->stream, NULL);

    self->decoder = habla_file_decoder_new (path);
  }
  return habla_file_decoder_read (
      self->decoder, HABLA_FILE_DECODER_BYTES_PER_SECOND, self->cancellable, error);
}

/* Worker thread. Skips segments that are missing or damaged. */
static GBytes *
player_read_segment (HablaPlayer *self, GError **error)
{
  while (self->next_read < self->indices->len) {
    guint index = g_array_index (self->indices, guint, self->next_read++);
    g_autofree char *path = habla_recording_get_segment_path (self->recording->folder, index);
    g_autoptr (GError) damage = NULL;
    g_autoptr (GBytes) speech =
        habla_wav_file_read (path, HABLA_RECORDING_RATE, MAX_SEGMENT, &damage);
    gsize size = speech != NULL ? g_bytes_get_size (speech) : 0;
    guint8 *samples;

    if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
      return NULL;
    if (size == 0) {
      g_message (
          "Failed to play a segment of recording %s: %s", self->recording->id, damage->message);
      continue;
    }
    samples = g_malloc0 (size + PAUSE);
    memcpy (samples, g_bytes_get_data (speech, NULL), size);
    return g_bytes_new_take (samples, size + PAUSE);
  }
  return NULL;
}

static void
player_run_read (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  HablaPlayer *self = data;
  GError *error = NULL;
  GBytes *chunk = self->mode == HABLA_PLAYER_FULL ? player_read_second (self, &error)
                                                  : player_read_segment (self, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, chunk, (GDestroyNotify) g_bytes_unref);
}

static void
player_run_destroy (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  player_destroy (data);
  g_task_return_boolean (task, TRUE);
}

static void
player_on_destroyed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  n_players--;
}

/* Ending the decoder may block. */
static void
player_destroy_in_thread (HablaPlayer *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, player_on_destroyed, NULL);

  g_task_set_name (task, "[habla] HablaPlayer close");
  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, player_run_destroy);
}

void
habla_player_stop (HablaPlayer *self)
{
  habla_source_clear (&self->timer);
}

static void
player_end (HablaPlayer *self, const GError *error)
{
  habla_player_stop (self);
  self->target.ended (self->n_pushed, error, self->user_data);
}

static void
player_on_read (GObject *object, GAsyncResult *result, gpointer user_data)
{
  HablaPlayer *self = user_data;
  g_autoptr (GError) error = NULL;
  GBytes *chunk = g_task_propagate_pointer (G_TASK (result), &error);

  self->is_reading = FALSE;
  if (chunk != NULL)
    g_queue_push_tail (&self->chunks, chunk);
  else
    self->is_read = TRUE;
  if (self->is_freed)
    player_destroy_in_thread (self);
  else if (self->timer != NULL && error != NULL)
    player_end (self, error);
  else if (self->timer != NULL)
    player_read_ahead (self);
}

static void
player_read_ahead (HablaPlayer *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->is_reading || self->is_read || g_queue_get_length (&self->chunks) >= N_AHEAD)
    return;
  self->is_reading = TRUE;
  task = g_task_new (NULL, NULL, player_on_read, self);
  g_task_set_name (task, "[habla] HablaPlayer read");
  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, player_run_read);
}

/* Pushing */

/* Returns: whether the next chunk can be pushed now */
static gboolean
player_is_due (HablaPlayer *self)
{
  double elapsed = (g_get_monotonic_time () - self->started_at) / (double) G_USEC_PER_SEC;

  if (self->target.get_waiting (self->user_data) > MAX_WAITING)
    return FALSE;
  return self->speed == 0.0 ||
         elapsed * self->speed >= self->pushed / (double) HABLA_FILE_DECODER_BYTES_PER_SECOND;
}

static gboolean
player_on_tick (gpointer data)
{
  HablaPlayer *self = data;

  while (!g_queue_is_empty (&self->chunks) && player_is_due (self)) {
    g_autoptr (GBytes) chunk = g_queue_pop_head (&self->chunks);

    self->pushed += g_bytes_get_size (chunk);
    self->target.push (chunk, self->n_pushed++, self->user_data);
  }
  player_read_ahead (self);
  if (!self->is_read || !g_queue_is_empty (&self->chunks))
    return G_SOURCE_CONTINUE;
  player_end (self, NULL);
  return G_SOURCE_REMOVE;
}

void
habla_player_start (HablaPlayer *self, const HablaPlayerTarget *target, gpointer user_data)
{
  g_return_if_fail (self->timer == NULL);

  self->target = *target;
  self->user_data = user_data;
  self->started_at = g_get_monotonic_time ();
  habla_source_start_timer (&self->timer, TICK, "[habla] HablaPlayer tick", player_on_tick, self);
  player_read_ahead (self);
}

void
habla_player_free (HablaPlayer *self)
{
  habla_player_stop (self);
  g_cancellable_cancel (self->cancellable);
  self->is_freed = TRUE;
  if (!self->is_reading)
    player_destroy_in_thread (self);
}

const char *
habla_player_get_id (HablaPlayer *self)
{
  return self->recording->id;
}

const char *
habla_player_get_source_language (HablaPlayer *self)
{
  return self->recording->source_language;
}

const char *const *
habla_player_get_target_languages (HablaPlayer *self)
{
  return (const char *const *) self->recording->target_languages;
}

HablaPlayerMode
habla_player_get_mode (HablaPlayer *self)
{
  return self->mode;
}

double
habla_player_get_speed (HablaPlayer *self)
{
  return self->speed;
}

guint
habla_player_get_total (HablaPlayer *self)
{
  return self->total;
}

guint
habla_player_count (void)
{
  return n_players;
}
