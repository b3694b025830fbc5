/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HablaLlmProvider:
 * @HABLA_LLM_OLLAMA: Ollama
 * @HABLA_LLM_LMSTUDIO: LM Studio
 * @HABLA_LLM_OPENAI: OpenAI, or another server with its interface
 *
 * Kinds of servers of language models.
 */
typedef enum {
  HABLA_LLM_OLLAMA,
  HABLA_LLM_LMSTUDIO,
  HABLA_LLM_OPENAI,
  HABLA_LLM_N_PROVIDERS,
} HablaLlmProvider;

/**
 * HablaLlmError:
 * @HABLA_LLM_ERROR_URL: not a usable URL
 * @HABLA_LLM_ERROR_KEY: no key, or a wrong one
 * @HABLA_LLM_ERROR_MODEL: the server has no such model
 * @HABLA_LLM_ERROR_UNREACHABLE: the server cannot be reached, or takes too long
 * @HABLA_LLM_ERROR_ANSWER: the server answers with an error, or with something unusable
 * @HABLA_LLM_ERROR_NOT_READY: the server asks to come back later, or too many requests are running
 *
 * Why there is no list of models.
 */
typedef enum {
  HABLA_LLM_ERROR_URL,
  HABLA_LLM_ERROR_KEY,
  HABLA_LLM_ERROR_MODEL,
  HABLA_LLM_ERROR_UNREACHABLE,
  HABLA_LLM_ERROR_ANSWER,
  HABLA_LLM_ERROR_NOT_READY,
} HablaLlmError;

#define HABLA_LLM_ERROR (habla_llm_error_quark ())
GQuark habla_llm_error_quark (void);

/* By HablaLlmProvider; terminated by %NULL. */
extern const char *const habla_llm_provider_names[];

/**
 * habla_llm_provider_from_name:
 * @name: any text
 * @provider: (out): the provider
 *
 * Returns: whether @name is that of a provider
 */
gboolean habla_llm_provider_from_name (const char *name, HablaLlmProvider *provider);

/**
 * habla_llm_url_check:
 * @url: any text
 * @error: return location for a %HABLA_LLM_ERROR_URL
 *
 * Accepts http and https with a host, without user, password, query and fragment, and only
 * characters that need no quoting in a launch line.
 *
 * Returns: whether @url is the address of a server
 */
gboolean habla_llm_url_check (const char *url, GError **error);

/**
 * habla_llm_url_has_origin:
 * @url: a URL that was checked
 * @other: as @url
 *
 * Returns: whether scheme, host and port of both are the same
 */
gboolean habla_llm_url_has_origin (const char *url, const char *other);

/**
 * habla_llm_url_is_private:
 * @url: a URL that was checked
 *
 * Returns: whether no one else can read the data sent there: https, or this machine
 */
gboolean habla_llm_url_is_private (const char *url);

/**
 * habla_llm_url_for_models:
 * @provider: a provider
 * @url: a URL that was checked, with or without a version at the end ("/v1")
 *
 * Returns: (transfer full): where the server lists its models
 */
char *habla_llm_url_for_models (HablaLlmProvider provider, const char *url);

/**
 * habla_llm_model_check:
 * @model: any text
 *
 * Returns: whether @model can be the name of a model: 1 to 200 letters, digits and . _ - : / @ +
 */
gboolean habla_llm_model_check (const char *model);

/**
 * habla_llm_parse_models:
 * @provider: a provider
 * @body: (not nullable): an answer of its server, not trusted
 * @error: return location for a %HABLA_LLM_ERROR_ANSWER
 *
 * Leaves out names that habla_llm_model_check() refuses, and those after the first 500.
 *
 * Returns: (transfer full) (nullable): the models, in the server's order
 */
GStrv habla_llm_parse_models (HablaLlmProvider provider, GByteArray *body, GError **error);

G_END_DECLS
