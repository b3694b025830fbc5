/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tags, terms, addresses and numbers. The model translates plain text; where a piece of the source
 * went is known from its attention (MarianSpan). */
#include "inline.h"

#include <string.h>

/* A tag of subtitles: <i>, </b>, <font color="...">, {\an8} */
#define TAG "</?[A-Za-z][^<>]{0,200}>|\\{\\\\[^{}]{0,200}\\}"
#define ADDRESS "(?:https?://|www\\.)[^\\s<>\"]*[^\\s<>\"'.,;:!?)]|[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+"
/* Bytes that other words may take between those that stand for one term: " de " */
#define MAX_GAP 4
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
  if ((edit_a->length == 0) != (edit_b->length == 0))
    return edit_a->length == 0 ? -1 : 1;
  return edit_a->order < edit_b->order ? -1 : edit_a->order > edit_b->order;
}

/* Returns: (transfer none) (nullable): the edit that replaces a part of bytes @begin to @end */
static const Edit *
edits_find (GArray *edits, gsize begin, gsize end)
{
  for (guint i = 0; i < edits->len; i++) {
    const Edit *edit = &g_array_index (edits, Edit, i);

    if (edit->length > 0 && edit->offset < end && edit->offset + edit->length > begin)
      return edit;
  }
  return NULL;
}

/* A replacement that overlaps the one before it is left out. Nothing that is inserted is. */
static char *
edits_apply (GArray *edits, const char *text)
{
  GString *result = g_string_new (NULL);
  gsize done = 0;

  g_array_sort (edits, edit_compare);
  for (guint i = 0; i < edits->len; i++) {
    const Edit *edit = &g_array_index (edits, Edit, i);

    if (edit->offset < done && edit->length > 0)
      continue;
    if (edit->offset > done)
      g_string_append_len (result, text + done, edit->offset - done);
    g_string_append (result, edit->text);
    done = MAX (done, edit->offset + edit->length);
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

/* Finds the part of the translation that stands for a term: of the stretches of words that the
 * model made of it, the longest.
 *
 * Returns: whether there is one */
static gboolean
term_find_stretch (
    const MarianTranslation *translation, const MarianTerm *term, gsize *begin, gsize *end)
{
  gsize weight = 0, best = 0, run_begin = 0, run_end = 0;

  for (guint i = 0; i < translation->spans->len; i++) {
    const MarianSpan *span = &g_array_index (translation->spans, MarianSpan, i);

    if (span->source_end <= term->begin || span->source_begin >= term->end ||
        span->target_begin == span->target_end)
      continue;
    if (weight == 0 || span->target_begin > run_end + MAX_GAP) {
      run_begin = span->target_begin;
      weight = 0;
    }
    run_end = span->target_end;
    weight += span->target_end - span->target_begin;
    if (weight > best) {
      best = weight;
      *begin = run_begin;
      *end = run_end;
    }
  }
  return best > 0;
}

static gboolean
is_letter_at (const char *c)
{
  gunichar character = g_utf8_get_char (c);

  return g_unichar_isalnum (character) || g_unichar_ismark (character);
}

/* A piece of the model may be a part of a word. */
static void
widen_to_words (const char *text, gsize *begin, gsize *end)
{
  while (
      *begin > 0 && is_letter_at (text + *begin) && is_letter_at (g_utf8_prev_char (text + *begin)))
    *begin = g_utf8_prev_char (text + *begin) - text;
  while (text[*end] != '\0' && *end > *begin && is_letter_at (text + *end) &&
         is_letter_at (g_utf8_prev_char (text + *end)))
    *end = g_utf8_next_char (text + *end) - text;
}

static gboolean
is_outside_at (const char *c)
{
  return g_unichar_isspace (g_utf8_get_char (c)) ||
         (g_unichar_ispunct (g_utf8_get_char (c)) && strchr ("+#&%$*@/\\", *c) == NULL);
}

/* White space and punctuation around a term stay. */
static void
trim_punctuation (const char *text, gsize *begin, gsize *end)
{
  while (*begin < *end && is_outside_at (text + *begin))
    *begin = g_utf8_next_char (text + *begin) - text;
  while (*end > *begin && is_outside_at (g_utf8_prev_char (text + *end)))
    *end = g_utf8_prev_char (text + *end) - text;
}

/* A term that the model left out follows the words before it. */
static void
insert_term (const char *text, gsize offset, const char *term, GArray *edits)
{
  g_autofree char *spaced = g_strconcat (offset > 0 ? " " : "", term, offset > 0 ? "" : " ", NULL);

  while (offset > 0 && is_outside_at (g_utf8_prev_char (text + offset)))
    offset = g_utf8_prev_char (text + offset) - text;
  edits_add (edits, offset, 0, spaced);
}

/* Punctuation of a term, as in ".NET" or "Inc.", is not written twice. */
static void
absorb_punctuation (const char *text, const char *term, gsize *begin, gsize *end)
{
  gsize length = strlen (term);

  if (*begin > 0 && g_ascii_ispunct (*term) && text[*begin - 1] == *term)
    (*begin)--;
  if (length > 0 && g_ascii_ispunct (term[length - 1]) && text[*end] == term[length - 1])
    (*end)++;
}

/* Words that stand for two terms belong to the first. Returns: the end of the first, if nothing is
 * left for the second; otherwise 0 */
static gsize
clip_to_free (const char *text, GArray *edits, gsize *begin, gsize *end)
{
  const Edit *other = edits_find (edits, *begin, *end);

  if (other == NULL)
    return 0;
  if (other->offset > *begin)
    *end = other->offset;
  else
    *begin = MIN (other->offset + other->length, *end);
  trim_punctuation (text, begin, end);
  if (*begin == *end || edits_find (edits, *begin, *end) != NULL)
    return other->offset + other->length;
  return 0;
}

static void
place_term (const MarianTranslation *translation, const MarianTerm *term, GArray *edits)
{
  const char *text = translation->text;
  gsize begin, end, taken;

  if (!term_find_stretch (translation, term, &begin, &end)) {
    insert_term (text, translation_find_after (translation, term->begin), term->translation, edits);
    return;
  }
  widen_to_words (text, &begin, &end);
  trim_punctuation (text, &begin, &end);
  absorb_punctuation (text, term->translation, &begin, &end);
  taken = clip_to_free (text, edits, &begin, &end);
  if (taken > 0 || begin == end)
    insert_term (text, MAX (taken, begin), term->translation, edits);
  else
    edits_add (edits, begin, end - begin, term->translation);
}

static void
place_terms (const MarianTranslation *translation, const char *source, const MarianContext *context,
    GArray *edits)
{
  g_autoptr (GArray) terms =
      context->find_terms != NULL ? context->find_terms (source, context->data) : NULL;

  for (guint i = 0; terms != NULL && i < terms->len; i++)
    place_term (translation, &g_array_index (terms, MarianTerm, i), edits);
}

static gboolean
has_letters_or_digits (const char *text, gsize begin, gsize end)
{
  for (const char *c = text + begin; c < text + end; c = g_utf8_next_char (c))
    if (is_letter_at (c))
      return TRUE;
  return FALSE;
}

/* For what it cannot read, such as emoji, the model writes a dash, another word, or nothing. */
static void
place_unknown (
    const MarianTranslation *translation, MarianModel *model, const char *source, GArray *edits)
{
  g_autoptr (GArray) unknown = marian_model_find_unknown (model, source);
  const char *text = translation->text;

  for (guint i = 0; i < unknown->len; i++) {
    const MarianRange *range = &g_array_index (unknown, MarianRange, i);
    g_autofree char *piece = g_strndup (source + range->begin, range->end - range->begin);
    const MarianTerm term = { range->begin, range->end, piece };
    gsize begin, end;

    if (strstr (text, piece) != NULL)
      continue;
    if (!term_find_stretch (translation, &term, &begin, &end) ||
        has_letters_or_digits (text, begin, end)) {
      insert_term (text, translation_find_after (translation, range->begin), piece, edits);
      continue;
    }
    while (begin < end && g_ascii_isspace (text[begin]))
      begin++;
    while (end > begin && g_ascii_isspace (text[end - 1]))
      end--;
    if (begin < end && edits_find (edits, begin, end) == NULL)
      edits_add (edits, begin, end - begin, piece);
    else
      insert_term (text, begin, piece, edits);
  }
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

static gboolean
is_digit_or_between (const char *text, gsize offset)
{
  return g_ascii_isdigit (text[offset]) ||
         (offset > 0 && strchr (".,:", text[offset]) != NULL &&
             g_ascii_isdigit (text[offset - 1]) && g_ascii_isdigit (text[offset + 1]));
}

/* A piece of the model may be a part of a number. */
static void
widen_to_numbers (const char *text, gsize *begin, gsize *end)
{
  while (*begin > 0 && text[*begin] != '\0' && is_digit_or_between (text, *begin) &&
         is_digit_or_between (text, *begin - 1))
    (*begin)--;
  while (*end > *begin && text[*end] != '\0' && is_digit_or_between (text, *end) &&
         is_digit_or_between (text, *end - 1))
    (*end)++;
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
  widen_to_numbers (translation->text, &begin, &end);
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
  const Edit *replaced;

  if (tag->offset == 0)
    offset = 0;
  else if (tag->offset == source_length)
    offset = end;
  else if (tag->offset != partner && translation_find (translation, MIN (tag->offset, partner),
                                         MAX (tag->offset, partner), &begin, &end))
    offset = tag->is_closing ? end : begin;
  else
    offset = translation_find_after (translation, tag->offset);
  /* Around the replaced text, not inside of it. */
  replaced = offset > 0 ? edits_find (edits, offset - 1, offset) : NULL;
  if (replaced != NULL && replaced->offset + replaced->length > offset)
    offset = replaced->offset + (tag->is_closing ? replaced->length : 0);
  edits_add (edits, offset, 0, tag->text);
}

/* Appends @length bytes of @text, which have no tags, with their terms replaced. */
static void
append_with_terms (const char *text, gsize length, const MarianContext *context, GString *result)
{
  g_autofree char *stretch = g_strndup (text, length);
  g_autoptr (GArray) terms = context->find_terms (stretch, context->data);
  gsize done = 0;

  for (guint i = 0; terms != NULL && i < terms->len; i++) {
    const MarianTerm *term = &g_array_index (terms, MarianTerm, i);

    g_string_append_len (result, stretch + done, term->begin - done);
    g_string_append (result, term->translation);
    done = term->end;
  }
  g_string_append (result, stretch + done);
}

char *
marian_replace_terms (const char *text, const MarianContext *context)
{
  static GRegex *regex;
  GString *result;
  g_autoptr (GMatchInfo) match = NULL;
  gsize done = 0;

  if (context->find_terms == NULL)
    return g_strdup (text);
  result = g_string_new (NULL);
  for (g_regex_match (get_regex (&regex, TAG), text, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL)) {
    int begin, end;

    g_match_info_fetch_pos (match, 0, &begin, &end);
    append_with_terms (text + done, begin - done, context, result);
    g_string_append_len (result, text + begin, end - begin);
    done = end;
  }
  append_with_terms (text + done, strlen (text + done), context, result);
  return g_string_free (result, FALSE);
}

/* Whether @text has letters outside of addresses and terms. */
static gboolean
has_words (const char *text, const MarianContext *context)
{
  static GRegex *addresses;
  g_autofree char *words = NULL;
  g_autoptr (GArray) terms = NULL;

  words = g_regex_replace_literal (get_regex (&addresses, ADDRESS), text, -1, 0, " ", 0, NULL);
  if (words == NULL)
    return TRUE;
  if (context != NULL && context->find_terms != NULL)
    terms = context->find_terms (words, context->data);
  for (guint i = 0; terms != NULL && i < terms->len; i++) {
    const MarianTerm *term = &g_array_index (terms, MarianTerm, i);

    memset (words + term->begin, ' ', term->end - term->begin);
  }
  for (const char *c = words; *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_isalpha (g_utf8_get_char (c)))
      return TRUE;
  return FALSE;
}

char *
marian_translate_inline (MarianModel *model, const char *text, const MarianInlineOptions *options,
    GCancellable *cancellable, GError **error)
{
  MarianDraftSentence unshared = { 0 };
  static GRegex *addresses, *numbers;
  g_autoptr (GArray) tags = g_array_new (FALSE, FALSE, sizeof (Tag));
  g_autoptr (GArray) edits = g_array_new (FALSE, FALSE, sizeof (Edit));
  g_autofree char *plain = NULL;
  const MarianContext *terms_only;
  const MarianTranslation *translation;
  char *result = NULL;

  g_array_set_clear_func (tags, tag_clear);
  g_array_set_clear_func (edits, edit_clear);
  plain = take_tags (text, tags);
  /* A term around which there are tags is not found outside of them. */
  terms_only = tags->len == 0 ? options->context : NULL;
  if (!marian_model_knows (model, plain) || !has_words (plain, terms_only))
    return marian_replace_terms (text, options->context);
  translation = marian_draft_sentence_translate (
      options->draft != NULL ? options->draft : &unshared, model, plain, cancellable, error);
  if (translation != NULL) {
    place_terms (translation, plain, options->context, edits);
    place_unknown (translation, model, plain, edits);
    restore_matches (translation, plain, get_regex (&addresses, ADDRESS), restore_address, edits);
    restore_matches (translation, plain, get_regex (&numbers, NUMBER), restore_number, edits);
    for (guint j = 0; j < tags->len; j++)
      place_tag (translation, tags, j, strlen (plain), edits);
    result = edits_apply (edits, translation->text);
  }
  marian_draft_sentence_clear (&unshared);
  return result;
}
