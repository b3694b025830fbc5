/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <habla/annotations.h>
#include <room/room-settings.h>

G_BEGIN_DECLS

typedef struct _HablaRoom HablaRoom;

/* One connection in a room. */
typedef struct _HablaMember HablaMember;

/**
 * HablaSpeaker:
 * @id: as the client or the transcriber named it
 * @label: name for people, "Speaker 1"
 * @custom_name: (nullable): the name that a client gave
 * @role_hint: (nullable): what the speaker is: "teacher"
 * @color: "#rrggbb"
 * @utterance_count: number of exchanges
 */
typedef struct {
  char *id;
  char *label;
  char *custom_name;
  char *role_hint;
  const char *color;
  guint utterance_count;
} HablaSpeaker;

/**
 * HablaExchange:
 * @id: unique over all rooms and restarts; later exchanges have greater ids
 * @speaker: (nullable) (unowned): lives as long as the room
 * @language: BCP 47 code of @source
 * @target_language: BCP 47 code of the first target language of the room at that time
 * @source: text of the speech
 * @translations: from BCP 47 code to text
 * @confidence: 0.0 to 1.0; 1.0 if unknown, as for typed text
 * @timestamp: when it became final, in microseconds since 1970, UTC
 * @recording: (nullable): id of the recording that it is in
 * @begin: begin of its speech, in microseconds since 1970, UTC; @timestamp for typed text
 * @end: end of its speech, in microseconds since 1970, UTC; @timestamp for typed text
 * @processing: from the end of its speech to its first translation, in milliseconds; -1 = unknown
 * @annotations: (nullable): errors and idioms in @source
 * @origin: @begin of the first exchange of its session; 0 = unknown
 */
typedef struct {
  guint64 id;
  HablaSpeaker *speaker;
  char *language;
  char *target_language;
  char *source;
  GHashTable *translations;
  double confidence;
  gint64 timestamp;
  char *recording;
  gint64 begin;
  gint64 end;
  gint64 processing;
  HablaAnnotations *annotations;
  gint64 origin;
} HablaExchange;

typedef enum {
  HABLA_EVENT_STATUS,
  HABLA_EVENT_PARTIAL,
  HABLA_EVENT_PARTIAL_TRANSLATION,
  HABLA_EVENT_TRANSCRIPT,
  HABLA_EVENT_TRANSLATION,
  HABLA_EVENT_SPEAKERS,
  HABLA_EVENT_LANGUAGES,
  HABLA_EVENT_MODE,
  HABLA_EVENT_LISTENING_STARTED,
  HABLA_EVENT_LISTENING_STOPPED,
  HABLA_EVENT_SESSION_RESET,
  HABLA_EVENT_OVERLOAD,
  HABLA_EVENT_PLAYBACK_STARTED,
  HABLA_EVENT_PLAYBACK_PROGRESS,
  HABLA_EVENT_PLAYBACK_FINISHED,
  HABLA_EVENT_PLAYBACK_STOPPED,
  HABLA_EVENT_STORED,
  HABLA_EVENT_AUDIENCE,
  HABLA_EVENT_ROOM_ENDED,
  HABLA_EVENT_MOVED,
  HABLA_EVENT_ERROR,
} HablaEventType;

/**
 * HablaReaders:
 * @language: (unowned): BCP 47 code
 * @n: number of listeners that read it
 */
typedef struct {
  const char *language;
  guint n;
} HablaReaders;

/**
 * habla_exchange_get_text:
 * @self: an exchange
 * @language: BCP 47 code of what a member reads
 *
 * Members that read the source language, or a variety of it that is no target, read the source.
 *
 * Returns: (transfer none) (nullable): the translation or the source; %NULL = the translation
 *   failed
 */
const char *habla_exchange_get_text (const HablaExchange *self, const char *language);

/**
 * HablaEvent:
 * @type: which of the other fields are set
 * @room: where it happened; read the rest of its state with habla_room_get_…()
 * @text: (nullable): of partial events; the message of an error; of %HABLA_EVENT_MOVED, of which
 *   only the owner is notified: why it must leave and connect again
 * @exchange: (nullable): of a transcript or translation
 * @language: (nullable): what the member reads, of a translation: see habla_exchange_get_text()
 * @is_replayed: of a translation: @exchange is from before the member joined, so it may never have
 *   been translated into @language
 * @overload: 0 to 3
 * @exchange_id: of %HABLA_EVENT_STORED
 * @segments: number of utterances, of %HABLA_EVENT_LISTENING_STOPPED
 * @speech_time: in nanoseconds, of %HABLA_EVENT_LISTENING_STOPPED
 * @recording: id, of %HABLA_EVENT_PLAYBACK_STARTED and _FINISHED
 * @speed: of %HABLA_EVENT_PLAYBACK_STARTED
 * @playback_mode: of %HABLA_EVENT_PLAYBACK_STARTED
 * @chunk: of %HABLA_EVENT_PLAYBACK_PROGRESS, the chunk that was played, from 1; of
 *   %HABLA_EVENT_PLAYBACK_FINISHED, the number of chunks
 * @total_chunks: of %HABLA_EVENT_PLAYBACK_STARTED and _PROGRESS
 * @listeners: of %HABLA_EVENT_AUDIENCE: the number of listeners
 * @languages: (nullable) (element-type HablaReaders): of %HABLA_EVENT_AUDIENCE: what they read, by
 *   language
 * @encoded: (nullable): the message on the wire. The first member that encodes it stores it here
 *   for all that get the same message; freed with the event
 */
typedef struct {
  HablaEventType type;
  HablaRoom *room;
  const char *text;
  const HablaExchange *exchange;
  const char *language;
  gboolean is_replayed;
  guint overload;
  guint64 exchange_id;
  guint64 segments;
  guint64 speech_time;
  const char *recording;
  double speed;
  const char *playback_mode;
  guint chunk;
  guint total_chunks;
  guint listeners;
  GArray *languages;
  GBytes *encoded;
} HablaEvent;

/**
 * HablaMemberNotify:
 * @member: the notified member
 * @event: (inout): valid during the call
 * @user_data: as given to habla_room_join()
 *
 * Must not make @member leave its room: do that later, in an idle source.
 */
typedef void (*HablaMemberNotify) (HablaMember *member, HablaEvent *event, gpointer user_data);

/**
 * HablaRoomObserver:
 * @exchange_finished: (nullable): no more translations of @exchange will come; called once for each
 *   exchange, before the room may forget it
 * @session_began: (nullable): of a new room, or of one that was reset
 * @speakers_changed: (nullable): a speaker has another name or role
 * @names_forgotten: (nullable): the owner's next rooms do not have the names of speakers
 * @topic_changed: (nullable): a language model has summarised the session of a room
 * @settings_changed: (nullable): of a room, or of new ones
 * @user_data: passed to the functions
 *
 * Observes all rooms. The functions must not change a room.
 *
 * A table and no signals: there is one observer of all rooms, which comes before and goes after
 * them, and the exchange is not copied, as a signal would. Pipelines have signals.
 */
typedef struct {
  void (*exchange_finished) (HablaRoom *room, const HablaExchange *exchange, gpointer user_data);
  void (*session_began) (HablaRoom *room, gpointer user_data);
  void (*speakers_changed) (HablaRoom *room, gpointer user_data);
  void (*names_forgotten) (HablaRoom *room, gpointer user_data);
  void (*topic_changed) (HablaRoom *room, const char *topic, gpointer user_data);
  void (*settings_changed) (const HablaRoomSettings *settings, gpointer user_data);
  gpointer user_data;
} HablaRoomObserver;

G_END_DECLS
