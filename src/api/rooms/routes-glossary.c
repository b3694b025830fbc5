/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Glossaries of rooms. A room need not be open: its glossary is kept by its name. */
#include "api/api-private.h"

#include <habla/error.h>
#include <http/response.h>
#include <json/json-writer.h>
#include <string.h>

/* The input and the output of a worker thread. */
typedef struct {
  HablaGlossaryFolder *folder;
  char *room;
  char *from;   /* (nullable) */
  char *to;     /* (nullable) */
  GBytes *text; /* (nullable): contents to write, or contents read */
  guint n_terms;
} Job;

static void
job_free (gpointer data)
{
  Job *self = data;

  habla_glossary_folder_unref (self->folder);
  g_clear_pointer (&self->text, g_bytes_unref);
  g_free (self->room);
  g_free (self->from);
  g_free (self->to);
  g_free (self);
}

static HablaGlossaryKey
job_get_key (const Job *self)
{
  return (HablaGlossaryKey){ .room = self->room, .from = self->from, .to = self->to };
}

/* Worker threads. */

static void
read_glossary (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  HablaGlossaryKey key = job_get_key (job);
  GError *error = NULL;

  job->text = habla_glossary_folder_read (job->folder, &key, &error);
  if (job->text != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
write_glossary (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  HablaGlossaryKey key = job_get_key (job);
  GError *error = NULL;

  if (habla_glossary_folder_write (job->folder, &key, job->text, &job->n_terms, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
delete_glossary (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  HablaGlossaryKey key = job_get_key (job);
  GError *error = NULL;

  if (habla_glossary_folder_delete (job->folder, &key, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Main thread. */

static guint
get_status (const GError *error)
{
  if (g_error_matches (error, HABLA_ERROR, HABLA_ERROR_INPUT))
    return SOUP_STATUS_UNPROCESSABLE_ENTITY;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return SOUP_STATUS_NOT_FOUND;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE))
    return SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    return SOUP_STATUS_INSUFFICIENT_STORAGE;
  return SOUP_STATUS_SERVICE_UNAVAILABLE;
}

/* Returns: whether the work succeeded and the client is still there; if not, @response is over */
static gboolean
finish_work (HablaAsyncResponse *response, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  gboolean is_done = g_task_propagate_boolean (G_TASK (result), &error);

  if (is_done && !response->is_gone)
    return TRUE;
  if (!response->is_gone)
    habla_response_set_error (response->message, get_status (error), "%s", error->message);
  habla_async_response_finish (response);
  return FALSE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaAsyncResponse *response = user_data;
  const Job *job = g_task_get_task_data (G_TASK (result));

  if (!finish_work (response, result))
    return;
  habla_response_set (response->message, SOUP_STATUS_OK, "text/plain; charset=utf-8", job->text);
  habla_async_response_finish (response);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaAsyncResponse *response = user_data;
  const Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  habla_room_manager_update_glossary (habla_api_from_response (response)->manager, job->room);
  if (!finish_work (response, result))
    return;
  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "status", job->text != NULL ? "saved" : "deleted");
  habla_json_add_int (builder, "terms", job->n_terms);
  json_builder_end_object (builder);
  habla_response_set_json (response->message, SOUP_STATUS_OK, builder);
  habla_async_response_finish (response);
}

static gboolean
is_room_name (const char *name)
{
  return g_utf8_validate (name, -1, NULL) && g_utf8_strlen (name, -1) <= HABLA_MAX_ROOM_NAME &&
         !g_str_equal (name, HABLA_ROOM_LATEST);
}

/* Returns: (transfer full) (nullable): NULL if the request has been answered */
static Job *
job_new (const HablaRequest *request)
{
  HablaGlossaryFolder *folder =
      habla_room_manager_get_glossaries (habla_api_from_request (request)->manager);
  g_autofree char *room = habla_request_get_segment (request, 2);
  HablaGlossaryKey key = { .room = room,
    .from = habla_request_get_parameter (request, "from"),
    .to = habla_request_get_parameter (request, "to") };
  g_autoptr (GError) error = NULL;
  Job *self;

  if (folder == NULL || !is_room_name (room)) {
    habla_response_set_error (request->message, SOUP_STATUS_NOT_FOUND,
        "No room can have that name; a name has 1 to %d characters and is not “%s”",
        HABLA_MAX_ROOM_NAME, HABLA_ROOM_LATEST);
    return NULL;
  }
  if (!habla_glossary_folder_check (&key, &error)) {
    habla_response_set_error (
        request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY, "%s", error->message);
    return NULL;
  }
  self = g_new0 (Job, 1);
  self->folder = habla_glossary_folder_ref (folder);
  self->room = g_steal_pointer (&room);
  self->from = g_strdup (key.from);
  self->to = g_strdup (key.to);
  return self;
}

/* @job: (transfer full): a job */
static void
run (const HablaRequest *request, Job *job, GTaskThreadFunc work, GAsyncReadyCallback done)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, done, habla_async_response_new (request));

  g_task_set_name (task, "[habla] glossary of a room");
  g_task_set_task_data (task, job, job_free);
  habla_async_response_run_task (task, work);
}

/* Elements must stop using a file before it is deleted. */
static void
answer_delete (const HablaRequest *request, Job *job)
{
  HablaGlossaryKey key = job_get_key (job);

  habla_glossary_folder_forget (job->folder, &key);
  habla_room_manager_update_glossary (habla_api_from_request (request)->manager, job->room);
  run (request, job, delete_glossary, on_changed);
}

static gboolean
is_blank (GBytes *text)
{
  gsize length;
  const char *data = g_bytes_get_data (text, &length);

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isspace (data[i]))
      return FALSE;
  return TRUE;
}

static void
answer_put (const HablaRequest *request, Job *job)
{
  g_autoptr (GBytes) text =
      soup_message_body_flatten (soup_server_message_get_request_body (request->message));

  if (is_blank (text)) {
    answer_delete (request, job);
    return;
  }
  job->text = g_steal_pointer (&text);
  run (request, job, write_glossary, on_changed);
}

static void
answer_glossary (const HablaRequest *request)
{
  const char *method = soup_server_message_get_method (request->message);
  Job *job = job_new (request);

  if (job == NULL)
    return;
  if (g_str_equal (method, SOUP_METHOD_PUT))
    answer_put (request, job);
  else if (g_str_equal (method, SOUP_METHOD_DELETE))
    answer_delete (request, job);
  else
    run (request, job, read_glossary, on_read);
}

const HablaRoute habla_routes_glossary[] = {
  { .path = "/api/rooms/{}/glossary", .methods = "GET, PUT, DELETE", .handler = answer_glossary },
  {},
};
