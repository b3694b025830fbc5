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

ApertiumProcesses *apertium_processes_start (GPtrArray *stages, GError **error);
void apertium_processes_close_messages (ApertiumProcesses *self);
char *apertium_processes_stop (ApertiumProcesses *self);

G_END_DECLS
