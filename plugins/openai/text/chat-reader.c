/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text/chat-reader.h"

#include "client/remote-error.h"
#include "client/sse-parser.h"
#include "text/answer.h"

#include <habla/error.h>
#include <json/json-validator.h>
#include <string.h>

#define MAX_OBJECT (512 * 1024)

struct _ChatReader {
  SseParser *parser;
  GString *object;   /* body of a server that does not stream */
  GString *content;  /* what the model wrote */
  gboolean is_known; /* whether the kind of body is known */
  gboolean is_object;
  gboolean is_complete;
  guint64 input_tokens;
  guint64 output_tokens;
  GError *error;
};

static gboolean chat_reader_on_event (const char *data, gpointer user_data);

ChatReader *
chat_reader_new (void)
{
  ChatReader *self = g_new0 (ChatReader, 1);

  self->parser = sse_parser_new (chat_reader_on_event, self);
  self->object = g_string_new (NULL);
  self->content = g_string_new (NULL);
  return self;
}

void
chat_reader_free (ChatReader *self)
{
  sse_parser_free (self->parser);
  g_string_free (self->object, TRUE);
  g_string_free (self->content, TRUE);
  g_clear_error (&self->error);
  g_free (self);
}

/* Only the first failure counts. */
static gboolean
chat_reader_fail (ChatReader *self, const char *reason)
{
  if (self->error == NULL)
    self->error = g_error_new (
        HABLA_ERROR, HABLA_ERROR_ENGINE, "The server's response %s; see its log", reason);
  return FALSE;
}

/* @object: what the server says */
static gboolean
chat_reader_fail_with (ChatReader *self, JsonObject *object)
{
  const char *message = remote_error_find_message (object);
  g_autofree char *line = message != NULL ? remote_error_redact (message, NULL) : NULL;
  g_autofree char *reason = g_strconcat ("reports an error", line != NULL ? ": " : "", line, NULL);

  return chat_reader_fail (self, reason);
}

/* Returns: (nullable): a string */
static const char *
chat_reader_get_string (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

/* Returns: (nullable): an object */
static JsonObject *
chat_reader_get_object (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static guint64
chat_reader_get_count (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  gint64 value = node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                         json_node_get_value_type (node) == G_TYPE_INT64
                     ? json_node_get_int (node)
                     : 0;

  return CLAMP (value, 0, G_MAXINT32);
}

static void
chat_reader_read_usage (ChatReader *self, JsonObject *object)
{
  JsonObject *usage = chat_reader_get_object (object, "usage");

  if (usage == NULL)
    return;
  self->input_tokens = chat_reader_get_count (usage, "prompt_tokens");
  self->output_tokens = chat_reader_get_count (usage, "completion_tokens");
}

/* Returns: (nullable): the first choice */
static JsonObject *
chat_reader_get_choice (JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "choices");
  JsonArray *choices =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (choices == NULL || json_array_get_length (choices) == 0)
    return NULL;
  node = json_array_get_element (choices, 0);
  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static gboolean
chat_reader_read_choice (ChatReader *self, JsonObject *choice)
{
  const char *reason = chat_reader_get_string (choice, "finish_reason");
  JsonObject *message = chat_reader_get_object (choice, "delta");
  const char *content;

  if (message == NULL)
    message = chat_reader_get_object (choice, "message");
  content = chat_reader_get_string (message, "content");
  if (content != NULL)
    g_string_append (self->content, content);
  if (self->content->len > ANSWER_MAX_SIZE)
    return chat_reader_fail (self, "is too long");
  if (g_strcmp0 (reason, "length") == 0)
    return chat_reader_fail (self, "was cut because the model wrote too much");
  if (g_strcmp0 (reason, "content_filter") == 0)
    return chat_reader_fail (self, "was withheld by a filter");
  self->is_complete |= reason != NULL;
  return TRUE;
}

static gboolean
chat_reader_read (ChatReader *self, const char *text, gsize length)
{
  static const HablaJsonLimits limits = { MAX_OBJECT, 10, 60, 5000 };
  g_autoptr (JsonObject) object = habla_json_parse_object (text, length, &limits, NULL);
  JsonObject *choice;

  if (object == NULL)
    return chat_reader_fail (self, "is not JSON");
  if (json_object_has_member (object, "error"))
    return chat_reader_fail_with (self, object);
  chat_reader_read_usage (self, object);
  choice = chat_reader_get_choice (object);
  return choice == NULL || chat_reader_read_choice (self, choice);
}

static gboolean
chat_reader_on_event (const char *data, gpointer user_data)
{
  ChatReader *self = user_data;

  if (g_str_equal (data, "[DONE]")) {
    self->is_complete = TRUE;
    return FALSE;
  }
  return chat_reader_read (self, data, strlen (data));
}

static gboolean
chat_reader_feed_object (ChatReader *self, const guint8 *data, gsize size)
{
  if (self->object->len + size > MAX_OBJECT)
    return chat_reader_fail (self, "is too long");
  g_string_append_len (self->object, (const char *) data, size);
  return TRUE;
}

/* @first: first byte of the body that is no space */
static void
chat_reader_begin (ChatReader *self, guint8 first)
{
  self->is_known = TRUE;
  self->is_object = first == '{';
  if (first == '<')
    self->error = g_error_new_literal (HABLA_ERROR, HABLA_ERROR_ENGINE,
        "The server's response is a web page; check that url is the address of a language model");
}

gboolean
chat_reader_feed (ChatReader *self, const guint8 *data, gsize size)
{
  while (!self->is_known && size > 0) {
    if (!g_ascii_isspace (*data))
      chat_reader_begin (self, *data);
    data += !self->is_known;
    size -= !self->is_known;
  }
  if (self->is_object)
    return chat_reader_feed_object (self, data, size);
  return self->error == NULL && sse_parser_feed (self->parser, data, size, &self->error);
}

const char *
chat_reader_get_content (ChatReader *self)
{
  return self->content->str;
}

const char *
chat_reader_finish (ChatReader *self, GError **error)
{
  if (self->is_object && self->error == NULL) {
    chat_reader_read (self, self->object->str, self->object->len);
    self->is_complete = TRUE;
  }
  if (self->error == NULL && !self->is_complete)
    chat_reader_fail (self, "ended too early");
  if (self->error == NULL && self->content->len == 0)
    chat_reader_fail (self, "is empty");
  if (self->error == NULL)
    return self->content->str;
  g_propagate_error (error, g_steal_pointer (&self->error));
  return NULL;
}

void
chat_reader_get_usage (ChatReader *self, guint64 *input, guint64 *output)
{
  *input = self->input_tokens;
  *output = self->output_tokens;
}
