/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "contract.h"

#include <string.h>

#define SPEAKER "id:s label:s custom_name:s? role_hint:s? color:c utterance_count:i"
#define IDIOM \
  "phrase:s literal:s meaning:s type:s region:s source:s save_worthy:b span_start:i span_end:i"
#define CORRECTION "wrong:s right:s explanation:s"
#define SEGMENT \
  "segment_id:i filename:s transcript:s confidence:n? translation:s? asr_corrections:a"

static gboolean
is_value (JsonNode *node, GType type)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

static gboolean
is_text (JsonNode *node, const char *pattern)
{
  return is_value (node, G_TYPE_STRING) &&
         g_regex_match_simple (pattern, json_node_get_string (node), 0, 0);
}

static gboolean
is_time (JsonNode *node)
{
  g_autoptr (GDateTime) time =
      is_value (node, G_TYPE_STRING)
          ? g_date_time_new_from_iso8601 (json_node_get_string (node), NULL)
          : NULL;

  return time != NULL;
}

static gboolean
is_object (JsonNode *node, const char *what, const char *fields)
{
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;
  contract_check_fields (json_node_get_object (node), what, fields);
  return TRUE;
}

static gboolean
is_array (JsonNode *node, const char *what, const char *fields)
{
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  contract_check_list (json_node_get_array (node), what, fields);
  return TRUE;
}

static gboolean
is_kind (JsonNode *node, char kind)
{
  switch (kind) {
  case 's':
    return is_value (node, G_TYPE_STRING);
  case 'i':
    return is_value (node, G_TYPE_INT64);
  case 'n':
    return is_value (node, G_TYPE_INT64) || is_value (node, G_TYPE_DOUBLE);
  case 'b':
    return is_value (node, G_TYPE_BOOLEAN);
  case 'z':
    return is_value (node, G_TYPE_INT64) &&
           (json_node_get_int (node) == 0 || json_node_get_int (node) == 1);
  case 'y':
    return is_value (node, G_TYPE_BOOLEAN) || is_kind (node, 'z');
  case 'a':
    return JSON_NODE_HOLDS_ARRAY (node);
  case 'o':
    return JSON_NODE_HOLDS_OBJECT (node);
  case '0':
    return JSON_NODE_HOLDS_NULL (node);
  case 't':
    return is_time (node);
  case 'd':
    return is_text (node, "^(es_to_en|en_to_es)$");
  case 'm':
    return is_text (node, "^(conversation|classroom)$");
  case 'c':
    return is_text (node, "^#[0-9a-fA-F]{3,8}$");
  case 'P':
    return is_object (node, "speaker", SPEAKER);
  case 'Q':
    return is_array (node, "speakers", SPEAKER);
  case 'I':
    return is_array (node, "idioms", IDIOM);
  case 'D':
    return is_object (node, "correction_detail", CORRECTION);
  case 'S':
    return is_array (node, "segments", SEGMENT);
  default:
    g_assert_not_reached ();
  }
}

void
contract_check_fields (JsonObject *object, const char *what, const char *fields)
{
  g_auto (GStrv) words = g_strsplit (fields, " ", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    char *kind = strchr (words[i], ':');
    JsonNode *node;

    *kind++ = '\0';
    node = json_object_get_member (object, words[i]);
    if (node == NULL)
      g_error ("%s has no %s", what, words[i]);
    if (!(kind[1] == '?' && JSON_NODE_HOLDS_NULL (node)) && !is_kind (node, *kind)) {
      g_autofree char *value = json_to_string (node, FALSE);

      g_error ("%s of %s is not of the kind %s: %s", words[i], what, kind, value);
    }
  }
}

void
contract_check_list (JsonArray *array, const char *what, const char *fields)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    contract_check_fields (json_array_get_object_element (array, i), what, fields);
}
