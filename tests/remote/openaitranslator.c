/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"
#include "remote-server.h"
#include "test-translator.h"
#include "text-harness.h"

#include <string.h>

#define KEY "sk-secret-0123456789"
#define LONG habla_test_scale (20000)

/* A server that answers a list of contents, in order; the last one counts for all later ones. */
typedef struct {
  const char *const *contents; /* NULL = 400, "stall" = nothing */
  GPtrArray *bodies;           /* used by the server, and by the test between requests */
  RemoteServer *server;
  GstElement *element;
  GstHarness *harness;
  GstBus *bus;
} Fixture;

static char *
make_object (const char *content)
{
  g_autofree char *escaped = g_strescape (content, NULL);

  return g_strdup_printf ("{\"choices\":[{\"message\":{\"content\":\"%s\"},"
                          "\"finish_reason\":\"stop\"}],"
                          "\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":4}}",
      escaped);
}

static void
answer (const RemoteCall *call, RemoteReply *reply, gpointer data)
{
  Fixture *self = data;
  const char *content;

  if (g_str_equal (call->path, "/v1/models"))
    reply->status = 404;
  else if (g_str_equal (call->path, "/api/tags"))
    reply->body = g_strdup ("{\"models\":[{\"name\":\"small\"},{\"name\":\"large:8b\"}]}");
  if (strstr (call->path, "chat") == NULL)
    return;
  g_ptr_array_add (self->bodies, g_strdup (call->body));
  content = self->contents[MIN (self->bodies->len, g_strv_length ((GStrv) self->contents)) - 1];
  if (g_str_equal (content, "stall")) {
    reply->fault = REMOTE_FAULT_STALL;
  } else if (g_str_has_prefix (content, "no ")) {
    reply->status = 400;
    reply->body = g_strdup_printf ("{\"error\":{\"message\":\"unknown: %s\"}}", content + 3);
  } else if (g_str_has_prefix (content, "data: ")) {
    reply->type = "text/event-stream";
    reply->body = g_strdup (content);
  } else {
    reply->body = make_object (content);
  }
}

static void
fixture_init (Fixture *self, const char *const *contents, const char *properties)
{
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;

  *self = (Fixture){ .contents = contents };
  self->bodies = g_ptr_array_new_with_free_func (g_free);
  self->server = remote_server_new (answer, self, NULL);
  line = g_strdup_printf ("openaitranslator url=%s/v1/ model=m timeout=%u connect-timeout=%u "
                          "api-key-env=HABLA_TEST_KEY %s",
      remote_server_get_url (self->server), LONG, LONG, properties);
  self->element = gst_parse_launch (line, &error);
  g_assert_no_error (error);
  gst_object_ref_sink (self->element);
  self->bus = gst_bus_new ();
  gst_element_set_bus (self->element, self->bus);
}

static void
fixture_play (Fixture *self)
{
  self->harness = gst_harness_new_with_element (self->element, "sink", "src");
  gst_harness_set_src_caps_str (self->harness, "text/x-raw, format=utf8");
}

static void
fixture_clear (Fixture *self)
{
  gst_element_set_state (self->element, GST_STATE_NULL);
  gst_element_set_bus (self->element, NULL);
  if (self->harness != NULL)
    gst_harness_teardown (self->harness);
  gst_object_unref (self->element);
  gst_object_unref (self->bus);
  remote_server_free (self->server);
  g_ptr_array_unref (self->bodies);
}

static void
push (Fixture *self, const char *text)
{
  g_assert_cmpint (
      gst_harness_push (self->harness, text_harness_make_buffer (text, 0)), ==, GST_FLOW_OK);
}

/* Returns: (transfer full): the utterance that leaves */
static HablaUtterance *
pull (Fixture *self)
{
  g_autoptr (GstBuffer) buffer = gst_harness_pull (self->harness);
  GstSegment segment;
  guint64 last_id = 0;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  return habla_utterance_from_buffer (buffer, &segment, &last_id);
}

static void
translate (Fixture *self, const char *text, const char *expected)
{
  g_autoptr (HablaUtterance) utterance = NULL;

  push (self, text);
  utterance = pull (self);
  g_assert_cmpstr (utterance->text, ==, expected);
}

static const char *
get_body (Fixture *self, guint i)
{
  g_assert_cmpuint (i, <, self->bodies->len);
  return self->bodies->pdata[i];
}

static void
test_context (void)
{
  static const char *const contents[] = { "{\"translation\":\"Uno.\"}",
    "{\"translation\":\"Dos.\"}", "{\"translation\":\"Tres.\"}", NULL };
  Fixture self;

  fixture_init (&self, contents,
      "fallback=\"\" context-size=1 topic=\"Counting\" instructions=\"Be formal\" classroom=true");
  fixture_play (&self);
  translate (&self, "One.", "Uno.");
  translate (&self, "Two.", "Dos.");
  translate (&self, "Three.", "Tres.");
  g_assert_null (strstr (get_body (&self, 0), "\\\"context\\\":["));
  g_assert_nonnull (strstr (get_body (&self, 1), "\\\"translation\\\":\\\"Uno.\\\""));
  g_assert_nonnull (strstr (get_body (&self, 2), "\\\"translation\\\":\\\"Dos.\\\""));
  g_assert_null (strstr (get_body (&self, 2), "Uno."));
  for (guint i = 0; i < 3; i++) {
    g_assert_nonnull (strstr (get_body (&self, i), "Counting"));
    g_assert_nonnull (strstr (get_body (&self, i), "Be formal"));
    g_assert_nonnull (strstr (get_body (&self, i), "learners"));
    g_assert_nonnull (strstr (get_body (&self, i), "\"model\":\"m\""));
  }
  fixture_clear (&self);
}

static void
test_annotations (void)
{
  static const char *const contents[] = { "{\"translation\":\"Ayer fui.\","
                                          "\"corrected_source\":\"Yesterday I went.\","
                                          "\"is_correction\":true,\"corrections\":[{\"wrong\":"
                                          "\"goed\",\"right\":\"went\",\"explanation\":\"x\"}],"
                                          "\"idioms\":[]}",
    NULL };
  Fixture self;
  g_autoptr (HablaUtterance) utterance = NULL;
  g_autoptr (GstStructure) stats = NULL;
  guint64 input, output;

  fixture_init (&self, contents, "fallback=\"\"");
  fixture_play (&self);
  push (&self, "Yesterday I goed.");
  utterance = pull (&self);
  g_assert_cmpstr (utterance->text, ==, "Ayer fui.");
  g_assert_cmpstr (utterance->source_text, ==, "Yesterday I goed.");
  g_assert_cmpstr (utterance->language, ==, "es");
  g_assert_nonnull (utterance->annotations);
  g_assert_cmpstr (utterance->annotations->corrected, ==, "Yesterday I went.");
  g_assert_cmpuint (utterance->annotations->corrections->len, ==, 1);
  g_object_get (self.element, "remote-stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "input-tokens", &input);
  gst_structure_get_uint64 (stats, "output-tokens", &output);
  g_assert_cmpuint (input, ==, 11);
  g_assert_cmpuint (output, ==, 4);
  fixture_clear (&self);
}

/* What a server refuses is left out, for all later requests too. */
static void
test_refusals (void)
{
  static const char *const contents[] = { "no response_format json_schema", "no stream_options",
    "no temperature", "{\"translation\":\"Uno.\"}", "{\"translation\":\"Dos.\"}", NULL };
  Fixture self;

  fixture_init (&self, contents, "fallback=\"\"");
  fixture_play (&self);
  translate (&self, "One.", "Uno.");
  translate (&self, "Two.", "Dos.");
  g_assert_cmpuint (self.bodies->len, ==, 5);
  g_assert_nonnull (strstr (get_body (&self, 0), "\"json_schema\""));
  g_assert_null (strstr (get_body (&self, 1), "\"json_schema\""));
  g_assert_nonnull (strstr (get_body (&self, 1), "\"stream_options\""));
  g_assert_null (strstr (get_body (&self, 4), "\"stream_options\""));
  g_assert_null (strstr (get_body (&self, 4), "\"temperature\""));
  g_assert_nonnull (strstr (get_body (&self, 4), "\"json_object\""));
  fixture_clear (&self);
}

/* Without a fallback, as with every translator: the source passes, with a warning. */
static void
test_no_fallback (void)
{
  static const char *const contents[] = { "Uno.", NULL };
  Fixture self;
  g_autoptr (HablaUtterance) utterance = NULL;
  g_autoptr (GstMessage) warning = NULL;

  fixture_init (&self, contents, "fallback=none");
  fixture_play (&self);
  push (&self, "One.");
  utterance = pull (&self);
  g_assert_cmpstr (utterance->text, ==, "One.");
  g_assert_true (utterance->untranslated);
  warning = gst_bus_pop_filtered (self.bus, GST_MESSAGE_WARNING);
  g_assert_nonnull (warning);
  fixture_clear (&self);
}

static void
test_glossary (void)
{
  static const char *const contents[] = { "{\"translation\":\"Abre la caja negra.\"}",
    "{\"translation\":\"Abre la caja.\"}", NULL };
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "glossary.txt", NULL);
  g_autofree char *properties = g_strdup_printf ("fallback=testtranslator glossary=%s", path);
  Fixture self;

  g_assert_true (g_file_set_contents (path, "flight recorder = caja negra\n", -1, NULL));
  fixture_init (&self, contents, properties);
  fixture_play (&self);
  translate (&self, "Open the flight recorder.", "Abre la caja negra.");
  g_assert_nonnull (strstr (get_body (&self, 0), "\\\"term\\\":\\\"flight recorder\\\""));
  translate (&self, "Open the flight recorder.", "OPEN THE FLIGHT RECORDER.");
  fixture_clear (&self);
}

static gboolean
has_partial (GstHarness *harness, const char *expected)
{
  GstEvent *event;
  gboolean found = FALSE;

  while (!found && (event = gst_harness_try_pull_event (harness)) != NULL) {
    if (habla_utterance_is_event (event)) {
      g_autoptr (HablaUtterance) utterance = habla_utterance_from_event (event);

      g_assert_cmpstr (utterance->text, ==, expected);
      found = TRUE;
    }
    gst_event_unref (event);
  }
  return found;
}

/* Partial hypotheses stay on this machine. */
static void
test_partials (void)
{
  static const char *const contents[] = { "{\"translation\":\"Uno.\"}", NULL };
  gint64 deadline = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;
  g_autoptr (HablaUtterance) partial = habla_utterance_new (7, "one", "en");
  Fixture self;

  partial->is_final = FALSE;
  fixture_init (&self, contents, "fallback=testtranslator");
  fixture_play (&self);
  g_assert_true (gst_harness_push_event (self.harness, habla_utterance_to_event (partial)));
  while (!has_partial (self.harness, "ONE")) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (1000);
  }
  g_assert_cmpuint (self.bodies->len, ==, 0);
  fixture_clear (&self);
}

/* Returns: (transfer full): an answer whose second half arrives after its first one was read */
static char *
make_stream (void)
{
  g_autofree char *padding = g_strnfill (64 * 1024, ' ');

  return g_strdup_printf (
      "data: {\"choices\":[{\"delta\":{\"content\":\"{\\\"translation\\\":\\\"Uno " KEY "\"}}]}\n\n"
      ":%s\n\n"
      "data: {\"choices\":[{\"delta\":{\"content\":\" y dos.\\\"}\"},"
      "\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
      padding);
}

/* A server may fail after its answer has begun, and say why, also with the key. */
static void
test_error_in_stream (void)
{
  static const char *const contents[] = {
    "data: {\"choices\":[{\"delta\":{\"content\":\"{\"}}]}\n\n"
    "data: {\"error\":{\"code\":500,\"message\":\"no format with " KEY "\"}}\n\n",
    NULL
  };
  Fixture self;
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  fixture_init (&self, contents, "fallback=none");
  fixture_play (&self);
  translate (&self, "One.", "One.");
  message = gst_bus_pop_filtered (self.bus, GST_MESSAGE_WARNING);
  gst_message_parse_warning (message, &error, NULL);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "reports an error: no format with [key]; see its log"));
  fixture_clear (&self);
}

/* What a model has written so far is shown before the translation, if it is wanted, without key. */
static void
test_progress (void)
{
  g_autofree char *stream = make_stream ();
  const char *const contents[] = { stream, NULL };
  Fixture self;

  fixture_init (&self, contents, "fallback=\"\"");
  fixture_play (&self);
  translate (&self, "One and two.", "Uno [key] y dos.");
  g_assert_true (has_partial (self.harness, "Uno [key]"));
  g_assert_false (has_partial (self.harness, ""));
  g_assert_cmpuint (habla_test_get_stat (self.element, "done"), ==, 1);
  g_assert_cmpuint (habla_test_get_stat (self.element, "partials-translated"), ==, 0);
  g_object_set (self.element, "partials", FALSE, NULL);
  translate (&self, "One and two.", "Uno [key] y dos.");
  g_assert_false (has_partial (self.harness, ""));
  fixture_clear (&self);
}

/* A stalled request ends at once, long before its timeout. */
static void
test_flush (void)
{
  static const char *const contents[] = { "stall", "{\"translation\":\"Dos.\"}", NULL };
  Fixture self;
  gint64 began = g_get_monotonic_time ();

  fixture_init (&self, contents, "fallback=\"\" timeout=600000");
  fixture_play (&self);
  push (&self, "One.");
  remote_server_wait_for_calls (self.server, 1);
  g_assert_true (gst_harness_push_event (self.harness, gst_event_new_flush_start ()));
  g_assert_true (gst_harness_push_event (self.harness, gst_event_new_flush_stop (TRUE)));
  {
    GstSegment segment;

    gst_segment_init (&segment, GST_FORMAT_TIME);
    g_assert_true (gst_harness_push_event (self.harness, gst_event_new_segment (&segment)));
  }
  translate (&self, "Two.", "Dos.");
  g_assert_cmpint (g_get_monotonic_time () - began, <, 300 * G_TIME_SPAN_SECOND);
  fixture_clear (&self);
}

static void
test_models (void)
{
  static const char *const contents[] = { "{}", NULL };
  Fixture self;
  g_auto (GStrv) models = NULL;
  g_autofree char *joined = NULL;

  fixture_init (&self, contents, "");
  g_signal_emit_by_name (self.element, "list-models", &models);
  g_assert_nonnull (models);
  joined = g_strjoinv (" ", models);
  g_assert_cmpstr (joined, ==, "small large:8b");
  fixture_clear (&self);
}

static void
wait_for_topic (Fixture *self, const char *expected)
{
  g_autoptr (GstMessage) message =
      gst_bus_timed_pop_filtered (self->bus, 60 * GST_SECOND, GST_MESSAGE_ELEMENT);
  g_autofree char *topic = NULL;
  const GstStructure *structure;

  g_assert_nonnull (message);
  g_assert_true (gst_message_has_name (message, "habla/topic"));
  structure = gst_message_get_structure (message);
  g_assert_cmpstr (gst_structure_get_string (structure, "topic"), ==, expected);
  g_assert_cmpstr (gst_structure_get_string (structure, "engine"), ==, "openaitranslator");
  g_object_get (self->element, "topic", &topic, NULL);
  g_assert_cmpstr (topic, ==, expected);
}

/* The quick model writes it, and the other one gets it with the next text. */
static void
test_topic (void)
{
  static const char *const contents[] = { "{\"translation\":\"Uno.\"}",
    "{\"translation\":\"Dos.\"}", "<think>Hm.</think>\n\nNumbers,\n counted.  ",
    "{\"translation\":\"Tres.\"}", NULL };
  Fixture self;

  fixture_init (&self, contents, "fallback=\"\" topic=Maths topic-interval=2 quick-model=quick");
  fixture_play (&self);
  translate (&self, "One.", "Uno.");
  translate (&self, "Two.", "Dos.");
  wait_for_topic (&self, "Numbers, counted.");
  g_assert_nonnull (strstr (get_body (&self, 2), "\"model\":\"quick\""));
  g_assert_nonnull (strstr (get_body (&self, 2), "\\\"topic\\\":\\\"Maths\\\""));
  g_assert_nonnull (strstr (get_body (&self, 2), "One."));
  g_assert_null (strstr (get_body (&self, 2), "response_format"));
  translate (&self, "Three.", "Tres.");
  g_assert_nonnull (strstr (get_body (&self, 3), "Numbers, counted."));
  g_assert_nonnull (strstr (get_body (&self, 3), "\"model\":\"m\""));
  g_assert_cmpuint (self.bodies->len, ==, 4);
  fixture_clear (&self);
}

/* A text does not wait for the topic, which is written after it. */
static void
test_topic_waits (void)
{
  static const char *const contents[] = { "{\"translation\":\"Uno.\"}", "stall",
    "{\"translation\":\"Dos.\"}", "Numbers.", NULL };
  Fixture self;

  fixture_init (&self, contents, "fallback=\"\" topic-interval=1 timeout=600000");
  fixture_play (&self);
  translate (&self, "One.", "Uno.");
  remote_server_wait_for_calls (self.server, 2);
  translate (&self, "Two.", "Dos.");
  wait_for_topic (&self, "Numbers.");
  fixture_clear (&self);
}

/* A new lesson: the model gets neither the texts nor the topic of the one before, and its summary
 * of that one is not used. */
static void
test_topic_forgotten (void)
{
  static const char *const contents[] = { "{\"translation\":\"Uno.\"}", "stall",
    "{\"translation\":\"Dos.\"}", "Numbers.", NULL };
  Fixture self;

  fixture_init (&self, contents, "fallback=\"\" topic=Maths topic-interval=1 timeout=600000");
  fixture_play (&self);
  translate (&self, "One.", "Uno.");
  remote_server_wait_for_calls (self.server, 2);
  g_object_set (self.element, "topic", NULL, NULL);
  translate (&self, "Two.", "Dos.");
  wait_for_topic (&self, "Numbers.");
  for (guint i = 2; i < 4; i++) {
    g_assert_null (strstr (get_body (&self, i), "One."));
    g_assert_null (strstr (get_body (&self, i), "Maths"));
  }
  fixture_clear (&self);
}

/* A server that puts the key into its answers. */
static void
test_key_in_answer (void)
{
  static const char *const contents[] = { "{\"translation\":\"Uno " KEY
                                          ".\",\"corrected_source\":\"One.\",\"corrections\":[{"
                                          "\"wrong\":\"one\",\"right\":\"" KEY
                                          "\",\"explanation\":\"x\"}],\"idioms\":[]}",
    NULL };
  g_autoptr (HablaUtterance) utterance = NULL;
  HablaCorrection *correction;
  Fixture self;

  fixture_init (&self, contents, "fallback=\"\"");
  fixture_play (&self);
  push (&self, "One two.");
  utterance = pull (&self);
  g_assert_cmpstr (utterance->text, ==, "Uno [key].");
  correction = utterance->annotations->corrections->pdata[0];
  g_assert_cmpstr (correction->right, ==, "[key]");
  fixture_clear (&self);
}

static void
check_start (GstState state, const char *properties, const char *says)
{
  static const char *const contents[] = { "{}", NULL };
  Fixture self;
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  fixture_init (&self, contents, properties);
  g_assert_cmpint (gst_element_set_state (self.element, state), ==, GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (self.bus, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, says));
  g_assert_null (strstr (error->message, "secret"));
  fixture_clear (&self);
}

static void
test_start_errors (void)
{
  static const struct {
    GstState state;
    const char *properties;
    const char *says;
  } rows[] = {
    { GST_STATE_READY, "url=\"\"", "url is not set" },
    { GST_STATE_READY, "model=\"\"", "model is not set" },
    { GST_STATE_READY, "api-key-file=/nowhere/key", "/nowhere/key" },
    { GST_STATE_READY, "api-key-env=HABLA_TEST_UNSET", "variable HABLA_TEST_UNSET" },
    { GST_STATE_READY, "url=ftp://a", "neither http nor https" },
    { GST_STATE_PAUSED, "fallback=fakesink", "no translator" },
    { GST_STATE_PAUSED, "fallback=nonsense", "“nonsense” is no translator" },
    { GST_STATE_PAUSED, "fallback=testtranslator output-language-code=xx",
        "No translation from en to xx" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    check_start (rows[i].state, rows[i].properties, rows[i].says);
}

static void
print_message (GstMessage *message)
{
  const GstStructure *structure = gst_message_get_structure (message);
  g_autofree char *text = structure != NULL ? gst_structure_to_string (structure) : NULL;

  g_printerr ("%s\n", text != NULL ? text : "");
}

static void
run_pipeline (const char *url)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "lesson.srt", NULL);
  g_autofree char *line = g_strdup_printf (
      "filesrc location=%s ! subparse ! openaitranslator name=t url=%s model=m "
      "fallback=testtranslator timeout=20000 api-key-env=HABLA_TEST_KEY ! fakesink",
      path, url);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstElement) translator = gst_bin_get_by_name (GST_BIN (pipeline), "t");
  g_autoptr (GstStructure) stats = NULL;
  g_autofree char *dot = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GstMessage) end = NULL;

  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (path,
      "1\n00:00:00,000 --> 00:00:01,000\nOne.\n\n2\n00:00:01,000 --> 00:00:02,000\nTwo.\n", -1,
      NULL));
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (end == NULL || GST_MESSAGE_TYPE (end) != GST_MESSAGE_EOS) {
    g_clear_pointer (&end, gst_message_unref);
    end = gst_bus_timed_pop (bus, 60 * GST_SECOND);
    g_assert_nonnull (end);
    print_message (end);
  }
  dot = gst_debug_bin_to_dot_data (GST_BIN (pipeline), GST_DEBUG_GRAPH_SHOW_ALL);
  g_object_get (translator, "remote-stats", &stats, NULL);
  text = gst_structure_to_string (stats);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_printerr ("%s\n%s\n", dot, text);
}

static void
refuse_key (const RemoteCall *call, RemoteReply *reply, gpointer data)
{
  reply->status = 401;
  reply->body = g_strdup ("{\"error\":{\"message\":\"Incorrect API key: " KEY "\"}}");
}

/* All that a program could show or log, in a process of its own. */
static void
test_key_is_secret (void)
{
  g_autoptr (RemoteServer) server = NULL;

  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, 0);
    g_test_trap_assert_passed ();
    g_test_trap_assert_stderr ("*remoteclient*Incorrect API key: [key]*HABLA_TEST_KEY*");
    g_test_trap_assert_stderr ("*habla/engine-degraded*");
    g_test_trap_assert_stderr_unmatched ("*secret*");
    return;
  }
  g_setenv ("G_MESSAGES_DEBUG", "all", TRUE);
  gst_debug_set_active (TRUE);
  gst_debug_set_threshold_from_string ("LOG", TRUE);
  server = remote_server_new (refuse_key, NULL, NULL);
  run_pipeline (remote_server_get_url (server));
  gst_debug_set_active (FALSE);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_setenv ("HABLA_TEST_KEY", KEY, TRUE);
  g_assert_true (
      gst_element_register (NULL, "testtranslator", GST_RANK_NONE, TEST_TYPE_TRANSLATOR));

  g_test_add_func ("/openaitranslator/context", test_context);
  g_test_add_func ("/openaitranslator/annotations", test_annotations);
  g_test_add_func ("/openaitranslator/refusals", test_refusals);
  g_test_add_func ("/openaitranslator/no-fallback", test_no_fallback);
  g_test_add_func ("/openaitranslator/glossary", test_glossary);
  g_test_add_func ("/openaitranslator/partials", test_partials);
  g_test_add_func ("/openaitranslator/flush", test_flush);
  g_test_add_func ("/openaitranslator/models", test_models);
  g_test_add_func ("/openaitranslator/start-errors", test_start_errors);
  g_test_add_func ("/openaitranslator/error-in-stream", test_error_in_stream);
  g_test_add_func ("/openaitranslator/progress", test_progress);
  g_test_add_func ("/openaitranslator/topic", test_topic);
  g_test_add_func ("/openaitranslator/topic-waits", test_topic_waits);
  g_test_add_func ("/openaitranslator/topic-forgotten", test_topic_forgotten);
  g_test_add_func ("/openaitranslator/key-in-answer", test_key_in_answer);
  g_test_add_func ("/openaitranslator/key-is-secret", test_key_is_secret);

  return habla_test_run ();
}
