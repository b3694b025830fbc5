/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/response.h"

#include <json/json-validator.h>
#include <string.h>

/* Bounds of a request's body beside its size, which is the server's setting max-body: the largest
 * is a reference transcript, 10,000 segments of a few members each. */
static const HablaJsonLimits limits = {
  .max_size = G_MAXSIZE,
  .max_depth = 32,
  .max_members = 64,
  .max_values = 100000,
};

void
habla_response_with (SoupServerMessage *message, guint status, const char *type, GBytes *body)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_server_message_set_status (message, status, NULL);
  soup_message_headers_append (headers, "Content-Type", type);
  soup_message_headers_append (headers, "X-Content-Type-Options", "nosniff");
  if (soup_message_headers_get_one (headers, "Cache-Control") == NULL)
    soup_message_headers_append (headers, "Cache-Control", "no-store");
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), body);
}

GBytes *
habla_json_to_bytes (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, FALSE);
  gsize length = strlen (text);

  return g_bytes_new_take (g_steal_pointer (&text), length);
}

void
habla_response_with_json (SoupServerMessage *message, guint status, JsonBuilder *builder)
{
  g_autoptr (GBytes) body = habla_json_to_bytes (builder);

  habla_response_with (message, status, "application/json", body);
}

void
habla_response_with_detail (SoupServerMessage *message, guint status, const char *format, ...)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *text = NULL;
  g_autofree char *detail = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  detail = g_utf8_make_valid (text, -1); /* a request's path need not be UTF-8 */
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "detail");
  json_builder_add_string_value (builder, detail);
  json_builder_end_object (builder);
  habla_response_with_json (message, status, builder);
}

JsonObject *
habla_request_get_object (SoupServerMessage *message)
{
  g_autoptr (GBytes) body =
      soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (body, &length);

  /* libsoup puts a NUL behind a body. */
  root = habla_json_parse (length > 0 ? text : "", length, &limits, &error);
  if (root == NULL) {
    habla_response_with_detail (message, SOUP_STATUS_BAD_REQUEST, "%s", error->message);
    return NULL;
  }
  if (!JSON_NODE_HOLDS_OBJECT (root)) {
    habla_response_with_detail (
        message, SOUP_STATUS_UNPROCESSABLE_ENTITY, "The body must be a JSON object");
    return NULL;
  }
  return json_object_ref (json_node_get_object (root));
}

/* Returns: (nullable): the member if it is a @type */
static JsonNode *
get_member (
    SoupServerMessage *message, JsonObject *object, const char *name, GType type, const char *what)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL) {
    habla_response_with_detail (
        message, SOUP_STATUS_UNPROCESSABLE_ENTITY, "The body lacks \"%s\"", name);
    return NULL;
  }
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != type) {
    habla_response_with_detail (
        message, SOUP_STATUS_UNPROCESSABLE_ENTITY, "\"%s\" is to be %s", name, what);
    return NULL;
  }
  return node;
}

const char *
habla_request_get_text (SoupServerMessage *message, JsonObject *object, const char *name)
{
  JsonNode *node = get_member (message, object, name, G_TYPE_STRING, "a text");

  return node != NULL ? json_node_get_string (node) : NULL;
}

gboolean
habla_request_get_boolean (
    SoupServerMessage *message, JsonObject *object, const char *name, gboolean *value)
{
  JsonNode *node = get_member (message, object, name, G_TYPE_BOOLEAN, "true or false");

  if (node == NULL)
    return FALSE;
  *value = json_node_get_boolean (node);
  return TRUE;
}
