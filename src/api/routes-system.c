/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/api-private.h"
#include "api/direction.h"

#include <http/request-body.h>
#include <http/response.h>

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_boolean (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
add_integer (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
begin_object (JsonBuilder *builder, const char *name)
{
  if (name != NULL)
    json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
}

static void
add_texts (JsonBuilder *builder, const char *name, const char *const *values)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    json_builder_add_string_value (builder, values[i]);
  json_builder_end_array (builder);
}

/* Returns: (nullable): the room that the caller speaks in */
static HablaRoom *
find_room (const HablaRequest *request)
{
  g_autofree char *key = habla_api_get_client_key (request);

  return key != NULL ? habla_room_manager_find_room (habla_api_from_request (request)->manager, key)
                     : NULL;
}

static void
answer_status (const HablaRequest *request)
{
  HablaRoomManager *manager = habla_api_from_request (request)->manager;
  const HablaLanguages *languages = habla_room_manager_get_languages (manager);
  HablaRoom *room = find_room (request);
  const HablaRoomSettings *settings =
      room != NULL ? habla_room_get_settings (room) : habla_room_manager_get_settings (manager);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  begin_object (builder, NULL);
  add_text (builder, "direction",
      habla_direction_get_name (settings->source_language, settings->target_languages[0]));
  add_text (builder, "source_language", settings->source_language);
  add_texts (builder, "target_languages", (const char *const *) settings->target_languages);
  add_text (builder, "mode", habla_mode_get_name (settings->mode));
  add_boolean (builder, "asr_auto_language", FALSE);
  add_boolean (builder, "recording_enabled", habla_room_manager_get_recording (manager));
  add_integer (builder, "sessions", habla_room_manager_count_sessions (manager));
  add_integer (builder, "clients", habla_room_manager_count_members (manager));
  begin_object (builder, "languages");
  add_texts (builder, "heard", (const char *const *) languages->heard);
  add_texts (builder, "translated", (const char *const *) languages->translated);
  add_texts (builder, "spoken", (const char *const *) languages->spoken);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  habla_response_set_json (request->message, SOUP_STATUS_OK, builder);
}

/* Corrections and idioms are not looked for yet: their counts are 0. */
static void
answer_metrics (const HablaRequest *request)
{
  HablaRoomTotals totals = { 0 };
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  habla_room_manager_get_totals (habla_api_from_request (request)->manager, &totals);
  begin_object (builder, NULL);
  begin_object (builder, "confidence");
  add_number (builder, "average", totals.confidence);
  add_integer (builder, "low_count", totals.low_confidence);
  json_builder_end_object (builder);
  begin_object (builder, "corrections");
  add_integer (builder, "total_detected", 0);
  json_builder_end_object (builder);
  begin_object (builder, "idioms");
  add_integer (builder, "pattern_db_hits", 0);
  add_integer (builder, "llm_hits", 0);
  json_builder_end_object (builder);
  begin_object (builder, "processing");
  add_number (builder, "avg_ms", totals.processing);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  habla_response_set_json (request->message, SOUP_STATUS_OK, builder);
}

/* The caller's room, if it has one, and all new rooms. */
static void
set_direction (const HablaRequest *request)
{
  g_autoptr (JsonObject) object = habla_request_body_get_object (request);
  const char *name =
      object != NULL ? habla_request_body_get_string (request, object, "direction") : NULL;
  HablaRoom *room = find_room (request);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const char *source, *targets[] = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  if (name == NULL)
    return;
  if (habla_direction_find (name, &source, &targets[0]) == NULL) {
    habla_response_set_error (request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY,
        "\"direction\" must be es_to_en or en_to_es");
    return;
  }
  if (room != NULL && !habla_room_set_languages (room, source, targets, &error)) {
    habla_response_set_error (
        request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY, "%s", error->message);
    return;
  }
  habla_room_manager_set_languages (habla_api_from_request (request)->manager, source, targets);
  begin_object (builder, NULL);
  add_text (builder, "direction", name);
  json_builder_end_object (builder);
  habla_response_set_json (request->message, SOUP_STATUS_OK, builder);
}

static void
set_mode (const HablaRequest *request)
{
  g_autoptr (JsonObject) object = habla_request_body_get_object (request);
  const char *name =
      object != NULL ? habla_request_body_get_string (request, object, "mode") : NULL;
  HablaRoom *room = find_room (request);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  HablaMode mode;

  if (name == NULL)
    return;
  if (!habla_mode_from_name (name, &mode)) {
    habla_response_set_error (request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY,
        "\"mode\" is to be conversation or classroom");
    return;
  }
  habla_room_manager_set_mode (habla_api_from_request (request)->manager, mode);
  if (room != NULL)
    habla_room_set_mode (room, mode);
  begin_object (builder, NULL);
  add_text (builder, "mode", habla_mode_get_name (mode));
  json_builder_end_object (builder);
  habla_response_set_json (request->message, SOUP_STATUS_OK, builder);
}

static void
set_recording (const HablaRequest *request)
{
  g_autoptr (JsonObject) object = habla_request_body_get_object (request);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gboolean enabled;

  if (object == NULL || !habla_request_body_get_boolean (request, object, "enabled", &enabled))
    return;
  habla_room_manager_set_recording (habla_api_from_request (request)->manager, enabled);
  begin_object (builder, NULL);
  add_boolean (builder, "enabled",
      habla_room_manager_get_recording (habla_api_from_request (request)->manager));
  json_builder_end_object (builder);
  habla_response_set_json (request->message, SOUP_STATUS_OK, builder);
}

static void
set_asr_language (const HablaRequest *request)
{
  g_autoptr (JsonObject) object = habla_request_body_get_object (request);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gboolean wanted;

  if (object == NULL || !habla_request_body_get_boolean (request, object, "auto_language", &wanted))
    return;
  begin_object (builder, NULL);
  add_boolean (builder, "auto_language", FALSE);
  if (wanted)
    add_text (builder, "detail",
        "No recogniser here tells languages apart: what is heard is the language that the "
        "direction begins with");
  json_builder_end_object (builder);
  habla_response_set_json (request->message, SOUP_STATUS_OK, builder);
}

const HablaRoute habla_routes_system[] = {
  { .path = "/api/system/status", .methods = "GET", .handler = answer_status },
  { .path = "/api/system/metrics", .methods = "GET", .handler = answer_metrics },
  { .path = "/api/system/direction", .methods = "POST", .handler = set_direction },
  { .path = "/api/system/mode", .methods = "POST", .handler = set_mode },
  { .path = "/api/system/recording", .methods = "POST", .handler = set_recording },
  { .path = "/api/system/asr/language", .methods = "POST", .handler = set_asr_language },
  {},
};
