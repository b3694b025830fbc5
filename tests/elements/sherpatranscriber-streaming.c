/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests sherpatranscriber with a streaming model that spells tones, through the real library: every
 * word and every time is known. */
#include "habla-test.h"
#include "tone-model.h"

#include <glib/gstdio.h>
#include <habla/habla.h>
#include <string.h>

#define RATE HABLA_TRANSCRIBER_RATE
#define CAPS "audio/x-raw, format=S16LE, rate=16000, channels=1, layout=interleaved"
#define CHUNK (RATE / 50)
#define SILENCE "......."
/* The model decides every 80 ms. */
#define TOLERANCE (100 * GST_MSECOND)

/* Path of the folder of the model. */
static char *model;

typedef struct {
  GstHarness *harness;
  GPtrArray *partials; /* of char* */
} Fixture;

static GstPadProbeReturn
keep_partial (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  g_autoptr (HablaUtterance) utterance = NULL;

  if (!habla_utterance_is_event (GST_PAD_PROBE_INFO_EVENT (info)))
    return GST_PAD_PROBE_OK;
  utterance = habla_utterance_from_event (GST_PAD_PROBE_INFO_EVENT (info));
  g_ptr_array_add (data, g_strdup (utterance->text));
  return GST_PAD_PROBE_OK;
}

static Fixture *
fixture_new (const char *properties)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autofree char *line =
      g_strdup_printf ("sherpatranscriber model=%s end-pause=400 %s", model, properties);
  g_autoptr (GstElement) element = NULL;
  g_autoptr (GstPad) pad = NULL;

  self->partials = g_ptr_array_new_with_free_func (g_free);
  self->harness = gst_harness_new_parse (line);
  element = gst_harness_find_element (self->harness, "sherpatranscriber");
  pad = gst_element_get_static_pad (element, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, keep_partial, self->partials, NULL);
  gst_harness_set_src_caps_str (self->harness, CAPS);
  return self;
}

static void
fixture_free (Fixture *self)
{
  gst_harness_teardown (self->harness);
  g_ptr_array_unref (self->partials);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

/* @n_cut: number of samples to omit at the end */
static void
push_part (Fixture *self, const char *text, guint n_cut)
{
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (gint16));

  tone_model_speak (samples, text);
  g_array_set_size (samples, samples->len - n_cut);
  for (guint i = 0; i < samples->len; i += CHUNK) {
    gsize n = MIN (CHUNK, samples->len - i);
    GstBuffer *buffer =
        gst_buffer_new_memdup (&g_array_index (samples, gint16, i), n * sizeof (gint16));

    /* Without PTS: the audio continues. */
    g_assert_cmpint (gst_harness_push (self->harness, buffer), ==, GST_FLOW_OK);
  }
}

static void
push (Fixture *self, const char *text)
{
  push_part (self, text, 0);
}

/* Returns: (transfer full) (nullable): the next utterance */
static HablaUtterance *
pull (Fixture *self)
{
  GstBuffer *buffer = gst_harness_try_pull (self->harness);
  HablaUtterance *utterance;
  guint64 last_id = 0;
  GstSegment segment;

  if (buffer == NULL)
    return NULL;
  gst_segment_init (&segment, GST_FORMAT_TIME);
  utterance = habla_utterance_from_buffer (buffer, &segment, &last_id);
  gst_buffer_unref (buffer);
  return utterance;
}

static void
expect (Fixture *self, const char *text)
{
  g_autoptr (HablaUtterance) utterance = pull (self);

  if (text == NULL) {
    g_assert_null (utterance);
    return;
  }
  g_assert_nonnull (utterance);
  g_assert_cmpstr (utterance->text, ==, text);
}

static void
assert_near (guint64 time, guint64 expected)
{
  if (ABS (GST_CLOCK_DIFF (time, expected)) > (GstClockTimeDiff) TOLERANCE)
    g_error ("%" GST_TIME_FORMAT " instead of %" GST_TIME_FORMAT, GST_TIME_ARGS (time),
        GST_TIME_ARGS (expected));
}

/* Partial texts grow; a pause ends the utterance; words have their times. */
static void
test_utterance (void)
{
  g_autoptr (Fixture) self = fixture_new ("partial-interval=20");
  g_autoptr (HablaUtterance) utterance = NULL;
  const HablaWord *word;

  /* "ab" begins at 0.5 s, "ca" at 1.1 s; a letter takes 0.2 s. */
  push (self, ".....");
  g_assert_cmpuint (self->partials->len, ==, 0);
  push (self, "ab ca" SILENCE);
  utterance = pull (self);
  g_assert_nonnull (utterance);
  g_assert_cmpstr (utterance->text, ==, "ab ca");
  g_assert_cmpfloat (utterance->confidence, ==, HABLA_CONFIDENCE_UNKNOWN);
  g_assert_cmpuint (self->partials->len, ==, 4);
  g_assert_cmpstr (self->partials->pdata[0], ==, "a");
  g_assert_cmpstr (self->partials->pdata[1], ==, "ab");
  g_assert_cmpstr (self->partials->pdata[2], ==, "ab c");
  g_assert_cmpstr (self->partials->pdata[3], ==, "ab ca");

  g_assert_nonnull (utterance->words);
  g_assert_cmpuint (utterance->words->len, ==, 2);
  word = utterance->words->pdata[0];
  g_assert_cmpstr (word->text, ==, "ab");
  assert_near (word->begin, 500 * GST_MSECOND);
  assert_near (word->end, 900 * GST_MSECOND);
  word = utterance->words->pdata[1];
  g_assert_cmpstr (word->text, ==, "ca");
  assert_near (word->begin, 1100 * GST_MSECOND);
  assert_near (utterance->end, 1500 * GST_MSECOND);
}

/* Each utterance begins again, with its own times; EOS ends the last one, to its last letter. */
static void
test_utterances (void)
{
  g_autoptr (Fixture) self = fixture_new ("partials=false");
  g_autoptr (HablaUtterance) first = NULL;
  g_autoptr (HablaUtterance) second = NULL;

  push (self, "...ab" SILENCE ".......ca" SILENCE "...b");
  first = pull (self);
  second = pull (self);
  g_assert_cmpstr (first->text, ==, "ab");
  g_assert_cmpuint (first->id, ==, 1);
  assert_near (first->begin, 300 * GST_MSECOND);
  g_assert_cmpstr (second->text, ==, "ca");
  g_assert_cmpuint (second->id, ==, 2);
  assert_near (second->begin, 2100 * GST_MSECOND);
  expect (self, NULL);
  /* The end of the audio is within the tone. */
  push_part (self, "c", RATE * 150 / 1000);
  gst_harness_push_event (self->harness, gst_event_new_eos ());
  expect (self, "bc");
  g_assert_cmpuint (self->partials->len, ==, 0);
}

static void
flush (Fixture *self)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (self->harness, gst_event_new_flush_start ());
  gst_harness_push_event (self->harness, gst_event_new_flush_stop (TRUE));
  gst_harness_push_event (self->harness, gst_event_new_segment (&segment));
}

static void
test_flush (void)
{
  g_autoptr (Fixture) self = fixture_new ("");

  push (self, "...ab");
  flush (self);
  push (self, "...c" SILENCE);
  expect (self, "c");
  expect (self, NULL);
}

/* A text that is too long is split between words, and no letter is lost. */
static void
test_split (void)
{
  g_autoptr (Fixture) self = fixture_new ("max-utterance=2000");
  g_autoptr (GString) text = g_string_new (NULL);
  HablaUtterance *utterance;
  guint n = 0, n_words = 0;

  push (self, "...abc abc abc abc abc abc abc" SILENCE);
  gst_harness_push_event (self->harness, gst_event_new_eos ());
  while ((utterance = pull (self)) != NULL) {
    g_assert_cmpuint (utterance->end - utterance->begin, <=, 2 * GST_SECOND);
    g_string_append_printf (text, "%s%s", n++ > 0 ? " " : "", utterance->text);
    g_assert_nonnull (utterance->words);
    for (guint i = 0; i < utterance->words->len; i++) {
      const HablaWord *word = utterance->words->pdata[i];

      assert_near (word->begin, (300 + 800 * n_words++) * GST_MSECOND);
    }
    habla_utterance_free (utterance);
  }
  g_assert_cmpstr (text->str, ==, "abc abc abc abc abc abc abc");
  g_assert_cmpuint (n, >=, 3);
  g_assert_cmpuint (n_words, ==, 7);
}

/* Half a minute of silence without growing text, then speech at the right time. */
static void
test_silence (void)
{
  g_autoptr (Fixture) self = fixture_new ("");
  g_autoptr (HablaUtterance) utterance = NULL;

  for (guint i = 0; i < 30; i++)
    push (self, "..........");
  expect (self, NULL);
  push (self, "a" SILENCE);
  utterance = pull (self);
  g_assert_nonnull (utterance);
  g_assert_cmpstr (utterance->text, ==, "a");
  assert_near (utterance->begin, 30 * GST_SECOND);
}

static gpointer
hear (gpointer text)
{
  g_autoptr (Fixture) self = fixture_new ("partials=false");
  g_autofree char *speech = g_strdup_printf ("...%s" SILENCE, (const char *) text);

  for (guint i = 0; i < 10; i++) {
    push (self, speech);
    expect (self, text);
  }
  return NULL;
}

/* Sessions share the recogniser and do not mix. */
static void
test_sessions (void)
{
  static const char *const texts[] = { "abc", "cab", "b a c", "cc bb" };
  GThread *threads[G_N_ELEMENTS (texts)];

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    threads[i] = g_thread_new ("hear", hear, (gpointer) texts[i]);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_thread_join (threads[i]);
}

/* Stops in the middle of speech, while buffers are pushed. */
static void
run_pipeline (gpointer data)
{
  g_autofree char *line = g_strdup_printf (
      "audiotestsrc freq=1000 samplesperbuffer=320 ! queue ! sherpatranscriber name=t model=%s ! "
      "fakesink async=false sync=false",
      model);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);
  g_autoptr (GstElement) transcriber = NULL;
  gint64 deadline = g_get_monotonic_time () + habla_test_scale (30) * G_USEC_PER_SEC;

  g_assert_no_error (error);
  gst_object_ref_sink (pipeline);
  transcriber = gst_bin_get_by_name (GST_BIN (pipeline), "t");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (habla_test_get_stat (transcriber, "partials") == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (1000);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static void
test_leaks (void)
{
  habla_test_leak_gate (run_pipeline, NULL, habla_test_repeat (100));
}

typedef struct {
  const char *name;
  ToneModelFault fault;
  const char *key;
  const char *value;
  const char *says; /* part of the error, besides the name of the file */
} Hostile;

static const Hostile hostile[] = {
  { "no-metadata", TONE_MODEL_NO_METADATA, "vocab_size", NULL, "vocab_size" },
  { "no-cache", TONE_MODEL_NO_METADATA, "cache_last_time_dim2", NULL, "cache_last_time_dim2" },
  { "no-kind", TONE_MODEL_NO_METADATA, "window_size", NULL, "no transcriber" },
  { "no-shift", TONE_MODEL_METADATA, "chunk_shift", "0", "chunk_shift" },
  { "negative", TONE_MODEL_METADATA, "cache_last_channel_dim1", "-5", "cache_last_channel_dim1" },
  { "huge", TONE_MODEL_METADATA, "cache_last_channel_dim2", "2000000000",
      "cache_last_channel_dim2" },
  { "large-cache", TONE_MODEL_METADATA, "cache_last_time_dim3", "9000000", "cache_last_time" },
  { "not-a-number", TONE_MODEL_METADATA, "vocab_size", "four", "vocab_size" },
  { "truncated", TONE_MODEL_TRUNCATED, NULL, NULL, "truncated" },
  { "no-model", TONE_MODEL_NO_MODEL, NULL, NULL, "no model of ONNX" },
  { "newer", TONE_MODEL_NEWER, NULL, NULL, "newer version" },
  { "no-blank", TONE_MODEL_TOKENS, NULL, "a 0\nb 1\nc 2\nd 3\ne 4\n", "<blk>" },
  { "missing-token", TONE_MODEL_TOKENS, NULL, "a 0\nb 1\nc 2\n<blk> 4\n", "5 tokens" },
  { "columns", TONE_MODEL_TOKENS, NULL, "a 0 7\nb 1\nc 2\nd 3\n<blk> 4\n", "Line 1" },
  { "no-number", TONE_MODEL_TOKENS, NULL, "a 0\nb\nc 2\nd 3\n<blk> 4\n", "Line 2" },
  { "empty", TONE_MODEL_TOKENS, NULL, "", "empty" },
};

/* Returns: (transfer full): the error of an element that cannot start */
static char *
get_error (const char *properties)
{
  g_autofree char *line = g_strdup_printf ("sherpatranscriber %s", properties);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) element = gst_parse_launch (line, &error);
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) details = NULL;

  g_assert_no_error (error);
  gst_object_ref_sink (element);
  gst_element_set_bus (element, bus);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  gst_message_parse_error (message, &details, NULL);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  return g_strdup (details->message);
}

/* The library would end the process on most of these. */
static void
test_hostile (gconstpointer data)
{
  const Hostile *self = data;
  g_autofree char *folder = tone_model_write (self->name, self->fault, self->key, self->value);
  g_autofree char *properties = g_strdup_printf ("model=%s", folder);
  g_autofree char *error = get_error (properties);

  g_test_message ("%s", error);
  g_assert_nonnull (strstr (error, folder));
  g_assert_nonnull (strstr (error, self->says));
}

static void
test_missing (void)
{
  g_autofree char *no_tokens = tone_model_write ("no-tokens", TONE_MODEL_NO_FAULT, NULL, NULL);
  g_autofree char *tokens = g_build_filename (no_tokens, "tokens.txt", NULL);
  g_autofree char *properties = g_strdup_printf ("model=%s", no_tokens);
  g_autofree char *unlinked = NULL;
  g_autofree char *nowhere = get_error ("model=/nowhere/to/be/found");
  g_autofree char *uninstalled = get_error ("language-code=eo");
  g_autofree char *automatic = NULL;

  g_assert_nonnull (strstr (nowhere, "/nowhere/to/be/found"));
  g_assert_nonnull (strstr (uninstalled, "habla models install"));
  g_unlink (tokens);
  unlinked = get_error (properties);
  g_assert_nonnull (strstr (unlinked, no_tokens));
  g_free (properties);
  properties = g_strdup_printf ("language-code=auto model=%s", model);
  automatic = get_error (properties);
  g_assert_nonnull (strstr (automatic, "language-code"));
}

int
main (int argc, char *argv[])
{
  int status;

  habla_test_init (&argc, &argv);
  model = tone_model_write ("tones", TONE_MODEL_NO_FAULT, NULL, NULL);
  g_test_add_func ("/sherpatranscriber-streaming/utterance", test_utterance);
  g_test_add_func ("/sherpatranscriber-streaming/utterances", test_utterances);
  g_test_add_func ("/sherpatranscriber-streaming/flush", test_flush);
  g_test_add_func ("/sherpatranscriber-streaming/split", test_split);
  g_test_add_func ("/sherpatranscriber-streaming/silence", test_silence);
  g_test_add_func ("/sherpatranscriber-streaming/sessions", test_sessions);
  g_test_add_func ("/sherpatranscriber-streaming/leaks", test_leaks);
  g_test_add_func ("/sherpatranscriber-streaming/missing", test_missing);
  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++) {
    g_autofree char *path =
        g_strconcat ("/sherpatranscriber-streaming/hostile/", hostile[i].name, NULL);

    g_test_add_data_func (path, &hostile[i], test_hostile);
  }
  status = habla_test_run ();
  g_free (model);
  return status;
}
