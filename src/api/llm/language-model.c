/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/llm/language-model.h"

#include <json/json-writer.h>
#include <pipeline/engines/server-stats.h>
#include <util/source.h>

#define SAVE_INTERVAL 60000 /* milliseconds */

/* Returns: what was sent to the configured server of OpenAI since hablad began */
static const HablaServerStats *
language_model_get_openai (HablaApi *self)
{
  return habla_server_stats_get (habla_llm_get_configured_url (self->llm, HABLA_LLM_OPENAI));
}

gboolean
habla_language_model_select (HablaApi *self, const HablaLlmSelection *selection, GError **error)
{
  g_autofree char *translator = habla_llm_make_translator (self->llm, selection);

  if (!habla_room_manager_set_translator (self->manager, translator, error))
    return FALSE;
  habla_llm_set_selection (self->llm, selection);
  return TRUE;
}

void
habla_api_save_language_model (HablaApi *self)
{
  const HablaServerStats *openai = language_model_get_openai (self);
  HablaLlmSelection selection = *habla_llm_get_selection (self->llm);
  g_autofree char *text = NULL;

  if (self->store == NULL)
    return;
  self->saved_tokens = openai->input_tokens + openai->output_tokens;
  selection.input_tokens += openai->input_tokens;
  selection.output_tokens += openai->output_tokens;
  text = habla_llm_selection_to_text (&selection);
  habla_store_set_language_model (self->store, text);
}

static gboolean
language_model_on_save_timer (gpointer user_data)
{
  HablaApi *self = user_data;
  const HablaServerStats *openai = language_model_get_openai (self);

  if (openai->input_tokens + openai->output_tokens != self->saved_tokens)
    habla_api_save_language_model (self);
  return G_SOURCE_CONTINUE;
}

void
habla_api_watch_language_model (HablaApi *self, guint interval)
{
  if (self->store != NULL)
    habla_source_start_timer (&self->save_timer, interval != 0 ? interval : SAVE_INTERVAL,
        "[habla] HablaApi tokens", language_model_on_save_timer, self);
}

gboolean
habla_api_restore_language_model (HablaApi *self, const char *text, GError **error)
{
  g_auto (HablaLlmSelection) selection = { 0 };

  if (habla_llm_selection_from_text (&selection, text))
    return habla_language_model_select (self, &selection, error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the store has “%s”", text);
  return FALSE;
}

static void
add_error_time (JsonBuilder *builder, gint64 seconds)
{
  g_autoptr (GDateTime) time = seconds != 0 ? g_date_time_new_from_unix_utc (seconds) : NULL;
  g_autofree char *text = time != NULL ? g_date_time_format_iso8601 (time) : NULL;

  habla_json_add_string (builder, "last_error_time", text);
}

static void
add_metrics (
    JsonBuilder *builder, const char *provider, const char *model, const HablaServerStats *stats)
{
  habla_json_begin_object (builder, "metrics");
  habla_json_add_string (builder, "provider", provider);
  habla_json_add_string (builder, "model", model);
  habla_json_add_int (builder, "requests", stats->requests);
  habla_json_add_int (builder, "successes", stats->successes);
  habla_json_add_int (builder, "retries", stats->retries);
  habla_json_add_int (builder, "failures", stats->failures);
  habla_json_add_int (builder, "timeouts", stats->timeouts);
  habla_json_add_double (builder, "total_latency_ms", stats->latency / 1e6);
  habla_json_add_string (builder, "last_error", stats->last_error);
  add_error_time (builder, stats->last_error_time);
  habla_json_add_int (builder, "rate_limited", stats->rate_limited);
  habla_json_add_boolean (builder, "degraded", stats->is_degraded);
  habla_json_add_int (builder, "consecutive_timeouts", stats->consecutive_timeouts);
  json_builder_end_object (builder);
}

/* @input: tokens */
static void
add_cost (HablaApi *self, JsonBuilder *builder, const char *prefix, guint64 input, guint64 output)
{
  g_autofree char *input_name = g_strconcat (prefix, "_input_tokens", NULL);
  g_autofree char *output_name = g_strconcat (prefix, "_output_tokens", NULL);
  g_autofree char *cost_name = g_strconcat (prefix, "_cost_usd", NULL);

  habla_json_add_int (builder, input_name, input);
  habla_json_add_int (builder, output_name, output);
  habla_json_add_double (builder, cost_name, habla_llm_get_cost (self->llm, input, output));
}

static void
add_costs (HablaApi *self, JsonBuilder *builder)
{
  const HablaServerStats *openai = language_model_get_openai (self);
  const HablaLlmSelection *past = habla_llm_get_selection (self->llm);

  habla_json_begin_object (builder, "costs");
  add_cost (self, builder, "session", openai->input_tokens, openai->output_tokens);
  add_cost (self, builder, "all_time", past->input_tokens + openai->input_tokens,
      past->output_tokens + openai->output_tokens);
  json_builder_end_object (builder);
}

void
habla_language_model_add_current (HablaApi *self, JsonBuilder *builder)
{
  const HablaLlmSelection *selection = habla_llm_get_selection (self->llm);
  gboolean is_set = selection->is_set;
  const char *provider = is_set ? habla_llm_provider_names[selection->provider] : "";
  const char *model = is_set ? selection->model : "";
  const char *url = is_set ? habla_llm_get_url (self->llm, selection->provider) : "";

  habla_json_add_string (builder, "provider", provider);
  habla_json_add_string (builder, "model", model);
  habla_json_add_string (
      builder, "quick_model", selection->quick_model != NULL ? selection->quick_model : "");
  habla_json_add_string (builder, "url", url);
  add_metrics (builder, provider, model, habla_server_stats_get (url));
  if (is_set && selection->provider == HABLA_LLM_OPENAI)
    add_costs (self, builder);
}
