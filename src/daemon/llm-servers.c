/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/llm-servers.h"

#include "daemon/secret-file.h"

#include <string.h>

static gboolean
is_key (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c))
      return FALSE;
  return *text != '\0';
}

/* @key: (out) (transfer full) (nullable): NULL = there is none */
static gboolean
read_key (const HablaSettings *settings, char **key, GError **error)
{
  const char *path = settings->llm_key_file, *name = settings->llm_key_env;

  if (path == NULL) {
    *key = name != NULL ? g_strdup (g_getenv (name)) : NULL;
    if (name != NULL && *key == NULL)
      g_warning ("api-key-env of [llm]: the environment variable %s is not set, so there is no key "
                 "for %s",
          name, settings->openai_url);
  } else if (!habla_secret_file_check (path, error) ||
             !g_file_get_contents (path, key, NULL, error)) {
    g_prefix_error (error, "api-key-file of [llm]: ");
    return FALSE;
  }
  if (*key == NULL || is_key (g_strstrip (*key)))
    return TRUE;
  g_set_error (error, HABLA_SETTINGS_ERROR, 0,
      "%s must contain the key alone, in one line of ASCII characters", path != NULL ? path : name);
  return FALSE;
}

HablaLlm *
habla_llm_servers_new (const HablaSettings *settings, GError **error)
{
  g_autofree char *key = NULL;
  HablaLlmOptions options = {
    .urls = { [HABLA_LLM_OLLAMA] = settings->ollama_url,
        [HABLA_LLM_LMSTUDIO] = settings->lmstudio_url,
        [HABLA_LLM_OPENAI] = settings->openai_url },
    .key_file = settings->llm_key_file,
    .key_env = settings->llm_key_env,
    .timeout = settings->llm_timeout,
    .input_price = settings->llm_input_price,
    .output_price = settings->llm_output_price,
    .local = settings->translator,
  };

  if (!read_key (settings, &key, error))
    return NULL;
  options.key = key;
  return habla_llm_new (&options);
}
