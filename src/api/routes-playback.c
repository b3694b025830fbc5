/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/api-private.h"

#include <http/request-body.h>
#include <http/response.h>
#include <json/json-writer.h>

typedef struct {
  HablaAsyncResponse *response;
  HablaRoomManager *manager;
  char *key;
} Start;

static void
start_free (Start *start)
{
  habla_async_response_finish (start->response);
  g_free (start->key);
  g_free (start);
}

static guint
get_status (const GError *error)
{
  static const struct {
    int code;
    guint status;
  } statuses[] = {
    { G_IO_ERROR_NOT_FOUND, SOUP_STATUS_NOT_FOUND },
    { G_IO_ERROR_INVALID_DATA, SOUP_STATUS_UNPROCESSABLE_ENTITY },
    { G_IO_ERROR_NOT_CONNECTED, SOUP_STATUS_CONFLICT },
    { G_IO_ERROR_PENDING, SOUP_STATUS_CONFLICT },
    { G_IO_ERROR_BUSY, SOUP_STATUS_CONFLICT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (g_error_matches (error, G_IO_ERROR, statuses[i].code))
      return statuses[i].status;
  return SOUP_STATUS_SERVICE_UNAVAILABLE;
}

static void
reply_with_error (SoupServerMessage *message, const GError *error)
{
  habla_response_set_error (message, get_status (error), "%s", error->message);
}

static gboolean
can_play (HablaRoom *room, GError **error)
{
  if (room != NULL)
    return habla_room_can_play (room, error);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
      "No client is connected to hear the recording; connect to /ws/translate first");
  return FALSE;
}

/* @player: (transfer full) */
static void
play (SoupServerMessage *message, HablaRoom *room, HablaPlayer *player)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GError) error = NULL;

  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "status", "started");
  habla_json_add_string (builder, "recording_id", habla_player_get_id (player));
  habla_json_add_int (builder, "total_chunks", habla_player_get_total (player));
  habla_json_add_double (builder, "speed", habla_player_get_speed (player));
  habla_json_add_string (
      builder, "mode", habla_player_mode_get_name (habla_player_get_mode (player)));
  json_builder_end_object (builder);
  if (habla_room_play (room, player, &error))
    habla_response_set_json (message, SOUP_STATUS_OK, builder);
  else
    reply_with_error (message, error);
}

/* The room may be gone by now, or be listening. */
static void
on_prepared (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Start *start = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaPlayer) player = habla_player_prepare_finish (result, &error);
  SoupServerMessage *message = start->response->message;
  HablaRoom *room;

  if (!start->response->is_gone && player == NULL) {
    reply_with_error (message, error);
  } else if (!start->response->is_gone) {
    room = habla_room_manager_find_room (start->manager, start->key);
    if (can_play (room, &error))
      play (message, room, g_steal_pointer (&player));
    else
      reply_with_error (message, error);
  }
  start_free (start);
}

/* @speed: (out): 1 if the request has none. Returns: whether it is allowed; if not, the request has
 * been answered */
static gboolean
get_speed (SoupServerMessage *message, JsonObject *body, double *speed)
{
  JsonNode *node = json_object_get_member (body, "speed");
  GType type = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node)
                                                            : G_TYPE_INVALID;

  *speed = 1.0;
  if (node == NULL)
    return TRUE;
  *speed = type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_double (node) : -1.0;
  if (*speed == 0.0 || (*speed >= HABLA_PLAYER_MIN_SPEED && *speed <= HABLA_PLAYER_MAX_SPEED))
    return TRUE;
  habla_response_set_error (message, SOUP_STATUS_UNPROCESSABLE_ENTITY,
      "\"speed\" must be a number from %g to %g, or 0 for as fast as the engines can",
      HABLA_PLAYER_MIN_SPEED, HABLA_PLAYER_MAX_SPEED);
  return FALSE;
}

static gboolean
get_mode (const HablaRequest *request, JsonObject *body, HablaPlayerMode *mode)
{
  const char *name = "full";

  if (json_object_has_member (body, "mode")) {
    name = habla_request_body_get_string (request, body, "mode");
    if (name == NULL)
      return FALSE;
  }
  if (habla_player_mode_from_name (name, mode))
    return TRUE;
  habla_response_set_error (
      request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY, "\"mode\" must be full or segments");
  return FALSE;
}

static void
start_playback (const HablaRequest *request)
{
  HablaRoomManager *manager = habla_api_from_request (request)->manager;
  const char *root = habla_room_manager_get_recordings (manager);
  g_autoptr (JsonObject) body = habla_request_body_get_object (request);
  g_autofree char *key = habla_api_get_client_key (request);
  HablaPlayerOptions options = { .root = root != NULL ? root : "" };
  g_autoptr (GError) error = NULL;
  Start *start;

  if (body == NULL ||
      (options.id = habla_request_body_get_string (request, body, "recording_id")) == NULL ||
      !get_speed (request->message, body, &options.speed) ||
      !get_mode (request, body, &options.mode))
    return;
  if (!can_play (habla_room_manager_find_room (manager, key), &error)) {
    reply_with_error (request->message, error);
    return;
  }
  start = g_new0 (Start, 1);
  start->response = habla_async_response_new (request);
  start->manager = manager;
  start->key = g_steal_pointer (&key);
  habla_player_prepare (&options, start->response->cancellable, on_prepared, start);
}

static void
stop_playback (const HablaRequest *request)
{
  g_autofree char *key = habla_api_get_client_key (request);
  HablaRoom *room = habla_room_manager_find_room (habla_api_from_request (request)->manager, key);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gboolean was_playing = room != NULL && habla_room_stop_playing (room);

  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "status", was_playing ? "stopped" : "not_playing");
  json_builder_end_object (builder);
  habla_response_set_json (request->message, SOUP_STATUS_OK, builder);
}

const HablaRoute habla_routes_playback[] = {
  { .path = "/api/playback/start", .methods = "POST", .handler = start_playback },
  { .path = "/api/playback/stop", .methods = "POST", .handler = stop_playback },
  {},
};
