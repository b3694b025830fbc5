/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subtitle/styled-text.h"
#include "subtitle/subtitle-markup.h"

#include <string.h>

/* Deepest nesting of tags; inner ones are ignored. */
#define MAX_OPEN 32

static const char style_letters[] = "ibus";

static const struct {
  const char *name;
  guint styles;
} styled_names[] = {
  { "i", HABLA_SUBTITLE_ITALIC },
  { "em", HABLA_SUBTITLE_ITALIC },
  { "b", HABLA_SUBTITLE_BOLD },
  { "strong", HABLA_SUBTITLE_BOLD },
  { "u", HABLA_SUBTITLE_UNDERLINE },
  { "s", HABLA_SUBTITLE_STRIKE },
  { "strike", HABLA_SUBTITLE_STRIKE },
};

static const struct {
  const char *attribute;
  const char *value;
  guint styles;
} styled_attributes[] = {
  { "fontStyle", "italic", HABLA_SUBTITLE_ITALIC },
  { "fontStyle", "oblique", HABLA_SUBTITLE_ITALIC },
  { "fontWeight", "bold", HABLA_SUBTITLE_BOLD },
  { "textDecoration", "underline", HABLA_SUBTITLE_UNDERLINE },
  { "textDecoration", "lineThrough", HABLA_SUBTITLE_STRIKE },
};

/* Names that open nothing: line breaks, and times in braces have no name. */
static const char *const void_names[] = { "", "br", NULL };

/* A start tag whose end has not been found. */
typedef struct {
  HablaSubtitleSpan span;
  char *name;
} OpenTag;

static void
open_tag_clear (gpointer data)
{
  OpenTag *self = data;

  g_free (self->name);
  g_free (self->span.color);
  g_free (self->span.open);
  g_free (self->span.close);
}

/* Reads the tags of a text. */
typedef struct {
  HablaSubtitleStyledText *text;
  GArray *opened;            /* of OpenTag */
  HablaSubtitleSpan current; /* of SubStation: the styles at this place */
  GString *overrides;
  guint n_tags;
} Reader;

/* Returns: (transfer full): the name of a tag in lower case, without a prefix */
static char *
tag_get_name (const HablaSubtitleTag *tag)
{
  const char *begin = tag->raw + 1 + (tag->raw[1] == '/');
  const char *end = begin, *colon;

  while (g_ascii_isalnum (*end) || *end == ':' || *end == '-' || *end == '_')
    end++;
  if (g_ascii_isdigit (*begin))
    end = begin;
  colon = memchr (begin, ':', end - begin);
  if (colon != NULL)
    begin = colon + 1;
  return g_ascii_strdown (begin, end - begin);
}

/* Returns: (transfer full) (nullable): the value of an attribute, whose prefix does not matter */
static char *
tag_get_attribute (const HablaSubtitleTag *tag, const char *name)
{
  g_autofree char *raw = g_strndup (tag->raw, tag->size);

  for (const char *found = strstr (raw, name); found != NULL; found = strstr (found + 1, name)) {
    const char *value = found + strlen (name);

    value += strspn (value, " \t\n");
    if (*value != '=' || (found[-1] != ':' && !g_ascii_isspace (found[-1])))
      continue;
    value += 1 + strspn (value + 1, " \t\n");
    if (*value == '"' || *value == '\'')
      return g_strndup (value + 1, strcspn (value + 1, *value == '"' ? "\"" : "'"));
    return g_strndup (value, strcspn (value, " \t\n/>"));
  }
  return NULL;
}

static gboolean
is_color (const char *value)
{
  return *value == '#' && strlen (value) == 7 && strspn (value + 1, "0123456789abcdefABCDEF") == 6;
}

/* Finds what a start tag means. */
static void
tag_read_styles (const HablaSubtitleTag *tag, const char *name, HablaSubtitleSpan *span)
{
  g_autofree char *color = tag_get_attribute (tag, "color");

  for (guint i = 0; i < G_N_ELEMENTS (styled_names); i++)
    if (g_str_equal (styled_names[i].name, name))
      span->styles |= styled_names[i].styles;
  for (guint i = 0; i < G_N_ELEMENTS (styled_attributes); i++) {
    g_autofree char *value = tag_get_attribute (tag, styled_attributes[i].attribute);

    if (value != NULL && strstr (value, styled_attributes[i].value) != NULL)
      span->styles |= styled_attributes[i].styles;
  }
  if (color != NULL && is_color (color))
    span->color = g_steal_pointer (&color);
  span->is_voice = g_str_equal (name, "v");
}

static void
reader_add_span (Reader *self, const HablaSubtitleSpan *span, gsize end)
{
  end = MIN (end, strlen (self->text->text));
  if (span->begin < end)
    habla_subtitle_styled_text_add (self->text, span, span->begin, end);
}

/* Ends the tag at @index. */
static void
reader_close (Reader *self, guint index, gsize end)
{
  OpenTag *tag = &g_array_index (self->opened, OpenTag, index);

  reader_add_span (self, &tag->span, end);
  g_array_remove_index (self->opened, index);
}

static void
reader_open_tag (Reader *self, const HablaSubtitleTag *tag, const char *name)
{
  OpenTag opened = { { .begin = tag->offset, .order = self->n_tags++ }, g_strdup (name) };
  const char *raw_name = tag->raw + 1;

  tag_read_styles (tag, name, &opened.span);
  opened.span.open = g_strndup (tag->raw, tag->size);
  opened.span.close = g_strdup_printf ("</%.*s>", (int) strcspn (raw_name, ". \t\n/>"), raw_name);
  g_array_append_val (self->opened, opened);
}

static void
reader_read_tag (Reader *self, const HablaSubtitleTag *tag)
{
  g_autofree char *name = tag_get_name (tag);
  gboolean is_voice = g_str_equal (name, "v");

  if (g_strv_contains (void_names, name) || tag->raw[1] == '!' || tag->raw[1] == '?' ||
      tag->raw[tag->size - 2] == '/')
    return;
  /* Another voice ends the one before. */
  for (guint i = self->opened->len; i-- > 0 && (tag->raw[1] == '/' || is_voice);)
    if (g_str_equal (g_array_index (self->opened, OpenTag, i).name, name)) {
      reader_close (self, i, tag->offset);
      break;
    }
  if (tag->raw[1] != '/' && self->opened->len < MAX_OPEN)
    reader_open_tag (self, tag, name);
}

/* Styles of SubStation change, they do not nest: a span ends where one of them changes. */
static void
reader_change_styles (Reader *self, gsize offset, guint styles, char *color)
{
  if (styles != self->current.styles || g_strcmp0 (color, self->current.color) != 0) {
    if (self->current.styles != 0 || self->current.color != NULL)
      reader_add_span (self, &self->current, offset);
    self->current.begin = offset;
    self->current.order = self->n_tags++;
    self->current.styles = styles;
    g_free (self->current.color);
    self->current.color = g_strdup (color);
  }
  g_free (color);
}

/* "&H00BBGGRR&". Returns: (transfer full) (nullable): the colour as "#rrggbb" */
static char *
reader_read_ass_color (const char *value)
{
  guint32 bgr;

  value += strspn (value, "&Hh");
  if (!g_ascii_isxdigit (*value))
    return NULL;
  bgr = (guint32) g_ascii_strtoull (value, NULL, 16);
  return g_strdup_printf ("#%02x%02x%02x", bgr & 0xff, bgr >> 8 & 0xff, bgr >> 16 & 0xff);
}

/* @override: without its backslash */
static void
reader_read_override (Reader *self, const char *override, gsize offset)
{
  const char *letter = strchr (style_letters, *override);
  guint styles = self->current.styles;

  if (*override == '\0')
    return;
  if (letter != NULL && (override[1] == '\0' || g_ascii_isdigit (override[1]))) {
    guint style = 1 << (letter - style_letters);

    styles = g_ascii_strtoull (override + 1, NULL, 10) > 0 ? styles | style : styles & ~style;
    reader_change_styles (self, offset, styles, g_strdup (self->current.color));
  } else if (*override == 'r') {
    reader_change_styles (self, offset, 0, NULL);
  } else if (g_str_equal (override, "c") || g_str_has_prefix (override, "c&") ||
             g_str_has_prefix (override, "1c")) {
    reader_change_styles (self, offset, styles, reader_read_ass_color (strchr (override, 'c') + 1));
  } else if (offset == 0) {
    g_string_append_printf (self->overrides, "\\%s", override);
  }
}

/* Backslashes in parentheses belong to the override around them. */
static void
reader_read_overrides (Reader *self, const HablaSubtitleTag *tag)
{
  const char *end = tag->raw + tag->size - 1;
  const char *p = memchr (tag->raw, '\\', tag->size);

  while (p != NULL && p < end) {
    const char *begin = ++p;
    g_autofree char *override = NULL;
    guint depth = 0;

    while (p < end && (*p != '\\' || depth > 0)) {
      depth += *p == '(';
      depth -= *p == ')' && depth > 0;
      p++;
    }
    override = g_strndup (begin, p - begin);
    reader_read_override (self, g_strstrip (override), tag->offset);
  }
}

/* Outer spans first. */
static int
reader_compare_spans (gconstpointer a, gconstpointer b)
{
  const HablaSubtitleSpan *first = *(HablaSubtitleSpan *const *) a;
  const HablaSubtitleSpan *second = *(HablaSubtitleSpan *const *) b;

  if (first->begin != second->begin)
    return first->begin < second->begin ? -1 : 1;
  if (first->end != second->end)
    return first->end > second->end ? -1 : 1;
  return first->order < second->order ? -1 : first->order > second->order;
}

HablaSubtitleStyledText *
habla_subtitle_styled_text_read (const char *format, const char *markup)
{
  g_autoptr (GArray) tags = g_array_new (FALSE, FALSE, sizeof (HablaSubtitleTag));
  g_autoptr (GArray) opened = g_array_new (FALSE, FALSE, sizeof (OpenTag));
  g_autofree char *text = habla_subtitle_markup_read (format, markup, tags);
  HablaSubtitleStyledText *self = habla_subtitle_styled_text_new (format, text);
  Reader reader = { self, opened, { 0 }, g_string_new (NULL), 0 };

  g_array_set_clear_func (opened, open_tag_clear);
  for (guint i = 0; i < tags->len; i++) {
    const HablaSubtitleTag *tag = &g_array_index (tags, HablaSubtitleTag, i);

    if (*tag->raw == '{')
      reader_read_overrides (&reader, tag);
    else
      reader_read_tag (&reader, tag);
  }
  while (opened->len > 0)
    reader_close (&reader, opened->len - 1, G_MAXSIZE);
  reader_change_styles (&reader, G_MAXSIZE, 0, NULL);
  g_ptr_array_sort (self->spans, reader_compare_spans);
  self->overrides = g_string_free (reader.overrides, reader.overrides->len == 0);
  return self;
}
