/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/network/announcement.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <util/qr-code.h>

static guint
count_columns (const char *code)
{
  const char *begin = strchr (code, 'm');
  const char *end = begin != NULL ? strchr (begin, '\033') : NULL;

  return end != NULL ? g_utf8_strlen (begin + 1, end - begin - 1) : G_MAXUINT;
}

char *
habla_announcement_format_for_person (const HablaAnnouncement *self, guint columns)
{
  g_autofree char *code = self->listen != NULL ? habla_qr_code_to_terminal (self->listen) : NULL;
  GString *text = g_string_new (NULL);

  if (self->client != NULL)
    g_string_append_printf (text, "Client: %s\n", self->client);
  g_string_append_printf (text, "Speak:  %s\n", self->speak);
  if (self->listen != NULL)
    g_string_append_printf (text, "Listen: %s\n", self->listen);
  else
    g_string_append_printf (text, "Listen: only on this computer; %s\n",
        self->is_lan ? "it has no address in a network now" : "hablad --lan lets others in");
  if (code != NULL && columns > 0 && count_columns (code) <= columns)
    g_string_append_printf (text, "\n%s\n", code);
  if (self->warns)
    g_string_append (
        text, "Each phone warns of the certificate once: docs/phones.md says what to tap.\n");
  if (self->speak_elsewhere != NULL)
    g_string_append_printf (text,
        "To speak%s, open this; who has it may do everything:\n"
        "        %s\n",
        self->needs_token ? "" : " from another computer", self->speak_elsewhere);
  if (self->client_elsewhere != NULL)
    g_string_append_printf (text,
        "To use the client%s, open this once; who has it may do everything:\n"
        "        %s\n",
        self->needs_token ? "" : " from another computer", self->client_elsewhere);
  g_string_append (text, "To stop, press Ctrl-C.\n");
  return g_string_free (text, FALSE);
}

char *
habla_announcement_format_for_log (const HablaAnnouncement *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; self->urls[i] != NULL; i++)
    g_string_append_printf (text, "listening on %s\n", self->urls[i]);
  g_string_append_printf (text, "speak at %s\n", self->speak);
  if (self->listen != NULL)
    g_string_append_printf (text, "listen at %s\n", self->listen);
  if (self->client != NULL)
    g_string_append_printf (text, "client at %s\n", self->client);
  return g_string_free (text, FALSE);
}

/* Returns: the width of the terminal; 0 = it does not show the characters of a QR code */
static guint
get_columns (void)
{
  struct winsize size;

  if (!g_get_charset (NULL) || g_strcmp0 (g_getenv ("TERM"), "dumb") == 0)
    return 0;
  return ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void
habla_announcement_print (const HablaAnnouncement *self)
{
  g_autofree char *text = isatty (STDOUT_FILENO)
                              ? habla_announcement_format_for_person (self, get_columns ())
                              : habla_announcement_format_for_log (self);

  /* At once: a reader may close its end after the first line. */
  fputs (text, stdout);
  fflush (stdout);
}
