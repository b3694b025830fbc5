/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <habla/utterance.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * HablaTerminalOutput:
 *
 * The output of a run. Captions go to standard output. On a terminal, standard error shows the
 * partial text and a progress bar below them, both updated in place; elsewhere it gets a line for
 * each tenth of the input. With JSON everything goes to standard output, an object a line.
 */
typedef struct _HablaTerminalOutput HablaTerminalOutput;

/**
 * habla_terminal_output_new:
 * @json: whether to print JSON
 * @quiet: whether to print errors only
 *
 * Returns: (transfer full): an output that has printed nothing yet
 */
HablaTerminalOutput *habla_terminal_output_new (gboolean json, gboolean quiet);

/**
 * habla_terminal_output_free:
 * @self: (transfer full): an output
 */
void habla_terminal_output_free (HablaTerminalOutput *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaTerminalOutput, habla_terminal_output_free)

/**
 * HablaTerminalPart:
 * @name: (nullable): the input, in UTF-8; %NULL = all inputs are one
 * @number: its number, from 1
 * @count: number of inputs
 * @begin: share of all work that is done before it, from 0 to 1
 * @end: share of all work that is done after it
 *
 * One of several inputs that have outputs of their own.
 */
typedef struct {
  const char *name;
  guint number;
  guint count;
  double begin;
  double end;
} HablaTerminalPart;

/**
 * habla_terminal_output_begin_part:
 * @self: an output
 * @part: the input that begins; @name must stay valid until the next one begins
 *
 * Names the input in a line. From now on, captions and progress are those of this input, and the
 * progress bar is that of all.
 */
void habla_terminal_output_begin_part (HablaTerminalOutput *self, const HablaTerminalPart *part);

/**
 * habla_terminal_output_print_caption:
 * @self: an output
 * @language: language of the stream
 * @utterance: a final one stays; a partial one is replaced by the next
 */
void habla_terminal_output_print_caption (
    HablaTerminalOutput *self, const char *language, const HablaUtterance *utterance);

/**
 * habla_terminal_output_show_progress:
 * @self: an output
 * @position: duration of the audio heard so far, in nanoseconds
 * @duration: duration of all inputs, in nanoseconds; 0 = unknown
 */
void habla_terminal_output_show_progress (
    HablaTerminalOutput *self, guint64 position, guint64 duration);

/**
 * habla_terminal_output_print_message:
 * @self: an output
 * @type: "note", "warning" or "error"
 * @format: a printf() format
 * @...: its parameters
 *
 * Prints a line to standard error; with JSON to standard output, and errors to both.
 */
void habla_terminal_output_print_message (
    HablaTerminalOutput *self, const char *type, const char *format, ...) G_GNUC_PRINTF (3, 4);

/**
 * habla_terminal_output_print_file:
 * @self: an output
 * @path: path of a written file
 * @language: language of its contents
 * @is_whole: whether the file is complete
 */
void habla_terminal_output_print_file (
    HablaTerminalOutput *self, const char *path, const char *language, gboolean is_whole);

/**
 * habla_terminal_output_print_line:
 * @self: an output
 * @line: printable text without a line feed
 *
 * Prints a line of a table to standard error; no-op with JSON or if only errors are printed.
 */
void habla_terminal_output_print_line (HablaTerminalOutput *self, const char *line);

/**
 * habla_terminal_output_finish:
 * @self: an output
 * @status: the exit status
 *
 * Removes the progress bar; with JSON prints the status. Print nothing afterwards.
 */
void habla_terminal_output_finish (HablaTerminalOutput *self, int status);

/**
 * habla_terminal_output_is_json:
 * @self: an output
 *
 * Returns: whether it prints JSON
 */
gboolean habla_terminal_output_is_json (HablaTerminalOutput *self);

/**
 * habla_terminal_output_is_closed:
 * @self: an output
 *
 * Returns: whether writing to standard output has failed
 */
gboolean habla_terminal_output_is_closed (HablaTerminalOutput *self);

/**
 * habla_terminal_output_measure:
 * @text: printable text
 *
 * Returns: its width, in columns of a terminal
 */
guint habla_terminal_output_measure (const char *text);

/**
 * habla_terminal_output_clip:
 * @text: printable text
 * @columns: width to fit in, in columns of a terminal
 * @tail: whether to keep the end of @text rather than its beginning
 *
 * Returns: (transfer full): @text, shortened with "…" if it is too wide
 */
char *habla_terminal_output_clip (const char *text, guint columns, gboolean tail);

/**
 * habla_terminal_output_print_json:
 * @builder: (transfer full): holds a complete value
 *
 * Prints the value in one line to standard output.
 */
void habla_terminal_output_print_json (JsonBuilder *builder);

G_END_DECLS
