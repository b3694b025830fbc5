/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <room/parts/exchange-log.h>
#include <room/room-event.h>

G_BEGIN_DECLS

/**
 * HablaAudience:
 *
 * The members of a room. Each member is notified of the transcripts of all exchanges, and of a
 * translation of each of them into its own language; both in order.
 */
typedef struct _HablaAudience HablaAudience;

/**
 * habla_audience_new:
 * @room: (unowned): stored in each event
 *
 * Returns: (transfer full): an audience without members
 */
HablaAudience *habla_audience_new (HablaRoom *room);

/**
 * habla_audience_free:
 * @self: (transfer full): an audience without members
 */
void habla_audience_free (HablaAudience *self);

/**
 * habla_audience_add:
 * @self: an audience
 * @language: (nullable): BCP 47 code of what the member reads; %NULL = the room's first target
 * @next_exchange: id of the first exchange whose translation the member gets
 * @notify: called for each event
 * @user_data: passed to @notify
 *
 * Returns: (transfer none): the new member; see habla_audience_remove()
 */
HablaMember *habla_audience_add (HablaAudience *self, const char *language, guint64 next_exchange,
    HablaMemberNotify notify, gpointer user_data);

/**
 * habla_audience_remove:
 * @self: an audience
 * @member: (transfer full): one of its members
 *
 * Returns: whether @member was the owner
 */
gboolean habla_audience_remove (HablaAudience *self, HablaMember *member);

/**
 * habla_audience_count:
 * @self: an audience
 *
 * Returns: the number of members, including the owner
 */
guint habla_audience_count (HablaAudience *self);

/**
 * habla_audience_count_listeners:
 * @self: an audience
 *
 * Returns: the number of members that are neither pages of the owner nor screens
 */
guint habla_audience_count_listeners (HablaAudience *self);

/**
 * habla_audience_count_readers:
 * @self: an audience
 * @settings: of the room; must outlive the result, as must members and their languages
 *
 * Returns: (transfer full) (element-type HablaReaders): what listeners read, by language
 */
GArray *habla_audience_count_readers (HablaAudience *self, const HablaRoomSettings *settings);

/**
 * habla_audience_get_owner:
 * @self: an audience
 *
 * Returns: (transfer none) (nullable): the member that speaks and types, if it is connected
 */
HablaMember *habla_audience_get_owner (HablaAudience *self);

/**
 * habla_audience_set_owner:
 * @self: an audience
 * @member: one of its members. The previous owner, if any, becomes a listener, and is notified by a
 *   %HABLA_EVENT_STATUS; without a tab by a %HABLA_EVENT_ERROR, too
 */
void habla_audience_set_owner (HablaAudience *self, HablaMember *member);

/**
 * habla_audience_has_owner_in_other_tab:
 * @self: an audience
 * @tab: (nullable): see habla_audience_set_page()
 *
 * Returns: whether the owner is connected with another tab; %FALSE if either has no tab
 */
gboolean habla_audience_has_owner_in_other_tab (HablaAudience *self, const char *tab);

/**
 * habla_audience_set_page:
 * @member: a member that may become the owner
 * @key: (nullable): of its client
 * @tab: (nullable): identifies its page; %NULL = unknown
 */
void habla_audience_set_page (HablaMember *member, const char *key, const char *tab);

/**
 * habla_audience_set_screen:
 * @member: a member that shows captions to many, such as a projector: it is no listener
 */
void habla_audience_set_screen (HablaMember *member);

/**
 * habla_audience_get_key:
 * @member: a member
 *
 * Returns: (transfer none) (nullable): the key that habla_audience_set_page() set
 */
const char *habla_audience_get_key (HablaMember *member);

/**
 * habla_audience_may_own:
 * @member: a member
 *
 * Returns: whether habla_audience_set_page() was called
 */
gboolean habla_audience_may_own (HablaMember *member);

/**
 * habla_audience_notify_candidates:
 * @self: an audience
 * @event: (inout): what happened
 *
 * Notifies the members that may become the owner.
 */
void habla_audience_notify_candidates (HablaAudience *self, HablaEvent *event);

/**
 * habla_audience_list_languages:
 * @self: an audience
 * @settings: of the room
 *
 * Returns: (transfer full) (element-type utf8): set of the BCP 47 codes of all target languages of
 *   @settings, and of what members read besides the source language, in any variety
 */
GHashTable *habla_audience_list_languages (HablaAudience *self, const HablaRoomSettings *settings);

/**
 * habla_audience_notify:
 * @self: an audience
 * @event: (inout): what happened
 *
 * Notifies all members; they share the encoded message.
 */
void habla_audience_notify (HablaAudience *self, HablaEvent *event);

/**
 * habla_audience_notify_readers:
 * @self: an audience
 * @event: (inout): what happened
 * @language: BCP 47 code
 * @settings: languages of the pipeline that the event is from
 *
 * Notifies the members that read @language.
 */
void habla_audience_notify_readers (HablaAudience *self, HablaEvent *event, const char *language,
    const HablaRoomSettings *settings);

/**
 * habla_audience_notify_owner:
 * @self: an audience
 * @event: (inout): what happened
 *
 * Notifies the owner, if it is connected.
 */
void habla_audience_notify_owner (HablaAudience *self, HablaEvent *event);

/**
 * habla_audience_deliver:
 * @self: an audience
 * @exchanges: of the room
 *
 * Notifies each member of the translations that are next in its language. May be called while it
 * runs.
 */
void habla_audience_deliver (HablaAudience *self, HablaExchangeLog *exchanges);

/**
 * habla_audience_skip:
 * @self: an audience
 * @next_exchange: members get no translations of exchanges before this id
 */
void habla_audience_skip (HablaAudience *self, guint64 next_exchange);

/**
 * habla_audience_replay:
 * @self: an audience
 * @member: one of its members, which has just joined
 * @exchanges: of the room
 * @since: id of the last exchange that @member knows
 * @max_size: bytes of messages, about; beyond, the oldest exchanges are left out
 *
 * Notifies @member of the later exchanges that it does not get anyway. Members that join later
 * share the encoded messages.
 */
void habla_audience_replay (HablaAudience *self, HablaMember *member, HablaExchangeLog *exchanges,
    guint64 since, gsize max_size);

/**
 * habla_audience_defer_replay:
 * @member: a member that has just joined
 * @since: see habla_audience_replay()
 * @max_size: see habla_audience_replay()
 *
 * Replays when habla_audience_replay_deferred() is called.
 */
void habla_audience_defer_replay (HablaMember *member, guint64 since, gsize max_size);

/**
 * habla_audience_replay_deferred:
 * @self: an audience
 * @exchanges: of the room
 *
 * Members that called habla_audience_defer_replay() are notified of earlier exchanges, and all
 * members get later translations from now on.
 */
void habla_audience_replay_deferred (HablaAudience *self, HablaExchangeLog *exchanges);

/**
 * habla_audience_set_remote_readers:
 * @self: an audience
 * @node: name of another node
 * @readers: (nullable) (element-type HablaReaders): what members on it read, copied; %NULL = none.
 *   They count as listeners
 */
void habla_audience_set_remote_readers (HablaAudience *self, const char *node, GArray *readers);

/**
 * habla_audience_has_remote_readers:
 * @self: an audience
 *
 * Returns: whether another node has readers
 */
gboolean habla_audience_has_remote_readers (HablaAudience *self);

/**
 * habla_audience_clear_remote_readers:
 * @self: an audience
 */
void habla_audience_clear_remote_readers (HablaAudience *self);

/**
 * habla_audience_list_local_readers:
 * @self: an audience
 * @settings: as for habla_audience_count_readers()
 *
 * Returns: (transfer full) (element-type HablaReaders): what members of this node read, by
 *   language; a language that no listener reads, but a screen or the owner, has 0
 */
GArray *habla_audience_list_local_readers (HablaAudience *self, const HablaRoomSettings *settings);

/**
 * habla_audience_choose_language:
 * @member: a listener
 * @wanted: (nullable): tag of the language that it wants; %NULL = the room's first target
 * @offered: (array zero-terminated=1): BCP 47 codes that it can choose
 *
 * From now on @member reads @wanted whenever that is offered. Meanwhile, it keeps its present
 * language if that is offered, or reads the room's first target.
 */
void habla_audience_choose_language (
    HablaMember *member, const char *wanted, const char *const *offered);

/**
 * habla_audience_choose_languages_again:
 * @self: an audience
 * @offered: (array zero-terminated=1): BCP 47 codes that listeners can choose
 *
 * The offered languages have changed: see habla_audience_choose_language().
 */
void habla_audience_choose_languages_again (HablaAudience *self, const char *const *offered);

/**
 * habla_audience_can_choose:
 * @member: a member
 *
 * Returns: whether habla_audience_choose_language() was called
 */
gboolean habla_audience_can_choose (HablaMember *member);

/**
 * habla_audience_is_refused:
 * @member: a member
 *
 * Returns: whether the language that it wants is not offered
 */
gboolean habla_audience_is_refused (HablaMember *member);

/**
 * habla_audience_notify_member:
 * @member: a member
 * @event: (inout): what happened
 *
 * Notifies only @member.
 */
void habla_audience_notify_member (HablaMember *member, HablaEvent *event);

/**
 * habla_audience_get_room:
 * @member: a member
 *
 * Returns: (transfer none): the room of its audience
 */
HablaRoom *habla_audience_get_room (HablaMember *member);

/**
 * habla_audience_get_language:
 * @member: a member
 * @settings: of its room
 *
 * Returns: (transfer none): BCP 47 code of what it reads in a room with @settings
 */
const char *habla_audience_get_language (
    const HablaMember *member, const HablaRoomSettings *settings);

/**
 * habla_audience_set_language:
 * @member: a member
 * @language: BCP 47 code of what it reads from now on
 */
void habla_audience_set_language (HablaMember *member, const char *language);

G_END_DECLS
