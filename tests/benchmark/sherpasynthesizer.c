/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares sherpasynthesizer with sherpa-onnx alone, on the same voice and phonemes: time from a
 * sentence to its first sound, and CPU time. The duration of the same sentence has a random part,
 * so times are divided by the duration of their speech. */
#include "habla-test.h"
#include "report.h"

#include <gst/check/gstharness.h>
#include <habla/habla.h>
#include <sherpa-onnx/c-api/c-api.h>
#include <stdio.h>

#define VOICE "piper-en_US-joe-medium"
#define TEXT "The children walked along the river, and then they came to a small white house."
#define ROUNDS 31
#define N_WARM 5
/* The element adds a queue, two threads, phonemes, and buffers of 40 ms. */
#define MAX_FIRST_RATIO 1.05
#define MAX_CPU_RATIO 1.05
#define MAX_REAL_TIME_FACTOR 0.07
#define MAX_FURTHER_MEMORY (8 * 1024.0 * 1024)

/* One sentence: time to the first sound and CPU time, in nanoseconds for a second of speech. */
typedef struct {
  double first;
  double cpu;
} Cost;

/* Speech of a sentence. Written by the streaming thread, read when the sentence is spoken. */
typedef struct {
  double first; /* wall time of the first buffer; 0 = not yet */
  gsize n_bytes;
} Output;

static const SherpaOnnxOfflineTts *
load_bare (const char *folder)
{
  g_autoptr (HablaModel) model = habla_model_load (folder, NULL);
  SherpaOnnxOfflineTtsConfig config = { 0 };
  const SherpaOnnxOfflineTts *tts;

  config.model.vits.model = habla_model_get_file (model, "Model");
  config.model.vits.tokens = habla_model_get_file (model, "Tokens");
  config.model.num_threads = 1;
  config.max_num_sentences = 1;
  tts = SherpaOnnxCreateOfflineTts (&config);
  g_assert_nonnull (tts);
  return tts;
}

/* Returns: (transfer full): the code points of the phonemes of TEXT */
static GArray *
get_code_points (void)
{
  g_autoptr (HablaPhonemizer) phonemizer = habla_phonemizer_find (NULL);
  GArray *points = g_array_new (FALSE, FALSE, sizeof (gint32));
  const char *text = TEXT;
  g_auto (GStrv) sentences = habla_phonemizer_phonemize (phonemizer, "en-us", &text, NULL);

  g_assert_cmpuint (g_strv_length (sentences), ==, 1);
  for (const char *p = sentences[0]; *p != '\0'; p = g_utf8_next_char (p)) {
    gint32 point = g_utf8_get_char (p);

    g_array_append_val (points, point);
  }
  return points;
}

static int32_t
on_samples (const float *samples, int32_t n_samples, float progress, void *first)
{
  if (*(double *) first == 0)
    *(double *) first = habla_benchmark_wall_time ();
  return 1;
}

static Cost
speak_bare (const SherpaOnnxOfflineTts *tts, GArray *points)
{
  SherpaOnnxGenerationConfig config = { .speed = 1, .silence_scale = 1 };
  int32_t n_points = points->len;
  const SherpaOnnxGeneratedAudio *audio;
  double begin, cpu, first = 0, duration;

  config.phoneme_codepoints = (const int32_t *) points->data;
  config.phoneme_codepoints_lens = &n_points;
  config.phoneme_codepoints_num_sentences = 1;
  cpu = habla_benchmark_cpu_time ();
  begin = habla_benchmark_wall_time ();
  audio = SherpaOnnxOfflineTtsGenerateWithConfig (tts, "", &config, on_samples, &first);
  cpu = habla_benchmark_cpu_time () - cpu;
  g_assert_nonnull (audio);
  duration = (double) audio->n / audio->sample_rate;
  SherpaOnnxDestroyOfflineTtsGeneratedAudio (audio);
  return (Cost){ (first - begin) / duration, cpu / duration };
}

static GstPadProbeReturn
on_output (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Output *output = data;

  if (output->first == 0)
    output->first = habla_benchmark_wall_time ();
  output->n_bytes += gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info));
  return GST_PAD_PROBE_OK;
}

static GstHarness *
make_harness (void)
{
  GstElement *element = gst_element_factory_make ("sherpasynthesizer", NULL);
  GstHarness *harness;

  gst_object_ref_sink (element);
  g_object_set (element, "language-code", "en", NULL);
  harness = gst_harness_new_with_element (element, "sink", "src");
  gst_object_unref (element);
  gst_harness_set_src_caps_str (harness, HABLA_TEXT_CAPS);
  gst_harness_set_drop_buffers (harness, TRUE);
  return harness;
}

static Cost
speak_element (GstHarness *harness, Output *output)
{
  GstBuffer *buffer = gst_buffer_new_memdup (TEXT, strlen (TEXT));
  guint64 n_spoken = habla_test_get_stat (harness->element, "spoken");
  double begin, cpu, duration;

  output->first = 0;
  output->n_bytes = 0;
  cpu = habla_benchmark_cpu_time ();
  begin = habla_benchmark_wall_time ();
  g_assert_cmpint (gst_harness_push (harness, buffer), ==, GST_FLOW_OK);
  while (habla_test_get_stat (harness->element, "spoken") == n_spoken)
    g_usleep (10000);
  cpu = habla_benchmark_cpu_time () - cpu;
  duration = output->n_bytes / (double) (sizeof (gint16) * HABLA_SYNTHESIZER_RATE);
  return (Cost){ (output->first - begin) / duration, cpu / duration };
}

static double
get_memory (void)
{
  g_autofree char *content = NULL;
  gulong pages = 0;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &content, NULL, NULL));
  g_assert_cmpint (sscanf (content, "%*u %lu", &pages), ==, 1);
  return pages * 4096.0;
}

/* Reports memory of the first element and of a second one. */
static GstHarness *
measure_memory (void)
{
  double before = get_memory (), first;
  GstHarness *harness = make_harness ();
  GstHarness *second;
  Output output = { .first = 0 };

  /* The library keeps the memory of the longest sentence so far. */
  for (guint i = 0; i < N_WARM; i++)
    speak_element (harness, &output);
  first = get_memory ();
  second = make_harness ();
  for (guint i = 0; i < N_WARM; i++)
    speak_element (second, &output);
  habla_benchmark_report ("element-memory-bytes", first - before);
  habla_benchmark_goal ("further-memory-bytes", get_memory () - first, MAX_FURTHER_MEMORY);
  gst_harness_teardown (second);
  return harness;
}

static void
report (const double first[2][ROUNDS], const double cpu[2][ROUNDS])
{
  double element = habla_benchmark_median (first[0], ROUNDS);
  double bare = habla_benchmark_median (first[1], ROUNDS);

  habla_benchmark_report ("element-first-ns-per-second", element);
  habla_benchmark_report ("bare-first-ns-per-second", bare);
  habla_benchmark_goal ("first-ratio", element / bare, MAX_FIRST_RATIO);
  element = habla_benchmark_median (cpu[0], ROUNDS);
  bare = habla_benchmark_median (cpu[1], ROUNDS);
  habla_benchmark_goal ("cpu-ratio", element / bare, MAX_CPU_RATIO);
  habla_benchmark_goal ("real-time-factor", element / GST_SECOND, MAX_REAL_TIME_FACTOR);
  habla_benchmark_report ("bare-real-time-factor", bare / GST_SECOND);
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = habla_test_use_models (VOICE);
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GArray) points = NULL;
  const SherpaOnnxOfflineTts *tts;
  double first[2][ROUNDS], cpu[2][ROUNDS];
  Output output = { .first = 0 };
  GstHarness *harness;

  gst_init (&argc, &argv);
  if (folder == NULL) {
    g_print ("No voice: set the build option models_dir, see scripts/models\n");
    return 77;
  }
  harness = measure_memory ();
  tts = load_bare (folder);
  points = get_code_points ();
  pad = gst_element_get_static_pad (harness->element, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_output, &output, NULL);
  for (int i = -1; i < ROUNDS; i++) {
    Cost bare = { 0 }, element;

    if (i % 2 == 0)
      bare = speak_bare (tts, points);
    element = speak_element (harness, &output);
    if (i % 2 != 0)
      bare = speak_bare (tts, points);
    /* The first round warms up. */
    first[0][MAX (i, 0)] = element.first;
    first[1][MAX (i, 0)] = bare.first;
    cpu[0][MAX (i, 0)] = element.cpu;
    cpu[1][MAX (i, 0)] = bare.cpu;
  }
  report (first, cpu);
  gst_harness_teardown (harness);
  SherpaOnnxDestroyOfflineTts (tts);
  return habla_benchmark_finish ("sherpasynthesizer");
}
