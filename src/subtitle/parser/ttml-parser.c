/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subtitle/parser/subtitle-parser-private.h"
#include "subtitle/parser/ttml-time.h"

#include <libxml/parser.h>
#include <string.h>

/* TTML by the SAX interface of libxml2, which gives the structure and checks the form. The strings
 * of the cues are cut out of the text by positions, so that they are as they were in the file. */

/* libxml2 allows 256. */
#define MAX_DEPTH 260

static const char *const times_names[] = { "begin", "end", "dur", "timeContainer", NULL };
static const char *const cue_names[] = { "begin", "end", "dur", "xml:id", NULL };

/* An element that may become a cue. */
typedef struct {
  gsize tag;         /* position of "<" */
  gsize content;     /* position behind the ">" of its start tag */
  gsize content_end; /* position of its end tag */
  guint depth;       /* of the element; 0 = none */
  guint line;
  HablaTtmlSpan span;
} Element;

typedef struct {
  HablaCueCollector *collector;
  xmlParserCtxt *context;
  const char *text;
  gsize done; /* position behind the last cue */
  HablaTtmlRates rates;
  HablaTtmlSpan spans[MAX_DEPTH];
  guint depth;
  guint head_depth; /* of "head"; 0 = not in it */
  Element paragraph;
  Element timed;    /* the outermost "span" with times of the paragraph */
  GArray *children; /* of complete elements like this */
  gboolean has_untimed_text;
  GError *error;
} Ttml;

static gsize
ttml_get_position (Ttml *self)
{
  long position = xmlByteConsumed (self->context);

  return position > 0 ? (gsize) position : 0;
}

/* Returns: position of the last "<" before @position */
static gsize
ttml_find_tag (const Ttml *self, gsize position)
{
  while (position > 0 && self->text[--position] != '<')
    ;
  return position;
}

/* Appends a start tag without the attributes in @names. @tag is well-formed. */
static void
ttml_filter_attributes (GString *out, const char *tag, gsize length, const char *const *names)
{
  const char *end = tag + length;
  const char *p = tag + strcspn (tag, " \t\r\n/>");

  g_string_append_len (out, tag, p - tag);
  while (p < end) {
    gsize blanks = strspn (p, " \t\r\n");
    gsize name_length = strcspn (p + blanks, "= \t\r\n/>");
    const char *quote = p + blanks + name_length;
    const char *close;
    g_autofree char *name = g_strndup (p + blanks, name_length);

    quote += strcspn (quote, "\"'>");
    close = name_length > 0 && *quote != '>' ? strchr (quote + 1, *quote) : NULL;
    if (close == NULL || close >= end)
      break;
    if (!g_strv_contains (names, name))
      g_string_append_len (out, p, close + 1 - p);
    p = close + 1;
  }
  g_string_append_len (out, p, end - p);
}

/* Keeps the text up to @position for the next cue. */
static void
ttml_skip_to (Ttml *self, gsize position)
{
  if (position > self->done) {
    habla_cue_collector_skip (self->collector, self->text + self->done, position - self->done);
    self->done = position;
  }
}

/* Cues have absolute times, so elements around them lose theirs. */
static void
ttml_skip_times (Ttml *self, gsize tag, gsize content)
{
  g_autoptr (GString) filtered = g_string_new (NULL);

  ttml_skip_to (self, tag);
  ttml_filter_attributes (filtered, self->text + tag, content - tag, times_names);
  habla_cue_collector_skip (self->collector, filtered->str, filtered->len);
  self->done = content;
}

/* Returns: (transfer full): the attributes of the start tag that are not in other fields */
static char *
ttml_get_settings (const Ttml *self, const Element *element)
{
  g_autoptr (GString) filtered = g_string_new (NULL);
  gsize length = element->content - element->tag - 1;
  const char *tag = self->text + element->tag;

  if (tag[length - 1] == '/')
    length--;
  ttml_filter_attributes (filtered, tag, length, cue_names);
  g_string_erase (filtered, 0, strcspn (filtered->str, " \t\r\n"));
  return g_strdup (g_strstrip (filtered->str));
}

/* Returns: (transfer full) (nullable): the value of xml:id in a start tag */
static char *
ttml_get_id (const Ttml *self, const Element *element)
{
  g_autofree char *tag = g_strndup (self->text + element->tag, element->content - element->tag);
  const char *id = strstr (tag, "xml:id");
  gsize quote;

  if (id == NULL)
    return NULL;
  id += strcspn (id, "\"'");
  quote = *id != '\0' ? strcspn (id + 1, *id == '"' ? "\"" : "'") : 0;
  return quote > 0 ? g_strndup (id + 1, quote) : NULL;
}

static void
ttml_add_cue (Ttml *self, const Element *element)
{
  HablaSubtitleTimes times = { .begin = element->span.begin, .end = element->span.end };
  g_autofree char *settings = ttml_get_settings (self, element);
  HablaCue *cue;

  if (self->error != NULL)
    return;
  if (element->span.is_bad) {
    habla_cue_collector_lose (self->collector, element->line);
    return;
  }
  ttml_skip_to (self, element->tag);
  times.rest = settings;
  times.rest_length = strlen (settings);
  cue = habla_cue_collector_add (self->collector, &times,
      g_strndup (self->text + element->content, element->content_end - element->content),
      element->line, &self->error);
  if (cue == NULL) {
    xmlStopParser (self->context);
    return;
  }
  cue->id = ttml_get_id (self, element);
  self->done = element->content_end;
  if (element->content_end > element->content || self->text[element->content - 2] != '/')
    self->done += strcspn (self->text + self->done, ">") + 1;
}

/* A paragraph without times has those of its spans. */
static void
ttml_take_times_of_spans (Ttml *self)
{
  HablaTtmlSpan *span = &self->paragraph.span;

  span->begin = G_MAXUINT64;
  span->end = 0;
  for (guint i = 0; i < self->children->len; i++) {
    const HablaTtmlSpan *child = &g_array_index (self->children, Element, i).span;

    span->begin = MIN (span->begin, child->begin);
    span->end = MAX (span->end, child->end);
    span->is_bad |= child->is_bad;
  }
}

static void
ttml_finish_paragraph (Ttml *self)
{
  const gboolean by_spans = self->children->len > 0 && !self->paragraph.span.has_times;

  if (by_spans && !self->has_untimed_text) {
    for (guint i = 0; i < self->children->len; i++)
      ttml_add_cue (self, &g_array_index (self->children, Element, i));
  } else {
    if (by_spans)
      ttml_take_times_of_spans (self);
    ttml_add_cue (self, &self->paragraph);
  }
  g_array_set_size (self->children, 0);
}

/* @attributes: five strings for each: name, prefix, namespace, begin and end of the value. Returns:
 * (transfer full): the values of @times_names */
static char **
ttml_read_attributes (Ttml *self, int n_attributes, const xmlChar **attributes, gboolean is_root)
{
  char **values = g_new0 (char *, G_N_ELEMENTS (times_names));

  for (int i = 0; i < n_attributes; i++, attributes += 5) {
    const char *name = (const char *) attributes[0];
    g_autofree char *value =
        g_strndup ((const char *) attributes[3], attributes[4] - attributes[3]);

    if (is_root)
      habla_ttml_rates_set (&self->rates, name, value);
    for (guint j = 0; attributes[2] == NULL && times_names[j] != NULL; j++)
      if (g_str_equal (name, times_names[j]) && values[j] == NULL)
        values[j] = g_steal_pointer (&value);
  }
  if (is_root)
    habla_ttml_rates_finish (&self->rates);
  return values;
}

static void
ttml_free_values (char **values)
{
  for (guint i = 0; i < G_N_ELEMENTS (times_names); i++)
    g_free (values[i]);
  g_free (values);
}

static void
ttml_open_element (Ttml *self, const char *name, const HablaTtmlSpan *span)
{
  Element element = { .depth = self->depth, .span = *span };
  const gsize position = ttml_get_position (self);

  element.tag = ttml_find_tag (self, position);
  element.content = position + strcspn (self->text + position, ">") + 1;
  element.line = self->context->input->line;
  if (self->head_depth > 0)
    return;
  if (self->paragraph.depth > 0) {
    if (self->timed.depth == 0 && span->has_times && g_str_equal (name, "span"))
      self->timed = element;
  } else if (g_str_equal (name, "head")) {
    self->head_depth = self->depth;
  } else if (g_str_equal (name, "p")) {
    self->paragraph = element;
    self->has_untimed_text = FALSE;
  } else if (span->has_times || span->is_sequence) {
    ttml_skip_times (self, element.tag, element.content);
  }
}

static void
ttml_on_start (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
    int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
    const xmlChar **attributes)
{
  Ttml *self = data;
  char **values;

  if (self->error != NULL || self->depth + 1 >= MAX_DEPTH)
    return;
  values = ttml_read_attributes (self, n_attributes, attributes, self->depth == 0);
  self->depth++;
  habla_ttml_span_init (
      &self->spans[self->depth], &self->spans[self->depth - 1], &self->rates, values);
  ttml_open_element (self, (const char *) name, &self->spans[self->depth]);
  ttml_free_values (values);
}

/* Returns: whether @element ends here; then its contents are known */
static gboolean
ttml_close_element (Ttml *self, Element *element)
{
  const gsize position = ttml_get_position (self);

  if (element->depth != self->depth)
    return FALSE;
  element->depth = 0;
  element->content_end = MAX (element->content, ttml_find_tag (self, position));
  return TRUE;
}

static void
ttml_on_end (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
  Ttml *self = data;

  if (self->error != NULL || self->depth == 0)
    return;
  if (ttml_close_element (self, &self->timed))
    g_array_append_val (self->children, self->timed);
  if (ttml_close_element (self, &self->paragraph))
    ttml_finish_paragraph (self);
  if (self->head_depth == self->depth)
    self->head_depth = 0;
  self->depth--;
}

static void
ttml_on_text (void *data, const xmlChar *text, int length)
{
  Ttml *self = data;

  if (self->paragraph.depth == 0 || self->timed.depth > 0 || self->has_untimed_text)
    return;
  for (int i = 0; i < length; i++)
    self->has_untimed_text |= !g_ascii_isspace (text[i]);
}

/* Entities could expand without bound, and read files. */
static void
ttml_on_entity (void *data, const xmlChar *name, int type, const xmlChar *public_id,
    const xmlChar *system_id, xmlChar *content)
{
  Ttml *self = data;

  if (self->error == NULL)
    g_set_error (&self->error, HABLA_SUBTITLE_ERROR, HABLA_SUBTITLE_ERROR_DAMAGED,
        "line %d: the declaration of the entity “%s” is not allowed", self->context->input->line,
        (const char *) name);
  xmlStopParser (self->context);
}

/* Defaults of attributes could multiply. */
static void
ttml_on_attribute (void *data, const xmlChar *element, const xmlChar *name, int type, int def,
    const xmlChar *value, xmlEnumeration *tree)
{
  xmlFreeEnumeration (tree);
  ttml_on_entity (data, name, type, NULL, NULL, NULL);
}

/* Stops at the first error; names without a declared namespace are none. */
static void
ttml_on_error (void *data, xmlError *failure)
{
  Ttml *self = data;
  g_autofree char *message = NULL;

  if (failure->level != XML_ERR_FATAL || self->error != NULL)
    return;
  message = g_utf8_make_valid (failure->message != NULL ? failure->message : "unknown error", -1);
  g_set_error (&self->error, HABLA_SUBTITLE_ERROR, HABLA_SUBTITLE_ERROR_DAMAGED,
      "line %d: the XML is not well-formed: %s", failure->line, g_strchomp (message));
  xmlStopParser (self->context);
}

static gboolean
ttml_run (Ttml *self, GError **error)
{
  xmlDoc *document;

  *self->context->sax = (xmlSAXHandler){
    .initialized = XML_SAX2_MAGIC,
    .startElementNs = ttml_on_start,
    .endElementNs = ttml_on_end,
    .characters = ttml_on_text,
    .cdataBlock = ttml_on_text,
    .entityDecl = ttml_on_entity,
    .attributeDecl = ttml_on_attribute,
    .serror = ttml_on_error,
  };
  self->context->userData = self;
  document = xmlCtxtReadMemory (self->context, self->text, strlen (self->text), NULL, NULL,
      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC);
  if (document != NULL)
    xmlFreeDoc (document);
  if (self->error != NULL) {
    g_propagate_error (error, g_steal_pointer (&self->error));
    return FALSE;
  }
  ttml_skip_to (self, strlen (self->text));
  return TRUE;
}

gboolean
habla_ttml_parse (HablaCueCollector *collector, const char *text, GError **error)
{
  g_autofree Ttml *self = g_new0 (Ttml, 1);
  g_autoptr (GArray) children = g_array_new (FALSE, FALSE, sizeof (Element));
  gboolean good;

  xmlInitParser ();
  self->collector = collector;
  self->text = text;
  self->children = children;
  self->spans[0].end = G_MAXUINT64;
  self->context = xmlNewParserCtxt ();
  habla_ttml_rates_init (&self->rates);
  good = ttml_run (self, error);
  xmlFreeParserCtxt (self->context);
  return good;
}
