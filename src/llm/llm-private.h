/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>
#include <llm/llm.h>

G_BEGIN_DECLS

/**
 * habla_llm_get_key:
 * @self: servers
 * @provider: a provider
 * @url: a URL that was checked
 *
 * Returns: (transfer none) (nullable): the key that may be sent to @url
 */
const char *habla_llm_get_key (HablaLlm *self, HablaLlmProvider provider, const char *url);

/**
 * HablaLlmFetch:
 * @session: the HTTP session
 * @provider: a provider
 * @url: a URL that was checked
 * @key: (nullable): the key to send
 * @timeout: for the whole answer, in milliseconds
 * @cancellable: ends the request
 *
 * A request for the models of a server.
 */
typedef struct {
  SoupSession *session;
  HablaLlmProvider provider;
  const char *url;
  const char *key;
  guint timeout;
  GCancellable *cancellable;
} HablaLlmFetch;

/**
 * HablaLlmFetchDone:
 * @models: (nullable): the answer
 * @error: (nullable): why there is none
 * @user_data: user data
 *
 * Called once.
 */
typedef void (*HablaLlmFetchDone) (GStrv models, const GError *error, gpointer user_data);

/**
 * habla_llm_fetch:
 * @request: copied
 * @done: called later, also when the request is cancelled
 * @user_data: passed to @done
 *
 * Asks a server for its models.
 */
void habla_llm_fetch (const HablaLlmFetch *request, HablaLlmFetchDone done, gpointer user_data);

G_END_DECLS
