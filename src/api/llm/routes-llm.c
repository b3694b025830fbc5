/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The servers of language models, and the choice among them. */
#include "api/llm/language-model.h"

#include <http/request-body.h>
#include <http/response.h>
#include <json/json-writer.h>

static guint
get_status (const GError *error)
{
  if (error->domain != HABLA_LLM_ERROR)
    return SOUP_STATUS_SERVICE_UNAVAILABLE;
  switch (error->code) {
  case HABLA_LLM_ERROR_URL:
    return SOUP_STATUS_UNPROCESSABLE_ENTITY;
  case HABLA_LLM_ERROR_KEY:
  case HABLA_LLM_ERROR_MODEL:
    return SOUP_STATUS_BAD_REQUEST;
  case HABLA_LLM_ERROR_NOT_READY:
    return SOUP_STATUS_SERVICE_UNAVAILABLE;
  default:
    return SOUP_STATUS_BAD_GATEWAY;
  }
}

static void
set_error (SoupServerMessage *message, const GError *error)
{
  habla_response_set_error (message, get_status (error), "%s", error->message);
}

/* Returns: whether @name is a provider; if not, the request has been answered */
static gboolean
find_provider (const HablaRequest *request, const char *name, HablaLlmProvider *provider)
{
  g_autofree char *known = NULL;

  if (name == NULL) {
    habla_response_set_error (request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY,
        "The parameter \"provider\" is missing");
    return FALSE;
  }
  if (habla_llm_provider_from_name (name, provider))
    return TRUE;
  known = g_strjoinv (", ", (GStrv) habla_llm_provider_names);
  habla_response_set_error (
      request->message, SOUP_STATUS_BAD_REQUEST, "\"provider\" must be one of: %s", known);
  return FALSE;
}

/* GET /api/llm/providers */

typedef struct _ProviderList ProviderList;

typedef struct {
  ProviderList *list;
  GStrv models;  /* (nullable) */
  GError *error; /* (nullable) */
} Listed;

struct _ProviderList {
  HablaAsyncResponse *response;
  HablaLlm *llm;
  guint n_waiting;
  Listed listed[HABLA_LLM_N_PROVIDERS];
};

static const char *
get_provider_status (const GError *error, gboolean needs_key)
{
  if (error == NULL)
    return "ok";
  if (needs_key)
    return "no_api_key";
  if (g_error_matches (error, HABLA_LLM_ERROR, HABLA_LLM_ERROR_UNREACHABLE))
    return "down";
  return g_error_matches (error, HABLA_LLM_ERROR, HABLA_LLM_ERROR_NOT_READY) ? "unknown" : "error";
}

static void
add_provider (ProviderList *self, JsonBuilder *builder, HablaLlmProvider provider)
{
  static const char *const none[] = { NULL };
  const char *url = habla_llm_get_url (self->llm, provider);
  GStrv models = self->listed[provider].models;
  const GError *error = self->listed[provider].error;

  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "name", habla_llm_provider_names[provider]);
  habla_json_add_string (builder, "url", url);
  habla_json_add_string (builder, "status",
      get_provider_status (error, habla_llm_needs_key (self->llm, provider, url)));
  habla_json_add_strings (builder, "models", models != NULL ? (const char *const *) models : none);
  if (error != NULL)
    habla_json_add_string (builder, "detail", error->message);
  json_builder_end_object (builder);
}

static void
answer_list (ProviderList *self)
{
  const HablaLlmSelection *selection = habla_llm_get_selection (self->llm);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  habla_json_begin_object (builder, NULL);
  habla_json_begin_array (builder, "providers");
  for (guint i = 0; i < HABLA_LLM_N_PROVIDERS; i++)
    add_provider (self, builder, i);
  json_builder_end_array (builder);
  habla_json_add_string (
      builder, "active", selection->is_set ? habla_llm_provider_names[selection->provider] : "");
  json_builder_end_object (builder);
  habla_response_set_json (self->response->message, SOUP_STATUS_OK, builder);
}

static void
on_provider_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Listed *listed = user_data;
  ProviderList *self = listed->list;

  listed->models = habla_llm_list_models_finish (result, &listed->error);
  if (--self->n_waiting > 0)
    return;
  if (!self->response->is_gone)
    answer_list (self);
  habla_async_response_finish (self->response);
  for (guint i = 0; i < HABLA_LLM_N_PROVIDERS; i++) {
    g_strfreev (self->listed[i].models);
    g_clear_error (&self->listed[i].error);
  }
  g_free (self);
}

static void
answer_providers (const HablaRequest *request)
{
  ProviderList *self = g_new0 (ProviderList, 1);

  self->response = habla_async_response_new (request);
  self->llm = habla_api_from_request (request)->llm;
  self->n_waiting = HABLA_LLM_N_PROVIDERS;
  for (guint i = 0; i < HABLA_LLM_N_PROVIDERS; i++) {
    self->listed[i].list = self;
    habla_llm_list_models_async (self->llm, i, NULL, on_provider_listed, &self->listed[i]);
  }
}

/* GET /api/llm/models */

static void
on_models_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaAsyncResponse *response = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) models = habla_llm_list_models_finish (result, &error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (error != NULL && !response->is_gone) {
    set_error (response->message, error);
  } else if (!response->is_gone) {
    habla_json_begin_object (builder, NULL);
    habla_json_add_strings (builder, "models", (const char *const *) models);
    json_builder_end_object (builder);
    habla_response_set_json (response->message, SOUP_STATUS_OK, builder);
  }
  habla_async_response_finish (response);
}

static void
answer_models (const HablaRequest *request)
{
  HablaLlmProvider provider;

  if (find_provider (request, habla_request_get_parameter (request, "provider"), &provider))
    habla_llm_list_models_async (habla_api_from_request (request)->llm, provider, NULL,
        on_models_listed, habla_async_response_new (request));
}

/* GET /api/llm/current */

static void
set_current (HablaApi *api, SoupServerMessage *message)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  habla_json_begin_object (builder, NULL);
  habla_language_model_add_current (api, builder);
  json_builder_end_object (builder);
  habla_response_set_json (message, SOUP_STATUS_OK, builder);
}

static void
answer_current (const HablaRequest *request)
{
  set_current (habla_api_from_request (request), request->message);
}

/* POST /api/llm/select */

typedef struct {
  HablaAsyncResponse *response;
  HablaLlmSelection wanted; /* model may be %NULL: the first one */
} Choice;

static void
choice_free (Choice *self)
{
  habla_llm_selection_clear (&self->wanted);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Choice, choice_free)

static gboolean
check_listed (GStrv models, const char *model, GError **error)
{
  if (model != NULL && g_strv_contains ((const char *const *) models, model))
    return TRUE;
  g_set_error (error, HABLA_LLM_ERROR, HABLA_LLM_ERROR_MODEL,
      "The server has no model “%s”; GET /api/llm/models lists those that it has",
      model != NULL ? model : "");
  return FALSE;
}

static gboolean
choose (HablaApi *api, HablaLlmSelection *wanted, GStrv models, GError **error)
{
  const HablaLlmSelection *present = habla_llm_get_selection (api->llm);

  if (wanted->is_set) {
    if (wanted->model == NULL)
      wanted->model = g_strdup (models[0]);
    if (!check_listed (models, wanted->model, error) ||
        (wanted->quick_model != NULL && !check_listed (models, wanted->quick_model, error)))
      return FALSE;
  }
  wanted->input_tokens = present->input_tokens;
  wanted->output_tokens = present->output_tokens;
  if (!habla_language_model_select (api, wanted, error))
    return FALSE;
  habla_api_save_language_model (api);
  return TRUE;
}

/* A client that has gone chooses nothing. */
static void
on_choice_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Choice) self = user_data;
  HablaAsyncResponse *response = self->response;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) models = habla_llm_list_models_finish (result, &error);

  if (!response->is_gone) {
    HablaApi *api = habla_api_from_response (response);

    if (models != NULL && choose (api, &self->wanted, models, &error))
      set_current (api, response->message);
    else
      set_error (response->message, error);
  }
  habla_async_response_finish (response);
}

/* @value: (out) (transfer full) (nullable): NULL if the member is missing or empty
 *
 * Returns: %FALSE if it is no text; the request has been answered */
static gboolean
get_text (const HablaRequest *request, JsonObject *object, const char *name, char **value)
{
  const char *text = "";

  if (json_object_has_member (object, name))
    text = habla_request_body_get_string (request, object, name);
  *value = text != NULL && *text != '\0' ? g_strdup (text) : NULL;
  return text != NULL;
}

/* Returns: whether the body is valid; if not, the request has been answered */
static gboolean
read_choice (const HablaRequest *request, JsonObject *object, HablaLlmSelection *wanted)
{
  const char *name = habla_request_body_get_string (request, object, "provider");
  g_autoptr (GError) error = NULL;

  if (name == NULL)
    return FALSE;
  wanted->is_set = *name != '\0';
  if (!wanted->is_set)
    return TRUE;
  if (!find_provider (request, name, &wanted->provider) ||
      !get_text (request, object, "model", &wanted->model) ||
      !get_text (request, object, "url", &wanted->url) ||
      !get_text (request, object, "quick_model", &wanted->quick_model))
    return FALSE;
  if (wanted->url == NULL || habla_llm_url_check (wanted->url, &error))
    return TRUE;
  set_error (request->message, error);
  return FALSE;
}

static void
select_model (const HablaRequest *request)
{
  HablaApi *api = habla_api_from_request (request);
  g_autoptr (JsonObject) object = habla_request_body_get_object (request);
  g_autoptr (Choice) self = g_new0 (Choice, 1);
  HablaLlmSelection *wanted = &self->wanted;
  g_autoptr (GError) error = NULL;

  if (object == NULL || !read_choice (request, object, wanted))
    return;
  if (wanted->is_set) {
    HablaLlmProvider provider = wanted->provider;
    const char *url =
        wanted->url != NULL ? wanted->url : habla_llm_get_configured_url (api->llm, provider);

    self->response = habla_async_response_new (request);
    habla_llm_list_models_async (
        api->llm, provider, url, on_choice_listed, g_steal_pointer (&self));
  } else if (choose (api, wanted, NULL, &error)) {
    set_current (api, request->message);
  } else {
    set_error (request->message, error);
  }
}

/* clang-format off */
const HablaRoute habla_routes_llm[] = {
  { .path = "/api/llm/providers", .methods = "GET", .handler = answer_providers },
  { .path = "/api/llm/models", .methods = "GET", .handler = answer_models },
  { .path = "/api/llm/current", .methods = "GET", .handler = answer_current },
  { .path = "/api/llm/select", .methods = "POST", .handler = select_model },
  {},
};
/* clang-format on */
