/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Vocabulary items. They are the owner's: no join code gives access to them. */
#include "api/vocabulary/routes-vocabulary.h"

#include "api/vocabulary/vocabulary-body.h"
#include "api/vocabulary/vocabulary-json.h"

#include <http/request-body.h>
#include <http/response.h>
#include <json/json-writer.h>
#include <store/vocabulary/vocabulary-search.h>
#include <store/vocabulary/vocabulary.h>
#include <string.h>

/* Lengths of lists. */
#define DEFAULT_LIST 50
#define MAX_LIST 500
#define DEFAULT_DUE 20
#define MAX_DUE 200
#define DEFAULT_SESSION 20
#define MAX_SESSION 100
/* Largest search text, in bytes. */
#define MAX_QUERY 1000

static HablaStore *
get_store (const HablaRequest *request)
{
  return habla_api_from_request (request)->store;
}

/* Returns: whether there is a store, and the path has an id; if not, the request has been
 * answered */
static gboolean
get_id (const HablaRequest *request, guint64 *id)
{
  return habla_api_check_store (request) && habla_api_get_id (request, "vocabulary item", id);
}

/* @response: (transfer full) */
static void
answer (HablaAsyncResponse *response, JsonBuilder *builder)
{
  if (!response->is_gone)
    habla_response_set_json (response->message, SOUP_STATUS_OK, builder);
  habla_async_response_finish (response);
}

static void
answer_with_item (HablaAsyncResponse *response, GAsyncResult *result,
    void (*add) (JsonBuilder *builder, const HablaVocabularyItem *item))
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaVocabularyItem) item =
      habla_vocabulary_item_finish (habla_api_from_response (response)->store, result, &error);
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  if (item == NULL) {
    habla_api_fail_response (response, error);
    return;
  }
  add (builder, item);
  answer (response, builder);
}

static void
item_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  answer_with_item (user_data, result, habla_vocabulary_json_add_item);
}

static void
review_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  answer_with_item (user_data, result, habla_vocabulary_json_add_review);
}

static void
add_added (JsonBuilder *builder, const HablaVocabularyItem *item)
{
  gboolean is_duplicate = item->times_encountered > 1;

  habla_json_begin_object (builder, NULL);
  habla_json_add_int (builder, "id", item->id);
  habla_json_add_boolean (builder, "duplicate", is_duplicate);
  if (is_duplicate)
    habla_json_add_int (builder, "times_encountered", item->times_encountered);
  json_builder_end_object (builder);
}

static void
add_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  answer_with_item (user_data, result, add_added);
}

static void
list_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaAsyncResponse *response = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items =
      habla_store_list_finish (habla_api_from_response (response)->store, result, &error);
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  if (items == NULL) {
    habla_api_fail_response (response, error);
    return;
  }
  habla_vocabulary_json_add_items (builder, NULL, items);
  answer (response, builder);
}

static void
list_items (const HablaRequest *request, const HablaVocabularyQuery *query)
{
  HablaAsyncResponse *response = habla_async_response_new (request);

  habla_vocabulary_list_async (
      get_store (request), query, response->cancellable, list_done, response);
}

static void
answer_list (const HablaRequest *request)
{
  const char *category = habla_request_get_parameter (request, "category");
  HablaVocabularyQuery query = { .order = HABLA_VOCABULARY_NEWEST };
  guint64 limit;

  if (!habla_api_check_store (request) ||
      !habla_request_get_number (request, "limit", DEFAULT_LIST, 1, MAX_LIST, &limit) ||
      !habla_request_get_number (request, "offset", 0, 0, G_MAXINT64, &query.offset))
    return;
  if (category != NULL && !g_utf8_validate (category, -1, NULL)) {
    habla_response_set_error (
        request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY, "\"category\" must be UTF-8");
    return;
  }
  query.category = category != NULL && *category != '\0' ? category : NULL;
  query.limit = limit;
  list_items (request, &query);
}

static void
answer_add (const HablaRequest *request)
{
  HablaVocabularyItem *item =
      habla_api_check_store (request) ? habla_vocabulary_body_get_item (request) : NULL;

  if (item != NULL)
    habla_vocabulary_add_async (
        get_store (request), item, add_done, habla_async_response_new (request));
}

static void
answer_vocabulary (const HablaRequest *request)
{
  const char *method = soup_server_message_get_method (request->message);

  if (g_str_equal (method, SOUP_METHOD_POST))
    answer_add (request);
  else
    answer_list (request);
}

static void
answer_due (const HablaRequest *request)
{
  HablaVocabularyQuery query = { .order = HABLA_VOCABULARY_DUE };
  guint64 limit;

  if (!habla_api_check_store (request) ||
      !habla_request_get_number (request, "limit", DEFAULT_DUE, 1, MAX_DUE, &limit))
    return;
  query.limit = limit;
  list_items (request, &query);
}

/* Returns: (transfer full) (nullable): NULL if the request has been answered */
static GStrv
get_search (const HablaRequest *request)
{
  const char *text = habla_request_get_parameter (request, "q");
  g_autoptr (GError) error = NULL;
  GStrv words = NULL;

  if (text == NULL) {
    habla_response_set_error (
        request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY, "\"q\" must be the text to search for");
    return NULL;
  }
  if (strlen (text) > MAX_QUERY)
    g_set_error (&error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_REFUSED,
        "The search may have %d bytes at most", MAX_QUERY);
  else
    words = habla_vocabulary_parse_search (text, &error);
  if (words == NULL)
    habla_response_set_error (request->message, SOUP_STATUS_BAD_REQUEST, "%s", error->message);
  return words;
}

static void
answer_search (const HablaRequest *request)
{
  HablaVocabularyQuery query = { .order = HABLA_VOCABULARY_NEWEST };
  g_auto (GStrv) words = NULL;
  guint64 limit;

  if (!habla_api_check_store (request) ||
      !habla_request_get_number (request, "limit", DEFAULT_LIST, 1, MAX_LIST, &limit) ||
      (words = get_search (request)) == NULL)
    return;
  query.words = (const char *const *) words;
  query.limit = limit;
  list_items (request, &query);
}

static void
stats_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaAsyncResponse *response = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaVocabularyStats) stats =
      habla_vocabulary_get_stats_finish (habla_api_from_response (response)->store, result, &error);
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  if (stats == NULL) {
    habla_api_fail_response (response, error);
    return;
  }
  habla_json_begin_object (builder, NULL);
  habla_json_add_int (builder, "total", stats->total);
  habla_json_add_int (builder, "due_for_review", stats->due);
  habla_json_begin_object (builder, "by_category");
  for (guint i = 0; i < stats->categories->len; i++) {
    const HablaVocabularyCount *count = g_ptr_array_index (stats->categories, i);

    habla_json_add_int (builder, count->category, count->n);
  }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  answer (response, builder);
}

static void
answer_stats (const HablaRequest *request)
{
  HablaAsyncResponse *response;

  if (!habla_api_check_store (request))
    return;
  response = habla_async_response_new (request);
  habla_vocabulary_get_stats_async (
      get_store (request), response->cancellable, stats_done, response);
}

static void
session_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  static const char *const names[] = {
    [HABLA_REVIEW_DUE] = "due", [HABLA_REVIEW_NEW] = "new", [HABLA_REVIEW_STRUGGLING] = "struggling"
  };
  HablaAsyncResponse *response = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaReviewSession) session = habla_vocabulary_get_session_finish (
      habla_api_from_response (response)->store, result, &error);
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  guint total = 0;

  if (session == NULL) {
    habla_api_fail_response (response, error);
    return;
  }
  habla_json_begin_object (builder, NULL);
  for (guint i = 0; i < HABLA_REVIEW_N_GROUPS; i++) {
    habla_vocabulary_json_add_items (builder, names[i], session->groups[i]);
    total += session->groups[i]->len;
  }
  habla_json_add_int (builder, "total", total);
  json_builder_end_object (builder);
  answer (response, builder);
}

static void
answer_session (const HablaRequest *request)
{
  HablaAsyncResponse *response;
  guint64 size;

  if (!habla_api_check_store (request) ||
      !habla_request_get_number (request, "size", DEFAULT_SESSION, 1, MAX_SESSION, &size))
    return;
  response = habla_async_response_new (request);
  habla_vocabulary_get_session_async (
      get_store (request), size, response->cancellable, session_done, response);
}

static void
answer_review (const HablaRequest *request)
{
  g_autoptr (JsonObject) object = NULL;
  gint64 quality;
  guint64 id;

  if (!get_id (request, &id) || (object = habla_request_body_get_object (request)) == NULL ||
      !habla_vocabulary_body_get_integer (request, object, "quality", &quality))
    return;
  if (quality < HABLA_REVIEW_WORST || quality > HABLA_REVIEW_BEST)
    habla_response_set_error (request->message, SOUP_STATUS_BAD_REQUEST,
        "\"quality\" must be from %d to %d", HABLA_REVIEW_WORST, HABLA_REVIEW_BEST);
  else
    habla_vocabulary_review_async (
        get_store (request), id, quality, review_done, habla_async_response_new (request));
}

static void
delete_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaAsyncResponse *response = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  if (!habla_store_finish (habla_api_from_response (response)->store, result, &error)) {
    habla_api_fail_response (response, error);
    return;
  }
  habla_json_begin_object (builder, NULL);
  habla_json_add_boolean (builder, "deleted", TRUE);
  json_builder_end_object (builder);
  answer (response, builder);
}

static void
change_item (const HablaRequest *request, guint64 id)
{
  HablaVocabularyItem *change = habla_vocabulary_body_get_change (request);

  if (change == NULL)
    return;
  change->id = id;
  habla_vocabulary_change_async (
      get_store (request), change, item_done, habla_async_response_new (request));
}

static void
get_item (const HablaRequest *request, guint64 id)
{
  HablaAsyncResponse *response = habla_async_response_new (request);

  habla_vocabulary_get_async (get_store (request), id, response->cancellable, item_done, response);
}

static void
answer_item (const HablaRequest *request)
{
  const char *method = soup_server_message_get_method (request->message);
  guint64 id;

  if (!get_id (request, &id))
    return;
  if (g_str_equal (method, SOUP_METHOD_DELETE))
    habla_vocabulary_delete_async (
        get_store (request), id, delete_done, habla_async_response_new (request));
  else if (g_str_equal (method, "PATCH"))
    change_item (request, id);
  else
    get_item (request, id);
}

const HablaRoute habla_routes_vocabulary[] = {
  { .path = "/api/vocab", .methods = "GET, POST", .handler = answer_vocabulary },
  { .path = "/api/vocab/due", .methods = "GET", .handler = answer_due },
  { .path = "/api/vocab/search", .methods = "GET", .handler = answer_search },
  { .path = "/api/vocab/stats", .methods = "GET", .handler = answer_stats },
  { .path = "/api/vocab/review-session", .methods = "GET", .handler = answer_session },
  { .path = "/api/vocab/export/anki",
      .methods = "GET",
      .handler = habla_api_export_vocabulary_anki },
  { .path = "/api/vocab/export/json",
      .methods = "GET",
      .handler = habla_api_export_vocabulary_json },
  { .path = "/api/vocab/{}", .methods = "GET, PATCH, DELETE", .handler = answer_item },
  { .path = "/api/vocab/{}/review", .methods = "POST", .handler = answer_review },
  {},
};
