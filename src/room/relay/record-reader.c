/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/relay/record-reader.h"

#include "room/room-limits.h"

#include <gio/gio.h>
#include <string.h>

/* Bytes of a short text. */
#define MAX_NAME 200

void
habla_record_reader_fail (HablaRecordReader *self, const char *name, const char *problem)
{
  if (self->error == NULL)
    self->error = g_error_new (
        G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "“%s” of a record of a room %s", name, problem);
}

/* Returns: (nullable): %NULL = it is missing or null, or there is an error already */
static JsonNode *
record_reader_find (HablaRecordReader *self, const char *name)
{
  JsonNode *node = self->error == NULL ? json_object_get_member (self->object, name) : NULL;

  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

/* Returns: (nullable): %NULL = it is wrong */
static const char *
record_reader_check_string (HablaRecordReader *self, const char *name, JsonNode *node, gsize max)
{
  const char *text = NULL;

  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    text = json_node_get_string (node);
  if (text == NULL || strlen (text) > max) {
    habla_record_reader_fail (self, name, "must be a text that is not too long");
    return NULL;
  }
  return text;
}

const char *
habla_record_reader_get_string (HablaRecordReader *self, const char *name, gsize max)
{
  JsonNode *node = record_reader_find (self, name);

  return node != NULL ? record_reader_check_string (self, name, node, max) : NULL;
}

const char *
habla_record_reader_need_string (HablaRecordReader *self, const char *name, gsize max)
{
  const char *text = habla_record_reader_get_string (self, name, max);

  if (text != NULL)
    return text;
  habla_record_reader_fail (self, name, "is missing");
  return "";
}

static const char *
record_reader_check_tag (HablaRecordReader *self, const char *name, const char *tag)
{
  if (tag == NULL ||
      (*tag != '\0' && strspn (tag, G_CSET_A_2_Z G_CSET_a_2_z "0123456789-") == strlen (tag)))
    return tag;
  habla_record_reader_fail (self, name, "must be a language tag");
  return NULL;
}

const char *
habla_record_reader_get_tag (HablaRecordReader *self, const char *name)
{
  return record_reader_check_tag (
      self, name, habla_record_reader_get_string (self, name, HABLA_MAX_LANGUAGE_TAG));
}

const char *
habla_record_reader_need_tag (HablaRecordReader *self, const char *name)
{
  const char *tag = habla_record_reader_get_tag (self, name);

  if (tag != NULL)
    return tag;
  habla_record_reader_fail (self, name, "is missing");
  return "";
}

/* Returns: (nullable): %NULL = it is missing or wrong */
static JsonArray *
record_reader_get_array (HablaRecordReader *self, const char *name, guint max)
{
  JsonNode *node = record_reader_find (self, name);

  if (node == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_ARRAY (node) && json_array_get_length (json_node_get_array (node)) <= max)
    return json_node_get_array (node);
  habla_record_reader_fail (self, name, "must be a list that is not too long");
  return NULL;
}

static GStrv
record_reader_list (HablaRecordReader *self, const char *name, guint max, gboolean are_tags)
{
  JsonArray *array = record_reader_get_array (self, name, max);
  guint n = array != NULL ? json_array_get_length (array) : 0;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < n && self->error == NULL; i++) {
    JsonNode *node = json_array_get_element (array, i);
    const char *text =
        record_reader_check_string (self, name, node, are_tags ? HABLA_MAX_LANGUAGE_TAG : MAX_NAME);

    if (are_tags)
      text = record_reader_check_tag (self, name, text);
    if (text != NULL)
      g_strv_builder_add (builder, text);
  }
  return g_strv_builder_end (builder);
}

GStrv
habla_record_reader_list_tags (HablaRecordReader *self, const char *name, guint max)
{
  return record_reader_list (self, name, max, TRUE);
}

GStrv
habla_record_reader_list_names (HablaRecordReader *self, const char *name, guint max)
{
  return record_reader_list (self, name, max, FALSE);
}

GPtrArray *
habla_record_reader_get_objects (HablaRecordReader *self, const char *name, guint max)
{
  JsonArray *array = record_reader_get_array (self, name, max);
  guint n = array != NULL ? json_array_get_length (array) : 0;
  GPtrArray *objects = g_ptr_array_new ();

  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (array, i);

    if (JSON_NODE_HOLDS_OBJECT (node))
      g_ptr_array_add (objects, json_node_get_object (node));
    else
      habla_record_reader_fail (self, name, "must be a list of objects");
  }
  return objects;
}

gint64
habla_record_reader_get_int (
    HablaRecordReader *self, const char *name, gint64 min, gint64 max, gint64 fallback)
{
  JsonNode *node = record_reader_find (self, name);
  gint64 value;

  if (node == NULL)
    return fallback;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64) {
    habla_record_reader_fail (self, name, "must be a whole number");
    return fallback;
  }
  value = json_node_get_int (node);
  if (value >= min && value <= max)
    return value;
  habla_record_reader_fail (self, name, "is out of range");
  return fallback;
}

guint64
habla_record_reader_need_id (HablaRecordReader *self, const char *name)
{
  gint64 id = habla_record_reader_get_int (self, name, 1, G_MAXINT64 - 1, 0);

  if (id == 0)
    habla_record_reader_fail (self, name, "is missing");
  return id;
}

double
habla_record_reader_get_double (
    HablaRecordReader *self, const char *name, double min, double max, double fallback)
{
  JsonNode *node = record_reader_find (self, name);
  double value = fallback;

  if (node == NULL)
    return fallback;
  if (JSON_NODE_HOLDS_VALUE (node) && (json_node_get_value_type (node) == G_TYPE_INT64 ||
                                          json_node_get_value_type (node) == G_TYPE_DOUBLE))
    value = json_node_get_double (node);
  else
    habla_record_reader_fail (self, name, "must be a number");
  /* NaN fails the comparison, too. */
  if (value >= min && value <= max)
    return value;
  habla_record_reader_fail (self, name, "is out of range");
  return fallback;
}

gboolean
habla_record_reader_get_boolean (HablaRecordReader *self, const char *name)
{
  JsonNode *node = record_reader_find (self, name);

  if (node == NULL)
    return FALSE;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return json_node_get_boolean (node);
  habla_record_reader_fail (self, name, "must be true or false");
  return FALSE;
}
