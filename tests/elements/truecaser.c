/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests the capitals that pocketsphinxtranscriber adds, and what Apertium makes of them. */
#include "habla-test.h"

#include <habla/habla.h>
#include <truecaser.h>

static void
test_texts (void)
{
  static const struct {
    const char *text;
    const char *expected;
  } texts[] = {
    { "i'm sorry i did not understand your response",
        "I'm sorry I did not understand your response" },
    { "i've said i'll go if i'd know", "I've said I'll go if I'd know" },
    { "is he in the alibi i'm in", "is he in the alibi I'm in" },
    { "see you on monday or on wednesdays", "see you on Monday or on Wednesdays" },
    { "monday's lesson is in december", "Monday's lesson is in December" },
    { "the americans speak english and the germans german",
        "the Americans speak English and the Germans German" },
    { "from new zealand to the united states of america",
        "from New Zealand to the United States of America" },
    { "south korea's king and the south of korea", "South Korea's king and the south of Korea" },
    { "the u.s. and the uk", "the U.S. and the UK" },
    /* Months that are also verbs. */
    { "i may go in may", "I may go in May" },
    { "may i come on may first", "may I come on May first" },
    { "what you see in may be wrong", "what you see in may be wrong" },
    { "they march on march third", "they march on March third" },
    { "march twenty first", "March twenty first" },
    { "you may first march to town", "you may first march to town" },
    { "until may and not before march", "until May and not before March" },
    /* Other names that are also common words. */
    { "polish the table in polish", "polish the table in Polish" },
    { "she is polish he is going to polish the floor",
        "she is Polish he is going to polish the floor" },
    { "a polish woman eats turkey in turkey", "a Polish woman eats turkey in Turkey" },
    { "in turkey sandwiches", "in turkey sandwiches" },
    /* Others stay as they are. */
    { "the men are even so a mail in the us", "the men are even so a mail in the us" },
    { "", "" },
    { "  i  ", "  I  " },
    { "i", "I" },
    { "'", "'" },
    { "may", "may" },
    { "new", "new" },
    { "united arab", "united Arab" },
    { "a café in spain", "a café in Spain" },
    /* A dictionary with capitals. */
    { "The iPhone and i", "The iPhone and i" },
    { "I LIVE IN SPAIN", "I LIVE IN SPAIN" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *text = habla_truecaser_apply (texts[i].text);
    g_autofree char *again = habla_truecaser_apply (text);

    g_assert_cmpstr (text, ==, texts[i].expected);
    g_assert_cmpstr (again, ==, text);
  }
}

/* Only the case of letters changes, so that as many words are wrong as before. */
static void
test_letters (void)
{
  g_autofree char *contents = NULL;
  guint n_lines = 0, n_changed = 0;

  if (!g_file_get_contents (
          "/usr/share/pocketsphinx/model/en-us/cmudict-en-us.dict", &contents, NULL, NULL)) {
    g_test_skip ("pocketsphinx-en-us is not installed");
    return;
  }
  /* With a sanitizer, g_strsplit() would read the rest of the dictionary for each line. */
  for (const char *line = contents; *line != '\0'; line += strcspn (line, "\n") + 1) {
    g_autofree char *word = g_strndup (line, strcspn (line, " (\n"));
    g_autofree char *text = habla_truecaser_apply (word);

    g_assert_cmpint (g_ascii_strcasecmp (text, word), ==, 0);
    n_changed += !g_str_equal (text, word);
    n_lines++;
  }
  g_test_message ("%u of the dictionary's %u lines get a capital", n_changed, n_lines);
  g_assert_cmpuint (n_changed, >=, 600);
  g_assert_cmpuint (n_changed, <=, 1500);
}

/* Returns: (transfer full): what Apertium writes for @text with its capitals */
static char *
translate (GstHarness *h, const char *text)
{
  g_autofree char *cased = habla_truecaser_apply (text);
  g_autoptr (GstBuffer) translated = NULL;
  GstMapInfo map;
  char *result;

  g_assert_cmpint (
      gst_harness_push (h, gst_buffer_new_memdup (cased, strlen (cased))), ==, GST_FLOW_OK);
  translated = gst_harness_pull (h);
  g_assert_nonnull (translated);
  g_assert_true (gst_buffer_map (translated, &map, GST_MAP_READ));
  result = g_strndup ((char *) map.data, map.size);
  gst_buffer_unmap (translated, &map);
  return result;
}

static void
test_apertium (void)
{
  static const char *const texts[][2] = {
    { "i think that i can do it", "Creo que que lo puedo hacer" },
    { "i speak english and i live in spain", "Hablo inglés y vivo en España" },
    { "we meet on monday in may", "Cumplimos el lunes en mayo" },
  };
  g_autoptr (GstElementFactory) factory = gst_element_factory_find ("apertiumtranslator");
  GstHarness *h;

  if (factory == NULL) {
    g_test_skip ("Apertium is not installed");
    return;
  }
  h = gst_harness_new_parse ("apertiumtranslator input-language-code=en output-language-code=es");
  gst_harness_set_src_caps_str (h, HABLA_TEXT_CAPS);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *translated = translate (h, texts[i][0]);

    g_assert_cmpstr (translated, ==, texts[i][1]);
  }
  gst_harness_teardown (h);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/truecaser/texts", test_texts);
  g_test_add_func ("/truecaser/letters", test_letters);
  g_test_add_func ("/truecaser/apertium", test_apertium);
  return habla_test_run ();
}
