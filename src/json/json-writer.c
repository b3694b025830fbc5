/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "json/json-writer.h"

#include <string.h>

/* That every double has. */
#define MAX_DIGITS 15

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

/* Returns: the end of the string that begins at @text */
static const char *
json_writer_skip_string (const char *text)
{
  for (text++; *text != '"' && *text != '\0'; text++)
    if (*text == '\\' && text[1] != '\0')
      text++;
  return *text != '\0' ? text + 1 : text;
}

/* Adds a number of @length characters, with fewer digits if these are the same number. */
static void
json_writer_append_number (GString *text, const char *number, gsize length)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  double value;

  if (length > MAX_DIGITS && length < sizeof digits && memchr (number, '.', length) != NULL) {
    value = g_ascii_strtod (number, NULL);
    g_ascii_formatd (digits, sizeof digits, "%.15g", value);
    if (g_ascii_strtod (digits, NULL) == value) {
      g_string_append (text, digits);
      return;
    }
  }
  g_string_append_len (text, number, length);
}

/* JSON-GLib writes 0.32 as 0.32000000000000001. */
static char *
json_writer_shorten_numbers (const char *json)
{
  g_autoptr (GString) text = g_string_sized_new (strlen (json));

  while (*json != '\0') {
    const char *end = *json == '"' ? json_writer_skip_string (json) : json + 1;

    if (*json == '-' || g_ascii_isdigit (*json)) {
      end = json + strspn (json, "+-.0123456789eE");
      json_writer_append_number (text, json, end - json);
    } else {
      g_string_append_len (text, json, end - json);
    }
    json = end;
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

GBytes *
habla_json_to_bytes (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *json = json_to_string (root, FALSE);
  char *text = json_writer_shorten_numbers (json);

  return g_bytes_new_take (text, strlen (text));
}
