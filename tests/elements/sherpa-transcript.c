/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests how plugins/sherpa reads texts of recognisers. */
#include "habla-test.h"

#include <agreement.h>
#include <habla/habla.h>
#include <math.h>
#include <string.h>
#include <transcript.h>

static void
test_clean (void)
{
  static const char *const cases[][2] = {
    { " Hello, world. ", "Hello, world." },
    { "[BLANK_AUDIO]", NULL },
    { " [ Silence ]", NULL },
    { "(music)", NULL },
    { "♪♪", NULL },
    { "♪ la la ♪", "la la" },
    { "*sighs* Well, then.", "Well, then." },
    { "<|en|><|Speech|>Good morning.", "Good morning." },
    { "...", NULL },
    { "", NULL },
    { "It is [sic] so (as I said).", "It is so ." },
    { "Two * three is (", "Two * three is (" },
    { "No, no, no, no!", "No, no, no, no!" },
    { "so so so so so so so so", "so" },
    { "Thank you. Thank you. Thank you. Thank you. Good.", "Thank you. Good." },
    { "old-s-y-y-y-y-y-", "old-s-y" },
    { "Call 1000000000 now", "Call 1000000000 now" },
    { "a\xff", "a\xef\xbf\xbd" },
    { "¿Dónde está el señor Muñoz?", "¿Dónde está el señor Muñoz?" },
    { "哈哈哈", "哈哈哈" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = habla_transcript_clean (cases[i][0]);

    g_assert_cmpstr (text, ==, cases[i][1]);
  }
}

static void
test_repetitive (void)
{
  g_assert_true (habla_transcript_is_repetitive ("He was not an old-s-y-y-y-y-"));
  g_assert_true (habla_transcript_is_repetitive ("the end of the end of the end of the end of"));
  g_assert_true (habla_transcript_is_repetitive ("aaaaaaaaaaaaaaaa"));
  g_assert_false (habla_transcript_is_repetitive ("No, no, no, no! I will not."));
  g_assert_false (habla_transcript_is_repetitive ("again and again and again, he said"));
  g_assert_false (habla_transcript_is_repetitive ("Mississippi 0000000000"));
  g_assert_false (habla_transcript_is_repetitive (""));
}

static void
test_agreed (void)
{
  static const char *const cases[][3] = {
    { NULL, "He was", "" },
    { "he was", "He was not", "He was" },
    { "He was not an...", "He was not an old man.", "He was not an" },
    { "He is", "She is", "" },
    { "He was not.", "He was", "He was" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *agreed = habla_transcript_get_agreed (cases[i][0], cases[i][1]);

    g_assert_cmpstr (agreed, ==, cases[i][2]);
  }
}

/* Each row: hypotheses of one utterance, and the agreed text after the last of them. */
static void
test_agreement (void)
{
  static const struct {
    const char *hypotheses[12];
    const char *text;
  } cases[] = {
    { { "He was not", "he was not", NULL }, "" },
    { { "He was not", "he was not an", "He was not an old.", NULL }, "He was" },
    { { "He was", "He, was an", "He was - an old man.", NULL }, "He" },
    /* The last word of the first one was cut off. */
    { { "How", "Had he", "Had he been", "Had he been made", NULL }, "Had" },
    /* Another first word, once. */
    { { "And he was", "He was not", "He was not an", "He was not an old", "He was not an", NULL },
        "" },
    { { "He was a man", "He was not", "He was not an", "He was not an old", NULL }, "He was" },
    /* Words are not taken back. */
    { { "He was it", "He was it", "he was it", "She was it", NULL }, "he was" },
    { { "He was it", "He was it", "He was it", "", NULL }, "He was" },
    { { "And so we", "And so we", "And so we", "So we are it", "So we are it", "So we are it",
          "So we are it", "So we are it", "So we are it", "So we are it", NULL },
        "And so" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HablaAgreement) agreement = habla_agreement_new ();

    habla_agreement_add (agreement, "Another utterance");
    habla_agreement_reset (agreement);
    for (guint k = 0; cases[i].hypotheses[k] != NULL; k++)
      habla_agreement_add (agreement, cases[i].hypotheses[k]);
    g_assert_cmpstr (habla_agreement_get_text (agreement), ==, cases[i].text);
  }
}

static void
test_agreement_bounds (void)
{
  g_autoptr (HablaAgreement) agreement = habla_agreement_new ();
  g_autoptr (GString) text = g_string_new ("word");

  for (guint i = 0; i < 500; i++) {
    habla_agreement_add (agreement, text->str);
    g_string_append (text, " word");
  }
  /* The last word does not count, and two further hypotheses must have it. */
  g_assert_cmpuint (strlen (habla_agreement_get_text (agreement)), ==, 497 * strlen ("word ") - 1);
}

static void
test_drop_last (void)
{
  g_autofree char *two = habla_transcript_drop_last ("He was");
  g_autofree char *one = habla_transcript_drop_last ("He");

  g_assert_cmpstr (two, ==, "He");
  g_assert_cmpstr (one, ==, "He");
}

static void
test_language (void)
{
  g_autofree char *plain = habla_transcript_get_language ("en");
  g_autofree char *tag = habla_transcript_get_language ("<|yue|>");
  g_autofree char *none = habla_transcript_get_language ("");

  g_assert_cmpstr (plain, ==, "en");
  g_assert_cmpstr (tag, ==, "yue");
  g_assert_null (none);
}

static void
expect_word (
    const HablaTranscription *transcription, guint i, const char *text, guint64 begin, guint64 end)
{
  const HablaWord *word;

  g_assert_cmpuint (i, <, transcription->words->len);
  word = transcription->words->pdata[i];
  g_assert_cmpstr (word->text, ==, text);
  g_assert_cmpuint (word->begin, ==, begin);
  g_assert_cmpuint (word->end, ==, end);
}

static void
test_words (void)
{
  static const char *const texts[] = { " Good", " mor", "ning", "." };
  static const float times[] = { 0.5f, 1, 1.25f, 1.5f };
  static const float durations[] = { 0.25f, 0.25f, 0.25f, 0.125f };
  static const float hostile[] = { NAN, -3, 1e30f, INFINITY };
  g_auto (HablaTranscription) plain = HABLA_TRANSCRIPTION_INIT;
  g_auto (HablaTranscription) exact = HABLA_TRANSCRIPTION_INIT;
  g_auto (HablaTranscription) wrong = HABLA_TRANSCRIPTION_INIT;
  HablaTokens tokens = { .texts = texts, .n_tokens = G_N_ELEMENTS (texts) };

  habla_transcript_add_words (&tokens, 0, 40000, &plain);
  g_assert_null (plain.words);
  tokens.times = times;
  habla_transcript_add_words (&tokens, 1000, 40000, &plain);
  g_assert_cmpuint (plain.words->len, ==, 2);
  expect_word (&plain, 0, "Good", 9000, 17000);
  expect_word (&plain, 1, "morning.", 17000, 40000);
  tokens.durations = durations;
  habla_transcript_add_words (&tokens, 1000, 40000, &exact);
  expect_word (&exact, 0, "Good", 9000, 13000);
  expect_word (&exact, 1, "morning.", 17000, 27000);
  tokens.times = hostile;
  tokens.durations = hostile;
  habla_transcript_add_words (&tokens, 1000, 40000, &wrong);
  g_assert_cmpuint (wrong.words->len, ==, 2);
}

static void
test_confidence (void)
{
  static const float log_probs[] = { -0.5f, -1.5f };
  static const float hostile[] = { NAN, -1 };
  HablaTokens tokens = { .n_tokens = 2 };

  g_assert_cmpfloat (habla_transcript_get_confidence (&tokens), ==, HABLA_CONFIDENCE_UNKNOWN);
  tokens.log_probs = log_probs;
  g_assert_cmpfloat_with_epsilon (habla_transcript_get_confidence (&tokens), exp (-1), 1e-6);
  tokens.log_probs = hostile;
  g_assert_cmpfloat (habla_transcript_get_confidence (&tokens), ==, HABLA_CONFIDENCE_UNKNOWN);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/sherpa-transcript/clean", test_clean);
  g_test_add_func ("/sherpa-transcript/repetitive", test_repetitive);
  g_test_add_func ("/sherpa-transcript/agreed", test_agreed);
  g_test_add_func ("/sherpa-transcript/agreement", test_agreement);
  g_test_add_func ("/sherpa-transcript/agreement-bounds", test_agreement_bounds);
  g_test_add_func ("/sherpa-transcript/drop-last", test_drop_last);
  g_test_add_func ("/sherpa-transcript/language", test_language);
  g_test_add_func ("/sherpa-transcript/words", test_words);
  g_test_add_func ("/sherpa-transcript/confidence", test_confidence);
  return habla_test_run ();
}
