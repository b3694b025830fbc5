/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subtitle/sentences.h"

#include <string.h>

/* Cues of one speaker overlap by no more, because of rounding. */
#define MAX_OVERLAP (G_GUINT64_CONSTANT (100000000))
#define MAX_DURATION (HABLA_SUBTITLE_GROUP_SECONDS * G_GUINT64_CONSTANT (1000000000))
/* If a smaller part of the cues ends with punctuation, the file has none: 1 / 4. */
#define PUNCTUATED_PART 4

static const char sentence_ends[] = ".!?。．！？｡।؟۔";
static const char clause_ends[] = ",;:、，､；：،؛";
static const char dashes[] = "-–—‐‑―";
static const char closers[] = "\"'”’»›)]}」』）】》〉*";
static const char openers[] = "\"'“‘„«‹([{「『（【《〈¿¡*";

/* Abbreviations before names and numbers, without their last full stop. */
static const char *const abbreviations[] = { "Mr", "Mrs", "Ms", "Dr", "St", "Prof", "Gen", "Col",
  "Capt", "Lt", "Sgt", "Rev", "Gov", "Sen", "Mt", "vs", "e.g", "i.e", "Sr", "Sra", "Srta", "Dra",
  "Ud", "Uds", "Vd", "Dña", "Mme", "Mlle", "Hr", "Fr", "bzw", "z.B", "Nr", "Sig", "Dott", "Núm",
  "núm", "pág", "ca", "approx" };

static gboolean
sentences_is_one_of (gunichar c, const char *set)
{
  return c != 0 && g_utf8_strchr (set, -1, c) != NULL;
}

/* Returns: the end of @text without blanks and closing marks */
static const char *
sentences_find_end (const char *text)
{
  const char *end = text + strlen (text);

  while (end > text) {
    const char *last = g_utf8_prev_char (end);
    gunichar c = g_utf8_get_char (last);

    if (!g_unichar_isspace (c) && !sentences_is_one_of (c, closers))
      break;
    end = last;
  }
  return end;
}

static gunichar
sentences_get_last (const char *text)
{
  const char *end = sentences_find_end (text);

  return end > text ? g_utf8_get_char (g_utf8_prev_char (end)) : 0;
}

/* Returns: the begin of @text without blanks and opening marks */
static const char *
sentences_find_begin (const char *text)
{
  for (gunichar c = g_utf8_get_char (text);
       c != 0 && (g_unichar_isspace (c) || sentences_is_one_of (c, openers));
       c = g_utf8_get_char (text))
    text = g_utf8_next_char (text);
  return text;
}

static gboolean
sentences_begins_with_ellipsis (const char *text)
{
  return g_str_has_prefix (text, "…") || g_str_has_prefix (text, "..");
}

static gboolean
sentences_ends_with_ellipsis (const char *text)
{
  const char *end = sentences_find_end (text);

  return end - text >= 2 &&
         (strncmp (end - 2, "..", 2) == 0 || (end - text >= 3 && strncmp (end - 3, "…", 3) == 0));
}

static gboolean
sentences_is_dialogue_line (const char *line)
{
  while (*line == ' ' || *line == '\t')
    line++;
  return sentences_is_one_of (g_utf8_get_char (line), dashes);
}

static gboolean
sentences_is_song (const char *text)
{
  return strstr (text, "♪") != NULL || strstr (text, "♫") != NULL;
}

/* "[door closes]", "(laughs)" */
static gboolean
sentences_is_description (const char *line)
{
  g_autofree char *stripped = g_strstrip (g_strdup (line));
  gsize length = strlen (stripped);

  return length > 2 && ((*stripped == '[' && stripped[length - 1] == ']') ||
                           (*stripped == '(' && stripped[length - 1] == ')'));
}

/* Returns: (transfer full) (nullable): the lines of the markup if voices of WebVTT are in it */
static GStrv
sentences_get_voiced_lines (const HablaCue *cue, guint n_lines)
{
  GStrv lines;

  if (cue->markup == NULL || !g_str_equal (cue->format, "vtt") ||
      strstr (cue->markup, "<v") == NULL)
    return NULL;
  lines = g_strsplit (cue->markup, "\n", -1);
  /* A tag may have a line break in it. */
  if (g_strv_length (lines) != n_lines)
    g_clear_pointer (&lines, g_strfreev);
  return lines;
}

/* @markup: (nullable): a line. Returns: whether a voice begins with it */
static gboolean
sentences_begins_voice (const char *markup)
{
  while (markup != NULL && (*markup == ' ' || *markup == '\t'))
    markup++;
  return markup != NULL && g_str_has_prefix (markup, "<v") &&
         (markup[2] == ' ' || markup[2] == '\t' || markup[2] == '.');
}

/* Returns: whether the cue is never part of a longer sentence */
static gboolean
sentences_is_alone (const HablaCue *cue)
{
  g_auto (GStrv) lines = g_strsplit (cue->text, "\n", -1);
  g_auto (GStrv) voiced = sentences_get_voiced_lines (cue, g_strv_length (lines));

  for (guint i = 0; lines[i] != NULL; i++)
    if (sentences_is_dialogue_line (lines[i]) ||
        (i > 0 && voiced != NULL && sentences_begins_voice (voiced[i])))
      return TRUE;
  return *sentences_find_begin (cue->text) == '\0' || sentences_is_song (cue->text) ||
         sentences_is_description (cue->text);
}

/* Returns: whether @text ends with a word that is written with a full stop, as in "Mr." */
static gboolean
sentences_ends_with_abbreviation (const char *text)
{
  const char *end = sentences_find_end (text);
  const char *begin;
  g_autofree char *word = NULL;

  if (end == text || end[-1] != '.')
    return FALSE;
  end--;
  for (begin = end; begin > text && !g_ascii_isspace (begin[-1]); begin--)
    ;
  begin = sentences_find_begin (begin);
  if (begin >= end)
    return FALSE;
  word = g_strndup (begin, end - begin);
  /* An initial, as in "George W."; "you and I." is no initial. */
  if (g_utf8_strlen (word, -1) == 1)
    return g_unichar_isupper (g_utf8_get_char (word)) && !g_str_equal (word, "I");
  for (guint i = 0; i < G_N_ELEMENTS (abbreviations); i++)
    if (g_str_equal (word, abbreviations[i]))
      return TRUE;
  return FALSE;
}

static gboolean
sentences_is_in_capitals (const char *text)
{
  guint n_upper = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    if (g_unichar_islower (g_utf8_get_char (p)))
      return FALSE;
    n_upper += g_unichar_isupper (g_utf8_get_char (p));
  }
  return n_upper > 1;
}

/* Returns: whether a sentence ends with @text; @next follows. @is_punctuated: whether the sentences
 * of this file end with punctuation */
static gboolean
sentences_is_end (const char *text, const char *next, gboolean is_punctuated)
{
  gunichar last = sentences_get_last (text);
  const char *begin = sentences_find_begin (next);
  gunichar first = g_utf8_get_char (begin);

  if (g_unichar_islower (first) || sentences_is_one_of (last, clause_ends))
    return FALSE;
  if (sentences_ends_with_ellipsis (text))
    return !sentences_begins_with_ellipsis (begin);
  if (sentences_ends_with_abbreviation (text))
    return FALSE;
  /* A dash before a capital letter: the speaker was interrupted. */
  if (sentences_is_one_of (last, sentence_ends) || sentences_is_one_of (last, dashes))
    return TRUE;
  if (sentences_is_in_capitals (text) != sentences_is_in_capitals (next))
    return TRUE;
  return !is_punctuated;
}

static gboolean
sentences_is_punctuated (GPtrArray *cues)
{
  guint n = 0;

  for (guint i = 0; i < cues->len; i++) {
    const HablaCue *cue = g_ptr_array_index (cues, i);

    n += sentences_is_one_of (sentences_get_last (cue->text), sentence_ends);
  }
  return n * PUNCTUATED_PART >= cues->len;
}

/* Returns: whether two cues are far from each other, or of two speakers */
static gboolean
sentences_are_apart (const HablaCue *cue, const HablaCue *next)
{
  return next->begin < cue->begin || next->begin + MAX_OVERLAP < cue->end ||
         (next->begin > cue->end && next->begin - cue->end > HABLA_SUBTITLE_GROUP_GAP) ||
         g_strcmp0 (cue->speaker, next->speaker) != 0 ||
         g_strcmp0 (cue->settings, next->settings) != 0 || sentences_is_alone (cue) ||
         sentences_is_alone (next);
}

static guint
sentences_count_characters (const HablaCue *cue)
{
  return g_utf8_strlen (cue->text, -1) + 1;
}

/* Returns: number of cues of the group that begins at @first */
static guint
sentences_count_cues (GPtrArray *cues, guint first, gboolean is_punctuated)
{
  const HablaCue *begin = g_ptr_array_index (cues, first);
  guint characters = sentences_count_characters (begin);
  guint last_clause = 1;

  for (guint n = 1; first + n < cues->len; n++) {
    const HablaCue *cue = g_ptr_array_index (cues, first + n - 1);
    const HablaCue *next = g_ptr_array_index (cues, first + n);

    if (sentences_are_apart (cue, next) || sentences_is_end (cue->text, next->text, is_punctuated))
      return n;
    if (sentences_is_one_of (sentences_get_last (cue->text), clause_ends))
      last_clause = n;
    characters += sentences_count_characters (next);
    /* A sentence that is too long ends with a clause if possible. */
    if (n == HABLA_SUBTITLE_GROUP_CUES || characters > HABLA_SUBTITLE_GROUP_CHARACTERS ||
        next->end - begin->begin > MAX_DURATION)
      return last_clause > 1 ? last_clause : n;
  }
  return cues->len - first;
}

GPtrArray *
habla_subtitle_sentences_group (GPtrArray *cues)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  gboolean is_punctuated;

  g_return_val_if_fail (cues != NULL, groups);

  is_punctuated = sentences_is_punctuated (cues);
  for (guint first = 0; first < cues->len;) {
    guint n = sentences_count_cues (cues, first, is_punctuated);
    GPtrArray *group = g_ptr_array_new_full (n, (GDestroyNotify) habla_cue_free);

    for (guint i = first; i < first + n; i++)
      g_ptr_array_add (group, g_ptr_array_index (cues, i));
    g_ptr_array_add (groups, group);
    first += n;
  }
  g_free (g_ptr_array_steal (cues, NULL));
  g_ptr_array_unref (cues);
  return groups;
}

static gboolean
sentences_needs_no_blank (gunichar c)
{
  return g_unichar_iswide (c) && g_unichar_get_script (c) != G_UNICODE_SCRIPT_HANGUL;
}

/* @begins_voice: whether another speaker begins with @line */
static void
sentences_append_line (GString *text, const char *line, gboolean begins_voice, gboolean *stands)
{
  gboolean was_standing = *stands;
  const char *last = text->len > 0 ? g_utf8_prev_char (text->str + text->len) : NULL;

  *stands = sentences_is_description (line) || sentences_is_song (line);
  if (last != NULL) {
    if (was_standing || *stands || begins_voice || sentences_is_dialogue_line (line))
      g_string_append_c (text, '\n');
    else if (!sentences_needs_no_blank (g_utf8_get_char (last)) ||
             !sentences_needs_no_blank (g_utf8_get_char (line)))
      g_string_append_c (text, ' ');
  }
  g_string_append (text, line);
}

char *
habla_subtitle_sentences_join (GPtrArray *cues)
{
  GString *text = g_string_new (NULL);
  gboolean stands = FALSE;

  g_return_val_if_fail (cues != NULL, NULL);

  for (guint i = 0; i < cues->len; i++) {
    const HablaCue *cue = g_ptr_array_index (cues, i);
    g_auto (GStrv) lines = g_strsplit (cue->text, "\n", -1);
    g_auto (GStrv) voiced = sentences_get_voiced_lines (cue, g_strv_length (lines));

    for (guint j = 0; lines[j] != NULL; j++) {
      gboolean begins_voice = j > 0 && voiced != NULL && sentences_begins_voice (voiced[j]);

      g_strstrip (lines[j]);
      if (*lines[j] != '\0')
        sentences_append_line (text, lines[j], begins_voice, &stands);
    }
  }
  return g_string_free (text, FALSE);
}
