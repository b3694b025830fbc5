/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The subcommands. Each takes its name as the first argument, and returns the exit
 * status. */
int habla_command_interpret (int argc, char *argv[]);
int habla_command_pipelines (int argc, char *argv[]);
int habla_command_languages (int argc, char *argv[]);
int habla_command_doctor (int argc, char *argv[]);

gboolean habla_command_parse (GOptionContext *context, int *argc, char ***argv);

G_END_DECLS
