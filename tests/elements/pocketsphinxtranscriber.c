/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests pocketsphinxtranscriber with real speech, against its own library. */
#include "habla-test.h"
#include "speech.h"

#include <habla/habla.h>
#include <pocketsphinx.h>
#include <sphinxbase/err.h>

#define CAPS "audio/x-raw, format=S16LE, rate=16000, channels=1, layout=interleaved"
#define MODELS "/usr/share/pocketsphinx/model"
#define MODEL MODELS "/en-us/"
/* The properties for the complete model, instead of that of $POCKETSPHINX_PATH. */
#define WORDS "dictionary=" MODEL "cmudict-en-us.dict language-model=" MODEL "en-us.lm.bin"
#define COMPLETE "model=" MODEL "en-us " WORDS
#define CHUNK (SPEECH_RATE / 50)

/* Keeps decoders loaded for all tests. */
static GstElement *keeper;

/* The shortest recordings, of three seconds. */
#define SHORT 1
#define OTHER 4

typedef struct {
  char *text;  /* of all final utterances, separated by blanks */
  char *times; /* of each final utterance, in milliseconds: "100-900 950-1200 " */
  guint n_utterances;
  guint n_partials;
  guint64 n_cuts;
  GstClockTime longest; /* number of utterances */
  GstClockTime hole;    /* longest pause between two utterances */
} Transcript;

static void
transcript_clear (Transcript *self)
{
  g_free (self->text);
  g_free (self->times);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Transcript, transcript_clear)

static GstHarness *
make_harness (const char *properties)
{
  g_autofree char *line = g_strdup_printf ("pocketsphinxtranscriber %s", properties);
  GstHarness *h = gst_harness_new_parse (line);

  gst_harness_set_src_caps_str (h, CAPS);
  return h;
}

static GstPadProbeReturn
count_partial (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  *(guint *) data += habla_utterance_is_event (GST_PAD_PROBE_INFO_EVENT (info));
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
  GstClockTime last_end = GST_CLOCK_TIME_NONE;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  while ((buffer = gst_harness_try_pull (h)) != NULL) {
    guint64 last_id = 0;
    g_autoptr (HablaUtterance) utterance = habla_utterance_from_buffer (buffer, &segment, &last_id);

    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", utterance->text);
    g_string_append_printf (times, "%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT " ",
        utterance->begin / GST_MSECOND, utterance->end / GST_MSECOND);
    g_assert_cmpstr (utterance->language, ==, "en");
    g_test_message ("confidence %f", utterance->confidence);
    g_assert_cmpfloat (utterance->confidence, >=, 0.05);
    g_assert_cmpfloat (utterance->confidence, <=, 1);
    transcript->n_utterances++;
    transcript->longest = MAX (transcript->longest, utterance->end - utterance->begin);
    if (GST_CLOCK_TIME_IS_VALID (last_end)) {
      g_assert_cmpuint (utterance->begin, >=, last_end);
      transcript->hole = MAX (transcript->hole, utterance->begin - last_end);
    }
    last_end = utterance->end;
    gst_buffer_unref (buffer);
  }
  transcript->text = g_string_free (g_steal_pointer (&text), FALSE);
  transcript->times = g_string_free (g_steal_pointer (&times), FALSE);
}

static void
transcribe (const GArray *samples, gsize chunk, const char *properties, Transcript *transcript)
{
  GstHarness *h = make_harness (properties);
  g_autoptr (GstElement) element = gst_harness_find_element (h, "pocketsphinxtranscriber");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "src");
  g_autoptr (GstStructure) stats = NULL;

  *transcript = (Transcript){ 0 };
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, count_partial, &transcript->n_partials, NULL);
  push (h, samples, chunk);
  gst_harness_push_event (h, gst_event_new_eos ());
  collect (h, transcript);
  g_object_get (element, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint64 (stats, "cuts", &transcript->n_cuts));
  gst_harness_teardown (h);
}

/* Returns: (transfer full): the library's text of the whole recording */
static char *
decode_whole (ps_decoder_t *decoder, const GArray *samples)
{
  ps_start_stream (decoder);
  ps_start_utt (decoder);
  ps_process_raw (decoder, (gint16 *) samples->data, samples->len, FALSE, TRUE);
  ps_end_utt (decoder);
  return g_strdup (ps_get_hyp (decoder, NULL));
}

static ps_decoder_t *
make_decoder (void)
{
  cmd_ln_t *config = cmd_ln_init (NULL, ps_args (), TRUE, "-hmm", MODEL "en-us", "-dict",
      MODEL "cmudict-en-us.dict", "-lm", MODEL "en-us.lm.bin", NULL);
  ps_decoder_t *decoder = ps_init (config);

  g_assert_nonnull (decoder);
  cmd_ln_free_r (config);
  return decoder;
}

/* No more wrong words than when each recording is decoded as a whole. */
static void
test_error_rate (void)
{
  ps_decoder_t *decoder = make_decoder ();
  guint n_words = 0, ours = 0, whole = 0;

  for (guint i = 0; i < SPEECH_N_RECORDINGS; i++) {
    g_autoptr (GArray) samples = speech_load (i);
    g_autofree char *reference = speech_load_transcript (i);
    g_autofree char *decoded = decode_whole (decoder, samples);
    g_auto (Transcript) transcript = { 0 };

    transcribe (samples, CHUNK, COMPLETE, &transcript);
    n_words += speech_count_words (reference);
    ours += speech_count_errors (reference, transcript.text);
    whole += speech_count_errors (reference, decoded);
    g_assert_cmpuint (transcript.n_partials, >=, 3);
  }
  ps_free (decoder);
  g_test_message ("of %u words wrong: %u, decoded whole %u", n_words, ours, whole);
  g_assert_cmpuint (n_words, ==, 71);
  g_assert_cmpuint (ours, <=, whole);
}

/* Speech without a pause, after an utterance that was not split, is split between words: each
 * part continues where the previous one ended, and no word is lost. */
static void
test_cut (void)
{
  g_autoptr (GArray) samples = speech_load (SHORT);
  g_autoptr (GArray) longest = speech_load (0);
  g_autofree char *first = speech_load_transcript (SHORT);
  g_autofree char *second = speech_load_transcript (0);
  g_autofree char *reference = g_strconcat (first, " ", second, NULL);
  g_auto (Transcript) uncut = { 0 };
  g_auto (Transcript) cut = { 0 };
  guint errors_uncut, errors_cut;

  g_array_set_size (samples, samples->len + SPEECH_RATE);
  memset (&g_array_index (samples, gint16, samples->len - SPEECH_RATE), 0,
      SPEECH_RATE * sizeof (gint16));
  g_array_append_vals (samples, longest->data, longest->len);
  transcribe (samples, CHUNK, "", &uncut);
  transcribe (samples, CHUNK, "max-utterance=3000", &cut);
  errors_uncut = speech_count_errors (reference, uncut.text);
  errors_cut = speech_count_errors (reference, cut.text);
  g_test_message ("uncut: %s: %s", uncut.times, uncut.text);
  g_test_message ("cut: %s: %s", cut.times, cut.text);
  g_assert_cmpuint (uncut.n_cuts, ==, 0);
  g_assert_cmpuint (cut.n_cuts, >=, 2);
  g_assert_cmpuint (cut.n_utterances, ==, uncut.n_utterances + cut.n_cuts);
  g_assert_cmpuint (cut.longest, <=, 3 * GST_SECOND);
  /* Only the pause between the recordings is silent. */
  g_assert_cmpuint (cut.hole, ==, uncut.hole);
  g_assert_cmpuint (speech_count_words (cut.text), >=, speech_count_words (uncut.text) - 2);
  g_assert_cmpuint (errors_cut, <=, errors_uncut + 3);
}

static void
test_buffer_sizes (void)
{
  static const guint sizes[] = { SPEECH_RATE, 1237 };
  g_autoptr (GArray) samples = speech_load (SHORT);
  g_auto (Transcript) first = { 0 };

  transcribe (samples, SPEECH_RATE / 100, "", &first);
  g_assert_cmpuint (first.n_utterances, >=, 1);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_auto (Transcript) transcript = { 0 };

    transcribe (samples, sizes[i], "", &transcript);
    g_assert_cmpstr (transcript.text, ==, first.text);
    g_assert_cmpstr (transcript.times, ==, first.times);
    g_assert_cmpuint (transcript.n_partials, ==, first.n_partials);
  }
}

/* A decoder of another instance, idle or not, does not keep its adaptation. */
static void
test_fresh (void)
{
  g_autoptr (GArray) samples = speech_load (SHORT);
  g_autoptr (GArray) other = speech_load (OTHER);
  g_auto (Transcript) first = { 0 };

  transcribe (samples, CHUNK, "", &first);
  for (guint i = 0; i < 2; i++) {
    g_auto (Transcript) again = { 0 };
    g_auto (Transcript) between = { 0 };

    if (i == 1)
      gst_clear_object (&keeper);
    transcribe (other, CHUNK, "", &between);
    transcribe (samples, CHUNK, "", &again);
    g_assert_cmpstr (again.text, ==, first.text);
    g_assert_cmpstr (again.times, ==, first.times);
  }
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

  transcribe (samples, CHUNK, "", &self->transcript);
  return NULL;
}

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
test_silence (void)
{
  g_autoptr (GArray) samples = g_array_new (FALSE, TRUE, sizeof (gint16));
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_auto (Transcript) transcript = { 0 };

  /* Digital silence, followed by the noise of a microphone. */
  g_array_set_size (samples, 10 * SPEECH_RATE);
  for (guint i = 5 * SPEECH_RATE; i < samples->len; i++)
    g_array_index (samples, gint16, i) = g_rand_int_range (rand, -30, 31);
  transcribe (samples, CHUNK, "", &transcript);
  g_assert_cmpstr (transcript.text, ==, "");
  g_assert_cmpuint (transcript.n_partials, ==, 0);
}

/* After a flush, the decoder continues. */
static void
test_flush (void)
{
  g_autoptr (GArray) samples = speech_load (SHORT);
  GstHarness *h = make_harness ("");
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
  g_assert_nonnull (strstr (transcript.text, "he was not"));
  gst_harness_teardown (h);
}

typedef struct {
  const char *properties;
  int code; /* of GST_RESOURCE_ERROR */
  const char *says;
} Failure;

static void
test_error (gconstpointer data)
{
  const Failure *failure = data;
  g_autofree char *line = g_strdup_printf ("pocketsphinxtranscriber %s", failure->properties);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) element = gst_parse_launch (line, &error);
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;

  g_assert_no_error (error);
  gst_object_ref_sink (element);
  gst_element_set_bus (element, bus);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  gst_message_parse_error (message, &error, NULL);
  g_test_message ("%s", error->message);
  g_assert_error (error, GST_RESOURCE_ERROR, failure->code);
  g_assert_nonnull (strstr (error->message, failure->says));
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
}

static const Failure failures[] = {
  { "language-code=es", GST_RESOURCE_ERROR_NOT_FOUND, "model of “es”" },
  { "language-code=es", GST_RESOURCE_ERROR_NOT_FOUND, "pocketsphinx-en-us" },
  { "model=/nowhere", GST_RESOURCE_ERROR_NOT_FOUND, "/nowhere does not exist" },
  { "dictionary=/nowhere", GST_RESOURCE_ERROR_NOT_FOUND, "/nowhere does not exist" },
  { "language-model=/nowhere", GST_RESOURCE_ERROR_NOT_FOUND, "/nowhere does not exist" },
  { "language-model=/dev/null", GST_RESOURCE_ERROR_NOT_FOUND, "the language model /dev/null" },
  { "model=/usr/share", GST_RESOURCE_ERROR_NOT_FOUND, "cannot use the model /usr/share" },
};

/* A model that is set by its files equals that of the language. */
static void
test_files (void)
{
  const char *path = g_getenv ("POCKETSPHINX_PATH");
  g_autofree char *folder = g_build_filename (path != NULL ? path : MODELS, "en-us", NULL);
  g_autofree char *files = g_strdup_printf ("model=%s/en-us dictionary=%s/cmudict-en-us.dict "
                                            "language-model=%s/en-us.lm.bin",
      folder, folder, folder);
  g_autoptr (GArray) samples = speech_load (SHORT);
  g_auto (Transcript) by_language = { 0 };
  g_auto (Transcript) by_files = { 0 };

  transcribe (samples, CHUNK, "", &by_language);
  transcribe (samples, CHUNK, files, &by_files);
  g_assert_cmpstr (by_files.text, ==, by_language.text);
}

/* $POCKETSPHINX_PATH replaces the folder of models. */
static void
test_path (void)
{
  g_autofree char *path = g_strdup (g_getenv ("POCKETSPHINX_PATH"));
  g_autoptr (GstElement) element =
      gst_object_ref_sink (gst_element_factory_make ("pocketsphinxtranscriber", NULL));
  g_auto (GStrv) languages = NULL;

  g_setenv ("POCKETSPHINX_PATH", habla_test_get_dir (), TRUE);
  g_object_get (element, "available-languages", &languages, NULL);
  g_assert_cmpstrv (languages, ((const char *[]){ NULL }));
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
  gst_element_set_state (element, GST_STATE_NULL);
  if (path != NULL)
    g_setenv ("POCKETSPHINX_PATH", path, TRUE);
  else
    g_unsetenv ("POCKETSPHINX_PATH");
}

static void
test_languages (void)
{
  g_autoptr (GstElement) element =
      gst_object_ref_sink (gst_element_factory_make ("pocketsphinxtranscriber", NULL));
  g_auto (GStrv) languages = NULL;

  g_object_get (element, "available-languages", &languages, NULL);
  g_assert_true (g_strv_contains ((const char *const *) languages, "en-US"));
  /* Another variety of the language is used if there is no exact one. */
  g_object_set (element, "language-code", "en-GB", NULL);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), !=, GST_STATE_CHANGE_FAILURE);
  gst_element_set_state (element, GST_STATE_NULL);
}

int
main (int argc, char *argv[])
{
  int status;

  habla_test_init (&argc, &argv);
  err_set_logfp (NULL);
  if (!speech_is_installed () || !g_file_test (MODEL "en-us/mdef", G_FILE_TEST_EXISTS)) {
    g_print ("1..0 # SKIP pocketsphinx-testdata or pocketsphinx-en-us is not installed\n");
    return 0;
  }
  g_test_add_func ("/pocketsphinxtranscriber/error-rate", test_error_rate);
  g_test_add_func ("/pocketsphinxtranscriber/cut", test_cut);
  g_test_add_func ("/pocketsphinxtranscriber/buffer-sizes", test_buffer_sizes);
  g_test_add_func ("/pocketsphinxtranscriber/at-once", test_at_once);
  g_test_add_func ("/pocketsphinxtranscriber/silence", test_silence);
  g_test_add_func ("/pocketsphinxtranscriber/flush", test_flush);
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++) {
    g_autofree char *path = g_strdup_printf ("/pocketsphinxtranscriber/error/%u", i);

    g_test_add_data_func (path, &failures[i], test_error);
  }
  g_test_add_func ("/pocketsphinxtranscriber/files", test_files);
  g_test_add_func ("/pocketsphinxtranscriber/path", test_path);
  g_test_add_func ("/pocketsphinxtranscriber/languages", test_languages);
  g_test_add_func ("/pocketsphinxtranscriber/fresh", test_fresh);
  keeper = gst_object_ref_sink (gst_element_factory_make ("pocketsphinxtranscriber", NULL));
  status = habla_test_run ();
  gst_clear_object (&keeper);
  return status;
}
