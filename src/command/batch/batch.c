/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/batch/batch.h"

#include "command/batch/batch-table.h"
#include "command/output/output-claims.h"
#include "command/exit-status.h"
#include "command/input.h"

#include <glib-unix.h>
#include <signal.h>
#include <sys/stat.h>

/* An input and its outputs. */
typedef struct {
  HablaBatchRow row; /* first: the table is an array of rows */
  HablaInterpretOptions options;
  GPtrArray *outputs; /* (element-type filename) */
  char *source;       /* (nullable): see HablaFinishedFiles; NULL = not a local file */
  guint64 size;       /* in bytes, at least 1 */
} Part;

typedef struct {
  const HablaBatchOptions *options;
  HablaTerminalOutput *terminal; /* (unowned) */
  GPtrArray *parts;              /* of Part */
  HablaKeptEngines *engines;     /* (nullable): of the last run */
  HablaInterpretResult *running; /* (nullable) */
  int signal;                    /* that stops the batch; 0 = none */
  gboolean at_once;
} Batch;

static void
part_free (Part *self)
{
  g_free (self->row.name);
  habla_interpret_result_clear (&self->row.result);
  g_clear_pointer (&self->options.inputs, g_ptr_array_unref);
  g_clear_pointer (&self->outputs, g_ptr_array_unref);
  g_free (self->source);
  g_free (self);
}

/* @input: not looked at yet, so that nothing is read before it is needed */
static HablaInput *
input_new_unread (const char *argument)
{
  HablaInput *input = g_new0 (HablaInput, 1);

  input->fd = -1;
  input->name = g_filename_display_name (argument);
  input->path = g_filename_from_uri (argument, NULL, NULL);
  if (input->path == NULL &&
      (g_file_test (argument, G_FILE_TEST_EXISTS) || !gst_uri_is_valid (argument)))
    input->path = g_strdup (argument);
  if (input->path == NULL)
    input->uri = g_strdup (argument);
  return input;
}

static Part *
part_new (const char *argument, const HablaBatchOptions *options)
{
  Part *self = g_new0 (Part, 1);
  HablaInput *input = input_new_unread (argument);
  struct stat info;

  self->row.name = g_strdup (input->name);
  self->options = *options->interpret;
  self->options.is_part = TRUE;
  self->options.inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_input_free);
  g_ptr_array_add (self->options.inputs, input);
  self->outputs = habla_interpret_list_outputs (&self->options);
  self->size = input->path != NULL && stat (input->path, &info) == 0 ? MAX (info.st_size, 1) : 1;
  if (input->path != NULL)
    self->source = habla_finished_files_describe_input (input->path, options->signature);
  return self;
}

static gboolean
batch_check_outputs (Batch *batch, GError **error)
{
  g_autoptr (HablaOutputClaims) claims = habla_output_claims_new ();

  for (guint i = 0; i < batch->parts->len; i++) {
    Part *part = g_ptr_array_index (batch->parts, i);
    HablaInput *input = g_ptr_array_index (part->options.inputs, 0);

    if (input->path != NULL)
      habla_output_claims_add_input (claims, input->path);
  }
  for (guint i = 0; i < batch->parts->len; i++) {
    Part *part = g_ptr_array_index (batch->parts, i);

    if (!habla_output_claims_add_outputs (claims, part->outputs, part->row.name, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
batch_create_parts (Batch *batch, GError **error)
{
  for (guint i = 0; i < batch->options->inputs->len; i++) {
    const char *argument = g_ptr_array_index (batch->options->inputs, i);

    if (g_str_equal (argument, "-")) {
      g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
          "Standard input has no name for {name}; give the output a name without it, or name a "
          "file");
      return FALSE;
    }
    g_ptr_array_add (batch->parts, part_new (argument, batch->options));
  }
  if (batch->parts->len == 0) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_NO_INPUT,
        "There are no recordings or subtitles to interpret; name files, or a folder that has some");
    return FALSE;
  }
  return batch_check_outputs (batch, error);
}

/* Skips inputs whose outputs are complete and made with the same options. */
static void
batch_skip_finished (Batch *batch)
{
  for (guint i = 0; i < batch->parts->len && !batch->options->overwrite; i++) {
    Part *part = g_ptr_array_index (batch->parts, i);
    gboolean is_finished = part->source != NULL && part->outputs->len > 0;

    for (guint j = 0; j < part->outputs->len && is_finished; j++)
      is_finished = habla_finished_files_contain (
          batch->options->finished, g_ptr_array_index (part->outputs, j), part->source);
    if (is_finished)
      part->row.status = HABLA_BATCH_UNCHANGED;
  }
}

static gboolean
part_open (Part *part, const char *argument, GError **error)
{
  HablaInput *input = habla_input_new (argument, error);

  if (input == NULL)
    return FALSE;
  g_ptr_array_set_size (part->options.inputs, 0);
  g_ptr_array_add (part->options.inputs, input);
  if (input->fd < 0)
    return TRUE;
  g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
      "%s is a pipe; interpret it separately, with a name for each output", input->name);
  return FALSE;
}

static void
part_remember (Part *part, HablaFinishedFiles *finished)
{
  for (guint i = 0; i < part->outputs->len && part->source != NULL; i++) {
    const char *output = g_ptr_array_index (part->outputs, i);

    habla_finished_files_add (finished, output, part->source,
        g_ptr_array_find_with_equal_func (part->row.result.files, output, g_str_equal, NULL));
  }
}

static void
batch_run_part (Batch *batch, Part *part, const char *argument)
{
  HablaInterpretResult *result = &part->row.result;
  g_autoptr (GError) error = NULL;

  if (!part_open (part, argument, &error)) {
    result->status = habla_exit_status_from_error (error);
    result->message = g_strdup (error->message);
    habla_terminal_output_print_message (batch->terminal, "error", "%s", error->message);
  } else {
    result->engines = g_steal_pointer (&batch->engines);
    batch->running = result;
    habla_interpret_run (&part->options, batch->terminal, result);
    batch->running = NULL;
    batch->engines = g_steal_pointer (&result->engines);
    batch->at_once = result->at_once;
  }
  if (result->is_stopped) {
    part->row.status = HABLA_BATCH_STOPPED;
  } else if (result->status != HABLA_EXIT_OK) {
    part->row.status = HABLA_BATCH_FAILED;
  } else {
    part->row.status = HABLA_BATCH_DONE;
    part_remember (part, batch->options->finished);
  }
}

static gboolean
batch_is_stopped (Batch *batch)
{
  return batch->signal != 0 || habla_terminal_output_is_closed (batch->terminal);
}

static void
batch_run_parts (Batch *batch)
{
  guint64 total = 0;
  guint64 done = 0;

  for (guint i = 0; i < batch->parts->len; i++) {
    Part *part = g_ptr_array_index (batch->parts, i);

    total += part->row.status == HABLA_BATCH_WAITING ? part->size : 0;
  }
  for (guint i = 0; i < batch->parts->len && !batch_is_stopped (batch); i++) {
    Part *part = g_ptr_array_index (batch->parts, i);
    HablaTerminalPart shown = { part->row.name, i + 1, batch->parts->len };

    if (part->row.status != HABLA_BATCH_WAITING)
      continue;
    shown.begin = (double) done / total;
    done += part->size;
    shown.end = (double) done / total;
    habla_terminal_output_begin_part (batch->terminal, &shown);
    batch_run_part (batch, part, g_ptr_array_index (batch->options->inputs, i));
    while (g_main_context_iteration (NULL, FALSE))
      ;
  }
}

static gboolean
batch_stop (Batch *batch, int signal)
{
  batch->signal = signal;
  if (batch->running != NULL)
    habla_interpret_stop (batch->running, signal);
  return G_SOURCE_CONTINUE;
}

static gboolean
batch_on_sigint (gpointer user_data)
{
  return batch_stop (user_data, SIGINT);
}

static gboolean
batch_on_sigterm (gpointer user_data)
{
  return batch_stop (user_data, SIGTERM);
}

static int
batch_get_status (Batch *batch)
{
  if (batch->signal != 0)
    return 128 + batch->signal;
  for (guint i = 0; i < batch->parts->len; i++) {
    Part *part = g_ptr_array_index (batch->parts, i);

    if (part->row.result.status != HABLA_EXIT_OK)
      return part->row.result.status;
  }
  return HABLA_EXIT_OK;
}

static void
batch_run (Batch *batch)
{
  guint sigint = g_unix_signal_add (SIGINT, batch_on_sigint, batch);
  guint sigterm = g_unix_signal_add (SIGTERM, batch_on_sigterm, batch);

  batch_skip_finished (batch);
  batch_run_parts (batch);
  habla_batch_table_print (batch->parts, batch->terminal);
  g_source_remove (sigint);
  g_source_remove (sigterm);
}

int
habla_batch_run (const HablaBatchOptions *self, HablaTerminalOutput *terminal, gboolean *at_once)
{
  Batch batch = { self, terminal };
  g_autoptr (GError) error = NULL;
  int status;

  batch.parts = g_ptr_array_new_with_free_func ((GDestroyNotify) part_free);
  if (batch_create_parts (&batch, &error)) {
    batch_run (&batch);
    status = batch_get_status (&batch);
  } else {
    status = habla_exit_status_from_error (error);
    habla_terminal_output_print_message (terminal, "error", "%s", error->message);
  }
  *at_once = batch.at_once;
  if (!batch.at_once)
    g_clear_pointer (&batch.engines, habla_kept_engines_free);
  g_ptr_array_unref (batch.parts);
  return status;
}
