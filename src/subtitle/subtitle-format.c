/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subtitle/subtitle-format.h"

#include "subtitle/subtitle-encoding.h"
#include "subtitle/parser/subtitle-lines.h"

#include <string.h>

/* Whether @name begins with "tt", with any prefix. */
static gboolean
format_is_tt (const char *name)
{
  const char *colon = name + strcspn (name, " \t\r\n/>:");

  if (*colon == ':')
    name = colon + 1;
  return strcspn (name, " \t\r\n/>[") == 2 && strncmp (name, "tt", 2) == 0;
}

/* Whether the first element is "tt", with any prefix. */
static gboolean
format_is_ttml (const char *p)
{
  while (*p == '<') {
    const char *end = strchr (p, '>');
    const char *name = p + 1;

    if (g_str_has_prefix (p, "<!--"))
      end = strstr (p, "-->");
    /* It may have declarations, which contain ">". */
    if (g_str_has_prefix (p, "<!DOCTYPE"))
      return format_is_tt (p + 9 + strspn (p + 9, " \t\r\n"));
    if (*name != '?' && *name != '!')
      return format_is_tt (name);
    if (end == NULL)
      return FALSE;
    p = strchr (end, '>') + 1;
    p += strspn (p, " \t\r\n");
  }
  return FALSE;
}

static gboolean
format_is_vtt (const char *p)
{
  return g_str_has_prefix (p, "WEBVTT") && (p[6] == '\0' || strchr (" \t\r\n", p[6]) != NULL);
}

static gboolean
format_is_ass_line (const char *line)
{
  static const char *const begins[] = { "[Script Info]", "[Events]", "[V4", "Dialogue:" };

  for (guint i = 0; i < G_N_ELEMENTS (begins); i++)
    if (g_ascii_strncasecmp (line, begins[i], strlen (begins[i])) == 0)
      return TRUE;
  return FALSE;
}

const char *
habla_subtitle_format_find (const char *text)
{
  HablaSubtitleLines lines;
  HablaSubtitleTimes times;

  if (text == NULL)
    return NULL;
  text += strspn (text, " \t\r\n");
  if (format_is_vtt (text))
    return "vtt";
  if (format_is_ttml (text))
    return "ttml";
  habla_subtitle_lines_init (&lines, text);
  while (habla_subtitle_lines_read (&lines)) {
    if (habla_subtitle_lines_get_times (&lines, &times))
      return "srt";
    if (format_is_ass_line (lines.line))
      return "ass";
  }
  return NULL;
}

/* Texts have no other control characters; some end with ^Z. */
static gboolean
format_is_text (const char *text)
{
  for (; *text != '\0'; text++)
    if (*text > 0 && *text < ' ' && strchr ("\t\n\v\f\r\x1a\x1b", *text) == NULL)
      return FALSE;
  return TRUE;
}

gboolean
habla_subtitle_format_is_text (const guint8 *data, gsize size)
{
  g_autofree char *assumed = NULL;
  g_autofree char *text = habla_subtitle_decode (data, size, NULL, NULL, &assumed, NULL);

  return format_is_text (text);
}

const char *
habla_subtitle_format_sniff (const guint8 *data, gsize size)
{
  g_autofree char *assumed = NULL;
  g_autofree char *text = NULL;

  if (size > HABLA_SUBTITLE_SNIFFED)
    size = HABLA_SUBTITLE_SNIFFED;
  text = habla_subtitle_decode (data, size, NULL, NULL, &assumed, NULL);
  g_strdelimit (text, "\r", '\n');
  return format_is_text (text) ? habla_subtitle_format_find (text) : NULL;
}
