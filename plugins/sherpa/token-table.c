/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "token-table.h"

#include <habla/error.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bounds on hostile files; the tables of published models have at most 260,000 lines. */
#define MAX_BYTES (16 * 1024 * 1024)
#define MAX_ID 1000000

static gboolean
token_table_fail (const char *path, guint line, const char *problem, GError **error)
{
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
      "Line %u of the token table %s %s; install the model again", line, path, problem);
  return FALSE;
}

/* Returns: (transfer full) (nullable): the contents of the file */
static char *
token_table_read (const char *path, gsize *size, GError **error)
{
  g_autofree char *text = NULL;
  gsize n_read = 0;
  gssize n = 0;
  struct stat info;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

  if (fd < 0) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "The token table %s cannot be read (%s); install the model again", path,
        g_strerror (errno));
    return NULL;
  }
  if (fstat (fd, &info) < 0 || !S_ISREG (info.st_mode) || info.st_size == 0 ||
      info.st_size > MAX_BYTES) {
    close (fd);
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "The token table %s is empty, too large or no regular file; install the model again", path);
    return NULL;
  }
  text = g_malloc (info.st_size + 1);
  while (n_read < (gsize) info.st_size && (n = read (fd, text + n_read, info.st_size - n_read)) > 0)
    n_read += n;
  close (fd);
  text[n_read] = '\0';
  *size = n_read;
  return g_steal_pointer (&text);
}

/* Splits @line into a symbol and an id. A line with an id alone is the token of a space.
 * Returns: whether it has one or two columns, of which the last is an id */
static gboolean
token_table_parse (char *line, const char **symbol, guint *id)
{
  static const char blanks[] = " \t\r\f\v";
  char *last;
  guint64 value;

  g_strstrip (line);
  *symbol = "";
  last = line + strcspn (line, blanks);
  if (*last != '\0') {
    *symbol = line;
    *last++ = '\0';
    last += strspn (last, blanks);
  } else {
    last = line;
  }
  if (!g_ascii_string_to_unsigned (last, 10, 0, MAX_ID, &value, NULL))
    return FALSE;
  *id = value;
  return TRUE;
}

static gboolean
is_base64 (char c)
{
  return g_ascii_isalnum (c) || c == '+' || c == '/';
}

/* The library ends the process at other characters. It takes a = at the begin of a group of four
 * for a space. */
static gboolean
token_table_can_decode (const char *symbol)
{
  for (const char *p = symbol; *p != '\0' && *p != '='; p += 4) {
    gboolean has_second = p[1] != '\0' && p[2] != '\0' && p[2] != '=';

    if (!is_base64 (p[0]) || !is_base64 (p[1]) || (has_second && !is_base64 (p[2])) ||
        (has_second && p[3] != '\0' && p[3] != '=' && !is_base64 (p[3])))
      return FALSE;
    if (memchr (p, '\0', 4) != NULL)
      return TRUE;
  }
  return TRUE;
}

gboolean
habla_token_table_check (
    const char *path, guint n_tokens, HablaTokenTableFlags flags, GError **error)
{
  gsize size;
  g_autofree char *text = token_table_read (path, &size, error);
  g_autofree guint8 *found = NULL;
  gboolean has_blank = FALSE;
  guint n_lines = 0;

  if (text == NULL)
    return FALSE;
  if (memchr (text, '\0', size) != NULL)
    return token_table_fail (path, 1, "or a later one has a NUL", error);
  found = g_malloc0 (MAX_ID + 1);
  for (char *line = text, *next; line != NULL; line = next) {
    const char *symbol;
    guint id;

    next = strchr (line, '\n');
    if (next != NULL)
      *next++ = '\0';
    else if (*line == '\0')
      break;
    n_lines++;
    if (!token_table_parse (line, &symbol, &id))
      return token_table_fail (path, n_lines, "is no token with its number", error);
    if ((flags & HABLA_TOKEN_TABLE_IS_BASE64) != 0 && !token_table_can_decode (symbol))
      return token_table_fail (path, n_lines, "has a token that is not in base64", error);
    found[id] = TRUE;
    if (g_str_equal (symbol, "<blk>") || g_str_equal (symbol, "<eps>") ||
        g_str_equal (symbol, "<blank>"))
      has_blank = TRUE;
  }
  if (n_tokens > MAX_ID || (n_tokens > 0 && memchr (found, FALSE, n_tokens) != NULL)) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "The token table %s does not have all of the model's %u tokens; install the model again",
        path, n_tokens);
    return FALSE;
  }
  if ((flags & HABLA_TOKEN_TABLE_NEEDS_BLANK) != 0 && !has_blank)
    return token_table_fail (path, n_lines, "is the last one, and none is <blk>", error);
  return TRUE;
}
