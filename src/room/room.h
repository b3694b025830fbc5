/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <decoder/audio-limits.h>
#include <habla/engine.h>
#include <recording/player.h>
#include <room/headphones/headphones.h>
#include <room/room-event.h>
#include <room/parts/room-metrics.h>

G_BEGIN_DECLS

/**
 * HablaRoom:
 *
 * Clients join a room. It has members, one pipeline at a time, and a transcript. The owner of a
 * room speaks and types; listeners read, each in a language of its own.
 *
 * Rooms are used in the thread of the default main context, as everything in this module. Owners
 * learn of a command that fails from whoever called it, and of a later failure by a
 * %HABLA_EVENT_ERROR. Errors have messages for people.
 */

/* Shared by all rooms: see <room/room-context.h>. */
typedef struct _HablaRoomContext HablaRoomContext;

/* For the manager of rooms. */

/**
 * habla_room_new:
 * @context: (unowned): must outlive the room
 * @name: of the room
 * @key: (nullable): with which its owner comes back; %NULL = it does not come back
 *
 * Returns: (transfer full): a room without members
 */
HablaRoom *habla_room_new (HablaRoomContext *context, const char *name, const char *key);

/**
 * habla_room_new_mirror:
 * @context: (unowned): must outlive the room, and has a relay
 * @state: a state record of the room, from another node
 * @error: return location for a %G_IO_ERROR_INVALID_DATA
 *
 * Returns: (transfer full) (nullable): a room that another node owns; see <room/relay/room-relay.h>
 */
HablaRoom *habla_room_new_mirror (HablaRoomContext *context, GBytes *state, GError **error);

/**
 * habla_room_claim:
 * @self: a mirror
 * @key: (nullable): of its owner, which joins this node
 *
 * Asks the relay to let this node own the room.
 */
void habla_room_claim (HablaRoom *self, const char *key);

/**
 * habla_room_free:
 * @self: (transfer full): an empty room
 */
void habla_room_free (HablaRoom *self);

/**
 * habla_room_join:
 * @self: a room
 * @as_owner: whether the member speaks and types. A previous owner becomes a listener: see
 *   habla_audience_set_owner()
 * @language: (nullable): tag of what a listener reads; %NULL = the room's first target language
 * @notify: called for each event from now on; the member reads the present state by itself
 * @user_data: passed to @notify
 * @error: return location for a %G_IO_ERROR_BUSY, %G_IO_ERROR_CLOSED or %HABLA_ERROR_LANGUAGE
 *
 * Returns: (transfer full) (nullable): a member; see habla_member_leave()
 */
HablaMember *habla_room_join (HablaRoom *self, gboolean as_owner, const char *language,
    HablaMemberNotify notify, gpointer user_data, GError **error);

/**
 * habla_room_is_empty:
 * @self: a room
 *
 * Returns: whether it has neither members nor a pipeline, and does not wait for its owner
 */
gboolean habla_room_is_empty (HablaRoom *self);

/**
 * habla_room_has_owner:
 * @self: a room
 *
 * Returns: whether its owner is connected
 */
gboolean habla_room_has_owner (HablaRoom *self);

/**
 * habla_room_has_owner_in_other_tab:
 * @self: a room
 * @tab: (nullable): see habla_member_set_page()
 *
 * Returns: whether its owner is connected with another tab; %FALSE if either has no tab
 */
gboolean habla_room_has_owner_in_other_tab (HablaRoom *self, const char *tab);

/**
 * habla_room_count_members:
 * @self: a room
 *
 * Returns: the number of members, including the owner
 */
guint habla_room_count_members (HablaRoom *self);

/**
 * habla_room_end:
 * @self: a room
 *
 * Words spoken and typed are still translated, and a recording that is played stops. Then all
 * members are notified by %HABLA_EVENT_ROOM_ENDED, and must leave. No-op if the room ends already.
 */
void habla_room_end (HablaRoom *self);

/**
 * habla_room_is_ending:
 * @self: a room
 *
 * Returns: whether habla_room_end() was called: no one can join it by its name, which another room
 *   may have
 */
gboolean habla_room_is_ending (HablaRoom *self);

/**
 * habla_room_is_abandoned:
 * @self: a room
 *
 * Returns: whether it has members, but neither an owner nor one that may still come back
 */
gboolean habla_room_is_abandoned (HablaRoom *self);

/**
 * habla_room_adopt:
 * @self: a room that is abandoned
 * @key: (nullable): of its new owner
 *
 * Begins a new session, since the new owner need not be the former one. Listeners stay.
 */
void habla_room_adopt (HablaRoom *self, const char *key);

/**
 * habla_room_count_listeners:
 * @self: a room
 *
 * Returns: the number of members that are not pages of the owner
 */
guint habla_room_count_listeners (HablaRoom *self);

/**
 * habla_room_add_levels:
 * @self: a room
 * @levels: (inout): levels of this room are added
 */
void habla_room_add_levels (HablaRoom *self, HablaPipelineLevels *levels);

/**
 * habla_room_notify_owner:
 * @self: a room
 * @type: an event without further fields
 *
 * Notifies the owner, if it is connected.
 */
void habla_room_notify_owner (HablaRoom *self, HablaEventType type);

/**
 * habla_room_notify_stored:
 * @self: a room
 * @exchange_id: of an exchange that is in the store now
 */
void habla_room_notify_stored (HablaRoom *self, guint64 exchange_id);

/**
 * habla_room_end_recording:
 * @self: a room
 *
 * Ends its recording, if it is recorded. Pending data is still written.
 */
void habla_room_end_recording (HablaRoom *self);

/**
 * habla_room_close:
 * @self: a room
 *
 * Lets its pipeline drain; takes no more members and starts no more pipelines.
 */
void habla_room_close (HablaRoom *self);

/**
 * habla_room_cut:
 * @self: a closed room
 *
 * Closes its pipeline without waiting for translations.
 */
void habla_room_cut (HablaRoom *self);

/* For members. */

/**
 * habla_member_is_owner:
 * @member: a member
 *
 * Returns: whether it speaks and types
 */
gboolean habla_member_is_owner (HablaMember *member);

/**
 * habla_member_set_page:
 * @member: a member that may take the room over
 * @key: (nullable): with which its client comes back as the owner, once it has taken the room over
 * @tab: (nullable): identifies its page; %NULL = unknown
 */
void habla_member_set_page (HablaMember *member, const char *key, const char *tab);

/**
 * habla_member_set_screen:
 * @member: a new member that shows captions to many, such as a projector: it does not count as a
 *   listener
 */
void habla_member_set_screen (HablaMember *member);

/**
 * habla_member_may_own:
 * @member: a member
 *
 * Returns: whether habla_member_set_page() was called
 */
gboolean habla_member_may_own (HablaMember *member);

/**
 * habla_member_is_owner_elsewhere:
 * @member: a member
 *
 * Returns: whether it may own the room, and another member does
 */
gboolean habla_member_is_owner_elsewhere (HablaMember *member);

/**
 * habla_member_take_over:
 * @member: a member
 * @error: return location for a %G_IO_ERROR_PERMISSION_DENIED
 *
 * Makes @member the owner of its room. Pushed audio of the previous owner ends: the words spoken
 * are still translated. Both are notified by a %HABLA_EVENT_STATUS.
 *
 * Returns: whether it is the owner now
 */
gboolean habla_member_take_over (HablaMember *member, GError **error);

/**
 * habla_member_get_room:
 * @member: a member
 *
 * Returns: (transfer none): its room
 */
HablaRoom *habla_member_get_room (HablaMember *member);

/**
 * habla_member_get_language:
 * @member: a member
 *
 * Readers of the source language get no partial translations, and the source text as translation:
 * see habla_exchange_get_text().
 *
 * Returns: (transfer none): BCP 47 code of what it reads
 */
const char *habla_member_get_language (HablaMember *member);

/**
 * habla_member_choose_language:
 * @member: a listener that has just joined, and knows that a language may not be offered
 * @language: (nullable): tag of the language that it wants to read; %NULL = the room's first target
 *
 * If @language is not offered, @member reads the room's first target language: see
 * habla_member_is_language_offered(). When the offered languages change, @member gets the language
 * that it wants as soon as that is offered, and is notified by a %HABLA_EVENT_STATUS.
 */
void habla_member_choose_language (HablaMember *member, const char *language);

/**
 * habla_member_is_language_offered:
 * @member: a member
 *
 * Returns: whether it reads the language that it wants; %TRUE if it never said
 */
gboolean habla_member_is_language_offered (HablaMember *member);

/**
 * habla_member_set_language:
 * @member: a listener; the owner reads the room's first target language
 * @language: tag of the language that it wants to read
 * @error: return location for a %HABLA_ERROR_LANGUAGE or %G_IO_ERROR_PERMISSION_DENIED
 *
 * A member that has called habla_member_choose_language() is notified by a %HABLA_EVENT_STATUS,
 * also if @language is not offered, which is no error then. Exchanges that await their translations
 * at that moment count as not translated.
 *
 * Returns: whether it reads @language, or the nearest that is available, from now on; %TRUE if it
 * can choose
 */
gboolean habla_member_set_language (HablaMember *member, const char *language, GError **error);

/**
 * habla_member_leave:
 * @member: (transfer full): a member
 *
 * When the owner leaves, the pipeline drains; the room waits for an owner with the same key.
 */
void habla_member_leave (HablaMember *member);

/* For those who hear the translation. */

/**
 * habla_room_add_headphones:
 * @self: a room
 * @language: tag of the language to hear
 * @client: see habla_headphones_add_listener()
 * @error: return location for a %G_IO_ERROR_BUSY, %G_IO_ERROR_CLOSED or %HABLA_ERROR_LANGUAGE
 *
 * The speech continues while the room is not listening, as silence, until it is closed or freed.
 * Those who hear are not members: they keep no room open.
 *
 * Returns: (transfer none) (nullable): a listener; see habla_headphones_remove_listener()
 */
HablaHeadphonesListener *habla_room_add_headphones (
    HablaRoom *self, const char *language, const HablaBroadcastClient *client, GError **error);

/**
 * habla_room_get_headphones_stats:
 * @self: a room
 *
 * Returns: how many clients hear the room
 */
HablaHeadphonesStats habla_room_get_headphones_stats (HablaRoom *self);

/* Commands of the owner. */

/**
 * habla_room_can_listen:
 * @self: a room
 * @language: (nullable): tag of another source language than that of the room
 * @source: (nullable): as for habla_room_start_listening()
 * @raw_rate: as for habla_room_start_listening()
 * @error: return location for a %HABLA_ERROR_LANGUAGE or %G_IO_ERROR
 *
 * Returns: whether habla_room_start_listening() would succeed if @language were the room's
 */
gboolean habla_room_can_listen (
    HablaRoom *self, const char *language, const char *source, guint raw_rate, GError **error);

/**
 * habla_room_start_listening:
 * @self: a room
 * @source: (nullable): name of a source of the daemon; %NULL = audio is pushed
 * @raw_rate: of pushed S16LE mono audio without a container, in Hz, %HABLA_MIN_SAMPLE_RATE to
 *   %HABLA_MAX_SAMPLE_RATE; 0 = audio has a container
 * @error: return location for a %HABLA_ERROR_LANGUAGE or %G_IO_ERROR
 *
 * Members are notified when the room listens, also if it does already. If it has been stopped and
 * still drains, they are first notified that it has stopped.
 *
 * Returns: whether the room listens, or will as soon as it can
 */
gboolean habla_room_start_listening (
    HablaRoom *self, const char *source, guint raw_rate, GError **error);

/**
 * habla_room_stop_listening:
 * @self: a room
 *
 * Pending speech is still translated. No-op unless listening.
 */
void habla_room_stop_listening (HablaRoom *self);

/**
 * habla_room_push_audio:
 * @self: a room
 * @audio: (transfer none): a chunk
 * @error: return location for a %G_IO_ERROR
 *
 * Silently drops audio while the room does not listen.
 *
 * Returns: %FALSE if the room listens to an audio source of the server
 */
gboolean habla_room_push_audio (HablaRoom *self, GBytes *audio, GError **error);

/**
 * habla_room_push_text:
 * @self: a room
 * @text: in the source language
 * @speaker_id: (nullable): id of who typed it
 * @error: return location for a %G_IO_ERROR
 *
 * Returns: whether @text will be translated
 */
gboolean habla_room_push_text (
    HablaRoom *self, const char *text, const char *speaker_id, GError **error);

/**
 * habla_room_can_play:
 * @self: a room
 * @error: return location for a %G_IO_ERROR
 *
 * Returns: whether a recording can be played in it now
 */
gboolean habla_room_can_play (HablaRoom *self, GError **error);

/**
 * habla_room_play:
 * @self: a room
 * @player: (transfer full): of a recording
 * @error: return location for a %G_IO_ERROR or %HABLA_ERROR_LANGUAGE
 *
 * Plays a recording as if it were spoken now, in its own languages.
 *
 * Returns: whether it is played, or will be as soon as it can
 */
gboolean habla_room_play (HablaRoom *self, HablaPlayer *player, GError **error);

/**
 * habla_room_stop_playing:
 * @self: a room
 *
 * Returns: whether something was played, or about to be
 */
gboolean habla_room_stop_playing (HablaRoom *self);

/**
 * habla_room_can_set_languages:
 * @self: a room
 * @source: as for habla_room_set_languages()
 * @targets: as for habla_room_set_languages()
 * @error: return location for a %HABLA_ERROR_LANGUAGE or %G_IO_ERROR
 *
 * Returns: whether habla_room_set_languages() would succeed
 */
gboolean habla_room_can_set_languages (
    HablaRoom *self, const char *source, const char *const *targets, GError **error);

/**
 * habla_room_set_languages:
 * @self: a room
 * @source: tag of the language of speech and typed text
 * @targets: (array zero-terminated=1): tags of the languages to translate into even without a
 *   reader, at least one; the owner reads the first
 * @error: return location for a %HABLA_ERROR_LANGUAGE that lists the available languages, or a
 *   %G_IO_ERROR
 *
 * Takes effect at once, also while the room listens: earlier speech is still translated as before.
 * If @source can only be typed, listening stops.
 *
 * Returns: whether the room has these languages, or the nearest that are available, from now on
 */
gboolean habla_room_set_languages (
    HablaRoom *self, const char *source, const char *const *targets, GError **error);

/**
 * habla_room_can_offer:
 * @self: a room
 * @source: tag of the source language
 * @offered: (array zero-terminated=1): tags of languages
 * @error: return location for a %HABLA_ERROR_LANGUAGE that lists the available languages
 *
 * Returns: whether listeners can read each of @offered, if @source were the source language
 */
gboolean habla_room_can_offer (
    HablaRoom *self, const char *source, const char *const *offered, GError **error);

/**
 * habla_room_set_offered:
 * @self: a room
 * @offered: (array zero-terminated=1): tags of the languages that listeners can choose besides the
 *   source and the target languages; empty = all into which the source is translated
 *
 * Listeners that read another language read the first target language from now on.
 */
void habla_room_set_offered (HablaRoom *self, const char *const *offered);

/**
 * habla_room_list_offered:
 * @self: a room
 *
 * Returns: (transfer full) (array zero-terminated=1): BCP 47 codes of the languages that listeners
 *   can choose, the target languages first
 */
GStrv habla_room_list_offered (HablaRoom *self);

/**
 * habla_room_set_engines:
 * @self: a room
 * @transcriber: (nullable): the name of an element of habla_room_list_engines(); empty = the best
 *   installed one; %NULL = unchanged
 * @translator: (nullable): as @transcriber
 * @error: return location for a %HABLA_ERROR_PARAMETER that lists the available engines
 *
 * Takes effect at once, as habla_room_set_languages(). An engine that does not have the languages
 * that are set later is given up.
 *
 * Returns: whether the room uses these engines from now on
 */
gboolean habla_room_set_engines (
    HablaRoom *self, const char *transcriber, const char *translator, GError **error);

/**
 * habla_room_notify_available:
 * @self: a room
 *
 * Notifies the members that other languages or engines are available: an engine or model was
 * installed or removed. A running pipeline continues with its engines.
 */
void habla_room_notify_available (HablaRoom *self);

/**
 * habla_room_update_glossary:
 * @self: a room whose glossary has changed
 *
 * The next text is translated with the present one.
 */
void habla_room_update_glossary (HablaRoom *self);

/**
 * habla_room_set_mode:
 * @self: a room
 * @mode: how clients show it
 */
void habla_room_set_mode (HablaRoom *self, HablaMode mode);

/**
 * habla_room_set_detection:
 * @self: a room
 * @detects_language: whether the language that is spoken is detected, among those of the room. A
 *   room whose transcribers cannot detect it remembers this for later ones
 */
void habla_room_set_detection (HablaRoom *self, gboolean detects_language);

/**
 * habla_room_rename_speaker:
 * @self: a room
 * @speaker_id: of one of its speakers
 * @name: name for people; blank = the label again
 * @error: return location for a %G_IO_ERROR
 *
 * Returns: whether the speaker has this name now
 */
gboolean habla_room_rename_speaker (
    HablaRoom *self, const char *speaker_id, const char *name, GError **error);

/**
 * habla_room_set_role:
 * @self: a room
 * @speaker_id: of one of its speakers
 * @role: what the speaker is: "teacher"; blank = unknown
 * @error: return location for a %G_IO_ERROR
 *
 * Returns: whether the speaker has this role now
 */
gboolean habla_room_set_role (
    HablaRoom *self, const char *speaker_id, const char *role, GError **error);

/**
 * habla_room_forget_names:
 * @self: a room
 *
 * The speakers of the next sessions of this owner have no names until it gives them some.
 */
void habla_room_forget_names (HablaRoom *self);

/**
 * habla_room_reset:
 * @self: a room
 *
 * Begins a session with a new id, without speakers and exchanges. Members first get a translation,
 * or that there is none, for each transcript that they have; translations that come later are
 * dropped. A room that listens keeps listening. Exchange ids continue.
 */
void habla_room_reset (HablaRoom *self);

/* State. */

/**
 * habla_room_get_name:
 * @self: a room
 *
 * Returns: (transfer none): its name
 */
const char *habla_room_get_name (HablaRoom *self);

/**
 * habla_room_get_key:
 * @self: a room
 *
 * Returns: (transfer none) (nullable): the secret with which its owner comes back
 */
const char *habla_room_get_key (HablaRoom *self);

/**
 * habla_room_get_session_id:
 * @self: a room
 *
 * Returns: id of its session
 */
guint64 habla_room_get_session_id (HablaRoom *self);

/**
 * habla_room_get_settings:
 * @self: a room
 *
 * Returns: (transfer none): its languages and mode
 */
const HablaRoomSettings *habla_room_get_settings (HablaRoom *self);

/**
 * habla_room_get_source_language:
 * @self: a room
 *
 * Returns: (transfer none): BCP 47 code of speech and typed text
 */
const char *habla_room_get_source_language (HablaRoom *self);

/**
 * habla_room_get_target_languages:
 * @self: a room
 *
 * Returns: (transfer none) (array zero-terminated=1): BCP 47 codes; the owner reads the first
 */
const char *const *habla_room_get_target_languages (HablaRoom *self);

/**
 * habla_room_list_engines:
 * @self: a room
 * @kind: %HABLA_ENGINE_TRANSCRIBER or %HABLA_ENGINE_TRANSLATOR
 *
 * Returns: (transfer full) (array zero-terminated=1): names of the elements that recognise the
 *   source language, or translate it into one of the target languages at least, the best first
 */
GStrv habla_room_list_engines (HablaRoom *self, HablaEngineKind kind);

/**
 * habla_room_get_engine:
 * @self: a room
 * @kind: %HABLA_ENGINE_TRANSCRIBER or %HABLA_ENGINE_TRANSLATOR
 *
 * Returns: (transfer none) (nullable): name of the element that the owner has chosen; %NULL = none,
 *   or it is no longer available
 */
const char *habla_room_get_engine (HablaRoom *self, HablaEngineKind kind);

/**
 * habla_room_get_mode:
 * @self: a room
 *
 * Returns: how clients show it
 */
HablaMode habla_room_get_mode (HablaRoom *self);

/**
 * habla_room_can_hear:
 * @self: a room
 *
 * Returns: whether speech in its source language can be recognised
 */
gboolean habla_room_can_hear (HablaRoom *self);

/**
 * habla_room_is_listening:
 * @self: a room
 *
 * Returns: whether members know that it listens
 */
gboolean habla_room_is_listening (HablaRoom *self);

/**
 * habla_room_takes_audio:
 * @self: a room
 *
 * Returns: whether it listens to pushed audio, or will as soon as it can
 */
gboolean habla_room_takes_audio (HablaRoom *self);

/**
 * habla_room_is_recording:
 * @self: a room
 *
 * Returns: whether it is recorded
 */
gboolean habla_room_is_recording (HablaRoom *self);

/**
 * habla_room_get_speakers:
 * @self: a room
 *
 * Returns: (transfer none) (element-type HablaSpeaker): in order of appearance
 */
GPtrArray *habla_room_get_speakers (HablaRoom *self);

/**
 * habla_room_get_first_exchange_id:
 * @self: a room
 *
 * Returns: id of the oldest exchange in memory, or of the next one if there is none
 */
guint64 habla_room_get_first_exchange_id (HablaRoom *self);

/**
 * habla_room_list_exchanges:
 * @self: a room
 * @is_complete: (out): whether these are all exchanges of the session
 *
 * Returns: (transfer container) (element-type HablaExchange): the exchanges of the session that are
 *   in memory, in order; valid until the main loop runs. Translations may still come
 */
GPtrArray *habla_room_list_exchanges (HablaRoom *self, gboolean *is_complete);

/**
 * habla_room_get_origin:
 * @self: a room
 *
 * Returns: begin of the first exchange of its session, in microseconds since 1970, UTC; 0 = there
 * is none yet
 */
gint64 habla_room_get_origin (HablaRoom *self);

/**
 * habla_room_was_reset:
 * @self: a room
 *
 * Returns: whether habla_room_reset() was called
 */
gboolean habla_room_was_reset (HablaRoom *self);

/**
 * habla_room_replay:
 * @self: a room
 * @member: one of its members, which has just joined
 * @since: id of the last exchange that @member knows; 0 = none
 * @max_size: bytes of messages, about; beyond, the oldest exchanges are left out
 *
 * Notifies @member of the later exchanges of the session, which are in memory: 500 at most. Each
 * message is encoded once, however many members join.
 */
void habla_room_replay (HablaRoom *self, HablaMember *member, guint64 since, gsize max_size);

G_END_DECLS
