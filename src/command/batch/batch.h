/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <command/batch/finished-files.h>
#include <command/interpret-run.h>

G_BEGIN_DECLS

/**
 * HablaBatchOptions:
 * @inputs: (element-type filename): inputs of habla_input_list_new()
 * @finished: the outputs that are complete
 * @interpret: options of each run; its inputs are ignored
 * @signature: the options that determine the contents of the outputs, as text
 * @overwrite: whether to make outputs again that are complete
 *
 * Several inputs with outputs of their own.
 */
typedef struct {
  GPtrArray *inputs;
  HablaFinishedFiles *finished;
  const HablaInterpretOptions *interpret;
  const char *signature;
  gboolean overwrite;
} HablaBatchOptions;

/**
 * habla_batch_run:
 * @self: the inputs and options
 * @terminal: shows captions, progress, errors and the table
 * @at_once: (out): whether the process must end with _exit(), see #HablaInterpretResult
 *
 * Interprets the inputs one after another. One that fails does not stop the others; the first
 * signal stops after the input that is being interpreted. Inputs whose outputs are complete are
 * skipped.
 *
 * Returns: the exit status: 128 + the signal that stopped it, or else that of the first input that
 *   failed
 */
int habla_batch_run (
    const HablaBatchOptions *self, HablaTerminalOutput *terminal, gboolean *at_once);

G_END_DECLS
