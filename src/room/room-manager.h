/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <monitoring/metrics.h>
#include <pipeline/engines/language-pairs.h>
#include <room/room.h>

G_BEGIN_DECLS

/**
 * HablaRoomManager:
 *
 * All rooms of a daemon, what its engines can do, and engines kept warm.
 */
typedef struct _HablaRoomManager HablaRoomManager;

/**
 * HablaRoomManagerOptions:
 * @pipeline: name or path of the description of a session's pipeline
 * @max_sessions: rooms that may have a session at once
 * @max_members: connections in one room
 * @drain_timeout: in milliseconds
 * @max_shut_down: upper bound of the time that habla_room_manager_shut_down() waits for what was
 *   said, in milliseconds; 0 = @drain_timeout
 * @max_drain: how long a session may take for what was said after a stop, in milliseconds; 0 = any
 * @max_audio_backlog: bytes of audio that may wait for a session
 * @typed_idle: how long a session for typed text stays after the last one, in
 *   milliseconds; 0 = a minute
 * @linger: how long a language stays in a session when nobody reads it any more, in milliseconds;
 *   0 = half a minute
 * @silence_timeout: a session that listens and hears nothing ends after this time, in
 *   milliseconds; its owner is warned a minute before; 0 = never
 * @resume_window: how long a room waits for its owner to come back, in milliseconds
 * @settings: of new rooms; one whose source language cannot be heard here begins with one that can
 * @first_session_id: that a room gets; 0 = 1
 * @first_exchange_id: likewise
 * @sources: (element-type utf8 utf8): launch fragments by name, "microphone" and more
 * @recordings: (nullable): folder for recordings; %NULL = there are none
 * @keep_days: recordings that are older are deleted; 0 = none are
 * @max_recordings: bytes of all of them; beyond, the oldest are deleted; 0 = any
 * @max_recording_size: bytes of each of them; beyond, it ends; 0 = any
 * @is_recording: whether lessons are recorded to begin with
 * @metrics: (transfer none): outlives the manager
 */
typedef struct {
  const char *pipeline;
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

HablaRoomManager *habla_room_manager_new (const HablaRoomManagerOptions *options);
/* All rooms must be gone: see habla_room_manager_shut_down(). */
void habla_room_manager_free (HablaRoomManager *self);

/* @observer: (nullable): copied; %NULL = nobody any more */
void habla_room_manager_set_observer (HablaRoomManager *self, const HablaRoomObserver *observer);
/* The first ids that were not used. */
void habla_room_manager_get_next_ids (
    HablaRoomManager *self, guint64 *session_id, guint64 *exchange_id);
/* Emits %HABLA_EVENT_STORED in the room that has this session, if there is one. */
void habla_room_manager_tell_stored (
    HablaRoomManager *self, guint64 session_id, guint64 exchange_id);

/* A connection of its own room; @key (nullable) finds that of an owner who was here less
 * than `resume_window` ago, and pushes out a connection with the same key that is still
 * there. Returns: (transfer full) (nullable): leave with habla_member_leave() */
HablaMember *habla_room_manager_join_as_owner (HablaRoomManager *self, const char *key,
    const char *room_name, HablaMemberNotify notify, gpointer user_data, GError **error);
/* @room_name: as the owner's, or "latest". @language: (nullable): %NULL = the room's first
 * target language */
HablaMember *habla_room_manager_join_as_listener (HablaRoomManager *self, const char *room_name,
    const char *language, HablaMemberNotify notify, gpointer user_data, GError **error);

/* Settings of new rooms; the rooms that exist keep theirs. Returns: (transfer none) */
const HablaRoomSettings *habla_room_manager_get_settings (HablaRoomManager *self);
void habla_room_manager_set_languages (
    HablaRoomManager *self, const char *source, const char *const *targets);
void habla_room_manager_set_mode (HablaRoomManager *self, HablaMode mode);
/* Whether lessons are recorded: those that begin from now on; what is recorded ends at once. */
gboolean habla_room_manager_get_recording (HablaRoomManager *self);
void habla_room_manager_set_recording (HablaRoomManager *self, gboolean enabled);
/* Returns: (nullable): the folder of recordings */
const char *habla_room_manager_get_recordings (HablaRoomManager *self);
/* Returns: (nullable): the room of the owner with @key */
HablaRoom *habla_room_manager_find_room (HablaRoomManager *self, const char *key);
/* Returns: (nullable): the latest whose owner is there and came without a key */
HablaRoom *habla_room_manager_find_keyless_room (HablaRoomManager *self);

const HablaLanguages *habla_room_manager_get_languages (HablaRoomManager *self);
guint habla_room_manager_count_sessions (HablaRoomManager *self);
guint habla_room_manager_count_members (HablaRoomManager *self);

/**
 * HablaRoomTotals:
 * @confidence: average of all final utterances; @low_confidence: those below 0.5
 * @processing: average from the end of speech to its translation, in milliseconds
 */
typedef struct {
  double confidence;
  guint64 low_confidence;
  double processing;
} HablaRoomTotals;

void habla_room_manager_get_totals (HablaRoomManager *self, HablaRoomTotals *totals);

/* Loads what the default languages needs, by a worker thread, and keeps it; mends recordings
 * that were cut off, and deletes old ones, by another. */
void habla_room_manager_warm_up (HablaRoomManager *self);
/* Whether the engines of the default languages have been loaded. */
gboolean habla_room_manager_is_warm (HablaRoomManager *self);

/* A real question to the engines: blocking, for a worker thread; touches nothing of @self
 * but what does not change. Returns: whether they answer */
gboolean habla_room_manager_check_engines (HablaRoomManager *self, GError **error);

/* No new rooms; drains and closes all. @done is called once, when nothing is left. */
void habla_room_manager_shut_down (
    HablaRoomManager *self, GAsyncReadyCallback done, gpointer user_data);
gboolean habla_room_manager_shut_down_finish (
    HablaRoomManager *self, GAsyncResult *result, GError **error);

G_END_DECLS
