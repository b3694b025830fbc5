/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <monitoring/metrics.h>
#include <phrases/phrasebook.h>
#include <room/room-settings.h>

G_BEGIN_DECLS

/**
 * HablaRoomManagerOptions:
 * @pipeline: name or path of the pipeline template of a room
 * @transcriber: (nullable): see #HablaPipelineOptions
 * @translator: (nullable): see #HablaPipelineOptions
 * @synthesizer: (nullable): see #HablaPipelineOptions
 * @glossary: (nullable): see #HablaPipelineOptions
 * @glossaries: (nullable): folder of the glossaries of rooms; %NULL = they can have none
 * @phrasebook: (nullable): idioms and errors that rooms look for
 * @max_sessions: rooms that may have a pipeline at once
 * @max_members: connections in one room
 * @drain_timeout: see #HablaPipelineOptions, in milliseconds
 * @max_shut_down: upper bound of the time that habla_room_manager_shut_down() drains, in
 *   milliseconds; 0 = @drain_timeout
 * @max_drain: see #HablaPipelineOptions, in milliseconds; 0 = any time
 * @max_audio_backlog: bytes of audio that may wait for a pipeline
 * @typed_idle: how long a pipeline for typed text stays after the last text, in milliseconds;
 *   0 = a minute
 * @linger: how long a language without readers stays in a pipeline, in milliseconds;
 *   0 = half a minute
 * @silence_timeout: a pipeline that listens and hears nothing ends after this time, in
 *   milliseconds; the owner is warned a minute before; 0 = never
 * @resume_window: how long a room waits for its owner to come back, in milliseconds
 * @settings: of new rooms. A room whose source language cannot be heard here begins with one that
 *   can
 * @first_session_id: id of the next session; 0 = 1
 * @first_exchange_id: id of the next exchange; 0 = 1
 * @sources: (nullable) (element-type utf8 utf8): launch fragments by name, such as "microphone"
 * @recordings: (nullable): folder of recordings; %NULL = there are none
 * @keep_days: older recordings are deleted; 0 = never
 * @max_recordings: size of all recordings, in bytes; beyond, the oldest are deleted; 0 = any size
 * @max_recording_size: size of one recording, in bytes; beyond, it ends; 0 = any size
 * @is_recording: whether rooms are recorded initially
 * @metrics: (transfer none): must outlive the manager
 */
typedef struct {
  const char *pipeline;
  const char *transcriber;
  const char *translator;
  const char *synthesizer;
  const char *glossary;
  const char *glossaries;
  HablaPhrasebook *phrasebook;
  guint max_sessions;
  guint max_members;
  guint drain_timeout;
  guint max_shut_down;
  guint max_drain;
  gsize max_audio_backlog;
  guint typed_idle;
  guint linger;
  guint silence_timeout;
  guint resume_window;
  HablaRoomSettings settings;
  guint64 first_session_id;
  guint64 first_exchange_id;
  GHashTable *sources;
  const char *recordings;
  guint keep_days;
  guint64 max_recordings;
  guint64 max_recording_size;
  gboolean is_recording;
  HablaMetrics *metrics;
} HablaRoomManagerOptions;

G_END_DECLS
