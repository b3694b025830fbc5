/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-key.h"

#include <errno.h>
#include <fcntl.h>
#include <habla/error.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_KEY 4096

/* Servers that need no key accept any: a shorter one may be a word, such as “none”. */
#define MIN_SECRET 8

/* Files that systemd passes look readable to a group, because of their access control list. */
static gboolean
api_key_is_credential (const char *path)
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

static gboolean
api_key_check_file (const char *path, int fd, GError **error)
{
  g_autofree char *quoted = g_shell_quote (path);
  struct stat info;

  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode)) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
        "Failed to read the key in %s: it is no regular file", path);
    return FALSE;
  }
  if (api_key_is_credential (path))
    return TRUE;
  if (info.st_uid != geteuid () && info.st_uid != 0) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
        "The key in %s belongs to another user, who can read and change it; run: chown %u %s", path,
        (guint) geteuid (), quoted);
    return FALSE;
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
        "Other users can read or change the key in %s; run: chmod 600 %s", path, quoted);
    return FALSE;
  }
  return TRUE;
}

/* Returns: the number of bytes, or -1 with errno set */
static gssize
api_key_read_all (int fd, char *buffer, gsize size)
{
  gsize total = 0;
  gssize n = 1;

  while (total < size && n != 0) {
    n = read (fd, buffer + total, size - total);
    if (n < 0 && errno != EINTR)
      return -1;
    total += MAX (n, 0);
  }
  return total;
}

/* Returns: (transfer full) (nullable): what the file contains */
static char *
api_key_read_file (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  char *text = NULL;
  gssize length = -1;
  gboolean is_private = fd >= 0 && api_key_check_file (path, fd, error);

  if (is_private) {
    text = g_malloc0 (MAX_KEY + 3);
    length = api_key_read_all (fd, text, MAX_KEY + 2);
  }
  if (length < 0 && (fd < 0 || is_private))
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
        "Failed to read the key in %s: %s; set api-key-file to the full path of a file with the "
        "key",
        path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  if (length < 0)
    g_clear_pointer (&text, api_key_free);
  return text;
}

static gboolean
api_key_is_valid (const char *key)
{
  gsize length = strlen (key);

  for (gsize i = 0; i < length; i++)
    if (key[i] <= ' ' || key[i] > '~')
      return FALSE;
  return length > 0 && length <= MAX_KEY;
}

char *
api_key_load (const char *file, const char *variable, GError **error)
{
  gboolean has_file = file != NULL && *file != '\0';
  const char *value =
      !has_file && variable != NULL && *variable != '\0' ? g_getenv (variable) : NULL;
  char *key;

  if (!has_file && (variable == NULL || *variable == '\0'))
    return NULL;
  if (!has_file && (value == NULL || *value == '\0')) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
        "The environment variable %s, which api-key-env names, is not set; set it to the key, or "
        "name a file in api-key-file",
        variable);
    return NULL;
  }
  key = has_file ? api_key_read_file (file, error) : g_strdup (value);
  if (key == NULL)
    return NULL;
  g_strstrip (key);
  if (!api_key_is_valid (key)) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
        "There is no usable key in %s; it must contain the key alone, in one line",
        has_file ? file : variable);
    g_clear_pointer (&key, api_key_free);
  }
  return key;
}

void
api_key_hide (const char *key, GString *text)
{
  if (key != NULL && strlen (key) >= MIN_SECRET)
    g_string_replace (text, key, "[key]", 0);
}

void
api_key_free (char *key)
{
  if (key != NULL)
    explicit_bzero (key, strlen (key));
  g_free (key);
}
