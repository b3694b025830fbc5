/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "llm/llm-private.h"

#include <util/source.h>

#define MAX_ANSWER (1024 * 1024)
#define READ_SIZE 16384

/* A request. */
typedef struct {
  HablaLlmProvider provider;
  char *origin; /* for people */
  SoupMessage *message;
  GInputStream *stream; /* (nullable) */
  GByteArray *body;
  GCancellable *cancellable; /* of this request alone */
  GCancellable *parent;
  gulong parent_handler;
  GSource *timer;
  gboolean has_timed_out;
  HablaLlmFetchDone done;
  gpointer user_data;
} Fetch;

static void
fetch_end (Fetch *self, GStrv models, const GError *error)
{
  self->done (models, error, self->user_data);
  g_cancellable_disconnect (self->parent, self->parent_handler);
  habla_source_clear (&self->timer);
  g_object_unref (self->parent);
  g_object_unref (self->cancellable);
  g_object_unref (self->message);
  g_clear_object (&self->stream);
  g_byte_array_unref (self->body);
  g_free (self->origin);
  g_free (self);
}

static void
fetch_fail (Fetch *self, HablaLlmError code, const char *reason)
{
  g_autoptr (GError) error = g_error_new (HABLA_LLM_ERROR, code, "%s at %s %s",
      habla_llm_provider_names[self->provider], self->origin, reason);

  fetch_end (self, NULL, error);
}

/* @error: of GIO or libsoup. Certificates have the reason in the message too. */
static void
fetch_fail_connection (Fetch *self, const GError *error)
{
  g_autofree char *reason = NULL;

  if (self->has_timed_out)
    reason = g_strdup ("did not respond in time; check that it runs");
  else if (error->domain == G_TLS_ERROR)
    reason = g_strdup ("has no trusted certificate; install that of its authority");
  else
    reason = g_strdup_printf (
        "cannot be reached: %s; check its address, and that it runs", error->message);
  fetch_fail (self, HABLA_LLM_ERROR_UNREACHABLE, reason);
}

static void
fetch_parse (Fetch *self)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) models = habla_llm_parse_models (self->provider, self->body, &error);

  fetch_end (self, models, error);
}

static void fetch_read (Fetch *self);

static void
fetch_on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fetch *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
      g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (bytes == NULL)
    return fetch_fail_connection (self, error);
  if (g_bytes_get_size (bytes) == 0)
    return fetch_parse (self);
  g_byte_array_append (self->body, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (self->body->len > MAX_ANSWER)
    return fetch_fail (self, HABLA_LLM_ERROR_ANSWER, "sends more than 1 MiB; check its address");
  fetch_read (self);
}

static void
fetch_read (Fetch *self)
{
  g_input_stream_read_bytes_async (
      self->stream, READ_SIZE, G_PRIORITY_DEFAULT, self->cancellable, fetch_on_read, self);
}

/* The text of the server is not shown: it may repeat the key. */
static void
fetch_fail_status (Fetch *self, guint status)
{
  g_autofree char *reason =
      g_strdup_printf ("answers %u %s", status, soup_status_get_phrase (status));

  if (status == SOUP_STATUS_UNAUTHORIZED || status == SOUP_STATUS_FORBIDDEN)
    fetch_fail (self, HABLA_LLM_ERROR_KEY, "refuses the key; check api-key-file of [llm]");
  else if (status == SOUP_STATUS_SERVICE_UNAVAILABLE)
    fetch_fail (self, HABLA_LLM_ERROR_NOT_READY, "is not ready; try again in a moment");
  else
    fetch_fail (self, HABLA_LLM_ERROR_ANSWER, reason);
}

static void
fetch_on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fetch *self = user_data;
  g_autoptr (GError) error = NULL;
  guint status;

  self->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (self->stream == NULL)
    return fetch_fail_connection (self, error);
  status = soup_message_get_status (self->message);
  if (status != SOUP_STATUS_OK)
    return fetch_fail_status (self, status);
  fetch_read (self);
}

static gboolean
fetch_on_timeout (gpointer user_data)
{
  Fetch *self = user_data;

  self->has_timed_out = TRUE;
  habla_source_clear (&self->timer);
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static void
fetch_on_cancelled (GCancellable *parent, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

void
habla_llm_fetch (const HablaLlmFetch *request, HablaLlmFetchDone done, gpointer user_data)
{
  g_autofree char *target = habla_llm_url_for_models (request->provider, request->url);
  Fetch *self = g_new0 (Fetch, 1);

  self->provider = request->provider;
  self->origin = g_strdup (request->url);
  self->message = soup_message_new (SOUP_METHOD_GET, target);
  self->body = g_byte_array_new ();
  self->parent = g_object_ref (request->cancellable);
  self->cancellable = g_cancellable_new ();
  self->done = done;
  self->user_data = user_data;
  self->parent_handler = g_cancellable_connect (
      self->parent, G_CALLBACK (fetch_on_cancelled), self->cancellable, NULL);
  soup_message_add_flags (self->message, SOUP_MESSAGE_NO_REDIRECT);
  if (request->key != NULL) {
    g_autofree char *value = g_strconcat ("Bearer ", request->key, NULL);

    soup_message_headers_replace (
        soup_message_get_request_headers (self->message), "Authorization", value);
  }
  habla_source_start_timer (
      &self->timer, request->timeout, "[habla] HablaLlm timeout", fetch_on_timeout, self);
  soup_session_send_async (
      request->session, self->message, G_PRIORITY_DEFAULT, self->cancellable, fetch_on_sent, self);
}
