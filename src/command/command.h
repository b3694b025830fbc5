/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * habla_command_interpret:
 * @argc: length of @argv
 * @argv: name of the subcommand and its arguments
 *
 * Runs `habla interpret`.
 *
 * Returns: the exit status, a #HablaExitStatus or 128 + the number of a signal
 */
int habla_command_interpret (int argc, char *argv[]);

/**
 * habla_command_pipelines:
 * @argc: length of @argv
 * @argv: name of the subcommand and its arguments
 *
 * Runs `habla pipelines`.
 *
 * Returns: the exit status, a #HablaExitStatus
 */
int habla_command_pipelines (int argc, char *argv[]);

/**
 * habla_command_languages:
 * @argc: length of @argv
 * @argv: name of the subcommand and its arguments
 *
 * Runs `habla languages`.
 *
 * Returns: the exit status, a #HablaExitStatus
 */
int habla_command_languages (int argc, char *argv[]);

/**
 * habla_command_print_languages:
 * @languages: (array zero-terminated=1): normalized BCP 47 codes
 *
 * Prints who hears, translates and speaks these languages, and what is lacking, as `habla
 * languages` does.
 */
void habla_command_print_languages (char **languages);

/**
 * habla_command_models:
 * @argc: length of @argv
 * @argv: name of the subcommand and its arguments
 *
 * Runs `habla models`.
 *
 * Returns: the exit status, a #HablaExitStatus or 128 + the number of a signal
 */
int habla_command_models (int argc, char *argv[]);

/**
 * habla_command_setup:
 * @argc: length of @argv
 * @argv: name of the subcommand and its arguments
 *
 * Runs `habla setup`.
 *
 * Returns: the exit status, a #HablaExitStatus or 128 + the number of a signal
 */
int habla_command_setup (int argc, char *argv[]);

/**
 * habla_command_doctor:
 * @argc: length of @argv
 * @argv: name of the subcommand and its arguments
 *
 * Runs `habla doctor`.
 *
 * Returns: the exit status, a #HablaExitStatus
 */
int habla_command_doctor (int argc, char *argv[]);

/**
 * habla_command_parse_languages:
 * @arguments: (array zero-terminated=1): language codes that a user wrote
 * @error: return location for an error that names each argument that is no language
 *
 * Returns: (transfer full) (nullable): @arguments as normalized BCP 47 codes
 */
GStrv habla_command_parse_languages (char **arguments, GError **error);

/**
 * habla_command_parse:
 * @context: the options of a subcommand
 * @argc: (inout): length of @argv
 * @argv: (inout): name of the subcommand and its arguments
 *
 * Prints the help and exits if there is `--help`. Prints a message to standard error if an option
 * is unknown or has a bad value, or if arguments are left.
 *
 * Returns: whether the arguments are valid
 */
gboolean habla_command_parse (GOptionContext *context, int *argc, char ***argv);

G_END_DECLS
