/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Measures sherpatranscriber with Whisper tiny.en against sherpa-onnx alone, in the same run: wrong
 * words, CPU time, memory, and, in real time, the delays from speech to text with one session and
 * with eight. The audio is that of LibriVox in pocketsphinx-testdata. HABLA_BENCHMARK_LESSON names
 * another WAV file (16 kHz, mono), whose transcript is in a file with the same name and .txt.
 * HABLA_BENCHMARK_TRANSCRIBERS names other programs, with colons between them, which get the same
 * file (see transcriber_run()). */
#include "bare-recognizer.h"
#include "habla-test.h"
#include "report.h"
#include "speech.h"
#include "transcriber-run.h"

#include <glib/gstdio.h>
#include <habla/habla.h>

#include <gst/check/gstharness.h>
#include <string.h>

#define CAPS "audio/x-raw, format=S16LE, rate=16000, channels=1, layout=interleaved"
#define CHUNK (SPEECH_RATE / 50)
#define ROUNDS 3
#define PAUSE_MS 1000
#define WAV_HEADER 44
#define MAX_SESSIONS 8
/* Audio for the runs in real time. */
#define LIVE_SECONDS 60
/* What the element decodes around speech. */
#define PRE_ROLL (190 * SPEECH_RATE / 1000)
#define POST_ROLL (150 * SPEECH_RATE / 1000)
/* One word more or less in 71 is luck: texts are compared over several copies of the recordings,
 * each of which begins at another place of the windows of voice activity detection. */
#define COPIES 6
#define COPY_OFFSET (83 * SPEECH_RATE / 1000)

typedef struct {
  GArray *finals; /* of double: from the end of speech to its text, in ms */
  GArray *firsts; /* of double: from the begin of speech to the first text, in ms */
  GString *text;  /* of all utterances */
  GArray *bounds; /* of guint64: begin and end of utterances, in samples */
  guint n_partials;
  guint n_words;  /* in final texts */
  guint n_erased; /* words that were taken back after they had been shown */
  GMutex lock;
  GstElement *pipeline; /* (nullable): of a run in real time */
  guint64 last_id;
  char *shown; /* text of the current utterance */
} Log;

static void
log_init (Log *self)
{
  *self = (Log){ 0 };
  self->finals = g_array_new (FALSE, FALSE, sizeof (double));
  self->firsts = g_array_new (FALSE, FALSE, sizeof (double));
  self->bounds = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->text = g_string_new (NULL);
}

static void
log_clear (Log *self)
{
  g_array_unref (self->finals);
  g_array_unref (self->firsts);
  g_array_unref (self->bounds);
  g_string_free (self->text, TRUE);
  g_free (self->shown);
}

/* Returns: the number of words of @before that are not the begin of @after */
static guint
count_erased (const char *before, const char *after)
{
  g_autofree char *a = speech_normalize (before);
  g_autofree char *b = speech_normalize (after);
  g_auto (GStrv) first = g_strsplit (a, " ", -1);
  g_auto (GStrv) second = g_strsplit (b, " ", -1);
  guint n = 0;

  while (first[n] != NULL && second[n] != NULL && g_str_equal (first[n], second[n]))
    n++;
  return g_strv_length (first) - n;
}

static double
get_running_ms (Log *self)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (self->pipeline);

  return (double) (gst_clock_get_time (clock) - gst_element_get_base_time (self->pipeline)) /
         GST_MSECOND;
}

static void
log_utterance (Log *self, const HablaUtterance *utterance)
{
  double delay;

  if (self->pipeline != NULL && utterance->id != self->last_id) {
    delay = get_running_ms (self) - (double) utterance->begin / GST_MSECOND;
    g_array_append_val (self->firsts, delay);
  }
  self->last_id = utterance->id;
  if (self->shown != NULL)
    self->n_erased += count_erased (self->shown, utterance->text);
  g_clear_pointer (&self->shown, g_free);
  if (!utterance->is_final) {
    self->n_partials++;
    self->shown = g_strdup (utterance->text);
    return;
  }
  if (self->pipeline != NULL) {
    delay = get_running_ms (self) - (double) utterance->end / GST_MSECOND;
    g_array_append_val (self->finals, delay);
  }
  self->n_words += speech_count_words (utterance->text);
  g_string_append_printf (self->text, "%s ", utterance->text);
}

static GstPadProbeReturn
note_text (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Log *self = data;
  g_autoptr (HablaUtterance) utterance = NULL;
  guint64 last_id = 0, bounds[2];
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    utterance = habla_utterance_from_buffer (GST_PAD_PROBE_INFO_BUFFER (info), &segment, &last_id);
    bounds[0] = gst_util_uint64_scale (utterance->begin, SPEECH_RATE, GST_SECOND);
    bounds[1] = gst_util_uint64_scale (utterance->end, SPEECH_RATE, GST_SECOND);
    g_array_append_vals (self->bounds, bounds, 2);
  } else if (habla_utterance_is_event (GST_PAD_PROBE_INFO_EVENT (info))) {
    utterance = habla_utterance_from_event (GST_PAD_PROBE_INFO_EVENT (info));
  }
  if (utterance != NULL)
    log_utterance (self, utterance);
  return GST_PAD_PROBE_OK;
}

static void
watch (GstElement *element, Log *log)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "src");

  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, note_text, log, NULL);
}

static GstBuffer *
make_buffer (const GArray *samples, gsize i)
{
  gsize n = MIN (CHUNK, samples->len - i);
  GstBuffer *buffer =
      gst_buffer_new_memdup (&g_array_index (samples, gint16, i), n * sizeof (gint16));

  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (i, GST_SECOND, SPEECH_RATE);
  GST_BUFFER_DURATION (buffer) = gst_util_uint64_scale (n, GST_SECOND, SPEECH_RATE);
  return buffer;
}

typedef struct {
  const GArray *samples;
  const char *properties;
  const GArray *bounds; /* of guint64: segments for the bare library */
  BareRecognizer *bare;
  Log *log;
} Work;

/* As fast as possible. Returns: the CPU time in ns */
static double
measure_element (gpointer data)
{
  Work *work = data;
  g_autofree char *line = g_strdup_printf ("sherpatranscriber %s", work->properties);
  GstHarness *h = gst_harness_new_parse (line);
  g_autoptr (GstElement) element = gst_harness_find_element (h, "sherpatranscriber");
  double begin, time;

  log_clear (work->log);
  log_init (work->log);
  watch (element, work->log);
  gst_harness_set_src_caps_str (h, CAPS);
  begin = habla_benchmark_cpu_time ();
  for (gsize i = 0; i < work->samples->len; i += CHUNK)
    gst_harness_push (h, make_buffer (work->samples, i));
  gst_harness_push_event (h, gst_event_new_eos ());
  time = habla_benchmark_cpu_time () - begin;
  gst_harness_teardown (h);
  return time;
}

/* The same segments by the library alone. */
static double
measure_bare (gpointer data)
{
  Work *work = data;
  double begin = habla_benchmark_cpu_time ();

  bare_recognizer_detect (work->bare, work->samples);
  for (guint i = 0; i + 1 < work->bounds->len; i += 2) {
    guint64 from = g_array_index (work->bounds, guint64, i);
    guint64 to = g_array_index (work->bounds, guint64, i + 1);

    g_free (bare_recognizer_decode (work->bare, work->samples, from - MIN (from, PRE_ROLL),
        MIN (to + POST_ROLL, work->samples->len)));
  }
  return habla_benchmark_cpu_time () - begin;
}

static double
get_lowest (const double *samples)
{
  return habla_benchmark_quantile (samples, ROUNDS, 0);
}

static double
get_error_rate (const char *reference, const char *text)
{
  g_autofree char *spoken = speech_normalize (reference);
  g_autofree char *heard = speech_normalize (text);

  return (double) speech_count_errors (spoken, heard) / speech_count_words (spoken);
}

/* Returns: (transfer full): the samples, several times */
static GArray *
repeat (const GArray *samples, guint n_copies)
{
  GArray *all = g_array_new (FALSE, TRUE, sizeof (gint16));

  for (guint i = 0; i < n_copies; i++) {
    g_array_set_size (all, all->len + i * COPY_OFFSET);
    g_array_append_vals (all, samples->data, samples->len);
  }
  return all;
}

/* The transcript of a lesson may write numbers otherwise: its errors have no goal. The model wavers
 * about first words of the few sentences of LibriVox, so the words taken back there have none. */
static void
report_errors (double errors, double live_errors, double erasure)
{
  if (g_getenv ("HABLA_BENCHMARK_LESSON") != NULL) {
    habla_benchmark_report ("word-error-rate", errors);
    habla_benchmark_report ("live-word-error-rate", live_errors);
    habla_benchmark_goal ("normalised-erasure", erasure, 0.45);
  } else {
    habla_benchmark_report ("normalised-erasure", erasure);
    habla_benchmark_goal ("word-error-rate", errors, 0.085);
    habla_benchmark_goal ("live-word-error-rate", live_errors, 0.085);
  }
}

static void
compare_texts (const GArray *samples, const char *reference)
{
  guint n_copies = g_getenv ("HABLA_BENCHMARK_LESSON") != NULL ? 1 : COPIES;
  g_autoptr (GArray) all = repeat (samples, n_copies);
  g_autoptr (GString) references = g_string_new (NULL);
  Log live_log, stable_log, final_log;
  Work live = { all, "", NULL, NULL, &live_log };
  Work stable = { all, "stable-partials=true", NULL, NULL, &stable_log };
  Work final = { all, "partials=false", NULL, NULL, &final_log };

  for (guint i = 0; i < n_copies; i++)
    g_string_append_printf (references, "%s ", reference);
  log_init (&live_log);
  log_init (&stable_log);
  log_init (&final_log);
  measure_element (&live);
  measure_element (&stable);
  measure_element (&final);
  habla_benchmark_report ("words", live_log.n_words);
  report_errors (get_error_rate (references->str, final_log.text->str),
      get_error_rate (references->str, live_log.text->str),
      (double) live_log.n_erased / live_log.n_words);
  habla_benchmark_goal (
      "stable-normalised-erasure", (double) stable_log.n_erased / stable_log.n_words, 0.05);
  log_clear (&live_log);
  log_clear (&stable_log);
  log_clear (&final_log);
}

static void
compare_cpu (const GArray *samples, const char *models)
{
  Log live_log, final_log;
  BareRecognizer *bare = bare_recognizer_new (models);
  Work live = { samples, "", NULL, NULL, &live_log };
  Work final = { samples, "partials=false", NULL, NULL, &final_log };
  Work floor = { samples, NULL, NULL, bare, NULL };
  HablaBenchmarkCase cases[] = {
    { "finals", measure_element, &final, NULL },
    { "bare", measure_bare, &floor, NULL },
    { "live", measure_element, &live, NULL },
  };
  double seconds = samples->len / (double) SPEECH_RATE;

  log_init (&live_log);
  log_init (&final_log);
  measure_element (&final);
  floor.bounds = g_array_copy (final_log.bounds);
  habla_benchmark_interleave (cases, G_N_ELEMENTS (cases), ROUNDS);
  habla_benchmark_report ("bare-cpu-s-per-s", get_lowest (cases[1].samples) / 1e9 / seconds);
  habla_benchmark_goal (
      "finals-cpu-over-bare", get_lowest (cases[0].samples) / get_lowest (cases[1].samples), 1.05);
  habla_benchmark_goal ("live-cpu-s-per-s", get_lowest (cases[2].samples) / 1e9 / seconds, 0.18);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_free (cases[i].samples);
  g_array_unref ((GArray *) floor.bounds);
  bare_recognizer_free (bare);
  log_clear (&live_log);
  log_clear (&final_log);
}

/* @delay: when the source begins, in ms */
static GstElement *
start_session (const GArray *samples, guint delay, Log *log)
{
  g_autoptr (GError) error = NULL;
  GstElement *pipeline =
      gst_parse_launch ("appsrc name=audio format=time max-bytes=0 caps=\"" CAPS "\" ! clocksync ! "
                        "queue max-size-buffers=0 max-size-bytes=0 max-size-time=10000000000 ! "
                        "sherpatranscriber name=hear ! fakesink async=false sync=false",
          &error);
  g_autoptr (GstElement) source = NULL;
  g_autoptr (GstElement) element = NULL;
  GstFlowReturn flow;

  g_assert_no_error (error);
  source = gst_bin_get_by_name (GST_BIN (pipeline), "audio");
  element = gst_bin_get_by_name (GST_BIN (pipeline), "hear");
  log->pipeline = pipeline;
  watch (element, log);
  for (gsize i = 0; i < MIN (samples->len, LIVE_SECONDS * SPEECH_RATE); i += CHUNK) {
    GstBuffer *buffer = make_buffer (samples, i);

    GST_BUFFER_PTS (buffer) += delay * GST_MSECOND;
    g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
    gst_buffer_unref (buffer);
  }
  g_signal_emit_by_name (source, "end-of-stream", &flow);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  return pipeline;
}

static double
get_quantile (const GArray *values, double quantile)
{
  return values->len > 0
             ? habla_benchmark_quantile ((const double *) values->data, values->len, quantile)
             : 0;
}

/* @all: (out caller-allocates): the delays of all sessions
 * Returns: the number of partial texts of a session, on average */
static double
run_live (const GArray *samples, guint n_sessions, Log *all)
{
  GstElement *pipelines[MAX_SESSIONS];
  Log logs[MAX_SESSIONS];
  guint n_partials = 0;

  log_init (all);
  for (guint i = 0; i < n_sessions; i++) {
    log_init (&logs[i]);
    pipelines[i] = start_session (samples, i * 370, &logs[i]);
  }
  for (guint i = 0; i < n_sessions; i++) {
    gst_message_unref (
        habla_test_wait_for_message (pipelines[i], GST_MESSAGE_EOS, LIVE_SECONDS + 60));
    gst_element_set_state (pipelines[i], GST_STATE_NULL);
    gst_object_unref (pipelines[i]);
    g_array_append_vals (all->finals, logs[i].finals->data, logs[i].finals->len);
    g_array_append_vals (all->firsts, logs[i].firsts->data, logs[i].firsts->len);
    n_partials += logs[i].n_partials;
    log_clear (&logs[i]);
  }
  return (double) n_partials / n_sessions;
}

/* Returns: the number of partial texts that are due in the runs in real time: those of a machine on
 * which no audio ever waits */
static double
count_due_partials (const GArray *samples)
{
  g_autoptr (GArray) part = g_array_new (FALSE, FALSE, sizeof (gint16));
  Log log;
  Work work = { part, "", NULL, NULL, &log };
  double n;

  g_array_append_vals (part, samples->data, MIN (samples->len, LIVE_SECONDS * SPEECH_RATE));
  log_init (&log);
  measure_element (&work);
  n = log.n_partials;
  log_clear (&log);
  return n;
}

static void
measure_delays (const GArray *samples, Log *one)
{
  Log many;
  double n_due = count_due_partials (samples);
  double cpu = habla_benchmark_cpu_time ();
  double partials_of_one = run_live (samples, 1, one);
  double partials_of_many;

  habla_benchmark_report ("live-session-cpu-s", (habla_benchmark_cpu_time () - cpu) / 1e9);
  partials_of_many = run_live (samples, MAX_SESSIONS, &many);
  habla_benchmark_goal ("end-to-final-p50-ms", get_quantile (one->finals, 0.5), 350);
  habla_benchmark_goal ("end-to-final-p95-ms", get_quantile (one->finals, 0.95), 500);
  habla_benchmark_goal ("begin-to-first-p50-ms", get_quantile (one->firsts, 0.5), 650);
  habla_benchmark_goal ("begin-to-first-p95-ms", get_quantile (one->firsts, 0.95), 1000);
  habla_benchmark_report ("eight-end-to-final-p50-ms", get_quantile (many.finals, 0.5));
  habla_benchmark_goal ("eight-end-to-final-p95-ms", get_quantile (many.finals, 0.95), 900);
  habla_benchmark_report ("eight-begin-to-first-p50-ms", get_quantile (many.firsts, 0.5));
  habla_benchmark_report ("partials-dropped", 1 - partials_of_one / n_due);
  habla_benchmark_goal ("eight-partials-dropped", 1 - partials_of_many / n_due, 0.02);
  log_clear (&many);
}

/* Returns: resident memory of this process in MB */
static double
get_memory (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    return 0;
  fields = g_strsplit (text, " ", -1);
  return g_ascii_strtod (fields[1], NULL) * 4096 / 1e6;
}

/* In a new process: prints the memory after @n_sessions, or after the bare library, have heard the
 * first recording. */
static int
print_memory (const char *kind, const char *models)
{
  g_autoptr (GArray) samples = speech_load (0);
  double before = get_memory ();
  GstHarness *sessions[16];
  guint n_sessions = g_ascii_strtoull (kind, NULL, 10);

  g_assert_cmpuint (n_sessions, <=, G_N_ELEMENTS (sessions));
  if (n_sessions == 0) {
    BareRecognizer *bare = bare_recognizer_new (models);

    bare_recognizer_detect (bare, samples);
    g_free (bare_recognizer_decode (bare, samples, 0, samples->len));
    g_print ("%f\n", get_memory () - before);
    bare_recognizer_free (bare);
    return 0;
  }
  for (guint i = 0; i < n_sessions; i++) {
    sessions[i] = gst_harness_new ("sherpatranscriber");
    gst_harness_set_src_caps_str (sessions[i], CAPS);
    for (gsize k = 0; k < samples->len; k += CHUNK)
      gst_harness_push (sessions[i], make_buffer (samples, k));
  }
  g_print ("%f\n", get_memory () - before);
  for (guint i = 0; i < n_sessions; i++)
    gst_harness_teardown (sessions[i]);
  return 0;
}

static double
ask_memory (const char *program, const char *kind)
{
  const char *argv[] = { program, "--memory", kind, NULL };
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (
      NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return g_ascii_strtod (output, NULL);
}

static void
measure_memory (const char *program)
{
  double bare = ask_memory (program, "bare");
  double first = ask_memory (program, "1");
  double nine = ask_memory (program, "9");

  habla_benchmark_report ("bare-memory-mb", bare);
  habla_benchmark_report ("first-session-memory-mb", first);
  habla_benchmark_goal ("first-session-memory-over-bare", first / bare, 1.1);
  habla_benchmark_goal ("further-session-memory-mb", (nine - first) / 8, 8);
}

/* Returns: (transfer full): the samples of a file at 16 kHz with one channel */
static GArray *
load_wav (const char *path)
{
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (size, >=, WAV_HEADER);
  return g_array_append_vals (g_array_new (FALSE, FALSE, sizeof (gint16)), data + WAV_HEADER,
      (size - WAV_HEADER) / sizeof (gint16));
}

/* In a new process, as other programs: prints what sherpatranscriber hears. */
static int
print_text (const char *path, const char *properties)
{
  g_autoptr (GArray) samples = load_wav (path);
  Log log;
  Work work = { samples, properties, NULL, NULL, &log };

  log_init (&log);
  measure_element (&work);
  g_print ("0\t-\t%s\n", log.text->str);
  log_clear (&log);
  return 0;
}

static void
write_wav (const char *path, const GArray *samples)
{
  struct {
    char riff[4];
    guint32 size;
    char wave[8];
    guint32 format_size;
    guint16 format, n_channels;
    guint32 rate, bytes_per_second;
    guint16 block, bits;
    char data[4];
    guint32 data_size;
  } header = { "RIFF", GUINT32_TO_LE (36 + samples->len * 2), "WAVEfmt ", GUINT32_TO_LE (16),
    GUINT16_TO_LE (1), GUINT16_TO_LE (1), GUINT32_TO_LE (SPEECH_RATE),
    GUINT32_TO_LE (SPEECH_RATE * 2), GUINT16_TO_LE (2), GUINT16_TO_LE (16), "data",
    GUINT32_TO_LE (samples->len * 2) };
  g_autoptr (GString) file = g_string_new_len ((const char *) &header, sizeof header);
  g_autoptr (GError) error = NULL;

  g_string_append_len (file, samples->data, samples->len * sizeof (gint16));
  g_file_set_contents (path, file->str, file->len, &error);
  g_assert_no_error (error);
}

typedef struct {
  char *name;
  TranscriberRun peer;
  TranscriberRun ours;
} Comparison;

static void
comparison_free (gpointer data)
{
  Comparison *self = data;

  g_free (self->name);
  transcriber_run_clear (&self->peer);
  transcriber_run_clear (&self->ours);
  g_free (self);
}

/* A program that does not play the file in real time is compared with final texts alone.
 * @program: this one */
static Comparison *
run_peer (const char *program, const char *path, const char *wav)
{
  Comparison *self = g_new0 (Comparison, 1);
  const char *properties;

  self->name = g_path_get_basename (path);
  if (!transcriber_run ((const char *[]){ path, wav, NULL }, &self->peer))
    g_error ("%s failed", path);
  properties = self->peer.delays->len > 0 ? "partials=true" : "partials=false";
  g_assert_true (
      transcriber_run ((const char *[]){ program, "--hear", wav, properties, NULL }, &self->ours));
  return self;
}

/* The memory of a process counts from that of its parent: called before anything is loaded.
 * Returns: (transfer full) (element-type Comparison): other programs and sherpatranscriber, each
 *   in a process of its own */
static GPtrArray *
run_peers (const char *program, const GArray *samples)
{
  const char *programs = g_getenv ("HABLA_BENCHMARK_TRANSCRIBERS");
  GPtrArray *comparisons = g_ptr_array_new_with_free_func (comparison_free);
  g_autofree char *folder = NULL;
  g_autofree char *wav = NULL;
  g_auto (GStrv) paths = NULL;

  if (programs == NULL) {
    g_printerr ("other programs: skipped, HABLA_BENCHMARK_TRANSCRIBERS is not set\n");
    return comparisons;
  }
  folder = g_dir_make_tmp (NULL, NULL);
  wav = g_build_filename (folder, "speech.wav", NULL);
  write_wav (wav, samples);
  paths = g_strsplit (programs, ":", -1);
  for (guint i = 0; paths[i] != NULL; i++)
    g_ptr_array_add (comparisons, run_peer (program, paths[i], wav));
  g_unlink (wav);
  g_rmdir (folder);
  return comparisons;
}

/* Ours must not be higher. */
static void
compare_value (const char *peer, const char *key, double ours, double theirs)
{
  g_autofree char *name = g_strdup_printf ("%s-over-%s", key, peer);
  g_autofree char *value = g_strdup_printf ("%s-%s", peer, key);

  habla_benchmark_report (value, theirs);
  habla_benchmark_goal (name, theirs > 0 ? ours / theirs : ours, 1);
}

/* @live: of the run in real time */
static void
compare_peer (const Comparison *self, const char *reference, double seconds, const Log *live)
{
  compare_value (self->name, "word-error-rate", get_error_rate (reference, self->ours.text->str),
      get_error_rate (reference, self->peer.text->str));
  compare_value (self->name, "cpu-s-per-s", self->ours.cpu / seconds, self->peer.cpu / seconds);
  compare_value (self->name, "memory-mb", self->ours.memory, self->peer.memory);
  if (self->peer.delays->len == 0)
    return;
  compare_value (self->name, "end-to-final-p50-ms", get_quantile (live->finals, 0.5),
      get_quantile (self->peer.delays, 0.5));
  compare_value (self->name, "end-to-final-p95-ms", get_quantile (live->finals, 0.95),
      get_quantile (self->peer.delays, 0.95));
}

/* Returns: (transfer full): the samples of the lesson, or of LibriVox */
static GArray *
load_audio (char **reference)
{
  const char *path = g_getenv ("HABLA_BENCHMARK_LESSON");
  g_autofree char *stem = NULL;
  g_autofree char *transcript = NULL;
  g_autoptr (GError) error = NULL;

  if (path == NULL) {
    *reference = speech_load_all_transcripts ();
    return speech_load_all (PAUSE_MS);
  }
  stem = g_strndup (path, strlen (path) - strlen (".wav"));
  transcript = g_strconcat (stem, ".txt", NULL);
  g_file_get_contents (transcript, reference, NULL, &error);
  g_assert_no_error (error);
  return load_wav (path);
}

int
main (int argc, char *argv[])
{
  const char *models = g_getenv ("HABLA_TEST_MODELS");
  g_autofree char *whisper =
      g_build_filename (models != NULL ? models : "", "whisper-tiny.en", NULL);
  g_autofree char *reference = NULL;
  g_autoptr (GstElement) keeper = NULL;
  g_autoptr (GArray) samples = NULL;
  g_autoptr (GPtrArray) comparisons = NULL;
  Log live;

  gst_init (&argc, &argv);
  if (!g_file_test (whisper, G_FILE_TEST_IS_DIR) || !speech_is_installed ()) {
    g_print ("skipped: the model whisper-tiny.en or pocketsphinx-testdata is not installed\n");
    return 77;
  }
  g_setenv ("HABLA_MODELS_PATH", models, TRUE);
  if (argc == 3)
    return print_memory (argv[2], models);
  if (argc == 4)
    return print_text (argv[2], argv[3]);
  samples = load_audio (&reference);
  comparisons = run_peers (argv[0], samples);
  measure_memory (argv[0]);
  /* Keeps the model loaded between rounds. */
  keeper = gst_object_ref_sink (gst_element_factory_make ("sherpatranscriber", NULL));
  gst_element_set_state (keeper, GST_STATE_PAUSED);
  compare_cpu (samples, models);
  compare_texts (samples, reference);
  measure_delays (samples, &live);
  for (guint i = 0; i < comparisons->len; i++)
    compare_peer (comparisons->pdata[i], reference, samples->len / (double) SPEECH_RATE, &live);
  log_clear (&live);
  gst_element_set_state (keeper, GST_STATE_NULL);
  return habla_benchmark_finish ("sherpatranscriber");
}
