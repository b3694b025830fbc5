/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/request-body.h"

#include "http/response.h"

#include <json/json-validator.h>

/* Limits besides the size of the body, which is the server's setting max-body. The largest body is
 * a reference transcript: 10,000 segments of a few members each. */
static const HablaJsonLimits limits = {
  .max_size = G_MAXSIZE,
  .max_depth = 32,
  .max_members = 64,
  .max_values = 100000,
};

JsonObject *
habla_request_body_get_object (const HablaRequest *request)
{
  g_autoptr (GBytes) body =
      soup_message_body_flatten (soup_server_message_get_request_body (request->message));
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (body, &length);

  /* libsoup puts a NUL behind a body. */
  root = habla_json_parse (length > 0 ? text : "", length, &limits, &error);
  if (root == NULL) {
    habla_response_set_error (request->message, SOUP_STATUS_BAD_REQUEST, "%s", error->message);
    return NULL;
  }
  if (!JSON_NODE_HOLDS_OBJECT (root)) {
    habla_response_set_error (
        request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY, "The body must be a JSON object");
    return NULL;
  }
  return json_object_ref (json_node_get_object (root));
}

/* Returns: (nullable): the member if it is a @type */
static JsonNode *
request_body_get_member (const HablaRequest *request, JsonObject *object, const char *name,
    GType type, const char *description)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL) {
    habla_response_set_error (request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY,
        "The body must have the member \"%s\"", name);
    return NULL;
  }
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != type) {
    habla_response_set_error (
        request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY, "\"%s\" must be %s", name, description);
    return NULL;
  }
  return node;
}

const char *
habla_request_body_get_string (const HablaRequest *request, JsonObject *object, const char *name)
{
  JsonNode *node = request_body_get_member (request, object, name, G_TYPE_STRING, "a string");

  return node != NULL ? json_node_get_string (node) : NULL;
}

gboolean
habla_request_body_get_boolean (
    const HablaRequest *request, JsonObject *object, const char *name, gboolean *value)
{
  JsonNode *node = request_body_get_member (request, object, name, G_TYPE_BOOLEAN, "true or false");

  if (node == NULL)
    return FALSE;
  *value = json_node_get_boolean (node);
  return TRUE;
}
