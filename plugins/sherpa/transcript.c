/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transcript.h"

#include <habla/language.h>
#include <habla/utterance.h>

#include <math.h>
#include <string.h>

#define SAMPLES_PER_SECOND 16000

/* Longest annotation, in bytes: longer text in parentheses is speech. */
#define MAX_ANNOTATION 80
/* Longest phrase that is looked for, in words, and how often it must come in a row. People say
 * "no, no, no, no", but rarely a phrase four times. */
#define MAX_PHRASE 8
#define MIN_PHRASES 4
#define MIN_WORDS 6
/* The same for parts of a word, in characters. */
#define MAX_PART 6
#define MIN_PARTS 4
#define MIN_PART_CHARACTERS 8

/* Returns: the length of the annotation at the begin of @text, or 0 */
static gsize
get_annotation (const char *text)
{
  static const char *const pairs[] = { "[]", "()", "**", NULL };
  const char *end = NULL;

  if (g_str_has_prefix (text, "<|")) {
    end = strstr (text, "|>");
    return end != NULL && end - text <= MAX_ANNOTATION ? (gsize) (end + 2 - text) : 0;
  }
  for (guint i = 0; pairs[i] != NULL; i++)
    if (*text == pairs[i][0])
      end = strchr (text + 1, pairs[i][1]);
  return end != NULL && end - text <= MAX_ANNOTATION ? (gsize) (end + 1 - text) : 0;
}

/* U+2669 to U+266F, the musical symbols, and notes among the emoji. */
static gboolean
is_note (gunichar c)
{
  return (c >= 0x2669 && c <= 0x266f) || (c >= 0x1f3b5 && c <= 0x1f3b6);
}

/* Returns: (transfer full): @text without annotations */
static char *
remove_annotations (const char *text)
{
  g_autoptr (GString) result = g_string_new (NULL);

  while (*text != '\0') {
    gsize length = get_annotation (text);

    if (length > 0) {
      text += length;
      continue;
    }
    if (!is_note (g_utf8_get_char (text)))
      g_string_append_len (result, text, g_utf8_next_char (text) - text);
    text = g_utf8_next_char (text);
  }
  return g_string_free (g_steal_pointer (&result), FALSE);
}

char *
habla_transcript_fold (const char *word)
{
  g_autofree char *folded = g_utf8_casefold (word, -1);
  g_autoptr (GString) result = g_string_new (NULL);

  for (const char *c = folded; *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_isalnum (g_utf8_get_char (c)) || g_unichar_ismark (g_utf8_get_char (c)))
      g_string_append_unichar (result, g_utf8_get_char (c));
  return g_string_free (g_steal_pointer (&result), FALSE);
}

GPtrArray *
habla_transcript_split (const char *text)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) parts = g_strsplit_set (text, " \t\r\n", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      g_ptr_array_add (words, g_strdup (parts[i]));
  return words;
}

static GPtrArray *
fold_words (GPtrArray *words)
{
  GPtrArray *folded = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < words->len; i++)
    g_ptr_array_add (folded, habla_transcript_fold (words->pdata[i]));
  return folded;
}

/* Returns: how often the @length words at @begin come in a row */
static guint
count_phrases (GPtrArray *folded, guint begin, guint length)
{
  guint n = 1;

  for (guint at = begin + length; at + length <= folded->len; at += length, n++)
    for (guint i = 0; i < length; i++)
      if (!g_str_equal (folded->pdata[begin + i], folded->pdata[at + i]))
        return n;
  return n;
}

/* Returns: number of words of the endless phrase at @begin and of its repetitions, or 0 */
static guint
find_phrase (GPtrArray *folded, guint begin, guint *length)
{
  for (*length = 1; *length <= MAX_PHRASE && begin + *length <= folded->len; (*length)++) {
    guint n = count_phrases (folded, begin, *length);

    if (n >= (*length == 1 ? MIN_WORDS : MIN_PHRASES))
      return n * *length;
  }
  return 0;
}

/* Returns: number of bytes of the endless part of a word at @text and of its repetitions, or 0 */
static gsize
find_part (const char *text, gsize *part)
{
  gsize size = strlen (text);

  for (*part = 1; *part <= MAX_PART && *part < size; (*part)++) {
    gsize at = *part;

    while (at < size && text[at] == text[at - *part])
      at++;
    if (at / *part >= MIN_PARTS && at >= MIN_PART_CHARACTERS && !g_ascii_isdigit (*text) &&
        text[*part - 1] > 0)
      return at;
  }
  return 0;
}

/* Returns: (transfer full): @word without endless parts */
static char *
shorten_word (const char *word)
{
  g_autoptr (GString) result = g_string_new (NULL);

  while (*word != '\0') {
    gsize part;
    gsize size = find_part (word, &part);

    g_string_append_len (result, word, size > 0 ? part : 1);
    word += size > 0 ? size : 1;
  }
  return g_string_free (g_steal_pointer (&result), FALSE);
}

gboolean
habla_transcript_is_repetitive (const char *text)
{
  g_autoptr (GPtrArray) words = habla_transcript_split (text);
  g_autoptr (GPtrArray) folded = fold_words (words);
  guint length;
  gsize part;

  for (guint i = 0; i < words->len; i++) {
    if (find_phrase (folded, i, &length) > 0)
      return TRUE;
    for (const char *c = words->pdata[i]; *c != '\0'; c++)
      if (find_part (c, &part) > 0)
        return TRUE;
  }
  return FALSE;
}

static gboolean
has_speech (const char *text)
{
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_isalnum (g_utf8_get_char (c)))
      return TRUE;
  return FALSE;
}

char *
habla_transcript_clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *speech = remove_annotations (valid);
  g_autoptr (GPtrArray) words = habla_transcript_split (speech);
  g_autoptr (GPtrArray) folded = fold_words (words);
  g_autoptr (GString) result = g_string_new (NULL);

  for (guint i = 0; i < words->len;) {
    guint length;
    guint n_repeated = find_phrase (folded, i, &length);
    guint n_kept = n_repeated > 0 ? length : 1;

    for (guint k = i; k < i + n_kept; k++) {
      g_autofree char *word = shorten_word (words->pdata[k]);

      if (result->len > 0)
        g_string_append_c (result, ' ');
      g_string_append (result, word);
    }
    i += MAX (n_repeated, 1);
  }
  return has_speech (result->str) ? g_string_free (g_steal_pointer (&result), FALSE) : NULL;
}

char *
habla_transcript_get_agreed (const char *previous, const char *current)
{
  g_autoptr (GPtrArray) words = habla_transcript_split (current);
  g_autoptr (GPtrArray) before = habla_transcript_split (previous != NULL ? previous : "");
  g_autoptr (GString) agreed = g_string_new (NULL);

  for (guint i = 0; i < words->len && i < before->len; i++) {
    g_autofree char *a = habla_transcript_fold (before->pdata[i]);
    g_autofree char *b = habla_transcript_fold (words->pdata[i]);

    if (!g_str_equal (a, b))
      break;
    if (agreed->len > 0)
      g_string_append_c (agreed, ' ');
    g_string_append (agreed, words->pdata[i]);
  }
  return g_string_free (g_steal_pointer (&agreed), FALSE);
}

char *
habla_transcript_drop_last (const char *text)
{
  const char *last = strrchr (text, ' ');

  return last != NULL ? g_strndup (text, last - text) : g_strdup (text);
}

/* Returns: whether a word begins at @token: after a space, or, in a script without spaces, at each
 * character */
static gboolean
begins_word (const char *token)
{
  return *token == ' ' || g_unichar_iswide (g_utf8_get_char_validated (token, -1));
}

void
habla_transcript_add_words (
    const HablaTokens *tokens, gint64 origin, gint64 end, HablaTranscription *transcription)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gint64 begin = origin, last_end = origin;

  if (tokens->times == NULL)
    return;
  for (guint i = 0; i <= tokens->n_tokens; i++) {
    const char *token = i < tokens->n_tokens ? tokens->texts[i] : " ";
    float time = i < tokens->n_tokens ? tokens->times[i] : 0;
    /* Hostile models may give any number. */
    gint64 at = i < tokens->n_tokens && isfinite (time) && time >= 0 && time < 3600
                    ? origin + (gint64) (time * SAMPLES_PER_SECOND)
                    : end;

    if (begins_word (token) && text->len > 0) {
      gint64 word_end = tokens->durations != NULL ? last_end : at;

      habla_transcription_add_word (
          transcription, text->str, MAX (begin, 0), MAX (MIN (word_end, end), 0));
      g_string_truncate (text, 0);
    }
    if (i == tokens->n_tokens)
      break;
    token += *token == ' ';
    if (text->len == 0)
      begin = MIN (at, end);
    g_string_append (text, token);
    last_end = at;
    if (tokens->durations != NULL && isfinite (tokens->durations[i]))
      last_end += (gint64) (CLAMP (tokens->durations[i], 0, 60) * SAMPLES_PER_SECOND);
  }
}

char *
habla_transcript_get_language (const char *label)
{
  g_autofree char *code = g_strdup (label);

  g_strdelimit (code, "<|>", ' ');
  return habla_language_normalize (g_strstrip (code), NULL);
}

double
habla_transcript_get_confidence (const HablaTokens *tokens)
{
  double sum = 0;

  if (tokens->log_probs == NULL || tokens->n_tokens == 0)
    return HABLA_CONFIDENCE_UNKNOWN;
  for (guint i = 0; i < tokens->n_tokens; i++)
    sum += tokens->log_probs[i];
  sum = exp (sum / tokens->n_tokens);
  return isfinite (sum) ? CLAMP (sum, 0, 1) : HABLA_CONFIDENCE_UNKNOWN;
}
