/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wrong files, and text that no speech recogniser sends. */
#include "marian-test.h"

#include <string.h>

#include "tiny-model.h"

static const MarianContext english = { .language = "en" };

static MarianModel *
load (const TinyModel *tiny, MarianArithmetic arithmetic, GError **error)
{
  MarianFiles files = { tiny->model, tiny->vocabulary, NULL, tiny->shortlist };

  return marian_model_new (&files, arithmetic, error);
}

static void
test_intact (void)
{
  for (guint separate = 0; separate < 2; separate++) {
    g_autofree char *first = NULL;
    TinyModel tiny;

    tiny_model_write (habla_test_get_dir (), separate, &tiny);
    for (MarianArithmetic arithmetic = MARIAN_ARITHMETIC_AUTO;
         arithmetic <= MARIAN_ARITHMETIC_FLOAT; arithmetic++) {
      g_autoptr (GError) error = NULL;
      g_autoptr (MarianModel) model = load (&tiny, arithmetic, &error);
      g_autofree char *translation = NULL;

      g_assert_no_error (error);
      translation = marian_translate (model, "hello world", &english, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (strlen (translation), >, 0);
      if (first == NULL)
        first = g_steal_pointer (&translation);
    }
    /* The same vocabulary twice counts as two. Without a shortlist, all tokens are candidates. */
    for (MarianArithmetic arithmetic = MARIAN_ARITHMETIC_AUTO;
         arithmetic <= MARIAN_ARITHMETIC_FLOAT; arithmetic++) {
      MarianFiles files = { tiny.model, tiny.vocabulary, tiny.vocabulary, NULL };
      g_autoptr (GError) error = NULL;
      g_autoptr (MarianModel) model = marian_model_new (&files, arithmetic, &error);
      g_autofree char *translation = NULL;

      g_assert_no_error (error);
      translation = marian_translate (model, "hello world", &english, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (strlen (translation), >, 0);
    }
    tiny_model_clear (&tiny);
  }
}

static void
assert_refused (const MarianFiles *files, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MarianModel) model = marian_model_new (files, MARIAN_ARITHMETIC_AUTO, &error);

  g_assert_null (model);
  g_assert_nonnull (strstr (error->message, name));
}

static void
test_wrong_files (void)
{
  g_autofree char *missing = g_build_filename (habla_test_get_dir (), "missing", NULL);
  g_autofree char *empty = g_build_filename (habla_test_get_dir (), "empty", NULL);
  TinyModel tiny;

  tiny_model_write (habla_test_get_dir (), FALSE, &tiny);
  g_assert_true (g_file_set_contents (empty, "", 0, NULL));
  assert_refused (&(MarianFiles){ missing, tiny.vocabulary, NULL, NULL }, "missing");
  assert_refused (&(MarianFiles){ tiny.model, missing, NULL, NULL }, "missing");
  assert_refused (&(MarianFiles){ tiny.model, tiny.vocabulary, missing, NULL }, "missing");
  assert_refused (&(MarianFiles){ tiny.model, tiny.vocabulary, NULL, missing }, "missing");
  assert_refused (&(MarianFiles){ empty, tiny.vocabulary, NULL, NULL }, "empty");
  assert_refused (&(MarianFiles){ tiny.model, empty, NULL, NULL }, "empty");
  assert_refused (&(MarianFiles){ tiny.model, tiny.vocabulary, NULL, empty }, "empty");
  assert_refused (&(MarianFiles){ tiny.vocabulary, tiny.vocabulary, NULL, NULL }, "vocab.spm");
  assert_refused (&(MarianFiles){ tiny.model, tiny.model, NULL, NULL }, "model.bin");
  assert_refused (&(MarianFiles){ habla_test_get_dir (), tiny.vocabulary, NULL, NULL }, "");
  tiny_model_clear (&tiny);
}

/* Text that no speech recogniser sends. */
static void
test_text (void)
{
  static const char *const texts[] = { "", " ", "\n\n", "\r", ".", "-", "<", "<i>", "</i>",
    "<i></i>", "{\\an8}", "\xef\xbf\xbd", "\xe2\x96\x81", "</s> <unk>", "a\tb", "\x01\x02 a", "@",
    "www.", "http://", "a@b", "\xf0\x9f\x99\x82 a", "\xcc\x81\xcc\x81", "<i>a<b>b</i>c</b>", "1",
    "1 a 1,1" };
  g_autoptr (MarianModel) model = NULL;
  TinyModel tiny;

  tiny_model_write (habla_test_get_dir (), FALSE, &tiny);
  model = load (&tiny, MARIAN_ARITHMETIC_AUTO, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *translation = marian_translate (model, texts[i], &english, NULL, NULL);

    g_assert_nonnull (translation);
    g_assert_true (g_utf8_validate (translation, -1, NULL));
  }
  tiny_model_clear (&tiny);
}

static void
clear_term (gpointer term)
{
  g_free (((MarianTerm *) term)->translation);
}

/* Every word is a term. */
static GArray *
find_words (const char *text, gpointer data)
{
  GArray *terms = g_array_new (FALSE, FALSE, sizeof (MarianTerm));
  guint n = 0;

  g_array_set_clear_func (terms, clear_term);
  for (const char *c = text; *c != '\0'; c += strspn (c, " ")) {
    gsize length = strcspn (c, " ");
    MarianTerm term = { c - text, c - text + length, g_strdup_printf ("Q%uq", n++) };

    g_array_append_val (terms, term);
    c += length;
  }
  return terms;
}

/* The tiny model translates at random and attends at random: no term is lost or repeated all the
 * same, and no tag. */
static void
test_terms (void)
{
  static const char *const letters = "abcdefgh";
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autoptr (MarianModel) model = NULL;
  MarianContext context = { "en", find_words, NULL, 0 };
  TinyModel tiny;

  tiny_model_write (habla_test_get_dir (), FALSE, &tiny);
  model = load (&tiny, MARIAN_ARITHMETIC_AUTO, NULL);
  for (guint i = 0; i < 300; i++) {
    g_autoptr (GString) text = g_string_new ("<i>a</i>");
    g_autofree char *translation = NULL;
    guint n_words = g_rand_int_range (rand, 1, 12);

    for (guint j = 1; j < n_words; j++)
      g_string_append_printf (text, " %c%c", letters[g_rand_int_range (rand, 0, 8)],
          letters[g_rand_int_range (rand, 0, 8)]);
    translation = marian_translate (model, text->str, &context, NULL, NULL);
    for (guint j = 0; j < n_words; j++) {
      g_autofree char *term = g_strdup_printf ("Q%uq", j);
      const char *found = strstr (translation, term);

      if (found == NULL || strstr (found + 1, term) != NULL)
        g_error ("%s in “%s” for “%s”", term, translation, text->str);
    }
    g_assert_nonnull (strstr (translation, "<i>"));
    g_assert_nonnull (strstr (translation, "</i>"));
    g_assert_true (g_utf8_validate (translation, -1, NULL));
  }
  tiny_model_clear (&tiny);
}

/* Finds "東京", and "7". */
static GArray *
find_tokyo (const char *text, gpointer data)
{
  GArray *terms = g_array_new (FALSE, FALSE, sizeof (MarianTerm));

  g_array_set_clear_func (terms, clear_term);
  for (const char *c = text; *c != '\0'; c++) {
    gsize length = g_str_has_prefix (c, "東京") ? strlen ("東京") : *c == '7';
    MarianTerm term = { c - text, c - text + length, NULL };

    if (length == 0)
      continue;
    term.translation = g_strdup (*c == '7' ? "seven" : "Tokyo");
    g_array_append_val (terms, term);
    c += length - 1;
    g_atomic_int_inc ((gint *) data);
  }
  return terms;
}

/* Terms are replaced in text that is not translated: another script, no letters, no sentence. */
static void
test_untranslated_terms (void)
{
  g_autofree char *many = g_strnfill (9000, 'a');
  g_autofree char *before = g_strconcat (many, "東京", NULL);
  g_autofree char *after = g_strconcat (many, "Tokyo", NULL);
  const char *const pairs[][2] = { { "日本の東京", "日本のTokyo" },
    { "- <i>日本の</i> 東京\n東京日本", "- <i>日本の</i> Tokyo\nTokyo日本" },
    { "{\\an7} 日本 7", "{\\an7} 日本 seven" }, { "♪ 7 + 7 ♪", "♪ seven + seven ♪" },
    { before, after } };
  g_autoptr (MarianModel) model = NULL;
  gint n_found = 0;
  MarianContext context = { "en", find_tokyo, &n_found, 0 };
  TinyModel tiny;

  tiny_model_write (habla_test_get_dir (), FALSE, &tiny);
  model = load (&tiny, MARIAN_ARITHMETIC_AUTO, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autofree char *translation = marian_translate (model, pairs[i][0], &context, NULL, NULL);

    g_assert_cmpstr (translation, ==, pairs[i][1]);
  }
  tiny_model_clear (&tiny);
}

/* Sentences that are translated at once keep their order, and their terms. */
static void
test_threads (void)
{
  g_autoptr (MarianModel) model = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *one = NULL, *many = NULL;
  gint n_one = 0, n_many = 0;
  MarianContext context = { "en", find_tokyo, &n_one, 1 };
  TinyModel tiny;

  tiny_model_write (habla_test_get_dir (), FALSE, &tiny);
  model = load (&tiny, MARIAN_ARITHMETIC_AUTO, NULL);
  for (guint i = 0; i < 200; i++)
    g_string_append_printf (text, "Hello %c%c 7. 東京日本 %u.\n", 'a' + i % 8, 'a' + i / 8 % 8, i);
  one = marian_translate (model, text->str, &context, NULL, NULL);
  context = (MarianContext){ "en", find_tokyo, &n_many, 4 };
  many = marian_translate (model, text->str, &context, NULL, NULL);
  g_assert_cmpstr (many, ==, one);
  g_assert_cmpint (n_many, ==, n_one);
  g_cancellable_cancel (cancellable);
  g_assert_null (marian_translate (model, text->str, &context, cancellable, NULL));
  tiny_model_clear (&tiny);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);

  g_test_add_func ("/marian/hostile/intact", test_intact);
  g_test_add_func ("/marian/hostile/wrong-files", test_wrong_files);
  g_test_add_func ("/marian/hostile/text", test_text);
  g_test_add_func ("/marian/hostile/terms", test_terms);
  g_test_add_func ("/marian/hostile/untranslated-terms", test_untranslated_terms);
  g_test_add_func ("/marian/hostile/threads", test_threads);

  return habla_test_run ();
}
