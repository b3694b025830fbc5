/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HablaPlayer:
 *
 * Gives a recording, piece by piece, to whoever takes audio, at the pace that is wanted, and
 * never more than may wait there. Used in the main thread; files are read and decoded by
 * worker threads.
 */
typedef struct _HablaPlayer HablaPlayer;

/**
 * HablaPlayerMode:
 * @HABLA_PLAYER_FULL: all of it, in pieces of a second
 * @HABLA_PLAYER_SEGMENTS: its utterances, each a piece, with a pause after it
 */
typedef enum {
  HABLA_PLAYER_FULL,
  HABLA_PLAYER_SEGMENTS,
} HablaPlayerMode;

/* Slower than this, and faster, no speech is recognised as it comes. */
#define HABLA_PLAYER_MIN_SPEED 0.25
#define HABLA_PLAYER_MAX_SPEED 8.0

/**
 * HablaPlayerTarget:
 * @push: takes a piece: S16LE, one channel, %HABLA_RECORDING_RATE
 * @get_waiting: bytes of what was pushed that wait to be heard
 * @ended: all has been pushed, or @error (nullable) says why not; called once, and not
 *   after habla_player_stop()
 */
typedef struct {
  void (*push) (GBytes *piece, guint index, gpointer user_data);
  guint64 (*get_waiting) (gpointer user_data);
  void (*ended) (guint n_pieces, const GError *error, gpointer user_data);
} HablaPlayerTarget;

const char *habla_player_mode_get_name (HablaPlayerMode mode);
gboolean habla_player_mode_from_name (const char *name, HablaPlayerMode *mode);

void habla_player_prepare (const char *root, const char *id, HablaPlayerMode mode, double speed,
    GCancellable *cancellable, GAsyncReadyCallback done, gpointer user_data);
HablaPlayer *habla_player_prepare_finish (GAsyncResult *result, GError **error);
void habla_player_start (HablaPlayer *self, const HablaPlayerTarget *target, gpointer user_data);
void habla_player_stop (HablaPlayer *self);
void habla_player_free (HablaPlayer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaPlayer, habla_player_free)

const char *habla_player_get_id (HablaPlayer *self);
/* Returns: (nullable): BCP 47 code of what is spoken, if it is known */
const char *habla_player_get_source_language (HablaPlayer *self);
/* Returns: (nullable) (array zero-terminated=1): BCP 47 codes of its translations, if known */
const char *const *habla_player_get_target_languages (HablaPlayer *self);
HablaPlayerMode habla_player_get_mode (HablaPlayer *self);
double habla_player_get_speed (HablaPlayer *self);
guint habla_player_get_total (HablaPlayer *self);

/* Those that are being prepared, or have not let go of their files yet, in the process. */
guint habla_player_count (void);

G_END_DECLS
