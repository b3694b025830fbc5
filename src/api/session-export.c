/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A session as a file. It is read and sent a page at a time, each page when the one before has been
 * sent, so that a long session takes no more memory than a short one. */
#include "api/api-private.h"
#include "api/session-export.h"
#include "api/session-json.h"

#include <archive/exchange-record.h>
#include <http/response.h>
#include <store/export.h>
#include <store/store-error.h>

#define PAGE_SIZE 50 /* exchanges */

typedef struct {
  HablaAsyncResponse *response;
  HablaExportSource *source;
  HablaExportFormat format;
  char *language; /* (nullable) */
  HablaSessionRecord *session;
  HablaExport *writer;
  guint64 last;       /* the exchange of the store that was written last */
  guint n_remembered; /* exchanges of the room that are written */
  gboolean is_stored; /* all exchanges of the store are written */
  gboolean is_begun;
  gboolean is_reading; /* the store has been asked for a page */
} SessionExport;

void
habla_export_source_free (HablaExportSource *self)
{
  g_clear_pointer (&self->open, habla_session_record_free);
  g_clear_pointer (&self->remembered, g_ptr_array_unref);
  g_strfreev (self->offered);
  g_free (self->room);
  g_free (self->name);
  g_free (self);
}

static void
session_export_free (SessionExport *self)
{
  g_signal_handlers_disconnect_by_data (self->response->message, self);
  g_clear_pointer (&self->writer, habla_export_free);
  g_clear_pointer (&self->session, habla_session_record_free);
  habla_export_source_free (self->source);
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

static void write_page (SessionExport *self);

static void
on_wrote_chunk (SoupServerMessage *message, gpointer user_data)
{
  SessionExport *self = user_data;

  habla_async_response_pause (self->response);
  write_page (self);
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
  g_autofree char *session = g_strdup_printf ("session-%" G_GUINT64_FORMAT, self->session->id);
  g_autofree char *name = g_strdup_printf ("attachment; filename=\"%s.%s\"",
      self->source->name != NULL ? self->source->name : session,
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

/* Returns: number of exchanges that the room remembers */
static guint
count_remembered (const SessionExport *self)
{
  return self->source->remembered != NULL ? self->source->remembered->len : 0;
}

/* @out: what has been written since the last page */
static void
send_page (SessionExport *self, GString *out)
{
  gboolean is_last = self->is_stored && self->n_remembered == count_remembered (self);
  SoupMessageBody *body = soup_server_message_get_response_body (self->response->message);

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
    write_page (self);
  }
}

/* Returns: whether the room remembers @utterance, and all later ones */
static gboolean
is_remembered (const SessionExport *self, const HablaUtteranceRecord *utterance)
{
  const HablaUtteranceRecord *first =
      count_remembered (self) > 0 ? g_ptr_array_index (self->source->remembered, 0) : NULL;

  return first != NULL && utterance->id >= first->id;
}

static void
page_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SessionExport *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) page =
      habla_store_list_finish (habla_api_from_response (self->response)->store, result, &error);
  g_autoptr (GString) out = g_string_new (NULL);

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
  self->is_stored = page->len < PAGE_SIZE;
  for (guint i = 0; i < page->len; i++) {
    const HablaUtteranceRecord *utterance = g_ptr_array_index (page, i);

    if (is_remembered (self, utterance)) {
      self->is_stored = TRUE;
      break;
    }
    habla_export_add (self->writer, utterance, out);
    self->last = utterance->id;
  }
  send_page (self, out);
}

static void
read_page (SessionExport *self)
{
  const HablaUtteranceQuery query = {
    .session_id = self->session->id, .since = self->last, .limit = PAGE_SIZE
  };

  self->is_reading = TRUE;
  habla_store_list_utterances_async (habla_api_from_response (self->response)->store, &query,
      self->response->cancellable, page_read, self);
}

static void
write_remembered (SessionExport *self)
{
  g_autoptr (GString) out = g_string_new (NULL);

  if (!self->is_begun && !begin (self, out)) {
    finish (self);
    return;
  }
  for (guint i = 0; i < PAGE_SIZE && self->n_remembered < count_remembered (self); i++)
    habla_export_add (
        self->writer, g_ptr_array_index (self->source->remembered, self->n_remembered++), out);
  send_page (self, out);
}

static void
write_page (SessionExport *self)
{
  if (self->is_stored)
    write_remembered (self);
  else
    read_page (self);
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

/* Returns: whether the file can be in the wanted language; if not, the request has been answered */
static gboolean
check_language (SessionExport *self)
{
  g_auto (GStrv) languages = list_languages (self->session);
  const char *const *offered = (const char *const *) self->source->offered;
  g_autofree char *known = g_strjoinv (", ", languages);

  if (self->language == NULL || g_strv_contains ((const char *const *) languages, self->language) ||
      (offered != NULL && g_strv_contains (offered, self->language)))
    return TRUE;
  if (!self->response->is_gone)
    habla_response_set_error (self->response->message, SOUP_STATUS_UNPROCESSABLE_ENTITY,
        "\"language\" must be one of this session's: %s", known);
  return FALSE;
}

/* Returns: (transfer full): the languages of both, each once */
static GStrv
unite_languages (GStrv a, GStrv b)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_addv (builder, (const char **) a);
  for (guint i = 0; b[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) a, b[i]))
      g_strv_builder_add (builder, b[i]);
  return g_strv_builder_end (builder);
}

/* @stored: (transfer full) (nullable): the session as the store has it; %NULL = not yet */
static void
set_session (SessionExport *self, HablaSessionRecord *stored)
{
  HablaSessionRecord *open = g_steal_pointer (&self->source->open);

  self->session = open != NULL ? open : stored;
  if (open != NULL && stored != NULL) {
    GStrv languages = unite_languages (stored->languages, open->languages);

    g_strfreev (open->languages);
    open->languages = languages;
    g_free (open->notes);
    open->notes = g_steal_pointer (&stored->notes);
    open->title = g_steal_pointer (&stored->title);
    open->topic = g_steal_pointer (&stored->topic);
    /* That of a session in which nothing is stored yet is when the room was opened. */
    if (stored->exchange_count > 0)
      open->started_at = stored->started_at;
    habla_session_record_free (stored);
  }
  if (self->source->without_notes) {
    g_free (self->session->notes);
    self->session->notes = g_strdup ("");
  }
}

static void
session_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SessionExport *self = user_data;
  g_autoptr (GError) error = NULL;
  HablaSessionRecord *stored = habla_store_get_session_finish (
      habla_api_from_response (self->response)->store, result, &error);
  gboolean is_new = g_error_matches (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND);

  /* The transcript of an open room does not depend on the store. */
  if (stored == NULL && (self->source->open == NULL || !(is_new || self->source->is_complete))) {
    fail (self, error);
    return;
  }
  self->is_stored = stored == NULL || self->source->is_complete;
  set_session (self, stored);
  if (!check_language (self)) {
    finish (self);
    return;
  }
  self->writer = habla_export_new (self->format, self->session, self->language,
      habla_session_json_get_direction, self->source->with_bookmarks);
  write_page (self);
}

/* Returns: whether the format is known; if not, the request has been answered */
static gboolean
get_format (const HablaRequest *request, HablaExportFormat *format)
{
  const char *name = habla_request_get_parameter (request, "format");

  *format = HABLA_EXPORT_TXT;
  if (name == NULL || habla_export_format_from_name (name, format))
    return TRUE;
  habla_response_set_error (request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY,
      "\"format\" must be txt, srt, vtt, json or tsv");
  return FALSE;
}

void
habla_session_export_answer (const HablaRequest *request, HablaExportSource *source)
{
  HablaStore *store = habla_api_from_request (request)->store;
  HablaExportFormat format;
  SessionExport *self;

  if ((source->open == NULL && !habla_api_check_store (request)) ||
      !get_format (request, &format)) {
    habla_export_source_free (source);
    return;
  }
  self = g_new0 (SessionExport, 1);
  self->response = habla_async_response_new (request);
  self->source = source;
  self->format = format;
  self->language = g_strdup (habla_request_get_parameter (request, "language"));
  if (store == NULL) {
    g_autoptr (GTask) task = g_task_new (NULL, self->response->cancellable, session_read, self);

    g_task_return_new_error (
        task, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND, "There is no store");
  } else if (source->session_id != 0)
    habla_store_get_session_async (
        store, source->session_id, self->response->cancellable, session_read, self);
  else
    habla_store_find_session_async (
        store, source->room, self->response->cancellable, session_read, self);
}

void
habla_api_export_session (const HablaRequest *request)
{
  HablaExportSource *source;
  guint64 id;

  if (!habla_api_check_store (request) || !habla_api_get_session_id (request, &id))
    return;
  source = g_new0 (HablaExportSource, 1);
  source->session_id = id;
  source->with_bookmarks = TRUE;
  habla_session_export_answer (request, source);
}
