/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h> /* of the build */

#include "daemon/daemon.h"
#include "daemon/exit-check.h"
#include "daemon/log.h"
#include "daemon/options.h"

#include <gio/gio.h>
#include <gst/gst.h>
#include <locale.h>
#include <malloc.h>
#include <revision.h>
#include <stdio.h>
#include <sysexits.h>
#include <util/plugin-path.h>

/* Malloc arenas per core, instead of glibc's 8. Fewer arenas need less memory, because each keeps
 * its freed memory, but make threads wait for each other; docs/soak.md has measurements. */
#define ARENAS_PER_CORE 2

/* Returns: an exit status: whether the administrator must correct the configuration */
static int
get_exit_status (const GError *error)
{
  if (error->domain != G_IO_ERROR ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    return EX_CONFIG;
  return EX_UNAVAILABLE;
}

/* Returns: the exit status */
static int
serve (HablaSettings *settings)
{
  g_autoptr (GError) error = NULL;
  HablaDaemon *daemon = habla_daemon_new (settings, &error);

  if (daemon == NULL) {
    g_printerr ("hablad: %s\n", error->message);
    return get_exit_status (error);
  }
  habla_daemon_run (daemon);
  habla_daemon_free (daemon);
  habla_exit_check_run ();
  g_message ("Shut down");
  return EX_OK;
}

int
main (int argc, char *argv[])
{
  g_autoptr (HablaSettings) settings = habla_settings_new ();
  g_autoptr (GError) error = NULL;
  HablaOptions options = { NULL };
  int status = EX_OK;

  g_set_prgname ("hablad");
  /* The character set of messages; numbers in files stay as they are. */
  setlocale (LC_CTYPE, "");
  /* The default of GnuTLS includes TLS 1.0. Read with the first TLS connection; a value in the
   * environment has precedence. */
  g_setenv ("G_TLS_GNUTLS_PRIORITY", "NORMAL:%COMPAT:-VERS-TLS1.0:-VERS-TLS1.1", FALSE);
  if (!habla_options_parse (&options, &argc, &argv, &error)) {
    g_printerr ("hablad: %s\n", error->message);
    status = EX_USAGE;
  } else if (options.version) {
    printf ("hablad " VERSION REVISION "\n");
  } else if (options.print_config) {
    g_autofree char *text = habla_settings_describe ();

    printf ("%s", text);
  } else if (!habla_options_configure (&options, settings, &error)) {
    g_printerr ("hablad: %s\n", error->message);
    status = EX_CONFIG;
  } else {
    habla_log_init (settings->log_format);
    mallopt (M_ARENA_MAX, ARENAS_PER_CORE * (int) g_get_num_processors ());
    habla_plugin_path_init ();
    gst_init (NULL, NULL);
    status = serve (settings);
    gst_deinit ();
  }
  habla_options_clear (&options);
  return status;
}
