/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/secret-file.h"

#include "daemon/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
is_credential (const char *path)
{
  const char *credentials = g_getenv ("CREDENTIALS_DIRECTORY");
  g_autofree char *folder = NULL;
  g_autofree char *file = NULL;
  gsize length;

  if (credentials == NULL || !g_path_is_absolute (credentials))
    return FALSE;
  folder = realpath (credentials, NULL);
  file = realpath (path, NULL);
  if (folder == NULL || file == NULL)
    return FALSE;
  length = strlen (folder);
  return strncmp (file, folder, length) == 0 && file[length] == '/';
}

gboolean
habla_secret_file_check (const char *path, GError **error)
{
  g_autofree char *quoted = g_shell_quote (path);
  struct stat info;

  if (stat (path, &info) != 0) {
    int code = errno;

    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "Failed to open %s: %s", path,
        g_strerror (code));
    return FALSE;
  }
  if (is_credential (path))
    return TRUE;
  if (info.st_uid != geteuid () && info.st_uid != 0) {
    g_set_error (error, HABLA_SETTINGS_ERROR, 0,
        "%s belongs to another user, who can read and change it; run: chown %u %s", path,
        (guint) geteuid (), quoted);
    return FALSE;
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    g_set_error (error, HABLA_SETTINGS_ERROR, 0,
        "Other users can read or change %s; run: chmod 600 %s", path, quoted);
    return FALSE;
  }
  return TRUE;
}
