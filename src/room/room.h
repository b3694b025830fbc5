/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <decoder/audio-limits.h>
#include <gio/gio.h>
#include <recording/player.h>
#include <pipeline/pipeline.h>
#include <room/room-settings.h>

G_BEGIN_DECLS

/* Lives in the thread of the default main context, as all of this. */

/**
 * HablaSpeaker:
 * @id: as the client or the transcriber named it
 * @label: for people
 * @custom_name: (nullable): what a client renamed it to
 * @color: "#rrggbb"
 */
typedef struct {
  char *id;
  char *label;
  char *custom_name;
  const char *color;
  guint utterance_count;
} HablaSpeaker;

/**
 * HablaExchange:
 * @id: counted up over all rooms, and never used again: not after a restart either
 * @speaker: (nullable): (unowned): lives as long as the room
 * @language: BCP 47 code of @source
 * @target_language: BCP 47 code of what the owner read when it was said
 * @source: what was said
 * @translations: from BCP 47 code to text
 * @confidence: 0.0 to 1.0; 1.0 if not known, as of typed text
 * @timestamp: when it became final, in microseconds since 1970, UTC
 * @recording: (nullable): id of the recording that it is in
 * @begin: when its speech began, likewise; @timestamp for typed text
 * @end: when that ended
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
  HABLA_EVENT_ERROR,
} HablaEventType;

typedef struct _HablaRoom HablaRoom;

/**
 * HablaEvent:
 * @room: whose state it tells of; read the rest with habla_room_get_…()
 * @text: (nullable): of partials, and the message of an error
 * @exchange: (nullable): of a transcript or translation
 * @language: (nullable): that of the member: of the translation that it is to be shown.
 *   For %HABLA_EVENT_TRANSLATION, `exchange->translations` has it, or it failed
 * @overload: the level, 0 to 3
 * @exchange_id: that is stored, of %HABLA_EVENT_STORED
 * @segments: utterances, of %HABLA_EVENT_LISTENING_STOPPED
 * @speech_time: likewise, in nanoseconds
 * @recording: id, of %HABLA_EVENT_PLAYBACK_STARTED and _FINISHED
 * @speed: of %HABLA_EVENT_PLAYBACK_STARTED, as @playback_mode
 * @chunk: of %HABLA_EVENT_PLAYBACK_PROGRESS: which piece has been played, from 0; of
 *   %HABLA_EVENT_PLAYBACK_FINISHED: how many
 * @total_chunks: of %HABLA_EVENT_PLAYBACK_STARTED and _PROGRESS
 * @encoded: (nullable): the message on the wire: whoever makes it first leaves it here
 *   for all that get the same; freed with the event
 */
typedef struct {
  HablaEventType type;
  HablaRoom *room;
  const char *text;
  const HablaExchange *exchange;
  const char *language;
  guint overload;
  guint64 exchange_id;
  guint64 segments;
  guint64 speech_time;
  const char *recording;
  double speed;
  const char *playback_mode;
  guint chunk;
  guint total_chunks;
  GBytes *encoded;
} HablaEvent;

/* One connection in a room. */
typedef struct _HablaMember HablaMember;

/* Must not leave the room while it is called: leave later, from an idle source. */
typedef void (*HablaMemberNotify) (HablaMember *member, HablaEvent *event, gpointer user_data);

/* The owner of a room speaks and types; listeners read, each in a language of its own. Who
 * reads the language that is spoken gets no partial translations, and as a translation
 * what was said: look into `exchange->source` if `language` equals `exchange->language`.
 *
 * An owner whose key somebody else comes with becomes a listener, and is told by a
 * %HABLA_EVENT_ERROR. */
gboolean habla_member_is_owner (HablaMember *member);
HablaRoom *habla_member_get_room (HablaMember *member);
/* Returns: BCP 47 code of what it reads */
const char *habla_member_get_language (HablaMember *member);
/* What was said but not translated yet counts as not translated. */
gboolean habla_member_set_language (HablaMember *member, const char *language, GError **error);
/* (transfer full) of @member. An owner that leaves ends the session; the room stays for a
 * while for one that comes back with the same key. */
void habla_member_leave (HablaMember *member);

/* For the owner; each failure is told as a %HABLA_EVENT_ERROR by whoever calls.
 * @error: a %HABLA_ERROR or %G_IO_ERROR with a message for people */
/* @source: (nullable): name of one of the daemon's sources; %NULL = audio is pushed.
 * @raw_rate: of pushed S16LE mono audio without a container, in Hz, from HABLA_MIN_SAMPLE_RATE to
 * HABLA_MAX_SAMPLE_RATE; 0 = in a container */
gboolean habla_room_start_listening (
    HablaRoom *self, const char *source, guint raw_rate, GError **error);
void habla_room_stop_listening (HablaRoom *self);
gboolean habla_room_push_audio (HablaRoom *self, GBytes *audio, GError **error);
gboolean habla_room_push_text (
    HablaRoom *self, const char *text, const char *speaker_id, GError **error);
/* Plays a recording as if it were spoken now, in its own languages. @player: (transfer full):
 * in any case. @error: return location for a %G_IO_ERROR_BUSY or _NOT_CONNECTED, as
 * habla_room_can_play() gives, or what keeps it from being heard */
gboolean habla_room_can_play (HablaRoom *self, GError **error);
gboolean habla_room_play (HablaRoom *self, HablaPlayer *player, GError **error);
/* Returns: whether something was played, or about to be */
gboolean habla_room_stop_playing (HablaRoom *self);
/**
 * habla_room_set_languages:
 * @self: a room
 * @source: tag of the language that is spoken and typed
 * @targets: (array zero-terminated=1): tags of the languages that are translated into whoever
 *   listens, at least one; the owner reads the first
 * @error: return location for a %HABLA_ERROR_LANGUAGE that lists the available languages, or a
 *   %G_IO_ERROR
 *
 * Takes effect at once, also while the room listens: what was said before is still translated as
 * it was. If @source can only be typed, listening stops.
 *
 * Returns: whether the room has these languages, or the nearest that are available, from now on
 */
gboolean habla_room_set_languages (
    HablaRoom *self, const char *source, const char *const *targets, GError **error);
void habla_room_set_mode (HablaRoom *self, HablaMode mode);
gboolean habla_room_rename_speaker (
    HablaRoom *self, const char *speaker_id, const char *name, GError **error);
void habla_room_reset (HablaRoom *self); /* a new session id, no speakers, no exchanges */

const char *habla_room_get_name (HablaRoom *self);
/* Returns: (nullable): that its owner comes back with; a secret of theirs */
const char *habla_room_get_key (HablaRoom *self);
guint64 habla_room_get_session_id (HablaRoom *self);
const HablaRoomSettings *habla_room_get_settings (HablaRoom *self);
/* Returns: BCP 47 code of what is spoken and typed */
const char *habla_room_get_source_language (HablaRoom *self);
/* Returns: (array zero-terminated=1): BCP 47 codes; the owner reads the first */
const char *const *habla_room_get_target_languages (HablaRoom *self);
HablaMode habla_room_get_mode (HablaRoom *self);
/* Whether its source language can be recognised here. */
gboolean habla_room_can_hear (HablaRoom *self);
gboolean habla_room_is_listening (HablaRoom *self);
/* Whether audio that its owner pushes is listened to, or will be as soon as it can. */
gboolean habla_room_takes_audio (HablaRoom *self);
gboolean habla_room_is_recording (HablaRoom *self);
/* Returns: (transfer none) (element-type HablaSpeaker): in order of appearance */
GPtrArray *habla_room_get_speakers (HablaRoom *self);
/* Exchanges before this one are not in memory, or never were. */
guint64 habla_room_get_first_exchange_id (HablaRoom *self);
/* Whether it has begun anew by habla_room_reset(). */
gboolean habla_room_was_reset (HablaRoom *self);
/* Emits those after @since that are still known to @member, by its notify function: before
 * anything else happens to it, so right after joining. */
void habla_room_replay (HablaRoom *self, HablaMember *member, guint64 since);

G_END_DECLS
