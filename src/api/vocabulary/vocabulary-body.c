/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/vocabulary/vocabulary-body.h"

#include <habla/language.h>
#include <http/request-body.h>
#include <http/response.h>
#include <string.h>

/* @max: largest length, in characters
 * @fallback: (nullable): value of a new item without one; also stands for a blank one */
static const struct {
  const char *name;
  gsize offset;
  guint max;
  const char *fallback;
} fields[] = {
  { "term", G_STRUCT_OFFSET (HablaVocabularyItem, term), 200, NULL },
  { "literal", G_STRUCT_OFFSET (HablaVocabularyItem, literal), 1000, "" },
  { "meaning", G_STRUCT_OFFSET (HablaVocabularyItem, meaning), 1000, "" },
  { "category", G_STRUCT_OFFSET (HablaVocabularyItem, category), 50, "phrase" },
  { "region", G_STRUCT_OFFSET (HablaVocabularyItem, region), 50, "universal" },
  { "language", G_STRUCT_OFFSET (HablaVocabularyItem, language), 35, NULL },
  { "source_sentence", G_STRUCT_OFFSET (HablaVocabularyItem, source_sentence), 2000, NULL },
};

static gboolean
answer_wrong (const HablaRequest *request, const char *name, const char *what)
{
  habla_response_set_error (
      request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY, "\"%s\" must be %s", name, what);
  return FALSE;
}

/* Format characters, such as the space of width zero, cannot be seen either. */
static gboolean
is_invisible (gunichar c)
{
  return g_unichar_isspace (c) || g_unichar_type (c) == G_UNICODE_FORMAT;
}

/* Returns: (transfer full): @text without spaces of any kind at its ends */
static char *
strip (const char *text)
{
  const char *end, *previous;

  while (is_invisible (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  for (end = text + strlen (text); end > text; end = previous) {
    previous = g_utf8_prev_char (end);
    if (!is_invisible (g_utf8_get_char (previous)))
      break;
  }
  return g_strndup (text, end - text);
}

static gboolean
has_control_characters (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);

    if (g_unichar_iscntrl (c) && c != '\t' && c != '\n' && c != '\r')
      return TRUE;
  }
  return FALSE;
}

/* Returns: (nullable): the member; %NULL if it is missing or null */
static JsonNode *
get_member (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

static gboolean
is_type (JsonNode *node, GType type)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

gboolean
habla_vocabulary_body_get_text (
    const HablaRequest *request, JsonObject *object, const char *name, guint max, char **text)
{
  JsonNode *node = get_member (object, name);
  g_autofree char *stripped = NULL;
  g_autofree char *what = NULL;

  *text = NULL;
  if (node == NULL)
    return TRUE;
  if (!is_type (node, G_TYPE_STRING))
    return answer_wrong (request, name, "a string");
  stripped = strip (json_node_get_string (node));
  if (g_utf8_strlen (stripped, -1) > max || has_control_characters (stripped)) {
    what = g_strdup_printf ("a text of up to %u characters without control characters", max);
    return answer_wrong (request, name, what);
  }
  *text = g_steal_pointer (&stripped);
  return TRUE;
}

gboolean
habla_vocabulary_body_get_integer (
    const HablaRequest *request, JsonObject *object, const char *name, gint64 *value)
{
  JsonNode *node = get_member (object, name);

  if (node == NULL || !is_type (node, G_TYPE_INT64))
    return answer_wrong (request, name, "an integer");
  *value = json_node_get_int (node);
  return TRUE;
}

gboolean
habla_vocabulary_body_check_language (const HablaRequest *request, char **code)
{
  char *normal;

  if (*code == NULL || **code == '\0')
    return TRUE;
  normal = habla_language_normalize (*code, NULL);
  if (normal == NULL)
    return answer_wrong (request, "language", "a BCP 47 code, such as \"es\" or \"es-MX\"");
  g_free (*code);
  *code = normal;
  return TRUE;
}

static gboolean
get_exchange (const HablaRequest *request, JsonObject *object, HablaVocabularyItem *item)
{
  gint64 id;

  if (get_member (object, "exchange_id") == NULL)
    return TRUE;
  if (!habla_vocabulary_body_get_integer (request, object, "exchange_id", &id))
    return FALSE;
  if (id < 1)
    return answer_wrong (request, "exchange_id", "the id of an exchange");
  item->exchange_id = id;
  return TRUE;
}

static gboolean
get_worth (const HablaRequest *request, JsonObject *object, HablaVocabularyItem *item)
{
  JsonNode *node = get_member (object, "save_worthy");
  gint64 value = -1;

  if (node == NULL)
    return TRUE;
  if (is_type (node, G_TYPE_BOOLEAN))
    value = json_node_get_boolean (node);
  else if (is_type (node, G_TYPE_INT64))
    value = json_node_get_int (node);
  if (value != 0 && value != 1)
    return answer_wrong (request, "save_worthy", "0 or 1");
  item->save_worthy = value;
  return TRUE;
}

/* Returns: whether the members of the body are set in @item, and those that it lacks are not; if
 * not, the request has been answered */
static gboolean
read_item (const HablaRequest *request, JsonObject *object, HablaVocabularyItem *item)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    char **text = G_STRUCT_MEMBER_P (item, fields[i].offset);

    if (!habla_vocabulary_body_get_text (request, object, fields[i].name, fields[i].max, text))
      return FALSE;
    if (*text != NULL && **text == '\0' && fields[i].fallback != NULL) {
      g_free (*text);
      *text = g_strdup (fields[i].fallback);
    }
  }
  if (item->term != NULL && *item->term == '\0') {
    habla_response_set_error (
        request->message, SOUP_STATUS_BAD_REQUEST, "\"term\" must not be blank");
    return FALSE;
  }
  return habla_vocabulary_body_check_language (request, &item->language) &&
         get_exchange (request, object, item) && get_worth (request, object, item);
}

HablaVocabularyItem *
habla_vocabulary_body_get_item (const HablaRequest *request)
{
  g_autoptr (JsonObject) object = habla_request_body_get_object (request);
  g_autoptr (HablaVocabularyItem) item = habla_vocabulary_item_new ();

  item->save_worthy = 1;
  if (object == NULL || !read_item (request, object, item))
    return NULL;
  if (item->term == NULL) {
    answer_wrong (request, "term", "the word or phrase to learn");
    return NULL;
  }
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    char **text = G_STRUCT_MEMBER_P (item, fields[i].offset);

    if (*text == NULL)
      *text = g_strdup (fields[i].fallback);
  }
  return g_steal_pointer (&item);
}

HablaVocabularyItem *
habla_vocabulary_body_get_change (const HablaRequest *request)
{
  g_autoptr (JsonObject) object = habla_request_body_get_object (request);
  g_autoptr (HablaVocabularyItem) change = habla_vocabulary_item_new ();

  change->save_worthy = -1;
  if (object == NULL || !read_item (request, object, change))
    return NULL;
  return g_steal_pointer (&change);
}
