/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Idioms: those of users can be added and deleted. They are the owner's: no join code gives access.
 */
#include "api/api-private.h"
#include "api/vocabulary/vocabulary-body.h"

#include <http/request-body.h>
#include <http/response.h>
#include <json/json-writer.h>
#include <phrases/phrase-pattern.h>
#include <store/phrases/idioms.h>

/* Lengths of lists. */
#define DEFAULT_LIST 500
#define MAX_LIST 2000
/* Largest texts, in characters. */
#define MAX_WORD 60

static HablaApi *
get_api (const HablaRequest *request)
{
  return habla_api_from_request (request);
}

static guint
get_status (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_EXISTS) ||
      g_error_matches (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_REFUSED))
    return SOUP_STATUS_CONFLICT;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    return SOUP_STATUS_INSUFFICIENT_STORAGE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT))
    return SOUP_STATUS_BAD_REQUEST;
  return SOUP_STATUS_SERVICE_UNAVAILABLE;
}

/* @response: (transfer full) */
static void
answer (HablaAsyncResponse *response, JsonBuilder *builder)
{
  if (!response->is_gone)
    habla_response_set_json (response->message, SOUP_STATUS_OK, builder);
  habla_async_response_finish (response);
}

/* @response: (transfer full) */
static void
fail (HablaAsyncResponse *response, const GError *error)
{
  if (!response->is_gone)
    habla_response_set_error (response->message, get_status (error), "%s", error->message);
  habla_async_response_finish (response);
}

/* The strings of the result belong to @idiom. */
static HablaPhrase
make_phrase (const HablaIdiomRecord *idiom)
{
  return (HablaPhrase){ .id = idiom->id,
    .language = idiom->language,
    .canonical = idiom->canonical,
    .pattern = idiom->pattern,
    .literal = idiom->literal,
    .meaning = idiom->meaning,
    .region = idiom->region,
    .frequency = idiom->frequency,
    .type = (char *) HABLA_PHRASE_IDIOM };
}

static void
add_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaAsyncResponse *response = user_data;
  HablaApi *api = habla_api_from_response (response);
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaIdiomRecord) idiom = habla_idioms_add_finish (api->store, result, &error);
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  HablaPhrase phrase;

  if (idiom != NULL) {
    phrase = make_phrase (idiom);
    habla_phrasebook_add (api->phrasebook, &phrase, &error);
  }
  if (error != NULL) {
    fail (response, error);
    return;
  }
  habla_json_begin_object (builder, NULL);
  habla_json_add_int (builder, "id", idiom->id);
  habla_json_add_string (builder, "pattern", idiom->pattern);
  habla_json_add_string (builder, "canonical", idiom->canonical);
  habla_json_add_int (builder, "total_patterns", habla_phrasebook_count (api->phrasebook));
  json_builder_end_object (builder);
  answer (response, builder);
}

/* @text: (out) (transfer full): the member, or @fallback. Returns: whether it is valid; if not, the
 * request has been answered */
static gboolean
read_text (const HablaRequest *request, JsonObject *object, const char *name, guint max,
    const char *fallback, char **text)
{
  if (!habla_vocabulary_body_get_text (request, object, name, max, text))
    return FALSE;
  if (*text == NULL || (**text == '\0' && fallback != NULL)) {
    g_free (*text);
    *text = g_strdup (fallback);
  }
  return TRUE;
}

static gboolean
read_texts (const HablaRequest *request, JsonObject *object, HablaIdiomRecord *idiom)
{
  return read_text (request, object, "meaning", HABLA_MAX_PHRASE_TEXT, "", &idiom->meaning) &&
         read_text (request, object, "literal", HABLA_MAX_PHRASE_TEXT, "", &idiom->literal) &&
         read_text (request, object, "region", MAX_WORD, HABLA_PHRASE_UNIVERSAL, &idiom->region) &&
         read_text (request, object, "frequency", MAX_WORD, "common", &idiom->frequency) &&
         read_text (request, object, "language", MAX_WORD, NULL, &idiom->language) &&
         habla_vocabulary_body_check_language (request, &idiom->language) &&
         read_text (request, object, "pattern", HABLA_MAX_PATTERN, NULL, &idiom->pattern);
}

/* Returns: whether there is a phrase, from which a pattern was made if there was none; if not, the
 * request has been answered */
static gboolean
read_phrase (const HablaRequest *request, JsonObject *object, HablaIdiomRecord *idiom)
{
  const char *given = habla_request_body_get_string (request, object, "phrase");
  g_autofree char *phrase = given != NULL ? g_strstrip (g_strdup (given)) : NULL;
  g_autoptr (GError) error = NULL;

  if (phrase == NULL ||
      !read_text (request, object, "canonical", HABLA_MAX_PHRASE, phrase, &idiom->canonical))
    return FALSE;
  if (idiom->language != NULL && *idiom->language == '\0')
    g_clear_pointer (&idiom->language, g_free);
  if (idiom->pattern != NULL && *idiom->pattern == '\0')
    g_clear_pointer (&idiom->pattern, g_free);
  if (*phrase == '\0' || g_utf8_strlen (phrase, -1) > HABLA_MAX_PHRASE) {
    habla_response_set_error (request->message, SOUP_STATUS_BAD_REQUEST,
        "\"phrase\" must have 1 to %d characters", HABLA_MAX_PHRASE);
    return FALSE;
  }
  if (idiom->pattern == NULL)
    idiom->pattern = habla_phrase_pattern_make (phrase, &error);
  if (idiom->pattern == NULL)
    habla_response_set_error (request->message, SOUP_STATUS_BAD_REQUEST, "%s", error->message);
  return idiom->pattern != NULL;
}

static void
answer_add (const HablaRequest *request)
{
  g_autoptr (JsonObject) object = habla_request_body_get_object (request);
  g_autoptr (HablaIdiomRecord) idiom = g_new0 (HablaIdiomRecord, 1);
  g_autoptr (GError) error = NULL;
  HablaPhrase phrase;

  if (object == NULL || !read_texts (request, object, idiom) ||
      !read_phrase (request, object, idiom))
    return;
  phrase = make_phrase (idiom);
  if (!habla_phrasebook_check (get_api (request)->phrasebook, &phrase, &error)) {
    habla_response_set_error (request->message, get_status (error), "%s", error->message);
    return;
  }
  habla_idioms_add_async (get_api (request)->store, g_steal_pointer (&idiom), add_done,
      habla_async_response_new (request));
}

static void
add_idiom (JsonBuilder *builder, const HablaPhrase *phrase)
{
  habla_json_begin_object (builder, NULL);
  if (phrase->id != 0)
    habla_json_add_int (builder, "id", phrase->id);
  else
    habla_json_add_string (builder, "id", NULL);
  habla_json_add_string (builder, "phrase", phrase->canonical);
  habla_json_add_string (builder, "canonical", phrase->canonical);
  habla_json_add_string (builder, "pattern", phrase->pattern);
  habla_json_add_string (builder, "literal", phrase->literal);
  habla_json_add_string (builder, "meaning", phrase->meaning);
  habla_json_add_string (builder, "region", phrase->region);
  habla_json_add_string (builder, "frequency", phrase->frequency);
  habla_json_add_string (builder, "language", phrase->language);
  json_builder_end_object (builder);
}

static void
answer_list (const HablaRequest *request)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr (GPtrArray) all = NULL;
  guint64 limit, offset;

  if (!habla_request_get_number (request, "limit", DEFAULT_LIST, 1, MAX_LIST, &limit) ||
      !habla_request_get_number (request, "offset", 0, 0, G_MAXINT64, &offset))
    return;
  all = habla_phrasebook_list (get_api (request)->phrasebook);
  habla_json_begin_array (builder, NULL);
  for (guint64 i = offset; i < all->len && i - offset < limit; i++)
    add_idiom (builder, all->pdata[i]);
  json_builder_end_array (builder);
  habla_response_set_json (request->message, SOUP_STATUS_OK, builder);
}

static void
answer_idioms (const HablaRequest *request)
{
  if (!g_str_equal (soup_server_message_get_method (request->message), SOUP_METHOD_POST))
    answer_list (request);
  else if (habla_api_check_store (request))
    answer_add (request);
}

/* A deletion that waits for the store. */
typedef struct {
  HablaAsyncResponse *response;
  guint64 id;
} Deletion;

static void
delete_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Deletion *self = user_data;
  HablaApi *api = habla_api_from_response (self->response);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  if (!habla_store_finish (api->store, result, &error)) {
    habla_api_fail_response (self->response, error);
    return;
  }
  habla_phrasebook_remove (api->phrasebook, self->id);
  habla_json_begin_object (builder, NULL);
  habla_json_add_boolean (builder, "deleted", TRUE);
  habla_json_add_int (builder, "id", self->id);
  json_builder_end_object (builder);
  answer (self->response, builder);
}

static void
answer_delete (const HablaRequest *request)
{
  Deletion *deletion;
  guint64 id;

  if (!habla_api_check_store (request) || !habla_api_get_id (request, "idiom", &id))
    return;
  deletion = g_new0 (Deletion, 1);
  deletion->response = habla_async_response_new (request);
  deletion->id = id;
  habla_idioms_remove_async (get_api (request)->store, id, delete_done, deletion);
}

const HablaRoute habla_routes_idioms[] = {
  { .path = "/api/idioms", .methods = "GET, POST", .handler = answer_idioms },
  { .path = "/api/idioms/{}", .methods = "DELETE", .handler = answer_delete },
  {},
};
