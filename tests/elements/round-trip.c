/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sherpasynthesizer speaks sentences, and sherpatranscriber recognises them: at least 90 % of the
 * words come back. $HABLA_TEST_SENTENCES is the number of sentences. */
#include "habla-test.h"
#include "speech.h"

#include <string.h>

#define VOICE "piper-en_US-joe-medium"
#define MODEL "whisper-tiny.en"
#define DEFAULT_SENTENCES 8
#define MIN_SHARE 0.9
/* From the begin of a sentence to that of the next one. */
#define INTERVAL (6 * GST_SECOND)

#define PIPELINE \
  "appsrc name=source format=time caps=\"text/x-raw, format=utf8\" ! " \
  "sherpasynthesizer language-code=en ! audioconvert ! audioresample ! " \
  "sherpatranscriber language-code=en partials=false ! " \
  "fakesink name=sink sync=false signal-handoffs=true"

static const char *const sentences[] = {
  "Good morning, and welcome to the first lesson of this year.",
  "Please open your books and read the story about the old man and the sea.",
  "My brother works in a small shop near the railway station.",
  "We should leave now, because the train will not wait for us.",
  "The children are playing in the garden behind the house.",
  "She bought some bread, a little cheese and a bottle of milk.",
  "Could you tell me where the nearest hospital is?",
  "The weather was cold, but the sun was shining all day.",
  "I have never seen such a beautiful picture before.",
  "He wrote a long letter to his mother every week.",
  "The teacher explained the question again, and this time everybody understood.",
  "There is a glass of water on the kitchen table.",
  "They decided to travel by ship instead of taking the plane.",
  "Do you remember what happened last summer?",
  "The doctor said that he must rest for several days.",
  "A large dog was sleeping in front of the door.",
  "If it rains tomorrow, we will stay at home and play games.",
  "The window was open, and we could hear music from the street.",
  "It is important to drink enough water when it is hot.",
  "Her father is a farmer who lives in the mountains.",
  "Nobody knew the answer to the last question.",
  "The new bridge over the river will be finished in the spring.",
  "Learning a language takes time, but it is a lot of fun.",
  "You can borrow my bicycle if you bring it back tonight.",
  "The museum opens early in the morning and closes in the evening.",
  "My grandmother always told us stories before we went to sleep.",
  "The government announced a plan to build more schools.",
  "Put the plates on the table, please, dinner is almost ready.",
  "We walked through the forest until we reached the lake.",
  "This machine can help people who cannot hear very well.",
  "The price of food has gone up again this month.",
  "I am sorry that I could not come to your party.",
  "The students asked many questions after the speech.",
  "Every country has its own customs and traditions.",
  "The cat jumped on the chair and looked out of the window.",
  "He opened the box carefully and found a golden ring.",
  "We are looking for a quiet place where we can talk.",
  "The road to the village was closed because of the snow.",
  "She speaks slowly and clearly so that everyone can understand her.",
  "The moon was bright, and the stars were shining over the desert.",
  "Can I pay with a card, or do you only take cash?",
  "The company is looking for people with experience.",
  "The birds began to sing as soon as the sun came up.",
  "His idea was simple, but it changed the world.",
  "We need more chairs, because more people than expected are coming.",
  "The library has a great number of books about history.",
  "Be careful, the floor is wet and very slippery.",
  "The farmer sold his horses and bought a tractor.",
  "Our neighbours invited us for coffee and cake on Sunday.",
  "Thank you for listening, and see you again next week.",
};

static void
on_text (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  g_string_append_len (data, (const char *) map.data, map.size);
  g_string_append_c (data, ' ');
  gst_buffer_unmap (buffer, &map);
}

static void
push (GstElement *source, const char *text, guint i)
{
  GstBuffer *buffer = gst_buffer_new_memdup (text, strlen (text));
  GstFlowReturn flow;

  GST_BUFFER_PTS (buffer) = i * INTERVAL;
  GST_BUFFER_DURATION (buffer) = INTERVAL / 2;
  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  g_assert_cmpint (flow, ==, GST_FLOW_OK);
  gst_buffer_unref (buffer);
}

/* Returns: (transfer full): the recognised text of the first @n sentences */
static char *
speak_and_recognise (guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (PIPELINE, &error);
  g_autoptr (GstElement) source = NULL, sink = NULL;
  GString *text = g_string_new (NULL);
  GstFlowReturn flow;

  g_assert_no_error (error);
  gst_object_ref_sink (pipeline);
  source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_signal_connect (sink, "handoff", G_CALLBACK (on_text), text);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < n; i++)
    push (source, sentences[i], i);
  g_signal_emit_by_name (source, "end-of-stream", &flow);
  gst_message_unref (habla_test_wait_for_message (pipeline, GST_MESSAGE_EOS, 240 + n * 10));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return g_string_free (text, FALSE);
}

/* Returns: (transfer full): @text in lower case, without punctuation */
static char *
get_words (const char *text)
{
  char *words = g_utf8_strdown (text, -1);

  for (char *p = words; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '\'')
      *p = ' ';
  return words;
}

static void
test_words (void)
{
  const char *number = g_getenv ("HABLA_TEST_SENTENCES");
  guint n = number != NULL ? g_ascii_strtoull (number, NULL, 10) : DEFAULT_SENTENCES;
  g_autoptr (GString) all = g_string_new (NULL);
  g_autofree char *recognised = NULL, *reference = NULL, *words = NULL;
  guint n_words, n_errors;

  n = MIN (n, G_N_ELEMENTS (sentences));
  for (guint i = 0; i < n; i++)
    g_string_append_printf (all, "%s ", sentences[i]);
  recognised = speak_and_recognise (n);
  reference = get_words (all->str);
  words = get_words (recognised);
  n_words = speech_count_words (reference);
  n_errors = speech_count_errors (reference, words);
  g_test_message ("%u of %u words wrong: %s", n_errors, n_words, recognised);
  g_assert_cmpfloat (1 - n_errors / (double) n_words, >=, MIN_SHARE);
}

static void
skip (void)
{
  g_test_skip ("No models: set the build option models_dir, see scripts/models");
}

int
main (int argc, char *argv[])
{
  g_autofree char *voice = NULL, *model = NULL;

  habla_test_init (&argc, &argv);
  voice = habla_test_use_models (VOICE);
  model = habla_test_use_models (MODEL);
  g_test_add_func ("/round-trip/words", voice != NULL && model != NULL ? test_words : skip);
  return habla_test_run ();
}
