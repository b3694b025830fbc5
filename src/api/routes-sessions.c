/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was said in earlier lessons, out of the store. */
#include "api/session-json.h"
#include "api/api-private.h"

#include <http/request-body.h>
#include <http/response.h>
#include <string.h>

#define DEFAULT_LIMIT 100
/* Of a query, in bytes. */
#define MAX_QUERY 1000

static void
list_sessions_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaAsyncResponse *later = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sessions =
      habla_store_list_finish (habla_api_from_response (later)->store, result, &error);
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  if (sessions == NULL) {
    habla_api_fail_response (later, error);
    return;
  }
  json_builder_begin_array (builder);
  for (guint i = 0; i < sessions->len; i++)
    habla_session_json_add_session (builder, g_ptr_array_index (sessions, i));
  json_builder_end_array (builder);
  if (!later->is_gone)
    habla_response_set_json (later->message, SOUP_STATUS_OK, builder);
  habla_async_response_finish (later);
}

static void
answer_list (const HablaRequest *request)
{
  guint64 limit, offset;
  HablaAsyncResponse *later;

  if (!habla_api_check_store (request) ||
      !habla_request_get_number (request, "limit", DEFAULT_LIMIT, 1, HABLA_MAX_LIMIT, &limit) ||
      !habla_request_get_number (request, "offset", 0, 0, G_MAXINT64, &offset))
    return;
  later = habla_async_response_new (request);
  habla_store_list_sessions_async (habla_api_from_response (later)->store, limit, offset,
      later->cancellable, list_sessions_done, later);
}

static void
reply_with_exchanges (HablaAsyncResponse *later, GPtrArray *exchanges)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < exchanges->len; i++)
    habla_session_json_add_exchange (builder, g_ptr_array_index (exchanges, i));
  json_builder_end_array (builder);
  if (!later->is_gone)
    habla_response_set_json (later->message, SOUP_STATUS_OK, builder);
  habla_async_response_finish (later);
}

static void
search_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaAsyncResponse *later = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found =
      habla_store_list_finish (habla_api_from_response (later)->store, result, &error);

  if (found != NULL)
    reply_with_exchanges (later, found);
  else
    habla_api_fail_response (later, error);
}

static void
answer_search (const HablaRequest *request)
{
  const char *query = habla_request_get_parameter (request, "q");
  HablaAsyncResponse *later;
  guint64 limit;

  if (!habla_api_check_store (request) ||
      !habla_request_get_number (request, "limit", DEFAULT_LIMIT, 1, HABLA_MAX_LIMIT, &limit))
    return;
  if (query == NULL || strlen (query) > MAX_QUERY) {
    habla_response_set_error (request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY,
        "\"q\" is to be what is looked for, of at most %d bytes", MAX_QUERY);
    return;
  }
  if (!g_utf8_validate (query, -1, NULL)) {
    habla_response_set_error (request->message, SOUP_STATUS_BAD_REQUEST, "\"q\" is not UTF-8");
    return;
  }
  later = habla_async_response_new (request);
  habla_store_search_async (
      habla_api_from_response (later)->store, query, limit, later->cancellable, search_done, later);
}

static void
get_session_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaAsyncResponse *later = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaSessionRecord) session =
      habla_store_get_session_finish (habla_api_from_response (later)->store, result, &error);
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  if (session == NULL) {
    habla_api_fail_response (later, error);
    return;
  }
  habla_session_json_add_session (builder, session);
  if (!later->is_gone)
    habla_response_set_json (later->message, SOUP_STATUS_OK, builder);
  habla_async_response_finish (later);
}

/* Of changes: what else would have been an error. */
static void
change_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaAsyncResponse *later = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  if (!habla_store_finish (habla_api_from_response (later)->store, result, &error)) {
    habla_api_fail_response (later, error);
    return;
  }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "status");
  json_builder_add_string_value (builder, "ok");
  json_builder_end_object (builder);
  if (!later->is_gone)
    habla_response_set_json (later->message, SOUP_STATUS_OK, builder);
  habla_async_response_finish (later);
}

static void
answer_session (const HablaRequest *request)
{
  HablaAsyncResponse *later;
  guint64 id;

  if (!habla_api_check_store (request) || !habla_api_get_session_id (request, &id))
    return;
  later = habla_async_response_new (request);
  if (g_str_equal (soup_server_message_get_method (request->message), SOUP_METHOD_DELETE))
    habla_store_delete_session_async (
        habla_api_from_response (later)->store, id, change_done, later);
  else
    habla_store_get_session_async (
        habla_api_from_response (later)->store, id, later->cancellable, get_session_done, later);
}

static void
answer_save (const HablaRequest *request)
{
  g_autoptr (JsonObject) object = NULL;
  HablaAsyncResponse *later;
  const char *notes;
  guint64 id;

  if (!habla_api_check_store (request) || !habla_api_get_session_id (request, &id))
    return;
  object = habla_request_body_get_object (request);
  notes = object != NULL ? habla_request_body_get_string (request, object, "notes") : NULL;
  if (notes == NULL)
    return;
  later = habla_async_response_new (request);
  habla_store_save_session_async (
      habla_api_from_response (later)->store, id, notes, change_done, later);
}

/* Nothing was found: is it that there is no such session? */
static void
nothing_there (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaAsyncResponse *later = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaSessionRecord) session =
      habla_store_get_session_finish (habla_api_from_response (later)->store, result, &error);
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();

  if (session != NULL)
    reply_with_exchanges (later, nothing);
  else
    habla_api_fail_response (later, error);
}

typedef struct {
  HablaAsyncResponse *later;
  guint64 session_id;
} Listing;

static void
list_exchanges_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Listing *listing = user_data;
  HablaAsyncResponse *later = listing->later;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) exchanges =
      habla_store_list_finish (habla_api_from_response (later)->store, result, &error);

  if (exchanges == NULL)
    habla_api_fail_response (later, error);
  else if (exchanges->len > 0)
    reply_with_exchanges (later, exchanges);
  else
    habla_store_get_session_async (habla_api_from_response (later)->store, listing->session_id,
        later->cancellable, nothing_there, later);
}

static void
answer_exchanges (const HablaRequest *request)
{
  guint64 id, limit, after;
  Listing *listing;

  if (!habla_api_check_store (request) || !habla_api_get_session_id (request, &id) ||
      !habla_request_get_number (request, "limit", DEFAULT_LIMIT, 1, HABLA_MAX_LIMIT, &limit) ||
      !habla_request_get_number (request, "after", 0, 0, G_MAXINT64, &after))
    return;
  listing = g_new0 (Listing, 1);
  listing->later = habla_async_response_new (request);
  listing->session_id = id;
  habla_store_list_utterances_async (habla_api_from_response (listing->later)->store, id, after,
      limit, listing->later->cancellable, list_exchanges_done, listing);
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
