/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rooms that are open or have a join code. */
#include "api/api-private.h"
#include "api/rooms/join-code.h"
#include "api/rooms/room-name.h"

#include <http/request-body.h>
#include <http/response.h>
#include <json/json-writer.h>
#include <util/qr-code.h>
#include <util/time-format.h>

#include <string.h>

#define ROOMS_PREFIX "/api/rooms/"
#define DEFAULT_LIMIT 100
/* Letters of a made name: a class may see it, so it is short. */
#define MADE_NAME_LETTERS 4

static void
add_room (JsonBuilder *builder, HablaApi *api, const HablaRoomCode *code)
{
  HablaRoom *room = habla_room_manager_find_by_name (api->manager, code->room);
  g_autofree char *url = habla_room_codes_make_url (api->codes, code);
  g_autofree char *used = habla_time_format (code->used * G_USEC_PER_SEC, HABLA_TIME_PROTOCOL);

  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "name", code->room);
  habla_json_add_string (builder, "code", code->code);
  habla_json_add_string (builder, "url", url);
  habla_json_add_boolean (builder, "is_open", room != NULL);
  habla_json_add_int (builder, "listeners", room != NULL ? habla_room_count_listeners (room) : 0);
  habla_json_add_int (builder, "waiting", habla_lobby_count (api->lobby, code->room));
  habla_json_add_string (builder, "last_used", used);
  json_builder_end_object (builder);
}

static void
answer_with_room (const HablaRequest *request, guint status, const HablaRoomCode *code)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  add_room (builder, habla_api_from_request (request), code);
  habla_response_set_json (request->message, status, builder);
}

/* @code: (nullable): of the room. Answers the request if it is %NULL */
static gboolean
check_room (const HablaRequest *request, const char *room, const HablaRoomCode *code)
{
  if (code == NULL)
    habla_response_set_error (request->message, SOUP_STATUS_NOT_FOUND,
        "There is no room %s; make one with POST /api/rooms", room);
  return code != NULL;
}

/* Returns: (transfer full): a name that no room has */
static char *
make_name (HablaApi *api)
{
  for (;;) {
    g_autofree char *code = habla_join_code_new ();
    g_autofree char *lower = g_ascii_strdown (code, MADE_NAME_LETTERS);
    g_autofree char *name = g_strconcat ("room-", lower, NULL);

    if (habla_room_codes_find (api->codes, name) == NULL &&
        habla_room_manager_find_by_name (api->manager, name) == NULL)
      return g_steal_pointer (&name);
  }
}

/* Returns: (transfer full) (nullable): %NULL if the request has been answered */
static char *
get_wanted_name (const HablaRequest *request)
{
  SoupMessageBody *body = soup_server_message_get_request_body (request->message);
  g_autoptr (JsonObject) object = NULL;
  JsonNode *node;
  const char *name;

  if (body->length == 0)
    return make_name (habla_api_from_request (request));
  object = habla_request_body_get_object (request);
  if (object == NULL)
    return NULL;
  node = json_object_get_member (object, "name");
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return make_name (habla_api_from_request (request));
  name = habla_request_body_get_string (request, object, "name");
  if (name == NULL)
    return NULL;
  if (habla_room_name_is_valid (name) && strcmp (name, HABLA_ROOM_LATEST) != 0)
    return g_strdup (name);
  habla_response_set_error (request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY,
      "\"name\" must be 1 to %d letters, digits, -, _ or ., not only dots, and not %s",
      HABLA_MAX_ROOM_NAME, HABLA_ROOM_LATEST);
  return NULL;
}

static void
make_room (const HablaRequest *request)
{
  HablaApi *api = habla_api_from_request (request);
  g_autofree char *name = get_wanted_name (request);
  const HablaRoomCode *code;
  gboolean is_known;

  if (name == NULL)
    return;
  is_known = habla_room_codes_find (api->codes, name) != NULL;
  code = habla_room_codes_use (api->codes, name);
  if (code != NULL)
    answer_with_room (request, is_known ? SOUP_STATUS_OK : SOUP_STATUS_CREATED, code);
  else
    habla_response_set_error (request->message, SOUP_STATUS_SERVICE_UNAVAILABLE,
        "%d rooms with a code are open, as many as there can be; end one of them",
        HABLA_MAX_ROOM_CODES);
}

static void
list_rooms (const HablaRequest *request)
{
  HablaApi *api = habla_api_from_request (request);
  g_autoptr (GPtrArray) codes = habla_room_codes_list (api->codes);
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  guint64 limit, offset;

  if (!habla_request_get_number (request, "limit", DEFAULT_LIMIT, 1, HABLA_MAX_LIMIT, &limit) ||
      !habla_request_get_number (request, "offset", 0, 0, G_MAXINT64, &offset))
    return;
  habla_json_begin_array (builder, NULL);
  for (guint64 i = offset; i < codes->len && i - offset < limit; i++)
    add_room (builder, api, g_ptr_array_index (codes, i));
  json_builder_end_array (builder);
  habla_response_set_json (request->message, SOUP_STATUS_OK, builder);
}

static void
answer_rooms (const HablaRequest *request)
{
  if (strcmp (soup_server_message_get_method (request->message), SOUP_METHOD_POST) == 0)
    make_room (request);
  else
    list_rooms (request);
}

static void
get_room (const HablaRequest *request)
{
  g_autofree char *room = habla_request_get_segment (request, 2);
  const HablaRoomCode *code = habla_room_codes_find (habla_api_from_request (request)->codes, room);

  if (check_room (request, room, code))
    answer_with_room (request, SOUP_STATUS_OK, code);
}

static void
renew_code (const HablaRequest *request)
{
  g_autofree char *room = habla_request_get_segment (request, 2);
  const HablaRoomCode *code = habla_api_renew_code (habla_api_from_request (request), room);

  if (check_room (request, room, code))
    answer_with_room (request, SOUP_STATUS_OK, code);
}

static void
get_qr_code (const HablaRequest *request)
{
  HablaApi *api = habla_api_from_request (request);
  g_autofree char *room = habla_request_get_segment (request, 2);
  const HablaRoomCode *code = habla_room_codes_find (api->codes, room);
  g_autofree char *url = code != NULL ? habla_room_codes_make_url (api->codes, code) : NULL;
  char *svg = url != NULL ? habla_qr_code_to_svg (url) : NULL;
  g_autoptr (GBytes) body = NULL;

  if (!check_room (request, room, code))
    return;
  if (svg == NULL) {
    habla_response_set_error (request->message, SOUP_STATUS_CONFLICT, "%s",
        url == NULL ? "Other machines cannot reach this server, so there is no link for listeners; "
                      "start hablad with --lan"
                    : "This hablad was built without libqrencode; show the link as text");
    return;
  }
  body = g_bytes_new_take (svg, strlen (svg));
  habla_response_set (request->message, SOUP_STATUS_OK, "image/svg+xml", body);
}

const HablaRoomCode *
habla_api_renew_code (HablaApi *self, const char *room)
{
  const HablaRoomCode *code = habla_room_codes_renew (self->codes, room);
  HablaRoom *open = habla_room_manager_find_by_name (self->manager, room);

  if (code == NULL)
    return NULL;
  habla_client_registry_notify_code_renewed (self->clients, room);
  habla_code_streams_end (self->streams, room);
  if (open != NULL)
    habla_room_notify_owner (open, HABLA_EVENT_STATUS);
  return code;
}

gboolean
habla_api_check_code (HablaApi *self, const char *path, const char *code)
{
  const char *name = path + strlen (ROOMS_PREFIX);
  g_autofree char *room = NULL;

  if (!g_str_has_prefix (path, ROOMS_PREFIX))
    return FALSE;
  room = g_strndup (name, strcspn (name, "/"));
  return habla_room_codes_check (self->codes, room, code);
}

const HablaRoute habla_routes_rooms[] = {
  { .path = "/api/rooms", .methods = "GET, POST", .handler = answer_rooms },
  { .path = "/api/rooms/{}", .methods = "GET", .handler = get_room },
  { .path = "/api/rooms/{}/code", .methods = "POST", .handler = renew_code },
  { .path = "/api/rooms/{}/qr.svg", .methods = "GET", .handler = get_qr_code },
  { .path = "/api/rooms/{}/audio/{}",
      .methods = "GET",
      .flags = HABLA_ROUTE_CODE,
      .handler = habla_api_hear_room },
  {},
};
