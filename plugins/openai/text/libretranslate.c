/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text/libretranslate.h"

#include <habla/error.h>
#include <habla/language.h>
#include <json/json-validator.h>
#include <json/json-writer.h>
#include <string.h>

GBytes *
libretranslate_create_body (const LibretranslateRequest *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_auto (GStrv) lines = g_strsplit (self->text, "\n", -1);

  habla_json_begin_object (builder, NULL);
  if (g_strv_length (lines) > 1)
    habla_json_add_strings (builder, "q", (const char *const *) lines);
  else
    habla_json_add_string (builder, "q", self->text);
  habla_json_add_string (builder, "source", self->from);
  habla_json_add_string (builder, "target", self->to);
  habla_json_add_string (builder, "format", self->is_html ? "html" : "text");
  if (self->key != NULL)
    habla_json_add_string (builder, "api_key", self->key);
  json_builder_end_object (builder);
  return habla_json_to_bytes (builder);
}

/* Returns: (nullable): a string */
static const char *
libretranslate_get_string (JsonNode *node)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

/* Returns: (transfer full) (nullable): the lines, if all are strings and their number is right */
static char *
libretranslate_join (JsonArray *array, guint n_lines)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) lines = NULL;

  if (json_array_get_length (array) != n_lines)
    return NULL;
  for (guint i = 0; i < n_lines; i++) {
    const char *line = libretranslate_get_string (json_array_get_element (array, i));

    if (line == NULL)
      return NULL;
    g_strv_builder_add (builder, line);
  }
  lines = g_strv_builder_end (builder);
  return g_strjoinv ("\n", lines);
}

char *
libretranslate_parse (const char *text, gsize length, guint n_lines, GError **error)
{
  static const HablaJsonLimits limits = { 256 * 1024, 8, 50, 5000 };
  g_autoptr (JsonObject) object = habla_json_parse_object (text, length, &limits, NULL);
  JsonNode *node = object != NULL ? json_object_get_member (object, "translatedText") : NULL;
  char *translation = NULL;

  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    translation = libretranslate_join (json_node_get_array (node), n_lines);
  else if (libretranslate_get_string (node) != NULL)
    translation = g_strdup (libretranslate_get_string (node));
  if (translation == NULL || *g_strstrip (translation) == '\0') {
    g_clear_pointer (&translation, g_free);
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "The server's response has no translation; check that url is that of LibreTranslate");
  }
  return translation;
}

/* Adds the pairs of {"code": "en", "targets": ["es", …]}. */
static void
libretranslate_add_pairs (GPtrArray *pairs, JsonNode *node)
{
  JsonObject *language = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *code = language != NULL
                         ? libretranslate_get_string (json_object_get_member (language, "code"))
                         : NULL;
  JsonNode *targets = language != NULL ? json_object_get_member (language, "targets") : NULL;
  g_autofree char *from = code != NULL ? habla_language_normalize (code, NULL) : NULL;

  if (from == NULL || targets == NULL || !JSON_NODE_HOLDS_ARRAY (targets))
    return;
  for (guint i = 0; i < json_array_get_length (json_node_get_array (targets)); i++) {
    const char *target =
        libretranslate_get_string (json_array_get_element (json_node_get_array (targets), i));
    g_autofree char *to = target != NULL ? habla_language_normalize (target, NULL) : NULL;

    if (to != NULL && !g_str_equal (to, from) && pairs->len < LIBRETRANSLATE_MAX_PAIRS)
      g_ptr_array_add (pairs, g_strconcat (from, ">", to, NULL));
  }
}

GStrv
libretranslate_parse_languages (const char *text, gsize length)
{
  static const HablaJsonLimits limits = { 1024 * 1024, 6, 50, 50000 };
  g_autoptr (JsonNode) root = habla_json_parse (text, length, &limits, NULL);
  GPtrArray *pairs;
  JsonArray *array;

  if (root == NULL || !JSON_NODE_HOLDS_ARRAY (root))
    return NULL;
  pairs = g_ptr_array_new_with_free_func (g_free);
  array = json_node_get_array (root);
  for (guint i = 0; i < json_array_get_length (array); i++)
    libretranslate_add_pairs (pairs, json_array_get_element (array, i));
  g_ptr_array_add (pairs, NULL);
  return (GStrv) g_ptr_array_free (pairs, FALSE);
}

char *
libretranslate_get_code (const char *language)
{
  if (habla_language_matches ("zh-Hant", language) || habla_language_matches ("zh-TW", language))
    return g_strdup ("zh-Hant");
  if (habla_language_matches ("zh", language))
    return g_strdup ("zh-Hans");
  if (habla_language_matches ("pt-BR", language))
    return g_strdup ("pt-BR");
  return habla_language_get_primary (language);
}
