/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recordings. Worker threads read their folders. */
#include "api/api-private.h"

#include <http/files/file-response.h>
#include <http/request-body.h>
#include <http/response.h>
#include <media/media-type.h>
#include <recording/corrections.h>
#include <recording/recording-folder.h>
#include <recording/reference-transcript.h>
#include <recording/recording-summary.h>
#include <recording/recording.h>
#include <stdlib.h>
#include <string.h>
#include <util/time-format.h>

/* The input of a worker thread. */
typedef struct {
  char *root;
  char *id;
  JsonObject *body;
  guint64 limit;
  guint64 offset;
} Query;

static void
query_free (gpointer data)
{
  Query *self = data;

  g_free (self->root);
  g_free (self->id);
  g_clear_pointer (&self->body, json_object_unref);
  g_free (self);
}

static char *
get_root (const HablaRequest *request)
{
  const char *root = habla_room_manager_get_recordings (habla_api_from_request (request)->manager);

  /* Without a folder for recordings, there are none. */
  return g_strdup (root != NULL ? root : "");
}

/* @n: which segment of the path is the recording's id */
static Query *
query_new (const HablaRequest *request, guint n)
{
  Query *self = g_new0 (Query, 1);

  self->root = get_root (request);
  self->id = habla_request_get_segment (request, n);
  return self;
}

/* Worker threads. */

static HablaRecording *
load (const Query *query, HablaWorkResult *answer)
{
  g_autoptr (GError) error = NULL;
  HablaRecording *recording = habla_recording_load (query->root, query->id, &error);

  answer->status = SOUP_STATUS_OK;
  if (recording == NULL) {
    answer->status = SOUP_STATUS_NOT_FOUND;
    answer->detail = g_strdup (error->message);
  }
  return recording;
}

static void
add_time (JsonObject *object, const char *name, gint64 time)
{
  g_autofree char *text = time != 0 ? habla_time_format (time, HABLA_TIME_PROTOCOL) : NULL;

  if (text != NULL)
    json_object_set_string_member (object, name, text);
  else
    json_object_set_null_member (object, name);
}

static JsonObject *
describe_summary (const char *id, const HablaRecordingSummary *summary)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "id", id);
  json_object_set_boolean_member (object, "has_raw_stream", summary->has_stream);
  json_object_set_boolean_member (object, "has_ground_truth", summary->has_ground_truth);
  json_object_set_int_member (object, "segment_count", summary->n_segments);
  add_time (object, "started_at", summary->started_at);
  add_time (object, "ended_at", summary->ended_at);
  json_object_set_int_member (object, "total_segments", summary->n_segments);
  json_object_set_double_member (object, "total_duration_seconds", summary->duration / 1e9);
  return object;
}

static JsonNode *
take_object (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

static void
list (gpointer input, GCancellable *cancellable, HablaWorkResult *answer)
{
  const Query *query = input;
  g_autoptr (GPtrArray) ids = habla_recording_list (query->root);
  JsonArray *array = json_array_new ();

  for (guint64 i = query->offset; i < ids->len && i - query->offset < query->limit &&
                                  !g_cancellable_is_cancelled (cancellable);
       i++) {
    const char *id = g_ptr_array_index (ids, i);
    HablaRecordingSummary summary;

    if (habla_recording_summarise (query->root, id, &summary))
      json_array_add_object_element (array, describe_summary (id, &summary));
  }
  if (g_cancellable_is_cancelled (cancellable)) {
    json_array_unref (array);
    return;
  }
  answer->status = SOUP_STATUS_OK;
  answer->json = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (answer->json, array);
}

/* Pages for corrections read the segments here. */
static JsonNode *
describe_truth (HablaRecording *recording)
{
  JsonNode *node = habla_reference_transcript_describe (recording);
  JsonObject *object = json_node_get_object (node);
  JsonObject *data = json_object_get_object_member (object, "data");

  json_object_set_member (object, "segments", json_object_dup_member (data, "segments"));
  return node;
}

static void
describe (gpointer input, GCancellable *cancellable, HablaWorkResult *answer)
{
  g_autoptr (HablaRecording) recording = load (input, answer);
  JsonObject *object;

  if (recording == NULL)
    return;
  object = json_object_new ();
  json_object_set_string_member (object, "id", recording->id);
  json_object_set_member (object, "metadata", habla_recording_to_json (recording));
  if (recording->has_ground_truth)
    json_object_set_member (object, "ground_truth", describe_truth (recording));
  answer->json = take_object (object);
}

static void
delete_one (gpointer input, GCancellable *cancellable, HablaWorkResult *answer)
{
  const Query *query = input;
  g_autoptr (HablaRecording) recording = load (query, answer);
  JsonObject *object;

  if (recording == NULL)
    return;
  if (!habla_recording_folder_delete (query->root, query->id)) {
    answer->status = SOUP_STATUS_CONFLICT;
    answer->detail = g_strdup_printf ("The recording %s cannot be deleted: stop what makes or plays"
                                      " it, or check the permissions of %s",
        query->id, query->root);
    return;
  }
  object = json_object_new ();
  json_object_set_string_member (object, "status", "deleted");
  json_object_set_string_member (object, "recording_id", query->id);
  answer->json = take_object (object);
}

static void
get_truth (gpointer input, GCancellable *cancellable, HablaWorkResult *answer)
{
  g_autoptr (HablaRecording) recording = load (input, answer);

  if (recording == NULL)
    return;
  if (recording->has_ground_truth || recording->segments->len > 0) {
    answer->json = habla_reference_transcript_describe (recording);
    return;
  }
  answer->status = SOUP_STATUS_NOT_FOUND;
  answer->detail = g_strdup ("Nothing was recognised in the recording");
}

static void
put_truth (gpointer input, GCancellable *cancellable, HablaWorkResult *answer)
{
  const Query *query = input;
  g_autoptr (HablaRecording) recording = load (query, answer);
  g_autoptr (GError) error = NULL;

  if (recording == NULL)
    return;
  if (habla_reference_transcript_save (recording, query->body, &error)) {
    answer->json = habla_reference_transcript_describe (recording);
    json_object_set_string_member (json_node_get_object (answer->json), "status", "saved");
    return;
  }
  answer->status = SOUP_STATUS_SERVICE_UNAVAILABLE;
  answer->detail = g_strdup_printf ("Failed to write the reference transcript: %s", error->message);
}

static void
count (gpointer input, GCancellable *cancellable, HablaWorkResult *answer)
{
  const Query *query = input;
  HablaCorrections corrections;
  JsonObject *object;

  habla_corrections_count (query->root, cancellable, &corrections);
  if (g_cancellable_is_cancelled (cancellable))
    return;
  object = json_object_new ();
  json_object_set_int_member (object, "total_recordings", corrections.n_all);
  json_object_set_int_member (object, "recordings_with_gt", corrections.n_recordings);
  json_object_set_int_member (object, "reviewed_segments", corrections.n_reviewed);
  json_object_set_int_member (object, "total_segments", corrections.n_segments);
  json_object_set_int_member (object, "corrected_segments", corrections.n_corrected);
  json_object_set_double_member (object, "total_duration_seconds", corrections.duration / 1e9);
  if (corrections.wer.words > 0)
    json_object_set_double_member (
        object, "word_error_rate", habla_word_error_rate_get_rate (&corrections.wer));
  else
    json_object_set_null_member (object, "word_error_rate");
  answer->status = SOUP_STATUS_OK;
  answer->json = take_object (object);
}

/* Main thread. */

/* Clients that send no limit get as many elements as a list may have. */
static void
answer_list (const HablaRequest *request)
{
  guint64 limit, offset;
  Query *query;

  if (!habla_request_get_number (request, "limit", HABLA_MAX_LIMIT, 1, HABLA_MAX_LIMIT, &limit) ||
      !habla_request_get_number (request, "offset", 0, 0, G_MAXINT64, &offset))
    return;
  query = query_new (request, 2);
  query->limit = limit;
  query->offset = offset;
  habla_async_response_run (request, list, query, query_free);
}

static void
answer_one (const HablaRequest *request)
{
  gboolean is_deletion =
      g_str_equal (soup_server_message_get_method (request->message), SOUP_METHOD_DELETE);

  habla_async_response_run (
      request, is_deletion ? delete_one : describe, query_new (request, 2), query_free);
}

static void
answer_corrections (const HablaRequest *request)
{
  habla_async_response_run (request, count, query_new (request, 2), query_free);
}

static void
answer_truth (const HablaRequest *request)
{
  g_autoptr (JsonObject) body = NULL;
  g_autoptr (GError) error = NULL;
  Query *query;

  if (strcmp (soup_server_message_get_method (request->message), "PUT") != 0) {
    habla_async_response_run (request, get_truth, query_new (request, 2), query_free);
    return;
  }
  body = habla_request_body_get_object (request);
  if (body == NULL)
    return;
  if (!habla_reference_transcript_check (body, &error)) {
    habla_response_set_error (
        request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY, "%s", error->message);
    return;
  }
  query = query_new (request, 2);
  query->body = g_steal_pointer (&body);
  habla_async_response_run (request, put_truth, query, query_free);
}

/* Audio */

typedef struct {
  char *root;
  char *id;
  guint index; /* of a segment */
  guint64 session_id;
  guint64 exchange_id;
  HablaAsyncResponse *response; /* waits for the store */
} Search;

static void
search_free (Search *self)
{
  g_free (self->root);
  g_free (self->id);
  g_free (self);
}

/* Worker thread. */
static void
find_stream (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Search *search = data;
  g_autoptr (HablaRecording) recording = habla_recording_load (search->root, search->id, NULL);

  g_task_return_pointer (task,
      recording != NULL && recording->stream != NULL
          ? g_build_filename (recording->folder, recording->stream, NULL)
          : NULL,
      g_free);
}

/* Worker thread. */
static void
find_segment (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Search *search = data;
  g_autofree char *folder = habla_recording_find (search->root, search->id, NULL);

  g_task_return_pointer (task,
      folder != NULL ? habla_recording_get_segment_path (folder, search->index) : NULL, g_free);
}

/* Worker thread. */
static void
find_exchange (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Search *search = data;
  g_autoptr (HablaRecording) recording = habla_recording_load (search->root, search->id, NULL);
  HablaRecordingSegment *segment = recording != NULL ? habla_recording_find_exchange (recording,
                                                           search->session_id, search->exchange_id)
                                                     : NULL;

  g_task_return_pointer (task,
      segment != NULL ? habla_recording_get_segment_path (recording->folder, segment->index) : NULL,
      g_free);
}

static const char *
get_media_type (const char *path)
{
  const HablaMediaType *type = path != NULL ? habla_media_type_find_by_name (path) : NULL;

  return type != NULL ? type->mime_type : "application/octet-stream";
}

static void
on_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  char *path = g_task_propagate_pointer (G_TASK (result), NULL);

  habla_file_response_send (user_data, path, get_media_type (path));
}

/* @response: (transfer full)
 * @search: (transfer full) */
static void
send_found (HablaAsyncResponse *response, Search *search, GTaskThreadFunc find)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_found, response);

  g_task_set_name (task, "[habla] find audio");
  g_task_set_task_data (task, search, (GDestroyNotify) search_free);
  habla_async_response_run_task (task, find);
}

static void
answer_audio (const HablaRequest *request)
{
  Search *search = g_new0 (Search, 1);

  search->root = get_root (request);
  search->id = habla_request_get_segment (request, 2);
  send_found (habla_async_response_new (request), search, find_stream);
}

/* @name: of a segment's audio, which counts from 001. Returns: the number; 0 if it is another name
 */
static guint
get_segment_number (const char *name)
{
  const char *digits = g_str_has_prefix (name, "segment_") ? name + strlen ("segment_") : "";
  gsize length = strspn (digits, "0123456789");

  return length >= 3 && length <= 6 && g_str_equal (digits + length, ".wav") ? atoi (digits) : 0;
}

static void
answer_segment (const HablaRequest *request)
{
  g_autofree char *name = habla_request_get_segment (request, 4);
  guint number = get_segment_number (name);
  Search *search;

  if (number == 0) {
    habla_response_set_error (request->message, SOUP_STATUS_NOT_FOUND, "There is no such audio");
    return;
  }
  search = g_new0 (Search, 1);
  search->root = get_root (request);
  search->id = habla_request_get_segment (request, 2);
  search->index = number - 1;
  send_found (habla_async_response_new (request), search, find_segment);
}

static void
on_recording (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Search *search = user_data;
  HablaAsyncResponse *response = search->response;
  g_autoptr (GError) error = NULL;

  search->id =
      habla_store_find_recording_finish (habla_api_from_response (response)->store, result, &error);
  if (search->id != NULL) {
    send_found (response, search, find_exchange);
    return;
  }
  habla_api_fail_response (response, error);
  search_free (search);
}

/* The store knows which recording has the exchange. */
static void
answer_exchange (const HablaRequest *request)
{
  g_autofree char *exchange = habla_request_get_segment (request, 4);
  guint64 session_id, exchange_id;
  Search *search;

  if (!habla_api_check_store (request) || !habla_api_get_session_id (request, &session_id))
    return;
  if (!g_ascii_string_to_unsigned (exchange, 10, 1, G_MAXINT64, &exchange_id, NULL)) {
    habla_response_set_error (request->message, SOUP_STATUS_NOT_FOUND, "There is no such exchange");
    return;
  }
  search = g_new0 (Search, 1);
  search->root = get_root (request);
  search->session_id = session_id;
  search->exchange_id = exchange_id;
  search->response = habla_async_response_new (request);
  habla_store_find_recording_async (habla_api_from_response (search->response)->store, session_id,
      exchange_id, search->response->cancellable, on_recording, search);
}

/* clang-format off */
const HablaRoute habla_routes_recordings[] = {
  { .path = "/api/recordings", .methods = "GET", .handler = answer_list },
  { .path = "/api/recordings/{}", .methods = "GET, DELETE", .handler = answer_one },
  { .path = "/api/recordings/{}/audio", .methods = "GET", .handler = answer_audio },
  { .path = "/api/recordings/{}/audio/{}", .methods = "GET", .handler = answer_segment },
  { .path = "/api/recordings/{}/ground-truth", .methods = "GET, PUT", .handler = answer_truth },
  { .path = "/api/corrections/stats", .methods = "GET", .handler = answer_corrections },
  { .path = "/api/sessions/{}/exchanges/{}/audio", .methods = "GET", .handler = answer_exchange },
  {},
};
/* clang-format on */
