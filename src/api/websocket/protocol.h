/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <room/room.h>

G_BEGIN_DECLS

/* The messages of the WebSocket, to and from structs: no I/O. docs/protocol.md tells of
 * each. */

/* Bounds of what a client sends, in bytes and in characters. */
#define HABLA_PROTOCOL_MAX_MESSAGE (64 * 1024)
#define HABLA_PROTOCOL_MAX_TEXT 10000
#define HABLA_PROTOCOL_MAX_NAME 100
#define HABLA_PROTOCOL_MAX_ID 64
#define HABLA_PROTOCOL_MAX_TOKEN 1024
/* Of the first message, where a token is needed. */
#define HABLA_PROTOCOL_MAX_HELLO 1024

typedef enum {
  HABLA_COMMAND_HELLO,
  HABLA_COMMAND_NEW_SESSION,
  HABLA_COMMAND_PING,
  HABLA_COMMAND_RENAME_SPEAKER,
  HABLA_COMMAND_SEGMENT_END,
  HABLA_COMMAND_SET_LANGUAGE,
  HABLA_COMMAND_SET_MODE,
  HABLA_COMMAND_START_LISTENING,
  HABLA_COMMAND_STOP_LISTENING,
  HABLA_COMMAND_TEXT_INPUT,
  HABLA_COMMAND_TOGGLE_DIRECTION,
} HablaCommandType;

#define HABLA_COMMAND_N_TYPES (HABLA_COMMAND_TOGGLE_DIRECTION + 1)

/**
 * HablaCommand:
 * @type: says which of the others are set
 * @token: of %HABLA_COMMAND_HELLO
 * @speaker_id: of %HABLA_COMMAND_RENAME_SPEAKER and %HABLA_COMMAND_TEXT_INPUT
 * @name: of %HABLA_COMMAND_RENAME_SPEAKER
 * @language: of %HABLA_COMMAND_SET_LANGUAGE
 * @mode: of %HABLA_COMMAND_SET_MODE
 * @source: (nullable): of %HABLA_COMMAND_START_LISTENING
 * @rate: likewise: of raw audio, in Hz; 0 = audio comes in a container
 * @text: of %HABLA_COMMAND_TEXT_INPUT
 * @direction: (unowned): of %HABLA_COMMAND_TOGGLE_DIRECTION: a name that is known
 *
 * A message of a client.
 */
typedef struct {
  HablaCommandType type;
  union {
    char *token;
    char *language;
    HablaMode mode;
    const char *direction;
    struct {
      char *source;
      guint rate;
    };
    struct {
      char *speaker_id;
      union {
        char *name;
        char *text;
      };
    };
  };
} HablaCommand;

HablaCommand *habla_protocol_parse (const char *text, gsize length, GError **error);
/* Cheap, for a message of somebody who is not known yet. Returns: (transfer full) (nullable):
 * the token of @text if it is a flat JSON object of at most %HABLA_PROTOCOL_MAX_HELLO bytes and
 * 8 members */
char *habla_protocol_find_token (const char *text, gsize length);
void habla_command_free (HablaCommand *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaCommand, habla_command_free)

const char *habla_command_type_get_name (HablaCommandType type);

/**
 * HablaRoomView:
 * @can_hear: what is spoken can be recognised
 * @direction: (nullable): name of its pair of languages, if that has one
 * @speakers: (element-type HablaSpeaker)
 * @name: of the room, for who wants to join it
 * @is_owner: whether the client that it is for is the owner
 * @language: (nullable): that the client reads
 * @languages: (nullable): that it may ask for
 *
 * What messages tell of a room, beside the event.
 */
typedef struct {
  gboolean can_hear;
  guint64 session_id;
  const char *direction;
  HablaMode mode;
  gboolean is_recording;
  GPtrArray *speakers;
  const char *name;
  gboolean is_owner;
  const char *language;
  const char *const *languages;
} HablaRoomView;

GBytes *habla_protocol_encode (const HablaEvent *event, const HablaRoomView *view);
GBytes *habla_protocol_encode_error (const char *message);
GBytes *habla_protocol_encode_pong (void);

G_END_DECLS
