/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions and exchanges in the store. */
#include "api/session-json.h"
#include "api/api-private.h"

#include <http/request-body.h>
#include <http/response.h>
#include <json/json-writer.h>
#include <recording/recording-folder.h>
#include <recording/recording.h>
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
/* Largest title, in characters. */
#define MAX_TITLE 200

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
  guint n_kept;          /* of those recordings */
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
  if (self->recordings != NULL) {
    habla_json_add_boolean (builder, "deleted", TRUE);
    habla_json_add_int (builder, "kept_recordings", self->n_kept);
  }
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
  Change *change = data;

  for (guint i = 0; i < change->recordings->len; i++) {
    const char *id = g_ptr_array_index (change->recordings, i);

    if (!habla_recording_folder_delete_session (change->root, id, change->session_id)) {
      g_autofree char *kept = habla_recording_find (change->root, id, NULL);

      change->n_kept += kept != NULL;
    }
  }
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

/* @object: (nullable): a request's body */
static gboolean
has_text (JsonObject *object, const char *name)
{
  return object != NULL && json_object_has_member (object, name) &&
         !json_object_get_null_member (object, name);
}

/* Returns: (transfer full) (nullable): the text without blanks around it; empty if the request has
 * none; %NULL if it has another type, and has been answered */
static char *
get_text (const HablaRequest *request, JsonObject *object, const char *name)
{
  const char *text = "";

  if (has_text (object, name))
    text = habla_request_body_get_string (request, object, name);
  return text != NULL ? g_strstrip (g_strdup (text)) : NULL;
}

/* Returns: whether @title is short, and of one line; if not, the request has been answered */
static gboolean
check_title (const HablaRequest *request, const char *title)
{
  gboolean is_valid = g_utf8_strlen (title, -1) <= MAX_TITLE;

  for (const char *c = title; is_valid && *c != '\0'; c = g_utf8_next_char (c))
    is_valid = !g_unichar_iscntrl (g_utf8_get_char (c));
  if (!is_valid)
    habla_response_set_error (request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY,
        "\"title\" must have at most %d characters, and no control characters", MAX_TITLE);
  return is_valid;
}

static void
answer_save (const HablaRequest *request)
{
  SoupMessageBody *body = soup_server_message_get_request_body (request->message);
  HablaStore *store = habla_api_from_request (request)->store;
  g_autoptr (JsonObject) object = NULL;
  g_autofree char *notes = NULL;
  g_autofree char *title = NULL;
  HablaSessionDetails details = { 0 };
  guint64 id;

  if (!habla_api_check_store (request) || !habla_api_get_session_id (request, &id) ||
      (body->length > 0 && (object = habla_request_body_get_object (request)) == NULL) ||
      (notes = get_text (request, object, "notes")) == NULL ||
      (title = get_text (request, object, "title")) == NULL || !check_title (request, title))
    return;
  details.notes = notes;
  details.title = has_text (object, "title") ? title : NULL;
  habla_store_save_session_async (store, id, &details, save_done, change_new (request, id));
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
