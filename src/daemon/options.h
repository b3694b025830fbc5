/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <daemon/settings.h>

G_BEGIN_DECLS

/**
 * HablaOptions:
 *
 * Options of the command line; strings are %NULL if not given. They override the settings of the
 * same name.
 */
typedef struct {
  char *config;
  GStrv listen;
  char *tls_certificate;
  char *tls_key;
  char *token_file;
  char *client; /* folder */
  char *pipeline;
  char *log_format;
  gboolean has_lan;
  char *lan; /* (nullable): the mode */
  gboolean print_config;
  gboolean version;
} HablaOptions;

/**
 * habla_options_parse:
 * @self: zero-initialised
 * @argc: (inout): number of arguments
 * @argv: (inout): arguments
 * @error: return location for a %G_OPTION_ERROR
 *
 * Prints the help and exits if it is asked for.
 *
 * Returns: whether all arguments are known options
 */
gboolean habla_options_parse (HablaOptions *self, int *argc, char ***argv, GError **error);

/**
 * habla_options_clear:
 * @self: options
 *
 * Frees the strings.
 */
void habla_options_clear (HablaOptions *self);

/**
 * habla_options_configure:
 * @self: options, some of which move to @settings
 * @settings: default settings
 * @error: return location for a %G_FILE_ERROR or %HABLA_SETTINGS_ERROR
 *
 * Loads the configuration file into @settings, applies the options, and checks the result.
 *
 * Returns: whether @settings are valid
 */
gboolean habla_options_configure (HablaOptions *self, HablaSettings *settings, GError **error);

G_END_DECLS
