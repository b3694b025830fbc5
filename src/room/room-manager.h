/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <phrases/phrasebook.h>
#include <monitoring/metrics.h>
#include <pipeline/engines/languages.h>
#include <pipeline/glossary-folder.h>
#include <room/parts/speaker-names.h>
#include <room/relay/room-relay.h>
#include <room/room-manager-options.h>
#include <room/room.h>

G_BEGIN_DECLS

/* Listeners join the room that was made last by this name, which no room can have. */
#define HABLA_ROOM_LATEST "latest"

/**
 * HablaRoomManager:
 *
 * All rooms of a daemon, and what its engines offer.
 */
typedef struct _HablaRoomManager HablaRoomManager;

/**
 * HablaRoomTotals:
 * @confidence: average of all final utterances, 0.0 to 1.0; 0.0 before the first
 * @low_confidence: number of utterances below 0.5
 * @processing: average from the end of speech to its translation, in milliseconds
 * @corrections: number of utterances with an error
 * @idioms: number of phrases that patterns have found
 * @model_idioms: number of further phrases that language models have found
 */
typedef struct {
  double confidence;
  guint64 low_confidence;
  double processing;
  guint64 corrections;
  guint64 idioms;
  guint64 model_idioms;
} HablaRoomTotals;

/**
 * habla_room_manager_new:
 * @options: copied, except @sources, which is shared
 *
 * Reads the languages of all engines: this loads their plugins, which takes some tenths of a second
 * the first time, and starts no engine.
 *
 * Returns: (transfer full): a manager without rooms
 */
HablaRoomManager *habla_room_manager_new (const HablaRoomManagerOptions *options);

/**
 * habla_room_manager_free:
 * @self: (transfer full): a manager that has been shut down and has no rooms
 *
 * Waits for engines that are being loaded.
 */
void habla_room_manager_free (HablaRoomManager *self);

/**
 * habla_room_manager_set_observer:
 * @self: a manager
 * @observer: (nullable): copied; %NULL = none
 */
void habla_room_manager_set_observer (HablaRoomManager *self, const HablaRoomObserver *observer);

/**
 * habla_room_manager_set_relay:
 * @self: a manager; without rooms if it has no relay yet
 * @relay: (nullable): copied; must stay valid until this is called again. %NULL = none, as
 *   at the end of the program: what waits for its commit is committed
 */
void habla_room_manager_set_relay (HablaRoomManager *self, const HablaRoomRelay *relay);

/**
 * habla_room_manager_raise_ids:
 * @self: a manager
 * @session_id: first id that no session of any node has
 * @exchange_id: first id that no exchange of any node has
 *
 * Later sessions and exchanges get at least these ids. Lower ones change nothing.
 */
void habla_room_manager_raise_ids (HablaRoomManager *self, guint64 session_id, guint64 exchange_id);

/**
 * habla_room_manager_get_next_ids:
 * @self: a manager
 * @session_id: (out): first id that no session has
 * @exchange_id: (out): first id that no exchange has
 */
void habla_room_manager_get_next_ids (
    HablaRoomManager *self, guint64 *session_id, guint64 *exchange_id);

/**
 * habla_room_manager_notify_stored:
 * @self: a manager
 * @session_id: of the room
 * @exchange_id: of an exchange that is in the store now
 *
 * Emits %HABLA_EVENT_STORED in the room that has this session, if there is one.
 */
void habla_room_manager_notify_stored (
    HablaRoomManager *self, guint64 session_id, guint64 exchange_id);

/**
 * habla_room_manager_join_as_owner:
 * @self: a manager
 * @key: (nullable): secret of a client, 1 to %HABLA_MAX_ROOM_NAME characters. Finds the room whose
 * owner left less than `resume_window` ago, and replaces an owner with the same key
 * @room_name: (nullable): name of the room, 1 to %HABLA_MAX_ROOM_NAME characters, but not
 * %HABLA_ROOM_LATEST; %NULL = a generated name
 * @notify: see habla_room_join()
 * @user_data: passed to @notify
 * @error: return location for a %G_IO_ERROR
 *
 * Returns: (transfer full) (nullable): a member; see habla_member_leave()
 */
HablaMember *habla_room_manager_join_as_owner (HablaRoomManager *self, const char *key,
    const char *room_name, HablaMemberNotify notify, gpointer user_data, GError **error);

/**
 * HablaOwnerPage:
 * @key: (nullable): secret of a client: see habla_room_manager_join_as_owner()
 * @tab: (nullable): identifies one page of this client
 */
typedef struct {
  const char *key;
  const char *tab;
} HablaOwnerPage;

/**
 * habla_room_manager_join_in_tab:
 * @self: a manager
 * @page: who joins
 * @room_name: (nullable): see habla_room_manager_join_as_owner()
 * @notify: see habla_room_join()
 * @user_data: passed to @notify
 * @error: return location for a %G_IO_ERROR
 *
 * Like habla_room_manager_join_as_owner(), but does not replace an owner with another tab: the
 * member becomes a listener then, which can use habla_member_take_over().
 *
 * Returns: (transfer full) (nullable): a member; see habla_member_leave()
 */
HablaMember *habla_room_manager_join_in_tab (HablaRoomManager *self, const HablaOwnerPage *page,
    const char *room_name, HablaMemberNotify notify, gpointer user_data, GError **error);

/**
 * habla_room_manager_add_headphones:
 * @self: a manager
 * @room_name: name of a room, or %HABLA_ROOM_LATEST
 * @language: tag of the language to hear
 * @client: see habla_headphones_add_listener()
 * @error: return location for a %G_IO_ERROR, %HABLA_ERROR_LANGUAGE or %HABLA_ERROR_NOT_INSTALLED
 *
 * Returns: (transfer none) (nullable): a listener; see habla_headphones_remove_listener()
 */
HablaHeadphonesListener *habla_room_manager_add_headphones (HablaRoomManager *self,
    const char *room_name, const char *language, const HablaBroadcastClient *client,
    GError **error);

/**
 * habla_room_manager_join_as_listener:
 * @self: a manager
 * @room_name: name of a room, or %HABLA_ROOM_LATEST
 * @language: (nullable): tag of what the member reads; %NULL = the room's first target language
 * @notify: see habla_room_join()
 * @user_data: passed to @notify
 * @error: return location for a %G_IO_ERROR or %HABLA_ERROR_LANGUAGE
 *
 * Returns: (transfer full) (nullable): a member; see habla_member_leave()
 */
HablaMember *habla_room_manager_join_as_listener (HablaRoomManager *self, const char *room_name,
    const char *language, HablaMemberNotify notify, gpointer user_data, GError **error);

/**
 * habla_room_manager_get_settings:
 * @self: a manager
 *
 * Returns: (transfer none): settings of new rooms
 */
const HablaRoomSettings *habla_room_manager_get_settings (HablaRoomManager *self);

/**
 * habla_room_manager_set_languages:
 * @self: a manager
 * @source: BCP 47 code of the source language of new rooms
 * @targets: (array zero-terminated=1): BCP 47 codes of their target languages, at least one
 */
void habla_room_manager_set_languages (
    HablaRoomManager *self, const char *source, const char *const *targets);

/**
 * habla_room_manager_set_mode:
 * @self: a manager
 * @mode: a mode
 *
 * Sets the mode of rooms that are created afterwards.
 */
void habla_room_manager_set_mode (HablaRoomManager *self, HablaMode mode);

/**
 * habla_room_manager_set_detection:
 * @self: a manager
 * @detects_language: see habla_room_set_detection()
 *
 * Sets it for rooms that are created afterwards.
 */
void habla_room_manager_set_detection (HablaRoomManager *self, gboolean detects_language);

/**
 * habla_room_manager_can_detect_language:
 * @self: a manager
 * @settings: of a room
 *
 * Returns: whether an installed transcriber detects which of the languages of @settings is spoken
 */
gboolean habla_room_manager_can_detect_language (
    HablaRoomManager *self, const HablaRoomSettings *settings);

/**
 * habla_room_manager_set_translator:
 * @self: a manager
 * @translator: (nullable): as in #HablaRoomManagerOptions
 * @error: return location for a %HABLA_ERROR_PARAMETER
 *
 * Changes the translator of pipelines that begin from now on, and the languages that it offers a
 * moment later.
 *
 * Returns: whether @translator is installed; if not, nothing has changed
 */
gboolean habla_room_manager_set_translator (
    HablaRoomManager *self, const char *translator, GError **error);

/**
 * habla_room_manager_get_recording:
 * @self: a manager
 *
 * Returns: whether rooms are recorded
 */
gboolean habla_room_manager_get_recording (HablaRoomManager *self);

/**
 * habla_room_manager_set_recording:
 * @self: a manager
 * @enabled: whether to record what begins from now on; %FALSE also ends all recordings
 */
void habla_room_manager_set_recording (HablaRoomManager *self, gboolean enabled);

/**
 * habla_room_manager_get_recordings:
 * @self: a manager
 *
 * Returns: (transfer none) (nullable): the folder of recordings
 */
const char *habla_room_manager_get_recordings (HablaRoomManager *self);

/**
 * habla_room_manager_get_glossaries:
 * @self: a manager
 *
 * Returns: (transfer none) (nullable): the glossaries of rooms; call
 *   habla_room_manager_update_glossary() after a change
 */
HablaGlossaryFolder *habla_room_manager_get_glossaries (HablaRoomManager *self);

/**
 * habla_room_manager_get_names:
 * @self: a manager
 *
 * Returns: (transfer none): what owners call their speakers
 */
HablaSpeakerNames *habla_room_manager_get_names (HablaRoomManager *self);

/**
 * habla_room_manager_update_glossary:
 * @self: a manager
 * @room_name: a name, which need not be that of a room
 *
 * Lets the room of that name, if it is open, translate the next text with its present glossary.
 */
void habla_room_manager_update_glossary (HablaRoomManager *self, const char *room_name);

/**
 * habla_room_manager_find_room:
 * @self: a manager
 * @key: (nullable): secret of a client; %NULL = it has none, as old clients
 *
 * Returns: (transfer none) (nullable): the room of this owner; without a key, the latest room with
 *   a connected owner that has none either
 */
HablaRoom *habla_room_manager_find_room (HablaRoomManager *self, const char *key);

/**
 * habla_room_manager_find_by_name:
 * @self: a manager
 * @name: any text
 *
 * Returns: (transfer none) (nullable): the room of this name
 */
HablaRoom *habla_room_manager_find_by_name (HablaRoomManager *self, const char *name);

/**
 * habla_room_manager_get_languages:
 * @self: a manager
 *
 * Returns: (transfer none): what the installed engines offer
 */
const HablaLanguages *habla_room_manager_get_languages (HablaRoomManager *self);

/**
 * habla_room_manager_count_sessions:
 * @self: a manager
 *
 * Returns: the number of rooms that have a pipeline
 */
guint habla_room_manager_count_sessions (HablaRoomManager *self);

/**
 * habla_room_manager_count_members:
 * @self: a manager
 *
 * Returns: the number of members of all rooms
 */
guint habla_room_manager_count_members (HablaRoomManager *self);

/**
 * habla_room_manager_get_totals:
 * @self: a manager
 * @totals: (out caller-allocates): totals of all rooms
 */
void habla_room_manager_get_totals (HablaRoomManager *self, HablaRoomTotals *totals);

/**
 * habla_room_manager_warm_up:
 * @self: a manager
 *
 * Loads the engines of the languages of new rooms in a worker thread, and keeps them; repairs
 * interrupted recordings and deletes old ones in another.
 */
void habla_room_manager_warm_up (HablaRoomManager *self);

/**
 * habla_room_manager_is_warm:
 * @self: a manager
 *
 * Returns: whether the engines of the languages of new rooms have been loaded
 */
gboolean habla_room_manager_is_warm (HablaRoomManager *self);

/**
 * habla_room_manager_check_engines:
 * @self: a manager
 * @error: return location for a #GError
 *
 * Has the engines translate a test text. Blocks; for a worker thread.
 *
 * Returns: whether they answer
 */
gboolean habla_room_manager_check_engines (HablaRoomManager *self, GError **error);

/**
 * habla_room_manager_shut_down:
 * @self: a manager; once
 * @done: called when all pipelines and files are closed
 * @user_data: passed to @done
 *
 * Takes no more members. Ends all pipelines: idle ones at once, the others when pending speech has
 * been translated, within the time to drain. Rooms exist until their last member leaves; @done does
 * not wait for members.
 */
void habla_room_manager_shut_down (
    HablaRoomManager *self, GAsyncReadyCallback done, gpointer user_data);

/**
 * habla_room_manager_shut_down_finish:
 * @self: a manager
 * @result: as given to the callback
 * @error: return location for a #GError
 *
 * Returns: %TRUE
 */
gboolean habla_room_manager_shut_down_finish (
    HablaRoomManager *self, GAsyncResult *result, GError **error);

G_END_DECLS
