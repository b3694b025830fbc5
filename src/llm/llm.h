/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <llm/llm-provider.h>

G_BEGIN_DECLS

/**
 * HablaLlm:
 *
 * The servers of language models that owners may choose, the chosen one, and the models that the
 * servers list. The main thread uses it, unless documented otherwise. Never blocks. The key is sent
 * to the configured server of OpenAI only, and is in no message.
 */
typedef struct _HablaLlm HablaLlm;

/**
 * HablaLlmOptions:
 * @urls: by #HablaLlmProvider; checked with habla_llm_url_check()
 * @key: (nullable): the key for OpenAI
 * @key_file: (nullable): the file that has the key, or
 * @key_env: (nullable): the variable that has it
 * @timeout: of a request, in milliseconds
 * @input_price: US cents for a million tokens of requests to OpenAI; 0 = unknown
 * @output_price: the same for answers
 * @local: (nullable): translator without a language model, see #HablaPipelineOptions
 */
typedef struct {
  const char *urls[HABLA_LLM_N_PROVIDERS];
  const char *key;
  const char *key_file;
  const char *key_env;
  guint timeout;
  guint input_price;
  guint output_price;
  const char *local;
} HablaLlmOptions;

/**
 * HablaLlmSelection:
 * @is_set: whether a language model is chosen
 * @provider: its provider
 * @url: (nullable): its server; %NULL = the configured one
 * @model: its name
 * @quick_model: (nullable): another model of the server, for short tasks: it summarises the lesson
 * @input_tokens: of requests to the configured server of OpenAI in earlier runs
 * @output_tokens: of its answers
 *
 * The choice, and what is remembered with it.
 */
typedef struct {
  gboolean is_set;
  HablaLlmProvider provider;
  char *url;
  char *model;
  char *quick_model;
  guint64 input_tokens;
  guint64 output_tokens;
} HablaLlmSelection;

/**
 * habla_llm_new:
 * @options: copied
 *
 * Returns: (transfer full): servers of which none is chosen
 */
HablaLlm *habla_llm_new (const HablaLlmOptions *options);

/**
 * habla_llm_free:
 * @self: (transfer full): servers
 *
 * Cancels all requests, and iterates the main context until they have ended.
 */
void habla_llm_free (HablaLlm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaLlm, habla_llm_free)

/**
 * habla_llm_list_models_async:
 * @self: servers
 * @provider: a provider
 * @url: (nullable): a URL that was checked, which is asked; %NULL = the server of @provider, whose
 *   last answer is used for a few seconds
 * @callback: called when the answer is there
 * @user_data: passed to @callback
 *
 * Asks for the models. Follows no redirections, verifies certificates, reads at most 1 MiB.
 */
void habla_llm_list_models_async (HablaLlm *self, HablaLlmProvider provider, const char *url,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_llm_list_models_finish:
 * @result: of the callback
 * @error: return location for a %HABLA_LLM_ERROR
 *
 * Returns: (transfer full) (nullable): the models
 */
GStrv habla_llm_list_models_finish (GAsyncResult *result, GError **error);

/**
 * habla_llm_get_url:
 * @self: servers
 * @provider: a provider
 *
 * Returns: (transfer none): the server of @provider: the chosen one, or the configured one
 */
const char *habla_llm_get_url (HablaLlm *self, HablaLlmProvider provider);

/**
 * habla_llm_get_configured_url:
 * @self: servers
 * @provider: a provider
 *
 * Returns: (transfer none): the configured server of @provider
 */
const char *habla_llm_get_configured_url (HablaLlm *self, HablaLlmProvider provider);

/**
 * habla_llm_needs_key:
 * @self: servers
 * @provider: a provider
 * @url: a URL that was checked
 *
 * Returns: whether requests to @url need a key that there is not
 */
gboolean habla_llm_needs_key (HablaLlm *self, HablaLlmProvider provider, const char *url);

/**
 * habla_llm_get_selection:
 * @self: servers
 *
 * Returns: (transfer none): the choice
 */
const HablaLlmSelection *habla_llm_get_selection (HablaLlm *self);

/**
 * habla_llm_set_selection:
 * @self: servers
 * @selection: copied; URL and models were checked
 *
 * Changes the choice.
 */
void habla_llm_set_selection (HablaLlm *self, const HablaLlmSelection *selection);

/**
 * habla_llm_make_translator:
 * @self: servers
 * @selection: a choice; URL and models were checked
 *
 * Returns: (transfer full) (nullable): the launch line of the translator, without the key
 */
char *habla_llm_make_translator (HablaLlm *self, const HablaLlmSelection *selection);

/**
 * habla_llm_dup_translator:
 * @self: servers
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): the launch line of the present translator
 */
char *habla_llm_dup_translator (HablaLlm *self);

/**
 * habla_llm_get_cost:
 * @self: servers
 * @input_tokens: of requests
 * @output_tokens: of answers
 *
 * Returns: their price at OpenAI, in US dollars; 0.0 if the prices are unknown
 */
double habla_llm_get_cost (HablaLlm *self, guint64 input_tokens, guint64 output_tokens);

/**
 * habla_llm_selection_to_text:
 * @self: a choice
 *
 * Returns: (transfer full): for habla_llm_selection_from_text()
 */
char *habla_llm_selection_to_text (const HablaLlmSelection *self);

/**
 * habla_llm_selection_from_text:
 * @self: (out caller-allocates): zeros or a choice; clear it with habla_llm_selection_clear()
 * @text: (nullable): any text
 *
 * Returns: whether @text is a valid choice
 */
gboolean habla_llm_selection_from_text (HablaLlmSelection *self, const char *text);

/**
 * habla_llm_selection_clear:
 * @self: a choice
 *
 * Frees its strings.
 */
void habla_llm_selection_clear (HablaLlmSelection *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HablaLlmSelection, habla_llm_selection_clear)

G_END_DECLS
