/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The spoken translations of rooms, live. */
#include "api/api-private.h"
#include "api/rooms/headphones-status.h"

#include <broadcast/speech-encoder.h>
#include <http/live-response.h>
#include <http/response.h>
#include <string.h>

#define SUFFIX ".mp3"

typedef struct {
  HablaCodeStream stream;
  HablaHeadphonesListener *listener; /* NULL = the room has ended, or the code was renewed */
  HablaLiveResponse *response;
} AudioListener;

static GBytes *
audio_listener_read (gpointer user_data)
{
  AudioListener *self = user_data;

  return self->listener != NULL ? habla_headphones_read (self->listener) : NULL;
}

static void
audio_listener_ended (gpointer user_data)
{
  AudioListener *self = user_data;

  habla_code_stream_remove (&self->stream);
  if (self->listener != NULL)
    habla_headphones_remove_listener (self->listener);
  g_free (self);
}

static void
audio_listener_on_code_renewed (gpointer user_data)
{
  AudioListener *self = user_data;

  g_clear_pointer (&self->listener, habla_headphones_remove_listener);
  habla_live_response_close (self->response);
}

static void
audio_listener_on_notify (gboolean is_over, gpointer user_data)
{
  AudioListener *self = user_data;

  if (is_over) {
    self->listener = NULL;
    habla_live_response_close (self->response);
  } else {
    habla_live_response_wake (self->response);
  }
}

/* Returns: (transfer full) (nullable): "es" of "es.mp3"; NULL: the request has been answered */
static char *
get_language (const HablaRequest *request)
{
  g_autofree char *name = habla_request_get_segment (request, 4);

  if (g_str_has_suffix (name, SUFFIX) &&
      strlen (name) <= HABLA_MAX_LANGUAGE_TAG + strlen (SUFFIX) && g_str_is_ascii (name))
    return g_strndup (name, strlen (name) - strlen (SUFFIX));
  habla_response_set_error (request->message, SOUP_STATUS_NOT_FOUND,
      "There is no such audio; ask for a language, as in es" SUFFIX);
  return NULL;
}

void
habla_api_hear_room (const HablaRequest *request)
{
  static const HablaLiveSource source = { audio_listener_read, audio_listener_ended };
  HablaRoomManager *manager = habla_api_from_request (request)->manager;
  g_autofree char *room = habla_request_get_segment (request, 2);
  g_autofree char *language = get_language (request);
  g_autoptr (GError) error = NULL;
  HablaBroadcastClient client;
  AudioListener *self;

  if (language == NULL)
    return;
  self = g_new0 (AudioListener, 1);
  client = (HablaBroadcastClient){ .notify = audio_listener_on_notify, .user_data = self };
  self->listener = habla_room_manager_add_headphones (manager, room, language, &client, &error);
  if (self->listener == NULL) {
    habla_response_set_error (
        request->message, habla_headphones_status_from_error (error), "%s", error->message);
    g_free (self);
    return;
  }
  self->response = habla_live_response_new (request, HABLA_SPEECH_TYPE, &source, self);
  if (request->is_by_code)
    habla_code_streams_add (habla_api_from_request (request)->streams, &self->stream, room,
        audio_listener_on_code_renewed, self);
}
