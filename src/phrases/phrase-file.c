/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "phrases/phrase-file.h"

#include "phrases/phrase-pattern.h"

#include <json/json-validator.h>

static const HablaJsonLimits limits = { HABLA_PHRASE_FILE_MAX_SIZE, 4, 16, 50000 };

static void
rule_free (HablaCorrectionRule *self)
{
  g_free (self->pattern);
  g_free (self->right);
  g_free (self->explanation);
  g_free (self);
}

void
habla_phrase_file_free (HablaPhraseFile *self)
{
  g_free (self->language);
  g_free (self->native);
  g_ptr_array_unref (self->phrases);
  g_ptr_array_unref (self->rules);
  g_free (self);
}

/* Returns: (nullable): the string, if it has at most HABLA_MAX_PHRASE_TEXT characters; @fallback if
 * there is none */
static const char *
get_text (JsonObject *object, const char *name, const char *fallback)
{
  JsonNode *node = json_object_get_member (object, name);
  const char *text;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return fallback;
  text = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
  return text != NULL && g_utf8_strlen (text, -1) <= HABLA_MAX_PHRASE_TEXT ? text : NULL;
}

static gboolean
file_add_phrase (HablaPhraseFile *self, JsonObject *object, const char *type, GError **error)
{
  g_autofree char *made = NULL;
  HablaPhrase phrase = { .language = self->language,
    .canonical = (char *) get_text (object, "phrase", NULL),
    .pattern = (char *) get_text (object, "pattern", NULL),
    .literal = (char *) get_text (object, "literal", ""),
    .meaning = (char *) get_text (object, "meaning", NULL),
    .region = (char *) get_text (object, "region", HABLA_PHRASE_UNIVERSAL),
    .frequency = (char *) get_text (object, "frequency", "common"),
    .type = (char *) type };

  if (phrase.canonical == NULL || phrase.meaning == NULL || phrase.literal == NULL ||
      phrase.region == NULL || phrase.frequency == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "An entry must have the strings \"phrase\" and \"meaning\", of at most %d characters",
        HABLA_MAX_PHRASE_TEXT);
    return FALSE;
  }
  if (phrase.pattern == NULL)
    phrase.pattern = made = habla_phrase_pattern_make (phrase.canonical, error);
  if (phrase.pattern == NULL)
    return FALSE;
  g_ptr_array_add (self->phrases, habla_phrase_copy (&phrase));
  return TRUE;
}

static gboolean
file_add_idiom (HablaPhraseFile *self, JsonObject *object, GError **error)
{
  return file_add_phrase (self, object, HABLA_PHRASE_IDIOM, error);
}

static gboolean
file_add_false_friend (HablaPhraseFile *self, JsonObject *object, GError **error)
{
  return file_add_phrase (self, object, HABLA_PHRASE_FALSE_FRIEND, error);
}

static gboolean
file_add_rule (HablaPhraseFile *self, JsonObject *object, GError **error)
{
  const char *pattern = get_text (object, "pattern", NULL);
  const char *right = get_text (object, "right", NULL);
  const char *explanation = get_text (object, "explanation", "");
  HablaCorrectionRule *rule;

  if (pattern == NULL || right == NULL || explanation == NULL ||
      !g_regex_check_replacement (right, NULL, NULL)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "A correction must have the strings \"pattern\" and \"right\", of at most %d characters",
        HABLA_MAX_PHRASE_TEXT);
    return FALSE;
  }
  rule = g_new0 (HablaCorrectionRule, 1);
  rule->pattern = g_strdup (pattern);
  rule->right = g_strdup (right);
  rule->explanation = g_strdup (explanation);
  g_ptr_array_add (self->rules, rule);
  return TRUE;
}

static gboolean
file_read_list (HablaPhraseFile *self, JsonObject *root, const char *name,
    gboolean (*add) (HablaPhraseFile *self, JsonObject *object, GError **error), GError **error)
{
  JsonNode *node = json_object_get_member (root, name);
  JsonArray *list =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint length = list != NULL ? json_array_get_length (list) : 0;

  if ((node != NULL && list == NULL) || length > HABLA_PHRASE_FILE_MAX_ENTRIES) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "\"%s\" must be a list of at most %d entries", name, HABLA_PHRASE_FILE_MAX_ENTRIES);
    return FALSE;
  }
  for (guint i = 0; i < length; i++) {
    JsonNode *element = json_array_get_element (list, i);

    if (!JSON_NODE_HOLDS_OBJECT (element)) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
          "Entry %u of \"%s\" must be an object", i + 1, name);
      return FALSE;
    }
    if (!add (self, json_node_get_object (element), error)) {
      g_prefix_error (error, "Entry %u of \"%s\": ", i + 1, name);
      return FALSE;
    }
  }
  return TRUE;
}

HablaPhraseFile *
habla_phrase_file_parse (const char *text, gsize size, GError **error)
{
  g_autoptr (JsonObject) root = habla_json_parse_object (text, size, &limits, error);
  g_autoptr (HablaPhraseFile) self = NULL;

  if (root == NULL)
    return NULL;
  self = g_new0 (HablaPhraseFile, 1);
  self->language = g_strdup (get_text (root, "language", NULL));
  self->native = g_strdup (get_text (root, "native", NULL));
  self->phrases = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_phrase_free);
  self->rules = g_ptr_array_new_with_free_func ((GDestroyNotify) rule_free);
  if (self->language == NULL || *self->language == '\0') {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "\"language\" must be a language code, as \"es\"");
    return NULL;
  }
  if (!file_read_list (self, root, "idioms", file_add_idiom, error) ||
      !file_read_list (self, root, "false_friends", file_add_false_friend, error) ||
      !file_read_list (self, root, "corrections", file_add_rule, error))
    return NULL;
  return g_steal_pointer (&self);
}
