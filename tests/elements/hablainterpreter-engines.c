/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests which engines hablainterpreter chooses, with real elements that this test registers. */
#include "habla-test.h"
#include "test-engine.h"

#include <string.h>

#define SECONDS 60

static const char *const neural[] = { "qaa", NULL };
static const char *const classic[] = { "qaa", "qab", NULL };
static const char *const neural_pairs[] = { "qaa>en", "en>qaa", NULL };
static const char *const classic_pairs[] = { "en>qaa", "en>qab", NULL };

static const TestEngine engines[] = {
  { "aclassictranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_SECONDARY, classic },
  { "neuraltranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_PRIMARY, neural },
  { "aclassictranslator", HABLA_ENGINE_TRANSLATOR, GST_RANK_SECONDARY, classic_pairs },
  { "neuraltranslator", HABLA_ENGINE_TRANSLATOR, GST_RANK_PRIMARY, neural_pairs },
  { "aclassicsynthesizer", HABLA_ENGINE_SYNTHESIZER, GST_RANK_SECONDARY, classic },
  { "neuralsynthesizer", HABLA_ENGINE_SYNTHESIZER, GST_RANK_PRIMARY, neural },
};

/* Returns: whether @bin contains an element of the factory @name */
static gboolean
contains (GstElement *bin, const char *name)
{
  g_autoptr (GstIterator) iterator = gst_bin_iterate_recurse (GST_BIN (bin));
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean found = FALSE;

  while (gst_iterator_next (iterator, &value) == GST_ITERATOR_OK) {
    GstElementFactory *factory = gst_element_get_factory (g_value_get_object (&value));

    found |= factory != NULL && g_str_equal (GST_OBJECT_NAME (factory), name);
    g_value_reset (&value);
  }
  return found;
}

/* Returns: (transfer full): the text of the next caption of @sink */
static char *
pull_text (GstElement *pipeline, const char *sink)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), sink);
  g_autoptr (GstSample) sample = NULL;
  g_autoptr (HablaUtterance) utterance = NULL;
  guint64 last_id = 0;

  g_signal_emit_by_name (element, "try-pull-sample", (guint64) SECONDS * GST_SECOND, &sample);
  g_assert_nonnull (sample);
  utterance = habla_utterance_from_buffer (
      gst_sample_get_buffer (sample), gst_sample_get_segment (sample), &last_id);
  return g_strdup (utterance->text);
}

static void
push_text (GstElement *pipeline, const char *text)
{
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "typed");
  g_autoptr (HablaUtterance) utterance = habla_utterance_new (0, text, "en");
  g_autoptr (GstBuffer) buffer = NULL;
  GstSegment segment;
  GstFlowReturn flow;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  buffer = habla_utterance_to_buffer (utterance, &segment);
  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  g_assert_cmpint (flow, ==, GST_FLOW_OK);
}

#define TYPED \
  "appsrc name=typed format=time caps=\"" HABLA_TEXT_CAPS "\" ! i.text " \
  "hablainterpreter name=i input-language-code=en %s " \
  "i.captions_qaa ! appsink name=qaa async=false sync=false " \
  "i.captions_qab ! appsink name=qab async=false sync=false"

typedef struct {
  const char *properties;
  const char *qaa, *qab; /* text of the captions */
} Translators;

/* Each pair of languages gets the best translator for it, unless one is configured. */
static void
test_translators (gconstpointer data)
{
  const Translators *expected = data;
  g_autofree char *line = g_strdup_printf (TYPED, expected->properties);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);
  g_autofree char *qaa = NULL;
  g_autofree char *qab = NULL;

  g_assert_no_error (error);
  gst_object_ref_sink (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  push_text (pipeline, "Hello");
  qaa = pull_text (pipeline, "qaa");
  qab = pull_text (pipeline, "qab");
  g_assert_cmpstr (qaa, ==, expected->qaa);
  g_assert_cmpstr (qab, ==, expected->qab);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static GstElement *
create_spoken (const char *language)
{
  g_autofree char *line =
      g_strdup_printf ("audiotestsrc is-live=true ! hablainterpreter name=i input-language-code=%s "
                       "i.captions_%s ! fakesink async=false i.speech_%s ! fakesink async=false",
          language, language, language);
  GstElement *pipeline = gst_parse_launch (line, NULL);

  return gst_object_ref_sink (pipeline);
}

/* Each language gets the best transcriber and synthesizer that have it. */
static void
test_languages (void)
{
  static const char *const languages[] = { "qaa", "qab" };

  for (guint i = 0; i < G_N_ELEMENTS (languages); i++) {
    g_autoptr (GstElement) pipeline = create_spoken (languages[i]);

    g_assert_cmpint (
        gst_element_set_state (pipeline, GST_STATE_PAUSED), !=, GST_STATE_CHANGE_FAILURE);
    g_assert_cmpint (contains (pipeline, "neuraltranscriber"), ==, i == 0);
    g_assert_cmpint (contains (pipeline, "aclassictranscriber"), ==, i == 1);
    g_assert_cmpint (contains (pipeline, "neuralsynthesizer"), ==, i == 0);
    g_assert_cmpint (contains (pipeline, "aclassicsynthesizer"), ==, i == 1);
    gst_element_set_state (pipeline, GST_STATE_NULL);
    /* The choice is made again at the next start. */
    g_assert_false (contains (pipeline, "neuraltranscriber"));
  }
}

/* A language that no engine has is an error that says what to do. */
static void
test_missing (void)
{
  g_autoptr (GstElement) pipeline = create_spoken ("qac");
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (
      gst_element_set_state (pipeline, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
  message = habla_test_wait_for_message (pipeline, GST_MESSAGE_ERROR, SECONDS);
  gst_message_parse_error (message, &error, NULL);
  g_assert_nonnull (strstr (error->message, "“qac” cannot be heard here"));
  g_assert_nonnull (strstr (error->message, "habla setup qac"));
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

int
main (int argc, char *argv[])
{
  static const Translators best = { "", "neuraltranslator: Hello", "aclassictranslator: Hello" };
  static const Translators configured = { "translator=aclassictranslator",
    "aclassictranslator: Hello", "aclassictranslator: Hello" };
  static const Translators preferred = { "preferred-translator=aclassictranslator",
    "aclassictranslator: Hello", "aclassictranslator: Hello" };
  static const Translators preferred_for_one = { "preferred-translator=neuraltranslator",
    "neuraltranslator: Hello", "aclassictranslator: Hello" };
  static const Translators preferred_other = { "preferred-translator=identity",
    "neuraltranslator: Hello", "aclassictranslator: Hello" };

  habla_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (engines); i++)
    test_engine_register (NULL, &engines[i]);
  g_test_add_data_func ("/hablainterpreter-engines/translators/best", &best, test_translators);
  g_test_add_data_func (
      "/hablainterpreter-engines/translators/configured", &configured, test_translators);
  g_test_add_data_func (
      "/hablainterpreter-engines/translators/preferred", &preferred, test_translators);
  g_test_add_data_func ("/hablainterpreter-engines/translators/preferred-for-one",
      &preferred_for_one, test_translators);
  g_test_add_data_func (
      "/hablainterpreter-engines/translators/preferred-other", &preferred_other, test_translators);
  g_test_add_func ("/hablainterpreter-engines/languages", test_languages);
  g_test_add_func ("/hablainterpreter-engines/missing", test_missing);
  return habla_test_run ();
}
