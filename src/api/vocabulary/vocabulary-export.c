/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All vocabulary items as a file, which is read and sent a page at a time. */
#include "api/vocabulary/routes-vocabulary.h"
#include "api/vocabulary/vocabulary-json.h"

#include <http/async-response.h>
#include <http/response.h>
#include <json/json-writer.h>
#include <store/vocabulary/anki-row.h>
#include <store/vocabulary/vocabulary.h>
#include <string.h>

#define PAGE_SIZE 100 /* items */

typedef struct {
  HablaVocabularyOrder order;
  const char *type;
  const char *name;
  const char *begin;
  const char *end;
  void (*add) (GString *out, const HablaVocabularyItem *item);
} Format;

typedef struct {
  HablaAsyncResponse *response;
  const Format *format;
  guint64 last; /* id of the item that was written last */
  gboolean is_begun;
  gboolean is_reading; /* the store has been asked for a page */
} VocabularyExport;

/* @self: (transfer full) */
static void
finish (VocabularyExport *self)
{
  HablaAsyncResponse *response = self->response;

  g_signal_handlers_disconnect_by_data (response->message, self);
  g_free (self);
  habla_async_response_finish (response);
}

/* @self: (transfer full) */
static void
fail (VocabularyExport *self, const GError *error)
{
  if (self->is_begun) {
    g_message ("Export of the vocabulary aborted: %s", error->message);
    if (!self->response->is_gone)
      habla_async_response_abort (self->response);
    finish (self);
  } else {
    HablaAsyncResponse *response = self->response;

    g_free (self);
    habla_api_fail_response (response, error);
  }
}

static void read_page (VocabularyExport *self);

static void
on_wrote_chunk (SoupServerMessage *message, gpointer user_data)
{
  VocabularyExport *self = user_data;

  habla_async_response_pause (self->response);
  read_page (self);
}

/* The connection has ended. */
static void
on_gone (SoupServerMessage *message, gpointer user_data)
{
  VocabularyExport *self = user_data;

  if (self->is_reading)
    return;
  self->response->is_gone = TRUE;
  finish (self);
}

/* Returns: whether a body follows */
static gboolean
begin (VocabularyExport *self)
{
  SoupServerMessage *message = self->response->message;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autofree char *name = g_strdup_printf ("attachment; filename=\"%s\"", self->format->name);

  self->is_begun = TRUE;
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_message_headers_replace (headers, "Content-Type", self->format->type);
  soup_message_headers_replace (headers, "Content-Disposition", name);
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_set_encoding (headers,
      soup_server_message_get_http_version (message) == SOUP_HTTP_1_0 ? SOUP_ENCODING_EOF
                                                                      : SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (on_wrote_chunk), self);
  g_signal_connect (message, "finished", G_CALLBACK (on_gone), self);
  g_signal_connect (message, "disconnected", G_CALLBACK (on_gone), self);
  return !g_str_equal (soup_server_message_get_method (message), SOUP_METHOD_HEAD);
}

/* Returns: (transfer full): a page of the file */
static GString *
format_page (VocabularyExport *self, GPtrArray *items)
{
  GString *out = g_string_new (self->last == 0 ? self->format->begin : "");

  for (guint i = 0; i < items->len; i++) {
    const HablaVocabularyItem *item = g_ptr_array_index (items, i);

    if (self->last != 0 && self->format->begin[0] == '[')
      g_string_append (out, ",\n");
    self->format->add (out, item);
    self->last = item->id;
  }
  return out;
}

static void
send_page (VocabularyExport *self, GPtrArray *items)
{
  SoupMessageBody *body = soup_server_message_get_response_body (self->response->message);
  g_autoptr (GString) out = format_page (self, items);
  gboolean is_last = items->len < PAGE_SIZE;

  if (is_last)
    g_string_append (out, self->format->end);
  if (out->len > 0)
    soup_message_body_append (body, SOUP_MEMORY_COPY, out->str, out->len);
  if (is_last) {
    soup_message_body_complete (body);
    finish (self);
  } else {
    habla_async_response_resume (self->response);
  }
}

static void
page_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VocabularyExport *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items =
      habla_store_list_finish (habla_api_from_response (self->response)->store, result, &error);

  self->is_reading = FALSE;
  if (items == NULL)
    fail (self, error);
  else if (self->response->is_gone || (!self->is_begun && !begin (self)))
    finish (self);
  else
    send_page (self, items);
}

static void
read_page (VocabularyExport *self)
{
  const HablaVocabularyQuery query = {
    .order = self->format->order, .after = self->last, .limit = PAGE_SIZE
  };

  self->is_reading = TRUE;
  habla_vocabulary_list_async (habla_api_from_response (self->response)->store, &query,
      self->response->cancellable, page_read, self);
}

static void
export_items (const HablaRequest *request, const Format *format)
{
  VocabularyExport *self;

  if (!habla_api_check_store (request))
    return;
  self = g_new0 (VocabularyExport, 1);
  self->response = habla_async_response_new (request);
  self->format = format;
  read_page (self);
}

static void
add_json (GString *out, const HablaVocabularyItem *item)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr (GBytes) text = NULL;

  habla_vocabulary_json_add_item (builder, item);
  text = habla_json_to_bytes (builder);
  g_string_append_len (out, g_bytes_get_data (text, NULL), g_bytes_get_size (text));
}

void
habla_api_export_vocabulary_anki (const HablaRequest *request)
{
  static const Format format = { HABLA_VOCABULARY_OLDEST,
    "text/tab-separated-values; charset=utf-8", "habla-vocab.tsv", "", "", habla_anki_row_append };

  export_items (request, &format);
}

void
habla_api_export_vocabulary_json (const HablaRequest *request)
{
  static const Format format = { HABLA_VOCABULARY_NEWEST, "application/json", "habla-vocab.json",
    "[", "]\n", add_json };

  export_items (request, &format);
}
