/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/network/owner-token.h"

#include "daemon/network/state-file.h"
#include "daemon/secret-file.h"
#include "daemon/settings.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MIN_TOKEN_LENGTH 16
#define TOKEN_BYTES 24

static gboolean
is_token (const char *text)
{
  return strlen (text) >= MIN_TOKEN_LENGTH && g_str_is_ascii (text) &&
         strpbrk (text, " \t\r\n") == NULL;
}

char *
habla_owner_token_read (const char *path, GError **error)
{
  g_autofree char *token = NULL;

  if (!habla_secret_file_check (path, error) || !g_file_get_contents (path, &token, NULL, error))
    return NULL;
  if (is_token (g_strstrip (token)))
    return g_steal_pointer (&token);
  g_set_error (error, HABLA_SETTINGS_ERROR, 0,
      "%s: the token must have at least %d ASCII characters without blanks; make one with: "
      "openssl rand -hex 24",
      path, MIN_TOKEN_LENGTH);
  return NULL;
}

static char *
make_token (void)
{
  guint8 bytes[TOKEN_BYTES];
  GString *text = g_string_new (NULL);

  if (getentropy (bytes, sizeof bytes) != 0)
    g_error ("Failed to get random numbers from the kernel: %s", g_strerror (errno));
  for (guint i = 0; i < sizeof bytes; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

char *
habla_owner_token_keep (GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *token = habla_state_file_read (HABLA_OWNER_TOKEN_FILE, &cause);
  g_autofree char *line = NULL;

  if (token != NULL && is_token (g_strstrip (token)))
    return g_steal_pointer (&token);
  if (!g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    g_message ("Making a new token, since the old one cannot be used: %s",
        cause != NULL ? cause->message : "the file " HABLA_OWNER_TOKEN_FILE " is damaged");
  g_free (token);
  token = make_token ();
  line = g_strconcat (token, "\n", NULL);
  if (habla_state_file_write (HABLA_OWNER_TOKEN_FILE, line, error))
    return g_steal_pointer (&token);
  g_prefix_error (error, "Failed to keep the token of the owner; set token-file: ");
  return NULL;
}
