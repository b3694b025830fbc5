/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/websocket/websocket-client.h"

#include "api/websocket/client-commands.h"
#include "api/websocket/client-hello.h"
#include "api/websocket/client-membership.h"

#include <habla/error.h>
#include <websocket/frame-guard.h>
#include <util/token-bucket.h>
#include <websocket/websocket-meter.h>
#include <websocket/websocket-stream.h>
#include <util/source.h>

/* Bytes of a message from a client that sends no audio. Larger than a valid text message, so that
 * an oversized one is answered with an error. */
#define MAX_MESSAGE_WITHOUT_AUDIO (1024 * 1024)

/* Above what a person at a keyboard sends, and what a reconnecting client sends from its queue. */
#define MESSAGES_PER_SECOND 20
#define MESSAGES_AT_ONCE 500
/* Messages that are ignored without being parsed. Beyond this, the connection is closed. */
#define IGNORED_PER_SECOND 20
#define IGNORED_AT_ONCE 10000

/* In milliseconds */
#define CLOSE_TIMEOUT 1000
/* A slow client may have to read what the kernel buffers before it gets the close frame. */
#define SLOW_CLOSE_TIMEOUT 3000
#define MESSAGE_CHECK_INTERVAL 1000

#define CLOSE_TRY_AGAIN_LATER 1013 /* from the IANA registry of close codes */
/* From the range for private use: parameters that will not become possible, like HTTP's 422. */
#define CLOSE_IMPOSSIBLE 4422

struct _HablaWebsocketClient {
  SoupWebsocketConnection *websocket;
  HablaMeteredStream *stream;
  HablaFrameGuard *guard; /* of the stream of websocket */
  HablaSendQueue *queue;
  HablaClientMembership *membership;
  HablaClientRegistry *registry;
  HablaClientEntry entry; /* in registry */
  HablaWebsocketClientEnded ended;
  gpointer user_data;

  guint idle_timeout;      /* in milliseconds */
  HablaClientHello *hello; /* NULL once the client is authenticated */
  gint64 last_message;     /* in monotonic time */
  HablaTokenBucket messages;
  HablaTokenBucket ignored;
  guint close_code; /* 0 while it is open */

  HablaRoomCodes *codes; /* (nullable) */
  char *listens_to;      /* (nullable): name of the room that it wants to listen to */
  gboolean has_code;     /* it has sent the join code of this room */

  GSource *idle_source;
  GSource *end_source;
  GSource *message_source;
};

static gboolean
websocket_client_is_open (HablaWebsocketClient *self)
{
  return self->close_code == 0 &&
         soup_websocket_connection_get_state (self->websocket) == SOUP_WEBSOCKET_STATE_OPEN;
}

static HablaWebsocketStream *
websocket_client_get_input (HablaWebsocketClient *self)
{
  return HABLA_WEBSOCKET_STREAM (soup_websocket_connection_get_io_stream (self->websocket));
}

/* Returns: (nullable): NULL before it has joined a room */
static HablaMember *
websocket_client_get_member (HablaWebsocketClient *self)
{
  return habla_client_membership_get_member (self->membership);
}

/* End of the connection */

static void
websocket_client_end (HablaWebsocketClient *self)
{
  g_signal_handlers_disconnect_by_data (self->websocket, self);
  habla_source_clear (&self->idle_source);
  habla_source_clear (&self->end_source);
  habla_source_clear (&self->message_source);
  habla_websocket_stream_set_guard (websocket_client_get_input (self), NULL);
  g_clear_pointer (&self->guard, habla_frame_guard_free);
  g_clear_pointer (&self->membership, habla_client_membership_free);
  g_clear_pointer (&self->hello, habla_client_hello_free);
  g_clear_pointer (&self->queue, habla_send_queue_free);

  habla_client_registry_remove (self->registry, &self->entry, self->close_code);
  g_debug ("A client left, close code %u", self->close_code);
  if (self->ended != NULL)
    self->ended (self, self->user_data);

  /* Closes the stream if it is not closed yet. */
  g_object_unref (self->websocket);
  g_object_unref (self->stream);
  g_free (self->listens_to);
  g_free (self);
}

static gboolean
websocket_client_on_end (gpointer user_data)
{
  HablaWebsocketClient *self = user_data;

  habla_source_clear (&self->end_source);
  websocket_client_end (self);
  return G_SOURCE_REMOVE;
}

/* @timeout: in milliseconds, until the connection is cut without an answer */
static void
websocket_client_begin_close (HablaWebsocketClient *self, guint code, guint timeout)
{
  self->close_code = code;
  habla_send_queue_stop (self->queue);
  habla_source_clear (&self->idle_source);
  habla_source_start_timer (&self->end_source, timeout, "[habla] HablaWebsocketClient end",
      websocket_client_on_end, self);
}

void
habla_websocket_client_close (HablaWebsocketClient *self, gushort code, const char *reason)
{
  gboolean was_open = websocket_client_is_open (self);

  if (self->close_code != 0)
    return;
  websocket_client_begin_close (self, code, CLOSE_TIMEOUT);
  if (was_open)
    soup_websocket_connection_close (self->websocket, code, reason);
}

/* Sends the close frame ahead of all queued messages. @reason: static */
static void
websocket_client_close_now (
    HablaWebsocketClient *self, guint code, const char *reason, guint timeout)
{
  gboolean was_open = websocket_client_is_open (self);

  if (self->close_code != 0)
    return;
  websocket_client_begin_close (self, code, timeout);
  /* If it was not open, the other side has begun to close, or is gone. */
  if (was_open)
    habla_websocket_meter_close_now (
        habla_websocket_meter_find (self->websocket), self->websocket, code, reason);
}

/* Closes the connection because the client exceeded a limit, and reads nothing more from it.
 * @limit: a HablaFrameVerdict or HABLA_CLIENT_REFUSED_…. @reason: static */
static void
websocket_client_refuse (HablaWebsocketClient *self, guint limit, gushort code, const char *reason)
{
  if (self->close_code != 0)
    return;
  habla_client_registry_count_refusal (self->registry, limit);
  habla_metered_stream_set_lingers (self->stream);
  websocket_client_close_now (self, code, reason, CLOSE_TIMEOUT);
}

static void
websocket_client_on_error (
    SoupWebsocketConnection *websocket, GError *error, HablaWebsocketClient *self)
{
  if (self->close_code != 0)
    return;
  g_debug ("The connection of a client failed: %s", error->message);
  websocket_client_begin_close (self,
      error->domain == SOUP_WEBSOCKET_ERROR ? (guint) error->code : SOUP_WEBSOCKET_CLOSE_ABNORMAL,
      CLOSE_TIMEOUT);
}

static void
websocket_client_on_closed (SoupWebsocketConnection *websocket, HablaWebsocketClient *self)
{
  if (self->close_code == 0)
    self->close_code = soup_websocket_connection_get_close_code (websocket);
  if (self->close_code == 0)
    self->close_code = SOUP_WEBSOCKET_CLOSE_ABNORMAL;
  habla_send_queue_stop (self->queue);
  /* If frames are left, libsoup still uses the connection until it sees that the stream is closed;
   * it must not be finalized before that. */
  habla_source_clear (&self->end_source);
  habla_source_attach (&self->end_source, g_idle_source_new (),
      "[habla] HablaWebsocketClient closed", websocket_client_on_end, self);
}

/* Fires when the client would be idle if no message had come since the timer was set. */
static gboolean
websocket_client_on_idle_timeout (gpointer user_data)
{
  HablaWebsocketClient *self = user_data;
  gint64 idle = (g_get_monotonic_time () - self->last_message) / 1000;

  habla_source_clear (&self->idle_source);
  /* An incomplete message has a time limit of its own. */
  if (habla_frame_guard_is_in_message (self->guard))
    idle = 0;
  if (idle >= self->idle_timeout)
    habla_websocket_client_close (self, SOUP_WEBSOCKET_CLOSE_NORMAL, "idle");
  else
    habla_source_start_timer (&self->idle_source, self->idle_timeout - idle,
        "[habla] HablaWebsocketClient idle", websocket_client_on_idle_timeout, self);
  return G_SOURCE_REMOVE;
}

/* Limits of the input */

static void
websocket_client_on_refused (HablaFrameVerdict verdict, gpointer user_data)
{
  websocket_client_refuse (user_data, verdict, habla_frame_verdict_get_code (verdict),
      habla_frame_verdict_get_reason (verdict));
}

static void
websocket_client_on_paused (gpointer user_data)
{
  habla_client_registry_count_pause (((HablaWebsocketClient *) user_data)->registry);
}

static gboolean
websocket_client_check_message_time (gpointer user_data)
{
  HablaWebsocketClient *self = user_data;

  if (habla_frame_guard_is_in_message (self->guard) &&
      habla_frame_guard_check_time (self->guard, g_get_monotonic_time ()))
    return G_SOURCE_CONTINUE;
  habla_source_clear (&self->message_source);
  return G_SOURCE_REMOVE;
}

static HablaFrameLimits
websocket_client_on_begin_message (gpointer user_data)
{
  HablaWebsocketClient *self = user_data;
  HablaMember *member = websocket_client_get_member (self);
  gboolean takes_audio = member != NULL && habla_member_is_owner (member) &&
                         habla_room_takes_audio (habla_member_get_room (member));

  if (self->message_source == NULL)
    habla_source_start_timer (&self->message_source, MESSAGE_CHECK_INTERVAL,
        "[habla] HablaWebsocketClient message time", websocket_client_check_message_time, self);
  if (self->hello != NULL)
    return (HablaFrameLimits){ .max_message = HABLA_PROTOCOL_MAX_HELLO };
  return (HablaFrameLimits){
    .max_message = takes_audio ? HABLA_FRAME_MAX_MESSAGE : MAX_MESSAGE_WITHOUT_AUDIO,
    .may_fragment = TRUE,
  };
}

static void
websocket_client_limit_input (HablaWebsocketClient *self)
{
  const HablaFrameHandler handler = {
    .begin_message = websocket_client_on_begin_message,
    .paused = websocket_client_on_paused,
    .refused = websocket_client_on_refused,
    .user_data = self,
  };

  self->guard = habla_frame_guard_new (
      &handler, habla_client_registry_get_unfinished_bytes (self->registry), self->last_message);
  habla_websocket_stream_set_guard (websocket_client_get_input (self), self->guard);
  /* The guard refuses first; libsoup would close without a close frame. */
  soup_websocket_connection_set_max_incoming_payload_size (
      self->websocket, HABLA_FRAME_MAX_MESSAGE);
}

/* Membership of a room */

static void
websocket_client_on_overflow (gsize backlog, gpointer user_data)
{
  g_message ("A client reads too slowly and is disconnected: %" G_GSIZE_FORMAT
             " bytes are queued; it can reconnect and resume",
      backlog);
  websocket_client_close_now (
      user_data, CLOSE_TRY_AGAIN_LATER, "too slow; reconnect with ?since=", SLOW_CLOSE_TIMEOUT);
}

static void
websocket_client_on_join_refused (const GError *error, gpointer user_data)
{
  HablaWebsocketClient *self = user_data;

  habla_send_queue_send_error (self->queue, error->message);
  if (g_error_matches (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE))
    websocket_client_close_now (
        self, CLOSE_IMPOSSIBLE, "the language is not offered", CLOSE_TIMEOUT);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT))
    websocket_client_close_now (
        self, CLOSE_IMPOSSIBLE, "no room can have this name", CLOSE_TIMEOUT);
  else
    websocket_client_close_now (self, CLOSE_TRY_AGAIN_LATER, "no room", CLOSE_TIMEOUT);
}

static void
websocket_client_on_room_ended (gpointer user_data)
{
  habla_websocket_client_close (user_data, SOUP_WEBSOCKET_CLOSE_NORMAL, "the room has ended");
}

static void
websocket_client_on_room_moved (gpointer user_data)
{
  habla_websocket_client_close (user_data, CLOSE_TRY_AGAIN_LATER, "the room has moved");
}

static void
websocket_client_join (HablaWebsocketClient *self)
{
  g_autoptr (GError) error = NULL;

  if (!habla_client_membership_join (self->membership, &error))
    websocket_client_on_join_refused (error, self);
}

/* Messages */

static void
websocket_client_on_hello_timeout (gpointer user_data)
{
  websocket_client_refuse (user_data, HABLA_CLIENT_REFUSED_HELLO,
      SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "no hello with the token came in time");
}

/* @error: for people; @reason: static */
static void
websocket_client_refuse_code (HablaWebsocketClient *self, const char *error, const char *reason)
{
  habla_send_queue_send_error (self->queue, error);
  websocket_client_refuse (
      self, HABLA_CLIENT_REFUSED_CODE, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, reason);
}

static void
websocket_client_refuse_wrong_code (HablaWebsocketClient *self)
{
  websocket_client_refuse_code (self,
      "The code is not that of this room; open the link that the speaker shows now", "wrong code");
}

/* Clients that need no code get the error, too: the link may be old. */
static void
websocket_client_receive_code (HablaWebsocketClient *self, const char *code)
{
  if (code == NULL || self->codes == NULL || self->listens_to == NULL)
    return;
  self->has_code = habla_room_codes_check (self->codes, self->listens_to, code);
  if (!self->has_code)
    websocket_client_refuse_wrong_code (self);
}

/* @message: (nullable): the first message; %NULL = it is audio */
static void
websocket_client_receive_hello (HablaWebsocketClient *self, GBytes *message)
{
  HablaHelloResult result = habla_client_hello_check (self->hello, message);

  switch (result) {
  case HABLA_HELLO_THROTTLED:
    habla_send_queue_send_error (
        self->queue, "Too many wrong tokens or codes from this address; wait half a minute");
    websocket_client_refuse (self, HABLA_CLIENT_REFUSED_HELLO, CLOSE_TRY_AGAIN_LATER,
        "too many wrong tokens from this address");
    return;
  case HABLA_HELLO_REJECTED:
    habla_client_registry_count_received (self->registry, HABLA_CLIENT_RECEIVED_INVALID);
    websocket_client_refuse (self, HABLA_CLIENT_REFUSED_HELLO,
        SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "the first message must be hello with the token");
    return;
  case HABLA_HELLO_WRONG_CODE:
    habla_client_registry_count_received (self->registry, HABLA_CLIENT_RECEIVED_INVALID);
    websocket_client_refuse_wrong_code (self);
    return;
  case HABLA_HELLO_ACCEPTED:
  case HABLA_HELLO_ACCEPTED_BY_CODE:
    break;
  }
  habla_client_registry_count_received (self->registry, HABLA_COMMAND_HELLO);
  self->has_code = result == HABLA_HELLO_ACCEPTED_BY_CODE;
  g_clear_pointer (&self->hello, habla_client_hello_free);
  websocket_client_join (self);
}

/* @error: (nullable): why the message is ignored; %NULL = the client knows */
static void
websocket_client_ignore (HablaWebsocketClient *self, const char *error)
{
  if (habla_token_bucket_take (&self->ignored, self->last_message)) {
    if (error != NULL)
      habla_send_queue_send_error (self->queue, error);
  } else
    websocket_client_refuse (self, HABLA_CLIENT_REFUSED_MESSAGE_RATE,
        SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "too many messages");
}

/* Audio of a page whose room another page has taken over is under way until it has read its status.
 *
 * @member: (nullable): not the owner; %NULL = the client waits
 *
 * Returns: (nullable): why audio of @member is ignored */
static const char *
websocket_client_explain_ignored_audio (HablaMember *member)
{
  return member != NULL && habla_member_may_own (member)
             ? NULL
             : "Listeners only read; only the owner of the room sends audio";
}

/* Sends the response to a command, if there is one besides the room's events. */
static void
websocket_client_respond (HablaWebsocketClient *self, const HablaCommand *command)
{
  g_autoptr (GBytes) message = NULL;

  if (command->type == HABLA_COMMAND_HELLO) {
    websocket_client_receive_code (self, command->code);
  } else if (command->type == HABLA_COMMAND_PING) {
    message = habla_protocol_encode_pong ();
    habla_send_queue_send (self->queue, HABLA_CLIENT_SENT_PONG, message);
  } else if (command->type == HABLA_COMMAND_SET_LANGUAGES) {
    HablaRoom *room = habla_member_get_room (websocket_client_get_member (self));

    message = habla_protocol_encode_languages_changed (
        habla_room_get_source_language (room), habla_room_get_target_languages (room));
    habla_send_queue_send (self->queue, HABLA_CLIENT_SENT_LANGUAGES_CHANGED, message);
  }
}

static gboolean
websocket_client_execute_as_member (
    HablaWebsocketClient *self, HablaMember *member, const HablaCommand *command, GError **error)
{
  gboolean took_audio;

  habla_client_membership_reclaim (self->membership, command->type);
  took_audio = habla_room_takes_audio (habla_member_get_room (member));
  return habla_client_commands_execute (member, command, error) &&
         habla_client_membership_note_command (self->membership, command->type, took_audio, error);
}

/* Returns: whether the command is obeyed */
static gboolean
websocket_client_execute (HablaWebsocketClient *self, const HablaCommand *command, GError **error)
{
  HablaMember *member = websocket_client_get_member (self);

  if (member != NULL)
    return websocket_client_execute_as_member (self, member, command, error);
  switch (command->type) {
  case HABLA_COMMAND_HELLO:
  case HABLA_COMMAND_PING:
  case HABLA_COMMAND_SEGMENT_END:
    return TRUE;
  case HABLA_COMMAND_SET_LANGUAGE:
    habla_client_membership_set_language (self->membership, command->language);
    return TRUE;
  default:
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
        "The room is not open yet, and listeners only read");
    return FALSE;
  }
}

static void
websocket_client_receive_text (HablaWebsocketClient *self, GBytes *message)
{
  gsize length;
  const char *text = g_bytes_get_data (message, &length);
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaCommand) command = habla_protocol_parse (text, length, &error);

  habla_client_registry_count_received (
      self->registry, command != NULL ? command->type : HABLA_CLIENT_RECEIVED_INVALID);
  if (command != NULL && websocket_client_execute (self, command, &error))
    websocket_client_respond (self, command);
  else
    habla_send_queue_send_error (self->queue, error->message);
}

static void
websocket_client_receive_audio (HablaWebsocketClient *self, GBytes *audio)
{
  HablaMember *member = websocket_client_get_member (self);
  g_autoptr (GError) error = NULL;

  habla_client_registry_count_received (self->registry, HABLA_CLIENT_RECEIVED_AUDIO);
  if (member == NULL || !habla_member_is_owner (member))
    websocket_client_ignore (self, websocket_client_explain_ignored_audio (member));
  else if (!habla_room_push_audio (habla_member_get_room (member), audio, &error) && error != NULL)
    habla_send_queue_send_error (self->queue, error->message);
}

static void
websocket_client_on_message (SoupWebsocketConnection *websocket, SoupWebsocketDataType type,
    GBytes *message, HablaWebsocketClient *self)
{
  self->last_message = g_get_monotonic_time ();
  if (self->close_code != 0)
    return;
  /* The number of audio messages is not limited; the room limits their bytes. */
  if (self->hello != NULL)
    websocket_client_receive_hello (self, type == SOUP_WEBSOCKET_DATA_TEXT ? message : NULL);
  else if (type == SOUP_WEBSOCKET_DATA_BINARY)
    websocket_client_receive_audio (self, message);
  else if (habla_token_bucket_take (&self->messages, self->last_message))
    websocket_client_receive_text (self, message);
  else {
    habla_client_registry_count_received (self->registry, HABLA_CLIENT_RECEIVED_INVALID);
    websocket_client_ignore (self, "Rate limit exceeded; message ignored");
  }
}

/* In the registry */

static void
websocket_client_on_code_renewed (gpointer client, const char *room)
{
  HablaWebsocketClient *self = client;

  if (self->has_code && g_str_equal (self->listens_to, room))
    websocket_client_refuse_code (self,
        "The speaker has changed the code of this room; open the link that the speaker shows now",
        "the code was renewed");
}

/* An owner becomes a listener when another connection uses its key. */
static HablaClientRole
websocket_client_get_role (gpointer client)
{
  HablaMember *member = websocket_client_get_member (client);

  if (((HablaWebsocketClient *) client)->hello != NULL)
    return HABLA_CLIENT_AUTHENTICATING;
  if (member == NULL)
    return HABLA_CLIENT_WAITING;
  return habla_member_is_owner (member) ? HABLA_CLIENT_OWNER : HABLA_CLIENT_LISTENER;
}

gsize
habla_websocket_client_get_backlog (HablaWebsocketClient *self)
{
  return habla_send_queue_get_backlog (self->queue);
}

static gsize
websocket_client_get_backlog (gpointer client)
{
  return habla_websocket_client_get_backlog (client);
}

static void
websocket_client_close (gpointer client, gushort code, const char *reason)
{
  habla_websocket_client_close (client, code, reason);
}

static const HablaClientInterface client_interface = {
  .get_role = websocket_client_get_role,
  .get_backlog = websocket_client_get_backlog,
  .close = websocket_client_close,
  .code_renewed = websocket_client_on_code_renewed,
};

HablaWebsocketClient *
habla_websocket_client_new (SoupWebsocketConnection *websocket, HablaMeteredStream *stream,
    const HablaWebsocketClientOptions *options, HablaWebsocketClientEnded ended, gpointer user_data)
{
  HablaWebsocketMeter *meter = habla_websocket_meter_find (websocket);
  HablaWebsocketClient *self;

  g_return_val_if_fail (meter != NULL, NULL);

  self = g_new0 (HablaWebsocketClient, 1);
  self->websocket = g_object_ref (websocket);
  self->stream = g_object_ref (stream);
  self->ended = ended;
  self->user_data = user_data;
  self->registry = options->registry;
  self->idle_timeout = options->idle_timeout;
  self->codes = options->membership.codes;
  self->listens_to = options->membership.listener ? g_strdup (options->membership.room) : NULL;
  self->last_message = g_get_monotonic_time ();
  habla_token_bucket_init (
      &self->messages, MESSAGES_PER_SECOND, MESSAGES_AT_ONCE, self->last_message);
  habla_token_bucket_init (&self->ignored, IGNORED_PER_SECOND, IGNORED_AT_ONCE, self->last_message);

  habla_websocket_meter_measure (meter, stream);
  self->queue = habla_send_queue_new (&(HablaSendQueueOptions){
      .websocket = websocket,
      .meter = meter,
      .registry = self->registry,
      .soft_limit = options->soft_backlog,
      .hard_limit = options->hard_backlog,
      .on_overflow = websocket_client_on_overflow,
      .user_data = self,
  });
  self->membership = habla_client_membership_new (&options->membership, self->queue,
      &(HablaMembershipHandler){
          .refused = websocket_client_on_join_refused,
          .ended = websocket_client_on_room_ended,
          .moved = websocket_client_on_room_moved,
          .user_data = self,
      });
  habla_client_registry_add (self->registry, &self->entry, &client_interface, self);
  websocket_client_limit_input (self);
  g_signal_connect (websocket, "message", G_CALLBACK (websocket_client_on_message), self);
  g_signal_connect (websocket, "error", G_CALLBACK (websocket_client_on_error), self);
  g_signal_connect (websocket, "closed", G_CALLBACK (websocket_client_on_closed), self);
  if (self->idle_timeout > 0)
    habla_source_start_timer (&self->idle_source, self->idle_timeout,
        "[habla] HablaWebsocketClient idle", websocket_client_on_idle_timeout, self);
  if (options->token != NULL)
    self->hello = habla_client_hello_new (&(HablaClientHelloOptions){
        .token = options->token,
        .codes = self->codes,
        .room = self->listens_to,
        .connection = options->connection,
        .on_timeout = websocket_client_on_hello_timeout,
        .user_data = self,
    });
  else
    websocket_client_join (self);
  return self;
}
