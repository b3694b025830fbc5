/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <json/json-validator.h>
#include <string.h>
#include <time.h>

static const HablaJsonLimits small = {
  .max_size = 4096,
  .max_depth = 3,
  .max_members = 4,
  .max_values = 8,
};

static const HablaJsonLimits large = {
  .max_size = 64 * 1024 * 1024,
  .max_depth = 32,
  .max_members = 64,
  .max_values = 100000,
};

static void
refuse (const char *text, gsize length, const HablaJsonLimits *limits, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (habla_json_parse (text, length, limits, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  if (strstr (error->message, message) == NULL)
    g_error ("“%s” is not in “%s”", message, error->message);
}

static void
test_accepted (void)
{
  static const char *const texts[] = { "{}", "[]", " 0 ", "-1.5e+3", "\"\\u00e9\\ud83d\\ude00\"",
    "[[[]]]", "{\"a\":1,\"b\":2,\"c\":3,\"d\":4}", "[1,2,3,4,5,6,7]", "true" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) node = habla_json_parse (texts[i], strlen (texts[i]), &small, &error);

    g_assert_no_error (error);
    g_assert_nonnull (node);
  }
}

static void
test_refused (void)
{
  static const struct {
    const char *text;
    const char *message;
  } cases[] = {
    { "", "Invalid JSON near byte 0" },
    { "{} {}", "Invalid JSON near byte 3" },
    { "{'a':1}", "Invalid JSON near byte" },
    { "[1,]", "Invalid JSON near byte" },
    { "// a\n1", "Invalid JSON near byte" },
    { "\"a\\u0000\"", "Invalid JSON near byte" },
    { "\"\\ud800\"", "Invalid JSON near byte" },
    { "\"\xff\"", "not valid UTF-8" },
    { "[[[[]]]]", "deeper than 3 levels" },
    { "{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5}", "more than 4 members" },
    { "[1,2,3,4,5,6,7,8]", "more than 8 values" },
  };
  g_autofree char *long_text = g_strnfill (4097, ' ');

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    refuse (cases[i].text, strlen (cases[i].text), &small, cases[i].message);
  refuse (long_text, 4097, &small, "at most 4096 are allowed");
  refuse ("1\0", 2, &small, "not valid UTF-8");
}

static void
test_object (void)
{
  g_autoptr (JsonObject) object = habla_json_parse_object ("{\"a\":1}", 7, &small, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (json_object_get_int_member (object, "a"), ==, 1);
  g_assert_null (habla_json_parse_object ("[]", 2, &small, &error));
  g_assert_nonnull (strstr (error->message, "must be a JSON object"));
}

static void
test_depth (void)
{
  gsize length = 32 * 1024 * 1024;
  g_autofree char *arrays = g_strnfill (length, '[');
  g_autoptr (GString) objects = g_string_new (NULL);

  for (guint i = 0; i < 200000; i++)
    g_string_append (objects, "{\"a\":");
  refuse (arrays, length, &large, "deeper than 32 levels");
  refuse (objects->str, objects->len, &large, "deeper than 32 levels");
}

/* Names of @n_pairs of two letters each, whose hashes in GLib are all equal. */
static GString *
make_colliding_object (guint n_pairs)
{
  GString *text = g_string_new ("{");

  for (guint i = 0; i < 1u << n_pairs; i++) {
    g_string_append (text, i > 0 ? ",\"" : "\"");
    for (guint bit = 0; bit < n_pairs; bit++)
      g_string_append (text, i >> bit & 1 ? "FY" : "Ez");
    g_string_append (text, "\":0");
  }
  g_string_append_c (text, '}');
  return text;
}

/* JSON-GLib alone takes many seconds for these 900 kB. */
static void
test_colliding_names (void)
{
  g_autoptr (GString) text = make_colliding_object (15);
  clock_t began;

  g_assert_cmpuint (g_str_hash ("EzFY"), ==, g_str_hash ("FYEz"));
  g_assert_cmpuint (text->len, >, 900000);
  began = clock ();
  refuse (text->str, text->len, &large, "more than 64 members");
  g_assert_cmpint (clock () - began, <, habla_test_scale (1) * CLOCKS_PER_SEC);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/json-validator/accepted", test_accepted);
  g_test_add_func ("/json-validator/refused", test_refused);
  g_test_add_func ("/json-validator/object", test_object);
  g_test_add_func ("/json-validator/depth", test_depth);
  g_test_add_func ("/json-validator/colliding-names", test_colliding_names);
  return g_test_run ();
}
