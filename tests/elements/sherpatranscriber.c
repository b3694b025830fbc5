/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests sherpatranscriber with Whisper and real speech. Skipped without the models. */
#include "habla-test.h"
#include "speech.h"
#include "tone-model.h"

#include <glib/gstdio.h>
#include <habla/habla.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CAPS "audio/x-raw, format=S16LE, rate=16000, channels=1, layout=interleaved"
#define CHUNK (SPEECH_RATE / 50)

/* The shortest recordings, of three seconds. */
#define SHORT 1
#define OTHER 4
/* One whose first word is found at once. */
#define STEADY 2

/* Growth of memory in the test of leaks, in kB. */
#define MAX_GROWTH 8000

/* Keeps the model loaded for all tests. */
static GstElement *keeper;

typedef struct {
  char *text;          /* of all final utterances, separated by blanks */
  char *times;         /* of each final utterance, in milliseconds: "100-900 950-1200 " */
  GPtrArray *partials; /* of char* */
  guint n_utterances;
  GstClockTime longest; /* longest utterance */
  guint64 n_cuts;
} Transcript;

static void
transcript_clear (Transcript *self)
{
  g_free (self->text);
  g_free (self->times);
  g_clear_pointer (&self->partials, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Transcript, transcript_clear)

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

static void
push (GstHarness *h, const GArray *samples, gsize chunk)
{
  for (gsize i = 0; i < samples->len; i += chunk) {
    gsize n = MIN (chunk, samples->len - i);
    GstBuffer *buffer =
        gst_buffer_new_memdup (&g_array_index (samples, gint16, i), n * sizeof (gint16));

    GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (i, GST_SECOND, SPEECH_RATE);
    GST_BUFFER_DURATION (buffer) = gst_util_uint64_scale (n, GST_SECOND, SPEECH_RATE);
    g_assert_cmpint (gst_harness_push (h, buffer), ==, GST_FLOW_OK);
  }
}

static void
collect (GstHarness *h, Transcript *transcript)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) times = g_string_new (NULL);
  GstBuffer *buffer;
  GstClockTime last_end = 0;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  while ((buffer = gst_harness_try_pull (h)) != NULL) {
    guint64 last_id = 0;
    g_autoptr (HablaUtterance) utterance = habla_utterance_from_buffer (buffer, &segment, &last_id);

    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", utterance->text);
    g_string_append_printf (times, "%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT " ",
        utterance->begin / GST_MSECOND, utterance->end / GST_MSECOND);
    g_assert_cmpstr (utterance->language, ==, "en");
    /* Whisper has none. */
    g_assert_cmpfloat (utterance->confidence, ==, HABLA_CONFIDENCE_UNKNOWN);
    g_assert_cmpuint (utterance->begin, >=, last_end);
    last_end = utterance->end;
    transcript->n_utterances++;
    transcript->longest = MAX (transcript->longest, utterance->end - utterance->begin);
    gst_buffer_unref (buffer);
  }
  transcript->text = g_string_free (g_steal_pointer (&text), FALSE);
  transcript->times = g_string_free (g_steal_pointer (&times), FALSE);
}

static GstHarness *
make_harness (const char *properties)
{
  g_autofree char *line = g_strdup_printf ("sherpatranscriber %s", properties);
  GstHarness *h = gst_harness_new_parse (line);

  gst_harness_set_src_caps_str (h, CAPS);
  return h;
}

static void
transcribe (const GArray *samples, gsize chunk, const char *properties, Transcript *transcript)
{
  GstHarness *h = make_harness (properties);
  g_autoptr (GstElement) element = gst_harness_find_element (h, "sherpatranscriber");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "src");

  *transcript = (Transcript){ .partials = g_ptr_array_new_with_free_func (g_free) };
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, keep_partial, transcript->partials, NULL);
  push (h, samples, chunk);
  gst_harness_push_event (h, gst_event_new_eos ());
  collect (h, transcript);
  transcript->n_cuts = habla_test_get_stat (element, "cuts");
  gst_harness_teardown (h);
}

static guint
count_errors (const char *reference, const char *text)
{
  g_autofree char *normal = speech_normalize (text);

  return speech_count_errors (reference, normal);
}

/* At most 8.5 % wrong words, with capitals and punctuation, without live partial texts. */
static void
test_error_rate (void)
{
  guint n_words = 0, n_errors = 0;

  for (guint i = 0; i < SPEECH_N_RECORDINGS; i++) {
    g_autoptr (GArray) samples = speech_load (i);
    g_autofree char *reference = speech_load_transcript (i);
    g_auto (Transcript) transcript = { 0 };

    transcribe (samples, CHUNK, "partials=false", &transcript);
    g_test_message ("%s", transcript.text);
    n_words += speech_count_words (reference);
    n_errors += count_errors (reference, transcript.text);
    g_assert_cmpuint (transcript.partials->len, ==, 0);
    g_assert_true (g_ascii_isupper (*transcript.text));
    g_assert_true (g_ascii_ispunct (transcript.text[strlen (transcript.text) - 1]));
  }
  g_test_message ("of %u words wrong: %u", n_words, n_errors);
  g_assert_cmpuint (n_words, ==, 71);
  g_assert_cmpuint (n_errors * 1000, <=, n_words * 85);
}

/* Partial texts come during speech, whatever the size of buffers; stable ones only grow, and the
 * final text may differ from one of them. */
static void
test_partials (void)
{
  g_autoptr (GArray) samples = speech_load (STEADY);
  g_auto (Transcript) live = { 0 };
  g_auto (Transcript) stable = { 0 };
  guint n_taken_back = 0;

  transcribe (samples, CHUNK, "", &live);
  transcribe (samples, 1237, "stable-partials=true", &stable);
  g_assert_cmpstr (live.text, ==, stable.text);
  g_assert_cmpstr (live.times, ==, stable.times);
  g_assert_cmpuint (live.partials->len, >=, 4);
  g_assert_cmpuint (stable.partials->len, >=, 1);
  for (guint i = 0; i < stable.partials->len; i++) {
    g_autofree char *text = speech_normalize (stable.partials->pdata[i]);
    g_autofree char *final = speech_normalize (stable.text);

    g_test_message ("%s", (char *) stable.partials->pdata[i]);
    if (i > 0)
      g_assert_true (g_str_has_prefix (stable.partials->pdata[i], stable.partials->pdata[i - 1]));
    n_taken_back += !g_str_has_prefix (final, text);
  }
  g_assert_cmpuint (n_taken_back, <=, 1);
}

/* Speech without a pause is split at its quietest places, and no word is lost. */
static void
test_cut (void)
{
  g_autoptr (GArray) samples = speech_load (0);
  g_autofree char *reference = speech_load_transcript (0);
  g_auto (Transcript) cut = { 0 };

  transcribe (samples, CHUNK, "max-utterance=3000 partials=false", &cut);
  g_test_message ("%s: %s", cut.times, cut.text);
  g_assert_cmpuint (cut.n_cuts, >=, 2);
  g_assert_cmpuint (cut.longest, <=, 3 * GST_SECOND);
  g_assert_cmpuint (count_errors (reference, cut.text), <=, 6);
}

static void
test_silence (void)
{
  g_autoptr (GArray) samples = g_array_new (FALSE, TRUE, sizeof (gint16));
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_auto (Transcript) transcript = { 0 };

  /* Digital silence, the noise of a microphone, loud noise, and clicks. */
  g_array_set_size (samples, 8 * SPEECH_RATE);
  for (guint i = 2 * SPEECH_RATE; i < samples->len; i++)
    g_array_index (samples, gint16, i) = i < 4 * SPEECH_RATE ? g_rand_int_range (rand, -30, 31)
                                         : i < 6 * SPEECH_RATE
                                             ? g_rand_int_range (rand, -6000, 6001)
                                         : i % 4000 == 0 ? 20000
                                                         : 0;
  transcribe (samples, CHUNK, "", &transcript);
  g_assert_cmpstr (transcript.text, ==, "");
  g_assert_cmpuint (transcript.partials->len, ==, 0);
}

/* The least audio there can be. */
static void
test_short (void)
{
  static const guint sizes[] = { 1, 79, 80, 512, 1000 };
  g_autoptr (GArray) all = speech_load (SHORT);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (gint16));
    g_auto (Transcript) transcript = { 0 };

    /* It begins within a word. */
    g_array_append_vals (samples, &g_array_index (all, gint16, SPEECH_RATE), sizes[i]);
    transcribe (samples, CHUNK, "", &transcript);
    g_assert_cmpuint (transcript.n_utterances, ==, 0);
  }
}

/* A flush drops the text; after it, recognition continues. */
static void
test_flush (void)
{
  g_autoptr (GArray) samples = speech_load (SHORT);
  GstHarness *h = make_harness ("partials=false");
  g_auto (Transcript) transcript = { 0 };
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  g_array_set_size (samples, 2 * SPEECH_RATE);
  push (h, samples, CHUNK);
  gst_harness_push_event (h, gst_event_new_flush_start ());
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  push (h, samples, CHUNK);
  gst_harness_push_event (h, gst_event_new_eos ());
  collect (h, &transcript);
  g_assert_cmpuint (transcript.n_utterances, ==, 1);
  g_assert_nonnull (strstr (transcript.text, "He was not"));
  gst_harness_teardown (h);
}

typedef struct {
  guint recording;
  Transcript transcript;
} Run;

static gpointer
run (gpointer data)
{
  Run *self = data;
  g_autoptr (GArray) samples = speech_load (self->recording);

  transcribe (samples, CHUNK, "partials=false", &self->transcript);
  return NULL;
}

/* Sessions share the model and do not mix. */
static void
test_at_once (void)
{
  Run alone[] = { { SHORT, { 0 } }, { OTHER, { 0 } } };
  Run together[] = { { SHORT, { 0 } }, { OTHER, { 0 } } };
  GThread *threads[2];

  for (guint i = 0; i < 2; i++)
    run (&alone[i]);
  for (guint i = 0; i < 2; i++)
    threads[i] = g_thread_new ("transcribe", run, &together[i]);
  for (guint i = 0; i < 2; i++) {
    g_thread_join (threads[i]);
    g_assert_cmpstr (together[i].transcript.text, ==, alone[i].transcript.text);
    g_assert_cmpuint (strlen (alone[i].transcript.text), >, 0);
    transcript_clear (&alone[i].transcript);
    transcript_clear (&together[i].transcript);
  }
}

static void
test_languages (void)
{
  g_auto (GStrv) languages = NULL;

  g_object_get (keeper, "available-languages", &languages, NULL);
  g_assert_true (g_strv_contains ((const char *const *) languages, "en"));
}

/* Returns: (transfer full) (nullable): the error of an element with @folder as its model */
static char *
get_error (const char *folder)
{
  g_autoptr (GstElement) element =
      gst_object_ref_sink (gst_element_factory_make ("sherpatranscriber", NULL));
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  g_object_set (element, "model", folder, NULL);
  gst_element_set_bus (element, bus);
  gst_element_set_state (element, GST_STATE_PAUSED);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  if (message != NULL)
    gst_message_parse_error (message, &error, NULL);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  return error != NULL ? g_strdup (error->message) : NULL;
}

static void
link_file (const char *folder, const char *name)
{
  g_autofree char *source =
      g_build_filename (g_getenv ("HABLA_TEST_MODELS"), "whisper-tiny.en", name, NULL);
  g_autofree char *target = g_build_filename (folder, name, NULL);

  g_assert_cmpint (symlink (source, target), ==, 0);
}

/* A folder as the publisher distributes it, complete and with a decoder that is cut off. */
static void
test_folder (void)
{
  g_autofree char *folder = g_build_filename (habla_test_get_dir (), "whisper", NULL);
  g_autofree char *decoder = g_build_filename (folder, "tiny.en-decoder.int8.onnx", NULL);
  g_autofree char *data = NULL;
  g_autofree char *missing = NULL;
  g_autofree char *complete = NULL;
  g_autofree char *truncated = NULL;
  gsize size;

  g_mkdir (folder, 0700);
  link_file (folder, "tiny.en-encoder.int8.onnx");
  link_file (folder, "tiny.en-tokens.txt");
  missing = get_error (folder);
  g_assert_nonnull (missing);
  g_assert_nonnull (strstr (missing, "decoder"));
  g_assert_nonnull (strstr (missing, folder));
  link_file (folder, "tiny.en-decoder.int8.onnx");
  complete = get_error (folder);
  g_assert_cmpstr (complete, ==, NULL);
  g_assert_true (g_file_get_contents (decoder, &data, &size, NULL));
  g_unlink (decoder);
  g_assert_true (g_file_set_contents (decoder, data, size - 1000, NULL));
  truncated = get_error (folder);
  g_assert_nonnull (truncated);
  g_assert_nonnull (strstr (truncated, decoder));
}

/* A model that sherpa-onnx loads, but cannot decode with. */
static void
test_mixed_up (void)
{
  g_autofree char *folder = g_build_filename (habla_test_get_dir (), "mixed-up", NULL);
  g_autofree char *encoder = g_build_filename (
      g_getenv ("HABLA_TEST_MODELS"), "whisper-tiny.en", "tiny.en-encoder.int8.onnx", NULL);
  g_autofree char *decoder = g_build_filename (folder, "tiny.en-decoder.int8.onnx", NULL);
  g_autofree char *problem = NULL;

  g_mkdir (folder, 0700);
  link_file (folder, "tiny.en-encoder.int8.onnx");
  link_file (folder, "tiny.en-tokens.txt");
  g_assert_cmpint (symlink (encoder, decoder), ==, 0);
  problem = get_error (folder);
  g_assert_nonnull (problem);
  g_assert_nonnull (strstr (problem, folder));
}

/* A damaged model of the greatest quality does not disable its language. */
static void
test_fallback (void)
{
  const char *models = g_getenv ("HABLA_MODELS_PATH");
  g_autofree char *saved = g_strdup (models);
  g_autofree char *root = g_build_filename (habla_test_get_dir (), "fallback", NULL);
  g_autofree char *folder = g_build_filename (root, "bad", NULL);
  g_autofree char *description = g_build_filename (folder, HABLA_MODEL_DESCRIPTION, NULL);
  g_autofree char *path = g_strconcat (root, ":", models, NULL);
  g_autoptr (GstElement) element =
      gst_object_ref_sink (gst_element_factory_make ("sherpatranscriber", NULL));
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) warning = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  for (const char *name = "edt"; *name != '\0'; name++) {
    g_autofree char *file = g_strdup_printf ("%s/%c.onnx", folder, *name);

    g_assert_true (g_file_set_contents (file, "", 0, NULL));
  }
  g_assert_true (g_file_set_contents (description,
      "[Model]\nId=bad\nEngine=sherpa\nJob=transcriber\nArchitecture=whisper\nLanguages=en\n"
      "Quality=100\n[Files]\nEncoder=e.onnx\nDecoder=d.onnx\nTokens=t.onnx\n",
      -1, NULL));
  g_setenv ("HABLA_MODELS_PATH", path, TRUE);
  gst_element_set_bus (element, bus);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), !=, GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  g_assert_nonnull (message);
  gst_message_parse_warning (message, &warning, NULL);
  g_test_message ("%s", warning->message);
  g_assert_nonnull (strstr (warning->message, "habla models verify bad"));
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  g_setenv ("HABLA_MODELS_PATH", saved, TRUE);
}

static void
copy_file (const char *folder, const char *name)
{
  g_autoptr (GFile) source =
      g_file_new_build_filename (g_getenv ("HABLA_TEST_MODELS"), "whisper-tiny.en", name, NULL);
  g_autoptr (GFile) target = g_file_new_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_copy (source, target, G_FILE_COPY_NONE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
write_model (const char *root, const char *name, const char *languages)
{
  g_autofree char *folder = g_build_filename (root, name, NULL);
  g_autofree char *description = g_build_filename (folder, HABLA_MODEL_DESCRIPTION, NULL);
  g_autofree char *content = g_strdup_printf (
      "[Model]\nId=%s\nEngine=sherpa\nJob=transcriber\nArchitecture=whisper\nLanguages=%s\n"
      "Quality=100\n[Files]\nEncoder=tiny.en-encoder.int8.onnx\n"
      "Decoder=tiny.en-decoder.int8.onnx\nTokens=tiny.en-tokens.txt\n",
      name, languages);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  copy_file (folder, "tiny.en-encoder.int8.onnx");
  copy_file (folder, "tiny.en-decoder.int8.onnx");
  copy_file (folder, "tiny.en-tokens.txt");
  g_assert_true (g_file_set_contents (description, content, -1, NULL));
}

static void
assert_detectable (GstElement *element, const char *const *languages)
{
  g_auto (GStrv) detectable = NULL;

  g_object_get (element, "detectable-languages", &detectable, NULL);
  g_assert_cmpstrv (detectable, languages);
}

/* A model for several languages detects them, and one for a single language none. This one is for
 * English, whatever its description says: it hears English, and detects nothing. */
static void
test_detection (void)
{
  static const char *const several[] = { "en", "es", "fr", NULL }, *const none[] = { NULL };
  const char *models = g_getenv ("HABLA_MODELS_PATH");
  g_autofree char *saved = g_strdup (models);
  g_autofree char *root = g_build_filename (habla_test_get_dir (), "detection", NULL);
  g_autofree char *path = g_strconcat (root, ":", models, NULL);
  g_autoptr (GstElement) element =
      gst_object_ref_sink (gst_element_factory_make ("sherpatranscriber", NULL));

  write_model (root, "single", "en");
  g_setenv ("HABLA_MODELS_PATH", path, TRUE);
  assert_detectable (element, none);
  write_model (root, "several", "en;es;fr");
  assert_detectable (element, several);
  g_object_set (element, "model", "single", NULL);
  assert_detectable (element, none);
  g_object_set (element, "model", NULL, "language-code", "es, en", NULL);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), !=, GST_STATE_CHANGE_FAILURE);
  gst_element_set_state (element, GST_STATE_NULL);
  g_setenv ("HABLA_MODELS_PATH", saved, TRUE);
}

static void
start_and_stop (gpointer data)
{
  g_autoptr (GstElement) element = gst_element_factory_make ("sherpatranscriber", NULL);

  gst_object_ref_sink (element);
  g_assert_cmpint (
      gst_element_set_state (element, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
  gst_element_set_state (element, GST_STATE_NULL);
}

/* Hears @data and stops, in every second cycle in the middle of speech. */
static void
hear_and_stop (gpointer data)
{
  static guint n_cycles;
  GstHarness *h = make_harness ("");

  push (h, data, CHUNK);
  if (n_cycles++ % 2 == 0)
    gst_harness_push_event (h, gst_event_new_eos ());
  gst_harness_teardown (h);
}

static guint
count_threads (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* Returns: resident memory in kB */
static gulong
get_memory (void)
{
  g_autofree char *content = NULL;
  gulong pages = 0;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &content, NULL, NULL));
  g_assert_cmpint (sscanf (content, "%*u %lu", &pages), ==, 1);
  return pages * 4;
}

/* $HABLA_TEST_CYCLES cycles leave nothing behind while the model stays in memory. The leaks tracer
 * itself needs memory for each object that it has seen, so it starts after the measurement. */
static void
test_leaks (void)
{
  const char *number = g_getenv ("HABLA_TEST_CYCLES");
  guint cycles = number != NULL ? g_ascii_strtoull (number, NULL, 10) : habla_test_repeat (20);
  g_autoptr (GArray) samples = speech_load (SHORT);
  gulong memory;
  guint n_threads;

  g_array_set_size (samples, SPEECH_RATE * 5 / 4);
  for (guint i = 0; i < MAX (cycles / 10, 4); i++)
    hear_and_stop (samples);
  memory = get_memory ();
  n_threads = count_threads ();
  for (guint i = 0; i < cycles; i++)
    hear_and_stop (samples);
  g_test_message ("%ld kB, %d threads more after %u cycles", (long) (get_memory () - memory),
      (int) (count_threads () - n_threads), cycles);
  g_assert_cmpuint (count_threads (), <=, n_threads);
  g_assert_cmpuint (get_memory (), <, memory + MAX_GROWTH);
  habla_test_leak_gate (hear_and_stop, samples, MAX (cycles / 10, 4));
  habla_test_leak_gate (start_and_stop, NULL, MAX (cycles, habla_test_repeat (100)));
}

/* @label: what the model detects */
static void
install_sense_voice (const char *id, const char *label)
{
  g_autofree char *name = g_build_filename ("sense-voice", id, NULL);
  g_autofree char *folder = tone_model_write_sense_voice (name, label);
  g_autofree char *description = g_build_filename (folder, HABLA_MODEL_DESCRIPTION, NULL);
  g_autofree char *content = g_strdup_printf (
      "[Model]\nId=%s\nEngine=sherpa\nJob=transcriber\nArchitecture=sense-voice\n"
      "Languages=zh;en;ja;ko;yue\nQuality=1\n[Files]\nModel=model.onnx\nTokens=tokens.txt\n",
      id);

  g_assert_true (g_file_set_contents (description, content, -1, NULL));
}

/* @codes: of the element */
static void
check_sense_voice (const char *id, const char *codes, const char *expected)
{
  g_autofree char *line =
      g_strdup_printf ("sherpatranscriber model=%s language-code=\"%s\" partials=false", id, codes);
  g_autoptr (GArray) samples = speech_load (SHORT);
  GstHarness *h = gst_harness_new_parse (line);
  g_autoptr (GstBuffer) buffer = NULL;
  g_autoptr (HablaUtterance) utterance = NULL;
  guint64 last_id = 0;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_set_src_caps_str (h, CAPS);
  push (h, samples, CHUNK);
  gst_harness_push_event (h, gst_event_new_eos ());
  buffer = gst_harness_pull (h);
  utterance = habla_utterance_from_buffer (buffer, &segment, &last_id);
  g_assert_cmpstr (utterance->text, ==, "mesa");
  g_assert_cmpstr (utterance->language, ==, expected);
  gst_harness_teardown (h);
}

/* SenseVoice tells the language of each segment: one of those that may be spoken, or any. The model
 * is made by the test, and goes through the real library. */
static void
test_sense_voice (void)
{
  const char *models = g_getenv ("HABLA_MODELS_PATH");
  g_autofree char *saved = g_strdup (models);
  g_autofree char *path = g_strdup_printf ("%s/sense-voice:%s", habla_test_get_dir (), models);

  install_sense_voice ("korean", "<|ko|>");
  install_sense_voice ("cantonese", "<|yue|>");
  g_setenv ("HABLA_MODELS_PATH", path, TRUE);
  check_sense_voice ("korean", "en, ko", "ko");
  check_sense_voice ("cantonese", "en, ko", "en");
  check_sense_voice ("cantonese", "auto", "yue");
  g_setenv ("HABLA_MODELS_PATH", saved, TRUE);
}

int
main (int argc, char *argv[])
{
  const char *models = g_getenv ("HABLA_TEST_MODELS");
  g_autofree char *whisper =
      models != NULL ? g_build_filename (models, "whisper-tiny.en", NULL) : NULL;
  int status;

  habla_test_init (&argc, &argv);
  if (whisper == NULL || !g_file_test (whisper, G_FILE_TEST_IS_DIR) || !speech_is_installed ()) {
    g_print ("1..0 # SKIP the model whisper-tiny.en or pocketsphinx-testdata is not installed\n");
    return habla_test_run ();
  }
  g_setenv ("HABLA_MODELS_PATH", models, TRUE);
  keeper = gst_element_factory_make ("sherpatranscriber", NULL);
  g_assert_nonnull (keeper);
  gst_object_ref_sink (keeper);
  g_assert_cmpint (gst_element_set_state (keeper, GST_STATE_PAUSED), !=, GST_STATE_CHANGE_FAILURE);
  g_test_add_func ("/sherpatranscriber/error-rate", test_error_rate);
  g_test_add_func ("/sherpatranscriber/partials", test_partials);
  g_test_add_func ("/sherpatranscriber/cut", test_cut);
  g_test_add_func ("/sherpatranscriber/silence", test_silence);
  g_test_add_func ("/sherpatranscriber/short", test_short);
  g_test_add_func ("/sherpatranscriber/flush", test_flush);
  g_test_add_func ("/sherpatranscriber/at-once", test_at_once);
  g_test_add_func ("/sherpatranscriber/languages", test_languages);
  g_test_add_func ("/sherpatranscriber/folder", test_folder);
  g_test_add_func ("/sherpatranscriber/mixed-up", test_mixed_up);
  g_test_add_func ("/sherpatranscriber/fallback", test_fallback);
  g_test_add_func ("/sherpatranscriber/detection", test_detection);
  g_test_add_func ("/sherpatranscriber/sense-voice", test_sense_voice);
  g_test_add_func ("/sherpatranscriber/leaks", test_leaks);
  status = habla_test_run ();
  gst_element_set_state (keeper, GST_STATE_NULL);
  gst_clear_object (&keeper);
  return status;
}
