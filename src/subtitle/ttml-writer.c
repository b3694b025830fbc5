/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subtitle/subtitle-writer-private.h"

#include <string.h>

/* Deepest nesting, as of the parser. */
#define MAX_DEPTH 260

#define INDENT "      "

static const char ttml_header[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<tt xmlns=\"http://www.w3.org/ns/ttml\" xmlns:tts=\"http://www.w3.org/ns/ttml#styling\">\n"
    "  <body>\n"
    "    <div>\n" INDENT;

/* Returns: the end of a comment, section or instruction at @p; %NULL if there is none */
static const char *
ttml_find_special_end (const char *p)
{
  static const struct {
    const char *begin;
    const char *end;
  } specials[] = {
    { "<!--", "-->" },
    { "<![CDATA[", "]]>" },
    { "<?", "?>" },
    { "<!", ">" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (specials); i++)
    if (g_str_has_prefix (p, specials[i].begin)) {
      const char *end = strstr (p + strlen (specials[i].begin), specials[i].end);

      return end != NULL ? end + strlen (specials[i].end) : p + strlen (p);
    }
  return NULL;
}

/* Returns: (nullable): the "<" of the root element */
static const char *
ttml_find_root (const char *preamble)
{
  const char *p = strchr (preamble, '<');

  while (p != NULL && !g_ascii_isalpha (p[1])) {
    const char *end = ttml_find_special_end (p);

    p = strchr (end != NULL ? end : p + 1, '<');
  }
  return p;
}

/* Returns: the ">" of a start tag, whose attributes may have one */
static const char *
ttml_find_tag_end (const char *tag)
{
  char quote = '\0';

  for (; *tag != '\0'; tag++) {
    if (quote != '\0')
      quote = *tag == quote ? '\0' : quote;
    else if (*tag == '"' || *tag == '\'')
      quote = *tag;
    else if (*tag == '>')
      break;
  }
  return tag;
}

/* Appends the root's tag, from after its name to @end, with another language. */
static void
ttml_append_root (const HablaSubtitleState *self, const char *root, const char *end, GString *out)
{
  const char *attributes = root + strcspn (root, " \t\r\n/>");
  g_autofree char *tag = g_strndup (attributes, end - attributes);
  g_autofree char *language = g_markup_escape_text (self->language, -1);
  char *old = strstr (tag, "xml:lang");

  g_string_append_len (out, root, attributes - root);
  g_string_append_printf (out, " xml:lang=\"%s\"", language);
  if (old != NULL) {
    const char *value = old + strcspn (old, "\"'");
    const char *close = *value != '\0' ? strchr (value + 1, *value) : NULL;

    while (old > tag && g_ascii_isspace (old[-1]))
      old--;
    g_string_append_len (out, tag, old - tag);
    g_string_append (out, close != NULL ? close + 1 : "");
  } else {
    g_string_append (out, tag);
  }
}

static char *
ttml_make_header (const HablaSubtitleState *self, const char *source)
{
  const char *text = source != NULL ? source : ttml_header;
  const char *root = ttml_find_root (text);
  GString *header;

  if (self->language == NULL || root == NULL)
    return g_strdup (text);
  header = g_string_new_len (text, root - text);
  ttml_append_root (self, root, ttml_find_tag_end (root), header);
  g_string_append (header, ttml_find_tag_end (root));
  return g_string_free (header, FALSE);
}

/* Follows the elements that are open: those above are closed at the end of the file. */
static void
ttml_read_preamble (HablaSubtitleState *self, const char *preamble)
{
  const char *p = strchr (preamble, '<');

  while (p != NULL) {
    const char *special = ttml_find_special_end (p);
    const char *end = special != NULL ? special : ttml_find_tag_end (p);

    if (special != NULL || *end == '\0') {
      p = strchr (end, '<');
      continue;
    }
    if (p[1] == '/') {
      if (self->elements->len > 0)
        g_ptr_array_remove_index (self->elements, self->elements->len - 1);
    } else if (end[-1] != '/' && self->elements->len < MAX_DEPTH) {
      g_ptr_array_add (self->elements, g_strndup (p + 1, strcspn (p + 1, " \t\r\n/>")));
    }
    p = strchr (end, '<');
  }
}

/* Returns: (transfer full): the prefix of the elements, with its colon */
static char *
ttml_get_prefix (const HablaSubtitleState *self)
{
  const char *root = self->elements->len > 0 ? self->elements->pdata[0] : "";
  const char *colon = strchr (root, ':');

  return g_strndup (root, colon != NULL ? (gsize) (colon + 1 - root) : 0);
}

/* Cues within a paragraph are spans of it. */
static const char *
ttml_get_element (const HablaSubtitleState *self, const char *prefix)
{
  for (guint i = 0; i < self->elements->len; i++)
    if (g_str_equal ((const char *) self->elements->pdata[i] + strlen (prefix), "p"))
      return "span";
  return "p";
}

static void
ttml_append_entry (const HablaSubtitleState *self, const HablaSubtitleEntry *entry, GString *out)
{
  gboolean is_same = habla_subtitle_entry_is_from (entry, "ttml");
  g_autofree char *prefix = ttml_get_prefix (self);
  g_autofree char *markup = habla_subtitle_get_markup (self, entry, prefix);
  const char *element = ttml_get_element (self, prefix);

  g_string_append_printf (
      out, "%s<%s%s", !is_same && self->n_entries > 0 ? "\n" INDENT : "", prefix, element);
  if (is_same && entry->cue->id != NULL)
    g_string_append_printf (out, " xml:id=\"%s\"", entry->cue->id);
  g_string_append (out, " begin=\"");
  habla_subtitle_append_time (out, entry->begin, '.');
  g_string_append (out, "\" end=\"");
  habla_subtitle_append_time (out, entry->end, '.');
  g_string_append_c (out, '"');
  if (is_same && entry->cue->settings != NULL)
    g_string_append_printf (out, " %s", entry->cue->settings);
  g_string_append_printf (out, ">%s</%s%s>", markup, prefix, element);
}

static void
ttml_append_footer (const HablaSubtitleState *self, GString *out)
{
  for (guint i = self->elements->len; i-- > 0;)
    g_string_append_printf (
        out, "\n%*s</%s>", (int) MIN (2 * i, 40), "", (char *) self->elements->pdata[i]);
  g_string_append_c (out, '\n');
}

const HablaSubtitleFormat habla_subtitle_ttml = {
  .name = "ttml",
  .kind = HABLA_SUBTITLE_CUES,
  .make_header = ttml_make_header,
  .read_preamble = ttml_read_preamble,
  .append_entry = ttml_append_entry,
  .append_footer = ttml_append_footer,
};
