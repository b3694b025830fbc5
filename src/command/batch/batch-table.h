/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <command/interpret-run.h>

G_BEGIN_DECLS

/**
 * HablaBatchStatus:
 * @HABLA_BATCH_WAITING: not begun
 * @HABLA_BATCH_DONE: all outputs are complete
 * @HABLA_BATCH_UNCHANGED: all outputs were complete already
 * @HABLA_BATCH_STOPPED: stopped by a signal; its outputs are incomplete
 * @HABLA_BATCH_FAILED: failed
 *
 * What happened to an input.
 */
typedef enum {
  HABLA_BATCH_WAITING,
  HABLA_BATCH_DONE,
  HABLA_BATCH_UNCHANGED,
  HABLA_BATCH_STOPPED,
  HABLA_BATCH_FAILED,
} HablaBatchStatus;

/**
 * HablaBatchRow:
 * @name: the input, in UTF-8
 * @status: what happened to it
 * @result: the result of its run; empty if there was none
 *
 * An input in the table.
 */
typedef struct {
  char *name;
  HablaBatchStatus status;
  HablaInterpretResult result;
} HablaBatchRow;

/**
 * habla_batch_table_print:
 * @rows: (element-type HablaBatchRow): all inputs
 * @terminal: where to print
 *
 * Prints a line for each input with its status, duration, number of captions, and error, and a
 * line with the number of inputs of each status; with JSON an object for each input.
 */
void habla_batch_table_print (GPtrArray *rows, HablaTerminalOutput *terminal);

G_END_DECLS
