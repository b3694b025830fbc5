/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"
#include "test-engine.h"

#include <habla/error.h>
#include <pipeline/template/pipeline-template.h>
#include <string.h>

static const char *const neural[] = { "qaa", NULL };
static const char *const classic[] = { "qaa", "qab", NULL };
static const char *const neural_pairs[] = { "qaa>qab", NULL };
static const char *const classic_pairs[] = { "qaa>qab", "qaa>qac", NULL };

/* For the languages of the installed pipelines, in case that no engine is built. */
static const char *const spare[] = { "en", "es", NULL };
static const char *const spare_pairs[] = { "en>es", NULL };

static const TestEngine engines[] = {
  { "sparetranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_MARGINAL, spare },
  { "sparetranslator", HABLA_ENGINE_TRANSLATOR, GST_RANK_MARGINAL, spare_pairs },
  { "sparesynthesizer", HABLA_ENGINE_SYNTHESIZER, GST_RANK_MARGINAL, spare },
  { "aclassictranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_SECONDARY, classic },
  { "neuraltranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_PRIMARY, neural },
  { "aclassictranslator", HABLA_ENGINE_TRANSLATOR, GST_RANK_SECONDARY, classic_pairs },
  { "neuraltranslator", HABLA_ENGINE_TRANSLATOR, GST_RANK_PRIMARY, neural_pairs },
  { "aclassicsynthesizer", HABLA_ENGINE_SYNTHESIZER, GST_RANK_SECONDARY, classic },
  { "neuralsynthesizer", HABLA_ENGINE_SYNTHESIZER, GST_RANK_PRIMARY, neural },
};

static HablaPipelineTemplate *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  HablaPipelineTemplate *self = habla_pipeline_template_parse (text, "test.launch", &error);

  g_assert_no_error (error);
  g_assert_nonnull (self);
  return self;
}

static void
test_expand (void)
{
  g_autoptr (HablaPipelineTemplate) self = parse ("# SPDX-License-Identifier: X\n"
                                                  "# A test.\n"
                                                  "# param to = es | languages\n"
                                                  "# param path = out | base\n"
                                                  "# fragment sink = fakesink name=${to} | end\n"
                                                  "fakesrc ! tee name=t\n"
                                                  "\n"
                                                  "# nothing\n"
                                                  "each to: t. ! queue name=q-${to} ! ${sink}\n"
                                                  "identity name=${path}.x\n");
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  g_assert_cmpstr (habla_pipeline_template_get_summary (self), ==, "A test.");
  g_assert_cmpuint (habla_pipeline_template_get_parameters (self)->len, ==, 3);
  g_assert_true (habla_pipeline_template_set (self, "to", "es, pt-BR,", &error));
  g_assert_no_error (error);
  line = habla_pipeline_template_expand (self, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (line, ==,
      "fakesrc ! tee name=t\n"
      " t. ! queue name=q-es ! fakesink name=es\n"
      " t. ! queue name=q-pt-BR ! fakesink name=pt-BR\n"
      "identity name=out.x\n");
}

#define ENGINES \
  "# param from = qaa | language\n" \
  "# param to = qab,qac | languages\n" \
  "# engine transcriber = | hears\n" \
  "# engine translator = | translates\n" \
  "# engine synthesizer = overflow=compress | speaks\n" \
  "# fragment speech = ${synthesizer} language-code=${to} | voice\n" \
  "fakesrc ! ${transcriber} language-code=${from} ! tee name=t\n"

/* Each language, and each pair, gets the best engine for it; other engines can be named. */
static void
test_engines (void)
{
  g_autoptr (HablaPipelineTemplate) self =
      parse (ENGINES "each to: t. ! ${translator} ! fakesink\n");
  g_autoptr (HablaPipelineTemplate) speech = parse (ENGINES "each to: t. ! ${speech}\n");
  g_autofree char *best = habla_pipeline_template_expand (self, NULL);
  g_autofree char *other = NULL;
  g_autofree char *named = NULL;
  g_autofree char *spoken = NULL;

  g_assert_cmpstr (best, ==,
      "fakesrc ! neuraltranscriber language-code=qaa ! tee name=t\n"
      " t. ! neuraltranslator ! fakesink\n"
      " t. ! aclassictranslator ! fakesink\n");
  habla_pipeline_template_set (self, "from", "qab", NULL);
  habla_pipeline_template_set (self, "to", "", NULL);
  other = habla_pipeline_template_expand (self, NULL);
  g_assert_cmpstr (other, ==, "fakesrc ! aclassictranscriber language-code=qab ! tee name=t\n");
  habla_pipeline_template_set (self, "from", "qaa", NULL);
  habla_pipeline_template_set (self, "to", "qab", NULL);
  habla_pipeline_template_set (self, "transcriber", "mine name=${from}", NULL);
  habla_pipeline_template_set (self, "translator", "aclassictranslator max-in-flight=2", NULL);
  named = habla_pipeline_template_expand (self, NULL);
  g_assert_cmpstr (named, ==,
      "fakesrc ! mine name=qaa language-code=qaa ! tee name=t\n"
      " t. ! aclassictranslator max-in-flight=2 ! fakesink\n");
  habla_pipeline_template_set (speech, "to", "qaa,qab", NULL);
  spoken = habla_pipeline_template_expand (speech, NULL);
  g_assert_nonnull (
      strstr (spoken, " t. ! neuralsynthesizer overflow=compress language-code=qaa\n"));
  g_assert_nonnull (
      strstr (spoken, " t. ! aclassicsynthesizer overflow=compress language-code=qab\n"));
}

/* Any characters in a value reach the property unchanged. */
static void
assert_value_survives (const char *value)
{
  static const char *const texts[] = {
    "# param x = | x\nfilesrc name=e location=${x}\n",
    "# param x = | x\nfilesrc name=e location=${x} ! fakesink\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (HablaPipelineTemplate) self = parse (texts[i]);
    g_autoptr (GError) error = NULL;
    g_autoptr (GstElement) pipeline = NULL;
    g_autoptr (GstElement) element = NULL;
    g_autofree char *location = NULL;

    g_assert_true (habla_pipeline_template_set (self, "x", value, NULL));
    pipeline = habla_pipeline_template_create (self, &error);
    g_assert_no_error (error);
    element = gst_bin_get_by_name (GST_BIN (pipeline), "e");
    g_object_get (element, "location", &location, NULL);
    g_assert_cmpstr (location, ==, value);
  }
}

static void
test_values (void)
{
  static const char *const values[] = { "a", "a b", "a\"b", "\"quoted\"", "'single'", "a!b",
    "a ! fakesink", "$HOME", "${x}", "back\\slash", "\\", "\\\"", "a\nb", "a\tb", "mañana.wav",
    "音声.wav", "a=b", "x. y", "(int)3", "[ 1, 2 ]", "a;b", "#c", "a'b\"c\\d e!f", "trailing ",
    " leading", "\"", "'", "{ 1 }", "/tmp/a,b:c@d+e%20" };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    assert_value_survives (values[i]);
}

static void
test_random_values (void)
{
  static const char *const pieces[] = { "a", " ", "\"", "'", "\\", "!", "$", "{", "}", "=", ".",
    "\n", "\t", "é", "🌍", "(", ")", "[", "]", ",", ";", ":", "#", "<", ">", "/", "0" };

  for (guint i = 0; i < 500; i++) {
    g_autoptr (GString) value = g_string_new ("x");
    guint length = g_test_rand_int_range (0, 12);

    for (guint j = 0; j < length; j++)
      g_string_append (value, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
    assert_value_survives (value->str);
  }
}

/* A word with text and parameters is one value. */
static void
test_composite (void)
{
  g_autoptr (HablaPipelineTemplate) self =
      parse ("# param a = x | x\n# param b = y | y\nfilesrc name=e location=${a}.${b}.vtt\n");
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstElement) element = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *location = NULL;

  habla_pipeline_template_set (self, "a", "/tmp/my \"own\" lesson", NULL);
  habla_pipeline_template_set (self, "b", "es-MX", NULL);
  pipeline = habla_pipeline_template_create (self, &error);
  g_assert_no_error (error);
  element = gst_bin_get_by_name (GST_BIN (pipeline), "e");
  g_object_get (element, "location", &location, NULL);
  g_assert_cmpstr (location, ==, "/tmp/my \"own\" lesson.es-MX.vtt");
}

static void
test_errors (void)
{
  static const struct {
    const char *text;
    int code;
    const char *says[3];
  } cases[] = {
    { "fakesrc ! nosuchelement ! fakesink", HABLA_ERROR_NOT_INSTALLED,
        { "test.launch:1", "nosuchelement", "doctor" } },
    { "# x\nfakesrc nosuchproperty=1 ! fakesink", HABLA_ERROR_PARAMETER,
        { "test.launch:2", "nosuchproperty", "fakesrc" } },
    { "fakesrc name=${nope} ! fakesink", HABLA_ERROR_PARAMETER,
        { "test.launch:1", "nope", "none" } },
    { "# param a = 1 | a\n\nfakesrc name=${b} ! fakesink", HABLA_ERROR_PARAMETER,
        { "test.launch:3", "“b”", "is a" } },
    { "fakesrc name=${a ! fakesink", HABLA_ERROR_PARAMETER, { "test.launch:1", "without" } },
    { "each x: fakesrc ! fakesink", HABLA_ERROR_PARAMETER, { "test.launch:1", "each" } },
    { "# fragment a = ${a} | itself\n${a}", HABLA_ERROR_PARAMETER, { "test.launch:2", "itself" } },
    { "# only a comment\n", HABLA_ERROR_PARAMETER, { "test.launch", "no launch line" } },
    { "fakesrc ! ! fakesink", HABLA_ERROR_PARAMETER, { "test.launch" } },
    { "# param from = qac | x\n# engine transcriber = | x\n${transcriber}", HABLA_ERROR_LANGUAGE,
        { "“qac” cannot be heard", "neuraltranscriber hears qaa", "habla setup qac" } },
    { "# engine transcriber = | x\n${transcriber}", HABLA_ERROR_PARAMETER,
        { "test.launch:2", "“${transcriber}”", "declare that parameter" } },
    { ENGINES "${translator}", HABLA_ERROR_PARAMETER,
        { "test.launch:8", "“${translator}”", "each to:" } },
    { "fakesrc ! fakesink foo.", HABLA_ERROR_PARAMETER, { "test.launch" } },
    { "audiotestsrc ! text/x-raw ! fakesink", HABLA_ERROR_PARAMETER, { "test.launch" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HablaPipelineTemplate) self = parse (cases[i].text);
    g_autoptr (GError) error = NULL;

    g_assert_null (habla_pipeline_template_create (self, &error));
    g_test_message ("%s", error->message);
    g_assert_error (error, HABLA_ERROR, cases[i].code);
    for (guint j = 0; j < 3 && cases[i].says[j] != NULL; j++)
      g_assert_nonnull (strstr (error->message, cases[i].says[j]));
  }
}

static void
test_bad_declarations (void)
{
  static const char *const texts[] = { "# param\n# param = 1 | a", "# param a | b", "# param a = 1",
    "# param a = 1 | a\n# param a = 2 | a", "# fragment | a = 1", "# engine a = | a" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (habla_pipeline_template_parse (texts[i], "test.launch", &error));
    g_assert_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER);
    g_assert_nonnull (strstr (error->message, "test.launch:"));
  }
}

static void
test_load (void)
{
  g_auto (GStrv) names = habla_pipeline_template_list ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "bad.launch", NULL);

  g_assert_true (g_strv_contains ((const char *const *) names, "live"));
  for (guint i = 0; names[i] != NULL; i++) {
    g_autoptr (HablaPipelineTemplate) self = habla_pipeline_template_load (names[i], &error);
    g_autofree char *line = NULL;

    g_assert_no_error (error);
    g_assert_cmpstr (habla_pipeline_template_get_summary (self), !=, "");
    line = habla_pipeline_template_expand (self, &error);
    g_assert_no_error (error);
    g_assert_null (strstr (line, "${"));
  }

  g_assert_null (habla_pipeline_template_load ("nosuch", &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER);
  g_assert_nonnull (strstr (error->message, "live"));
  g_clear_error (&error);
  g_assert_null (habla_pipeline_template_load ("/nonexistent/x.launch", &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "fakesrc \xff", -1, NULL));
  g_assert_null (habla_pipeline_template_load (path, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_INPUT);
}

static void
create_and_drop (gpointer text)
{
  g_autoptr (HablaPipelineTemplate) self = parse (text);
  g_autoptr (GstElement) pipeline = habla_pipeline_template_create (self, NULL);
}

static void
test_leaks (void)
{
  habla_test_leak_gate (create_and_drop, (gpointer) "fakesrc ! tee name=t ! fakesink", 100);
  habla_test_leak_gate (create_and_drop, (gpointer) "identity", 100);
  habla_test_leak_gate (create_and_drop, (gpointer) "fakesrc ! nosuch ! fakesink", 100);
  habla_test_leak_gate (create_and_drop, (gpointer) "fakesrc x=1 ! fakesink", 100);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (engines); i++)
    test_engine_register (NULL, &engines[i]);
  g_test_add_func ("/pipeline-template/expand", test_expand);
  g_test_add_func ("/pipeline-template/engines", test_engines);
  g_test_add_func ("/pipeline-template/values", test_values);
  g_test_add_func ("/pipeline-template/random-values", test_random_values);
  g_test_add_func ("/pipeline-template/composite", test_composite);
  g_test_add_func ("/pipeline-template/errors", test_errors);
  g_test_add_func ("/pipeline-template/bad-declarations", test_bad_declarations);
  g_test_add_func ("/pipeline-template/load", test_load);
  g_test_add_func ("/pipeline-template/leaks", test_leaks);
  return habla_test_run ();
}
