/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/command.h"
#include "command/exit-status.h"
#include "command/output/terminal-output.h"

#include <json/json-writer.h>
#include <pipeline/template/pipeline-template.h>
#include <stdio.h>

static void
pipelines_print_as_json (const char *name, HablaPipelineTemplate *description, const char *line)
{
  GPtrArray *parameters = habla_pipeline_template_get_parameters (description);
  JsonBuilder *builder = json_builder_new ();

  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "name", name);
  habla_json_add_string (builder, "summary", habla_pipeline_template_get_summary (description));
  habla_json_begin_array (builder, "parameters");
  for (guint i = 0; i < parameters->len; i++) {
    HablaPipelineParameter *parameter = g_ptr_array_index (parameters, i);

    habla_json_begin_object (builder, NULL);
    habla_json_add_string (builder, "name", parameter->name);
    habla_json_add_string (builder, "value", parameter->value);
    habla_json_add_string (builder, "about", parameter->about);
    habla_json_add_boolean (builder, "fragment", parameter->is_fragment);
    habla_json_add_boolean (builder, "chosen", parameter->is_chosen);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  if (line != NULL)
    habla_json_add_string (builder, "launch-line", line);
  json_builder_end_object (builder);
  habla_terminal_output_print_json (builder);
}

static void
pipelines_print (const char *name, HablaPipelineTemplate *description, const char *line)
{
  GPtrArray *parameters = habla_pipeline_template_get_parameters (description);

  printf ("%s: %s\n", name, habla_pipeline_template_get_summary (description));
  for (guint i = 0; i < parameters->len; i++) {
    HablaPipelineParameter *parameter = g_ptr_array_index (parameters, i);

    printf ("  %-20s %s (%s%s%s)\n", parameter->name, parameter->about,
        parameter->is_chosen ? "the best installed one" : "",
        parameter->is_chosen && *parameter->value != '\0' ? ", " : "", parameter->value);
  }
  if (line != NULL)
    printf ("\n%s", line);
}

static gboolean
pipelines_show (const char *name, gboolean json, gboolean with_line, GError **error)
{
  g_autoptr (HablaPipelineTemplate) description = habla_pipeline_template_load (name, error);
  g_autofree char *line = NULL;

  if (description == NULL)
    return FALSE;
  if (with_line) {
    line = habla_pipeline_template_expand (description, error);
    if (line == NULL)
      return FALSE;
  }
  if (json)
    pipelines_print_as_json (name, description, line);
  else
    pipelines_print (name, description, line);
  return TRUE;
}

int
habla_command_pipelines (int argc, char *argv[])
{
  g_auto (GStrv) arguments = NULL;
  g_auto (GStrv) names = NULL;
  gboolean json = FALSE;
  const GOptionEntry entries[] = { { "json", 'j', 0, G_OPTION_ARG_NONE, &json,
                                       "Print JSON, an object a line", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &arguments, NULL, NULL }, { NULL } };
  g_autoptr (GOptionContext) context = g_option_context_new ("[NAME|FILE…]");
  int status = HABLA_EXIT_OK;

  g_option_context_set_summary (context,
      "Lists the pipelines and their parameters with their values.\n"
      "Pipelines named as arguments are shown with their launch lines.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!habla_command_parse (context, &argc, &argv))
    return HABLA_EXIT_USAGE;
  names = arguments != NULL ? g_strdupv (arguments) : habla_pipeline_template_list ();
  if (names[0] == NULL) {
    fputs (
        "habla: no pipelines are installed; reinstall Habla, or set HABLA_PIPELINES to the folder "
        "that contains them\n",
        stderr);
    return HABLA_EXIT_UNAVAILABLE;
  }
  for (guint i = 0; names[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;

    if (i > 0 && !json)
      putchar ('\n');
    if (!pipelines_show (names[i], json, arguments != NULL, &error)) {
      fprintf (stderr, "habla: %s\n", error->message);
      status = habla_exit_status_from_error (error);
    }
  }
  return status;
}
