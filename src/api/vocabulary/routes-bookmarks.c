/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bookmarks of exchanges. They are the owner's: no join code gives access to them. */
#include "api/api-private.h"
#include "api/session-json.h"
#include "api/vocabulary/vocabulary-body.h"

#include <http/request-body.h>
#include <http/response.h>
#include <json/json-writer.h>
#include <store/bookmarks/bookmarks.h>

/* Lengths of lists. */
#define DEFAULT_LIST 50
#define MAX_LIST 500
/* Largest note, in characters. */
#define MAX_NOTE 1000

static void
change_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaAsyncResponse *response = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaUtteranceRecord) exchange =
      habla_bookmarks_change_finish (habla_api_from_response (response)->store, result, &error);
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  if (exchange == NULL) {
    habla_api_fail_response (response, error);
    return;
  }
  habla_json_begin_object (builder, NULL);
  habla_json_add_int (builder, "id", exchange->id);
  habla_session_json_add_bookmark (builder, exchange);
  json_builder_end_object (builder);
  if (!response->is_gone)
    habla_response_set_json (response->message, SOUP_STATUS_OK, builder);
  habla_async_response_finish (response);
}

static HablaBookmarkChange
get_change (const HablaRequest *request)
{
  const char *method = soup_server_message_get_method (request->message);

  return g_str_equal (method, SOUP_METHOD_PUT)      ? HABLA_BOOKMARK_SET
         : g_str_equal (method, SOUP_METHOD_DELETE) ? HABLA_BOOKMARK_REMOVE
                                                    : HABLA_BOOKMARK_TOGGLE;
}

static void
answer_bookmark (const HablaRequest *request)
{
  SoupMessageBody *body = soup_server_message_get_request_body (request->message);
  g_autoptr (JsonObject) object = NULL;
  g_autofree char *note = NULL;
  guint64 id;

  if (!habla_api_check_store (request) || !habla_api_get_id (request, "exchange", &id) ||
      (body->length > 0 && (object = habla_request_body_get_object (request)) == NULL) ||
      !habla_vocabulary_body_get_text (request, object, "note", MAX_NOTE, &note))
    return;
  habla_bookmarks_change_async (habla_api_from_request (request)->store, id, get_change (request),
      note, change_done, habla_async_response_new (request));
}

static void
add_bookmark (JsonBuilder *builder, const HablaBookmark *bookmark)
{
  habla_json_begin_object (builder, NULL);
  habla_session_json_add_exchange_members (builder, bookmark->utterance);
  habla_session_json_add_time (builder, "session_started", bookmark->session_started);
  habla_json_add_string (builder, "session_name", bookmark->session_name);
  habla_session_json_add_time (builder, "bookmarked_at", bookmark->created_at);
  json_builder_end_object (builder);
}

static void
list_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaAsyncResponse *response = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaBookmarkList) list =
      habla_bookmarks_list_finish (habla_api_from_response (response)->store, result, &error);
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  if (list == NULL) {
    habla_api_fail_response (response, error);
    return;
  }
  habla_json_begin_object (builder, NULL);
  habla_json_begin_array (builder, "bookmarks");
  for (guint i = 0; i < list->bookmarks->len; i++)
    add_bookmark (builder, g_ptr_array_index (list->bookmarks, i));
  json_builder_end_array (builder);
  habla_json_add_int (builder, "total", list->total);
  json_builder_end_object (builder);
  if (!response->is_gone)
    habla_response_set_json (response->message, SOUP_STATUS_OK, builder);
  habla_async_response_finish (response);
}

/* @session_id: 0 = all */
static void
list_bookmarks (const HablaRequest *request, guint64 session_id)
{
  HablaBookmarkQuery query = { .session_id = session_id };
  HablaAsyncResponse *response;
  guint64 limit;

  if (!habla_request_get_number (request, "limit", DEFAULT_LIST, 1, MAX_LIST, &limit) ||
      !habla_request_get_number (request, "offset", 0, 0, G_MAXINT64, &query.offset))
    return;
  query.limit = limit;
  response = habla_async_response_new (request);
  habla_bookmarks_list_async (habla_api_from_response (response)->store, &query,
      response->cancellable, list_done, response);
}

static void
answer_recent (const HablaRequest *request)
{
  if (habla_api_check_store (request))
    list_bookmarks (request, 0);
}

static void
answer_of_session (const HablaRequest *request)
{
  guint64 id;

  if (habla_api_check_store (request) && habla_api_get_session_id (request, &id))
    list_bookmarks (request, id);
}

const HablaRoute habla_routes_bookmarks[] = {
  { .path = "/api/exchanges/{}/bookmark",
      .methods = "POST, PUT, DELETE",
      .handler = answer_bookmark },
  { .path = "/api/bookmarks/recent", .methods = "GET", .handler = answer_recent },
  { .path = "/api/sessions/{}/bookmarks", .methods = "GET", .handler = answer_of_session },
  {},
};
