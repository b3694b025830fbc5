/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/command.h"
#include "command/exit-status.h"

#include <config.h>
#include <gst/gst.h>
#include <locale.h>
#include <poll.h>
#include <revision.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <util/plugin-path.h>

static const struct {
  const char *name;
  int (*run) (int argc, char *argv[]);
  const char *about;
} commands[] = {
  { "interpret", habla_command_interpret, "translate speech or subtitles" },
  { "pipelines", habla_command_pipelines, "list the pipelines, and show one" },
  { "languages", habla_command_languages,
      "list the languages that can be heard, translated and spoken here" },
  { "setup", habla_command_setup, "choose and install models for languages" },
  { "models", habla_command_models, "list, install, check and remove models" },
  { "doctor", habla_command_doctor, "check the installation, and how to install missing parts" },
};

static void
print_usage (FILE *file)
{
  fputs ("Usage: habla COMMAND [OPTIONS…]\n\nLive speech into captions and speech in another "
         "language.\n\nCommands:\n",
      file);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (file, "  %-11s %s\n", commands[i].name, commands[i].about);
  fputs ("\nSee “habla COMMAND --help”, or the manual pages such as “man habla-interpret”.\n"
         "“habla --version” prints the version.\n",
      file);
}

gboolean
habla_command_parse (GOptionContext *context, int *argc, char ***argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *program = g_strconcat ("habla ", (*argv)[0], NULL);
  const char *name = (*argv)[0];

  g_set_prgname (program);
  if (g_option_context_parse (context, argc, argv, &error)) {
    if (*argc < 2)
      return TRUE;
    g_set_error (
        &error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE, "Unexpected argument “%s”", (*argv)[1]);
  }
  fprintf (stderr, "habla: %s; see “habla %s --help”\n", error->message, name);
  return FALSE;
}

/* Returns: whether standard output is a pipe or socket that no one reads, as before "| head" ends
 */
static gboolean
output_is_unread (void)
{
  struct pollfd output = { .fd = STDOUT_FILENO, .events = POLLOUT };

  return poll (&output, 1, 0) > 0 && (output.revents & (POLLERR | POLLHUP)) != 0;
}

/* A failure to write standard output changes the exit status. */
static int
finish_output (int status)
{
  if ((fflush (stdout) == 0 && !ferror (stdout)) || status == HABLA_EXIT_IO)
    return status;
  if (!output_is_unread ())
    fputs ("habla: Failed to write standard output: the disk is full\n", stderr);
  return status == HABLA_EXIT_OK ? HABLA_EXIT_IO : status;
}

int
main (int argc, char *argv[])
{
  const char *name = argc > 1 ? argv[1] : NULL;

  setlocale (LC_ALL, "");
  /* Writing returns an error instead, so that files are finished. */
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
  /* Otherwise OpenAL and PipeWire print messages when GStreamer searches for a microphone. */
  g_setenv ("ALSOFT_LOGLEVEL", "0", FALSE);
  g_setenv ("PIPEWIRE_DEBUG", "0", FALSE);
  if (name == NULL) {
    print_usage (stderr);
    return HABLA_EXIT_USAGE;
  }
  if (g_str_equal (name, "--help") || g_str_equal (name, "-h") || g_str_equal (name, "help")) {
    print_usage (stdout);
    return HABLA_EXIT_OK;
  }
  if (g_str_equal (name, "--version")) {
    puts (PACKAGE " " VERSION REVISION);
    return HABLA_EXIT_OK;
  }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (name, commands[i].name)) {
      int status;

      habla_plugin_path_init ();
      gst_init (NULL, NULL);
      status = commands[i].run (argc - 1, argv + 1);
      gst_deinit ();
      return finish_output (status);
    }
  fprintf (stderr, "habla: “%s” is no command; see “habla --help”, or “habla interpret”\n", name);
  return HABLA_EXIT_USAGE;
}
