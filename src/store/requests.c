/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The asynchronous requests of HablaStore, each with the function that its thread runs. */
#include "store/store-private.h"

static void
request_free (HablaRequest *self)
{
  if (self->data != NULL)
    self->free_data (self->data);
  g_free (self->text);
  g_free (self->more_text);
  g_free (self);
}

GTask *
habla_request_new_task (HablaStore *store, const HablaRequest *request, gpointer tag,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  HablaRequest *copy = g_memdup2 (request, sizeof *request);

  copy->store = store;
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, copy, (GDestroyNotify) request_free);
  return task;
}

static gpointer
request_add_utterance (HablaDatabase *database, HablaRequest *request, GError **error)
{
  habla_database_add_utterance (database, request->data, error);
  return NULL;
}

void
habla_store_add_utterance_async (HablaStore *self, HablaUtteranceRecord *utterance,
    GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_add_utterance,
    .data = utterance,
    .free_data = (GDestroyNotify) habla_utterance_record_free };

  habla_store_push_change (self, habla_request_new_task (self, &request,
                                     habla_store_add_utterance_async, NULL, callback, user_data));
}

static gpointer
request_update_speakers (HablaDatabase *database, HablaRequest *request, GError **error)
{
  habla_database_update_speakers (database, request->id, request->data, error);
  return NULL;
}

void
habla_store_update_speakers (HablaStore *self, guint64 session_id, GPtrArray *speakers)
{
  const HablaRequest request = { .run = request_update_speakers,
    .id = session_id,
    .data = speakers,
    .free_data = (GDestroyNotify) g_ptr_array_unref };

  habla_store_push_change (
      self, habla_request_new_task (self, &request, habla_store_update_speakers, NULL, NULL, NULL));
}

static gpointer
request_set_settings (HablaDatabase *database, HablaRequest *request, GError **error)
{
  habla_database_set_settings (database, request->text, request->more_text, error);
  return NULL;
}

void
habla_store_set_settings (HablaStore *self, const char *direction, const char *mode)
{
  const HablaRequest request = {
    .run = request_set_settings, .text = g_strdup (direction), .more_text = g_strdup (mode)
  };

  habla_store_push_change (
      self, habla_request_new_task (self, &request, habla_store_set_settings, NULL, NULL, NULL));
}

static gpointer
request_set_language_model (HablaDatabase *database, HablaRequest *request, GError **error)
{
  habla_database_set_language_model (database, request->text, error);
  return NULL;
}

void
habla_store_set_language_model (HablaStore *self, const char *text)
{
  const HablaRequest request = { .run = request_set_language_model, .text = g_strdup (text) };

  habla_store_push_change (self,
      habla_request_new_task (self, &request, habla_store_set_language_model, NULL, NULL, NULL));
}

static gpointer
request_set_topic (HablaDatabase *database, HablaRequest *request, GError **error)
{
  habla_database_set_topic (database, request->id, request->text, error);
  return NULL;
}

void
habla_store_set_topic (HablaStore *self, guint64 session_id, const char *topic)
{
  const HablaRequest request = {
    .run = request_set_topic, .id = session_id, .text = g_strdup (topic)
  };

  habla_store_push_change (
      self, habla_request_new_task (self, &request, habla_store_set_topic, NULL, NULL, NULL));
}

static gpointer
request_release_ids (HablaDatabase *database, HablaRequest *request, GError **error)
{
  habla_database_release_ids (database, request->id, request->since, error);
  return NULL;
}

void
habla_store_release_ids (HablaStore *self, guint64 session_id, guint64 exchange_id)
{
  const HablaRequest request = {
    .run = request_release_ids, .id = session_id, .since = exchange_id
  };

  habla_store_push_change (
      self, habla_request_new_task (self, &request, habla_store_release_ids, NULL, NULL, NULL));
}

/* The thread writes changes before it runs a query: those that are left could not be written. */
static gpointer
request_flush (HablaDatabase *database, HablaRequest *request, GError **error)
{
  if (habla_store_has_pending_changes (request->store))
    g_propagate_error (error, habla_store_make_error (request->store));
  return NULL;
}

void
habla_store_flush_async (HablaStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_flush };

  habla_store_push_query (self,
      habla_request_new_task (self, &request, habla_store_flush_async, NULL, callback, user_data));
}

gboolean
habla_store_finish (HablaStore *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gpointer
request_list_sessions (HablaDatabase *database, HablaRequest *request, GError **error)
{
  return habla_database_list_sessions (database, request->limit, request->since, error);
}

void
habla_store_list_sessions_async (HablaStore *self, guint limit, guint64 offset,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_list_sessions,
    .free_result = (GDestroyNotify) g_ptr_array_unref,
    .limit = limit,
    .since = offset };

  habla_store_push_query (
      self, habla_request_new_task (
                self, &request, habla_store_list_sessions_async, cancellable, callback, user_data));
}

static gpointer
request_get_session (HablaDatabase *database, HablaRequest *request, GError **error)
{
  return habla_database_get_session (database, request->id, error);
}

void
habla_store_get_session_async (HablaStore *self, guint64 id, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = {
    .run = request_get_session, .free_result = (GDestroyNotify) habla_session_record_free, .id = id
  };

  habla_store_push_query (
      self, habla_request_new_task (
                self, &request, habla_store_get_session_async, cancellable, callback, user_data));
}

static gpointer
request_find_session (HablaDatabase *database, HablaRequest *request, GError **error)
{
  return habla_database_find_session (database, request->text, error);
}

void
habla_store_find_session_async (HablaStore *self, const char *room, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_find_session,
    .free_result = (GDestroyNotify) habla_session_record_free,
    .text = g_strdup (room) };

  habla_store_push_query (
      self, habla_request_new_task (
                self, &request, habla_store_find_session_async, cancellable, callback, user_data));
}

HablaSessionRecord *
habla_store_get_session_finish (HablaStore *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gpointer
request_list_utterances (HablaDatabase *database, HablaRequest *request, GError **error)
{
  const HablaUtteranceQuery query = { .session_id = request->id,
    .since = request->since,
    .limit = request->limit,
    .offset = request->offset };

  return habla_database_list_utterances (database, &query, error);
}

void
habla_store_list_utterances_async (HablaStore *self, const HablaUtteranceQuery *query,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_list_utterances,
    .free_result = (GDestroyNotify) g_ptr_array_unref,
    .id = query->session_id,
    .since = query->since,
    .limit = query->limit,
    .offset = query->offset };

  habla_store_push_query (
      self, habla_request_new_task (self, &request, habla_store_list_utterances_async, cancellable,
                callback, user_data));
}

static gpointer
request_list_missed (HablaDatabase *database, HablaRequest *request, GError **error)
{
  const HablaUtteranceQuery query = {
    .session_id = request->id,
    .owner = request->text,
    .room = request->more_text,
    .since = request->since,
    .before = request->before,
    .limit = request->limit,
  };

  return habla_database_list_missed (database, &query, error);
}

void
habla_store_list_missed_async (HablaStore *self, const HablaUtteranceQuery *query,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_list_missed,
    .free_result = (GDestroyNotify) g_ptr_array_unref,
    .id = query->session_id,
    .text = g_strdup (query->owner),
    .more_text = g_strdup (query->room),
    .since = query->since,
    .before = query->before,
    .limit = query->limit };

  habla_store_push_query (
      self, habla_request_new_task (
                self, &request, habla_store_list_missed_async, cancellable, callback, user_data));
}

static gpointer
request_find_recording (HablaDatabase *database, HablaRequest *request, GError **error)
{
  return habla_database_find_recording (database, request->id, request->since, error);
}

void
habla_store_find_recording_async (HablaStore *self, guint64 session_id, guint64 exchange_id,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = {
    .run = request_find_recording, .free_result = g_free, .id = session_id, .since = exchange_id
  };

  habla_store_push_query (
      self, habla_request_new_task (self, &request, habla_store_find_recording_async, cancellable,
                callback, user_data));
}

char *
habla_store_find_recording_finish (HablaStore *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gpointer
request_list_recordings (HablaDatabase *database, HablaRequest *request, GError **error)
{
  return habla_database_list_recordings (database, request->id, error);
}

void
habla_store_list_recordings_async (
    HablaStore *self, guint64 session_id, GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_list_recordings,
    .free_result = (GDestroyNotify) g_ptr_array_unref,
    .id = session_id };

  habla_store_push_query (self, habla_request_new_task (self, &request,
                                    habla_store_list_recordings_async, NULL, callback, user_data));
}

static gpointer
request_search (HablaDatabase *database, HablaRequest *request, GError **error)
{
  return habla_database_search (database, request->text, request->limit, error);
}

void
habla_store_search_async (HablaStore *self, const char *text, guint limit,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_search,
    .free_result = (GDestroyNotify) g_ptr_array_unref,
    .text = g_strdup (text),
    .limit = limit };

  habla_store_push_query (self, habla_request_new_task (self, &request, habla_store_search_async,
                                    cancellable, callback, user_data));
}

GPtrArray *
habla_store_list_finish (HablaStore *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gpointer
request_save_session (HablaDatabase *database, HablaRequest *request, GError **error)
{
  const HablaSessionDetails details = { .notes = request->text, .title = request->more_text };

  habla_database_save_session (database, request->id, &details, g_get_real_time (), error);
  return NULL;
}

void
habla_store_save_session_async (HablaStore *self, guint64 id, const HablaSessionDetails *details,
    GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_save_session,
    .id = id,
    .text = g_strdup (details->notes),
    .more_text = g_strdup (details->title) };

  habla_store_push_query (self, habla_request_new_task (self, &request,
                                    habla_store_save_session_async, NULL, callback, user_data));
}

static gpointer
request_delete_session (HablaDatabase *database, HablaRequest *request, GError **error)
{
  habla_database_delete_session (database, request->id, error);
  return NULL;
}

void
habla_store_delete_session_async (
    HablaStore *self, guint64 id, GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_delete_session, .id = id };

  habla_store_push_query (self, habla_request_new_task (self, &request,
                                    habla_store_delete_session_async, NULL, callback, user_data));
}
