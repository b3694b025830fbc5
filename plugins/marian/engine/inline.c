/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tags, addresses and numbers. The model translates plain text; where a piece of the source went is
 * known from its attention (MarianSpan). */
#include "inline.h"

#include <string.h>

/* A tag of subtitles: <i>, </b>, <font color="...">, {\an8} */
#define TAG "</?[A-Za-z][^<>]{0,200}>|\\{\\\\[^{}]{0,200}\\}"
#define ADDRESS "(?:https?://|www\\.)[^\\s<>\"]*[^\\s<>\"'.,;:!?)]|[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+"
#define NUMBER "\\d+(?:[.,:]\\d+)*"

/* A change to the translation: @length bytes at @offset are replaced by @text. */
typedef struct {
  gsize offset;
  gsize length;
  char *text;
  guint order;
} Edit;

static void
edit_clear (gpointer data)
{
  g_free (((Edit *) data)->text);
}

/* A tag of the source: its text, and its place in the plain source. */
typedef struct {
  char *text;
  gsize offset;
  gboolean is_closing;
} Tag;

static void
tag_clear (gpointer data)
{
  g_free (((Tag *) data)->text);
}

static GRegex *
get_regex (GRegex **regex, const char *pattern)
{
  static GMutex lock;

  g_mutex_lock (&lock);
  if (*regex == NULL)
    *regex = g_regex_new (pattern, G_REGEX_OPTIMIZE, 0, NULL);
  g_mutex_unlock (&lock);
  return *regex;
}

static void
edits_add (GArray *edits, gsize offset, gsize length, const char *text)
{
  Edit edit = { offset, length, g_strdup (text), edits->len };

  g_array_append_val (edits, edit);
}

static int
edit_compare (gconstpointer a, gconstpointer b)
{
  const Edit *edit_a = a, *edit_b = b;

  if (edit_a->offset != edit_b->offset)
    return edit_a->offset < edit_b->offset ? -1 : 1;
  return edit_a->order < edit_b->order ? -1 : edit_a->order > edit_b->order;
}

/* An edit that overlaps the one before it is left out. */
static char *
edits_apply (GArray *edits, const char *text)
{
  GString *result = g_string_new (NULL);
  gsize done = 0;

  g_array_sort (edits, edit_compare);
  for (guint i = 0; i < edits->len; i++) {
    const Edit *edit = &g_array_index (edits, Edit, i);

    if (edit->offset < done)
      continue;
    g_string_append_len (result, text + done, edit->offset - done);
    g_string_append (result, edit->text);
    done = edit->offset + edit->length;
  }
  g_string_append (result, text + done);
  return g_string_free (result, FALSE);
}

/* Finds the part of the translation that stands for bytes @begin to @end of the source.
 *
 * Returns: whether there is one */
static gboolean
translation_find (
    const MarianTranslation *self, gsize begin, gsize end, gsize *target_begin, gsize *target_end)
{
  gboolean found = FALSE;

  for (guint i = 0; i < self->spans->len; i++) {
    const MarianSpan *span = &g_array_index (self->spans, MarianSpan, i);

    if (span->source_end <= begin || span->source_begin >= end ||
        span->target_begin == span->target_end)
      continue;
    *target_begin = found ? MIN (*target_begin, span->target_begin) : span->target_begin;
    *target_end = found ? MAX (*target_end, span->target_end) : span->target_end;
    found = TRUE;
  }
  while (found && *target_begin < *target_end && self->text[*target_begin] == ' ')
    (*target_begin)++;
  return found;
}

/* Returns: the end of what translates the words before byte @offset of the source */
static gsize
translation_find_after (const MarianTranslation *self, gsize offset)
{
  gsize begin, end;

  return translation_find (self, 0, offset, &begin, &end) ? end : 0;
}

static gboolean
is_same_number (const char *a, gsize a_length, const char *b, gsize b_length)
{
  gsize i = 0, j = 0;

  while (i < a_length || j < b_length) {
    if (i < a_length && !g_ascii_isdigit (a[i]))
      i++;
    else if (j < b_length && !g_ascii_isdigit (b[j]))
      j++;
    else if (i == a_length || j == b_length || a[i++] != b[j++])
      return FALSE;
  }
  return TRUE;
}

/* A number may become a word ("9 o'clock"), but not another number. */
static void
restore_number (
    const MarianTranslation *translation, const char *number, gsize offset, GArray *edits)
{
  static GRegex *regex;
  gsize length = strlen (number), begin, end;
  g_autoptr (GMatchInfo) match = NULL;

  if (!translation_find (translation, offset, offset + length, &begin, &end))
    return;
  if (!g_regex_match_full (
          get_regex (&regex, NUMBER), translation->text, end, begin, 0, &match, NULL))
    return;
  do {
    int first, last;

    g_match_info_fetch_pos (match, 0, &first, &last);
    if (is_same_number (translation->text + first, last - first, number, length))
      return;
  } while (g_match_info_next (match, NULL));
  g_match_info_free (g_steal_pointer (&match));
  if (g_regex_match_full (
          get_regex (&regex, NUMBER), translation->text, end, begin, 0, &match, NULL)) {
    int first, last;

    g_match_info_fetch_pos (match, 0, &first, &last);
    edits_add (edits, first, last - first, number);
  }
}

static void
restore_address (
    const MarianTranslation *translation, const char *address, gsize offset, GArray *edits)
{
  gsize begin, end;
  g_autofree char *spaced = NULL;

  if (strstr (translation->text, address) != NULL)
    return;
  if (translation_find (translation, offset, offset + strlen (address), &begin, &end)) {
    edits_add (edits, begin, end - begin, address);
    return;
  }
  spaced = g_strconcat (" ", address, NULL);
  edits_add (edits, translation_find_after (translation, offset), 0, spaced);
}

static void
restore_matches (const MarianTranslation *translation, const char *source, GRegex *regex,
    void (*restore) (const MarianTranslation *, const char *, gsize, GArray *), GArray *edits)
{
  g_autoptr (GMatchInfo) match = NULL;

  for (g_regex_match (regex, source, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL)) {
    g_autofree char *text = g_match_info_fetch (match, 0);
    int begin;

    g_match_info_fetch_pos (match, 0, &begin, NULL);
    restore (translation, text, begin, edits);
  }
}

/* Returns: (transfer full): @text without its tags, which are appended to @tags */
static char *
take_tags (const char *text, GArray *tags)
{
  static GRegex *regex;
  GString *plain = g_string_new (NULL);
  g_autoptr (GMatchInfo) match = NULL;
  gsize done = 0;

  for (g_regex_match (get_regex (&regex, TAG), text, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL)) {
    int begin, end;
    Tag tag;

    g_match_info_fetch_pos (match, 0, &begin, &end);
    g_string_append_len (plain, text + done, begin - done);
    tag = (Tag){ g_strndup (text + begin, end - begin), plain->len, text[begin + 1] == '/' };
    g_array_append_val (tags, tag);
    done = end;
  }
  g_string_append (plain, text + done);
  return g_string_free (plain, FALSE);
}

/* Returns: place in the source of the tag that closes tag @index, or that opens it */
static gsize
tags_find_partner (GArray *tags, guint index, gsize length)
{
  const Tag *tag = &g_array_index (tags, Tag, index);

  if (tag->is_closing) {
    for (guint i = index; i-- > 0;)
      if (!g_array_index (tags, Tag, i).is_closing)
        return g_array_index (tags, Tag, i).offset;
    return 0;
  }
  for (guint i = index + 1; i < tags->len; i++)
    if (g_array_index (tags, Tag, i).is_closing)
      return g_array_index (tags, Tag, i).offset;
  return length;
}

static void
place_tag (const MarianTranslation *translation, GArray *tags, guint index, gsize source_length,
    GArray *edits)
{
  const Tag *tag = &g_array_index (tags, Tag, index);
  gsize partner = tags_find_partner (tags, index, source_length);
  gsize begin = 0, end = strlen (translation->text), offset;

  if (tag->offset == 0)
    offset = 0;
  else if (tag->offset == source_length)
    offset = end;
  else if (translation_find (
               translation, MIN (tag->offset, partner), MAX (tag->offset, partner), &begin, &end))
    offset = tag->is_closing ? end : begin;
  else
    offset = translation_find_after (translation, tag->offset);
  edits_add (edits, offset, 0, tag->text);
}

char *
marian_translate_inline (MarianModel *model, const char *text, MarianDraftSentence *draft,
    GCancellable *cancellable, GError **error)
{
  MarianDraftSentence unshared = { 0 };
  static GRegex *addresses, *numbers;
  g_autoptr (GArray) tags = g_array_new (FALSE, FALSE, sizeof (Tag));
  g_autoptr (GArray) edits = g_array_new (FALSE, FALSE, sizeof (Edit));
  g_autofree char *plain = NULL;
  const MarianTranslation *translation;
  char *result = NULL;

  g_array_set_clear_func (tags, tag_clear);
  g_array_set_clear_func (edits, edit_clear);
  plain = take_tags (text, tags);
  if (!marian_model_knows (model, plain))
    return g_strdup (text);
  translation = marian_draft_sentence_translate (
      draft != NULL ? draft : &unshared, model, plain, cancellable, error);
  if (translation != NULL) {
    restore_matches (translation, plain, get_regex (&addresses, ADDRESS), restore_address, edits);
    restore_matches (translation, plain, get_regex (&numbers, NUMBER), restore_number, edits);
    for (guint j = 0; j < tags->len; j++)
      place_tag (translation, tags, j, strlen (plain), edits);
    result = edits_apply (edits, translation->text);
  }
  marian_draft_sentence_clear (&unshared);
  return result;
}
