/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "remote-error.h"

#include <habla/error.h>
#include <json/json-validator.h>
#include <libsoup/soup.h>
#include <string.h>

#define MAX_MESSAGE 200

char *
remote_error_redact (const char *text, const char *key)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr (GString) line = g_string_new (valid);

  if (key != NULL && *key != '\0')
    g_string_replace (line, key, "[key]", 0);
  for (char *c = line->str; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  if (g_utf8_strlen (line->str, -1) > MAX_MESSAGE) {
    g_string_truncate (line, g_utf8_offset_to_pointer (line->str, MAX_MESSAGE) - line->str);
    g_string_append (line, "…");
  }
  return g_strdup (g_strstrip (line->str));
}

static const char *
remote_error_get_string (JsonNode *node)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

const char *
remote_error_find_message (JsonObject *object)
{
  JsonNode *error = json_object_get_member (object, "error");
  const char *message = remote_error_get_string (error);

  if (error != NULL && JSON_NODE_HOLDS_OBJECT (error))
    object = json_node_get_object (error);
  if (message == NULL)
    message = remote_error_get_string (json_object_get_member (object, "message"));
  if (message == NULL)
    message = remote_error_get_string (json_object_get_member (object, "detail"));
  return message;
}

/* Returns: (transfer full) (nullable): the server's own words */
static char *
remote_error_read_message (GBytes *body, const char *key)
{
  static const HablaJsonLimits limits = { 64 * 1024, 8, 100, 1000 };
  g_autoptr (JsonObject) object = NULL;
  const char *message;
  const char *text;
  gsize size;

  if (body == NULL)
    return NULL;
  text = g_bytes_get_data (body, &size);
  object = habla_json_parse_object (text, size, &limits, NULL);
  message = object != NULL ? remote_error_find_message (object) : NULL;
  return message != NULL ? remote_error_redact (message, key) : NULL;
}

static const char *
remote_error_get_remedy (guint status)
{
  if (status >= 300 && status < 400)
    return "set url to the address that the server redirects to";
  if (status == 401 || status == 403)
    return "check the key that api-key-file or api-key-env names";
  if (status == 404)
    return "check url and model";
  if (status == 429)
    return "wait, or ask the operator of the server for a higher limit";
  if (status >= 500)
    return "see the log of the server";
  return "check model and the other properties";
}

GError *
remote_error_from_status (const char *origin, guint status, GBytes *body, const char *key)
{
  g_autofree char *message = remote_error_read_message (body, key);
  const char *phrase = soup_status_get_phrase (status);

  return g_error_new (HABLA_ERROR, HABLA_ERROR_ENGINE, "%s answered %u (%s)%s%s; %s", origin,
      status, phrase, message != NULL ? ": " : "", message != NULL ? message : "",
      remote_error_get_remedy (status));
}

GError *
remote_error_from_failure (const char *origin, const GError *failure)
{
  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (failure);
  if (g_error_matches (failure, HABLA_ERROR, HABLA_ERROR_TIMEOUT))
    return g_error_new (HABLA_ERROR, HABLA_ERROR_TIMEOUT,
        "%s %s; use a faster server or model, or a longer timeout", origin, failure->message);
  if (failure->domain == G_TLS_ERROR)
    return g_error_new (HABLA_ERROR, HABLA_ERROR_ENGINE,
        "%s has no trusted certificate: %s; add the authority to the certificates of this system",
        origin, failure->message);
  return g_error_new (HABLA_ERROR, HABLA_ERROR_ENGINE,
      "Request to %s failed: %s; check url, and that the server runs", origin, failure->message);
}

gboolean
remote_error_is_transient (const GError *failure)
{
  return g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) ||
         g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) ||
         g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE) ||
         failure->domain == G_RESOLVER_ERROR;
}
