/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/websocket-client.h"

#include <http/access-control.h>
#include <archive/missed-exchanges.h>
#include "api/direction.h"
#include <http/frame-guard.h>
#include <http/websocket-meter.h>
#include "api/protocol.h"
#include <http/token-bucket.h>
#include <http/websocket-stream.h>

#include <string.h>
#include <util/source.h>

/* A message of a client that sends no audio: only what can be answered with an error. */
#define MAX_OTHER (1024 * 1024)

/* What a person with a keyboard, and a client that comes back with all it has kept, never reach. */
#define MESSAGES_PER_SECOND 20
#define MESSAGES_AT_ONCE 500
/* Messages that are not parsed: more than a client with a fault sends, and cheap. Beyond it the
 * connection is closed. */
#define IGNORED_PER_SECOND 20
#define IGNORED_AT_ONCE 10000
/* Enough to see what is wrong. */
#define ERRORS_PER_SECOND 2
#define ERRORS_AT_ONCE 20

/* In milliseconds */
#define HELLO_TIMEOUT 5000
#define CLOSE_TIMEOUT 1000
/* A slow one may still have what the kernel holds to read before its close frame. */
#define SLOW_CLOSE_TIMEOUT 3000
#define DRAIN_INTERVAL 50
#define MESSAGE_INTERVAL 1000

#define CLOSE_TRY_AGAIN_LATER 1013 /* RFC 6455's registry */

enum { PARTIAL, PARTIAL_TRANSLATION, N_PARTIALS };

struct _HablaWebsocketClient {
  SoupWebsocketConnection *websocket;
  HablaMeteredStream *stream;
  HablaWebsocketMeter *meter; /* of websocket */
  HablaFrameGuard *guard;     /* of websocket's stream */
  HablaRoomManager *manager;
  HablaClientRegistry *registry;
  HablaClientEntry entry; /* in registry */
  HablaWebsocketClientEnded ended;
  gpointer user_data;

  char *key;
  char *room_name;
  char *language;
  HablaConnection *connection; /* (nullable) */
  char *token;                 /* NULL = it is trusted */
  gboolean listener;
  gboolean resume;
  guint64 since;
  HablaStore *store;
  gsize soft_backlog;
  gsize hard_backlog;
  guint idle_timeout;

  HablaMember *member;            /* NULL until it is in a room and has its status */
  HablaMissedExchanges *catch_up; /* (nullable): what its room tells waits until it has that */
  GBytes *waiting[N_PARTIALS];    /* the newest, while too much waits */
  gint64 last_message;            /* monotonic time */
  HablaTokenBucket messages;
  HablaTokenBucket ignored;
  HablaTokenBucket errors;
  guint close_code; /* 0 while it is open */

  GSource *hello_source;
  GSource *idle_source;
  GSource *drain_source;
  GSource *cut_source;
  GSource *message_source;
};

static gboolean
is_open (HablaWebsocketClient *self)
{
  return self->close_code == 0 &&
         soup_websocket_connection_get_state (self->websocket) == SOUP_WEBSOCKET_STATE_OPEN;
}

/* An owner becomes a listener when another connection has its key. */
static HablaClientRole
get_role (gpointer client)
{
  HablaWebsocketClient *self = client;

  if (self->member == NULL)
    return HABLA_CLIENT_WAITING;
  return habla_member_is_owner (self->member) ? HABLA_CLIENT_OWNER : HABLA_CLIENT_LISTENER;
}

static HablaWebsocketStream *
get_input (HablaWebsocketClient *self)
{
  return HABLA_WEBSOCKET_STREAM (soup_websocket_connection_get_io_stream (self->websocket));
}

/* The one end of a client. */
static void
end (HablaWebsocketClient *self)
{
  g_signal_handlers_disconnect_by_data (self->websocket, self);
  habla_source_clear (&self->hello_source);
  habla_source_clear (&self->idle_source);
  habla_source_clear (&self->drain_source);
  habla_source_clear (&self->cut_source);
  habla_source_clear (&self->message_source);
  habla_websocket_stream_set_guard (get_input (self), NULL);
  g_clear_pointer (&self->guard, habla_frame_guard_free);
  g_clear_pointer (&self->catch_up, habla_missed_exchanges_cancel);
  g_clear_pointer (&self->member, habla_member_leave);

  habla_client_registry_remove (self->registry, &self->entry, self->close_code);
  g_debug ("A client left, close code %u", self->close_code);
  if (self->ended != NULL)
    self->ended (self, self->user_data);

  for (guint i = 0; i < N_PARTIALS; i++)
    g_clear_pointer (&self->waiting[i], g_bytes_unref);
  /* Closes the stream if it is not closed yet. */
  g_object_unref (self->websocket);
  g_object_unref (self->stream);
  g_free (self->key);
  g_free (self->room_name);
  g_free (self->language);
  g_clear_pointer (&self->connection, habla_connection_unref);
  g_free (self->token);
  g_free (self);
}

static gboolean
on_cut (gpointer user_data)
{
  HablaWebsocketClient *self = user_data;

  habla_source_clear (&self->cut_source);
  end (self);
  return G_SOURCE_REMOVE;
}

static void
begin_close (HablaWebsocketClient *self, guint code, guint timeout)
{
  self->close_code = code;
  habla_source_clear (&self->hello_source);
  habla_source_clear (&self->idle_source);
  habla_source_clear (&self->drain_source);
  habla_source_start_timer (
      &self->cut_source, timeout, "[habla] HablaWebsocketClient cut", on_cut, self);
}

void
habla_websocket_client_close (HablaWebsocketClient *self, gushort code, const char *reason)
{
  gboolean was_open = is_open (self);

  if (self->close_code != 0)
    return;
  begin_close (self, code, CLOSE_TIMEOUT);
  if (was_open)
    soup_websocket_connection_close (self->websocket, code, reason);
}

/* Ahead of all that waits to be written. @reason: static */
static void
close_now (HablaWebsocketClient *self, guint code, const char *reason, guint timeout)
{
  gboolean was_open = is_open (self);

  if (self->close_code != 0)
    return;
  begin_close (self, code, timeout);
  /* Else the other side has begun to close, or is gone. */
  if (was_open)
    habla_websocket_meter_close_now (self->meter, self->websocket, code, reason);
}

/* @reason: static */
static void
close_for_later (HablaWebsocketClient *self, const char *reason, guint timeout)
{
  close_now (self, CLOSE_TRY_AGAIN_LATER, reason, timeout);
}

/* Closes the connection of a client that breaks a limit. Nothing more is read from it.
 * @why: a HablaClientRefusal. @reason: static */
static void
refuse (HablaWebsocketClient *self, guint why, gushort code, const char *reason)
{
  if (self->close_code != 0)
    return;
  habla_client_registry_count_refusal (self->registry, why);
  habla_metered_stream_set_lingers (self->stream);
  close_now (self, code, reason, CLOSE_TIMEOUT);
}

static void
on_refused (HablaFrameVerdict verdict, gpointer user_data)
{
  refuse (user_data, verdict, habla_frame_verdict_get_code (verdict),
      habla_frame_verdict_get_reason (verdict));
}

static void
on_paused (gpointer user_data)
{
  habla_client_registry_count_pause (((HablaWebsocketClient *) user_data)->registry);
}

static gboolean
on_message_time (gpointer user_data)
{
  HablaWebsocketClient *self = user_data;

  if (habla_frame_guard_is_in_message (self->guard) &&
      habla_frame_guard_check_time (self->guard, g_get_monotonic_time ()))
    return G_SOURCE_CONTINUE;
  habla_source_clear (&self->message_source);
  return G_SOURCE_REMOVE;
}

static HablaFrameLimits
on_begin_message (gpointer user_data)
{
  HablaWebsocketClient *self = user_data;
  gboolean takes_audio = self->member != NULL && habla_member_is_owner (self->member) &&
                         habla_room_takes_audio (habla_member_get_room (self->member));

  if (self->message_source == NULL)
    habla_source_start_timer (&self->message_source, MESSAGE_INTERVAL,
        "[habla] HablaWebsocketClient message time", on_message_time, self);
  if (self->token != NULL)
    return (HablaFrameLimits){ .max_message = HABLA_PROTOCOL_MAX_HELLO };
  return (HablaFrameLimits){ .max_message = takes_audio ? HABLA_FRAME_MAX_MESSAGE : MAX_OTHER,
    .may_fragment = TRUE };
}

gsize
habla_websocket_client_get_backlog (HablaWebsocketClient *self)
{
  return habla_websocket_meter_get_backlog (self->meter);
}

static void
send_now (HablaWebsocketClient *self, guint type, GBytes *message)
{
  gsize backlog;

  if (!is_open (self))
    return;
  soup_websocket_connection_send_message (self->websocket, SOUP_WEBSOCKET_DATA_TEXT, message);
  backlog = habla_websocket_client_get_backlog (self);
  habla_client_registry_count_sent (self->registry, type, backlog);
  if (backlog > self->hard_backlog && is_open (self)) {
    g_message ("A client reads too slowly: %" G_GSIZE_FORMAT " bytes wait; it may come back and "
               "resume",
        backlog);
    close_for_later (self, "too slow; come back with ?since=", SLOW_CLOSE_TIMEOUT);
  }
}

static void
send_waiting (HablaWebsocketClient *self)
{
  for (guint i = 0; i < N_PARTIALS; i++) {
    g_autoptr (GBytes) message = g_steal_pointer (&self->waiting[i]);

    if (message != NULL)
      send_now (
          self, i == PARTIAL ? HABLA_EVENT_PARTIAL : HABLA_EVENT_PARTIAL_TRANSLATION, message);
  }
}

static void
drop_waiting (HablaWebsocketClient *self, guint i)
{
  if (self->waiting[i] != NULL)
    habla_client_registry_count_dropped_partial (self->registry);
  g_clear_pointer (&self->waiting[i], g_bytes_unref);
}

/* Nobody tells that libsoup has written: it is looked up while something waits. */
static gboolean
on_drain (gpointer user_data)
{
  HablaWebsocketClient *self = user_data;

  if (habla_websocket_client_get_backlog (self) > self->soft_backlog)
    return G_SOURCE_CONTINUE;
  habla_source_clear (&self->drain_source);
  send_waiting (self);
  return G_SOURCE_REMOVE;
}

static void
send_partial (HablaWebsocketClient *self, guint i, guint type, GBytes *message)
{
  drop_waiting (self, i);
  if (habla_websocket_client_get_backlog (self) <= self->soft_backlog) {
    send_now (self, type, message);
    return;
  }
  self->waiting[i] = g_bytes_ref (message);
  if (self->drain_source == NULL)
    habla_source_start_timer (
        &self->drain_source, DRAIN_INTERVAL, "[habla] HablaWebsocketClient drain", on_drain, self);
}

static void
send_error (HablaWebsocketClient *self, const char *message)
{
  if (habla_token_bucket_take (&self->errors, g_get_monotonic_time ())) {
    g_autoptr (GBytes) encoded = habla_protocol_encode_error (message);

    send_now (self, HABLA_EVENT_ERROR, encoded);
  } else {
    habla_client_registry_count_suppressed_error (self->registry);
  }
}

static GBytes *
encode (HablaWebsocketClient *self, HablaMember *member, const HablaEvent *event)
{
  HablaRoom *room = habla_member_get_room (member);
  HablaRoomView view = {
    .can_hear = habla_room_can_hear (room),
    .session_id = habla_room_get_session_id (room),
    .direction = habla_direction_get_name (
        habla_room_get_source_language (room), habla_room_get_target_languages (room)[0]),
    .mode = habla_room_get_mode (room),
    .is_recording = habla_room_is_recording (room),
    .speakers = habla_room_get_speakers (room),
    .name = habla_room_get_name (room),
    .is_owner = habla_member_is_owner (member),
    .language = habla_member_get_language (member),
  };

  if (event->type == HABLA_EVENT_STATUS)
    view.languages =
        (const char *const *) habla_room_manager_get_languages (self->manager)->readable;
  return habla_protocol_encode (event, &view);
}

/* Of an event but a partial one. */
static void
send_event (guint type, GBytes *message, gpointer user_data)
{
  HablaWebsocketClient *self = user_data;

  if (type == HABLA_EVENT_TRANSCRIPT || type == HABLA_EVENT_SESSION_RESET) {
    /* Would open the line again that this one ends. */
    drop_waiting (self, PARTIAL);
    drop_waiting (self, PARTIAL_TRANSLATION);
  }
  send_now (self, type, message);
}

static void
on_event (HablaMember *member, HablaEvent *event, gpointer user_data)
{
  HablaWebsocketClient *self = user_data;
  g_autoptr (GBytes) message = NULL;

  /* What comes before its status is in the status. */
  if (self->member == NULL || !is_open (self))
    return;
  if (event->type == HABLA_EVENT_STATUS) {
    message = encode (self, member, event);
  } else {
    if (event->encoded == NULL)
      event->encoded = encode (self, member, event);
    message = g_bytes_ref (event->encoded);
  }

  if (event->type == HABLA_EVENT_PARTIAL)
    send_partial (self, PARTIAL, event->type, message);
  else if (event->type == HABLA_EVENT_PARTIAL_TRANSLATION)
    send_partial (self, PARTIAL_TRANSLATION, event->type, message);
  else if (self->catch_up != NULL)
    habla_missed_exchanges_hold (self->catch_up, event->type, message);
  else
    send_event (event->type, message, self);
}

static void
emit_missed (const HablaEvent *event, gpointer user_data)
{
  HablaWebsocketClient *self = user_data;
  g_autoptr (GBytes) message = encode (self, self->member, event);

  send_event (event->type, message, self);
}

static void
caught_up (gpointer user_data)
{
  ((HablaWebsocketClient *) user_data)->catch_up = NULL;
}

/* Of what it has missed it gets first what the room does not have in memory. */
static void
resume (HablaWebsocketClient *self)
{
  const HablaMissedExchangesHandler handler = {
    .emit = emit_missed, .send = send_event, .done = caught_up, .user_data = self
  };

  if (self->store != NULL)
    self->catch_up = habla_missed_exchanges_new (self->store, self->member, self->since, &handler);
  habla_room_replay (habla_member_get_room (self->member), self->member, self->since);
}

static void
join (HablaWebsocketClient *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) status = NULL;
  HablaMember *member;

  if (self->listener)
    member = habla_room_manager_join_as_listener (
        self->manager, self->room_name, self->language, on_event, self, &error);
  else
    member = habla_room_manager_join_as_owner (
        self->manager, self->key, self->room_name, on_event, self, &error);
  if (member == NULL) {
    send_error (self, error->message);
    close_for_later (self, "no room", CLOSE_TIMEOUT);
    return;
  }

  status = encode (self, member, &(HablaEvent){ .type = HABLA_EVENT_STATUS });
  self->member = member;
  send_now (self, HABLA_EVENT_STATUS, status);
  if (self->resume)
    resume (self);
}

/* Returns: whether too many wrong tokens came from its address; then it has been closed */
static gboolean
is_slowed_down (HablaWebsocketClient *self)
{
  if (self->connection == NULL ||
      habla_connection_get_token_wait (self->connection, g_get_monotonic_time ()) == 0)
    return FALSE;
  refuse (self, HABLA_CLIENT_REFUSED_HELLO, CLOSE_TRY_AGAIN_LATER,
      "too many wrong tokens from this address");
  return TRUE;
}

static void
note_token (HablaWebsocketClient *self, gboolean is_right)
{
  if (self->connection != NULL)
    habla_connection_note_token (self->connection, is_right, g_get_monotonic_time ());
}

/* The token is compared before anything else of the message is looked at; a wrong one is charged
 * to the address. Returns: whether it is hello with the token */
static gboolean
is_hello (HablaWebsocketClient *self, const char *token, const char *text, gsize length)
{
  g_autoptr (HablaCommand) command = NULL;

  if (token == NULL)
    return FALSE;
  if (!habla_access_control_token_is_equal (token, self->token)) {
    note_token (self, FALSE);
    return FALSE;
  }
  command = habla_protocol_parse (text, length, NULL);
  return command != NULL && command->type == HABLA_COMMAND_HELLO;
}

/* @message: the first one. @is_text: whether it is no audio */
static void
receive_hello (HablaWebsocketClient *self, GBytes *message, gboolean is_text)
{
  gsize length;
  const char *text = g_bytes_get_data (message, &length);
  g_autofree char *token = is_text ? habla_protocol_find_token (text, length) : NULL;
  gboolean is_right;

  if (token != NULL && is_slowed_down (self))
    return;
  is_right = is_hello (self, token, text, length);
  habla_client_registry_count_received (
      self->registry, is_right ? (guint) HABLA_COMMAND_HELLO : HABLA_CLIENT_RECEIVED_INVALID);
  if (!is_right) {
    refuse (self, HABLA_CLIENT_REFUSED_HELLO, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION,
        "the first message must be hello with the token");
    return;
  }
  note_token (self, TRUE);
  g_clear_pointer (&self->token, g_free);
  habla_source_clear (&self->hello_source);
  join (self);
}

/* What a listener may say, too. */
static gboolean
is_for_all (HablaCommandType type)
{
  return type == HABLA_COMMAND_HELLO || type == HABLA_COMMAND_PING ||
         type == HABLA_COMMAND_SEGMENT_END || type == HABLA_COMMAND_SET_LANGUAGE;
}

static void
set_direction (HablaRoom *room, const char *direction, GError **error)
{
  const char *source, *targets[] = { NULL, NULL };

  habla_direction_find (direction, &source, &targets[0]);
  habla_room_set_languages (room, source, targets, error);
}

static void
execute (HablaWebsocketClient *self, const HablaCommand *command)
{
  HablaRoom *room = habla_member_get_room (self->member);
  g_autoptr (GError) error = NULL;

  if (!is_for_all (command->type) && !habla_member_is_owner (self->member)) {
    send_error (self, "Listeners only read; the owner of the room has to do that");
    return;
  }

  switch (command->type) {
  case HABLA_COMMAND_HELLO:
  case HABLA_COMMAND_SEGMENT_END:
    break;
  case HABLA_COMMAND_NEW_SESSION:
    habla_room_reset (room);
    break;
  case HABLA_COMMAND_PING: {
    g_autoptr (GBytes) pong = habla_protocol_encode_pong ();

    send_now (self, HABLA_CLIENT_SENT_PONG, pong);
    break;
  }
  case HABLA_COMMAND_RENAME_SPEAKER:
    habla_room_rename_speaker (room, command->speaker_id, command->name, &error);
    break;
  case HABLA_COMMAND_SET_LANGUAGE:
    habla_member_set_language (self->member, command->language, &error);
    break;
  case HABLA_COMMAND_SET_MODE:
    habla_room_set_mode (room, command->mode);
    break;
  case HABLA_COMMAND_START_LISTENING:
    habla_room_start_listening (room, command->source, command->rate, &error);
    break;
  case HABLA_COMMAND_STOP_LISTENING:
    habla_room_stop_listening (room);
    break;
  case HABLA_COMMAND_TEXT_INPUT:
    habla_room_push_text (room, command->text, command->speaker_id, &error);
    break;
  case HABLA_COMMAND_TOGGLE_DIRECTION:
    set_direction (room, command->direction, &error);
    break;
  }
  if (error != NULL)
    send_error (self, error->message);
}

/* Of a message that was not looked at. */
static void
ignore (HablaWebsocketClient *self, const char *error)
{
  if (habla_token_bucket_take (&self->ignored, self->last_message))
    send_error (self, error);
  else
    refuse (self, HABLA_CLIENT_REFUSED_MESSAGE_RATE, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION,
        "too many messages");
}

static void
receive_text (HablaWebsocketClient *self, GBytes *message)
{
  gsize length;
  const char *text = g_bytes_get_data (message, &length);
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaCommand) command = habla_protocol_parse (text, length, &error);

  habla_client_registry_count_received (
      self->registry, command != NULL ? command->type : HABLA_CLIENT_RECEIVED_INVALID);
  if (command != NULL)
    execute (self, command);
  else
    send_error (self, error->message);
}

static void
receive_audio (HablaWebsocketClient *self, GBytes *audio)
{
  g_autoptr (GError) error = NULL;

  habla_client_registry_count_received (self->registry, HABLA_CLIENT_RECEIVED_AUDIO);
  if (!habla_member_is_owner (self->member))
    ignore (self, "Listeners only read; audio comes from the owner of the room");
  else if (!habla_room_push_audio (habla_member_get_room (self->member), audio, &error) &&
           error != NULL)
    send_error (self, error->message);
}

static void
on_message (SoupWebsocketConnection *websocket, SoupWebsocketDataType type, GBytes *message,
    HablaWebsocketClient *self)
{
  self->last_message = g_get_monotonic_time ();
  if (self->close_code != 0)
    return;
  /* Audio is bounded in bytes, by the room. */
  if (self->token != NULL)
    receive_hello (self, message, type == SOUP_WEBSOCKET_DATA_TEXT);
  else if (type == SOUP_WEBSOCKET_DATA_BINARY)
    receive_audio (self, message);
  else if (habla_token_bucket_take (&self->messages, self->last_message))
    receive_text (self, message);
  else {
    habla_client_registry_count_received (self->registry, HABLA_CLIENT_RECEIVED_INVALID);
    ignore (self, "Too many messages at once; message ignored");
  }
}

static void
on_error (SoupWebsocketConnection *websocket, GError *error, HablaWebsocketClient *self)
{
  if (self->close_code != 0)
    return;
  g_debug ("A client's connection fails: %s", error->message);
  begin_close (self,
      error->domain == SOUP_WEBSOCKET_ERROR ? (guint) error->code : SOUP_WEBSOCKET_CLOSE_ABNORMAL,
      CLOSE_TIMEOUT);
}

static void
on_closed (SoupWebsocketConnection *websocket, HablaWebsocketClient *self)
{
  if (self->close_code == 0)
    self->close_code = soup_websocket_connection_get_close_code (websocket);
  if (self->close_code == 0)
    self->close_code = SOUP_WEBSOCKET_CLOSE_ABNORMAL;
  /* libsoup goes on to wait for the closed stream if frames are left; when it sees that it is
   * closed it lets go, and must not be finalized before. */
  habla_source_clear (&self->cut_source);
  habla_source_attach (
      &self->cut_source, g_idle_source_new (), "[habla] HablaWebsocketClient end", on_cut, self);
}

static gboolean
on_hello_timeout (gpointer user_data)
{
  HablaWebsocketClient *self = user_data;

  habla_source_clear (&self->hello_source);
  refuse (self, HABLA_CLIENT_REFUSED_HELLO, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION,
      "no hello with a token came");
  return G_SOURCE_REMOVE;
}

/* Fires when it would be idle if nothing had come since it was set. */
static gboolean
on_idle_timeout (gpointer user_data)
{
  HablaWebsocketClient *self = user_data;
  gint64 idle = (g_get_monotonic_time () - self->last_message) / 1000;

  habla_source_clear (&self->idle_source);
  /* A message that is arriving has a time limit of its own. */
  if (habla_frame_guard_is_in_message (self->guard))
    idle = 0;
  if (idle >= self->idle_timeout)
    habla_websocket_client_close (self, SOUP_WEBSOCKET_CLOSE_NORMAL, "idle");
  else
    habla_source_start_timer (&self->idle_source, self->idle_timeout - idle,
        "[habla] HablaWebsocketClient idle", on_idle_timeout, self);
  return G_SOURCE_REMOVE;
}

static void
limit_input (HablaWebsocketClient *self)
{
  const HablaFrameHandler handler = {
    .begin_message = on_begin_message,
    .paused = on_paused,
    .refused = on_refused,
    .user_data = self,
  };

  self->guard = habla_frame_guard_new (
      &handler, habla_client_registry_get_unfinished_bytes (self->registry), self->last_message);
  habla_websocket_stream_set_guard (get_input (self), self->guard);
  /* The guard refuses before libsoup, which would close without a close frame. */
  soup_websocket_connection_set_max_incoming_payload_size (
      self->websocket, HABLA_FRAME_MAX_MESSAGE);
}

static gsize
get_backlog (gpointer client)
{
  return habla_websocket_client_get_backlog (client);
}

static void
close_client (gpointer client, gushort code, const char *reason)
{
  habla_websocket_client_close (client, code, reason);
}

/**
 * habla_websocket_client_new:
 * @websocket: made with a #HablaWebsocketMeter, on a #HablaWebsocketStream
 *
 * Returns: (transfer none): a client that frees itself
 */
HablaWebsocketClient *
habla_websocket_client_new (SoupWebsocketConnection *websocket, HablaMeteredStream *stream,
    const HablaWebsocketClientOptions *options, HablaWebsocketClientEnded ended, gpointer user_data)
{
  static const HablaClientInterface interface = { get_role, get_backlog, close_client };
  HablaWebsocketMeter *meter = habla_websocket_meter_find (websocket);
  HablaWebsocketClient *self;

  g_return_val_if_fail (meter != NULL, NULL);

  self = g_new0 (HablaWebsocketClient, 1);
  self->websocket = g_object_ref (websocket);
  self->stream = g_object_ref (stream);
  self->meter = meter;
  self->manager = options->manager;
  self->registry = options->registry;
  self->ended = ended;
  self->user_data = user_data;
  self->key = g_strdup (options->key);
  self->room_name = g_strdup (options->room);
  self->language = g_strdup (options->language);
  self->token = g_strdup (options->token);
  if (options->connection != NULL)
    self->connection = habla_connection_ref (options->connection);
  self->listener = options->listener;
  self->resume = options->resume;
  self->since = options->since;
  self->store = options->store;
  self->soft_backlog = options->soft_backlog;
  self->hard_backlog = options->hard_backlog;
  self->idle_timeout = options->idle_timeout;
  self->last_message = g_get_monotonic_time ();
  habla_token_bucket_init (
      &self->messages, MESSAGES_PER_SECOND, MESSAGES_AT_ONCE, self->last_message);
  habla_token_bucket_init (&self->ignored, IGNORED_PER_SECOND, IGNORED_AT_ONCE, self->last_message);
  habla_token_bucket_init (&self->errors, ERRORS_PER_SECOND, ERRORS_AT_ONCE, self->last_message);

  habla_websocket_meter_measure (meter, stream);
  habla_client_registry_add (self->registry, &self->entry, &interface, self);
  limit_input (self);
  g_signal_connect (websocket, "message", G_CALLBACK (on_message), self);
  g_signal_connect (websocket, "error", G_CALLBACK (on_error), self);
  g_signal_connect (websocket, "closed", G_CALLBACK (on_closed), self);
  if (self->idle_timeout > 0)
    habla_source_start_timer (&self->idle_source, self->idle_timeout,
        "[habla] HablaWebsocketClient idle", on_idle_timeout, self);
  if (self->token != NULL)
    habla_source_start_timer (&self->hello_source, HELLO_TIMEOUT,
        "[habla] HablaWebsocketClient hello", on_hello_timeout, self);
  else
    join (self);
  return self;
}
