/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <command/output/terminal-output.h>

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaInterpretOptions:
 * @inputs: (element-type HablaInput): inputs to interpret one after another; none = the microphone
 * @from: the spoken language, normalized
 * @to: the target languages, normalized
 * @captions: (nullable): path of the caption files
 * @speech: (nullable): path of the speech files
 * @pipeline: (nullable): name or path of the pipeline; %NULL = chosen by the inputs
 * @glossary: (nullable): path of a glossary for the translators
 * @settings: (nullable): parameters of the pipeline, as "NAME=VALUE"
 * @speed: multiple of real time; 0 = as fast as possible
 *
 * The options of `habla interpret`.
 */
typedef struct {
  GPtrArray *inputs;
  char *from;
  GStrv to;
  char *captions;
  char *speech;
  char *pipeline;
  char *glossary;
  GStrv settings;
  double speed;
} HablaInterpretOptions;

/**
 * habla_interpret_get_file_name:
 * @self: options
 * @path: path as the user named it
 * @language: @self's spoken language or one of its target languages
 *
 * Returns: (transfer full): the path of the file for @language: @path for the only target
 *   language, otherwise @path with the language before its extension
 */
char *habla_interpret_get_file_name (
    const HablaInterpretOptions *self, const char *path, const char *language);

/**
 * habla_interpret_create_pipeline:
 * @self: options
 * @hears: (out): whether the pipeline transcribes speech; %FALSE for subtitles
 * @error: return location for a %HABLA_EXIT_ERROR or %HABLA_ERROR
 *
 * Its elements are named `input-N` for the inputs, `captions-LANGUAGE` for captionsinks, and
 * `speech-LANGUAGE` for filesinks, whose location is not set.
 *
 * Returns: (transfer full) (nullable): a #GstPipeline in state NULL; %NULL on error
 */
GstElement *habla_interpret_create_pipeline (
    const HablaInterpretOptions *self, gboolean *hears, GError **error);

/**
 * habla_interpret_run:
 * @self: options
 * @terminal: shows captions, progress and errors
 *
 * Interprets all inputs, running the default main context meanwhile. Exits the process itself if
 * a second signal stops it immediately.
 *
 * Returns: the exit status
 */
int habla_interpret_run (const HablaInterpretOptions *self, HablaTerminalOutput *terminal);

G_END_DECLS
