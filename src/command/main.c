/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/command.h"
#include "command/exit-status.h"

#include <config.h>
#include <gst/gst.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct {
  const char *name;
  int (*run) (int argc, char *argv[]);
  const char *about;
} commands[] = {
  { "interpret", habla_command_interpret, "translate speech or subtitles" },
  { "pipelines", habla_command_pipelines, "list the pipelines, and show one" },
  { "languages", habla_command_languages, "list what can be heard, translated and spoken here" },
  { "doctor", habla_command_doctor, "check what is installed, and how to get what is missing" },
};

static void
print_usage (FILE *file)
{
  fputs ("Usage: habla COMMAND [OPTIONS…]\n\nLive speech into captions and speech in another "
         "language.\n\nCommands:\n",
      file);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (file, "  %-11s %s\n", commands[i].name, commands[i].about);
  fputs ("\n“habla COMMAND --help” tells more, and so does the manual page of each:\n"
         "“man habla-interpret”. “habla --version” tells the version.\n",
      file);
}

/**
 * habla_command_parse:
 * @context: the options of a subcommand
 * @argc: (inout):
 * @argv: (inout): with the name of the subcommand first
 *
 * With `--help`, prints it and exits. Says what is wrong with the arguments.
 *
 * Returns: whether nothing is
 */
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
    g_set_error (&error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE, "“%s” is too much", (*argv)[1]);
  }
  fprintf (stderr, "habla: %s; see “habla %s --help”\n", error->message, name);
  return FALSE;
}

/* What was printed has to be there, or the exit status says so. */
static int
finish_output (int status)
{
  if ((fflush (stdout) == 0 && !ferror (stdout)) || status == HABLA_EXIT_IO)
    return status;
  fputs ("habla: Standard output cannot be written to: the disk is full, or nobody reads it\n",
      stderr);
  return status == HABLA_EXIT_OK ? HABLA_EXIT_IO : status;
}

int
main (int argc, char *argv[])
{
  const char *name = argc > 1 ? argv[1] : NULL;

  setlocale (LC_ALL, "");
  /* Writing tells of what these are about, and then files are finished. */
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
  /* OpenAL, where GStreamer asks it for a microphone, tells of its own search for one. */
  g_setenv ("ALSOFT_LOGLEVEL", "0", FALSE);
  if (name == NULL) {
    print_usage (stderr);
    return HABLA_EXIT_USAGE;
  }
  if (g_str_equal (name, "--help") || g_str_equal (name, "-h") || g_str_equal (name, "help")) {
    print_usage (stdout);
    return HABLA_EXIT_OK;
  }
  if (g_str_equal (name, "--version")) {
    puts (PACKAGE " " VERSION);
    return HABLA_EXIT_OK;
  }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (name, commands[i].name)) {
      int status;

      gst_init (NULL, NULL);
      status = commands[i].run (argc - 1, argv + 1);
      gst_deinit ();
      return finish_output (status);
    }
  fprintf (stderr, "habla: there is no command “%s”; see “habla --help”\n", name);
  return HABLA_EXIT_USAGE;
}
