/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text/answer-check.h"

#include <habla/error.h>
#include <habla/language.h>
#include <string.h>

/* Characters that a short translation may have more than its source. */
#define SLACK 40
/* Words from which a text has a language of its own, and is more than a name. */
#define MIN_WORDS 4

/* Scripts of languages that are not written in Latin letters. */
static const struct {
  const char *language;
  GUnicodeScript scripts[3];
} scripts[] = {
  { "ar", { G_UNICODE_SCRIPT_ARABIC } },
  { "be", { G_UNICODE_SCRIPT_CYRILLIC } },
  { "bg", { G_UNICODE_SCRIPT_CYRILLIC } },
  { "bn", { G_UNICODE_SCRIPT_BENGALI } },
  { "el", { G_UNICODE_SCRIPT_GREEK } },
  { "fa", { G_UNICODE_SCRIPT_ARABIC } },
  { "he", { G_UNICODE_SCRIPT_HEBREW } },
  { "hi", { G_UNICODE_SCRIPT_DEVANAGARI } },
  { "ja", { G_UNICODE_SCRIPT_HAN, G_UNICODE_SCRIPT_HIRAGANA, G_UNICODE_SCRIPT_KATAKANA } },
  { "ka", { G_UNICODE_SCRIPT_GEORGIAN } },
  { "ko", { G_UNICODE_SCRIPT_HANGUL, G_UNICODE_SCRIPT_HAN } },
  { "mk", { G_UNICODE_SCRIPT_CYRILLIC } },
  { "ru", { G_UNICODE_SCRIPT_CYRILLIC } },
  { "ta", { G_UNICODE_SCRIPT_TAMIL } },
  { "te", { G_UNICODE_SCRIPT_TELUGU } },
  { "th", { G_UNICODE_SCRIPT_THAI } },
  { "uk", { G_UNICODE_SCRIPT_CYRILLIC } },
  { "ur", { G_UNICODE_SCRIPT_ARABIC } },
  { "zh", { G_UNICODE_SCRIPT_HAN } },
  /* Languages with two scripts. */
  { "sr", { G_UNICODE_SCRIPT_CYRILLIC, G_UNICODE_SCRIPT_LATIN } },
  { "kk", { G_UNICODE_SCRIPT_CYRILLIC, G_UNICODE_SCRIPT_LATIN } },
  { "uz", { G_UNICODE_SCRIPT_CYRILLIC, G_UNICODE_SCRIPT_LATIN } },
  { "mn", { G_UNICODE_SCRIPT_CYRILLIC, G_UNICODE_SCRIPT_MONGOLIAN } },
};

/* Frequent words of one language that are rare in the others. */
static const struct {
  const char *language;
  const char *words;
} function_words[] = {
  { "de", " der das und ist nicht ein eine zu den mit auf ich sie wir für von dem auch " },
  { "en", " the and is are of to that you it was for with this have not we they " },
  { "es", " el los las y es que una por con para del pero muy está son lo yo esta " },
  { "fr", " le les et est une des que pas dans pour vous nous il elle sur avec du " },
  { "it", " il gli e è che di una per con non sono della nel anche questo ma io " },
  { "pt", " o os e é que não uma com para do da em são mas você muito isso ele " },
};

static gboolean
answer_check_refuse (GError **error, const char *reason)
{
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
      "The translation of the server %s; use a better model", reason);
  return FALSE;
}

/* Returns: the length of @text, in Latin letters: a Chinese character counts as more */
static double
answer_check_measure (const char *text)
{
  double length = 0;

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    length += g_unichar_iswide (g_utf8_get_char (c)) ? 2.5 : 1;
  return length;
}

/* Returns: the number of words that are followed by the end of a sentence */
static guint
answer_check_count_sentences (const char *text)
{
  gboolean in_sentence = FALSE;
  guint n = 0;

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar letter = g_utf8_get_char (c);
    const char *next = g_utf8_next_char (c);

    if (g_unichar_isalnum (letter)) {
      in_sentence = TRUE;
    } else if (in_sentence && (strchr (".!?", *c) != NULL || letter == 0x2026) &&
               (*next == '\0' || g_unichar_isspace (g_utf8_get_char (next)))) {
      n++;
      in_sentence = FALSE;
    } else if (in_sentence && (letter == 0x3002 || letter == 0xff01 || letter == 0xff1f ||
                                  letter == '\n' || letter == 0x0964)) {
      n++;
      in_sentence = FALSE;
    }
  }
  return n + in_sentence;
}

static gboolean
answer_check_has_script (GUnicodeScript script, const char *language)
{
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++) {
    if (!g_str_equal (scripts[i].language, language))
      continue;
    for (guint j = 0; j < G_N_ELEMENTS (scripts[i].scripts); j++)
      if (scripts[i].scripts[j] == script)
        return TRUE;
    return FALSE;
  }
  return script == G_UNICODE_SCRIPT_LATIN;
}

/* Returns: whether most letters are of a script of @language; names may be of another one */
static gboolean
answer_check_script (const char *text, const char *language)
{
  guint n_letters = 0;
  guint n_right = 0;

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar letter = g_utf8_get_char (c);

    if (!g_unichar_isalpha (letter))
      continue;
    n_letters++;
    n_right += answer_check_has_script (g_unichar_get_script (letter), language);
  }
  return n_letters < 12 || n_right * 3 > n_letters;
}

/* Returns: (transfer full) (array zero-terminated=1): the words of @text in lower case */
static GStrv
answer_check_split (const char *text)
{
  g_autofree char *lower = g_utf8_strdown (text, -1);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  const char *begin = NULL;

  for (const char *c = lower;; c = g_utf8_next_char (c)) {
    gboolean in_word = *c != '\0' && g_unichar_isalpha (g_utf8_get_char (c));

    if (in_word && begin == NULL)
      begin = c;
    if (!in_word && begin != NULL) {
      g_ptr_array_add (words, g_strndup (begin, c - begin));
      begin = NULL;
    }
    if (*c == '\0')
      break;
  }
  g_ptr_array_add (words, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&words), FALSE);
}

static guint
answer_check_count_words (GStrv words, const char *function_list)
{
  guint n = 0;

  for (guint i = 0; words[i] != NULL; i++) {
    g_autofree char *word = g_strdup_printf (" %s ", words[i]);

    n += strstr (function_list, word) != NULL;
  }
  return n;
}

/* Returns: whether the words are rather of another language than of @language */
static gboolean
answer_check_is_foreign (GStrv words, const char *language)
{
  guint own = 0;
  guint best = 0;
  gboolean is_known = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (function_words); i++) {
    guint n = answer_check_count_words (words, function_words[i].words);

    if (g_str_equal (function_words[i].language, language)) {
      own = n;
      is_known = TRUE;
    } else {
      best = MAX (best, n);
    }
  }
  return is_known && best >= 3 && best > 2 * own + 1;
}

static gboolean
answer_check_repeats (GStrv source, GStrv translation)
{
  return g_strv_length (source) >= MIN_WORDS &&
         g_strv_equal ((const char *const *) source, (const char *const *) translation);
}

/* Returns: whether @translation has words of the instructions that @source has not */
static gboolean
answer_check_echoes (const char *source, const char *translation)
{
  static const char *const marks[] = { "corrected_source", "is_correction", "\"translation\"",
    "JSON", "json object", "as an ai ", "as a language model", "system prompt", "</think" };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++) {
    g_autofree char *lower_mark = g_utf8_strdown (marks[i], -1);
    g_autofree char *lower_source = g_utf8_strdown (source, -1);
    g_autofree char *lower = g_utf8_strdown (translation, -1);

    if (strstr (lower, lower_mark) != NULL && strstr (lower_source, lower_mark) == NULL)
      return TRUE;
  }
  return FALSE;
}

gboolean
answer_check (const char *source, const char *translation, const char *to, GError **error)
{
  g_autofree char *language = habla_language_get_primary (to);
  g_auto (GStrv) source_words = answer_check_split (source);
  g_auto (GStrv) words = answer_check_split (translation);
  double source_length = answer_check_measure (source);
  double length = answer_check_measure (translation);
  guint n_source = answer_check_count_sentences (source);
  guint n = answer_check_count_sentences (translation);

  if (length > 3 * source_length + SLACK)
    return answer_check_refuse (error, "is much longer than the source text");
  if (length * 6 < source_length - SLACK)
    return answer_check_refuse (error, "is much shorter than the source text");
  if (n > n_source + 1 || (n > n_source && length > 1.8 * source_length + 10))
    return answer_check_refuse (error, "has sentences that were not said");
  if (!answer_check_script (translation, language))
    return answer_check_refuse (error, "is in another script");
  if (answer_check_echoes (source, translation))
    return answer_check_refuse (error, "repeats its instructions");
  if (answer_check_repeats (source_words, words))
    return answer_check_refuse (error, "repeats the source text");
  if (answer_check_is_foreign (words, language))
    return answer_check_refuse (error, "is in another language");
  return TRUE;
}

gboolean
answer_check_correction (const char *source, const char *corrected)
{
  double source_length = answer_check_measure (source);
  double length = answer_check_measure (corrected);

  return length > 0 && !g_str_equal (source, corrected) && length <= 1.5 * source_length + 10 &&
         length >= 0.5 * source_length - 10 && !answer_check_echoes (source, corrected);
}

gboolean
answer_check_terms (
    const char *source, const char *translation, HablaGlossary *glossary, GError **error)
{
  g_autoptr (GArray) terms = glossary != NULL ? habla_glossary_find (glossary, source) : NULL;
  g_autofree char *lower = g_utf8_casefold (translation, -1);

  for (guint i = 0; terms != NULL && i < terms->len; i++) {
    const HablaGlossaryMatch *match = &g_array_index (terms, HablaGlossaryMatch, i);
    g_autofree char *term = g_utf8_casefold (match->translation, -1);

    if (strstr (lower, term) == NULL)
      return answer_check_refuse (error, "lacks a term of the glossary");
  }
  return TRUE;
}
