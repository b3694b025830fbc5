/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <room/languages/language-check.h>
#include <room/room-limits.h>
#include <room/room.h>

G_BEGIN_DECLS

/* The messages of the WebSocket, as structs; no I/O. docs/protocol.md documents each message. */

/* Limits of a message, besides those of room-limits.h: the whole in bytes, fields in characters. */
#define HABLA_PROTOCOL_MAX_MESSAGE (64 * 1024)
#define HABLA_PROTOCOL_MAX_WORD 64 /* types, modes, directions, formats, sources */
#define HABLA_PROTOCOL_MAX_TOKEN 1024
#define HABLA_PROTOCOL_MAX_OFFERED 100
#define HABLA_PROTOCOL_MAX_CODE 64
/* Bytes of the first message, if a token is required. */
#define HABLA_PROTOCOL_MAX_HELLO 1024

/**
 * HablaCommandType:
 *
 * The types of a client's messages, by their names in the protocol.
 */
typedef enum {
  HABLA_COMMAND_END_ROOM,
  HABLA_COMMAND_HELLO,
  HABLA_COMMAND_NEW_SESSION,
  HABLA_COMMAND_PING,
  HABLA_COMMAND_RENAME_SPEAKER,
  HABLA_COMMAND_SEGMENT_END,
  HABLA_COMMAND_SET_ENGINES,
  HABLA_COMMAND_SET_LANGUAGE,
  HABLA_COMMAND_SET_LANGUAGES,
  HABLA_COMMAND_SET_MODE,
  HABLA_COMMAND_START_LISTENING,
  HABLA_COMMAND_STOP_LISTENING,
  HABLA_COMMAND_TAKE_OVER,
  HABLA_COMMAND_TEXT_INPUT,
  HABLA_COMMAND_TOGGLE_DIRECTION,
} HablaCommandType;

#define HABLA_COMMAND_N_TYPES (HABLA_COMMAND_TOGGLE_DIRECTION + 1)

/**
 * HablaCommand:
 * @type: the type, which says which of the other fields are set
 * @token: (nullable): of %HABLA_COMMAND_HELLO
 * @code: (nullable): of %HABLA_COMMAND_HELLO: the join code of a room
 * @speaker_id: of %HABLA_COMMAND_RENAME_SPEAKER and %HABLA_COMMAND_TEXT_INPUT
 * @role_hint: (nullable): of %HABLA_COMMAND_RENAME_SPEAKER; %NULL = unchanged
 * @name: (nullable): of %HABLA_COMMAND_RENAME_SPEAKER; %NULL = unchanged, if there is a @role_hint
 * @text: of %HABLA_COMMAND_TEXT_INPUT
 * @language: of %HABLA_COMMAND_SET_LANGUAGE: a language tag
 * @mode: of %HABLA_COMMAND_SET_MODE
 * @source: (nullable): of %HABLA_COMMAND_START_LISTENING: name of an input of the server
 * @rate: of %HABLA_COMMAND_START_LISTENING: sample rate of raw audio in Hz, from
 *   HABLA_MIN_SAMPLE_RATE to HABLA_MAX_SAMPLE_RATE; 0 = audio comes in a container
 * @source_language: (nullable): of %HABLA_COMMAND_SET_LANGUAGES and
 *   %HABLA_COMMAND_START_LISTENING: a language tag; %NULL = unchanged
 * @target_languages: (nullable) (array zero-terminated=1): of the same: at least one language tag;
 *   %NULL = unchanged
 * @offered_languages: (nullable) (array zero-terminated=1): of %HABLA_COMMAND_SET_LANGUAGES: tags
 * of the languages that listeners can choose, none = all; %NULL = unchanged
 * @transcriber: (nullable): of %HABLA_COMMAND_SET_ENGINES: the name of an element; empty = the best
 *   one; %NULL = unchanged
 * @translator: (nullable): as @transcriber
 * @has_auto_language: of the same: whether @auto_language changes
 * @auto_language: of the same: whether the spoken language is detected
 * @direction: (unowned): of %HABLA_COMMAND_TOGGLE_DIRECTION: a name that habla_direction_find()
 *   knows
 *
 * A message of a client, with all values in range. Whether a language is available here is for the
 * room to decide.
 */
typedef struct {
  HablaCommandType type;
  union {
    struct {
      char *token;
      char *code;
    };
    char *language;
    HablaMode mode;
    const char *direction;
    struct {
      char *source;
      guint rate;
      char *source_language;
      GStrv target_languages;
      GStrv offered_languages;
    };
    struct {
      char *transcriber;
      char *translator;
      gboolean has_auto_language;
      gboolean auto_language;
    };
    struct {
      char *speaker_id;
      char *role_hint;
      union {
        char *name;
        char *text;
      };
    };
  };
} HablaCommand;

/**
 * habla_protocol_parse:
 * @text: (nullable): a text message of a client, which need not be valid, nor end with a NUL
 * @length: length of @text in bytes
 * @error: return location for a %G_IO_ERROR_INVALID_ARGUMENT, whose message is for the client and
 *   names the field
 *
 * Unknown fields are ignored: a later version of the protocol may have them.
 *
 * Returns: (transfer full) (nullable): the command
 */
HablaCommand *habla_protocol_parse (const char *text, gsize length, GError **error);

/**
 * habla_protocol_find_token:
 * @text: a text message of a client that is not authenticated
 * @length: length of @text in bytes
 *
 * Much cheaper than habla_protocol_parse().
 *
 * Returns: (transfer full) (nullable): the token, if @text is a flat JSON object of at most
 *   %HABLA_PROTOCOL_MAX_HELLO bytes and 8 members that has one
 */
char *habla_protocol_find_token (const char *text, gsize length);

/**
 * habla_protocol_find_code:
 * @text: as for habla_protocol_find_token()
 * @length: length of @text in bytes
 *
 * Returns: (transfer full) (nullable): the join code, as habla_protocol_find_token() the token
 */
char *habla_protocol_find_code (const char *text, gsize length);

/**
 * habla_command_free:
 * @self: (transfer full): a command
 */
void habla_command_free (HablaCommand *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaCommand, habla_command_free)

/**
 * habla_command_type_get_name:
 * @type: a type
 *
 * Returns: (transfer none): its name in the protocol
 */
const char *habla_command_type_get_name (HablaCommandType type);

/**
 * HablaRoomView:
 * @can_hear: whether speech in @source_language can be recognised
 * @session_id: id of the room's session
 * @direction: (nullable): name of the pair of languages, if that has one
 * @source_language: BCP 47 code of the language that is spoken and typed
 * @target_languages: (array zero-terminated=1): BCP 47 codes; the owner reads the first
 * @mode: how clients show the room
 * @is_recording: whether the room is recorded
 * @speakers: (element-type HablaSpeaker): in order of appearance
 * @name: name of the room, for clients that want to join it
 * @is_owner: whether the client is the owner
 * @languages: (nullable) (array zero-terminated=1): BCP 47 codes that a listener can choose; only
 * for %HABLA_EVENT_STATUS
 * @is_language_offered: whether the client reads the language that it wants
 * @is_owner_elsewhere: whether another page of the same owner is the owner
 * @language: (nullable): BCP 47 code of the language that the client reads
 * @available: (nullable): the languages that the installed engines offer; as the following only
 *   for %HABLA_EVENT_STATUS
 * @transcriber: (nullable): the name of the element that the owner has chosen; %NULL = the best one
 * @translator: (nullable): as @transcriber
 * @transcribers: (nullable) (array zero-terminated=1): names of the elements to choose from, the
 *   best first
 * @translators: (nullable) (array zero-terminated=1): as @transcribers
 * @auto_language: whether the spoken language is detected; as the following for the owner
 * @can_detect_language: whether an installed transcriber detects it
 * @has_webrtc: whether the translation can be heard over WebRTC
 * @join_code: (nullable): the join code of the room, for the owner
 * @join_url: (nullable): the link for listeners
 *
 * The state of a room as one client sees it: what messages have besides the event.
 */
typedef struct {
  gboolean can_hear;
  guint64 session_id;
  const char *direction;
  const char *source_language;
  const char *const *target_languages;
  HablaMode mode;
  gboolean is_recording;
  GPtrArray *speakers;
  const char *name;
  gboolean is_owner;
  const char *const *languages;
  gboolean is_language_offered;
  gboolean is_owner_elsewhere;
  const char *language;
  const HablaLanguages *available;
  const char *transcriber;
  const char *translator;
  const char *const *transcribers;
  const char *const *translators;
  gboolean auto_language;
  gboolean can_detect_language;
  gboolean has_webrtc;
  const char *join_code;
  const char *join_url;
} HablaRoomView;

/**
 * habla_protocol_encode:
 * @event: an event of a room
 * @view: the state of that room
 *
 * The message for %HABLA_EVENT_STATUS differs from client to client. All others depend only on
 * @event and the room.
 *
 * Returns: (transfer full): the message
 */
GBytes *habla_protocol_encode (const HablaEvent *event, const HablaRoomView *view);

/**
 * habla_protocol_encode_error:
 * @message: (nullable): a message for people; invalid UTF-8 is replaced
 *
 * Returns: (transfer full): an `error`
 */
GBytes *habla_protocol_encode_error (const char *message);

/**
 * habla_protocol_encode_pong:
 *
 * Returns: (transfer full): a `pong`
 */
GBytes *habla_protocol_encode_pong (void);

/**
 * habla_protocol_encode_waiting:
 * @room: name of the room that is not open
 *
 * Returns: (transfer full): a `waiting`
 */
GBytes *habla_protocol_encode_waiting (const char *room);

/**
 * habla_protocol_encode_languages_changed:
 * @source: BCP 47 code of the source language
 * @targets: (array zero-terminated=1): BCP 47 codes of the target languages
 *
 * Returns: (transfer full): a `languages_changed`
 */
GBytes *habla_protocol_encode_languages_changed (const char *source, const char *const *targets);

G_END_DECLS
