/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text/answer.h"

#include <habla/error.h>
#include <json/json-validator.h>
#include <string.h>

void
answer_clear (Answer *self)
{
  g_clear_pointer (&self->translation, g_free);
  g_clear_pointer (&self->corrected, g_free);
  g_clear_pointer (&self->annotations, habla_annotations_unref);
}

const char *
answer_skip_reasoning (const char *text)
{
  static const char *const ends[] = { "</think>", "</thinking>", "</reasoning>" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    const char *end = g_strrstr (text, ends[i]);

    if (end != NULL)
      text = end + strlen (ends[i]);
  }
  return text;
}

/* Returns: the length of the object at the begin of @text; 0 if it does not end */
static gsize
answer_measure_object (const char *text)
{
  gboolean in_string = FALSE;
  guint depth = 0;

  for (gsize i = 0; text[i] != '\0'; i++) {
    if (in_string && text[i] == '\\' && text[i + 1] != '\0') {
      i++;
    } else if (text[i] == '"') {
      in_string = !in_string;
    } else if (!in_string && text[i] == '{') {
      depth++;
    } else if (!in_string && text[i] == '}' && --depth == 0) {
      return i + 1;
    }
  }
  return 0;
}

/* Returns: (transfer full) (nullable): the first object in @text that is JSON */
static JsonObject *
answer_find_object (const char *text)
{
  static const HablaJsonLimits limits = { ANSWER_MAX_SIZE, 6, 40, 600 };

  for (guint i = 0; i < 8 && (text = strchr (text, '{')) != NULL; i++) {
    gsize length = answer_measure_object (text);
    g_autofree char *part = g_strndup (text, length);
    JsonObject *object = length > 0 ? habla_json_parse_object (part, length, &limits, NULL) : NULL;

    if (object != NULL)
      return object;
    text++;
  }
  return NULL;
}

/* Returns: (nullable): a string that is not blank */
static const char *
answer_get_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  const char *value;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  value = json_node_get_string (node);
  while (g_ascii_isspace (*value))
    value++;
  return *value != '\0' ? value : NULL;
}

/* Returns: (nullable): element @i of the array @name, if it is an object */
static JsonObject *
answer_get_element (JsonObject *object, const char *name, guint i)
{
  JsonNode *node = json_object_get_member (object, name);
  JsonArray *array =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (array == NULL || i >= json_array_get_length (array))
    return NULL;
  node = json_array_get_element (array, i);
  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static void
answer_add_correction (Answer *self, JsonObject *object)
{
  const char *wrong = answer_get_string (object, "wrong");
  const char *right = answer_get_string (object, "right");

  if (wrong != NULL && right != NULL && !g_str_equal (wrong, right))
    habla_annotations_add_correction (
        self->annotations, &(HablaCorrection){ (char *) wrong, (char *) right,
                               (char *) answer_get_string (object, "explanation") });
}

static void
answer_add_idiom (Answer *self, JsonObject *object)
{
  const char *phrase = answer_get_string (object, "phrase");
  const char *meaning = answer_get_string (object, "meaning");
  const char *type = answer_get_string (object, "type");
  const char *region = answer_get_string (object, "region");

  if (phrase != NULL && meaning != NULL)
    habla_annotations_add_note (
        self->annotations, &(HablaNote){
                               .phrase = (char *) phrase,
                               .literal = (char *) answer_get_string (object, "literal"),
                               .meaning = (char *) meaning,
                               .type = (char *) (type != NULL ? type : "idiom"),
                               .region = (char *) (region != NULL ? region : "universal"),
                               .source = (char *) HABLA_NOTE_SOURCE_MODEL,
                               .save_worthy = TRUE,
                               .begin = -1,
                               .end = -1,
                           });
}

/* A model that says that there is no correction has its corrections left out. */
static gboolean
answer_denies_correction (JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "is_correction");

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         json_node_get_value_type (node) == G_TYPE_BOOLEAN && !json_node_get_boolean (node);
}

static void
answer_read_notes (Answer *self, JsonObject *object)
{
  JsonNode *detail = json_object_get_member (object, "correction_detail");
  JsonObject *element;

  for (guint i = 0; (element = answer_get_element (object, "idioms", i)) != NULL; i++)
    answer_add_idiom (self, element);
  if (answer_denies_correction (object))
    return;
  for (guint i = 0; (element = answer_get_element (object, "corrections", i)) != NULL; i++)
    answer_add_correction (self, element);
  if (detail != NULL && JSON_NODE_HOLDS_OBJECT (detail))
    answer_add_correction (self, json_node_get_object (detail));
}

static gboolean
answer_refuse (GError **error, const char *reason)
{
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
      "The model's answer %s; use a model that follows instructions better", reason);
  return FALSE;
}

gboolean
answer_parse (Answer *self, const char *text, GError **error)
{
  g_autoptr (JsonObject) object = NULL;
  const char *translation;
  const char *corrected;

  if (strlen (text) > ANSWER_MAX_SIZE)
    return answer_refuse (error, "is too long");
  object = answer_find_object (answer_skip_reasoning (text));
  if (object == NULL)
    return answer_refuse (error, "is not JSON");
  translation = answer_get_string (object, "translation");
  if (translation == NULL)
    return answer_refuse (error, "has no translation");
  corrected = answer_get_string (object, "corrected_source");

  self->translation = g_strstrip (g_strdup (translation));
  self->corrected = g_strstrip (g_strdup (corrected != NULL ? corrected : ""));
  self->annotations = habla_annotations_new ();
  answer_read_notes (self, object);
  return TRUE;
}

/* Returns: (nullable): the begin of the string of the member "translation" */
static const char *
answer_find_translation (const char *text)
{
  static const char key[] = "\"translation\"";
  const char *found = strstr (text, key);

  /* In a string, the quotes are escaped. */
  if (found == NULL || (found > text && found[-1] == '\\'))
    return NULL;
  found += strlen (key);
  found += strspn (found, " \t\r\n");
  if (*found++ != ':')
    return NULL;
  found += strspn (found, " \t\r\n");
  return *found == '"' ? found + 1 : NULL;
}

/* Returns: the length of the part of a string of JSON that can be read: without the quote at its
 * end, and without an escape that is cut */
static gsize
answer_measure_string (const char *text)
{
  gsize i = 0;

  while (text[i] != '\0' && text[i] != '"') {
    gsize length = text[i] != '\\' ? 1 : text[i + 1] != 'u' ? 2 : 6;

    if (strnlen (text + i, length) < length)
      return i;
    i += length;
  }
  return i;
}

char *
answer_read_progress (const char *text)
{
  static const HablaJsonLimits limits = { ANSWER_MAX_SIZE, 2, 2, 2 };
  const char *begin = answer_find_translation (answer_skip_reasoning (text));
  g_autoptr (JsonObject) object = NULL;
  g_autofree char *json = NULL;
  const char *translation;

  if (begin == NULL)
    return NULL;
  json = g_strdup_printf ("{\"translation\":\"%.*s\"}", (int) answer_measure_string (begin), begin);
  object = habla_json_parse_object (json, strlen (json), &limits, NULL);
  translation = object != NULL ? answer_get_string (object, "translation") : NULL;
  return translation != NULL ? g_strstrip (g_strdup (translation)) : NULL;
}
