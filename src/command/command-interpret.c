/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/output/caption-file.h"
#include "command/command.h"
#include "command/exit-status.h"
#include "command/input.h"
#include "command/interpret-run.h"

#include <habla/glossary.h>
#include <habla/language.h>
#include <stdlib.h>
#include <sys/stat.h>

#define MAX_SPEED 100.0

static void
options_clear (HablaInterpretOptions *options)
{
  g_clear_pointer (&options->inputs, g_ptr_array_unref);
  g_free (options->from);
  g_strfreev (options->to);
  g_free (options->captions);
  g_free (options->speech);
  g_free (options->pipeline);
  g_free (options->glossary);
  g_strfreev (options->settings);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HablaInterpretOptions, options_clear)

/* A malformed tag is an error of usage: no installation could help.
 * Returns: (transfer full) (nullable): the normalized language tag */
static char *
interpret_parse_language (const char *text, GError **error)
{
  g_autoptr (GError) malformed = NULL;
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  char *language = habla_language_normalize (stripped, &malformed);

  if (language == NULL)
    g_set_error_literal (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE, malformed->message);
  return language;
}

static gboolean
interpret_parse_languages (
    HablaInterpretOptions *options, const char *from, const char *to, GError **error)
{
  g_auto (GStrv) items = g_strsplit (to, ",", -1);
  g_autoptr (GPtrArray) languages = g_ptr_array_new_with_free_func (g_free);

  options->from = interpret_parse_language (from, error);
  if (options->from == NULL)
    return FALSE;
  for (guint i = 0; items[i] != NULL; i++) {
    g_autofree char *language = interpret_parse_language (items[i], error);

    if (language == NULL)
      return FALSE;
    if (g_str_equal (language, options->from)) {
      g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
          "--to %s: this is the spoken language; its transcript is always made", language);
      return FALSE;
    }
    if (!g_ptr_array_find_with_equal_func (languages, language, g_str_equal, NULL))
      g_ptr_array_add (languages, g_steal_pointer (&language));
  }
  if (languages->len == 0) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE, "--to: name at least one language");
    return FALSE;
  }
  g_ptr_array_add (languages, NULL);
  options->to = (GStrv) g_ptr_array_steal (languages, NULL);
  return TRUE;
}

static gboolean
interpret_parse_inputs (HablaInterpretOptions *options, GStrv arguments, GError **error)
{
  options->inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_input_free);
  for (guint i = 0; arguments != NULL && arguments[i] != NULL; i++) {
    HablaInput *input = habla_input_new (arguments[i], error);

    if (input == NULL)
      return FALSE;
    g_ptr_array_add (options->inputs, input);
  }
  for (guint i = 0; i < options->inputs->len && options->inputs->len > 1; i++) {
    HablaInput *input = g_ptr_array_index (options->inputs, i);

    if (input->kind != HABLA_INPUT_RECORDING || input->fd >= 0) {
      g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
          "%s: only recordings can be combined; interpret it separately", input->name);
      return FALSE;
    }
  }
  return TRUE;
}

/* Refuses to overwrite an input. */
static gboolean
interpret_check_output (
    const HablaInterpretOptions *options, const char *path, const char *language, GError **error)
{
  g_autofree char *name = habla_interpret_get_file_name (options, path, language);
  struct stat output, input;

  if (stat (name, &output) != 0)
    return TRUE;
  for (guint i = 0; i < options->inputs->len; i++) {
    HablaInput *other = g_ptr_array_index (options->inputs, i);

    if (other->path != NULL && stat (other->path, &input) == 0 && input.st_dev == output.st_dev &&
        input.st_ino == output.st_ino) {
      g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
          "%s is the input and would be overwritten; choose another name", name);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
interpret_check_outputs (const HablaInterpretOptions *options, GError **error)
{
  if (options->captions != NULL && !habla_caption_file_knows (options->captions)) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
        "--captions %s: the name must end in .vtt or .srt", options->captions);
    return FALSE;
  }
  if (options->captions != NULL &&
      !interpret_check_output (options, options->captions, options->from, error))
    return FALSE;
  for (guint i = 0; options->to[i] != NULL; i++)
    if ((options->captions != NULL &&
            !interpret_check_output (options, options->captions, options->to[i], error)) ||
        (options->speech != NULL &&
            !interpret_check_output (options, options->speech, options->to[i], error)))
      return FALSE;
  return TRUE;
}

/* Reports an unusable file before anything is started. */
static gboolean
interpret_check_glossary (const char *path, GError **error)
{
  g_autoptr (HablaGlossary) glossary = path != NULL ? habla_glossary_load (path, error) : NULL;

  return path == NULL || glossary != NULL;
}

static gboolean
interpret_parse_speed (HablaInterpretOptions *options, const char *text, GError **error)
{
  char *end;

  if (text == NULL)
    return TRUE;
  options->speed = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0' || !(options->speed >= 0) || options->speed > MAX_SPEED ||
      (options->speed > 0 && options->speed < 0.01)) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
        "--speed %s: give a number from 0.01 to 100, where 1 is real time, or 0 for as fast as "
        "possible",
        text);
    return FALSE;
  }
  return TRUE;
}

int
habla_command_interpret (int argc, char *argv[])
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  g_autofree char *speed = NULL;
  g_auto (GStrv) inputs = NULL;
  g_auto (HablaInterpretOptions) options = { 0 };
  gboolean json = FALSE;
  gboolean quiet = FALSE;
  const GOptionEntry entries[] = { { "from", 'f', 0, G_OPTION_ARG_STRING, &from,
                                       "The spoken language (default: en)", "LANGUAGE" },
    { "to", 't', 0, G_OPTION_ARG_STRING, &to,
        "The target languages, separated by commas (default: es)", "LANGUAGE,…" },
    { "captions", 'c', 0, G_OPTION_ARG_FILENAME, &options.captions, "Write captions to FILE",
        "FILE.vtt|.srt" },
    { "speech", 's', 0, G_OPTION_ARG_FILENAME, &options.speech,
        "Write the synthesized translation to FILE", "FILE.ogg|.wav" },
    { "pipeline", 'p', 0, G_OPTION_ARG_FILENAME, &options.pipeline,
        "Use a pipeline listed by “habla pipelines”, or from a file", "NAME|FILE" },
    { "glossary", 'g', 0, G_OPTION_ARG_FILENAME, &options.glossary,
        "Translate terms as FILE says, in lines TERM = TRANSLATION", "FILE" },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.settings, "Set a parameter of the pipeline",
        "NAME=VALUE" },
    { "speed", 0, 0, G_OPTION_ARG_STRING, &speed,
        "Multiple of real time; 0 = as fast as possible (default: 0)", "N" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, "Print JSON, an object a line", NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, "Print errors only", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &inputs, NULL, NULL }, { NULL } };
  g_autoptr (GOptionContext) context = g_option_context_new ("[INPUT…]");
  g_autoptr (HablaTerminalOutput) terminal = NULL;
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context,
      "Translates speech into captions and speech in other languages.\n"
      "INPUT is a recording, a URI, subtitles (SRT, WebVTT), or - for standard input. Several\n"
      "recordings are interpreted one after another. Without INPUT, the microphone is used.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!habla_command_parse (context, &argc, &argv))
    return HABLA_EXIT_USAGE;
  terminal = habla_terminal_output_new (json, quiet);
  if (!interpret_parse_languages (
          &options, from != NULL ? from : "en", to != NULL ? to : "es", &error) ||
      !interpret_parse_speed (&options, speed, &error) ||
      !interpret_check_glossary (options.glossary, &error) ||
      !interpret_parse_inputs (&options, inputs, &error) ||
      !interpret_check_outputs (&options, &error)) {
    habla_terminal_output_print_message (terminal, "error", "%s", error->message);
    habla_terminal_output_finish (terminal, habla_exit_status_from_error (error));
    return habla_exit_status_from_error (error);
  }
  return habla_interpret_run (&options, terminal);
}
