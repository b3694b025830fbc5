/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "llm/llm-provider.h"

#include <json/json-validator.h>
#include <libsoup/soup.h>
#include <string.h>

#define MAX_URL 500
#define MAX_MODEL 200
#define MAX_MODELS 500

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

G_DEFINE_QUARK (habla_llm_error, habla_llm_error)

const char *const habla_llm_provider_names[] = {
  [HABLA_LLM_OLLAMA] = "ollama",
  [HABLA_LLM_LMSTUDIO] = "lmstudio",
  [HABLA_LLM_OPENAI] = "openai",
  NULL,
};

/* Where servers list models: the names of the array and of its members. */
static const struct {
  const char *path;
  const char *list;
  const char *name;
} interfaces[] = {
  [HABLA_LLM_OLLAMA] = { "/api/tags", "models", "name" },
  [HABLA_LLM_LMSTUDIO] = { "/v1/models", "data", "id" },
  [HABLA_LLM_OPENAI] = { "/v1/models", "data", "id" },
};

gboolean
habla_llm_provider_from_name (const char *name, HablaLlmProvider *provider)
{
  for (guint i = 0; i < HABLA_LLM_N_PROVIDERS; i++)
    if (g_str_equal (name, habla_llm_provider_names[i])) {
      *provider = i;
      return TRUE;
    }
  return FALSE;
}

static gboolean
is_made_of (const char *text, const char *characters, gsize max)
{
  gsize length = strlen (text);

  return length > 0 && length <= max && strspn (text, characters) == length;
}

static GUri *
parse_url (const char *url)
{
  return g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
}

gboolean
habla_llm_url_check (const char *url, GError **error)
{
  g_autoptr (GUri) uri = is_made_of (url, LETTERS ":/._~-[]", MAX_URL) ? parse_url (url) : NULL;
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";

  if ((g_str_equal (scheme, "http") || g_str_equal (scheme, "https")) &&
      g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0')
    return TRUE;
  g_set_error (error, HABLA_LLM_ERROR, HABLA_LLM_ERROR_URL,
      "The address of a server must be such as http://127.0.0.1:11434: http or https, without "
      "user, password, query and fragment");
  return FALSE;
}

gboolean
habla_llm_url_has_origin (const char *url, const char *other)
{
  g_autoptr (GUri) a = parse_url (url);
  g_autoptr (GUri) b = parse_url (other);

  return g_str_equal (g_uri_get_scheme (a), g_uri_get_scheme (b)) &&
         g_ascii_strcasecmp (g_uri_get_host (a), g_uri_get_host (b)) == 0 &&
         g_uri_get_port (a) == g_uri_get_port (b);
}

gboolean
habla_llm_url_is_private (const char *url)
{
  g_autoptr (GUri) uri = parse_url (url);
  const char *host = g_uri_get_host (uri);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (g_str_equal (g_uri_get_scheme (uri), "https"))
    return TRUE;
  return address != NULL ? g_inet_address_get_is_loopback (address)
                         : g_ascii_strcasecmp (host, "localhost") == 0;
}

char *
habla_llm_url_for_models (HablaLlmProvider provider, const char *url)
{
  g_autofree char *base = g_strdup (url);
  gsize length = strlen (base);

  while (length > 0 && base[length - 1] == '/')
    base[--length] = '\0';
  if (length > 3 && g_str_equal (base + length - 3, "/v1"))
    base[length - 3] = '\0';
  return g_strconcat (base, interfaces[provider].path, NULL);
}

gboolean
habla_llm_model_check (const char *model)
{
  return is_made_of (model, LETTERS "._-:/@+", MAX_MODEL);
}

/* Returns: (nullable): the name of the model at @index of @list */
static const char *
get_model (JsonArray *list, guint index, const char *member)
{
  JsonNode *element = json_array_get_element (list, index);
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (element) ? json_node_get_object (element) : NULL;
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;
  const char *name = node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
                         ? json_node_get_string (node)
                         : NULL;

  return name != NULL && habla_llm_model_check (name) ? name : NULL;
}

GStrv
habla_llm_parse_models (HablaLlmProvider provider, GByteArray *body, GError **error)
{
  static const HablaJsonLimits limits = {
    .max_size = 1024 * 1024, .max_depth = 16, .max_members = 200, .max_values = 50000
  };
  g_autofree char *text =
      body->len > 0 ? g_strndup ((const char *) body->data, body->len) : g_strdup ("");
  g_autoptr (JsonObject) object = habla_json_parse_object (text, body->len, &limits, NULL);
  JsonNode *list =
      object != NULL ? json_object_get_member (object, interfaces[provider].list) : NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (list == NULL || !JSON_NODE_HOLDS_ARRAY (list)) {
    g_set_error (error, HABLA_LLM_ERROR, HABLA_LLM_ERROR_ANSWER,
        "The answer of %s is no list of models; check its address",
        habla_llm_provider_names[provider]);
    return NULL;
  }
  for (guint i = 0; i < MIN (json_array_get_length (json_node_get_array (list)), MAX_MODELS); i++) {
    const char *name = get_model (json_node_get_array (list), i, interfaces[provider].name);

    if (name != NULL)
      g_strv_builder_add (builder, name);
  }
  return g_strv_builder_end (builder);
}
