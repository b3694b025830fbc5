/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/parts/playback.h"

enum { ENDED_FINISHED, ENDED_STOPPED, ENDED_FAILED };

static const char *const ended_names[] = { "finished", "stopped", "failed", NULL };

void
habla_playback_metrics_init (HablaPlaybackMetrics *self, HablaMetrics *metrics)
{
  self->active = habla_metrics_add (
      metrics, HABLA_METRIC_GAUGE, "habla_playback_active", "Playbacks in progress.", NULL, NULL);
  self->chunks = habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_playback_pieces_total",
      "Chunks of recordings played; a chunk is one second or one segment.", NULL, NULL);
  self->ended = habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_playback_ended_total",
      "Finished playbacks, by outcome.", "outcome", ended_names);
}

HablaPlayback *
habla_playback_new (HablaPlayer *player, const HablaPlaybackMetrics *metrics)
{
  HablaPlayback *self = g_new0 (HablaPlayback, 1);

  self->player = player;
  self->is_waiting = TRUE;
  self->metrics = metrics;
  habla_metric_add (metrics->active, 0, 1);
  return self;
}

void
habla_playback_free (HablaPlayback *self)
{
  habla_player_free (self->player);
  g_free (self);
}

void
habla_playback_get_settings (
    HablaPlayer *player, const HablaRoomSettings *room, HablaRoomSettings *settings)
{
  const char *source = habla_player_get_source_language (player);
  const char *const *targets = habla_player_get_target_languages (player);

  habla_room_settings_copy (settings, room);
  if (source != NULL && targets != NULL && targets[0] != NULL)
    habla_room_settings_set_languages (settings, source, targets);
}

void
habla_playback_start (HablaPlayback *self, const HablaPlayerTarget *target, gpointer user_data)
{
  habla_player_start (self->player, target, user_data);
}

void
habla_playback_describe_start (HablaPlayback *self, HablaEvent *event)
{
  *event = (HablaEvent){ .type = HABLA_EVENT_PLAYBACK_STARTED,
    .recording = habla_player_get_id (self->player),
    .speed = habla_player_get_speed (self->player),
    .playback_mode = habla_player_mode_get_name (habla_player_get_mode (self->player)),
    .total_chunks = habla_player_get_total (self->player) };
}

void
habla_playback_count_chunk (HablaPlayback *self, guint index, HablaEvent *event)
{
  *event = (HablaEvent){ .type = HABLA_EVENT_PLAYBACK_PROGRESS,
    .chunk = index + 1,
    .total_chunks = MAX (habla_player_get_total (self->player), index + 1) };
  self->n_played++;
  habla_metric_add (self->metrics->chunks, 0, 1);
}

void
habla_playback_end (HablaPlayback *self, gboolean has_failed, HablaEvent *event)
{
  guint outcome = ENDED_STOPPED;

  *event = (HablaEvent){ .type = HABLA_EVENT_PLAYBACK_STOPPED, .chunk = self->n_played };
  if (has_failed)
    outcome = ENDED_FAILED;
  else if (self->is_all_played && !self->is_stopped)
    outcome = ENDED_FINISHED;
  if (outcome == ENDED_FINISHED) {
    event->type = HABLA_EVENT_PLAYBACK_FINISHED;
    event->recording = habla_player_get_id (self->player);
  }
  habla_metric_add (self->metrics->ended, outcome, 1);
  habla_metric_add (self->metrics->active, 0, -1);
}
