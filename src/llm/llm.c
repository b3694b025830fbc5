/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "llm/llm.h"

#include "llm/llm-private.h"

/* For how long an answer is used, in microseconds: pages ask every few seconds. */
#define CACHE_TIME (5 * G_TIME_SPAN_SECOND)

/* Requests at once. */
#define MAX_FETCHES 8

/* What the server of a provider answered last, and who waits for it. */
typedef struct {
  char *url; /* (nullable): that was asked */
  gint64 time;
  GStrv models;   /* (nullable) */
  GError *error;  /* (nullable) */
  GList *waiting; /* (element-type GTask) */
} Answer;

struct _HablaLlm {
  char *urls[HABLA_LLM_N_PROVIDERS];
  char *key;
  char *key_file;
  char *key_env;
  char *local;
  guint timeout;
  guint input_price;
  guint output_price;
  SoupSession *session;
  GCancellable *cancellable;
  guint n_fetches;
  Answer answers[HABLA_LLM_N_PROVIDERS];
  HablaLlmSelection selection;
  GMutex lock;
  char *translator; /* protected by lock; nullable */
};

HablaLlm *
habla_llm_new (const HablaLlmOptions *options)
{
  HablaLlm *self = g_new0 (HablaLlm, 1);

  for (guint i = 0; i < HABLA_LLM_N_PROVIDERS; i++)
    self->urls[i] = g_strdup (options->urls[i]);
  self->key = g_strdup (options->key);
  self->key_file = g_strdup (options->key_file);
  self->key_env = g_strdup (options->key_env);
  self->local = g_strdup (options->local);
  self->timeout = options->timeout;
  self->input_price = options->input_price;
  self->output_price = options->output_price;
  self->session = soup_session_new ();
  self->cancellable = g_cancellable_new ();
  g_mutex_init (&self->lock);
  self->translator = g_strdup (options->local);
  return self;
}

static void
answer_clear (Answer *self)
{
  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->models, g_strfreev);
  g_clear_error (&self->error);
}

void
habla_llm_free (HablaLlm *self)
{
  g_cancellable_cancel (self->cancellable);
  while (self->n_fetches > 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < HABLA_LLM_N_PROVIDERS; i++) {
    answer_clear (&self->answers[i]);
    g_free (self->urls[i]);
  }
  g_object_unref (self->cancellable);
  g_object_unref (self->session);
  habla_llm_selection_clear (&self->selection);
  g_mutex_clear (&self->lock);
  g_free (self->translator);
  g_free (self->key);
  g_free (self->key_file);
  g_free (self->key_env);
  g_free (self->local);
  g_free (self);
}

/* Lists */

/* A request and the tasks that it answers. */
typedef struct {
  HablaLlm *llm;
  Answer *answer; /* (nullable): to keep it in */
  GTask *task;    /* (nullable): the only one that waits */
} Call;

static void
return_answer (GTask *task, GStrv models, const GError *error)
{
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_pointer (task, g_strdupv (models), (GDestroyNotify) g_strfreev);
  g_object_unref (task);
}

static void
llm_on_fetched (GStrv models, const GError *error, gpointer user_data)
{
  g_autofree Call *call = user_data;
  Answer *answer = call->answer;
  GList *waiting;

  call->llm->n_fetches--;
  if (answer == NULL) {
    return_answer (call->task, models, error);
    return;
  }
  answer->models = g_strdupv (models);
  answer->error = error != NULL ? g_error_copy (error) : NULL;
  answer->time = g_get_monotonic_time ();
  waiting = g_steal_pointer (&answer->waiting);
  for (GList *i = waiting; i != NULL; i = i->next)
    return_answer (i->data, models, error);
  g_list_free (waiting);
}

/* Returns: (transfer full) (nullable): why no request can be sent */
static GError *
llm_check_fetch (HablaLlm *self, HablaLlmProvider provider, const char *url)
{
  if (habla_llm_needs_key (self, provider, url))
    return g_error_new_literal (HABLA_LLM_ERROR, HABLA_LLM_ERROR_KEY,
        self->key == NULL ? "There is no key for openai; set api-key-file or api-key-env of [llm]"
                          : "The key for openai is not sent unencrypted; set openai-url of [llm] "
                            "to an address that begins with https://");
  if (self->n_fetches < MAX_FETCHES)
    return NULL;
  return g_error_new_literal (HABLA_LLM_ERROR, HABLA_LLM_ERROR_NOT_READY,
      "Too many requests to language models are running; try again in a moment");
}

static void
llm_fetch (HablaLlm *self, HablaLlmProvider provider, const char *url, Answer *answer, GTask *task)
{
  Call *call = g_new (Call, 1);
  const HablaLlmFetch request = { .session = self->session,
    .provider = provider,
    .url = url,
    .key = habla_llm_get_key (self, provider, url),
    .timeout = self->timeout,
    .cancellable = self->cancellable };

  *call = (Call){ self, answer, task };
  self->n_fetches++;
  habla_llm_fetch (&request, llm_on_fetched, call);
}

/* Returns: whether the last answer is from @url and recent */
static gboolean
answer_is_fresh (const Answer *self, const char *url)
{
  return g_strcmp0 (self->url, url) == 0 && g_get_monotonic_time () - self->time < CACHE_TIME;
}

void
habla_llm_list_models_async (HablaLlm *self, HablaLlmProvider provider, const char *url,
    GAsyncReadyCallback callback, gpointer user_data)
{
  Answer *answer = &self->answers[provider];
  const char *target = url != NULL ? url : habla_llm_get_url (self, provider);
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  GError *error;

  g_task_set_name (task, "[habla] HablaLlm models");
  if (url == NULL && answer->waiting == NULL && answer_is_fresh (answer, target)) {
    return_answer (task, answer->models, answer->error);
    return;
  }
  if (url == NULL && answer->waiting != NULL && g_strcmp0 (answer->url, target) == 0) {
    answer->waiting = g_list_append (answer->waiting, task);
    return;
  }
  error = llm_check_fetch (self, provider, target);
  if (error != NULL) {
    return_answer (task, NULL, error);
    g_error_free (error);
    return;
  }
  if (url != NULL || answer->waiting != NULL) {
    llm_fetch (self, provider, target, NULL, task);
    return;
  }
  answer_clear (answer);
  answer->url = g_strdup (target);
  answer->waiting = g_list_append (NULL, task);
  llm_fetch (self, provider, target, answer, NULL);
}

GStrv
habla_llm_list_models_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The choice */

const char *
habla_llm_get_configured_url (HablaLlm *self, HablaLlmProvider provider)
{
  return self->urls[provider];
}

const char *
habla_llm_get_url (HablaLlm *self, HablaLlmProvider provider)
{
  const HablaLlmSelection *selection = &self->selection;

  if (selection->is_set && selection->provider == provider && selection->url != NULL)
    return selection->url;
  return self->urls[provider];
}

const char *
habla_llm_get_key (HablaLlm *self, HablaLlmProvider provider, const char *url)
{
  if (provider != HABLA_LLM_OPENAI || !habla_llm_url_has_origin (url, self->urls[provider]) ||
      !habla_llm_url_is_private (url))
    return NULL;
  return self->key;
}

gboolean
habla_llm_needs_key (HablaLlm *self, HablaLlmProvider provider, const char *url)
{
  return provider == HABLA_LLM_OPENAI && habla_llm_url_has_origin (url, self->urls[provider]) &&
         habla_llm_get_key (self, provider, url) == NULL;
}

const HablaLlmSelection *
habla_llm_get_selection (HablaLlm *self)
{
  return &self->selection;
}

void
habla_llm_set_selection (HablaLlm *self, const HablaLlmSelection *selection)
{
  HablaLlmSelection copy = { .is_set = selection->is_set,
    .provider = selection->provider,
    .url = g_strdup (selection->url),
    .model = g_strdup (selection->model),
    .quick_model = g_strdup (selection->quick_model),
    .input_tokens = selection->input_tokens,
    .output_tokens = selection->output_tokens };

  habla_llm_selection_clear (&self->selection);
  self->selection = copy;
  g_mutex_lock (&self->lock);
  g_free (self->translator);
  self->translator = habla_llm_make_translator (self, &self->selection);
  g_mutex_unlock (&self->lock);
}

static void
append_quoted (GString *launch, const char *name, const char *value)
{
  g_string_append_printf (launch, " %s=\"", name);
  for (; *value != '\0'; value++) {
    if (*value == '"' || *value == '\\')
      g_string_append_c (launch, '\\');
    g_string_append_c (launch, *value);
  }
  g_string_append_c (launch, '"');
}

char *
habla_llm_make_translator (HablaLlm *self, const HablaLlmSelection *selection)
{
  GString *launch = g_string_new ("openaitranslator");
  const char *url = selection->url != NULL ? selection->url : self->urls[selection->provider];

  if (!selection->is_set) {
    g_string_free (launch, TRUE);
    return g_strdup (self->local);
  }
  append_quoted (launch, "url", url);
  append_quoted (launch, "model", selection->model);
  if (selection->quick_model != NULL)
    append_quoted (launch, "quick-model", selection->quick_model);
  g_string_append_printf (
      launch, " timeout=%u connect-timeout=%u", self->timeout, MAX (self->timeout / 2, 100));
  if (habla_llm_get_key (self, selection->provider, url) != NULL && self->key_file != NULL)
    append_quoted (launch, "api-key-file", self->key_file);
  else if (habla_llm_get_key (self, selection->provider, url) != NULL && self->key_env != NULL)
    append_quoted (launch, "api-key-env", self->key_env);
  return g_string_free (launch, FALSE);
}

char *
habla_llm_dup_translator (HablaLlm *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_strdup (self->translator);
}

double
habla_llm_get_cost (HablaLlm *self, guint64 input_tokens, guint64 output_tokens)
{
  return (input_tokens * (double) self->input_price + output_tokens * (double) self->output_price) /
         100 / 1e6;
}
