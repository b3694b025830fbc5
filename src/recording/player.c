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

/* How often it looks whether a piece is due, in milliseconds. */
#define TICK 50
/* No piece is pushed while so much waits, in bytes: two seconds. */
#define MAX_WAITING (2 * HABLA_PLAYBACK_SECOND)
/* Pieces that are read ahead. */
#define N_AHEAD 2
/* After a segment, in bytes: a pause that ends an utterance. */
#define PAUSE HABLA_PLAYBACK_SECOND
/* A segment is an utterance, of a minute at the most, and a margin. */
#define MAX_SEGMENT (90 * HABLA_PLAYBACK_SECOND)

/* The main thread's own but for what says otherwise. */
struct _HablaPlayer {
  HablaPlayerMode mode; /* never changed, as all up to indices */
  double speed;
  guint total;
  HablaRecording *recording;
  GArray *indices; /* of segments */
  int lock;        /* on the recording */
  GCancellable *cancellable;

  /* Whose turn it is: the worker's while is_reading, else the main thread's. */
  HablaFileDecoder *source;
  guint next_read;
  gboolean is_read; /* to its end */

  HablaPlayerTarget target;
  gpointer user_data;
  GQueue pieces; /* of GBytes, read ahead */
  gboolean is_reading;
  gboolean is_freed; /* goes when the worker is done */
  GSource *timer;
  gint64 started_at;
  guint64 pushed; /* bytes */
  guint n_pushed;
};

static guint n_players; /* the main thread's own */

static void read_ahead (HablaPlayer *self);

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

/* In any thread; nothing of it is running any more. */
static void
destroy (HablaPlayer *self)
{
  g_clear_pointer (&self->source, habla_file_decoder_free);
  if (self->lock >= 0)
    close (self->lock);
  g_queue_clear_full (&self->pieces, (GDestroyNotify) g_bytes_unref);
  g_clear_pointer (&self->recording, habla_recording_free);
  g_array_unref (self->indices);
  g_object_unref (self->cancellable);
  g_free (self);
}

/* Preparing. */

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
  g_clear_pointer (&self->player, destroy);
  g_free (self);
}

/* Segments that have audio. */
static void
find_segments (HablaPlayer *self)
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
prepare (HablaPlayer *self, const char *root, const char *id, GError **error)
{
  guint64 duration;

  self->recording = habla_recording_load (root, id, error);
  if (self->recording == NULL)
    return FALSE;
  self->lock = habla_recording_lock (self->recording->folder, LOCK_SH);
  if (self->lock < 0) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY,
        "The recording is being made, or mended; play it when that is done");
    return FALSE;
  }
  if (self->mode == HABLA_PLAYER_SEGMENTS) {
    find_segments (self);
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
          ? "There are no utterances in the recording; play it in mode \"full\""
          : "There is no audio in the recording that can be decoded");
  return FALSE;
}

static void
run_preparation (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Preparation *preparation = data;
  GError *error = NULL;

  if (prepare (preparation->player, preparation->root, preparation->id, &error))
    g_task_return_pointer (task, g_steal_pointer (&preparation->player), (GDestroyNotify) destroy);
  else
    g_task_return_error (task, error);
}

/**
 * habla_player_prepare:
 * @id: of a recording
 * @speed: 1.0 = as it was spoken; 0.0 = as fast as it is taken
 * @cancellable: (nullable): while it is prepared and played; a player that is freed cancels it
 * @done: gets it by habla_player_prepare_finish()
 */
void
habla_player_prepare (const char *root, const char *id, HablaPlayerMode mode, double speed,
    GCancellable *cancellable, GAsyncReadyCallback done, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, done, user_data);
  Preparation *preparation = g_new0 (Preparation, 1);
  HablaPlayer *self = g_new0 (HablaPlayer, 1);

  n_players++;
  self->mode = mode;
  self->speed = speed;
  self->lock = -1;
  self->indices = g_array_new (FALSE, FALSE, sizeof (guint));
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : g_cancellable_new ();
  preparation->root = g_strdup (root);
  preparation->id = g_strdup (id);
  preparation->player = self;
  g_task_set_name (task, "habla: prepare playback");
  g_task_set_task_data (task, preparation, (GDestroyNotify) preparation_free);
  g_task_run_in_thread (task, run_preparation);
}

/**
 * habla_player_prepare_finish:
 * @error: return location for a %G_IO_ERROR_NOT_FOUND, %G_IO_ERROR_BUSY or
 *   %G_IO_ERROR_INVALID_DATA
 *
 * To be called in any case, and once.
 *
 * Returns: (transfer full) (nullable): a player
 */
HablaPlayer *
habla_player_prepare_finish (GAsyncResult *result, GError **error)
{
  HablaPlayer *self = g_task_propagate_pointer (G_TASK (result), error);

  if (self == NULL)
    n_players--;
  return self;
}

/* Reading. */

/* Worker thread. Returns: (nullable): the next piece; %NULL at the end, or with an error */
static GBytes *
read_second (HablaPlayer *self, GError **error)
{
  if (self->source == NULL) {
    g_autofree char *path =
        g_build_filename (self->recording->folder, self->recording->stream, NULL);

    self->source = habla_file_decoder_new (path);
  }
  return habla_file_decoder_read (self->source, HABLA_PLAYBACK_SECOND, self->cancellable, error);
}

/* Worker thread. One that is gone, or damaged, is passed over. */
static GBytes *
read_segment (HablaPlayer *self, GError **error)
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
      g_message ("A segment is not played: %s", damage->message);
      continue;
    }
    samples = g_malloc0 (size + PAUSE);
    memcpy (samples, g_bytes_get_data (speech, NULL), size);
    return g_bytes_new_take (samples, size + PAUSE);
  }
  return NULL;
}

static void
run_reading (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  HablaPlayer *self = data;
  GError *error = NULL;
  GBytes *piece =
      self->mode == HABLA_PLAYER_FULL ? read_second (self, &error) : read_segment (self, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, piece, (GDestroyNotify) g_bytes_unref);
}

static void
run_closing (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  destroy (data);
  g_task_return_boolean (task, TRUE);
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  n_players--;
}

/* A pipeline is taken down where that may take its time. */
static void
close_later (HablaPlayer *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_closed, NULL);

  g_task_set_name (task, "habla: close playback");
  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, run_closing);
}

/* Nothing is pushed or told any more. */
void
habla_player_stop (HablaPlayer *self)
{
  habla_source_clear (&self->timer);
}

static void
end (HablaPlayer *self, const GError *error)
{
  habla_player_stop (self);
  self->target.ended (self->n_pushed, error, self->user_data);
}

static void
on_read (GObject *object, GAsyncResult *result, gpointer user_data)
{
  HablaPlayer *self = user_data;
  g_autoptr (GError) error = NULL;
  GBytes *piece = g_task_propagate_pointer (G_TASK (result), &error);

  self->is_reading = FALSE;
  if (piece != NULL)
    g_queue_push_tail (&self->pieces, piece);
  else
    self->is_read = TRUE;
  if (self->is_freed)
    close_later (self);
  else if (self->timer != NULL && error != NULL)
    end (self, error);
  else if (self->timer != NULL)
    read_ahead (self);
}

static void
read_ahead (HablaPlayer *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->is_reading || self->is_read || g_queue_get_length (&self->pieces) >= N_AHEAD)
    return;
  self->is_reading = TRUE;
  task = g_task_new (NULL, NULL, on_read, self);
  g_task_set_name (task, "habla: read playback");
  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, run_reading);
}

/* Pushing. */

/* Returns: whether the next piece may go now */
static gboolean
is_due (HablaPlayer *self)
{
  double elapsed = (g_get_monotonic_time () - self->started_at) / (double) G_USEC_PER_SEC;

  if (self->target.get_waiting (self->user_data) > MAX_WAITING)
    return FALSE;
  return self->speed == 0.0 ||
         elapsed * self->speed >= self->pushed / (double) HABLA_PLAYBACK_SECOND;
}

static gboolean
tick (gpointer data)
{
  HablaPlayer *self = data;

  while (!g_queue_is_empty (&self->pieces) && is_due (self)) {
    g_autoptr (GBytes) piece = g_queue_pop_head (&self->pieces);

    self->pushed += g_bytes_get_size (piece);
    self->target.push (piece, self->n_pushed++, self->user_data);
  }
  read_ahead (self);
  if (!self->is_read || !g_queue_is_empty (&self->pieces))
    return G_SOURCE_CONTINUE;
  end (self, NULL);
  return G_SOURCE_REMOVE;
}

/* Time runs from now on. @target: copied; must not free the player in push() */
void
habla_player_start (HablaPlayer *self, const HablaPlayerTarget *target, gpointer user_data)
{
  g_return_if_fail (self->timer == NULL);

  self->target = *target;
  self->user_data = user_data;
  self->started_at = g_get_monotonic_time ();
  habla_source_start_timer (&self->timer, TICK, "habla: playback", tick, self);
  read_ahead (self);
}

/* At any time: nothing is told any more. What it has open is closed by a worker thread. */
void
habla_player_free (HablaPlayer *self)
{
  habla_player_stop (self);
  g_cancellable_cancel (self->cancellable);
  self->is_freed = TRUE;
  if (!self->is_reading)
    close_later (self);
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

/* Returns: seconds or segments */
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
