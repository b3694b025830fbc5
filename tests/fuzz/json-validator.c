/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arbitrary bytes as JSON: the result is a tree within the limits, or an error. */
#include <json/json-validator.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static const HablaJsonLimits limits = {
  .max_size = 16384, .max_depth = 8, .max_members = 16, .max_values = 256
};

static void
check_tree (JsonNode *node, guint depth)
{
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *object = json_node_get_object (node);
    g_autoptr (GList) values = json_object_get_values (object);

    g_assert_cmpuint (depth, <, limits.max_depth);
    g_assert_cmpuint (json_object_get_size (object), <=, limits.max_members);
    for (GList *value = values; value != NULL; value = value->next)
      check_tree (value->data, depth + 1);
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    g_assert_cmpuint (depth, <, limits.max_depth);
    g_assert_cmpuint (json_array_get_length (array), <=, limits.max_values);
    for (guint i = 0; i < json_array_get_length (array); i++)
      check_tree (json_array_get_element (array, i), depth + 1);
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_malloc (size + 1);
  g_autoptr (JsonNode) node = NULL;

  if (size > 0)
    memcpy (text, data, size);
  text[size] = '\0';
  node = habla_json_parse (text, size, &limits, &error);
  g_assert_true ((node == NULL) == (error != NULL));
  if (node == NULL)
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  else
    check_tree (node, 0);
  return 0;
}
