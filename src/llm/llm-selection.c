/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "llm/llm.h"

/* Provider, model, quick model, URL, tokens of requests and of answers. The values have no spaces.
 */
#define N_VALUES 6
#define NONE "-"

static const char *
selection_describe_value (const char *value)
{
  return value != NULL ? value : NONE;
}

char *
habla_llm_selection_to_text (const HablaLlmSelection *self)
{
  return g_strdup_printf ("%s %s %s %s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
      self->is_set ? habla_llm_provider_names[self->provider] : NONE,
      selection_describe_value (self->model), selection_describe_value (self->quick_model),
      selection_describe_value (self->url), self->input_tokens, self->output_tokens);
}

static gboolean
selection_check_values (GStrv values, HablaLlmProvider *provider)
{
  return habla_llm_provider_from_name (values[0], provider) && habla_llm_model_check (values[1]) &&
         habla_llm_model_check (values[2]) &&
         (g_str_equal (values[3], NONE) || habla_llm_url_check (values[3], NULL));
}

static char *
selection_dup_value (const char *text)
{
  return g_str_equal (text, NONE) ? NULL : g_strdup (text);
}

gboolean
habla_llm_selection_from_text (HablaLlmSelection *self, const char *text)
{
  g_auto (GStrv) values = g_strsplit (text != NULL ? text : "", " ", -1);
  HablaLlmSelection found = { 0 };

  *self = found;
  if (text == NULL || g_strv_length (values) != N_VALUES ||
      !g_ascii_string_to_unsigned (values[4], 10, 0, G_MAXINT64, &found.input_tokens, NULL) ||
      !g_ascii_string_to_unsigned (values[5], 10, 0, G_MAXINT64, &found.output_tokens, NULL))
    return FALSE;
  found.is_set = !g_str_equal (values[0], NONE);
  if (found.is_set && !selection_check_values (values, &found.provider))
    return FALSE;
  if (found.is_set) {
    found.model = g_strdup (values[1]);
    found.quick_model = selection_dup_value (values[2]);
    found.url = selection_dup_value (values[3]);
  }
  *self = found;
  return TRUE;
}

void
habla_llm_selection_clear (HablaLlmSelection *self)
{
  g_free (self->url);
  g_free (self->model);
  g_free (self->quick_model);
  *self = (HablaLlmSelection){ 0 };
}
