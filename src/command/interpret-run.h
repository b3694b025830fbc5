/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <command/batch/kept-engines.h>
#include <command/output/terminal-output.h>

#include <gst/gst.h>
#include <util/caption-layout.h>

G_BEGIN_DECLS

/**
 * HablaInterpretOptions:
 * @inputs: (element-type HablaInput): inputs to interpret one after another; none = the microphone
 * @from: the spoken language, normalized
 * @to: the target languages, normalized
 * @captions: (nullable): path of the caption files
 * @speech: (nullable): path of the speech files
 * @output: (nullable): path of a copy of the recording with captions and speech as tracks
 * @pipeline: (nullable): name or path of the pipeline; %NULL = chosen by the inputs
 * @glossary: (nullable): path of a glossary for the translators
 * @settings: (nullable): parameters of the pipeline, as "NAME=VALUE"
 * @audio_track: (nullable): number or language of the audio track; %NULL = by @from
 * @channel: the channel to hear, from 1; 0 = the mean of all; -1 = those that have speech
 * @encoding: (nullable): encoding of subtitles; %NULL = detected
 * @subtitle_track: (nullable): number or language of a subtitle track to read instead of audio
 * @speed: multiple of real time; 0 = as fast as possible
 * @is_part: whether @inputs is one of several inputs with outputs of their own: a signal leaves its
 *   outputs incomplete, and its engines are kept for the next one
 * @layout: what captions in files are like
 *
 * The options of `habla interpret`.
 */
typedef struct {
  GPtrArray *inputs;
  char *from;
  GStrv to;
  char *captions;
  char *speech;
  char *output;
  char *pipeline;
  char *glossary;
  GStrv settings;
  char *audio_track;
  int channel;
  char *encoding;
  char *subtitle_track;
  double speed;
  gboolean is_part;
  HablaCaptionLayout layout;
} HablaInterpretOptions;

/**
 * habla_interpret_get_file_name:
 * @self: options
 * @path: path as the user named it
 * @language: (nullable): @self's spoken language or one of its target languages; %NULL for a file
 *   with all of them
 *
 * Returns: (transfer full): the path of the file for @language, as habla_name_pattern_expand()
 * makes it: the only target language needs no language in its name
 */
char *habla_interpret_get_file_name (
    const HablaInterpretOptions *self, const char *path, const char *language);

/**
 * habla_interpret_list_outputs:
 * @self: options
 *
 * Returns: (transfer full) (element-type filename): the paths of all files that a run may write
 */
GPtrArray *habla_interpret_list_outputs (const HablaInterpretOptions *self);

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
 * HablaInterpretResult:
 * @run: (nullable): private; the run in progress
 * @status: the exit status
 * @message: (nullable): the error; %NULL if there was none
 * @duration: duration of the audio that was heard, in nanoseconds
 * @captions: number of captions in the first target language
 * @files: (element-type filename): paths of the complete files
 * @is_stopped: whether a signal stopped the run
 * @at_once: whether a second signal stopped it immediately: engines are still working, so that the
 *   process must end with _exit()
 * @engines: (nullable): loaded engines; a run that is a part replaces those of the run before
 *
 * The result of a run.
 */
typedef struct {
  gpointer run;
  int status;
  char *message;
  guint64 duration;
  guint captions;
  GPtrArray *files;
  gboolean is_stopped;
  gboolean at_once;
  HablaKeptEngines *engines;
} HablaInterpretResult;

/**
 * habla_interpret_result_clear:
 * @self: a result
 *
 * Frees its contents.
 */
void habla_interpret_result_clear (HablaInterpretResult *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HablaInterpretResult, habla_interpret_result_clear)

/**
 * habla_interpret_stop:
 * @result: the result of a run in progress; no-op if it has ended
 * @signal: SIGINT or SIGTERM
 *
 * Stops the run after pending translations; immediately if it is called again. For a run that is a
 * part, which does not handle signals itself.
 */
void habla_interpret_stop (HablaInterpretResult *result, int signal);

/**
 * habla_interpret_run:
 * @self: options
 * @terminal: shows captions, progress and errors
 * @result: (inout): zero, or with @engines of the run before
 *
 * Interprets all inputs, running the default main context meanwhile.
 */
void habla_interpret_run (
    const HablaInterpretOptions *self, HablaTerminalOutput *terminal, HablaInterpretResult *result);

G_END_DECLS
