/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "phrases/phrase-pattern.h"

#include "phrases/phrase.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

/* Bounds of one match: calls within PCRE2, nested backtracks, and kilobytes. A pattern can only
 * lower them. A match that reaches them takes about half a millisecond. */
#define LIMITS "(*LIMIT_MATCH=5000)(*LIMIT_DEPTH=500)(*LIMIT_HEAP=1000)"

#define MAX_WORDS 20

/* Articles, prepositions and contractions, which people leave out or replace. */
static const char *const small_words[] = { "a", "al", "an", "at", "by", "con", "de", "del", "el",
  "en", "for", "from", "in", "la", "las", "lo", "los", "of", "on", "para", "por", "the", "to", "un",
  "una", "unas", "unos", "with", NULL };

/* Forms of common verbs that do not begin with their stem. */
static const struct {
  const char *infinitive;
  const char *forms;
} irregular[] = {
  { "be", "am|are|is|was|were|been|being" },
  { "bite", "bit|bitten|biting" },
  { "break", "broke|broken" },
  { "bring", "brought" },
  { "buy", "bought" },
  { "catch", "caught" },
  { "come", "came|coming" },
  { "cut", "cutting" },
  { "do", "does|did|done" },
  { "draw", "drew|drawn" },
  { "drink", "drank|drunk" },
  { "drive", "drove|driven|driving" },
  { "eat", "ate|eaten" },
  { "fall", "fell|fallen" },
  { "feel", "felt" },
  { "find", "found" },
  { "fly", "flies|flew|flown" },
  { "get", "got|gotten|getting" },
  { "give", "gave|given|giving" },
  { "go", "goes|went|gone" },
  { "have", "has|had|having" },
  { "hear", "heard" },
  { "hit", "hitting" },
  { "hold", "held" },
  { "keep", "kept" },
  { "know", "knew|known" },
  { "leave", "left|leaving" },
  { "let", "letting" },
  { "lose", "lost|losing" },
  { "make", "made|making" },
  { "pay", "paid" },
  { "put", "putting" },
  { "run", "ran|running" },
  { "say", "said" },
  { "see", "saw|seen" },
  { "sell", "sold" },
  { "sit", "sat|sitting" },
  { "speak", "spoke|spoken" },
  { "spill", "spilt" },
  { "stand", "stood" },
  { "steal", "stole|stolen" },
  { "take", "took|taken|taking" },
  { "tell", "told" },
  { "think", "thought" },
  { "throw", "threw|thrown" },
  { "turn", "turned" },
  { "win", "won|winning" },
  { "andar", "anduv\\p{L}*" },
  { "caer", "ca[ií]\\p{L}*|cay\\p{L}*" },
  { "conducir", "conduzc\\p{L}*|conduj\\p{L}*" },
  { "creer", "crey\\p{L}*" },
  { "dar", "doy|d[aáeéi]\\p{L}*" },
  { "decir", "dig\\p{L}*|dij\\p{L}*|dic\\p{L}*|dir\\p{L}*|dicho" },
  { "estar", "est\\p{L}*|estuv\\p{L}*" },
  { "haber", "h[aáeé]\\p{L}*|hub\\p{L}*|hay\\p{L}*" },
  { "hacer", "hag\\p{L}*|hic\\p{L}*|hiz\\p{L}*|har[aáeéií]\\p{L}*|hecho|haz" },
  { "ir",
      "voy|va\\p{L}*|fue\\p{L}*|fui\\p{L}*|iba\\p{L}*|íba\\p{L}*|yendo|ido|ir\\p{L}*|vay\\p{L}*" },
  { "oír", "oig\\p{L}*|oy\\p{L}*|oí\\p{L}*" },
  { "poder", "pued\\p{L}*|pud\\p{L}*|podr\\p{L}*" },
  { "poner", "pong\\p{L}*|pus\\p{L}*|pondr\\p{L}*|puesto|pon" },
  { "querer", "quier\\p{L}*|quis\\p{L}*|querr\\p{L}*" },
  { "romper", "roto" },
  { "saber", "sé|sup\\p{L}*|sabr\\p{L}*" },
  { "salir", "salg\\p{L}*|saldr\\p{L}*|sal" },
  { "ser", "soy|eres|es|som\\p{L}*|son|era\\p{L}*|éra\\p{L}*|fue\\p{L}*|fui\\p{L}*|se[ar]\\p{L}*" },
  { "tener", "teng\\p{L}*|tien\\p{L}*|tuv\\p{L}*|tendr\\p{L}*|ten" },
  { "traer", "traig\\p{L}*|traj\\p{L}*" },
  { "venir", "veng\\p{L}*|vien\\p{L}*|vin\\p{L}*|vendr\\p{L}*|ven" },
  { "ver", "ve\\p{L}*|vi\\p{L}*|visto" },
  { "volver", "vuelto" },
};

/* Returns: (nullable): a class for a vowel with and without accent */
static const char *
pattern_get_class (gunichar c)
{
  static const char *const classes[] = { "aá", "eé", "ií", "oó", "uúü", "nñ" };
  static const char *const members[] = { "aáàâ", "eéèê", "iíî", "oóô", "uúüû", "nñ" };

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (g_utf8_strchr (members[i], -1, c) != NULL)
      return classes[i];
  return NULL;
}

static void
pattern_append_text (GString *pattern, const char *text, gssize length)
{
  const char *end = text + (length < 0 ? (gssize) strlen (text) : length);

  for (const char *at = text; at < end; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);
    const char *members = pattern_get_class (c);

    if (members != NULL) {
      g_string_append_printf (pattern, "[%s]", members);
    } else {
      if (c < 128 && !g_ascii_isalnum (c))
        g_string_append_c (pattern, '\\');
      g_string_append_unichar (pattern, c);
    }
  }
}

static const char *
pattern_find_irregular (const char *infinitive)
{
  for (guint i = 0; i < G_N_ELEMENTS (irregular); i++)
    if (g_str_equal (irregular[i].infinitive, infinitive))
      return irregular[i].forms;
  return NULL;
}

/* Appends alternatives, whose group the caller closes. */
static void
pattern_append_irregular (GString *pattern, const char *infinitive)
{
  const char *forms = pattern_find_irregular (infinitive);

  if (forms != NULL)
    g_string_append_printf (pattern, "|%s", forms);
}

/* "kick" also matches "kicks", "kicked" and "kicking"; "bite" matches "biting". */
static void
pattern_append_english_verb (GString *pattern, const char *verb)
{
  gsize length = strlen (verb);
  gboolean has_e = length > 2 && verb[length - 1] == 'e';

  g_string_append (pattern, "(?:");
  pattern_append_text (pattern, verb, has_e ? length - 1 : length);
  g_string_append (pattern, has_e ? "(?:e|es|ed|ing)" : "(?:s|es|\\p{L}?ed|\\p{L}?ing)?");
  pattern_append_irregular (pattern, verb);
  g_string_append_c (pattern, ')');
}

/* Returns: bytes of the stem of a Spanish infinitive, with or without a pronoun; 0 = it is none.
 * @infinitive: (out) (transfer full): without the pronoun */
static gsize
pattern_get_stem (const char *word, char **infinitive)
{
  static const char *const endings[] = { "ar", "er", "ir", "ír" };
  static const char *const pronouns[] = { "se", "le", "lo", "la", "me", "te", "" };

  for (guint i = 0; i < G_N_ELEMENTS (pronouns); i++)
    for (guint j = 0; j < G_N_ELEMENTS (endings); j++) {
      g_autofree char *ending = g_strconcat (endings[j], pronouns[i], NULL);
      g_autofree char *verb = g_str_has_suffix (word, ending)
                                  ? g_strndup (word, strlen (word) - strlen (pronouns[i]))
                                  : NULL;

      if (verb == NULL ||
          (strlen (word) < strlen (ending) + 2 && pattern_find_irregular (verb) == NULL))
        continue;
      *infinitive = g_steal_pointer (&verb);
      return strlen (word) - strlen (ending);
    }
  return 0;
}

/* The last vowel of a stem may change: costar, cuesta; perder, pierde; pedir, pide. */
static void
pattern_append_stem (GString *pattern, const char *word, gsize length)
{
  const char *vowel = NULL;

  for (gsize i = 0; i < length; i++)
    if (strchr ("aeiou", word[i]) != NULL && !(i > 0 && word[i] == 'u' && word[i - 1] == 'q'))
      vowel = word + i;
  if (vowel == NULL || strchr ("eou", *vowel) == NULL) {
    pattern_append_text (pattern, word, length);
    return;
  }
  pattern_append_text (pattern, word, vowel - word);
  g_string_append (pattern, *vowel == 'e' ? "(?:e|ie|i)" : "(?:o|ue|u)");
  pattern_append_text (pattern, vowel + 1, word + length - vowel - 1);
}

/* "buscar" becomes "busqué", "llegar" "llegué", "empezar" "empecé", "coger" "cojo". */
static void
pattern_soften_stem (GString *pattern)
{
  char last = pattern->len > 0 ? pattern->str[pattern->len - 1] : '\0';
  const char *class = last == 'c'   ? "(?:c|qu|z|zc)"
                      : last == 'z' ? "[zc]"
                      : last == 'g' ? "[gj]"
                                    : NULL;

  if (class == NULL)
    return;
  g_string_truncate (pattern, pattern->len - 1);
  g_string_append (pattern, class);
}

static gboolean
pattern_append_spanish_verb (GString *pattern, const char *word)
{
  g_autofree char *infinitive = NULL;
  gsize stem = pattern_get_stem (word, &infinitive);

  if (infinitive == NULL)
    return FALSE;
  g_string_append (pattern, "(?:");
  if (stem > 1) {
    pattern_append_stem (pattern, word, stem);
    pattern_soften_stem (pattern);
    g_string_append (pattern, "\\p{L}+");
  } else {
    pattern_append_text (pattern, infinitive, -1);
    g_string_append (pattern, "\\p{L}*");
  }
  pattern_append_irregular (pattern, infinitive);
  g_string_append_c (pattern, ')');
  return TRUE;
}

/* Returns: (transfer full): the words in small letters, without punctuation around them */
static GPtrArray *
pattern_split (const char *phrase)
{
  g_autofree char *small = g_utf8_strdown (phrase, -1);
  g_autofree char *normal = g_utf8_normalize (small, -1, G_NORMALIZE_NFC);
  g_auto (GStrv) all =
      g_regex_split_simple ("[^\\p{L}\\p{N}'’-]+", normal != NULL ? normal : small, 0, 0);
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; all[i] != NULL; i++)
    if (*all[i] != '\0')
      g_ptr_array_add (words, g_strdup (all[i]));
  return words;
}

static gboolean
pattern_is_small (const char *word)
{
  return g_strv_contains (small_words, word);
}

/* @words: without "to". Small words in the middle are optional; a phrase of nothing else is matched
 * word by word. */
static char *
pattern_join (GPtrArray *words, gboolean is_english_verb)
{
  GString *pattern = g_string_new ("\\b");
  gboolean has_big = FALSE;

  for (guint i = 0; i < words->len; i++)
    has_big |= !pattern_is_small (words->pdata[i]);
  for (guint i = 0; i < words->len; i++) {
    const char *word = words->pdata[i];

    if (i > 0 && has_big && pattern_is_small (word) && i + 1 < words->len) {
      g_string_append (pattern, "(?:\\s+");
      pattern_append_text (pattern, word, -1);
      g_string_append (pattern, ")?");
      continue;
    }
    if (i > 0)
      g_string_append (pattern, "\\s+");
    if (i == 0 && is_english_verb)
      pattern_append_english_verb (pattern, word);
    else if (i > 0 || words->len == 1 || !pattern_append_spanish_verb (pattern, word))
      pattern_append_text (pattern, word, -1);
  }
  g_string_append (pattern, "\\b");
  return g_string_free (pattern, FALSE);
}

char *
habla_phrase_pattern_make (const char *phrase, GError **error)
{
  g_autoptr (GPtrArray) words = NULL;
  gboolean is_english_verb;

  if (g_utf8_validate (phrase, -1, NULL) && g_utf8_strlen (phrase, -1) <= HABLA_MAX_PHRASE)
    words = pattern_split (phrase);
  if (words == NULL || words->len == 0 || words->len > MAX_WORDS) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "A phrase must have 1 to %d words, and at most %d characters", MAX_WORDS, HABLA_MAX_PHRASE);
    return NULL;
  }
  is_english_verb = words->len > 2 && g_str_equal (words->pdata[0], "to");
  if (is_english_verb)
    g_ptr_array_remove_index (words, 0);
  return pattern_join (words, is_english_verb);
}

/* @at: after "(?". Returns: whether the group calls a part of the pattern: (?R), (?1), (?-1),
 * (?&a),
 * (?P>a) */
static gboolean
group_is_call (const char *at)
{
  gboolean is_relative = *at == '+' || *at == '-';

  return g_ascii_isdigit (at[is_relative]) || *at == 'R' || *at == '&' ||
         g_str_has_prefix (at, "P>");
}

/* @at: after a backslash. Returns: (nullable): why the escape is refused */
static const char *
escape_check (const char *at)
{
  if (*at == 'C')
    return "\\C matches a part of a character; use a dot";
  if (*at == 'K')
    return "\\K hides what was found; use (?<=…) for the words before";
  if (*at == 'g' && (at[1] == '<' || at[1] == '\''))
    return "it calls a part of itself; write the part again";
  return NULL;
}

/* Returns: (nullable): why a part of @pattern is refused */
static const char *
pattern_find_refused (const char *pattern)
{
  for (const char *at = pattern; *at != '\0'; at++) {
    if (*at == '\\') {
      const char *cause = escape_check (++at);

      if (cause != NULL || *at == '\0')
        return cause;
    } else if (g_str_has_prefix (at, "(?") && group_is_call (at + 2)) {
      return "it calls a part of itself; write the part again";
    }
  }
  return NULL;
}

static gboolean
pattern_set_error (GError **error, const char *cause)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      "The pattern cannot be used: %s; see docs/idioms.md", cause);
  return FALSE;
}

static gboolean
pattern_check (const char *pattern, GError **error)
{
  const char *cause;

  if (!g_utf8_validate (pattern, -1, NULL))
    return pattern_set_error (error, "it is not valid UTF-8");
  if (g_utf8_strlen (pattern, -1) > HABLA_MAX_PATTERN)
    return pattern_set_error (error, "it has more than 500 characters");
  cause = pattern_find_refused (pattern);
  return cause == NULL || pattern_set_error (error, cause);
}

/* A match of a pattern that can be empty says nothing, and it takes the place of one that is not:
 * "(?=a)", "a*". GRegex does not expose this property, and its errors have the LIMITS. */
static gboolean
pattern_examine (const char *pattern, GError **error)
{
  int status;
  PCRE2_SIZE offset;
  guint32 can_be_empty = 0;
  pcre2_code *code = pcre2_compile ((PCRE2_SPTR) pattern, PCRE2_ZERO_TERMINATED,
      PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS, &status, &offset, NULL);

  if (code == NULL) {
    PCRE2_UCHAR cause[256] = "";
    g_autofree char *text = NULL;

    pcre2_get_error_message (status, cause, sizeof cause);
    text = g_strdup_printf (
        "%s, after %ld characters", (const char *) cause, g_utf8_strlen (pattern, offset));
    return pattern_set_error (error, text);
  }
  pcre2_pattern_info (code, PCRE2_INFO_MATCHEMPTY, &can_be_empty);
  pcre2_code_free (code);
  return can_be_empty == 0 ||
         pattern_set_error (error,
             "it can match an empty text; one letter at least must be required, outside (?=…)");
}

/* Returns: (transfer full): @pattern in the form that #HablaPhraseText gives texts; line ends
 * remain, as they end comments */
static char *
pattern_normalise (const char *pattern)
{
  g_autofree char *composed = g_utf8_normalize (pattern, -1, G_NORMALIZE_NFC);
  GString *normal = g_string_new (NULL);

  for (const char *at = composed; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (g_unichar_type (c) == G_UNICODE_SPACE_SEPARATOR)
      c = ' ';
    if (c != ' ' || normal->len == 0 || normal->str[normal->len - 1] != ' ')
      g_string_append_unichar (normal, c);
  }
  return g_string_free (normal, FALSE);
}

GRegex *
habla_phrase_pattern_compile (const char *pattern, GError **error)
{
  g_autoptr (GRegex) regex = NULL;
  g_autoptr (GError) cause = NULL;
  g_autofree char *normal = NULL;
  g_autofree char *bounded = NULL;

  if (!pattern_check (pattern, error))
    return NULL;
  normal = pattern_normalise (pattern);
  if (!pattern_examine (normal, error))
    return NULL;
  bounded = g_strconcat (LIMITS, normal, NULL);
  regex = g_regex_new (bounded, G_REGEX_CASELESS, 0, &cause);
  if (regex == NULL) {
    pattern_set_error (error, cause->message);
    return NULL;
  }
  return g_steal_pointer (&regex);
}

GMatchInfo *
habla_phrase_pattern_find (GRegex *regex, const char *text, gsize from)
{
  GMatchInfo *match = NULL;

  if (g_regex_match_full (regex, text, -1, from, G_REGEX_MATCH_NOTEMPTY, &match, NULL))
    return match;
  g_clear_pointer (&match, g_match_info_unref);
  return NULL;
}
