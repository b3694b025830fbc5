/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/whep/whep-sessions.h"

#include "api/rooms/headphones-status.h"

#include <http/response.h>
#include <webrtc/webrtc-sender.h>
#include <string.h>

/* In milliseconds. Browsers report what they receive about every five seconds. */
#define CONNECT_TIMEOUT 10000
#define SILENCE_TIMEOUT 20000

struct _HablaWhepSessions {
  HablaWhepSessionsOptions options;
  GHashTable *sessions; /* from id to Session */
  gboolean is_installed;
};

typedef struct {
  HablaCodeStream stream;
  HablaWhepSessions *owner;
  char *id;
  char *room;
  char *peer; /* address of the client */
  HablaWebrtcSender *sender;
  HablaHeadphonesListener *listener; /* (nullable): NULL = the room has ended */
} Session;

/* A request that waits for its answer; its session may end before. */
typedef struct {
  HablaWhepSessions *owner;
  HablaAsyncResponse *response;
  char *id;
} PendingAnswer;

static void
session_free (gpointer data)
{
  Session *self = data;

  habla_code_stream_remove (&self->stream);
  if (self->listener != NULL)
    habla_headphones_remove_listener (self->listener);
  habla_webrtc_sender_close (self->sender);
  g_free (self->id);
  g_free (self->room);
  g_free (self->peer);
  g_free (self);
}

static void
session_end (gpointer user_data)
{
  Session *self = user_data;

  g_hash_table_remove (self->owner->sessions, self->id);
}

static void
session_on_speech (gboolean is_over, gpointer user_data)
{
  Session *self = user_data;

  if (!is_over)
    return;
  self->listener = NULL;
  session_end (self);
}

static void
session_on_sender (gboolean is_over, gpointer user_data)
{
  if (is_over)
    session_end (user_data);
}

/* Returns: (transfer full): the address of @address as text, IPv4 also where it is mapped into IPv6
 */
static char *
get_host (GSocketAddress *address)
{
  GInetAddress *inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  g_autofree char *text = g_inet_address_to_string (inet);

  return g_strdup (g_str_has_prefix (text, "::ffff:") ? text + strlen ("::ffff:") : text);
}

/* 128 random bits: an id is as good as a password. Returns: (transfer full): an id */
static char *
create_id (void)
{
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *text = g_strdup_printf ("%s%08x", uuid, g_random_int ());

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

HablaWhepSessions *
habla_whep_sessions_new (const HablaWhepSessionsOptions *options)
{
  HablaWhepSessions *self = g_new0 (HablaWhepSessions, 1);

  self->options = *options;
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, session_free);
  self->is_installed = habla_webrtc_sender_is_installed ();
  return self;
}

void
habla_whep_sessions_free (HablaWhepSessions *self)
{
  g_hash_table_remove_all (self->sessions);
  while (habla_webrtc_sender_count () > 0)
    g_main_context_iteration (NULL, TRUE);
  g_hash_table_unref (self->sessions);
  g_free (self);
}

gboolean
habla_whep_sessions_are_offered (HablaWhepSessions *self)
{
  return self->is_installed && self->options.max_sessions > 0;
}

static guint
whep_sessions_count_peer (HablaWhepSessions *self, const char *peer)
{
  GHashTableIter iter;
  gpointer session;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    n += g_str_equal (((Session *) session)->peer, peer);
  return n;
}

/* Returns: whether one more may listen; if not, the request has been answered */
static gboolean
whep_sessions_check_limits (HablaWhepSessions *self, const HablaRequest *request, const char *peer)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (request->message);

  if (g_hash_table_size (self->sessions) >= self->options.max_sessions) {
    soup_message_headers_replace (headers, "Retry-After", "60");
    habla_response_set_error (request->message, SOUP_STATUS_SERVICE_UNAVAILABLE,
        "%u clients hear over WebRTC, as many as max-webrtc-listeners allows; use MP3",
        self->options.max_sessions);
    return FALSE;
  }
  if (whep_sessions_count_peer (self, peer) < HABLA_WHEP_MAX_PER_ADDRESS)
    return TRUE;
  soup_message_headers_replace (headers, "Retry-After", "60");
  habla_response_set_error (request->message, 429,
      "%d clients of this address hear over WebRTC; use MP3", HABLA_WHEP_MAX_PER_ADDRESS);
  return FALSE;
}

/* Answers 201. */
static void
set_answer (SoupServerMessage *message, const char *id, const char *language, char *answer)
{
  g_autoptr (GBytes) body = g_bytes_new_take (answer, strlen (answer));
  g_autofree char *escaped = g_uri_escape_string (language, NULL, FALSE);
  /* Relative, since a proxy may add a prefix to paths. */
  g_autofree char *location = g_strdup_printf ("%s/%s", escaped, id);

  soup_message_headers_replace (
      soup_server_message_get_response_headers (message), "Location", location);
  habla_response_set (message, SOUP_STATUS_CREATED, "application/sdp", body);
}

static void
whep_sessions_on_answer (GObject *sender, GAsyncResult *result, gpointer user_data)
{
  g_autofree PendingAnswer *pending = user_data;
  g_autofree char *id = pending->id;
  HablaAsyncResponse *response = pending->response;
  g_autoptr (GError) error = NULL;
  g_autofree char *answer =
      habla_webrtc_sender_answer_finish (HABLA_WEBRTC_SENDER (sender), result, &error);
  Session *session = g_hash_table_lookup (pending->owner->sessions, id);

  if (session != NULL && (answer == NULL || response->is_gone))
    session_end (session);
  if (!response->is_gone && answer == NULL)
    habla_response_set_error (
        response->message, SOUP_STATUS_SERVICE_UNAVAILABLE, "%s; use MP3", error->message);
  else if (!response->is_gone && session == NULL)
    habla_response_set_error (response->message, SOUP_STATUS_NOT_FOUND, "The room has ended");
  else if (!response->is_gone) {
    const char *path = g_uri_get_path (soup_server_message_get_uri (response->message));
    g_autofree char *language = g_path_get_basename (path);

    set_answer (response->message, id, language, g_steal_pointer (&answer));
  }
  habla_async_response_finish (response);
}

/* Returns: (transfer none) (nullable): a session that hears the room, in the table */
static Session *
whep_sessions_create (HablaWhepSessions *self, const HablaRequest *request, char *peer)
{
  g_autofree char *room = habla_request_get_segment (request, 2);
  g_autofree char *language = habla_request_get_segment (request, 4);
  g_autofree char *address = get_host (habla_connection_get_local_address (request->connection));
  Session *session = g_new0 (Session, 1);
  HablaWebrtcSenderOptions options = { .address = address,
    .connect_timeout = CONNECT_TIMEOUT,
    .silence_timeout = SILENCE_TIMEOUT,
    .notify = session_on_sender,
    .user_data = session };
  HablaBroadcastClient client = {
    .notify = session_on_speech, .user_data = session, .push = habla_webrtc_sender_push
  };
  g_autoptr (GError) error = NULL;

  session->owner = self;
  session->id = create_id ();
  session->peer = peer;
  session->room = g_strdup (room);
  session->sender = client.push_data = habla_webrtc_sender_new (&options);
  session->listener =
      habla_room_manager_add_headphones (self->options.manager, room, language, &client, &error);
  if (session->listener == NULL) {
    habla_response_set_error (
        request->message, habla_headphones_status_from_error (error), "%s", error->message);
    session_free (session);
    return NULL;
  }
  g_hash_table_insert (self->sessions, session->id, session);
  if (request->is_by_code)
    habla_code_streams_add (self->options.streams, &session->stream, room, session_end, session);
  return session;
}

void
habla_whep_sessions_add (HablaWhepSessions *self, const HablaRequest *request, HablaSdpOffer *offer)
{
  g_autoptr (HablaSdpOffer) own_offer = offer;
  g_autofree char *peer = get_host (habla_connection_get_remote_address (request->connection));
  PendingAnswer *pending;
  Session *session;

  if (!whep_sessions_check_limits (self, request, peer))
    return;
  session = whep_sessions_create (self, request, g_steal_pointer (&peer));
  if (session == NULL)
    return;
  pending = g_new (PendingAnswer, 1);
  *pending = (PendingAnswer){ self, habla_async_response_new (request), g_strdup (session->id) };
  habla_webrtc_sender_answer (
      session->sender, g_steal_pointer (&own_offer), whep_sessions_on_answer, pending);
}

gboolean
habla_whep_sessions_remove (HablaWhepSessions *self, const char *room, const char *id)
{
  Session *session = g_hash_table_lookup (self->sessions, id);

  if (session == NULL || !g_str_equal (session->room, room))
    return FALSE;
  session_end (session);
  return TRUE;
}
