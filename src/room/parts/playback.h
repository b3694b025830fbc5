/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <monitoring/metrics.h>
#include <recording/player.h>
#include <room/room-event.h>

G_BEGIN_DECLS

/**
 * HablaPlaybackMetrics:
 * @active: playbacks in progress
 * @chunks: chunks played
 * @ended: playbacks, by outcome
 *
 * Counts the playbacks of all rooms.
 */
typedef struct {
  HablaMetric *active;
  HablaMetric *chunks;
  HablaMetric *ended;
} HablaPlaybackMetrics;

/**
 * habla_playback_metrics_init:
 * @self: uninitialised
 * @metrics: (transfer none): gets the families; must outlive @self
 */
void habla_playback_metrics_init (HablaPlaybackMetrics *self, HablaMetrics *metrics);

/**
 * HablaPlayback:
 * @player: reads the recording
 * @is_waiting: its pipeline has not been started yet
 * @is_all_played: the pipeline has got all of it
 * @is_stopped: a client has stopped it
 * @n_played: number of chunks that the pipeline has got
 *
 * A recording that is played in place of live audio, from the command to the end of its pipeline.
 */
typedef struct {
  HablaPlayer *player;
  gboolean is_waiting;
  gboolean is_all_played;
  gboolean is_stopped;
  guint n_played;
  /*< private >*/
  const HablaPlaybackMetrics *metrics;
} HablaPlayback;

/**
 * habla_playback_new:
 * @player: (transfer full): reads the recording
 * @metrics: (unowned): counts it
 *
 * Returns: (transfer full): a playback that waits for its pipeline
 */
HablaPlayback *habla_playback_new (HablaPlayer *player, const HablaPlaybackMetrics *metrics);

/**
 * habla_playback_free:
 * @self: (transfer full): a playback
 */
void habla_playback_free (HablaPlayback *self);

/**
 * habla_playback_get_settings:
 * @player: reads a recording
 * @room: settings of the room that plays it
 * @settings: (inout): becomes a copy of @room with the languages of the recording, if they are
 *   known
 */
void habla_playback_get_settings (
    HablaPlayer *player, const HablaRoomSettings *room, HablaRoomSettings *settings);

/**
 * habla_playback_start:
 * @self: a playback whose pipeline runs
 * @target: takes the audio
 * @user_data: passed to the functions of @target
 */
void habla_playback_start (
    HablaPlayback *self, const HablaPlayerTarget *target, gpointer user_data);

/**
 * habla_playback_describe_start:
 * @self: a playback
 * @event: (out): an event that says that it has started
 */
void habla_playback_describe_start (HablaPlayback *self, HablaEvent *event);

/**
 * habla_playback_count_chunk:
 * @self: a playback
 * @index: of a chunk that the pipeline has got
 * @event: (out): an event that says so
 */
void habla_playback_count_chunk (HablaPlayback *self, guint index, HablaEvent *event);

/**
 * habla_playback_end:
 * @self: a playback whose pipeline is closed, or was never started
 * @has_failed: whether the pipeline failed
 * @event: (out): an event that says how it ended; valid until @self is freed
 */
void habla_playback_end (HablaPlayback *self, gboolean has_failed, HablaEvent *event);

G_END_DECLS
