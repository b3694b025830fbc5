/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A recording in the place of somebody who speaks: it has a session of its own, which ends
 * with it. */
#define G_LOG_USE_STRUCTURED
#include "room/room-private.h"

enum { ENDED_FINISHED, ENDED_STOPPED, ENDED_FAILED };

static const char *const ended_names[] = { "finished", "stopped", "failed", NULL };

void
habla_playback_metrics_init (HablaPlaybackMetrics *self, HablaMetrics *metrics)
{
  self->active = habla_metrics_add (
      metrics, HABLA_METRIC_GAUGE, "habla_playback_active", "Playbacks in progress.", NULL, NULL);
  self->pieces = habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_playback_pieces_total",
      "Chunks of recordings played; a chunk is one second or one segment.", NULL, NULL);
  self->ended = habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_playback_ended_total",
      "Finished playbacks, by outcome.", "outcome", ended_names);
}

static void
push (GBytes *piece, guint index, gpointer user_data)
{
  HablaRoom *self = user_data;
  HablaEvent event = { .type = HABLA_EVENT_PLAYBACK_PROGRESS,
    .chunk = index,
    .total_chunks = MAX (habla_player_get_total (self->player), index + 1) };

  habla_room_give_audio (self, piece);
  self->n_played++;
  habla_metric_add (self->context->playback.pieces, 0, 1);
  habla_room_emit (self, &event);
}

static guint64
get_waiting (gpointer user_data)
{
  HablaRoom *self = user_data;
  HablaPipelineStats figures;

  habla_pipeline_get_stats (self->session, &figures);
  return figures.audio_waiting;
}

static void
on_ended (guint n_pieces, const GError *error, gpointer user_data)
{
  HablaRoom *self = user_data;

  if (error != NULL) {
    self->has_failed = TRUE;
    habla_room_emit_error (self, "The recording cannot be played any further: %s", error->message);
  }
  self->is_all_played = TRUE;
  if (!self->is_stopping)
    habla_room_stop_session (self, FALSE);
}

/* Its session runs. */
void
habla_room_begin_playing (HablaRoom *self)
{
  static const HablaPlayerTarget target = { push, get_waiting, on_ended };
  HablaEvent event = { .type = HABLA_EVENT_PLAYBACK_STARTED,
    .recording = habla_player_get_id (self->player),
    .speed = habla_player_get_speed (self->player),
    .playback_mode = habla_player_mode_get_name (habla_player_get_mode (self->player)),
    .total_chunks = habla_player_get_total (self->player) };

  habla_room_emit (self, &event);
  habla_player_start (self->player, &target, self);
}

/* It has no session, or its session is over. */
void
habla_room_end_playing (HablaRoom *self)
{
  HablaEvent event = { .type = HABLA_EVENT_PLAYBACK_STOPPED, .chunk = self->n_played };
  g_autoptr (HablaPlayer) player = g_steal_pointer (&self->player);
  guint outcome = ENDED_STOPPED;

  if (self->is_played && self->has_failed)
    outcome = ENDED_FAILED;
  else if (self->is_all_played && !self->has_stopped_it)
    outcome = ENDED_FINISHED;
  if (outcome == ENDED_FINISHED) {
    event.type = HABLA_EVENT_PLAYBACK_FINISHED;
    event.recording = habla_player_get_id (player);
  }
  self->is_played = FALSE;
  self->wants_playing = FALSE;
  habla_metric_add (self->context->playback.ended, outcome, 1);
  habla_metric_add (self->context->playback.active, 0, -1);
  habla_room_emit (self, &event);
}

/* @settings: (out): of the recording; the room's own languages if those are not known */
void
habla_room_get_played_settings (HablaRoom *self, HablaRoomSettings *settings)
{
  const char *source = habla_player_get_source_language (self->player);
  const char *const *targets = habla_player_get_target_languages (self->player);

  habla_room_settings_copy (settings, &self->settings);
  if (source != NULL && targets != NULL && targets[0] != NULL)
    habla_room_settings_set_languages (settings, source, targets);
}

gboolean
habla_room_can_play (HablaRoom *self, GError **error)
{
  const char *cause = NULL;

  if (self->owner == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
        "No client is connected to hear it; connect to /ws/translate first");
    return FALSE;
  }
  if (self->player != NULL)
    cause = "A recording is being played already; stop it first";
  else if (self->is_listening || self->wants_listening || habla_room_has_listener (self))
    cause = "The client is listening; stop that first";
  if (cause != NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING, cause);
  return cause == NULL && habla_room_may_begin (self, error);
}

gboolean
habla_room_play (HablaRoom *self, HablaPlayer *player, GError **error)
{
  HablaRoomSettings settings = { NULL };
  gboolean can_hear;

  if (!habla_room_can_play (self, error)) {
    habla_player_free (player);
    return FALSE;
  }
  self->player = player;
  habla_room_get_played_settings (self, &settings);
  can_hear =
      habla_languages_check_heard (&self->context->languages, settings.source_language, error);
  habla_room_settings_clear (&settings);
  if (!can_hear) {
    g_clear_pointer (&self->player, habla_player_free);
    return FALSE;
  }
  self->wants_playing = TRUE;
  self->is_all_played = FALSE;
  self->has_stopped_it = FALSE;
  self->n_played = 0;
  habla_metric_add (self->context->playback.active, 0, 1);
  habla_room_advance (self);
  return TRUE;
}

gboolean
habla_room_stop_playing (HablaRoom *self)
{
  if (self->player == NULL)
    return FALSE;
  self->has_stopped_it = TRUE;
  if (self->is_played)
    habla_pipeline_abort (self->session);
  else
    habla_room_end_playing (self);
  return TRUE;
}
