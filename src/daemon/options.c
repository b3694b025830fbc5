/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/options.h"

static gboolean
options_on_lan (const char *name, const char *value, gpointer data, GError **error)
{
  HablaOptions *self = data;

  self->has_lan = TRUE;
  g_free (self->lan);
  self->lan = g_strdup (value);
  return TRUE;
}

gboolean
habla_options_parse (HablaOptions *self, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &self->config,
        "Read FILE instead of hablad.conf in the usual folders", "FILE" },
    { "listen", 'l', 0, G_OPTION_ARG_STRING_ARRAY, &self->listen,
        "Listen on ADDRESS:PORT; may be repeated; port 0 = any free port", "ADDRESS:PORT" },
    { "lan", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, options_on_lan,
        "Let other machines of the network in, with TLS; http = only listeners, without TLS",
        "yes|http" },
    { "tls-certificate", 0, 0, G_OPTION_ARG_FILENAME, &self->tls_certificate,
        "Enable TLS with the certificate in FILE (PEM)", "FILE" },
    { "tls-cert", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &self->tls_certificate, NULL,
        "FILE" },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &self->tls_key,
        "Private key of the certificate (PEM)", "FILE" },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &self->token_file,
        "Require the token in FILE from clients on other interfaces than loopback", "FILE" },
    { "client", 0, 0, G_OPTION_ARG_FILENAME, &self->client,
        "Serve the files of another client, in FOLDER, at /", "FOLDER" },
    { "pipeline", 'p', 0, G_OPTION_ARG_STRING, &self->pipeline,
        "Name or path of the pipeline that sessions run", "NAME|FILE" },
    { "log-format", 0, 0, G_OPTION_ARG_STRING, &self->log_format,
        "Format of the log: auto, text or json", "FORMAT" },
    { "print-config", 0, 0, G_OPTION_ARG_NONE, &self->print_config,
        "Print a configuration file that explains each key, and exit", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, "Print the version, and exit", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context =
      g_option_context_new ("- live speech translation for browsers");
  GOptionGroup *group = g_option_group_new (NULL, NULL, NULL, self, NULL);

  g_option_group_add_entries (group, entries);
  g_option_context_set_main_group (context, group);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
        "“%s” is not an option; see hablad --help", (*argv)[1]);
    return FALSE;
  }
  return TRUE;
}

void
habla_options_clear (HablaOptions *self)
{
  g_free (self->config);
  g_strfreev (self->listen);
  g_free (self->tls_certificate);
  g_free (self->tls_key);
  g_free (self->token_file);
  g_free (self->client);
  g_free (self->pipeline);
  g_free (self->log_format);
  g_free (self->lan);
}

static void
options_replace (char **value, char **option)
{
  if (*option == NULL)
    return;
  g_free (*value);
  *value = g_steal_pointer (option);
}

gboolean
habla_options_configure (HablaOptions *self, HablaSettings *settings, GError **error)
{
  g_autofree char *path =
      self->config != NULL ? g_strdup (self->config) : habla_settings_find_file ();

  if (path != NULL && !habla_settings_load (settings, path, error))
    return FALSE;
  if (self->listen != NULL) {
    g_strfreev (settings->listen);
    settings->listen = g_steal_pointer (&self->listen);
  }
  options_replace (&settings->tls_certificate, &self->tls_certificate);
  options_replace (&settings->tls_key, &self->tls_key);
  options_replace (&settings->token_file, &self->token_file);
  options_replace (&settings->pipeline, &self->pipeline);
  if (self->client != NULL) {
    g_free (settings->client_folder);
    settings->client_folder = g_canonicalize_filename (self->client, NULL);
  }
  return (self->log_format == NULL ||
             habla_settings_set_log_format (settings, self->log_format, error)) &&
         (!self->has_lan || habla_settings_set_lan (settings, self->lan, error)) &&
         habla_settings_check (settings, error);
}
