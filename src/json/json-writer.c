/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "json/json-writer.h"

#include <string.h>

static void
json_writer_set_name (JsonBuilder *builder, const char *name)
{
  if (name != NULL)
    json_builder_set_member_name (builder, name);
}

void
habla_json_begin_object (JsonBuilder *builder, const char *name)
{
  json_writer_set_name (builder, name);
  json_builder_begin_object (builder);
}

void
habla_json_begin_array (JsonBuilder *builder, const char *name)
{
  json_writer_set_name (builder, name);
  json_builder_begin_array (builder);
}

void
habla_json_add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_writer_set_name (builder, name);
  if (value == NULL) {
    json_builder_add_null_value (builder);
  } else if (g_utf8_validate (value, -1, NULL)) {
    json_builder_add_string_value (builder, value);
  } else {
    g_autofree char *valid = g_utf8_make_valid (value, -1);

    json_builder_add_string_value (builder, valid);
  }
}

void
habla_json_add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_writer_set_name (builder, name);
  json_builder_add_int_value (builder, value);
}

void
habla_json_add_double (JsonBuilder *builder, const char *name, double value)
{
  json_writer_set_name (builder, name);
  json_builder_add_double_value (builder, value);
}

void
habla_json_add_boolean (JsonBuilder *builder, const char *name, gboolean value)
{
  json_writer_set_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

void
habla_json_add_strings (JsonBuilder *builder, const char *name, const char *const *values)
{
  habla_json_begin_array (builder, name);
  for (; values != NULL && *values != NULL; values++)
    habla_json_add_string (builder, NULL, *values);
  json_builder_end_array (builder);
}

GBytes *
habla_json_to_bytes (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  char *text = json_to_string (root, FALSE);

  return g_bytes_new_take (text, strlen (text));
}
