/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <json/json-writer.h>

static void
test_values (void)
{
  static const char *const languages[] = { "es", "fr", NULL };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GBytes) bytes = NULL;

  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "text", "¿Qué?");
  habla_json_add_string (builder, "nothing", NULL);
  habla_json_add_int (builder, "id", G_MAXINT64);
  habla_json_add_double (builder, "confidence", 0.5);
  habla_json_add_boolean (builder, "final", TRUE);
  habla_json_add_strings (builder, "languages", languages);
  habla_json_add_strings (builder, "none", NULL);
  habla_json_begin_array (builder, "speakers");
  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "name", "Ana");
  json_builder_end_object (builder);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  bytes = habla_json_to_bytes (builder);
  g_assert_cmpstr (g_bytes_get_data (bytes, NULL), ==,
      "{\"text\":\"¿Qué?\",\"nothing\":null,\"id\":9223372036854775807,\"confidence\":0.5,"
      "\"final\":true,\"languages\":[\"es\",\"fr\"],\"none\":[],\"speakers\":[{\"name\":\"Ana\"}]"
      "}");
}

/* As few digits as read back as the same number; texts are left alone. */
static void
test_numbers (void)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GBytes) bytes = NULL;

  habla_json_begin_array (builder, NULL);
  habla_json_add_double (builder, NULL, 0.32);
  habla_json_add_double (builder, NULL, -1234567.891);
  habla_json_add_double (builder, NULL, 0.1 + 0.2);
  habla_json_add_string (builder, NULL, "\\\" 0.32000000000000001");
  json_builder_end_array (builder);
  bytes = habla_json_to_bytes (builder);
  g_assert_cmpstr (g_bytes_get_data (bytes, NULL), ==,
      "[0.32,-1234567.891,0.30000000000000004,\"\\\\\\\" 0.32000000000000001\"]");
}

static void
test_invalid_utf8 (void)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GBytes) bytes = NULL;

  habla_json_begin_array (builder, NULL);
  habla_json_add_string (builder, NULL, "a\xff");
  json_builder_end_array (builder);
  bytes = habla_json_to_bytes (builder);
  g_assert_cmpstr (g_bytes_get_data (bytes, NULL), ==, "[\"a\uFFFD\"]");
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/json-writer/values", test_values);
  g_test_add_func ("/json-writer/numbers", test_numbers);
  g_test_add_func ("/json-writer/invalid-utf8", test_invalid_utf8);
  return habla_test_run ();
}
