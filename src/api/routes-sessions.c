/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions and exchanges in the store. */
#include "api/session-json.h"
#include "api/api-private.h"

#include <http/request-body.h>
#include <http/response.h>
#include <json/json-writer.h>
#include <recording/recording-folder.h>
#include <string.h>

/* Lengths of lists. */
#define DEFAULT_SESSIONS 20
#define MAX_SESSIONS 200
#define DEFAULT_FOUND 30
#define MAX_FOUND 100
#define DEFAULT_EXCHANGES 100
#define MAX_EXCHANGES 1000
/* Largest search text, in bytes. */
#define MAX_QUERY 1000

/* @add: adds a session
 * @result: of a query for sessions */
static void
reply_with_sessions (HablaAsyncResponse *response, GAsyncResult *result,
    void (*add) (JsonBuilder *builder, const HablaSessionRecord *session))
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sessions =
      habla_store_list_finish (habla_api_from_response (response)->store, result, &error);
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  if (sessions == NULL) {
    habla_api_fail_response (response, error);
    return;
  }
  habla_json_begin_array (builder, NULL);
  for (guint i = 0; i < sessions->len; i++)
    add (builder, g_ptr_array_index (sessions, i));
  json_builder_end_array (builder);
  if (!response->is_gone)
    habla_response_set_json (response->message, SOUP_STATUS_OK, builder);
  habla_async_response_finish (response);
}

static void
list_sessions_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  reply_with_sessions (user_data, result, habla_session_json_add_session);
}

static void
answer_list (const HablaRequest *request)
{
  guint64 limit, offset;
  HablaAsyncResponse *response;

  if (!habla_api_check_store (request) ||
      !habla_request_get_number (request, "limit", DEFAULT_SESSIONS, 1, MAX_SESSIONS, &limit) ||
      !habla_request_get_number (request, "offset", 0, 0, G_MAXINT64, &offset))
    return;
  response = habla_async_response_new (request);
  habla_store_list_sessions_async (habla_api_from_response (response)->store, limit, offset,
      response->cancellable, list_sessions_done, response);
}

static void
reply_with_exchanges (HablaAsyncResponse *response, GPtrArray *exchanges)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  habla_json_begin_array (builder, NULL);
  for (guint i = 0; i < exchanges->len; i++)
    habla_session_json_add_exchange (builder, g_ptr_array_index (exchanges, i));
  json_builder_end_array (builder);
  if (!response->is_gone)
    habla_response_set_json (response->message, SOUP_STATUS_OK, builder);
  habla_async_response_finish (response);
}

static void
search_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  reply_with_sessions (user_data, result, habla_session_json_add_found_session);
}

static void
answer_search (const HablaRequest *request)
{
  const char *query = habla_request_get_parameter (request, "q");
  HablaAsyncResponse *response;
  guint64 limit;

  if (!habla_api_check_store (request) ||
      !habla_request_get_number (request, "limit", DEFAULT_FOUND, 1, MAX_FOUND, &limit))
    return;
  if (query == NULL || *query == '\0' || strlen (query) > MAX_QUERY ||
      !g_utf8_validate (query, -1, NULL)) {
    habla_response_set_error (request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY,
        "\"q\" must be the text to search for, of 1 to %d bytes of UTF-8", MAX_QUERY);
    return;
  }
  response = habla_async_response_new (request);
  habla_store_search_async (habla_api_from_response (response)->store, query, limit,
      response->cancellable, search_done, response);
}

static void
get_session_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaAsyncResponse *response = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaSessionRecord) session =
      habla_store_get_session_finish (habla_api_from_response (response)->store, result, &error);
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  if (session == NULL) {
    habla_api_fail_response (response, error);
    return;
  }
  habla_session_json_add_session (builder, session);
  if (!response->is_gone)
    habla_response_set_json (response->message, SOUP_STATUS_OK, builder);
  habla_async_response_finish (response);
}

/* A change of a session that waits for the store. */
typedef struct {
  HablaAsyncResponse *response;
  guint64 session_id;
  GPtrArray *recordings; /* (nullable): ids of recordings that a deletion deletes */
  char *root;            /* their folder */
} Change;

static Change *
change_new (const HablaRequest *request, guint64 session_id)
{
  Change *self = g_new0 (Change, 1);

  self->response = habla_async_response_new (request);
  self->session_id = session_id;
  return self;
}

static void
change_free (Change *self)
{
  g_clear_pointer (&self->recordings, g_ptr_array_unref);
  g_free (self->root);
  g_free (self);
}

static HablaStore *
change_get_store (Change *self)
{
  return habla_api_from_response (self->response)->store;
}

/* @self: (transfer full) */
static void
change_fail (Change *self, const GError *error)
{
  habla_api_fail_response (self->response, error);
  change_free (self);
}

/* @self: (transfer full) */
static void
change_answer (Change *self, const char *status)
{
  HablaAsyncResponse *response = self->response;
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "status", status);
  if (self->recordings != NULL)
    habla_json_add_boolean (builder, "deleted", TRUE);
  habla_json_add_int (builder, "session_id", self->session_id);
  json_builder_end_object (builder);
  if (!response->is_gone)
    habla_response_set_json (response->message, SOUP_STATUS_OK, builder);
  habla_async_response_finish (response);
  change_free (self);
}

static void
save_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Change *change = user_data;
  g_autoptr (GError) error = NULL;

  if (habla_store_finish (change_get_store (change), result, &error))
    change_answer (change, "saved");
  else
    change_fail (change, error);
}

static void
delete_audio_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  change_answer (user_data, "deleted");
}

/* Worker thread. A recording that is being made or played stays. */
static void
delete_audio (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Change *change = data;

  for (guint i = 0; i < change->recordings->len; i++)
    habla_recording_folder_delete_session (
        change->root, g_ptr_array_index (change->recordings, i), change->session_id);
  g_task_return_boolean (task, TRUE);
}

static void
delete_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Change *change = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) task = NULL;

  if (!habla_store_finish (change_get_store (change), result, &error)) {
    change_fail (change, error);
    return;
  }
  task = g_task_new (NULL, NULL, delete_audio_done, change);
  g_task_set_name (task, "[habla] delete audio of a session");
  g_task_set_task_data (task, change, NULL);
  habla_async_response_run_task (task, delete_audio);
}

/* The audio is deleted after the session: a failure must not leave exchanges without their audio.
 */
static void
list_recordings_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Change *change = user_data;
  g_autoptr (GError) error = NULL;
  HablaApi *api = habla_api_from_response (change->response);

  change->recordings = habla_store_list_finish (api->store, result, &error);
  if (change->recordings == NULL) {
    change_fail (change, error);
    return;
  }
  change->root = g_strdup (habla_room_manager_get_recordings (api->manager));
  if (change->root == NULL)
    g_ptr_array_set_size (change->recordings, 0);
  habla_store_delete_session_async (api->store, change->session_id, delete_done, change);
}

static void
answer_session (const HablaRequest *request)
{
  HablaStore *store = habla_api_from_request (request)->store;
  HablaAsyncResponse *response;
  guint64 id;

  if (!habla_api_check_store (request) || !habla_api_get_session_id (request, &id))
    return;
  if (g_str_equal (soup_server_message_get_method (request->message), SOUP_METHOD_DELETE)) {
    habla_store_list_recordings_async (store, id, list_recordings_done, change_new (request, id));
    return;
  }
  response = habla_async_response_new (request);
  habla_store_get_session_async (store, id, response->cancellable, get_session_done, response);
}

/* @notes: (out) (transfer full): empty if the request has none. Returns: whether it is well-formed;
 * if not, it has been answered */
static gboolean
get_notes (const HablaRequest *request, char **notes)
{
  SoupMessageBody *body = soup_server_message_get_request_body (request->message);
  g_autoptr (JsonObject) object = NULL;
  const char *text = "";

  if (body->length > 0) {
    object = habla_request_body_get_object (request);
    if (object == NULL)
      return FALSE;
    if (json_object_has_member (object, "notes") && !json_object_get_null_member (object, "notes"))
      text = habla_request_body_get_string (request, object, "notes");
  }
  *notes = text != NULL ? g_strstrip (g_strdup (text)) : NULL;
  return text != NULL;
}

static void
answer_save (const HablaRequest *request)
{
  g_autofree char *notes = NULL;
  guint64 id;

  if (!habla_api_check_store (request) || !habla_api_get_session_id (request, &id) ||
      !get_notes (request, &notes))
    return;
  habla_store_save_session_async (
      habla_api_from_request (request)->store, id, notes, save_done, change_new (request, id));
}

/* There are no exchanges: answers 404 if there is no such session either. */
static void
check_session_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaAsyncResponse *response = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaSessionRecord) session =
      habla_store_get_session_finish (habla_api_from_response (response)->store, result, &error);
  g_autoptr (GPtrArray) no_exchanges = g_ptr_array_new ();

  if (session != NULL)
    reply_with_exchanges (response, no_exchanges);
  else
    habla_api_fail_response (response, error);
}

typedef struct {
  HablaAsyncResponse *response;
  guint64 session_id;
} Listing;

static void
list_exchanges_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Listing *listing = user_data;
  HablaAsyncResponse *response = listing->response;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) exchanges =
      habla_store_list_finish (habla_api_from_response (response)->store, result, &error);

  if (exchanges == NULL)
    habla_api_fail_response (response, error);
  else if (exchanges->len > 0)
    reply_with_exchanges (response, exchanges);
  else
    habla_store_get_session_async (habla_api_from_response (response)->store, listing->session_id,
        response->cancellable, check_session_done, response);
}

static void
answer_exchanges (const HablaRequest *request)
{
  HablaUtteranceQuery query = { 0 };
  guint64 limit;
  Listing *listing;

  if (!habla_api_check_store (request) || !habla_api_get_session_id (request, &query.session_id) ||
      !habla_request_get_number (request, "limit", DEFAULT_EXCHANGES, 1, MAX_EXCHANGES, &limit) ||
      !habla_request_get_number (request, "offset", 0, 0, G_MAXINT64, &query.offset) ||
      !habla_request_get_number (request, "after", 0, 0, G_MAXINT64, &query.since))
    return;
  query.limit = limit;
  listing = g_new0 (Listing, 1);
  listing->response = habla_async_response_new (request);
  listing->session_id = query.session_id;
  habla_store_list_utterances_async (habla_api_from_response (listing->response)->store, &query,
      listing->response->cancellable, list_exchanges_done, listing);
}

const HablaRoute habla_routes_sessions[] = {
  { .path = "/api/sessions", .methods = "GET", .handler = answer_list },
  { .path = "/api/sessions/search", .methods = "GET", .handler = answer_search },
  { .path = "/api/sessions/{}", .methods = "GET, DELETE", .handler = answer_session },
  { .path = "/api/sessions/{}/exchanges", .methods = "GET", .handler = answer_exchanges },
  { .path = "/api/sessions/{}/save", .methods = "POST", .handler = answer_save },
  { .path = "/api/sessions/{}/export", .methods = "GET", .handler = habla_api_export_session },
  {},
};
