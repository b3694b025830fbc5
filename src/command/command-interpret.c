/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/batch/batch.h"
#include "command/batch/input-list.h"
#include "command/batch/name-pattern.h"
#include "command/mux/muxed-file.h"
#include "command/output/output-claims.h"
#include "command/command.h"
#include "command/exit-status.h"
#include "command/input.h"
#include "command/interpret-run.h"
#include "command/recording-options.h"
#include "command/subtitles/subtitle-options.h"

#include <habla/glossary.h>
#include <habla/language.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <subtitle/subtitle-writer.h>
#include <unistd.h>

#define MAX_SPEED 100.0

static void
options_clear (HablaInterpretOptions *options)
{
  g_clear_pointer (&options->inputs, g_ptr_array_unref);
  g_free (options->from);
  g_strfreev (options->to);
  g_free (options->captions);
  g_free (options->speech);
  g_free (options->output);
  g_free (options->pipeline);
  g_free (options->glossary);
  g_strfreev (options->settings);
  g_free (options->audio_track);
  g_free (options->encoding);
  g_free (options->subtitle_track);
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
interpret_parse_inputs (HablaInterpretOptions *options, GPtrArray *arguments, GError **error)
{
  options->inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_input_free);
  for (guint i = 0; i < arguments->len; i++) {
    HablaInput *input = habla_input_new (g_ptr_array_index (arguments, i), error);

    if (input == NULL)
      return FALSE;
    g_ptr_array_add (options->inputs, input);
  }
  for (guint i = 0; i < options->inputs->len && options->inputs->len > 1; i++) {
    HablaInput *input = g_ptr_array_index (options->inputs, i);

    if (input->kind != HABLA_INPUT_RECORDING || input->fd >= 0) {
      g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
          "%s: only recordings can be combined; interpret it separately, or put {name} into the "
          "names "
          "of the outputs",
          input->name);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
interpret_check_captions (const HablaInterpretOptions *options, GError **error)
{
  if (options->captions == NULL || habla_subtitle_writer_knows (options->captions))
    return TRUE;
  g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
      "--captions %s: the name must end in " HABLA_SUBTITLE_EXTENSIONS, options->captions);
  return FALSE;
}

static gboolean
interpret_check_copy (const HablaInterpretOptions *options, GError **error)
{
  if (options->output == NULL || habla_muxed_file_knows (options->output))
    return TRUE;
  g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
      "--output %s: the name must end in .mkv or .mp4", options->output);
  return FALSE;
}

static gboolean
interpret_check_outputs (const HablaInterpretOptions *options, GError **error)
{
  g_autoptr (HablaOutputClaims) claims = habla_output_claims_new ();
  g_autoptr (GPtrArray) outputs = habla_interpret_list_outputs (options);

  for (guint i = 0; i < options->inputs->len; i++) {
    HablaInput *input = g_ptr_array_index (options->inputs, i);

    if (input->path != NULL)
      habla_output_claims_add_input (claims, input->path);
  }
  return habla_output_claims_add_outputs (claims, outputs, "the same input", error);
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

/* Whether each input has outputs of its own. */
static gboolean
interpret_is_batch (const HablaInterpretOptions *options, GStrv arguments)
{
  for (guint i = 0; arguments != NULL && arguments[i] != NULL; i++)
    if (g_file_test (arguments[i], G_FILE_TEST_IS_DIR))
      return TRUE;
  return habla_name_pattern_names_input (options->captions) ||
         habla_name_pattern_names_input (options->speech) ||
         habla_name_pattern_names_input (options->output);
}

/* Appends the contents of a file that an option names: it may change between two runs. */
static void
interpret_append_contents (GString *signature, const char *path)
{
  g_autofree char *text = NULL;

  if (path != NULL && g_file_get_contents (path, &text, NULL, NULL))
    g_string_append (signature, text);
}

/* Returns: (transfer full): all options that determine the outputs, as they were given */
static char *
interpret_describe_options (GStrv words, GStrv arguments, const HablaInterpretOptions *options)
{
  static const char *const others[] = { "-j", "--json", "-q", "--quiet", "--overwrite", NULL };
  g_autoptr (GString) signature = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    if (!g_strv_contains (others, words[i]) &&
        (arguments == NULL || !g_strv_contains ((const char *const *) arguments, words[i])))
      g_string_append_printf (signature, "%s\n", words[i]);
  interpret_append_contents (signature, options->pipeline);
  interpret_append_contents (signature, options->glossary);
  return g_string_free (g_steal_pointer (&signature), FALSE);
}

/* Sets the inputs of @batch, or of @options if they have the same outputs. */
static gboolean
interpret_prepare (
    HablaInterpretOptions *options, HablaBatchOptions *batch, GStrv arguments, GError **error)
{
  if (!interpret_check_captions (options, error) || !interpret_check_copy (options, error))
    return FALSE;
  batch->finished = habla_finished_files_new ();
  batch->inputs = habla_input_list_new (arguments, batch->finished, error);
  if (batch->inputs == NULL)
    return FALSE;
  return interpret_is_batch (options, arguments) ||
         (interpret_parse_inputs (options, batch->inputs, error) &&
             interpret_check_outputs (options, error));
}

static void
batch_options_clear (HablaBatchOptions *options)
{
  g_clear_pointer (&options->inputs, g_ptr_array_unref);
  g_clear_pointer (&options->finished, habla_finished_files_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HablaBatchOptions, batch_options_clear)

/* Ends the output, and the process if engines are still working: freeing them would wait. */
static int
interpret_finish (HablaTerminalOutput *terminal, int status, gboolean at_once)
{
  habla_terminal_output_finish (terminal, status);
  if (at_once) {
    fflush (NULL);
    _exit (status);
  }
  return status;
}

static int
interpret_run (const HablaInterpretOptions *options, HablaTerminalOutput *terminal)
{
  g_auto (HablaInterpretResult) result = { 0 };

  habla_interpret_run (options, terminal, &result);
  return interpret_finish (terminal, result.status, result.at_once);
}

static gboolean
interpret_set_layout (
    HablaInterpretOptions *options, int line_length, int lines, double rate, GError **error)
{
  if (line_length < 10 || line_length > 200) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
        "--line-length %d: give a number of columns from 10 to 200", line_length);
    return FALSE;
  }
  if (lines < 1 || lines > HABLA_CAPTION_MOST_LINES) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
        "--lines %d: give a number from 1 to %d", lines, HABLA_CAPTION_MOST_LINES);
    return FALSE;
  }
  if (!(rate >= 5 && rate <= 100)) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
        "--rate %g: give a number of characters from 5 to 100", rate);
    return FALSE;
  }
  options->layout = (HablaCaptionLayout){ line_length, lines, line_length * lines, rate };
  return TRUE;
}

int
habla_command_interpret (int argc, char *argv[])
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  g_autofree char *speed = NULL;
  g_auto (GStrv) words = g_strdupv (argv);
  g_autofree char *channel = NULL;
  g_auto (GStrv) inputs = NULL;
  g_autofree char *signature = NULL;
  g_auto (HablaInterpretOptions) options = { 0 };
  int line_length = HABLA_CAPTION_MAX_COLUMNS;
  int lines = HABLA_CAPTION_MAX_LINES;
  double rate = HABLA_CAPTION_RATE;
  gboolean json = FALSE;
  gboolean quiet = FALSE;
  gboolean at_once = FALSE;
  g_auto (HablaBatchOptions) batch = { 0 };
  int status;
  const GOptionEntry entries[] = { { "from", 'f', 0, G_OPTION_ARG_STRING, &from,
                                       "The spoken language (default: en)", "LANGUAGE" },
    { "to", 't', 0, G_OPTION_ARG_STRING, &to,
        "The target languages, separated by commas (default: es)", "LANGUAGE,…" },
    { "captions", 'c', 0, G_OPTION_ARG_FILENAME, &options.captions, "Write captions to FILE",
        "FILE.srt|.vtt|.ass|.ttml|.txt|.tsv|.json" },
    { "line-length", 0, 0, G_OPTION_ARG_INT, &line_length,
        "Columns of a line of captions, 10 to 200 (default: 42)", "N" },
    { "lines", 0, 0, G_OPTION_ARG_INT, &lines, "Lines of a caption, 1 to 4 (default: 2)", "N" },
    { "rate", 0, 0, G_OPTION_ARG_DOUBLE, &rate,
        "Characters that people read in a second, 5 to 100 (default: 17)", "N" },
    { "speech", 's', 0, G_OPTION_ARG_FILENAME, &options.speech,
        "Write the synthesized translation to FILE", "FILE.ogg|.wav" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
        "Write a copy of the recording with captions and speech as tracks to FILE",
        "FILE.mkv|.mp4" },
    { "pipeline", 'p', 0, G_OPTION_ARG_FILENAME, &options.pipeline,
        "Use a pipeline listed by “habla pipelines”, or from a file", "NAME|FILE" },
    { "glossary", 'g', 0, G_OPTION_ARG_FILENAME, &options.glossary,
        "Translate terms as FILE says, in lines TERM = TRANSLATION", "FILE" },
    { "audio-track", 0, 0, G_OPTION_ARG_STRING, &options.audio_track,
        "Hear this audio track of a recording (default: the one in the spoken language)",
        "N|LANGUAGE" },
    { "channel", 0, 0, G_OPTION_ARG_STRING, &channel,
        "Hear one channel, or the mean of all (default: auto, those that have speech)",
        "auto|mix|N" },
    { "subtitle-track", 0, 0, G_OPTION_ARG_STRING, &options.subtitle_track,
        "Translate this subtitle track of a recording, and not its sound", "N|LANGUAGE" },
    { "encoding", 0, 0, G_OPTION_ARG_STRING, &options.encoding,
        "The encoding of subtitles (default: detected)", "NAME" },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.settings, "Set a parameter of the pipeline",
        "NAME=VALUE" },
    { "speed", 0, 0, G_OPTION_ARG_STRING, &speed,
        "Multiple of real time; 0 = as fast as possible (default: 0)", "N" },
    { "overwrite", 0, 0, G_OPTION_ARG_NONE, &batch.overwrite,
        "Make outputs with {name} again that are complete", NULL },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, "Print JSON, an object a line", NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, "Print errors only", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &inputs, NULL, NULL }, { NULL } };
  g_autoptr (GOptionContext) context = g_option_context_new ("[INPUT…]");
  g_autoptr (HablaTerminalOutput) terminal = NULL;
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context,
      "Translates speech into captions and speech in other languages.\n"
      "INPUT is a recording, a URI, subtitles (SubRip, WebVTT, SubStation, TTML), a folder, or -\n"
      "for standard input, which may be either.\n"
      "Several recordings are interpreted as one. With {name} in the names of outputs, as in\n"
      "“--captions {name}.vtt”, each input has its own. Without INPUT, the microphone is used.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!habla_command_parse (context, &argc, &argv))
    return HABLA_EXIT_USAGE;
  terminal = habla_terminal_output_new (json, quiet);
  if (!interpret_parse_languages (
          &options, from != NULL ? from : "en", to != NULL ? to : "es", &error) ||
      !interpret_parse_speed (&options, speed, &error) ||
      !habla_recording_options_parse_channel (channel, &options.channel, &error) ||
      !interpret_set_layout (&options, line_length, lines, rate, &error) ||
      !habla_subtitle_options_check (&options, &error) ||
      !interpret_check_glossary (options.glossary, &error) ||
      !interpret_prepare (&options, &batch, inputs, &error)) {
    habla_terminal_output_print_message (terminal, "error", "%s", error->message);
    return interpret_finish (terminal, habla_exit_status_from_error (error), FALSE);
  }
  if (!interpret_is_batch (&options, inputs))
    return interpret_run (&options, terminal);
  signature = interpret_describe_options (words, inputs, &options);
  batch.interpret = &options;
  batch.signature = signature;
  status = habla_batch_run (&batch, terminal, &at_once);
  return interpret_finish (terminal, status, at_once);
}
