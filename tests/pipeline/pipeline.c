/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pipelines from start to teardown, with real engines. */
#include "pipeline-fixture.h"

#include <string.h>

/* Enough for a leak in each cycle to be found. */
#define N_CYCLES 12

#define WEBM "opusenc ! webmmux streamable=true"

/* "go forward ten meters", 2.4 s; and a longer sentence, 3 s. */
#define SHORT \
  "filesrc location=" SPEECH_DIR "goforward.raw ! rawaudioparse use-sink-caps=false format=pcm " \
  "pcm-format=s16le sample-rate=16000 num-channels=1"
#define LONG "filesrc location=" LIBRIVOX "0880.wav ! decodebin"

static PipelineFixture *
start_listening (const char *to)
{
  PipelineFixture *self = pipeline_fixture_new (HABLA_PIPELINE_INPUT_PUSHED, NULL, "en", to);

  habla_pipeline_start (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_LISTENING);
  return self;
}

/* The recording of a browser, in chunks of a second, is recognised like a file. */
static void
test_listen (gconstpointer encoder)
{
  g_autoptr (PipelineFixture) self = NULL;
  g_autoptr (GPtrArray) chunks = NULL;
  g_autofree char *expected = NULL;
  HablaPipelineStats stats;

  if (!pipeline_fixture_has_engines ())
    return;
  chunks = pipeline_fixture_record (LONG, encoder);
  g_assert_cmpuint (chunks->len, >, 2);
  expected = pipeline_fixture_transcribe (chunks);
  self = start_listening ("es");
  pipeline_fixture_say (self, chunks);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (pipeline_fixture_get_captions (self, "en"), ==, expected);
  g_assert_cmpuint (pipeline_fixture_count_captions (self, "es"), ==,
      pipeline_fixture_count_captions (self, "en"));
  g_assert_cmpstr (self->states->str, ==, "starting listening draining closing closed");
  /* All chunks at once can be an overload, which turns partial hypotheses off. */
  g_assert_true (self->n_partials > 0 || self->overload > 0);
  g_assert_cmpuint (self->failures->len, ==, 0);
  habla_pipeline_get_stats (self->pipeline, &stats);
  g_assert_cmpuint (stats.utterances, ==, pipeline_fixture_count_captions (self, "en"));
  g_assert_cmpuint (stats.translations, ==, stats.utterances);
  g_assert_cmpuint (stats.speech_time, >, GST_SECOND);
  g_assert_cmpuint (stats.audio_waiting, ==, 0);
}

/* Raw samples in chunks that split a sample, or no audio at all. */
static void
test_raw (gconstpointer has_audio)
{
  static const char *const to[] = { "es", NULL };
  HablaPipelineOptions options = { .label = "raw",
    .pipeline = "session",
    .input = HABLA_PIPELINE_INPUT_PUSHED,
    .raw_caps = "audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved",
    .from = "en",
    .to = to,
    .drain_timeout = habla_test_scale (60000),
    .max_audio_backlog = 1000000 };
  g_autoptr (PipelineFixture) self = NULL;
  g_autoptr (GBytes) all = NULL;
  g_autoptr (GError) error = NULL;
  char *samples;
  gsize size;

  if (!pipeline_fixture_has_engines ())
    return;
  g_assert_true (g_file_get_contents (SPEECH_DIR "goforward.raw", &samples, &size, &error));
  all = g_bytes_new_take (samples, size);
  if (has_audio == NULL)
    size = 0;
  self = pipeline_fixture_new_full (&options);
  habla_pipeline_start (self->pipeline);
  for (gsize i = 0; i < size; i += 9999) {
    g_autoptr (GBytes) chunk = g_bytes_new_from_bytes (all, i, MIN (9999, size - i));

    g_assert_true (habla_pipeline_push_audio (self->pipeline, chunk));
  }
  pipeline_fixture_stop (self);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (pipeline_fixture_get_captions (self, "en"), ==,
      has_audio != NULL ? "go forward ten meters / " : "");
  g_assert_cmpuint (pipeline_fixture_count_captions (self, "es"), ==, has_audio != NULL);
  g_assert_cmpuint (self->failures->len, ==, 0);
}

typedef struct {
  const char *from;
  const char *to;
  const char *text;
  const char *translation;
} Typed;

/* Languages without a transcriber can be typed. */
static void
test_typed (gconstpointer data)
{
  const Typed *typed = data;
  g_autoptr (PipelineFixture) self = NULL;

  if (!pipeline_fixture_has_engines ())
    return;
  self = pipeline_fixture_new (HABLA_PIPELINE_INPUT_TYPED, NULL, typed->from, typed->to);
  g_assert_false (habla_pipeline_push_text (self->pipeline, "too early", NULL));
  habla_pipeline_start (self->pipeline);
  g_assert_true (habla_pipeline_push_text (self->pipeline, typed->text, "MANUAL"));
  pipeline_fixture_wait_for_captions (self, typed->to, 1);
  g_assert_cmpstr (pipeline_fixture_get_captions (self, typed->to), ==, typed->translation);
  g_assert_true (habla_pipeline_push_text (self->pipeline, typed->text, "MANUAL"));
  habla_pipeline_stop (self->pipeline);
  g_assert_false (habla_pipeline_push_text (self->pipeline, "too late", NULL));
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpuint (pipeline_fixture_count_captions (self, typed->to), ==, 2);
  g_assert_cmpuint (pipeline_fixture_count_captions (self, typed->from), ==, 2);
  g_assert_cmpstr (self->states->str, ==, "starting typing draining closing closed");
}

#define N_EARLY 150

static void
type_when_typing (HablaPipeline *pipeline, HablaPipelineState from, HablaPipelineState to,
    guint64 lasted, gpointer user_data)
{
  if (to == HABLA_PIPELINE_TYPING)
    g_assert_true (habla_pipeline_push_text (pipeline, "the end", NULL));
}

/* Typed text keeps its order, whether it was typed during the start, even more than the limit of
 * text that waits in the graph, or at the moment when the pipeline has started. */
static void
test_typed_early (void)
{
  g_autoptr (PipelineFixture) self = NULL;
  /* No letters, which Apertium would take for a word of that length: minutes of work. */
  g_autofree char *text = g_strnfill (10000, '#');

  if (!pipeline_fixture_has_engines ())
    return;
  self = pipeline_fixture_new (HABLA_PIPELINE_INPUT_TYPED, NULL, "en", "es");
  g_signal_connect (self->pipeline, "state-changed", G_CALLBACK (type_when_typing), NULL);
  habla_pipeline_start (self->pipeline);
  for (guint i = 0; i < N_EARLY; i++)
    g_assert_true (habla_pipeline_push_text (self->pipeline, text, NULL));
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_TYPING);
  habla_pipeline_stop (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpuint (pipeline_fixture_count_captions (self, "en"), ==, N_EARLY + 1);
  g_assert_true (g_str_has_suffix (pipeline_fixture_get_captions (self, "en"), " / the end / "));
}

/* Typed text and speech keep their order in all languages. */
static void
test_typed_and_spoken (void)
{
  g_autoptr (PipelineFixture) self = NULL;
  g_autoptr (GPtrArray) chunks = NULL;

  if (!pipeline_fixture_has_engines ())
    return;
  chunks = pipeline_fixture_record (SHORT, WEBM);
  self = start_listening ("es");
  /* Before any audio. */
  g_assert_true (habla_pipeline_push_text (self->pipeline, "good morning", NULL));
  pipeline_fixture_wait_for_captions (self, "es", 1);
  pipeline_fixture_push (self, chunks);
  pipeline_fixture_wait_for_captions (self, "en", 2);
  g_assert_true (habla_pipeline_push_text (self->pipeline, "the end", NULL));
  pipeline_fixture_stop (self);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (pipeline_fixture_get_captions (self, "en"), ==,
      "good morning / go forward ten meters / the end / ");
  g_assert_true (g_str_has_prefix (pipeline_fixture_get_captions (self, "es"), "buenos días / "));
  g_assert_cmpuint (pipeline_fixture_count_captions (self, "es"), ==, 3);
}

/* The end of a source element ends the pipeline. The channels of this one are out of phase. */
static void
test_source (void)
{
  g_autoptr (PipelineFixture) self = NULL;

  if (!pipeline_fixture_has_engines ())
    return;
  self = pipeline_fixture_new (HABLA_PIPELINE_INPUT_SOURCE,
      SHORT " ! audioconvert mix-matrix=\"<<(float)1>, <(float)-1>>\" ! audio/x-raw,channels=2",
      "en", "es");
  habla_pipeline_start (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (self->states->str, ==, "starting playing draining closing closed");
  g_assert_cmpstr (pipeline_fixture_get_captions (self, "en"), ==, "go forward ten meters / ");
  g_assert_cmpuint (pipeline_fixture_count_captions (self, "es"), ==, 1);
}

/* A live source element has no end of its own. */
static void
test_live_source (void)
{
  g_autoptr (PipelineFixture) self = NULL;

  if (!pipeline_fixture_has_engines ())
    return;
  self = pipeline_fixture_new (
      HABLA_PIPELINE_INPUT_SOURCE, "audiotestsrc is-live=true wave=silence", "en", "es");
  habla_pipeline_start (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_LISTENING);
  pipeline_fixture_spin (100);
  habla_pipeline_stop (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (self->states->str, ==, "starting listening draining closing closed");
  g_assert_cmpuint (self->failures->len, ==, 0);
}

/* The last chunk of the recorder is taken after the stop; more chunks are refused. */
static void
test_last_audio (void)
{
  g_autoptr (PipelineFixture) self = NULL;
  g_autoptr (GPtrArray) chunks = NULL;
  g_autoptr (GBytes) last = NULL;

  if (!pipeline_fixture_has_engines ())
    return;
  chunks = pipeline_fixture_record (SHORT, WEBM);
  last = g_bytes_ref (chunks->pdata[chunks->len - 1]);
  g_ptr_array_set_size (chunks, chunks->len - 1);
  self = start_listening ("es");
  pipeline_fixture_push (self, chunks);
  habla_pipeline_stop (self->pipeline);
  habla_pipeline_stop (self->pipeline);
  g_assert_cmpint (habla_pipeline_get_state (self->pipeline), ==, HABLA_PIPELINE_LISTENING);
  g_assert_true (habla_pipeline_push_audio (self->pipeline, last));
  g_assert_cmpint (habla_pipeline_get_state (self->pipeline), ==, HABLA_PIPELINE_DRAINING);
  g_assert_false (habla_pipeline_push_audio (self->pipeline, last));
  habla_pipeline_stop (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  habla_pipeline_stop (self->pipeline);
  habla_pipeline_start (self->pipeline);
  g_assert_cmpstr (pipeline_fixture_get_captions (self, "en"), ==, "go forward ten meters / ");
  g_assert_cmpstr (self->states->str, ==, "starting listening draining closing closed");
}

/* Without any audio, the stop waits for two seconds, and nothing fails. */
static void
test_no_audio (void)
{
  g_autoptr (PipelineFixture) self = NULL;
  gint64 begin;

  if (!pipeline_fixture_has_engines ())
    return;
  self = start_listening ("es");
  begin = g_get_monotonic_time ();
  habla_pipeline_stop (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_DRAINING);
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 1990 * 1000);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpuint (self->failures->len, ==, 0);
}

/* Audio that was pushed during the start is processed, even if the stop came before the start had
 * ended. */
static void
test_stop_while_starting (void)
{
  g_autoptr (PipelineFixture) self = NULL;
  g_autoptr (GPtrArray) chunks = NULL;

  if (!pipeline_fixture_has_engines ())
    return;
  chunks = pipeline_fixture_record (SHORT, WEBM);
  self = pipeline_fixture_new (HABLA_PIPELINE_INPUT_PUSHED, NULL, "en", "es");
  habla_pipeline_start (self->pipeline);
  pipeline_fixture_say (self, chunks);
  g_assert_cmpint (habla_pipeline_get_state (self->pipeline), ==, HABLA_PIPELINE_STARTING);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (pipeline_fixture_get_captions (self, "en"), ==, "go forward ten meters / ");
}

static void
abort_in_state (HablaPipeline *pipeline, guint from, guint to, guint64 lasted, gpointer state)
{
  if (to == GPOINTER_TO_UINT (state))
    habla_pipeline_abort (pipeline);
}

/* Aborts at the moment when the pipeline enters a state. */
static void
test_abort (gconstpointer data)
{
  HablaPipelineState state = GPOINTER_TO_UINT (data);
  HablaPipelineInput input = state == HABLA_PIPELINE_TYPING    ? HABLA_PIPELINE_INPUT_TYPED
                             : state == HABLA_PIPELINE_PLAYING ? HABLA_PIPELINE_INPUT_SOURCE
                                                               : HABLA_PIPELINE_INPUT_PUSHED;
  g_autoptr (PipelineFixture) self = NULL;

  if (!pipeline_fixture_has_engines ())
    return;
  self = pipeline_fixture_new (state == HABLA_PIPELINE_FAILED ? HABLA_PIPELINE_INPUT_SOURCE : input,
      state == HABLA_PIPELINE_FAILED ? "filesrc location=/nonexistent ! decodebin" : SHORT, "en",
      "es");
  g_signal_connect (
      self->pipeline, "state-changed", G_CALLBACK (abort_in_state), GUINT_TO_POINTER (state));
  if (state == HABLA_PIPELINE_IDLE) {
    habla_pipeline_abort (self->pipeline);
    g_assert_cmpstr (self->states->str, ==, "closed");
    return;
  }
  habla_pipeline_start (self->pipeline);
  if (state == HABLA_PIPELINE_DRAINING || state == HABLA_PIPELINE_CLOSING ||
      state == HABLA_PIPELINE_CLOSED)
    pipeline_fixture_stop (self);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_nonnull (strstr (self->states->str, habla_pipeline_state_get_name (state)));
  g_assert_cmpuint (self->failures->len, ==, state == HABLA_PIPELINE_FAILED);
}

/* A source element whose data is not audio fails the pipeline. */
static void
test_corrupt (void)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "noise", NULL);
  g_autofree char *source = g_strdup_printf ("filesrc location=%s ! decodebin", path);
  g_autofree char *noise = g_strnfill (100000, 'x');
  g_autoptr (PipelineFixture) self = NULL;

  if (!pipeline_fixture_has_engines ())
    return;
  g_assert_true (g_file_set_contents (path, noise, -1, NULL));
  self = pipeline_fixture_new (HABLA_PIPELINE_INPUT_SOURCE, source, "en", "es");
  habla_pipeline_start (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_true (g_str_has_suffix (self->states->str, " failed closed"));
  g_assert_cmpuint (self->failures->len, ==, 1);
}

#define NOISE_SIZE 100000

/* Returns: (transfer full) (element-type GBytes): noise that begins with @beginning */
static GPtrArray *
make_noise (const char *beginning)
{
  GPtrArray *chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  g_ptr_array_add (chunks, g_bytes_new (beginning, strlen (beginning)));
  for (guint i = 0; i < 10; i++) {
    char *noise = g_malloc (NOISE_SIZE / 10);

    for (gsize j = 0; j < NOISE_SIZE / 10; j++)
      noise[j] = *beginning == 'a' ? 'a' : g_rand_int_range (random, 0, 256);
    g_ptr_array_add (chunks, g_bytes_new_take (noise, NOISE_SIZE / 10));
  }
  return chunks;
}

/* Pushed data that is not audio fails the pipeline before a stop, with an explanation. */
static void
test_pushed_noise (gconstpointer beginning)
{
  g_autoptr (PipelineFixture) self = NULL;
  g_autoptr (GPtrArray) chunks = make_noise (beginning);

  if (!pipeline_fixture_has_engines ())
    return;
  self = start_listening ("es");
  pipeline_fixture_push (self, chunks);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (self->states->str, ==, "starting listening failed closed");
  g_assert_cmpuint (self->failures->len, ==, 1);
  if (*(const char *) beginning == 'a')
    g_assert_nonnull (strstr (self->failures->pdata[0], "contains no audio"));
}

/* Nor after a stop. */
static void
test_stopped_noise (gconstpointer beginning)
{
  g_autoptr (PipelineFixture) self = NULL;
  g_autoptr (GPtrArray) chunks = make_noise (beginning);
  gint64 begin;

  if (!pipeline_fixture_has_engines ())
    return;
  self = start_listening ("es");
  pipeline_fixture_push (self, chunks);
  begin = g_get_monotonic_time ();
  pipeline_fixture_stop (self);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  /* Less than the time to drain, which is a minute. */
  g_assert_cmpint (g_get_monotonic_time () - begin, <, habla_test_scale (30) * G_USEC_PER_SEC);
}

/* Noise in the middle of a recording costs what it has damaged, and no more. */
static void
test_noise_between (void)
{
  g_autoptr (PipelineFixture) self = NULL;
  g_autoptr (GPtrArray) chunks = NULL;
  g_autoptr (GPtrArray) noise = make_noise ("x");

  if (!pipeline_fixture_has_engines ())
    return;
  chunks = pipeline_fixture_record (LONG, WEBM);
  g_ptr_array_insert (chunks, 1, g_bytes_ref (noise->pdata[1]));
  self = start_listening ("es");
  pipeline_fixture_say (self, chunks);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpuint (self->failures->len, ==, 0);
  g_assert_cmpuint (pipeline_fixture_count_captions (self, "en"), >, 0);
}

/* A file that a client sends as audio. */
static void
test_pushed_file (gconstpointer encoder)
{
  g_autoptr (PipelineFixture) self = NULL;
  g_autoptr (GPtrArray) chunks = NULL;
  g_autofree char *expected = NULL;

  if (!pipeline_fixture_has_engines ())
    return;
  chunks = pipeline_fixture_record (LONG, encoder);
  expected = pipeline_fixture_transcribe (chunks);
  self = start_listening ("es");
  pipeline_fixture_say (self, chunks);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (pipeline_fixture_get_captions (self, "en"), ==, expected);
}

/* The pipeline cannot be built. */
static void
test_no_pipeline (gconstpointer source)
{
  g_autoptr (PipelineFixture) self =
      pipeline_fixture_new (HABLA_PIPELINE_INPUT_SOURCE, source, "en", "es");

  habla_pipeline_start (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (self->states->str, ==, "starting failed closed");
  g_assert_cmpuint (self->failures->len, ==, 1);
}

/* An invalid language does not affect the others, at the start and later. */
static void
test_bad_language (void)
{
  g_autoptr (PipelineFixture) self = NULL;

  if (!pipeline_fixture_has_engines ())
    return;
  self = pipeline_fixture_new (HABLA_PIPELINE_INPUT_TYPED, NULL, "en", "xx");
  habla_pipeline_start (self->pipeline);
  habla_pipeline_add_language (self->pipeline, "es");
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_TYPING);
  g_assert_cmpuint (self->bad->len, ==, 1);
  g_assert_true (g_str_has_prefix (self->bad->pdata[0], "xx: "));
  habla_pipeline_add_language (self->pipeline, "yy");
  habla_pipeline_remove_language (self->pipeline, "yy");
  habla_pipeline_push_text (self->pipeline, "good morning", NULL);
  pipeline_fixture_wait_for_captions (self, "es", 1);
  habla_pipeline_stop (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpuint (self->failures->len, ==, 0);
}

#define LATE_ROUNDS 5

/* A language is added while the first audio is decoded and the graph changes its state, and the
 * stop follows at once. */
static void
test_late_language (void)
{
  g_autoptr (PipelineFixture) warm = NULL;
  g_autoptr (GPtrArray) chunks = NULL;

  if (!pipeline_fixture_has_engines ())
    return;
  chunks = pipeline_fixture_record (SHORT, WEBM);
  warm = pipeline_fixture_new (HABLA_PIPELINE_INPUT_TYPED, NULL, "en", "fr");
  habla_pipeline_start (warm->pipeline);
  pipeline_fixture_wait_for_state (warm, HABLA_PIPELINE_TYPING);
  for (guint i = 0; i < habla_test_repeat (LATE_ROUNDS); i++) {
    g_autoptr (PipelineFixture) self = start_listening ("es");

    habla_pipeline_push_audio (self->pipeline, chunks->pdata[0]);
    if (i > 0)
      pipeline_fixture_spin (i % 32);
    habla_pipeline_add_language (self->pipeline, "fr");
    for (guint j = 1; j < chunks->len; j++)
      habla_pipeline_push_audio (self->pipeline, chunks->pdata[j]);
    pipeline_fixture_stop (self);
    pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
    g_assert_cmpstr (pipeline_fixture_get_captions (self, "en"), ==, "go forward ten meters / ");
    g_assert_cmpuint (pipeline_fixture_count_captions (self, "es"), ==, 1);
  }
}

/* Returns: (transfer full): @captions without @typed */
static char *
leave_out (const char *captions, const char *typed)
{
  g_auto (GStrv) parts = g_strsplit (captions, typed, -1);

  return g_strjoinv ("", parts);
}

#define CHANGES 100
#define DEADLINE 120 /* seconds */

/* Adding and removing French during speech does not affect the other languages. */
static void
test_languages (void)
{
  g_autoptr (PipelineFixture) warm = NULL;
  g_autoptr (PipelineFixture) quiet = NULL;
  g_autoptr (PipelineFixture) busy = NULL;
  g_autofree char *english = NULL;
  g_autofree char *spanish = NULL;
  g_autoptr (GPtrArray) chunks = NULL;
  gint64 deadline;

  if (!pipeline_fixture_has_engines ())
    return;
  chunks = pipeline_fixture_record (LONG, WEBM);
  /* Keeps the engine for French loaded. */
  warm = pipeline_fixture_new (HABLA_PIPELINE_INPUT_TYPED, NULL, "en", "fr");
  habla_pipeline_start (warm->pipeline);
  pipeline_fixture_wait_for_state (warm, HABLA_PIPELINE_TYPING);

  quiet = start_listening ("es");
  pipeline_fixture_say (quiet, chunks);
  pipeline_fixture_wait_for_state (quiet, HABLA_PIPELINE_CLOSED);

  busy = start_listening ("es");
  for (guint i = 0; i < CHANGES; i++) {
    if (i * chunks->len / CHANGES != (i - 1) * chunks->len / CHANGES || i == 0)
      g_assert_true (
          habla_pipeline_push_audio (busy->pipeline, chunks->pdata[i * chunks->len / CHANGES]));
    habla_pipeline_add_language (busy->pipeline, "fr");
    habla_pipeline_add_language (busy->pipeline, "fr");
    habla_pipeline_remove_language (busy->pipeline, "fr");
    habla_pipeline_remove_language (busy->pipeline, "fr");
  }
  habla_pipeline_add_language (busy->pipeline, "fr");
  /* French has been added when typed text is translated into it. */
  deadline = g_get_monotonic_time () + habla_test_scale (DEADLINE) * G_USEC_PER_SEC;
  while (pipeline_fixture_count_captions (busy, "fr") == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_assert_true (habla_pipeline_push_text (busy->pipeline, "good morning", NULL));
    pipeline_fixture_spin (100);
  }
  pipeline_fixture_stop (busy);
  pipeline_fixture_wait_for_state (busy, HABLA_PIPELINE_CLOSED);
  g_assert_cmpuint (busy->bad->len, ==, 0);
  english = leave_out (pipeline_fixture_get_captions (busy, "en"), "good morning / ");
  spanish = leave_out (pipeline_fixture_get_captions (busy, "es"), "buenos días / ");
  g_assert_cmpstr (english, ==, pipeline_fixture_get_captions (quiet, "en"));
  g_assert_cmpstr (spanish, ==, pipeline_fixture_get_captions (quiet, "es"));
}

static PipelineFixture *
new_with_limits (gsize max_audio_backlog, guint drain_timeout)
{
  HablaPipelineOptions options = { .label = "limits",
    .pipeline = "session",
    .input = HABLA_PIPELINE_INPUT_PUSHED,
    .from = "en",
    .drain_timeout = drain_timeout,
    .max_audio_backlog = max_audio_backlog };

  return pipeline_fixture_new_full (&options);
}

/* Audio beyond the limit is dropped and counted, and reported once. */
static void
test_backlog (void)
{
  g_autoptr (PipelineFixture) self = NULL;
  g_autoptr (GBytes) chunk = g_bytes_new_take (g_malloc0 (1000), 1000);
  HablaPipelineStats stats;

  if (!pipeline_fixture_has_engines ())
    return;
  self = new_with_limits (3500, 1000);
  habla_pipeline_start (self->pipeline);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpint (habla_pipeline_push_audio (self->pipeline, chunk), ==, i < 3);
  g_assert_cmpuint (self->n_lost, ==, 1);
  habla_pipeline_get_stats (self->pipeline, &stats);
  g_assert_cmpuint (stats.audio_received, ==, 10000);
  g_assert_cmpuint (stats.audio_lost, ==, 7000);
  g_assert_cmpuint (stats.audio_waiting, ==, 3000);
}

/* The number of chunks that wait is limited, however small they are. */
static void
test_small_chunks (void)
{
  g_autoptr (PipelineFixture) self = NULL;
  g_autoptr (GBytes) chunk = g_bytes_new_static ("a", 1);

  if (!pipeline_fixture_has_engines ())
    return;
  self = new_with_limits (10 * HABLA_CHUNK_COST, 1000);
  habla_pipeline_start (self->pipeline);
  for (guint i = 0; i < 100; i++)
    g_assert_cmpint (habla_pipeline_push_audio (self->pipeline, chunk), ==, i < 10);
}

/* Without progress, the drain timeout discards pending speech. */
static void
test_drain_timeout (void)
{
  g_autoptr (PipelineFixture) self = NULL;
  g_autoptr (GPtrArray) chunks = NULL;

  if (!pipeline_fixture_has_engines ())
    return;
  chunks = pipeline_fixture_record (LONG, WEBM);
  self = new_with_limits (1000000, 1);
  habla_pipeline_start (self->pipeline);
  pipeline_fixture_say (self, chunks);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (self->states->str, ==, "starting listening draining closing closed");
  g_assert_cmpuint (pipeline_fixture_count_captions (self, "en"), ==, 0);
}

#define BURST 6
#define RAW_SECOND (16000 * 2)

/* Draining may take longer than the drain timeout as long as it makes progress. */
static void
test_burst (void)
{
  static const char caps[] = "audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved";
  HablaPipelineOptions options = { .label = "burst",
    .pipeline = "session",
    .input = HABLA_PIPELINE_INPUT_PUSHED,
    .raw_caps = caps,
    .from = "en",
    .drain_timeout = habla_test_scale (3000),
    .max_audio_backlog = 10 * 1000 * 1000 };
  g_autoptr (PipelineFixture) self = NULL;
  g_autoptr (GBytes) speech = NULL;
  g_autoptr (GBytes) pause = g_bytes_new_take (g_malloc0 (2 * RAW_SECOND), 2 * RAW_SECOND);
  g_autoptr (GError) error = NULL;
  char *samples;
  gsize size;

  if (!pipeline_fixture_has_engines ())
    return;
  g_assert_true (g_file_get_contents (SPEECH_DIR "goforward.raw", &samples, &size, &error));
  speech = g_bytes_new_take (samples, size);
  self = pipeline_fixture_new_full (&options);
  habla_pipeline_start (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_LISTENING);
  for (guint i = 0; i < BURST; i++) {
    g_assert_true (habla_pipeline_push_audio (self->pipeline, speech));
    g_assert_true (habla_pipeline_push_audio (self->pipeline, pause));
  }
  pipeline_fixture_stop (self);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpuint (pipeline_fixture_count_captions (self, "en"), ==, BURST);
}

typedef struct {
  GPtrArray *chunks;
  gint64 start; /* the quickest, in microseconds */
  gint64 stop;
} Times;

static void
cycle (gpointer data)
{
  Times *times = data;
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (PipelineFixture) self =
      pipeline_fixture_new (HABLA_PIPELINE_INPUT_PUSHED, NULL, "en", "es");

  habla_pipeline_start (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_LISTENING);
  times->start = MIN (times->start, g_get_monotonic_time () - begin);
  pipeline_fixture_push (self, times->chunks);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_LISTENING);
  begin = g_get_monotonic_time ();
  habla_pipeline_abort (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  times->stop = MIN (times->stop, g_get_monotonic_time () - begin);
}

/* Registers the class of each element, which the process keeps. */
static void
listen_to_the_end (GPtrArray *chunks)
{
  g_autoptr (PipelineFixture) self =
      pipeline_fixture_new (HABLA_PIPELINE_INPUT_PUSHED, NULL, "en", "es");

  habla_pipeline_start (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_LISTENING);
  pipeline_fixture_push (self, chunks);
  pipeline_fixture_stop (self);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
}

/* Many pipelines, one after another, leak nothing, and with a loaded model each starts and stops
 * quickly. */
static void
test_again (void)
{
  g_autoptr (GPtrArray) chunks = NULL;
  Times times = { NULL, G_MAXINT64, G_MAXINT64 };

  if (!pipeline_fixture_has_engines ())
    return;
  times.chunks = chunks = pipeline_fixture_record (SHORT, WEBM);
  listen_to_the_end (chunks);
  habla_test_leak_gate (cycle, &times, habla_test_repeat (N_CYCLES));
  g_test_message ("start to listening %" G_GINT64_FORMAT " us, close to clean %" G_GINT64_FORMAT
                  " us, at the quickest",
      times.start, times.stop);
  g_assert_cmpint (times.start, <, habla_test_scale (10) * G_USEC_PER_SEC);
  g_assert_cmpint (times.stop, <, habla_test_scale (10) * G_USEC_PER_SEC);
}

static const Typed from_spanish = { "es", "en", "Buenos días", "Good morning / " };
static const Typed from_english = { "en", "es", "Good morning", "Buenos días / " };

/* Returns: @path, whose first part the build file must run */
static const char *
known (const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", 4);

  g_assert_nonnull (strstr (PIPELINE_PARTS, parts[2]));
  return path;
}

int
main (int argc, char *argv[])
{
  static const char *const states[] = { "idle", "starting", "typing", "listening", "playing",
    "draining", "failed", "closing", "closed" };
  g_autoptr (GstElement) warm = NULL;

  habla_test_init (&argc, &argv);
  warm = pipeline_fixture_keep_models ();
  g_test_add_data_func (known ("/pipeline/listen/webm"), WEBM, test_listen);
  g_test_add_data_func (known ("/pipeline/listen/ogg"), "opusenc ! oggmux", test_listen);
  g_test_add_data_func (known ("/pipeline/listen/raw"), "audio", test_raw);
  g_test_add_data_func (known ("/pipeline/listen/raw-nothing"), NULL, test_raw);
  g_test_add_func (known ("/pipeline/listen/source"), test_source);
  g_test_add_func (known ("/pipeline/listen/live-source"), test_live_source);
  g_test_add_data_func (known ("/pipeline/typed/en-es"), &from_english, test_typed);
  g_test_add_data_func (known ("/pipeline/typed/es-en"), &from_spanish, test_typed);
  g_test_add_func (known ("/pipeline/typed/early"), test_typed_early);
  g_test_add_func (known ("/pipeline/typed/and-spoken"), test_typed_and_spoken);
  g_test_add_func (known ("/pipeline/stop/last-audio"), test_last_audio);
  g_test_add_func (known ("/pipeline/stop/no-audio"), test_no_audio);
  g_test_add_func (known ("/pipeline/stop/while-starting"), test_stop_while_starting);
  for (guint state = 0; state < G_N_ELEMENTS (states); state++) {
    g_autofree char *name = g_strconcat ("/pipeline/abort/", states[state], NULL);

    g_test_add_data_func (known (name), GUINT_TO_POINTER (state), test_abort);
  }
  g_test_add_data_func (known ("/pipeline/listen/wave"), "wavenc", test_pushed_file);
  g_test_add_data_func (known ("/pipeline/listen/flac"), "flacenc", test_pushed_file);
  g_test_add_func (known ("/pipeline/listen/noise-between"), test_noise_between);
  g_test_add_data_func (known ("/pipeline/noise/letters"), "a", test_pushed_noise);
  g_test_add_data_func (known ("/pipeline/noise/webm"), "\x1a\x45\xdf\xa3", test_pushed_noise);
  g_test_add_data_func (known ("/pipeline/noise/stopped-letters"), "a", test_stopped_noise);
  g_test_add_data_func (
      known ("/pipeline/noise/stopped-webm"), "\x1a\x45\xdf\xa3", test_stopped_noise);
  g_test_add_func (known ("/pipeline/failed/corrupt"), test_corrupt);
  g_test_add_data_func (known ("/pipeline/failed/element"), "nosuchelement", test_no_pipeline);
  g_test_add_data_func (known ("/pipeline/failed/file"),
      "filesrc location=/nonexistent ! decodebin", test_no_pipeline);
  g_test_add_func (known ("/pipeline/languages/bad"), test_bad_language);
  g_test_add_func (known ("/pipeline/languages/late"), test_late_language);
  g_test_add_func (known ("/pipeline/languages/hundred"), test_languages);
  g_test_add_func (known ("/pipeline/limits/backlog"), test_backlog);
  g_test_add_func (known ("/pipeline/limits/small-chunks"), test_small_chunks);
  g_test_add_func (known ("/pipeline/limits/burst"), test_burst);
  g_test_add_func (known ("/pipeline/limits/drain-timeout"), test_drain_timeout);
  g_test_add_func (known ("/pipeline/again"), test_again);
  return habla_test_run ();
}
