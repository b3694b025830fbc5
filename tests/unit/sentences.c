/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <string.h>
#include <subtitle/sentences.h>

#define SECOND G_GUINT64_CONSTANT (1000000000)

static void
add_cue (GPtrArray *cues, double begin, double end, const char *text)
{
  g_ptr_array_add (
      cues, habla_cue_new ((guint64) (begin * SECOND), (guint64) (end * SECOND), text, "srt"));
}

/* @texts: (array zero-terminated=1): of cues of two seconds without gaps */
static GPtrArray *
make_cues (const char *const *texts)
{
  GPtrArray *cues = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_cue_free);

  for (guint i = 0; texts[i] != NULL; i++)
    add_cue (cues, i * 2, i * 2 + 2, texts[i]);
  return cues;
}

/* @cues: (transfer full). @expected: the texts of the groups */
static void
assert_groups_of (GPtrArray *cues, const char *const *expected)
{
  g_autoptr (GPtrArray) groups = habla_subtitle_sentences_group (cues);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) texts = NULL;

  for (guint i = 0; i < groups->len; i++) {
    g_autofree char *text = habla_subtitle_sentences_join (groups->pdata[i]);

    g_strv_builder_add (builder, text);
  }
  texts = g_strv_builder_end (builder);
  g_assert_cmpstrv (texts, (char **) expected);
}

static void
assert_groups (const char *const *texts, const char *const *expected)
{
  assert_groups_of (make_cues (texts), expected);
}

static void
test_punctuation (void)
{
  assert_groups (
      (const char *const[]){ "When we came home,", "the door was open", "and the lights were on.",
          "“Who is there?”", "he asked.", "No answer.", "Then I saw Mr.", "Brown (he was\nasleep).",
          "It was 1999...", "...or so.", "Wait—", "No!", "You and I.", "We know", "Paris well.",
          "CHAPTER TWO", "The house stood", "on a hill.", NULL },
      (const char *const[]){ "When we came home, the door was open and the lights were on.",
          "“Who is there?” he asked.", "No answer.", "Then I saw Mr. Brown (he was asleep).",
          "It was 1999... ...or so.", "Wait—", "No!", "You and I.", "We know Paris well.",
          "CHAPTER TWO", "The house stood on a hill.", NULL });
  assert_groups ((const char *const[]){ "Cuando llegamos,", "¿estaba abierta", "la puerta?",
                     "El Sr.", "Pérez dormía.", "Sí.", NULL },
      (const char *const[]){
          "Cuando llegamos, ¿estaba abierta la puerta?", "El Sr. Pérez dormía.", "Sí.", NULL });
}

/* A line of another voice stays a line. */
static void
test_voices (void)
{
  g_autoptr (GPtrArray) cues = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_cue_free);
  const struct {
    const char *text;
    const char *markup;
  } files[] = {
    { "We saw that", "<v Bob>We saw that" },
    { "the house\nthe dog", "<v Bob>the house</v>\n<v.loud Mary>the dog</v>" },
    { "was here,\ntoo.", "<v Bob>was <vb>here</vb>,\n<i>too</i>." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    HablaCue *cue = habla_cue_new (i * SECOND, (i + 1) * SECOND, files[i].text, "vtt");

    cue->markup = g_strdup (files[i].markup);
    g_ptr_array_add (cues, cue);
  }
  assert_groups_of (g_steal_pointer (&cues),
      (const char *const[]){ "We saw that", "the house\nthe dog", "was here, too.", NULL });
}

/* What different people say, songs, and descriptions of sounds are not parts of a sentence. */
static void
test_alone (void)
{
  assert_groups ((const char *const[]){ "I think", "- Are you there?\n- Yes, I", "am here.",
                     "♪ In the merry\nmonth of May ♪", "♪ when roses bloom ♪", "[door closes]",
                     "and", "(sighs)", "[whispers]\nnot now", " ", NULL },
      (const char *const[]){ "I think", "- Are you there?\n- Yes, I", "am here.",
          "♪ In the merry\nmonth of May ♪", "♪ when roses bloom ♪", "[door closes]", "and",
          "(sighs)", "[whispers]\nnot now", "", NULL });
}

/* Scripts without capitals, with and without punctuation; files without punctuation. */
static void
test_scripts (void)
{
  assert_groups (
      (const char *const[]){ "我们昨天去了", "北京，", "今天回来了。", "你好吗？", NULL },
      (const char *const[]){ "我们昨天去了北京，今天回来了。", "你好吗？", NULL });
  assert_groups ((const char *const[]){ "我们昨天去了北京", "今天回来了", "你好吗", "好", NULL },
      (const char *const[]){ "我们昨天去了北京", "今天回来了", "你好吗", "好", NULL });
  assert_groups ((const char *const[]){ "वह कल", "दिल्ली गया।", "هل أنت", "هنا؟", NULL },
      (const char *const[]){ "वह कल दिल्ली गया।", "هل أنت هنا؟", NULL });
  assert_groups ((const char *const[]){ "so we went", "to the river", "and then", "Anna came",
                     "with us", NULL },
      (const char *const[]){ "so we went to the river and then", "Anna came with us", NULL });
}

static void
test_bounds (void)
{
  GPtrArray *many = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_cue_free);
  GPtrArray *apart = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_cue_free);
  GPtrArray *speakers = make_cues ((const char *const[]){ "one", "two", "three.", NULL });
  g_autoptr (GPtrArray) groups = NULL;
  guint n = 0;

  add_cue (apart, 0, 1, "one");
  add_cue (apart, 2.9, 4, "two");
  add_cue (apart, 6.5, 7, "three");
  add_cue (apart, 6.7, 8, "four");
  add_cue (apart, 3, 9, "five.");
  assert_groups_of (apart, (const char *const[]){ "one two", "three", "four", "five.", NULL });
  ((HablaCue *) speakers->pdata[1])->speaker = g_strdup ("Ann");
  ((HablaCue *) speakers->pdata[2])->speaker = g_strdup ("Ann");
  assert_groups_of (speakers, (const char *const[]){ "one", "two three.", NULL });
  for (guint i = 0; i < 1000; i++)
    add_cue (many, i, i + 1, i % 7 == 3 ? "the same," : "the same that does not end");
  add_cue (many, 1000, 1060, "end.");
  groups = habla_subtitle_sentences_group (many);
  for (guint i = 0; i < groups->len; i++) {
    GPtrArray *group = groups->pdata[i];

    n += group->len;
    g_assert_cmpuint (group->len, >=, 1);
    g_assert_cmpuint (group->len, <=, HABLA_SUBTITLE_GROUP_CUES);
  }
  g_assert_cmpuint (n, ==, 1001);
  g_assert_cmpuint (((GPtrArray *) groups->pdata[0])->len, ==, 4);
}

static void
assert_split (const char *text, const char *const *parts, const char *const *expected)
{
  g_auto (GStrv) split = habla_subtitle_sentences_split (text, parts);

  g_assert_cmpstrv (split, (char **) expected);
}

static void
test_split (void)
{
  assert_split ("Cuando llegamos a casa, la puerta estaba abierta y las luces estaban encendidas.",
      (const char *const[]){
          "When we came home,", "the door was open", "and the lights were on.", NULL },
      (const char *const[]){ "Cuando llegamos a casa,", "la puerta estaba abierta",
          "y las luces estaban encendidas.", NULL });
  /* Sentences are matched although the second is much longer than its original. */
  assert_split ("Voy. Pero antes tengo que cerrar todas las ventanas de la casa.",
      (const char *const[]){ "I am just about to go. But", "first the windows.", NULL },
      (const char *const[]){
          "Voy. Pero antes", "tengo que cerrar todas las ventanas de la casa.", NULL });
  assert_split ("No lo sé.", (const char *const[]){ "I do not", "know", "that.", NULL },
      (const char *const[]){ "No", "lo", "sé.", NULL });
  assert_split ("Sí, claro", (const char *const[]){ "Yes,", "of", "course", NULL },
      (const char *const[]){ "Sí,", "Sí,", "claro", NULL });
  assert_split ("我们昨天去了北京，今天回来了。",
      (const char *const[]){ "We went to Beijing yesterday,", "and came back today.", NULL },
      (const char *const[]){ "我们昨天去了北京，", "今天回来了。", NULL });
  assert_split (" - Sí.\n- No. ", (const char *const[]){ "- Yes.\n- No.", NULL },
      (const char *const[]){ "- Sí.\n- No.", NULL });
  assert_split (" \n", (const char *const[]){ "Yes,", "no", NULL },
      (const char *const[]){ "Yes,", "no", NULL });
  assert_split ("Uno dos tres cuatro", (const char *const[]){ "", " ", "", NULL },
      (const char *const[]){ "Uno dos", "tres", "cuatro", NULL });
}

/* Random texts: no word is lost, and no part is empty. */
static void
test_split_random (void)
{
  static const char *const words[] = { "de", "la", "casa,", "¿Qué?", "perro", "que", "Sr.",
    "incomprensible.", "y", "mañana…", "北京", "3.14" };

  for (guint i = 0; i < 2000; i++) {
    guint n_words = g_test_rand_int_range (1, 40), n_parts = g_test_rand_int_range (1, 8);
    g_autoptr (GString) text = g_string_new (NULL);
    g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();
    g_auto (GStrv) originals = NULL, split = NULL;
    g_autofree char *joined = NULL;

    for (guint j = 0; j < n_words; j++)
      g_string_append_printf (text, "%s%s", j > 0 ? " " : "",
          words[g_test_rand_int_range (0, G_N_ELEMENTS (words) - (j == 0))]);
    for (guint j = 0; j < n_parts; j++)
      g_strv_builder_add (parts, words[g_test_rand_int_range (0, G_N_ELEMENTS (words))]);
    originals = g_strv_builder_end (parts);
    split = habla_subtitle_sentences_split (text->str, (const char *const *) originals);
    g_assert_cmpuint (g_strv_length (split), ==, n_parts);
    for (guint j = 0; j < n_parts; j++)
      g_assert_cmpuint (strlen (split[j]), >, 0);
    joined = g_strjoinv (" ", split);
    if (n_words >= n_parts && strstr (text->str, "北") == NULL)
      g_assert_cmpstr (joined, ==, text->str);
  }
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/sentences/punctuation", test_punctuation);
  g_test_add_func ("/sentences/alone", test_alone);
  g_test_add_func ("/sentences/voices", test_voices);
  g_test_add_func ("/sentences/scripts", test_scripts);
  g_test_add_func ("/sentences/bounds", test_bounds);
  g_test_add_func ("/sentences/split", test_split);
  g_test_add_func ("/sentences/split-random", test_split_random);
  return habla_test_run ();
}
