/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/**
 * ApertiumProcesses:
 * @input: write here what the first program reads; does not block
 * @output: read here what the last program writes; does not block
 * @messages: read here what all of them say on their standard error; does not block; -1
 *   once they are done with it
 *
 * The programs of one chain while they run. Belongs to the thread that started them:
 * when that thread ends, in whatever way, the kernel ends the programs.
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
 * @error: return location for an error
 *
 * Starts the programs, each reading what the one before it writes.
 *
 * Returns: (transfer full) (nullable): the running programs, for
 *   apertium_processes_stop()
 */
ApertiumProcesses *apertium_processes_start (GPtrArray *stages, GError **error);

/**
 * apertium_processes_close_messages:
 * @self: running programs, of whose messages the end was read
 */
void apertium_processes_close_messages (ApertiumProcesses *self);

/**
 * apertium_processes_stop:
 * @self: (transfer full): running programs
 *
 * Ends the programs. When this returns, they are gone.
 *
 * Returns: (transfer full) (nullable): which of them had ended before, and how
 */
char *apertium_processes_stop (ApertiumProcesses *self);

G_END_DECLS
