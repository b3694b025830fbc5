/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subtitle/subtitle-markup.h"

#include <libxml/HTMLparser.h>
#include <string.h>

/* The longest name of an entity in HTML 4, "thetasym", and more than any tag below. */
#define MAX_NAME 16

/* SubRip has no standard: these are the tags that players know, and those that converters from
 * other formats leave. Other words in angle brackets are text. */
static const char *const subrip_tags[] = { "b", "i", "u", "s", "a", "c", "v", "p", "br", "em", "rt",
  "div", "font", "lang", "ruby", "span", "strike", "strong" };

/* Elements of TTML whose contents are not shown. */
static const char *const ttml_hidden[] = { "metadata", "set", "animate" };

typedef struct {
  const char *begin; /* behind "<" and "/" */
  gsize length;      /* of the name, without a namespace */
  gsize size;        /* of the tag, from "<" to ">" */
  gboolean is_end;
  gboolean is_empty;
} Tag;

/* Returns: length of the character reference or entity at the begin of @markup, which is appended;
 * 0 if it is none */
static gsize
markup_append_reference (GString *text, const char *markup)
{
  char name[MAX_NAME + 1];
  gsize length = strcspn (markup + 1, ";&<> \n");
  const htmlEntityDesc *entity;
  guint64 c;
  gboolean is_hex;
  char *end;

  if (length == 0 || length > MAX_NAME || markup[length + 1] != ';')
    return 0;
  memcpy (name, markup + 1, length);
  name[length] = '\0';
  if (*name == '#') {
    is_hex = name[1] == 'x' || name[1] == 'X';
    if (!(is_hex ? g_ascii_isxdigit (name[2]) : g_ascii_isdigit (name[1])))
      return 0;
    c = g_ascii_strtoull (name + (is_hex ? 2 : 1), &end, is_hex ? 16 : 10);
    if (*end != '\0' || c == 0 || c > 0x10ffff || !g_unichar_validate (c))
      return 0;
  } else {
    entity = htmlEntityLookup ((const xmlChar *) name);
    if (entity == NULL)
      return 0;
    c = entity->value;
  }
  g_string_append_unichar (text, c);
  return length + 2;
}

/* Finds the end of a tag. Only the attributes of @has_quotes may contain ">". Returns: the ">", or
 * %NULL */
static const char *
markup_find_tag_end (const char *p, gboolean has_quotes)
{
  char quote = '\0';

  for (; *p != '\0'; p++) {
    if (*p == '<')
      return NULL;
    if (quote != '\0')
      quote = *p == quote ? '\0' : quote;
    else if (*p == '>')
      return p;
    else if (has_quotes && (*p == '"' || *p == '\'') && p[-1] == '=')
      quote = *p;
  }
  return NULL;
}

/* Returns: length of a time of WebVTT in angle brackets at the begin of @markup; 0 if there is none
 */
static gsize
markup_get_time_length (const char *markup)
{
  gsize length = strspn (markup + 1, "0123456789:.");

  return length >= 4 && markup[length + 1] == '>' && memchr (markup, ':', length + 1) != NULL
             ? length + 2
             : 0;
}

/* Returns: the end of the name of the tag at @markup */
static const char *
markup_read_tag_name (const char *markup, Tag *tag)
{
  const char *colon, *end;

  *tag = (Tag){ .begin = markup + 1, .is_end = markup[1] == '/' };
  if (tag->is_end)
    tag->begin++;
  while (g_ascii_isalnum (tag->begin[tag->length]) || tag->begin[tag->length] == ':' ||
         tag->begin[tag->length] == '-' || tag->begin[tag->length] == '_')
    tag->length++;
  end = tag->begin + tag->length;
  colon = memchr (tag->begin, ':', tag->length);
  if (colon != NULL && g_ascii_isalpha (*tag->begin)) {
    tag->length -= colon + 1 - tag->begin;
    tag->begin = colon + 1;
  }
  return end;
}

static gboolean
markup_read_tag (const char *markup, gboolean has_quotes, Tag *tag)
{
  const char *name_end = markup_read_tag_name (markup, tag);
  const char *end = markup_find_tag_end (name_end, has_quotes);
  const char *first = markup + 1 + (markup[1] == '/');

  if (end == NULL || (name_end > first && !g_ascii_isalpha (*first)))
    return FALSE;
  tag->size = end + 1 - markup;
  tag->is_empty = end[-1] == '/';
  return TRUE;
}

static gboolean
tag_is (const Tag *tag, const char *name)
{
  return strlen (name) == tag->length && g_ascii_strncasecmp (name, tag->begin, tag->length) == 0;
}

static gboolean
tag_is_one_of (const Tag *tag, const char *const *names, guint n_names)
{
  for (guint i = 0; i < n_names; i++)
    if (tag_is (tag, names[i]))
      return TRUE;
  return FALSE;
}

/* Returns: length of the override of SubStation at the begin of @markup, which players of SubRip
 * know, too; 0 if it is none */
static gsize
markup_get_override_length (const char *markup)
{
  gsize length = strcspn (markup + 1, "{}\n");

  return markup[1] == '\\' && markup[length + 1] == '}' ? length + 2 : 0;
}

/* @tags: (nullable) */
static void
markup_add_tag (GArray *tags, const GString *text, const char *raw, gsize size)
{
  const HablaSubtitleTag tag = { text->len, raw, size };

  if (tags != NULL && size > 0)
    g_array_append_val (tags, tag);
}

static gsize
srt_skip (GString *text, const char *markup)
{
  gsize length = markup_get_time_length (markup);
  Tag tag;

  if (length > 0)
    return length;
  if (!markup_read_tag (markup, TRUE, &tag) ||
      !tag_is_one_of (&tag, subrip_tags, G_N_ELEMENTS (subrip_tags)))
    return 0;
  if (tag_is (&tag, "br"))
    g_string_append_c (text, '\n');
  return tag.size;
}

static char *
srt_to_text (const char *markup, GArray *tags)
{
  g_autoptr (GString) text = g_string_sized_new (strlen (markup));

  while (*markup != '\0') {
    gsize skip = 0;

    if (*markup == '<')
      skip = srt_skip (text, markup);
    else if (*markup == '{')
      skip = markup_get_override_length (markup);
    if (skip > 0)
      markup_add_tag (tags, text, markup, skip);
    else if (*markup == '&')
      skip = markup_append_reference (text, markup);
    if (skip == 0)
      g_string_append_c (text, markup[skip++]);
    markup += skip;
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The annotation of a voice tag, "<v.loud Mary Ann>". Returns: (transfer full) (nullable) */
static char *
vtt_read_speaker (const Tag *tag)
{
  const char *end = tag->begin + tag->length + strcspn (tag->begin + tag->length, ">");
  const char *begin = tag->begin + tag->length;
  g_autoptr (GString) name = g_string_new (NULL);

  begin += strcspn (begin, " \t\n>");
  while (begin < end) {
    gsize skip = *begin == '&' ? markup_append_reference (name, begin) : 0;

    if (skip == 0)
      g_string_append_c (name, begin[skip++]);
    begin += skip;
  }
  g_strstrip (name->str);
  return *name->str != '\0' ? g_strdup (name->str) : NULL;
}

/* WebVTT, section 6.4: also unknown tags are tags. */
static gsize
vtt_skip (const char *markup, char **speaker)
{
  gsize length = markup_get_time_length (markup);
  Tag tag;

  if (length > 0)
    return length;
  if (!markup_read_tag (markup, FALSE, &tag) ||
      (tag.length == 0 && !tag.is_end && *tag.begin != '.'))
    return 0;
  if (tag_is (&tag, "v") && !tag.is_end && *speaker == NULL)
    *speaker = vtt_read_speaker (&tag);
  return tag.size;
}

static char *
vtt_to_text (const char *markup, char **speaker, GArray *tags)
{
  g_autoptr (GString) text = g_string_sized_new (strlen (markup));

  while (*markup != '\0') {
    gsize skip = 0;

    if (*markup == '<')
      skip = vtt_skip (markup, speaker);
    if (skip > 0)
      markup_add_tag (tags, text, markup, skip);
    else if (*markup == '&')
      skip = markup_append_reference (text, markup);
    if (skip == 0)
      g_string_append_c (text, markup[skip++]);
    markup += skip;
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Whether "\p1" and the like, the last in the block of overrides, starts a drawing. */
static gboolean
ass_draws (const char *block, gsize length, gboolean is_drawing)
{
  for (gsize i = 0; i + 2 < length; i++)
    if (block[i] == '\\' && block[i + 1] == 'p' && g_ascii_isdigit (block[i + 2]))
      is_drawing = g_ascii_strtoull (block + i + 2, NULL, 10) > 0;
  return is_drawing;
}

/* Returns: length of an escape at the begin of @markup, which is appended; 0 if it is none */
static gsize
ass_append_escape (GString *text, const char *markup)
{
  if (markup[1] == 'N' || markup[1] == 'n')
    g_string_append_c (text, '\n');
  else if (markup[1] == 'h')
    g_string_append (text, "\u00a0");
  else if (markup[1] == '{' || markup[1] == '}')
    g_string_append_c (text, markup[1]);
  else
    return 0;
  return 2;
}

static char *
ass_to_text (const char *markup, GArray *tags)
{
  g_autoptr (GString) text = g_string_sized_new (strlen (markup));
  const char *last = strrchr (markup, '}');
  gboolean is_drawing = FALSE;

  while (*markup != '\0') {
    gsize skip = 0;

    if (*markup == '\\') {
      skip = ass_append_escape (text, markup);
    } else if (*markup == '{' && markup < last) {
      skip = strcspn (markup, "}") + 1;
      markup_add_tag (tags, text, markup, skip);
      is_drawing = ass_draws (markup, skip, is_drawing);
    } else if (is_drawing) {
      skip = strcspn (markup, "{");
    }
    if (skip == 0)
      g_string_append_c (text, markup[skip++]);
    markup += skip;
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* White space collapses, and vanishes beside line breaks and at the ends. */
static void
ttml_append_space (GString *text)
{
  if (text->len > 0 && text->str[text->len - 1] != ' ' && text->str[text->len - 1] != '\n')
    g_string_append_c (text, ' ');
}

static void
ttml_trim (GString *text)
{
  while (text->len > 0 && text->str[text->len - 1] == ' ')
    g_string_truncate (text, text->len - 1);
}

/* Returns: length of a comment, section or instruction at the begin of @markup, whose text is
 * appended; 0 if it is none */
static gsize
ttml_skip_special (GString *text, const char *markup)
{
  static const struct {
    const char *begin;
    const char *end;
  } specials[] = { { "<!--", "-->" }, { "<![CDATA[", "]]>" }, { "<?", "?>" } };

  for (guint i = 0; i < G_N_ELEMENTS (specials); i++) {
    gsize length = strlen (specials[i].begin);
    const char *end = g_str_has_prefix (markup, specials[i].begin)
                          ? strstr (markup + length, specials[i].end)
                          : NULL;

    if (end == NULL)
      continue;
    if (markup[2] == '[')
      g_string_append_len (text, markup + length, end - markup - length);
    return end + strlen (specials[i].end) - markup;
  }
  return 0;
}

/* @n_hidden: (inout): number of open elements that are not shown */
static gsize
ttml_skip (GString *text, const char *markup, guint *n_hidden)
{
  gsize length = *n_hidden == 0 ? ttml_skip_special (text, markup) : 0;
  Tag tag;

  if (length > 0)
    return length;
  if (!markup_read_tag (markup, TRUE, &tag) || tag.length == 0)
    return 0;
  if (tag_is (&tag, "br") && !tag.is_end && *n_hidden == 0) {
    ttml_trim (text);
    g_string_append_c (text, '\n');
  } else if (tag_is_one_of (&tag, ttml_hidden, G_N_ELEMENTS (ttml_hidden)) && !tag.is_empty) {
    if (!tag.is_end)
      ++*n_hidden;
    else if (*n_hidden > 0)
      --*n_hidden;
  }
  return tag.size;
}

static char *
ttml_to_text (const char *markup, GArray *tags)
{
  g_autoptr (GString) text = g_string_sized_new (strlen (markup));
  guint n_hidden = 0;

  while (*markup != '\0') {
    gsize skip = 0;

    if (*markup == '<')
      skip = ttml_skip (text, markup, &n_hidden);
    if (skip > 0)
      markup_add_tag (tags, text, markup, skip);
    else if (n_hidden > 0)
      skip = strcspn (markup, "<");
    else if (*markup == '&')
      skip = markup_append_reference (text, markup);
    else if (g_ascii_isspace (*markup))
      skip = strspn (markup, " \t\r\n\f\v");
    if (skip == 0)
      g_string_append_c (text, markup[skip++]);
    else if (g_ascii_isspace (*markup))
      ttml_append_space (text);
    markup += skip;
  }
  ttml_trim (text);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* @tags: (nullable): appended to */
static char *
markup_read (const char *format, const char *markup, char **speaker, GArray *tags)
{
  if (g_str_equal (format, "vtt"))
    return vtt_to_text (markup, speaker, tags);
  if (g_str_equal (format, "ass"))
    return ass_to_text (markup, tags);
  if (g_str_equal (format, "ttml"))
    return ttml_to_text (markup, tags);
  return srt_to_text (markup, tags);
}

char *
habla_subtitle_markup_to_text (const char *format, const char *markup, char **speaker)
{
  g_autofree char *found = NULL;
  char *text;

  g_return_val_if_fail (format != NULL && markup != NULL, NULL);

  text = markup_read (format, markup, &found, NULL);
  if (speaker != NULL)
    *speaker = g_steal_pointer (&found);
  return text;
}

char *
habla_subtitle_markup_read (const char *format, const char *markup, GArray *tags)
{
  g_autofree char *speaker = NULL;

  g_return_val_if_fail (format != NULL && markup != NULL && tags != NULL, NULL);

  return markup_read (format, markup, &speaker, tags);
}

gboolean
habla_subtitle_markup_begins_tag (const char *text)
{
  Tag tag;

  g_return_val_if_fail (text != NULL && *text == '<', FALSE);

  markup_read_tag_name (text, &tag);
  return (tag_is_one_of (&tag, subrip_tags, G_N_ELEMENTS (subrip_tags)) &&
             strchr (text, '>') != NULL) ||
         markup_get_time_length (text) > 0;
}
