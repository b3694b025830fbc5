/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HablaPlayer:
 *
 * Pushes a recording to a target chunk by chunk, at a given speed, while little is pending there.
 * Files are read and decoded in worker threads. Used in the main thread.
 */
typedef struct _HablaPlayer HablaPlayer;

/**
 * HablaPlayerMode:
 * @HABLA_PLAYER_FULL: the whole stream, in chunks of a second
 * @HABLA_PLAYER_SEGMENTS: only the utterances, each as one chunk with a pause after it
 */
typedef enum {
  HABLA_PLAYER_FULL,
  HABLA_PLAYER_SEGMENTS,
} HablaPlayerMode;

/* Range of useful speeds, besides 0. */
#define HABLA_PLAYER_MIN_SPEED 0.25
#define HABLA_PLAYER_MAX_SPEED 16.0

/**
 * HablaPlayerTarget:
 * @push: receives a chunk: S16LE, one channel, %HABLA_RECORDING_RATE. Must not free the player
 * @get_waiting: returns the number of pushed bytes that are not processed yet
 * @ended: everything was pushed, or @error (nullable) occurred; called once, unless
 *   habla_player_stop() was called
 */
typedef struct {
  void (*push) (GBytes *chunk, guint index, gpointer user_data);
  guint64 (*get_waiting) (gpointer user_data);
  void (*ended) (guint n_chunks, const GError *error, gpointer user_data);
} HablaPlayerTarget;

/**
 * habla_player_mode_get_name:
 * @mode: a mode
 *
 * Returns: (transfer none): "full" or "segments"
 */
const char *habla_player_mode_get_name (HablaPlayerMode mode);

/**
 * habla_player_mode_from_name:
 * @name: a string from outside
 * @mode: (out): the mode
 *
 * Returns: whether @name is that of a mode
 */
gboolean habla_player_mode_from_name (const char *name, HablaPlayerMode *mode);

/**
 * HablaPlayerOptions:
 * @root: the folder of recordings
 * @id: a recording's id
 * @mode: what to play
 * @speed: 1.0 = as recorded; 0.0 = as fast as the target accepts chunks
 */
typedef struct {
  const char *root;
  const char *id;
  HablaPlayerMode mode;
  double speed;
} HablaPlayerOptions;

/**
 * habla_player_prepare:
 * @options: (transfer none): what to play
 * @cancellable: (nullable): ends preparation and playback; habla_player_free() cancels it
 * @done: must call habla_player_prepare_finish()
 * @user_data: for @done
 *
 * Opens a recording in a worker thread.
 */
void habla_player_prepare (const HablaPlayerOptions *options, GCancellable *cancellable,
    GAsyncReadyCallback done, gpointer user_data);

/**
 * habla_player_prepare_finish:
 * @result: of habla_player_prepare()
 * @error: return location for a %G_IO_ERROR_NOT_FOUND, %G_IO_ERROR_BUSY,
 *   %G_IO_ERROR_INVALID_DATA or %G_IO_ERROR_CANCELLED
 *
 * Must be called exactly once for each habla_player_prepare().
 *
 * Returns: (transfer full) (nullable): a player
 */
HablaPlayer *habla_player_prepare_finish (GAsyncResult *result, GError **error);

/**
 * habla_player_start:
 * @self: a player that was not started
 * @target: copied
 * @user_data: for @target
 *
 * Starts playback.
 */
void habla_player_start (HablaPlayer *self, const HablaPlayerTarget *target, gpointer user_data);

/**
 * habla_player_stop:
 * @self: a player
 *
 * Pushes nothing more, and does not call ended().
 */
void habla_player_stop (HablaPlayer *self);

/**
 * habla_player_free:
 * @self: (transfer full): a player
 *
 * Stops playback. Files are closed in a worker thread.
 */
void habla_player_free (HablaPlayer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaPlayer, habla_player_free)

/**
 * habla_player_get_id:
 * @self: a player
 *
 * Returns: (transfer none): the recording's id
 */
const char *habla_player_get_id (HablaPlayer *self);

/**
 * habla_player_get_source_language:
 * @self: a player
 *
 * Returns: (transfer none) (nullable): BCP 47 code of the spoken language, if known
 */
const char *habla_player_get_source_language (HablaPlayer *self);

/**
 * habla_player_get_target_languages:
 * @self: a player
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): BCP 47 codes of the translations,
 *   if known
 */
const char *const *habla_player_get_target_languages (HablaPlayer *self);

/**
 * habla_player_get_mode:
 * @self: a player
 *
 * Returns: what it plays
 */
HablaPlayerMode habla_player_get_mode (HablaPlayer *self);

/**
 * habla_player_get_speed:
 * @self: a player
 *
 * Returns: its speed; 0.0 = as fast as possible
 */
double habla_player_get_speed (HablaPlayer *self);

/**
 * habla_player_get_total:
 * @self: a player
 *
 * Returns: the number of chunks: seconds or segments
 */
guint habla_player_get_total (HablaPlayer *self);

/**
 * habla_player_count:
 *
 * Returns: the number of players in this process that are being prepared or have open files
 */
guint habla_player_count (void);

G_END_DECLS
