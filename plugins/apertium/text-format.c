/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Plain text to Apertium's stream format and back, with the result that
 * `apertium-destxt` and `apertium-retxt` have. The format is documented in
 * https://wiki.apertium.org/wiki/Apertium_stream_format. Comparison with the two programs
 * showed in addition:
 *
 * - A stretch of blanks (space, tab, newline, carriage return and, oddly, tilde)
 *   goes through the engine as one blank in brackets; a lone space stays a space.
 * - An empty line, and the end of the text, ends a sentence. It is marked by a full stop and
 *   an empty blank, `.[]`, before the blanks there, and the mark is removed from the response.
 * - Every character with a meaning in the format is escaped.
 *
 * One difference: the noncharacter U+FFFF ends the input of the engine's programs, which lose
 * the text after it. It is replaced by U+FFFD, like a NUL. */
#include "text-format.h"

#include <string.h>

#define BLANKS " \t\r\n~"
#define RESERVED "$/<>@[\\]^{}"
#define SENTENCE_END ".[]"

#define U_FFFD "\xef\xbf\xbd"
#define U_FFFF "\xef\xbf\xbf"

static gboolean
is_empty_line (const char *blank, gsize length)
{
  return g_strstr_len (blank, length, "\n\n") != NULL ||
         g_strstr_len (blank, length, "\r\n\r\n") != NULL;
}

GString *
apertium_text_deformat (const char *text, guint64 sequence)
{
  g_autofree char *valid = NULL;
  GString *stream;
  const char *c;

  g_return_val_if_fail (text != NULL, NULL);

  valid = g_utf8_make_valid (text, -1);
  stream = g_string_sized_new (strlen (valid) + 64);
  c = valid;
  while (TRUE) {
    gsize length = strspn (c, BLANKS);
    gboolean last = c[length] == '\0';

    if (last || is_empty_line (c, length))
      g_string_append (stream, SENTENCE_END);
    if (last) {
      g_string_append_c (stream, '[');
      g_string_append_len (stream, c, length);
      g_string_append_printf (stream, "\n#%" G_GUINT64_FORMAT "]", sequence);
      g_string_replace (stream, U_FFFF, U_FFFD, 0);
      return stream;
    }
    if (length == 1 && *c == ' ') {
      g_string_append_c (stream, ' ');
    } else if (length > 0) {
      g_string_append_c (stream, '[');
      g_string_append_len (stream, c, length);
      g_string_append_c (stream, ']');
    }
    c += length;

    for (length = strcspn (c, BLANKS); length > 0; length--, c++) {
      if (strchr (RESERVED, *c) != NULL)
        g_string_append_c (stream, '\\');
      g_string_append_c (stream, *c);
    }
  }
}

char *
apertium_text_reformat (const char *response, gsize length, guint64 sequence)
{
  g_autofree char *mark = g_strdup_printf ("\n#%" G_GUINT64_FORMAT "]", sequence);
  gsize mark_length = strlen (mark);
  GString *text;

  g_return_val_if_fail (response != NULL, NULL);

  if (length < mark_length || memcmp (response + length - mark_length, mark, mark_length) != 0)
    return NULL;
  length -= mark_length;
  if (!g_utf8_validate_len (response, length, NULL))
    return NULL;

  text = g_string_sized_new (length);
  for (const char *c = response, *end = response + length; c < end; c++) {
    if (end - c >= 3 && strncmp (c, SENTENCE_END, 3) == 0) {
      c += 2;
    } else if (*c == '\\' && end - c >= 2 && strchr (RESERVED, c[1]) != NULL) {
      c++;
      g_string_append_c (text, *c);
    } else if (*c != '[' && *c != ']') {
      g_string_append_c (text, *c);
    }
  }
  return g_string_free (text, FALSE);
}

void
apertium_text_tidy (char *translation, const char *text)
{
  gboolean keeps_marks, keeps_begin, keeps_end;
  char *end = translation;

  g_return_if_fail (translation != NULL);
  g_return_if_fail (text != NULL);

  keeps_marks = strstr (text, " ,") != NULL || strstr (text, " .") != NULL;
  keeps_begin = *text == ' ';
  keeps_end = g_str_has_suffix (text, " ");

  for (const char *c = translation; *c != '\0'; c++) {
    if (*c == ' ' && (end == translation ? !keeps_begin : end[-1] == ' '))
      continue;
    if ((*c == ',' || *c == '.') && !keeps_marks && end > translation && end[-1] == ' ')
      end--;
    *end++ = *c;
  }
  if (!keeps_end && end > translation && end[-1] == ' ')
    end--;
  *end = '\0';
}
