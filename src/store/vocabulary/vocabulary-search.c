/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/vocabulary/vocabulary-search.h"

#include "store/store-error.h"
#include "store/text-match.h"

#include <string.h>

/* Words of a search. */
#define MAX_WORDS 32

typedef struct {
  GStrvBuilder *words;
  guint n;
  gboolean wants_more; /* the last word was AND */
} Search;

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_REFUSED, message);
  return FALSE;
}

/* Whether a search for @word would not find almost everything. */
static gboolean
is_word (const char *word)
{
  for (; *word != '\0'; word = g_utf8_next_char (word)) {
    gunichar c = g_utf8_get_char (word);

    if (g_unichar_isalnum (c) || (c >= 0x80 && g_unichar_isgraph (c)))
      return TRUE;
  }
  return FALSE;
}

static gboolean
search_add (Search *self, const char *word, GError **error)
{
  g_autoptr (GString) folded = g_string_new (NULL);

  habla_text_fold (word, folded);
  if (!is_word (folded->str))
    return fail (error, "Each word of the search must have a letter or a digit");
  if (++self->n > MAX_WORDS)
    return fail (error, "The search has too many words; it may have 32");
  g_strv_builder_add (self->words, folded->str);
  self->wants_more = FALSE;
  return TRUE;
}

static gboolean
search_add_bare (Search *self, const char *word, GError **error)
{
  if (g_str_equal (word, "OR") || g_str_equal (word, "NOT"))
    return fail (error, "A search finds what has all words; put OR or NOT in quotes to find it");
  if (!g_str_equal (word, "AND"))
    return search_add (self, word, error);
  if (self->n == 0 || self->wants_more)
    return fail (error, "AND must be between two words; put it in quotes to find it");
  self->wants_more = TRUE;
  return TRUE;
}

/* @text: (inout): what is left to read; begins with neither a space nor the end */
static gboolean
search_read (Search *self, const char **text, GError **error)
{
  const char *begin = *text, *end = begin;
  g_autofree char *word = NULL;

  if (*begin == '"') {
    end = strchr (++begin, '"');
    if (end == NULL)
      return fail (error, "The search has a quotation mark without its partner");
    *text = end + 1;
    word = g_strndup (begin, end - begin);
    return search_add (self, word, error);
  }
  while (*end != '\0' && *end != '"' && !g_unichar_isspace (g_utf8_get_char (end)))
    end = g_utf8_next_char (end);
  *text = end;
  /* Parts of words are found without it. */
  while (end > begin && end[-1] == '*')
    end--;
  word = g_strndup (begin, end - begin);
  return search_add_bare (self, word, error);
}

static const char *
skip_spaces (const char *text)
{
  while (*text != '\0' && g_unichar_isspace (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  return text;
}

GStrv
habla_vocabulary_parse_search (const char *text, GError **error)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  Search search = { .words = words };

  if (!g_utf8_validate (text, -1, NULL)) {
    fail (error, "The search must be UTF-8");
    return NULL;
  }
  for (text = skip_spaces (text); *text != '\0'; text = skip_spaces (text))
    if (!search_read (&search, &text, error))
      return NULL;
  if (search.n == 0 || search.wants_more) {
    fail (error, search.n == 0 ? "The search is empty" : "AND must be between two words");
    return NULL;
  }
  return g_strv_builder_end (words);
}

gboolean
habla_vocabulary_item_matches (
    const HablaVocabularyItem *self, const char *const *words, GString *buffer)
{
  g_autofree char *all =
      g_strjoin ("\n", self->term, self->literal, self->meaning, self->category, NULL);

  habla_text_fold (all, buffer);
  for (guint i = 0; words[i] != NULL; i++)
    if (strstr (buffer->str, words[i]) == NULL)
      return FALSE;
  return TRUE;
}
