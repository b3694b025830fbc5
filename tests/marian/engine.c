/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "marian-test.h"

#include <string.h>

static const MarianContext english = { .language = "en" };

static MarianModel *model; /* en-pt; NULL without models */

static void
assert_translates (const char *text, const char *expected)
{
  g_autofree char *translation = marian_translate (model, text, &english, NULL, NULL);

  g_assert_cmpstr (translation, ==, expected);
}

static void
test_sentences (void)
{
  assert_translates ("Did you do the homework?", "Você fez a lição de casa?");
  /* Not two sentences at "Mr." */
  assert_translates (
      "Good morning, Mr. Smith. How are you today?", "Bom dia, Sr. Smith. Como você está hoje?");
  /* The reference truncates the translation of one word at four tokens. */
  assert_translates ("hello", "olá");
}

static void
test_layout (void)
{
  assert_translates ("- Good morning, everybody.\n- Did you do the homework? ",
      "- Bom dia, todos.\n- Você fez a lição de casa? ");
  assert_translates ("\r\nGood morning, everybody.\r\n\r\n", "\r\nBom dia, todos.\r\n\r\n");
  assert_translates ("♪ Good morning, everybody. ♪", "♪ Bom dia, todos. ♪");
}

static void
test_markup (void)
{
  assert_translates ("<i>I love this song.</i>", "<i>Eu amo essa música.</i>");
  assert_translates (
      "The <b>red</b> house is at the river.", "A casa <b>vermelha</b> está no rio.");
  assert_translates ("{\\an8}Did you do the homework?", "{\\an8}Você fez a lição de casa?");
  assert_translates ("I like <i></i> the dog.", "Eu gosto do<i></i> cão.");
}

/* Speakers in one line; characters that the model cannot read; digits that are several pieces. */
static void
test_survivors (void)
{
  assert_translates ("– Yes. – No.", "– Sim. – Não.");
  assert_translates ("I love you 😀 very much.", "Eu te amo 😀 muito.");
  assert_translates ("He said שלום to me.", "Ele disse שלום para mim.");
  assert_translates ("The numbers are 70,996, 87736, 819,274, 14, 9.32, 3:00 and 19.",
      "Os números são 70,996, 87736, 819,274, 14, 9.32, 3:00 e 19.");
}

static void
test_addresses (void)
{
  g_autofree char *translation = marian_translate (model,
      "Write to Joao.Silva+x@example.org, or see https://example.org/a_b?c=Red%20house&d=1.",
      &english, NULL, NULL);

  assert_translates ("https://example.com", "https://example.com");
  g_assert_nonnull (strstr (translation, "Joao.Silva+x@example.org"));
  g_assert_nonnull (strstr (translation, "https://example.org/a_b?c=Red%20house&d=1."));
}

static void
clear_term (gpointer term)
{
  g_free (((MarianTerm *) term)->translation);
}

/* Finds each of @data, an array of pairs of a term and its translation, once. */
static GArray *
find_pairs (const char *text, gpointer data)
{
  GArray *terms = g_array_new (FALSE, FALSE, sizeof (MarianTerm));

  g_array_set_clear_func (terms, clear_term);
  for (const char *const *pair = data; *pair != NULL; pair += 2) {
    const char *found = strstr (text, pair[0]);
    MarianTerm term = { found - text, found - text + strlen (pair[0]), g_strdup (pair[1]) };

    g_assert_nonnull (found);
    g_array_append_val (terms, term);
  }
  return terms;
}

static void
assert_terms (const char *text, const char *expected, ...)
{
  const char *pairs[9] = { NULL };
  MarianContext context = { "en", find_pairs, pairs, 0 };
  g_autofree char *translation = NULL;
  va_list arguments;

  va_start (arguments, expected);
  for (guint i = 0; (pairs[i] = va_arg (arguments, const char *)) != NULL; i++)
    g_assert_cmpuint (i + 2, <, G_N_ELEMENTS (pairs));
  va_end (arguments);
  translation = marian_translate (model, text, &context, NULL, NULL);
  g_assert_cmpstr (translation, ==, expected);
}

static void
test_terms (void)
{
  assert_terms ("The red house is in New York.", "A choupana vermelha está em Nova Iorque.",
      "house", "choupana", "New York", "Nova Iorque", NULL);
  /* Two words for three, with a word between them. */
  assert_terms ("Did you do the homework?", "Você fez a dever?", "homework", "dever", NULL);
  /* Tags stay around the term; the point of the sentence stays, that of the term is not doubled. */
  assert_terms ("The <b>red</b> house is at the river.", "A casa <b>rubra</b> está no rio.", "red",
      "rubra", NULL);
  assert_terms ("I live in New <b>York</b>.", "Eu moro em <b>Nova Iorque</b>.", "New York",
      "Nova Iorque", NULL);
  assert_terms ("I work for Google.", "Eu trabalho para Acme Inc.", "Google", "Acme Inc.", NULL);
  /* No address loses to a term beside it. */
  assert_terms ("See https://example.org/a_b and the house.",
      "Ver https://example.org/a_b e a choupana.", "house", "choupana", NULL);
}

static void
test_kept (void)
{
  g_autofree char *line = g_strnfill (100000, 'x');

  assert_translates ("", "");
  assert_translates ("   ", "   ");
  assert_translates ("1234.", "1234.");
  assert_translates ("\xf0\x9f\x99\x82\xf0\x9f\x99\x82", "\xf0\x9f\x99\x82\xf0\x9f\x99\x82");
  assert_translates ("今天天气很好。", "今天天气很好。");
  assert_translates (line, line);
}

/* Longer than the model can take at once: it is cut at a comma, and no word is lost or glued. */
static void
test_long (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *translation = NULL;
  guint n = 0;

  for (guint i = 0; i < 60; i++)
    g_string_append (text, "The house is red, ");
  g_string_append (text, "and the water is cold.");
  translation = marian_translate (model, text->str, &english, NULL, NULL);
  for (const char *c = strstr (translation, "casa"); c != NULL; c = strstr (c + 1, "casa"))
    n++;
  g_assert_cmpuint (n, >=, 50);
  g_assert_true (g_str_has_suffix (translation, "a água está fria.") ||
                 g_str_has_suffix (translation, "a água é fria."));
  g_assert_false (g_regex_match_simple ("[[:lower:],][[:upper:]]", translation, 0, 0));
}

static void
test_spans (void)
{
  g_autoptr (MarianTranslation) translation =
      marian_translate_sentence (model, "The red house.", NULL, NULL, NULL);
  gboolean found = FALSE;

  g_assert_cmpstr (translation->text, ==, "A casa vermelha.");
  for (guint i = 0; i < translation->spans->len; i++) {
    const MarianSpan *span = &g_array_index (translation->spans, MarianSpan, i);

    g_assert_cmpuint (span->target_begin, <=, span->target_end);
    g_assert_cmpuint (span->target_end, <=, strlen (translation->text));
    found |= g_str_has_prefix (translation->text + span->target_begin, " casa") &&
             g_str_has_prefix ("The red house." + span->source_begin, " house");
  }
  g_assert_true (found);
}

/* Returns: number of words of @shown that @next does not begin with */
static guint
count_erased (const char *shown, const char *next)
{
  g_auto (GStrv) old = g_strsplit (shown, " ", -1);
  g_auto (GStrv) new = g_strsplit (next, " ", -1);
  guint common = 0;

  while (old[common] != NULL && new[common] != NULL && strcmp (old[common], new[common]) == 0)
    common++;
  return *shown != '\0' ? g_strv_length (old) - common : 0;
}

/* Sentences that grow word by word: drafts take back fewer words than independent translations. */
static void
test_drafts (void)
{
  g_auto (GStrv) lines = marian_test_read_lines ("sentences.en.txt");
  guint n_draft = 0, n_independent = 0;

  for (guint i = 0; i < (habla_test_repeat (30) == 1 ? 4 : 30); i++) {
    g_autoptr (MarianDraft) draft = marian_draft_new (model);
    g_autofree char *shown = g_strdup (""), *independent = g_strdup ("");

    for (const char *end = strchr (lines[i], ' '); end != NULL; end = strchr (end + 1, ' ')) {
      g_autofree char *text = g_strndup (lines[i], end - lines[i]);
      char *next = marian_draft_translate (draft, text, &english, NULL, NULL);
      char *other = marian_translate (model, text, &english, NULL, NULL);

      n_draft += count_erased (shown, next);
      n_independent += count_erased (independent, other);
      g_free (shown);
      g_free (independent);
      shown = next;
      independent = other;
    }
  }
  g_test_message ("%u words taken back instead of %u", n_draft, n_independent);
  g_assert_cmpuint (n_draft * 10, <, n_independent * 9);
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (
      marian_translate (model, "Did you do the homework?", &english, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static gpointer
run_thread (gpointer data)
{
  for (guint i = 0; i < habla_test_repeat (20); i++)
    assert_translates ("Did you do the homework?", "Você fez a lição de casa?");
  return NULL;
}

static void
test_threads (void)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("translate", run_thread, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
run_with_model (gconstpointer test)
{
  if (!marian_test_has_models ())
    return;
  if (model == NULL)
    model = marian_test_load ("en-pt", MARIAN_ARITHMETIC_AUTO);
  ((void (*) (void)) test) ();
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*run) (void);
  } tests[] = {
    { "/marian/engine/sentences", test_sentences },
    { "/marian/engine/layout", test_layout },
    { "/marian/engine/markup", test_markup },
    { "/marian/engine/addresses", test_addresses },
    { "/marian/engine/survivors", test_survivors },
    { "/marian/engine/terms", test_terms },
    { "/marian/engine/kept", test_kept },
    { "/marian/engine/long", test_long },
    { "/marian/engine/spans", test_spans },
    { "/marian/engine/drafts", test_drafts },
    { "/marian/engine/cancelled", test_cancelled },
    { "/marian/engine/threads", test_threads },
  };
  int status;

  habla_test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_data_func (tests[i].path, tests[i].run, run_with_model);
  status = habla_test_run ();
  g_clear_pointer (&model, marian_model_unref);
  return status;
}
