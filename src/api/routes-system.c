/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/api-private.h"
#include "api/direction.h"

#include <http/request-body.h>
#include <http/response.h>
#include <json/json-writer.h>

/* Returns: (nullable): the room that the caller speaks in */
static HablaRoom *
find_room (const HablaRequest *request)
{
  g_autofree char *key = habla_api_get_client_key (request);

  return habla_room_manager_find_room (habla_api_from_request (request)->manager, key);
}

static gboolean
detects_language (HablaRoomManager *manager, const HablaRoomSettings *settings)
{
  return settings->detects_language && habla_room_manager_can_detect_language (manager, settings);
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

  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "direction",
      habla_direction_get_name (settings->source_language, settings->target_languages[0]));
  habla_json_add_string (builder, "source_language", settings->source_language);
  habla_json_add_strings (
      builder, "target_languages", (const char *const *) settings->target_languages);
  habla_json_add_string (builder, "mode", habla_mode_get_name (settings->mode));
  habla_json_add_boolean (builder, "asr_auto_language", detects_language (manager, settings));
  habla_json_add_boolean (builder, "recording_enabled", habla_room_manager_get_recording (manager));
  habla_json_add_int (builder, "sessions", habla_room_manager_count_sessions (manager));
  habla_json_add_int (builder, "clients", habla_room_manager_count_members (manager));
  habla_json_begin_object (builder, "languages");
  habla_json_add_strings (builder, "heard", (const char *const *) languages->heard);
  habla_json_add_strings (builder, "translated", (const char *const *) languages->translated);
  habla_json_add_strings (builder, "spoken", (const char *const *) languages->spoken);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  habla_response_set_json (request->message, SOUP_STATUS_OK, builder);
}

static void
answer_metrics (const HablaRequest *request)
{
  HablaRoomTotals totals = { 0 };
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  habla_room_manager_get_totals (habla_api_from_request (request)->manager, &totals);
  habla_json_begin_object (builder, NULL);
  habla_json_begin_object (builder, "confidence");
  habla_json_add_double (builder, "average", totals.confidence);
  habla_json_add_int (builder, "low_count", totals.low_confidence);
  json_builder_end_object (builder);
  habla_json_begin_object (builder, "corrections");
  habla_json_add_int (builder, "total_detected", totals.corrections);
  json_builder_end_object (builder);
  habla_json_begin_object (builder, "idioms");
  habla_json_add_int (builder, "pattern_db_hits", totals.idioms);
  habla_json_add_int (builder, "llm_hits", totals.model_idioms);
  json_builder_end_object (builder);
  habla_json_begin_object (builder, "processing");
  habla_json_add_double (builder, "avg_ms", totals.processing);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  habla_response_set_json (request->message, SOUP_STATUS_OK, builder);
}

/* Sets it for the caller's room, if it has one, and for new rooms. */
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
  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "direction", name);
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
        "\"mode\" must be conversation or classroom");
    return;
  }
  habla_room_manager_set_mode (habla_api_from_request (request)->manager, mode);
  if (room != NULL)
    habla_room_set_mode (room, mode);
  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "mode", habla_mode_get_name (mode));
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
  habla_json_begin_object (builder, NULL);
  habla_json_add_boolean (builder, "enabled",
      habla_room_manager_get_recording (habla_api_from_request (request)->manager));
  json_builder_end_object (builder);
  habla_response_set_json (request->message, SOUP_STATUS_OK, builder);
}

/* Sets it for the caller's room, if it has one, and for new rooms. */
static void
set_asr_language (const HablaRequest *request)
{
  HablaRoomManager *manager = habla_api_from_request (request)->manager;
  g_autoptr (JsonObject) object = habla_request_body_get_object (request);
  HablaRoom *room = find_room (request);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const HablaRoomSettings *settings;
  gboolean wanted;

  if (object == NULL || !habla_request_body_get_boolean (request, object, "auto_language", &wanted))
    return;
  habla_room_manager_set_detection (manager, wanted);
  if (room != NULL)
    habla_room_set_detection (room, wanted);
  settings =
      room != NULL ? habla_room_get_settings (room) : habla_room_manager_get_settings (manager);
  habla_json_begin_object (builder, NULL);
  habla_json_add_boolean (builder, "auto_language", detects_language (manager, settings));
  if (wanted && !detects_language (manager, settings))
    habla_json_add_string (builder, "detail",
        "No installed engine detects which of the languages is spoken; the direction sets it. "
        "Install a model for several languages, such as one of Whisper: see habla models");
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
