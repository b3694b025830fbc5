/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests espeaksynthesizer with its real voices. */
#include <math.h>

#include "speech-harness.h"

#define UTF8 "text/x-raw, format=utf8"
#define SENTENCE "La casa es roja y muy grande."

static SpeechHarness *
create (const char *language, const char *property, const char *value)
{
  GstElement *element = gst_object_ref_sink (gst_element_factory_make ("espeaksynthesizer", NULL));

  g_object_set (element, "language-code", language, NULL);
  if (property != NULL)
    gst_util_set_object_arg (G_OBJECT (element), property, value);
  return speech_harness_new (element, UTF8);
}

/* Returns: (transfer full): samples of @text */
static GArray *
record (const char *language, const char *property, const char *value, const char *text)
{
  g_autoptr (SpeechHarness) self = create (language, property, value);
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (gint16));
  GstBuffer *buffer;

  speech_harness_push (self, text, 0, 1000);
  speech_harness_finish (self);
  while ((buffer = gst_harness_try_pull (self->harness)) != NULL) {
    GstMapInfo map;

    gst_buffer_map (buffer, &map, GST_MAP_READ);
    g_array_append_vals (samples, map.data, map.size / sizeof (gint16));
    gst_buffer_unmap (buffer, &map);
    gst_buffer_unref (buffer);
  }
  return samples;
}

/* Returns: the number of samples of @text */
static guint
speak (const char *language, const char *property, const char *value, const char *text)
{
  g_autoptr (GArray) samples = record (language, property, value, text);

  return samples->len;
}

static double
get_power (const char *property, const char *value)
{
  g_autoptr (GArray) samples = record ("es", property, value, SENTENCE);
  double sum = 0;

  for (guint i = 0; i < samples->len; i++)
    sum += pow (g_array_index (samples, gint16, i), 2);
  return sum / samples->len;
}

static double
correlate (const gint16 *samples, guint lag)
{
  double sum = 0;

  for (guint i = 0; i < 900; i++)
    sum += (double) samples[i] * samples[i + lag];
  return sum;
}

static int
compare_uints (gconstpointer a, gconstpointer b)
{
  return *(const guint *) a < *(const guint *) b ? -1 : 1;
}

/* Returns: the most frequent pitch period, in samples */
static guint
get_period (const char *pitch)
{
  g_autoptr (GArray) samples = record ("es", "pitch", pitch, SENTENCE);
  g_autoptr (GArray) periods = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i + 1400 < samples->len; i += 1100) {
    const gint16 *frame = &g_array_index (samples, gint16, i);
    guint best = 60;

    for (guint lag = 60; lag < 400; lag++)
      if (correlate (frame, lag) > correlate (frame, best))
        best = lag;
    /* Skip pauses. */
    if (correlate (frame, 0) > 900 * 1000.0 * 1000.0)
      g_array_append_val (periods, best);
  }
  g_assert_cmpuint (periods->len, >, 5);
  g_array_sort (periods, compare_uints);
  return g_array_index (periods, guint, periods->len / 2);
}

/* The library's output has a random part, and depends on earlier output. */
static void
assert_about (guint n, guint expected)
{
  g_assert_cmpuint (n, >, expected * 0.94);
  g_assert_cmpuint (n, <, expected * 1.06);
}

static void
test_speech (void)
{
  g_autoptr (SpeechHarness) self = create ("es", NULL, NULL);
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GstCaps) expected = gst_caps_from_string (
      "audio/x-raw, format=S16LE, rate=22050, channels=1, layout=interleaved");

  speech_harness_push (self, SENTENCE, 500, 1000);
  speech_harness_finish (self);
  caps = gst_pad_get_current_caps (self->harness->sinkpad);
  g_assert_true (gst_caps_is_equal (caps, expected));
  /* Seven words. */
  g_assert_cmpuint (self->n_samples, >, 22050);
  g_assert_cmpuint (self->n_samples, <, 4 * 22050);
  g_assert_cmpuint (self->n_silent, <, self->n_samples / 2);
  g_assert_true (g_str_has_prefix (self->log->str, "stream-start, caps, segment, gap 0-500, "
                                                   "speech 500-"));
  g_assert_cmpuint (speech_harness_get_stat (self, "speech-time") / GST_MSECOND, ==,
      self->n_samples * 1000ul / 22050);
}

static void
test_properties (void)
{
  guint usual = speak ("es", NULL, NULL, SENTENCE);
  double loud, quiet;

  assert_about (speak ("es", "rate", "175", SENTENCE), usual);
  g_assert_cmpuint (speak ("es", "rate", "350", SENTENCE), <, usual * 0.65);
  g_assert_cmpuint (speak ("es", "rate", "100", SENTENCE), >, usual * 1.4);
  loud = get_power ("volume", "100");
  quiet = get_power ("volume", "25");
  g_assert_cmpfloat (quiet, >, 0);
  g_assert_cmpfloat (quiet, <, loud / 8);
  g_assert_cmpfloat (get_power ("volume", "0"), <, 10);
  /* Speech of other voices has another duration. */
  g_assert_cmpint (
      ABS ((int) speak ("es", "voice", "de", SENTENCE) - (int) usual), >, (int) usual / 50);
  g_assert_cmpuint (get_period ("5"), >, 1.5 * get_period ("95"));
}

/* Speech that catches up is faster. */
static void
test_compress (void)
{
  g_autoptr (SpeechHarness) self = create ("es", NULL, NULL);
  guint usual = speak ("es", NULL, NULL, SENTENCE);
  guint n_before;

  gst_util_set_object_arg (G_OBJECT (self->element), "overflow", "compress");
  g_object_set (self->element, "max-lag", 100, NULL);
  speech_harness_push (self, SENTENCE, 0, 10);
  speech_harness_push (self, SENTENCE, 10, 10);
  speech_harness_finish (self);
  n_before = self->n_samples;
  g_assert_cmpuint (n_before, >, usual * 1.3);
  g_assert_cmpuint (n_before, <, usual * 1.75);
}

static void
assert_no_start (const char *language, const char *voice, const char *named)
{
  g_autoptr (GstElement) element = gst_element_factory_make ("espeaksynthesizer", NULL);
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_object_ref_sink (element);
  gst_element_set_bus (element, bus);
  g_object_set (element, "language-code", language, "voice", voice, NULL);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED);
  g_assert_nonnull (strstr (error->message, named));
  g_assert_nonnull (strstr (error->message, "install"));
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
}

static void
test_languages (void)
{
  static const char *const some[] = { "de", "en-GB", "es", "es-419", "pt-BR", "zh", NULL };
  static const char *const served[] = { "es-MX", "en-AU", "pt-BR", "zh-CN", "nb", NULL };
  g_autoptr (GstElement) element = gst_element_factory_make ("espeaksynthesizer", NULL);
  g_auto (GStrv) languages = NULL;

  gst_object_ref_sink (element);
  g_object_get (element, "available-languages", &languages, NULL);
  for (guint i = 0; some[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) languages, some[i]))
      g_error ("%s is not available", some[i]);
  for (guint i = 1; languages[i] != NULL; i++)
    g_assert_cmpstr (languages[i - 1], <, languages[i]);

  for (guint i = 0; served[i] != NULL; i++) {
    g_object_set (element, "language-code", served[i], NULL);
    g_assert_cmpint (
        gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_SUCCESS);
    gst_element_set_state (element, GST_STATE_NULL);
  }
  assert_no_start ("qaa", NULL, "“qaa”");
  assert_no_start ("es", "nonsense", "“nonsense”");
}

/* Text that a translator left in English is spoken by an English voice; text in a language
 * without a voice yields a warning. */
static void
test_untranslated (void)
{
  g_autoptr (SpeechHarness) self = create ("es", NULL, NULL);
  g_autoptr (GstMessage) warning = NULL;
  const char *text = "The weather was rather unusual throughout the neighbourhood.";

  speech_harness_push_utterance (self, text, "en", TRUE);
  speech_harness_push_utterance (self, "nuqneH", "tlh", TRUE);
  speech_harness_finish (self);
  assert_about (self->n_samples, speak ("en", NULL, NULL, text));
  g_assert_cmpint (ABS ((int) self->n_samples - (int) speak ("es", NULL, NULL, text)), >,
      (int) self->n_samples / 20);
  warning = gst_bus_pop_filtered (self->bus, GST_MESSAGE_WARNING);
  g_assert_nonnull (warning);
  g_assert_cmpuint (speech_harness_get_stat (self, "failed"), ==, 1);
}

/* Long text is spoken in parts, completely. Control characters begin commands of the library. */
static void
test_text (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint usual = speak ("es", NULL, NULL, SENTENCE " ¡Sí! " SENTENCE);
  guint n;

  for (guint i = 0; i < 40; i++)
    g_string_append (text, SENTENCE " ¡Sí! ");
  n = speak ("es", NULL, NULL, text->str);
  g_assert_cmpuint (n, >, usual * 20);
  g_assert_cmpuint (n, <, usual * 45);

  g_string_assign (text, "");
  for (guint i = 0; i < 300; i++)
    g_string_append (text, "ñandú");
  g_assert_cmpuint (speak ("es", NULL, NULL, text->str), >, 15 * 22050);

  usual = speak ("es", NULL, NULL, "hola hola hola hola hola hola hola");
  assert_about (speak ("es", NULL, NULL, "\002hola hola hola hola hola hola hola"), usual);
  g_assert_cmpuint (
      speak ("es", NULL, NULL, "\001400Shola hola hola hola hola hola hola"), >, usual);
  speak ("es", NULL, NULL, "… — “” 🙂 <b> & \t\n");
}

#define N_VOICES 6
#define N_UTTERANCES 20

typedef struct {
  const char *language;
  const char *text;
  const char *rate;
  guint expected;
} Voice;

static gpointer
speak_often (gpointer data)
{
  Voice *voice = data;

  for (guint i = 0; i < N_UTTERANCES; i++)
    assert_about (speak (voice->language, "rate", voice->rate, voice->text), voice->expected);
  return NULL;
}

/* Each instance has its own voice and rate, although the library has one state. */
static void
test_several (void)
{
  Voice voices[N_VOICES] = {
    { "es", SENTENCE, "175", 0 },
    { "es", SENTENCE, "350", 0 },
    { "en", "The quick brown fox jumps over the lazy dog.", "175", 0 },
    { "fr", "La maison est rouge, et elle est grande.", "120", 0 },
    { "de", "Das Haus ist rot, und es ist sehr groß.", "250", 0 },
    { "ru", "Дом красный и очень большой.", "175", 0 },
  };
  GThread *threads[N_VOICES];

  for (guint i = 0; i < N_VOICES; i++)
    voices[i].expected = speak (voices[i].language, "rate", voices[i].rate, voices[i].text);
  for (guint i = 0; i < N_VOICES; i++)
    threads[i] = g_thread_new ("speak", speak_often, &voices[i]);
  for (guint i = 0; i < N_VOICES; i++)
    g_thread_join (threads[i]);
}

static GstPadProbeReturn
block (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return GST_PAD_PROBE_OK;
}

/* An instance whose downstream blocks does not delay others. */
static void
test_blocked (void)
{
  g_autoptr (SpeechHarness) blocked = create ("es", NULL, NULL);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (blocked->element, "src");
  gulong probe = gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER, block, NULL, NULL);
  gint64 deadline = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  speech_harness_push (blocked, SENTENCE, 0, 1000);
  while (!gst_pad_is_blocking (pad)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (1000);
  }
  g_assert_cmpuint (speak ("en", NULL, NULL, "Nobody waits."), >, 0);
  gst_pad_remove_probe (pad, probe);
  speech_harness_finish (blocked);
  g_assert_cmpuint (blocked->n_samples, >, 22050);
}

/* During a text of some minutes that is spoken to a full queue. */
static void
test_flush (void)
{
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstElement) source = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  GstFlowReturn flow;

  for (guint i = 0; i < 200; i++)
    g_string_append (text, SENTENCE " ");
  pipeline = gst_parse_launch ("appsrc name=source format=time caps=\"" UTF8 "\" ! "
                               "espeaksynthesizer ! queue max-size-time=1000000000 ! "
                               "fakesink sync=true",
      &error);
  g_assert_no_error (error);
  gst_object_ref_sink (pipeline);
  source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < 3; i++) {
    GstBuffer *buffer = gst_buffer_new_memdup (text->str, text->len);

    GST_BUFFER_PTS (buffer) = 0;
    GST_BUFFER_DURATION (buffer) = GST_SECOND;
    g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
    g_assert_cmpint (flow, ==, GST_FLOW_OK);
    gst_buffer_unref (buffer);
    g_assert_cmpint (gst_element_get_state (pipeline, NULL, NULL, 30 * GST_SECOND), ==,
        GST_STATE_CHANGE_SUCCESS);
    g_assert_true (gst_element_send_event (pipeline, gst_event_new_flush_start ()));
    g_assert_true (gst_element_send_event (pipeline, gst_event_new_flush_stop (TRUE)));
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/espeaksynthesizer/speech", test_speech);
  g_test_add_func ("/espeaksynthesizer/properties", test_properties);
  g_test_add_func ("/espeaksynthesizer/compress", test_compress);
  g_test_add_func ("/espeaksynthesizer/languages", test_languages);
  g_test_add_func ("/espeaksynthesizer/untranslated", test_untranslated);
  g_test_add_func ("/espeaksynthesizer/text", test_text);
  g_test_add_func ("/espeaksynthesizer/several", test_several);
  g_test_add_func ("/espeaksynthesizer/blocked", test_blocked);
  g_test_add_func ("/espeaksynthesizer/flush", test_flush);
  return habla_test_run ();
}
