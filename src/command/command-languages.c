/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/command.h"
#include "command/exit-status.h"
#include "command/terminal-output.h"

#include <habla/language.h>
#include <json/json-writer.h>
#include <pipeline/engines/engine-registry.h>
#include <stdio.h>

static const char *const verbs[] = { "heard", "translated", "spoken" };

static char *
languages_describe (const char *language)
{
  const char *name = habla_language_get_name (language);

  return name != NULL ? g_strdup_printf ("%s (%s)", language, name) : g_strdup (language);
}

static void
languages_print_language (HablaEngine *engine, const char *language, gboolean json)
{
  g_autofree char *described = NULL;
  const char *name = habla_language_get_name (language);
  JsonBuilder *builder;

  if (!json) {
    described = languages_describe (language);
    printf ("  %-44s %s\n", described, engine->element);
    return;
  }
  builder = json_builder_new ();
  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "type", verbs[engine->kind]);
  habla_json_add_string (builder, "language", language);
  if (name != NULL) {
    habla_json_add_string (builder, "name", name);
  }
  habla_json_add_string (builder, "element", engine->element);
  json_builder_end_object (builder);
  habla_terminal_output_print_json (builder);
}

static void
languages_print_pair (HablaEngine *engine, const HablaLanguagePair *pair, gboolean json)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  JsonBuilder *builder;

  if (!json) {
    g_autoptr (GString) line = g_string_new (NULL);

    from = languages_describe (pair->from);
    to = languages_describe (pair->to);
    g_string_append_printf (line, "%s into %s", from, to);
    for (guint i = 0; pair->via[i] != NULL; i++)
      g_string_append_printf (line, "%s%s", i == 0 ? ", through " : " and ", pair->via[i]);
    printf ("  %-60s %s\n", line->str, engine->element);
    return;
  }
  builder = json_builder_new ();
  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "type", verbs[engine->kind]);
  habla_json_add_string (builder, "from", pair->from);
  habla_json_add_string (builder, "to", pair->to);
  habla_json_begin_array (builder, "through");
  for (guint i = 0; pair->via[i] != NULL; i++)
    json_builder_add_string_value (builder, pair->via[i]);
  json_builder_end_array (builder);
  habla_json_add_string (builder, "element", engine->element);
  json_builder_end_object (builder);
  habla_terminal_output_print_json (builder);
}

/* @from: (nullable): list only translations from this language. Returns: number of lines */
static guint
languages_print_engine (HablaEngine *engine, const char *from, gboolean json)
{
  guint count = 0;

  for (guint i = 0; engine->languages[i] != NULL; i++) {
    if (engine->kind == HABLA_ENGINE_TRANSLATOR) {
      g_autoptr (HablaLanguagePair) pair = habla_language_pair_parse (engine->languages[i]);

      if (pair == NULL || (from != NULL && !habla_language_matches (from, pair->from)))
        continue;
      languages_print_pair (engine, pair, json);
    } else {
      languages_print_language (engine, engine->languages[i], json);
    }
    count++;
  }
  return count;
}

int
habla_command_languages (int argc, char *argv[])
{
  g_autofree char *from = NULL;
  gboolean json = FALSE;
  const GOptionEntry entries[] = { { "from", 'f', 0, G_OPTION_ARG_STRING, &from,
                                       "List only translations from LANGUAGE", "LANGUAGE" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, "Print JSON, an object a line", NULL }, { NULL } };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GPtrArray) engines = NULL;
  int status = HABLA_EXIT_OK;

  g_option_context_set_summary (context,
      "Lists the languages that can be heard, translated and spoken here, with the elements\n"
      "that do so. To find more language pairs: apt-cache search ^apertium-");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!habla_command_parse (context, &argc, &argv))
    return HABLA_EXIT_USAGE;
  engines = habla_engine_list ();
  for (guint kind = 0; kind < G_N_ELEMENTS (verbs); kind++) {
    guint count = 0;

    if (!json)
      printf ("%sCan be %s:\n", kind > 0 ? "\n" : "", verbs[kind]);
    for (guint i = 0; i < engines->len; i++) {
      HablaEngine *engine = g_ptr_array_index (engines, i);

      if (engine->kind == kind)
        count += languages_print_engine (engine, from, json);
    }
    if (count > 0)
      continue;
    status = HABLA_EXIT_UNAVAILABLE;
    if (!json)
      puts ("  nothing; run “habla doctor” for what to install");
  }
  return status;
}
