/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/**
 * ApertiumProcesses:
 * @input: standard input of the first program; non-blocking
 * @output: standard output of the last program; non-blocking
 * @messages: standard error of all programs; non-blocking; -1 = closed
 *
 * The running programs of one chain. They belong to the thread that started them: when that
 * thread ends for any reason, the kernel kills them.
 */
typedef struct {
  int input;
  int output;
  int messages;
  /*< private >*/
  GPtrArray *stages; /* of GStrv */
  GArray *pids;      /* of the stages, in order */
} ApertiumProcesses;

/**
 * apertium_processes_start:
 * @stages: (element-type GStrv): the arguments of each program
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED or an error of the system
 *
 * Starts the programs as a pipeline.
 *
 * Returns: (transfer full) (nullable): the running programs; free with
 *   apertium_processes_stop()
 */
ApertiumProcesses *apertium_processes_start (GPtrArray *stages, GError **error);

/**
 * apertium_processes_close_messages:
 * @self: running programs whose @messages are at their end
 */
void apertium_processes_close_messages (ApertiumProcesses *self);

/**
 * apertium_processes_stop:
 * @self: (transfer full): running programs
 *
 * Kills the programs. They have exited when this function returns.
 *
 * Returns: (transfer full) (nullable): the first program that had exited before, and how
 */
char *apertium_processes_stop (ApertiumProcesses *self);

G_END_DECLS
