/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests sherpasynthesizer with a real voice of Piper, which stays in memory for all tests. */
#include "speech-harness.h"
#include "test-voice.h"

#include <glib/gstdio.h>
#include <sys/wait.h>

#define UTF8 "text/x-raw, format=utf8"
#define VOICE "piper-en_US-joe-medium"
#define RATE 22050
#define DEFAULT_CYCLES 10
/* Growth of memory, in kB. It varies by a third of this. */
#define MAX_GROWTH 40000
#define OWN_MODELS "own-models"
#define SENTENCE "The house is red and very large."
/* Read as about three hundred phonemes, which are computed at once. */
#define LONG_SENTENCE \
  "She said that the people who live in the old house behind the river had never before seen " \
  "such a " \
  "beautiful garden with so many flowers in every colour and so many birds that sing all day."

static char *voice_folder;
static GstElement *keeper;

static SpeechHarness *
create (const char *property, const char *value)
{
  GstElement *element = gst_object_ref_sink (gst_element_factory_make ("sherpasynthesizer", NULL));

  g_object_set (element, "language-code", "en", NULL);
  if (property != NULL)
    gst_util_set_object_arg (G_OBJECT (element), property, value);
  return speech_harness_new (element, UTF8);
}

/* Returns: the number of samples of @text */
static guint
speak (const char *property, const char *value, const char *text)
{
  g_autoptr (SpeechHarness) self = create (property, value);

  speech_harness_push (self, text, 0, 1000);
  speech_harness_finish (self);
  return self->n_samples;
}

static void
assert_rate (SpeechHarness *self, int expected)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (self->harness->sinkpad);
  int rate;

  g_assert_true (gst_structure_get_int (gst_caps_get_structure (caps, 0), "rate", &rate));
  g_assert_cmpint (rate, ==, expected);
}

static void
test_speech (void)
{
  g_autoptr (SpeechHarness) self = create (NULL, NULL);

  speech_harness_push (self, SENTENCE, 500, 1000);
  speech_harness_finish (self);
  assert_rate (self, RATE);
  /* Seven words. */
  g_assert_cmpuint (self->n_samples, >, RATE);
  g_assert_cmpuint (self->n_samples, <, 4 * RATE);
  g_assert_cmpuint (self->n_silent, <, self->n_samples / 2);
  g_assert_true (g_str_has_prefix (self->log->str, "stream-start, caps, segment, gap 0-500, "
                                                   "speech 500-"));
  g_assert_cmpuint (speech_harness_get_stat (self, "speech-time") / GST_MSECOND, ==,
      self->n_samples * 1000ul / RATE);
}

/* The duration of the same text has a random part of some percent. */
static void
assert_about (guint n, guint expected)
{
  g_assert_cmpuint (n, >, expected * 0.75);
  g_assert_cmpuint (n, <, expected * 1.25);
}

static void
test_rate (void)
{
  guint usual = speak (NULL, NULL, SENTENCE);

  g_assert_cmpuint (speak ("rate", "350", SENTENCE), <, usual * 0.75);
  g_assert_cmpuint (speak ("rate", "120", SENTENCE), >, usual * 1.2);
}

/* Speech that catches up is faster. */
static void
test_compress (void)
{
  g_autoptr (SpeechHarness) self = create ("overflow", "compress");
  guint usual = speak (NULL, NULL, SENTENCE);

  g_object_set (self->element, "max-lag", 100, NULL);
  speech_harness_push (self, SENTENCE, 0, 10);
  speech_harness_push (self, SENTENCE, 10, 10);
  speech_harness_finish (self);
  g_assert_cmpuint (self->n_samples, >, usual * 1.2);
  g_assert_cmpuint (self->n_samples, <, usual * 1.8);
}

/* Returns: the number of samples of the longest silence in @text */
static guint
get_silence (const char *text)
{
  g_autoptr (SpeechHarness) self = create (NULL, NULL);
  GstBuffer *buffer;
  guint n = 0, longest = 0;

  speech_harness_push (self, text, 0, 1000);
  speech_harness_finish (self);
  while ((buffer = gst_harness_try_pull (self->harness)) != NULL) {
    GstMapInfo map;

    gst_buffer_map (buffer, &map, GST_MAP_READ);
    for (gsize i = 0; i < map.size / sizeof (gint16); i++) {
      n = ((gint16 *) map.data)[i] == 0 ? n + 1 : 0;
      longest = MAX (longest, n);
    }
    gst_buffer_unmap (buffer, &map);
    gst_buffer_unref (buffer);
  }
  return longest;
}

/* A pause of 0.2 s. */
static void
test_pause (void)
{
  guint usual = get_silence ("Yes.");
  guint silence = get_silence ("Yes. Yes.");

  g_test_message ("%u samples, %u between sentences", usual, silence);
  g_assert_cmpuint (usual, <, RATE / 10);
  g_assert_cmpuint (silence, >=, RATE / 5);
  g_assert_cmpuint (silence, <, RATE * 3 / 10);
}

static void
test_numbers (void)
{
  guint usual = speak (NULL, NULL, "1234567");

  assert_about (speak (NULL, NULL, "Dr. Lee has 21 dogs."),
      speak (NULL, NULL, "Doctor Lee has twenty-one dogs."));
  g_assert_cmpuint (usual, >, 2 * speak (NULL, NULL, "12"));
  /* More than are computed at once. */
  g_assert_cmpuint (speak (NULL, NULL, "1234567 1234567 1234567 1234567 1234567"), >, 3 * usual);
}

/* Text that cannot be pronounced, and what is no text. */
static void
test_hostile (void)
{
  static const char *const silent[] = { "…", "()  [ ] — “”", "\x01\x02\x1b", "***" };
  static const char invalid[] = "Yes\xff\xfe\xc0 yes\0yes\x01[[h@loU]] <b>yes</b> & (en) ^ $ _";
  g_autoptr (SpeechHarness) self = create (NULL, NULL);
  GstBuffer *buffer;

  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    g_assert_cmpuint (speak (NULL, NULL, silent[i]), <, RATE * 2);
  g_assert_cmpuint (speak (NULL, NULL, silent[0]), ==, 0);
  buffer = gst_buffer_new_memdup (invalid, sizeof invalid);
  GST_BUFFER_PTS (buffer) = 0;
  g_assert_cmpint (gst_harness_push (self->harness, buffer), ==, GST_FLOW_OK);
  speech_harness_finish (self);
  g_assert_cmpuint (self->n_samples, >, RATE / 4);
  g_assert_cmpuint (self->n_samples, <, RATE * 20);
  g_assert_cmpuint (speech_harness_get_stat (self, "failed"), ==, 0);
}

static void
flush (SpeechHarness *self)
{
  g_assert_true (gst_harness_push_event (self->harness, gst_event_new_flush_start ()));
  g_assert_true (gst_harness_push_event (self->harness, gst_event_new_flush_stop (TRUE)));
  speech_harness_push_segment (self, 0, 1000000, 0);
}

/* Speech of 100 kB begins before all is computed, which would take minutes; and ends with a
 * flush. Words without end are spoken in parts. */
static void
test_long (void)
{
  g_autoptr (SpeechHarness) self = create (NULL, NULL);
  g_autoptr (GString) sentences = g_string_new (NULL);
  g_autofree char *digits = g_strnfill (100000, '7');
  const char *texts[] = { NULL, digits };

  while (sentences->len < 100000)
    g_string_append (sentences, SENTENCE " ");
  texts[0] = sentences->str;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    speech_harness_push (self, texts[i], 0, 1000);
    speech_harness_wait_for (self, i == 0 ? ", speech 0-" : "flush-stop, segment, speech 0-");
    flush (self);
  }
  speech_harness_push (self, "Yes.", 2000, 1000);
  speech_harness_finish (self);
  g_assert_nonnull (strstr (self->log->str, "segment, gap 0-2000, speech 2000-"));
  g_assert_cmpuint (speech_harness_get_stat (self, "failed"), ==, 0);
}

/* A text without end is spoken in part, with a warning. */
static void
test_bound (void)
{
  g_autoptr (SpeechHarness) self = create ("rate", "450");
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GstMessage) warning = NULL;

  for (guint i = 0; i < 300; i++)
    g_string_append (text, "supercalifragilistic");
  speech_harness_push (self, text->str, 0, 1000);
  speech_harness_finish (self);
  warning = gst_bus_pop_filtered (self->bus, GST_MESSAGE_WARNING);
  g_assert_nonnull (warning);
  g_assert_cmpuint (speech_harness_get_stat (self, "failed"), ==, 0);
  g_assert_cmpuint (self->n_samples, >, RATE);
}

/* A flush does not wait for the sentence that is computed. */
static void
test_flush (void)
{
  gint64 computed, flushed = G_MAXINT64;

  {
    g_autoptr (SpeechHarness) self = create (NULL, NULL);

    speech_harness_push (self, LONG_SENTENCE, 0, 1000);
    speech_harness_finish (self);
    computed = speech_harness_get_stat (self, "latency-p50") / 1000;
  }
  for (guint i = 0; i < 3; i++) {
    g_autoptr (SpeechHarness) self = create (NULL, NULL);
    gint64 begin;

    speech_harness_push (self, LONG_SENTENCE, 0, 1000);
    begin = g_get_monotonic_time ();
    flush (self);
    flushed = MIN (flushed, g_get_monotonic_time () - begin);
    speech_harness_push (self, "Yes.", 0, 1000);
    speech_harness_finish (self);
    g_assert_cmpuint (self->n_samples, <, RATE * 2);
  }
  g_test_message (
      "computed in %" G_GINT64_FORMAT " us, flushed in %" G_GINT64_FORMAT " us", computed, flushed);
  g_assert_cmpint (flushed, <, computed / 2);
}

/* In the middle of a sentence, and of several that wait. */
static void
test_stop (void)
{
  for (guint i = 0; i < 4; i++) {
    g_autoptr (SpeechHarness) self = create (NULL, NULL);

    speech_harness_push (self, SENTENCE " " SENTENCE, 0, 1000);
    if (i % 2 == 1)
      speech_harness_wait_for (self, "speech 0-");
    gst_element_set_state (self->element, i < 2 ? GST_STATE_READY : GST_STATE_NULL);
  }
}

static gulong
get_memory (void)
{
  g_autofree char *content = NULL;
  gulong pages = 0;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &content, NULL, NULL));
  g_assert_cmpint (sscanf (content, "%*u %lu", &pages), ==, 1);
  return pages * 4;
}

static gpointer
speak_some (gpointer data)
{
  for (guint i = 0; i < 3; i++)
    assert_about (speak (NULL, NULL, SENTENCE), GPOINTER_TO_UINT (data));
  return NULL;
}

/* Elements share the voice, and speak at once. */
static void
test_several (void)
{
  guint usual = speak (NULL, NULL, SENTENCE);
  gulong before = get_memory ();
  g_autoptr (SpeechHarness) second = create (NULL, NULL);
  g_autoptr (SpeechHarness) third = create ("voice", voice_folder);
  GThread *threads[3];

  g_assert_cmpuint (get_memory (), <, before + 20000);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("speak", speak_some, GUINT_TO_POINTER (usual));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
assert_no_start (const char *language, const char *voice, int code, const char *named)
{
  g_autoptr (GstElement) element = gst_element_factory_make ("sherpasynthesizer", NULL);
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_object_ref_sink (element);
  gst_element_set_bus (element, bus);
  g_object_set (element, "language-code", language, "voice", voice, NULL);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  g_test_message ("%s", error->message);
  g_assert_error (error, HABLA_ERROR, code);
  g_assert_nonnull (strstr (error->message, named));
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
}

static void
test_languages (void)
{
  g_auto (GStrv) languages = NULL;
  g_auto (GStrv) ids = NULL;

  g_object_get (keeper, "available-languages", &languages, "available-voices", &ids, NULL);
  g_assert_true (g_strv_contains ((const char *const *) languages, "en-US"));
  g_assert_true (g_strv_contains ((const char *const *) ids, VOICE));
  assert_no_start ("qaa", NULL, HABLA_ERROR_NOT_INSTALLED, "habla models install");
  assert_no_start ("en", "nonsense", HABLA_ERROR_NOT_INSTALLED, "nonsense");
  assert_no_start ("en", "/nonsense/folder", HABLA_ERROR_NOT_INSTALLED, "/nonsense/folder");
}

/* No damaged folder ends the process. */
static void
test_damaged (void)
{
  static const struct {
    TestVoiceDamage damage;
    int code;
    const char *named;
  } cases[] = {
    { TEST_VOICE_EMPTY_FILE, HABLA_ERROR_INPUT, ".onnx" },
    { TEST_VOICE_CUT, HABLA_ERROR_INPUT, ".onnx" },
    { TEST_VOICE_NO_METADATA, HABLA_ERROR_NOT_INSTALLED, "has no synthesizer" },
    { TEST_VOICE_BAD_RATE, HABLA_ERROR_INPUT, "sample_rate" },
    { TEST_VOICE_LOW_RATE, HABLA_ERROR_INPUT, "samples a second" },
    { TEST_VOICE_NO_TOKENS, HABLA_ERROR_NOT_INSTALLED, "tokens.txt" },
    { TEST_VOICE_BAD_TOKENS, HABLA_ERROR_INPUT, "tokens.txt" },
    { TEST_VOICE_UNKNOWN_TOKEN, HABLA_ERROR_INPUT, "tokens.txt" },
    { TEST_VOICE_REPEATED_TOKEN, HABLA_ERROR_INPUT, "tokens.txt" },
    { TEST_VOICE_NO_MARKS, HABLA_ERROR_INPUT, "tokens.txt" },
    { TEST_VOICE_OTHER_KIND, HABLA_ERROR_INPUT, "piper" },
    { TEST_VOICE_NO_PRONUNCIATION, HABLA_ERROR_NOT_INSTALLED, "klingonese" },
    { TEST_VOICE_UNUSABLE, HABLA_ERROR_INPUT, "planted reason" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *folder = test_voice_write (voice_folder, "damaged", cases[i].damage, NULL);

    assert_no_start ("en", folder, cases[i].code, cases[i].named);
    test_voice_remove (folder);
  }
}

static int
run_check (const char *folder)
{
  g_autoptr (GError) error = NULL;
  const char *const command[] = { g_getenv ("HABLA_MODEL_CHECK"), folder, NULL };
  int status;

  g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL,
      &status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

/* The check of a newly installed voice loads that voice. */
static void
test_check (void)
{
  g_autofree char *folder =
      test_voice_write (voice_folder, "checked", TEST_VOICE_NO_PRONUNCIATION, "en");

  g_assert_cmpint (run_check (voice_folder), ==, 0);
  g_assert_cmpint (run_check (folder), ==, 1);
  test_voice_remove (folder);
}

/* An utterance in another language is spoken by its voice, at the rate of the first voice. One
 * without a voice yields a warning. */
static void
test_other_language (void)
{
  g_autofree char *folder =
      test_voice_write (voice_folder, OWN_MODELS "/slow", TEST_VOICE_16_KHZ, "es");
  const char *text = "La casa es roja y muy grande.";
  guint slow, resampled;

  {
    g_autoptr (SpeechHarness) self = NULL;
    GstElement *element =
        gst_object_ref_sink (gst_element_factory_make ("sherpasynthesizer", NULL));

    g_object_set (element, "language-code", "es-MX", NULL);
    self = speech_harness_new (element, UTF8);
    speech_harness_push (self, text, 0, 1000);
    speech_harness_finish (self);
    assert_rate (self, 16000);
    slow = self->n_samples;
  }
  {
    g_autoptr (SpeechHarness) self = create (NULL, NULL);
    g_autoptr (GstMessage) warning = NULL;

    speech_harness_push_utterance (self, text, "es", TRUE);
    speech_harness_push_utterance (self, "Maison", "fr", TRUE);
    speech_harness_finish (self);
    assert_rate (self, RATE);
    resampled = self->n_samples;
    warning = gst_bus_pop_filtered (self->bus, GST_MESSAGE_WARNING);
    g_assert_nonnull (warning);
    g_assert_cmpuint (speech_harness_get_stat (self, "failed"), ==, 1);
    g_assert_cmpuint (speech_harness_get_stat (self, "spoken"), ==, 1);
  }
  g_assert_cmpuint (resampled, >, slow * 1.15);
  g_assert_cmpuint (resampled, <, slow * 1.6);
  test_voice_remove (folder);
}

static void
run_cycle (gpointer data)
{
  g_autoptr (SpeechHarness) self = create (NULL, NULL);

  speech_harness_push (self, "Yes.", 0, 1000);
  speech_harness_wait_for (self, "speech 0-");
  speech_harness_push (self, SENTENCE, 1000, 1000);
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

/* $HABLA_TEST_CYCLES cycles leave nothing behind while the voice stays in memory. The library keeps
 * the memory of the longest sentence so far, hence the long one. */
static void
test_leaks (void)
{
  const char *number = g_getenv ("HABLA_TEST_CYCLES");
  guint cycles = number != NULL ? g_ascii_strtoull (number, NULL, 10) : DEFAULT_CYCLES;
  gulong memory;
  guint n_threads;

  speak (NULL, NULL, LONG_SENTENCE);
  habla_test_leak_gate (run_cycle, NULL, cycles / 5);
  memory = get_memory ();
  n_threads = count_threads ();
  habla_test_leak_gate (run_cycle, NULL, cycles);
  g_test_message ("%ld kB, %d threads more after %u cycles", (long) (get_memory () - memory),
      (int) (count_threads () - n_threads), cycles);
  g_assert_cmpuint (count_threads (), <=, n_threads);
  g_assert_cmpuint (get_memory (), <, memory + MAX_GROWTH);
}

/* Called before there are threads, which may read the environment. */
static void
check_without_models (void)
{
  g_autoptr (GstElement) element = gst_element_factory_make ("sherpasynthesizer", NULL);
  g_auto (GStrv) languages = NULL;

  gst_object_ref_sink (element);
  g_object_get (element, "available-languages", &languages, NULL);
  g_assert_cmpuint (g_strv_length (languages), ==, 0);
  assert_no_start ("en", NULL, HABLA_ERROR_NOT_INSTALLED, "habla models install");
}

/* Voices that a test writes are installed, too. */
static void
add_own_models (void)
{
  g_autofree char *path =
      g_strdup_printf ("%s:%s/" OWN_MODELS, g_getenv ("HABLA_MODELS_PATH"), habla_test_get_dir ());

  g_setenv ("HABLA_MODELS_PATH", path, TRUE);
}

static void
skip (void)
{
  g_test_skip ("No voice: set the build option models_dir, see scripts/models");
}

static void
add_tests (void)
{
  g_test_add_func ("/sherpasynthesizer/speech", test_speech);
  g_test_add_func ("/sherpasynthesizer/rate", test_rate);
  g_test_add_func ("/sherpasynthesizer/compress", test_compress);
  g_test_add_func ("/sherpasynthesizer/pause", test_pause);
  g_test_add_func ("/sherpasynthesizer/numbers", test_numbers);
  g_test_add_func ("/sherpasynthesizer/hostile", test_hostile);
  g_test_add_func ("/sherpasynthesizer/long", test_long);
  g_test_add_func ("/sherpasynthesizer/bound", test_bound);
  g_test_add_func ("/sherpasynthesizer/flush", test_flush);
  g_test_add_func ("/sherpasynthesizer/stop", test_stop);
  g_test_add_func ("/sherpasynthesizer/several", test_several);
  g_test_add_func ("/sherpasynthesizer/languages", test_languages);
  g_test_add_func ("/sherpasynthesizer/damaged", test_damaged);
  g_test_add_func ("/sherpasynthesizer/check", test_check);
  g_test_add_func ("/sherpasynthesizer/other-language", test_other_language);
  g_test_add_func ("/sherpasynthesizer/leaks", test_leaks);
}

int
main (int argc, char *argv[])
{
  int status;

  habla_test_init (&argc, &argv);
  check_without_models ();
  voice_folder = habla_test_use_models (VOICE);
  if (voice_folder == NULL) {
    g_test_add_func ("/sherpasynthesizer/skipped", skip);
    return habla_test_run ();
  }
  add_own_models ();
  keeper = gst_object_ref_sink (gst_element_factory_make ("sherpasynthesizer", NULL));
  g_object_set (keeper, "language-code", "en", NULL);
  g_assert_cmpint (gst_element_set_state (keeper, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_SUCCESS);
  habla_test_end_tasks (keeper);
  add_tests ();
  status = habla_test_run ();
  gst_element_set_state (keeper, GST_STATE_NULL);
  gst_object_unref (keeper);
  g_free (voice_folder);
  return status;
}
