/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole lessons with servers that turn bad and good again. */
#include "habla-test.h"
#include "remote-server.h"
#include "test-translator.h"
#include "text-harness.h"

#include <json/json-validator.h>
#include <string.h>

#define KEY "sk-secret-0123456789"
#define N_SENTENCES 20

/* For requests, in milliseconds: a good server is faster, also on a busy machine. */
#define TIMEOUT habla_test_scale (3000)

/* How a server fails. */
typedef struct {
  const char *name;
  gboolean is_libretranslate;
  guint status;
  const char *headers;
  RemoteFault fault;
  const char *answer; /* instead of the right one */
} Case;

typedef struct {
  const Case *fault;
  gint is_bad; /* atomic */
  RemoteServer *server;
  GstHarness *harness;
  GstBus *bus;
  guint n_pushed;
  guint n_pulled;
} Lesson;

/* Returns: (transfer full): the number in the text to translate */
static char *
find_number (const char *body)
{
  g_autoptr (GRegex) regex = g_regex_new ("Sentence ([0-9]+)\\.[\\\\\"]*}?\"", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  /* The last one is the text, the others are the words spoken before. */
  g_regex_match (regex, body, 0, &match);
  g_assert_true (g_match_info_matches (match));
  for (;;) {
    char *number = g_match_info_fetch (match, 1);

    if (!g_match_info_next (match, NULL))
      return number;
    g_free (number);
  }
}

/* Returns: (transfer full): the events of a model that writes @content */
static char *
make_events (const char *content)
{
  g_autofree char *escaped = g_strescape (content, NULL);

  return g_strdup_printf (
      "data: {\"choices\":[{\"delta\":{\"content\":\"%s\"}}]}\r\n\r\n"
      "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\r\n\r\n"
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5}}\r\n\r\n"
      "data: [DONE]\r\n\r\n",
      escaped);
}

static void
answer (const RemoteCall *call, RemoteReply *reply, gpointer data)
{
  Lesson *lesson = data;
  const Case *fault = g_atomic_int_get (&lesson->is_bad) ? lesson->fault : NULL;
  g_autofree char *number = NULL;
  g_autofree char *content = NULL;

  if (g_str_has_suffix (call->path, "/languages")) {
    reply->body = g_strdup ("[{\"code\":\"en\",\"targets\":[\"es\"]}]");
    return;
  }
  number = find_number (call->body);
  content =
      fault != NULL && fault->answer != NULL
          ? g_strdup (fault->answer)
          : g_strdup_printf (lesson->fault->is_libretranslate
                                 ? "{\"translatedText\":\"Frase %s.\"}"
                                 : "{\"translation\":\"Frase %s.\",\"corrected_source\":\"\"}",
                number);
  reply->body = lesson->fault->is_libretranslate ? g_strdup (content) : make_events (content);
  reply->type = lesson->fault->is_libretranslate ? "application/json" : "text/event-stream";
  reply->fault = REMOTE_FAULT_PIECES;
  if (fault == NULL)
    return;
  reply->fault = fault->fault;
  if (fault->fault == REMOTE_FAULT_DRIP) {
    /* So much that it takes longer than the timeout of a sanitizer. */
    g_autofree char *blanks = g_strnfill (4000, ' ');

    g_free (reply->body);
    reply->body = g_strdup_printf (":%s\n\ndata: [DONE]\n\n", blanks);
  }
  reply->status = fault->status != 0 ? fault->status : 200;
  reply->headers = g_strdup (fault->headers);
}

static void
lesson_start (Lesson *self, const Case *fault)
{
  GstElement *element;

  *self = (Lesson){ .fault = fault };
  self->server = remote_server_new (answer, self, NULL);
  element = gst_element_factory_make (
      fault->is_libretranslate ? "libretranslatetranslator" : "openaitranslator", NULL);
  g_assert_nonnull (element);
  gst_object_ref_sink (element);
  g_object_set (element, "url", remote_server_get_url (self->server), "model", "m", "fallback",
      "lessontranslator", "timeout", TIMEOUT, "connect-timeout", TIMEOUT, "api-key-env",
      "HABLA_TEST_KEY", NULL);
  self->bus = gst_bus_new ();
  gst_element_set_bus (element, self->bus);
  self->harness = gst_harness_new_with_element (element, "sink", "src");
  gst_harness_set_src_caps_str (self->harness, "text/x-raw, format=utf8");
  gst_object_unref (element);
}

static void
lesson_stop (Lesson *self)
{
  gst_element_set_state (self->harness->element, GST_STATE_NULL);
  gst_element_set_bus (self->harness->element, NULL);
  gst_harness_teardown (self->harness);
  gst_object_unref (self->bus);
  remote_server_free (self->server);
}

static void
lesson_push (Lesson *self)
{
  g_autofree char *text = g_strdup_printf ("Sentence %u.", self->n_pushed);
  GstBuffer *buffer = text_harness_make_buffer (text, self->n_pushed * GST_SECOND);

  self->n_pushed++;
  g_assert_cmpint (gst_harness_push (self->harness, buffer), ==, GST_FLOW_OK);
}

/* Returns: whether the next sentence, which must be the right one, is from the server */
static gboolean
lesson_pull (Lesson *self)
{
  g_autoptr (GstBuffer) buffer = gst_harness_pull (self->harness);
  g_autofree char *remote = g_strdup_printf ("Frase %u.", self->n_pulled);
  g_autofree char *local = g_strdup_printf ("SENTENCE %u.", self->n_pulled);
  g_autofree char *text = NULL;
  gsize size = gst_buffer_get_size (buffer);
  gboolean is_remote;

  text = g_malloc0 (size + 1);
  gst_buffer_extract (buffer, 0, text, size);
  is_remote = g_str_equal (text, remote);
  if (!is_remote)
    g_assert_cmpstr (text, ==, local);
  g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, self->n_pulled * GST_SECOND);
  self->n_pulled++;
  return is_remote;
}

static void
lesson_run (Lesson *self, gboolean is_remote)
{
  for (guint i = 0; i < N_SENTENCES; i++)
    lesson_push (self);
  for (guint i = 0; i < N_SENTENCES; i++)
    g_assert_cmpint (lesson_pull (self), ==, is_remote);
}

/* Speaks until the server is used again. */
static void
lesson_recover (Lesson *self)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;

  for (;;) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    lesson_push (self);
    if (lesson_pull (self))
      return;
    g_usleep (20000);
  }
}

/* The messages posted: nothing but the two messages. */
static void
lesson_check_bus (Lesson *self)
{
  guint n_degraded = 0;
  guint n_recovered = 0;
  GstMessage *message;

  while ((message = gst_bus_pop (self->bus)) != NULL) {
    const GstStructure *structure = gst_message_get_structure (message);
    g_autofree char *text = structure != NULL ? gst_structure_to_string (structure) : NULL;

    g_assert_cmpint (GST_MESSAGE_TYPE (message), !=, GST_MESSAGE_WARNING);
    g_assert_cmpint (GST_MESSAGE_TYPE (message), !=, GST_MESSAGE_ERROR);
    if (text != NULL)
      g_assert_null (strstr (text, "secret"));
    n_degraded += gst_message_has_name (message, "habla/engine-degraded");
    n_recovered += gst_message_has_name (message, "habla/engine-recovered");
    if (gst_message_has_name (message, "habla/engine-degraded"))
      g_assert_cmpstr (gst_structure_get_string (structure, "fallback"), ==, "lessontranslator");
    gst_message_unref (message);
  }
  g_assert_cmpuint (n_degraded, ==, 1);
  g_assert_cmpuint (n_recovered, ==, 1);
}

static gpointer
lesson_thread (gpointer data)
{
  Lesson lesson;
  g_autoptr (GstStructure) stats = NULL;
  guint64 replaced;

  lesson_start (&lesson, data);
  lesson_run (&lesson, TRUE);
  g_atomic_int_set (&lesson.is_bad, TRUE);
  lesson_run (&lesson, FALSE);
  g_atomic_int_set (&lesson.is_bad, FALSE);
  lesson_recover (&lesson);
  lesson_run (&lesson, TRUE);
  lesson_check_bus (&lesson);
  g_object_get (lesson.harness->element, "remote-stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint64 (stats, "replaced", &replaced));
  g_assert_cmpuint (replaced, >=, N_SENTENCES);
  g_assert_cmpuint (habla_test_get_stat (lesson.harness->element, "failed"), ==, 0);
  g_assert_cmpuint (habla_test_get_stat (lesson.harness->element, "done"), ==, lesson.n_pushed);
  lesson_stop (&lesson);
  return NULL;
}

static const Case cases[] = {
  { .name = "stall", .fault = REMOTE_FAULT_STALL },
  { .name = "drip", .fault = REMOTE_FAULT_DRIP },
  { .name = "server-error", .status = 500 },
  { .name = "limit", .status = 429, .headers = "Retry-After: 1\r\n" },
  { .name = "key", .status = 401, .answer = "{\"error\":{\"message\":\"no: " KEY "\"}}" },
  { .name = "redirect", .status = 307, .headers = "Location: http://192.0.2.1/v1\r\n" },
  { .name = "close", .fault = REMOTE_FAULT_CLOSE },
  { .name = "hang-up", .fault = REMOTE_FAULT_HANG_UP },
  { .name = "huge", .fault = REMOTE_FAULT_HUGE },
  { .name = "no-json", .answer = "Frase." },
  { .name = "cut-json", .answer = "{\"translation\":\"Fra" },
  { .name = "script",
      .answer =
          "{\"translation\":\"\\u0429\\u0430\\u0430\\u0430 \\u0429\\u0430\\u0430\\u0430\\u0430"
          "\\u0430\\u0430\\u0430\\u0430 \\u0429\\u0430\"}" },
  { .name = "extra", .answer = "{\"translation\":\"Frase. Otra. Y otra. Y una m\\u00e1s.\"}" },
  { .name = "echo", .answer = "{\"translation\":\"Campo is_correction.\"}" },
  { .name = "libretranslate-error", .is_libretranslate = TRUE, .status = 500 },
  { .name = "libretranslate-stall", .is_libretranslate = TRUE, .fault = REMOTE_FAULT_STALL },
  { .name = "libretranslate-cut",
      .is_libretranslate = TRUE,
      .answer = "{\"translatedText\":\"Fra" },
};

/* All at once: most of the time is that in which a server is not asked. */
static void
test_lessons (void)
{
  GThread *threads[G_N_ELEMENTS (cases)];

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    threads[i] = g_thread_new (cases[i].name, lesson_thread, (gpointer) &cases[i]);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_thread_join (threads[i]);
}

static void
test_gone (void)
{
  static const Case fault = { .name = "gone" };
  Lesson lesson;

  lesson_start (&lesson, &fault);
  lesson_run (&lesson, TRUE);
  remote_server_free (lesson.server);
  lesson_run (&lesson, FALSE);
  lesson.server = remote_server_new (answer, &lesson, NULL);
  lesson_stop (&lesson);
}

static void
one_cycle (gpointer data)
{
  static const Case fault = { .name = "leak", .status = 500 };
  Lesson lesson;

  lesson_start (&lesson, &fault);
  lesson_push (&lesson);
  lesson_pull (&lesson);
  g_atomic_int_set (&lesson.is_bad, TRUE);
  lesson_push (&lesson);
  lesson_pull (&lesson);
  lesson_stop (&lesson);
}

static void
test_leaks (void)
{
  habla_test_leak_gate (one_cycle, NULL, 5);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_setenv ("HABLA_TEST_KEY", KEY, TRUE);
  g_assert_true (
      gst_element_register (NULL, "lessontranslator", GST_RANK_NONE, TEST_TYPE_TRANSLATOR));

  g_test_add_func ("/remote-lesson/lessons", test_lessons);
  g_test_add_func ("/remote-lesson/gone", test_gone);
  g_test_add_func ("/remote-lesson/leaks", test_leaks);

  return habla_test_run ();
}
