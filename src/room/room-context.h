/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <broadcast/broadcast-metrics.h>
#include <phrases/phrasebook.h>
#include <pipeline/engines/languages.h>
#include <pipeline/glossary-folder.h>
#include <recording/recording-library.h>
#include <room/parts/playback.h>
#include <room/parts/speaker-names.h>
#include <room/room-event.h>
#include <room/room-manager-options.h>
#include <room/parts/room-metrics.h>
#include <room/relay/room-relay.h>

G_BEGIN_DECLS

/**
 * HablaRoomContext:
 * @pipeline: name or path of the pipeline template of a room
 * @transcriber: (nullable): see #HablaPipelineOptions
 * @translator: (nullable): see #HablaPipelineOptions
 * @synthesizer: (nullable): see #HablaPipelineOptions
 * @glossary: (nullable): see #HablaPipelineOptions
 * @glossaries: (nullable): the glossaries of rooms, by their names
 * @phrasebook: (nullable): idioms and errors that rooms look for
 * @names: what owners call their speakers
 * @max_sessions: rooms that may have a pipeline at once
 * @max_members: connections in one room
 * @drain_timeout: see #HablaPipelineOptions, in milliseconds
 * @max_drain: see #HablaPipelineOptions, in milliseconds
 * @max_audio_backlog: bytes of audio that may wait for a pipeline
 * @typed_idle: how long a pipeline for typed text stays after the last text, in milliseconds
 * @linger: see habla_target_languages_new(), in milliseconds
 * @silence_timeout: how long a pipeline may hear nothing, in milliseconds; 0 = any time
 * @resume_window: how long a room waits for its owner to come back, in milliseconds
 * @settings: of new rooms
 * @sources: (element-type utf8 utf8): launch fragments by name
 * @languages: what the installed engines offer
 * @engines: (element-type HablaEngine): the engines that rooms may use
 * @metrics: count what rooms do
 * @playback: count playback
 * @broadcasts: count those who hear rooms
 * @headphones_linger: see #HablaHeadphonesOptions, in milliseconds
 * @recordings: (nullable): where rooms are recorded
 * @is_recording: whether rooms are recorded
 * @n_sessions: rooms that have a pipeline
 * @next_session_id: of a room
 * @next_exchange_id: of all rooms
 * @next_label: of a pipeline
 * @observer: of all rooms
 * @relay: (nullable): carries rooms to other nodes; %NULL = there are none
 * @session_began: called when a room starts a pipeline
 * @session_ended: called when the pipeline of a room is closed
 * @room_emptied: called when a room has neither members nor a pipeline, and does not wait for
 *   its owner; must not free the room at once
 * @manager: passed to these functions
 *
 * Shared by all rooms. Their manager owns it.
 */
struct _HablaRoomContext {
  const char *pipeline;
  const char *transcriber;
  const char *translator;
  const char *synthesizer;
  const char *glossary;
  HablaGlossaryFolder *glossaries;
  HablaPhrasebook *phrasebook;
  HablaSpeakerNames *names;
  guint max_sessions;
  guint max_members;
  guint drain_timeout;
  guint max_drain;
  gsize max_audio_backlog;
  guint typed_idle;
  guint linger;
  guint silence_timeout;
  guint resume_window;
  HablaRoomSettings settings;
  GHashTable *sources;
  HablaLanguages languages;
  GPtrArray *engines;
  HablaRoomMetrics *metrics;
  HablaPlaybackMetrics playback;
  HablaBroadcastMetrics broadcasts;
  guint headphones_linger;
  HablaRecordingLibrary *recordings;
  gboolean is_recording;
  guint n_sessions;
  guint64 next_session_id;
  guint64 next_exchange_id;
  guint next_label;
  HablaRoomObserver observer;
  const HablaRoomRelay *relay;
  void (*session_began) (gpointer manager);
  void (*session_ended) (gpointer manager);
  void (*room_emptied) (gpointer manager);
  gpointer manager;
};
typedef struct _HablaRoomContext HablaRoomContext;

/**
 * habla_room_context_init:
 * @self: (out caller-allocates): a context whose functions and engines are not set yet
 * @options: copied
 */
void habla_room_context_init (HablaRoomContext *self, const HablaRoomManagerOptions *options);

/**
 * habla_room_context_clear:
 * @self: a context
 *
 * Frees what habla_room_context_init() has copied, the engines and their languages.
 */
void habla_room_context_clear (HablaRoomContext *self);

G_END_DECLS
