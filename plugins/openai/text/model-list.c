/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text/model-list.h"

#include <json/json-validator.h>
#include <string.h>

/* Returns: (nullable): the name of a model: {"id": …} or {"name": …} */
static const char *
model_list_get_name (JsonNode *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *name = object != NULL ? json_object_get_member (object, "id") : NULL;

  if (object != NULL && name == NULL)
    name = json_object_get_member (object, "name");
  if (name == NULL || !JSON_NODE_HOLDS_VALUE (name) ||
      json_node_get_value_type (name) != G_TYPE_STRING)
    return NULL;
  return strlen (json_node_get_string (name)) <= MODEL_LIST_MAX_NAME ? json_node_get_string (name)
                                                                     : NULL;
}

GStrv
model_list_parse (const char *text, gsize length)
{
  static const HablaJsonLimits limits = { REMOTE_CLIENT_MAX_RESPONSE, 12, 100, 50000 };
  g_autoptr (JsonObject) object = habla_json_parse_object (text, length, &limits, NULL);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  JsonNode *list = object != NULL ? json_object_get_member (object, "data") : NULL;
  JsonArray *array;

  if (object != NULL && list == NULL)
    list = json_object_get_member (object, "models");
  if (list == NULL || !JSON_NODE_HOLDS_ARRAY (list))
    return NULL;
  array = json_node_get_array (list);
  for (guint i = 0; i < MIN (json_array_get_length (array), MODEL_LIST_MAX); i++) {
    const char *name = model_list_get_name (json_array_get_element (array, i));

    if (name != NULL)
      g_strv_builder_add (names, name);
  }
  return g_strv_builder_end (names);
}

/* Returns: (transfer full) (nullable): the names */
static GStrv
model_list_ask (RemoteClient *client, const char *path, guint *status, GError **error)
{
  const RemoteRequest request = { .path = path };
  g_auto (RemoteResponse) response = { 0 };
  gboolean good = remote_client_send (client, &request, &response, NULL, error);
  gsize size;
  const char *text;

  *status = response.status;
  if (!good)
    return NULL;
  text = g_bytes_get_data (response.body, &size);
  return model_list_parse (text, size);
}

/* Returns: (transfer full) (nullable): the names */
static GStrv
model_list_ask_either (RemoteClient *client, GError **error)
{
  guint status;
  g_autoptr (GError) failure = NULL;
  GStrv names = model_list_ask (client, "v1/models", &status, &failure);

  if (names == NULL && status == 404)
    return model_list_ask (client, "api/tags", &status, error);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return names;
}

GStrv
model_list_fetch (GstElement *element)
{
  static const RemoteClientInfo info = { .timeout = 2000 };
  RemoteClient *client = remote_client_new (element, &info);
  g_autoptr (GError) error = NULL;
  GStrv names = NULL;

  remote_client_copy_settings (client, G_OBJECT (element));
  if (remote_client_start (client, &error))
    names = model_list_ask_either (client, &error);
  if (names == NULL)
    GST_WARNING_OBJECT (element, "failed to list models: %s",
        error != NULL ? error->message : "the server sent something else");
  remote_client_stop (client);
  remote_client_free (client);
  return names;
}
