/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A session as a file. It is read and sent a page at a time, each page when the one before has been
 * sent, so that a long session takes no more memory than a short one. */
#include "api/api-private.h"
#include "api/session-json.h"

#include <archive/exchange-record.h>
#include <http/response.h>
#include <store/export.h>

#define PAGE_SIZE 200 /* exchanges */

typedef struct {
  HablaAsyncResponse *response;
  guint64 id;
  HablaExportFormat format;
  char *language; /* (nullable) */
  HablaSessionRecord *session;
  HablaExport *writer;
  guint64 last; /* the exchange that was written last */
  gboolean is_begun;
  gboolean is_reading; /* the store has been asked for a page */
} SessionExport;

static void
session_export_free (SessionExport *self)
{
  g_signal_handlers_disconnect_by_data (self->response->message, self);
  g_clear_pointer (&self->writer, habla_export_free);
  g_clear_pointer (&self->session, habla_session_record_free);
  g_free (self->language);
  g_free (self);
}

static void
finish (SessionExport *self)
{
  HablaAsyncResponse *response = self->response;

  session_export_free (self);
  habla_async_response_finish (response);
}

static void
fail (SessionExport *self, const GError *error)
{
  HablaAsyncResponse *response = self->response;
  gboolean must_cut = self->is_begun && !response->is_gone;

  session_export_free (self);
  if (!must_cut) {
    habla_api_fail_response (response, error);
    return;
  }
  g_message ("Export aborted: %s", error->message);
  habla_async_response_abort (response);
  habla_async_response_finish (response);
}

static void read_page (SessionExport *self);

static void
on_wrote_chunk (SoupServerMessage *message, gpointer user_data)
{
  SessionExport *self = user_data;

  habla_async_response_pause (self->response);
  read_page (self);
}

/* The connection has ended. */
static void
on_gone (SoupServerMessage *message, gpointer user_data)
{
  SessionExport *self = user_data;

  if (self->is_reading)
    return;
  self->response->is_gone = TRUE;
  finish (self);
}

/* Returns: whether a body follows */
static gboolean
begin (SessionExport *self, GString *out)
{
  SoupServerMessage *message = self->response->message;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autofree char *name =
      g_strdup_printf ("attachment; filename=\"session-%" G_GUINT64_FORMAT ".%s\"", self->id,
          habla_export_format_get_name (self->format));

  self->is_begun = TRUE;
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_message_headers_replace (
      headers, "Content-Type", habla_export_format_get_content_type (self->format));
  soup_message_headers_replace (headers, "Content-Disposition", name);
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_set_encoding (headers,
      soup_server_message_get_http_version (message) == SOUP_HTTP_1_0 ? SOUP_ENCODING_EOF
                                                                      : SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  habla_export_begin (self->writer, out);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (on_wrote_chunk), self);
  g_signal_connect (message, "finished", G_CALLBACK (on_gone), self);
  g_signal_connect (message, "disconnected", G_CALLBACK (on_gone), self);
  return !g_str_equal (soup_server_message_get_method (message), SOUP_METHOD_HEAD);
}

static void
page_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SessionExport *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) page =
      habla_store_list_finish (habla_api_from_response (self->response)->store, result, &error);
  g_autoptr (GString) out = g_string_new (NULL);
  SoupMessageBody *body;
  gboolean is_last;

  self->is_reading = FALSE;
  if (page == NULL || self->response->is_gone) {
    if (page == NULL)
      fail (self, error);
    else
      finish (self);
    return;
  }
  if (!self->is_begun && !begin (self, out)) {
    finish (self);
    return;
  }
  body = soup_server_message_get_response_body (self->response->message);
  for (guint i = 0; i < page->len; i++) {
    const HablaUtteranceRecord *utterance = g_ptr_array_index (page, i);

    habla_export_add (self->writer, utterance, out);
    self->last = utterance->id;
  }
  is_last = page->len < PAGE_SIZE;
  if (is_last)
    habla_export_end (self->writer, out);
  if (out->len > 0)
    soup_message_body_append (body, SOUP_MEMORY_COPY, out->str, out->len);
  if (is_last) {
    soup_message_body_complete (body);
    finish (self);
  } else if (out->len > 0) {
    habla_async_response_resume (self->response);
  } else {
    read_page (self);
  }
}

static void
read_page (SessionExport *self)
{
  const HablaUtteranceQuery query = {
    .session_id = self->id, .since = self->last, .limit = PAGE_SIZE
  };

  self->is_reading = TRUE;
  habla_store_list_utterances_async (habla_api_from_response (self->response)->store, &query,
      self->response->cancellable, page_read, self);
}

/* Returns: (transfer full): the languages that the session can be read in, without duplicates */
static GStrv
list_languages (const HablaSessionRecord *session)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *source = NULL;
  g_auto (GStrv) targets = NULL;

  if (habla_exchange_record_parse_languages (session->direction, &source, &targets)) {
    g_strv_builder_add (builder, source);
    g_strv_builder_addv (builder, (const char **) targets);
  }
  for (guint i = 0; session->languages[i] != NULL; i++)
    if (g_strcmp0 (session->languages[i], source) != 0 &&
        (targets == NULL ||
            !g_strv_contains ((const char *const *) targets, session->languages[i])))
      g_strv_builder_add (builder, session->languages[i]);
  return g_strv_builder_end (builder);
}

static void
session_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SessionExport *self = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) languages = NULL;

  self->session = habla_store_get_session_finish (
      habla_api_from_response (self->response)->store, result, &error);
  if (self->session == NULL) {
    fail (self, error);
    return;
  }
  languages = list_languages (self->session);
  if (self->language != NULL &&
      !g_strv_contains ((const char *const *) languages, self->language)) {
    g_autofree char *known = g_strjoinv (", ", languages);

    if (!self->response->is_gone)
      habla_response_set_error (self->response->message, SOUP_STATUS_UNPROCESSABLE_ENTITY,
          "\"language\" must be one of this session's: %s", known);
    finish (self);
    return;
  }
  self->writer = habla_export_new (
      self->format, self->session, self->language, habla_session_json_get_direction);
  read_page (self);
}

void
habla_api_export_session (const HablaRequest *request)
{
  const char *format = habla_request_get_parameter (request, "format");
  HablaExportFormat wanted = HABLA_EXPORT_TXT;
  SessionExport *self;
  guint64 id;

  if (!habla_api_check_store (request) || !habla_api_get_session_id (request, &id))
    return;
  if (format != NULL && !habla_export_format_from_name (format, &wanted)) {
    habla_response_set_error (request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY,
        "\"format\" must be txt, srt, vtt, json or tsv");
    return;
  }
  self = g_new0 (SessionExport, 1);
  self->response = habla_async_response_new (request);
  self->id = id;
  self->format = wanted;
  self->language = g_strdup (habla_request_get_parameter (request, "language"));
  habla_store_get_session_async (habla_api_from_response (self->response)->store, id,
      self->response->cancellable, session_read, self);
}
