/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions from their start to their end, with the real engines. */
#include "pipeline-fixture.h"

#include <string.h>

/* What is left of each is seen in as few. */
#define N_CYCLES 12

#define WEBM "opusenc ! webmmux streamable=true"

/* "go forward ten meters", 2.4 s; and a longer sentence, 3 s. */
#define SHORT \
  "filesrc location=" SPEECH_DIR "goforward.raw ! rawaudioparse use-sink-caps=false format=pcm " \
  "pcm-format=s16le sample-rate=16000 num-channels=1"
#define LONG "filesrc location=" LIBRIVOX "0880.wav ! decodebin"

static SessionFixture *
start_listening (const char *to)
{
  SessionFixture *self = session_fixture_new (HABLA_PIPELINE_INPUT_PUSHED, NULL, "en", to);

  habla_pipeline_start (self->session);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_LISTENING);
  return self;
}

/* A browser's recording, in seconds, heard as a file is heard. */
static void
test_listen (gconstpointer encoder)
{
  g_autoptr (SessionFixture) self = NULL;
  g_autoptr (GPtrArray) pieces = NULL;
  g_autofree char *expected = NULL;
  HablaPipelineStats figures;

  if (!session_fixture_has_engines ())
    return;
  pieces = session_fixture_record (LONG, encoder);
  g_assert_cmpuint (pieces->len, >, 2);
  expected = session_fixture_transcribe (pieces);
  self = start_listening ("es");
  session_fixture_say (self, pieces);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (session_fixture_get_captions (self, "en"), ==, expected);
  g_assert_cmpuint (
      session_fixture_count_captions (self, "es"), ==, session_fixture_count_captions (self, "en"));
  g_assert_cmpstr (self->states->str, ==, "starting listening draining closing closed");
  /* All at once is more than it can take: partial hypotheses go first. */
  g_assert_true (self->n_partials > 0 || self->overload > 0);
  g_assert_cmpuint (self->failures->len, ==, 0);
  habla_pipeline_get_stats (self->session, &figures);
  g_assert_cmpuint (figures.utterances, ==, session_fixture_count_captions (self, "en"));
  g_assert_cmpuint (figures.translations, ==, figures.utterances);
  g_assert_cmpuint (figures.speech_time, >, GST_SECOND);
  g_assert_cmpuint (figures.audio_waiting, ==, 0);
}

/* Samples without a container, cut in the middle of one; or none at all. */
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
  g_autoptr (SessionFixture) self = NULL;
  g_autoptr (GBytes) all = NULL;
  g_autoptr (GError) error = NULL;
  char *samples;
  gsize size;

  if (!session_fixture_has_engines ())
    return;
  g_assert_true (g_file_get_contents (SPEECH_DIR "goforward.raw", &samples, &size, &error));
  all = g_bytes_new_take (samples, size);
  if (has_audio == NULL)
    size = 0;
  self = session_fixture_new_full (&options);
  habla_pipeline_start (self->session);
  for (gsize i = 0; i < size; i += 9999) {
    g_autoptr (GBytes) piece = g_bytes_new_from_bytes (all, i, MIN (9999, size - i));

    g_assert_true (habla_pipeline_push_audio (self->session, piece));
  }
  habla_pipeline_stop (self->session);
  session_fixture_push_nothing (self);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (session_fixture_get_captions (self, "en"), ==,
      has_audio != NULL ? "go forward ten meters / " : "");
  g_assert_cmpuint (session_fixture_count_captions (self, "es"), ==, has_audio != NULL);
  g_assert_cmpuint (self->failures->len, ==, 0);
}

typedef struct {
  const char *from;
  const char *to;
  const char *text;
  const char *translation;
} Typed;

/* What cannot be heard here can be typed. */
static void
test_typed (gconstpointer data)
{
  const Typed *typed = data;
  g_autoptr (SessionFixture) self = NULL;

  if (!session_fixture_has_engines ())
    return;
  self = session_fixture_new (HABLA_PIPELINE_INPUT_TYPED, NULL, typed->from, typed->to);
  g_assert_false (habla_pipeline_push_text (self->session, "too early", NULL));
  habla_pipeline_start (self->session);
  g_assert_true (habla_pipeline_push_text (self->session, typed->text, "MANUAL"));
  session_fixture_wait_for_captions (self, typed->to, 1);
  g_assert_cmpstr (session_fixture_get_captions (self, typed->to), ==, typed->translation);
  g_assert_true (habla_pipeline_push_text (self->session, typed->text, "MANUAL"));
  habla_pipeline_stop (self->session);
  g_assert_false (habla_pipeline_push_text (self->session, "too late", NULL));
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpuint (session_fixture_count_captions (self, typed->to), ==, 2);
  g_assert_cmpuint (session_fixture_count_captions (self, typed->from), ==, 2);
  g_assert_cmpstr (self->states->str, ==, "starting typing draining closing closed");
}

#define N_EARLY 150

static void
type_when_typing (HablaPipeline *session, HablaPipelineState from, HablaPipelineState to,
    guint64 lasted, gpointer user_data)
{
  if (to == HABLA_PIPELINE_TYPING)
    g_assert_true (habla_pipeline_push_text (session, "the end", NULL));
}

/* More than the pipeline lets wait is typed while it starts; and what is typed in the moment in
 * which it has started comes behind that. */
static void
test_typed_early (void)
{
  g_autoptr (SessionFixture) self = NULL;
  g_autofree char *text = g_strnfill (10000, 'a');

  if (!session_fixture_has_engines ())
    return;
  self = session_fixture_new (HABLA_PIPELINE_INPUT_TYPED, NULL, "en", "es");
  g_signal_connect (self->session, "state-changed", G_CALLBACK (type_when_typing), NULL);
  habla_pipeline_start (self->session);
  for (guint i = 0; i < N_EARLY; i++)
    g_assert_true (habla_pipeline_push_text (self->session, text, NULL));
  session_fixture_wait_for_state (self, HABLA_PIPELINE_TYPING);
  habla_pipeline_stop (self->session);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpuint (session_fixture_count_captions (self, "en"), ==, N_EARLY + 1);
  g_assert_true (g_str_has_suffix (session_fixture_get_captions (self, "en"), " / the end / "));
}

/* Typed before a word was said, and after: one order, in all languages. */
static void
test_typed_and_spoken (void)
{
  g_autoptr (SessionFixture) self = NULL;
  g_autoptr (GPtrArray) pieces = NULL;

  if (!session_fixture_has_engines ())
    return;
  pieces = session_fixture_record (SHORT, WEBM);
  self = start_listening ("es");
  /* Without any audio yet. */
  g_assert_true (habla_pipeline_push_text (self->session, "good morning", NULL));
  session_fixture_wait_for_captions (self, "es", 1);
  session_fixture_push (self, pieces);
  session_fixture_wait_for_captions (self, "en", 2);
  g_assert_true (habla_pipeline_push_text (self->session, "the end", NULL));
  habla_pipeline_stop (self->session);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (session_fixture_get_captions (self, "en"), ==,
      "good morning / go forward ten meters / the end / ");
  g_assert_true (g_str_has_prefix (session_fixture_get_captions (self, "es"), "buenos días / "));
  g_assert_cmpuint (session_fixture_count_captions (self, "es"), ==, 3);
}

/* An own source that ends ends the session. */
static void
test_source (void)
{
  g_autoptr (SessionFixture) self = NULL;

  if (!session_fixture_has_engines ())
    return;
  self = session_fixture_new (HABLA_PIPELINE_INPUT_SOURCE, SHORT, "en", "es");
  habla_pipeline_start (self->session);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (self->states->str, ==, "starting playing draining closing closed");
  g_assert_cmpstr (session_fixture_get_captions (self, "en"), ==, "go forward ten meters / ");
  g_assert_cmpuint (session_fixture_count_captions (self, "es"), ==, 1);
}

/* A live one that does not. */
static void
test_live_source (void)
{
  g_autoptr (SessionFixture) self = NULL;

  if (!session_fixture_has_engines ())
    return;
  self = session_fixture_new (
      HABLA_PIPELINE_INPUT_SOURCE, "audiotestsrc is-live=true wave=silence", "en", "es");
  habla_pipeline_start (self->session);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_LISTENING);
  session_fixture_spin (100);
  habla_pipeline_stop (self->session);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (self->states->str, ==, "starting listening draining closing closed");
  g_assert_cmpuint (self->failures->len, ==, 0);
}

/* The recorder's last piece comes after the stop; whatever follows that is refused. */
static void
test_last_audio (void)
{
  g_autoptr (SessionFixture) self = NULL;
  g_autoptr (GPtrArray) pieces = NULL;
  g_autoptr (GBytes) last = NULL;

  if (!session_fixture_has_engines ())
    return;
  pieces = session_fixture_record (SHORT, WEBM);
  last = g_bytes_ref (pieces->pdata[pieces->len - 1]);
  g_ptr_array_set_size (pieces, pieces->len - 1);
  self = start_listening ("es");
  session_fixture_push (self, pieces);
  habla_pipeline_stop (self->session);
  habla_pipeline_stop (self->session);
  g_assert_cmpint (habla_pipeline_get_state (self->session), ==, HABLA_PIPELINE_LISTENING);
  g_assert_true (habla_pipeline_push_audio (self->session, last));
  g_assert_cmpint (habla_pipeline_get_state (self->session), ==, HABLA_PIPELINE_DRAINING);
  g_assert_false (habla_pipeline_push_audio (self->session, last));
  habla_pipeline_stop (self->session);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  habla_pipeline_stop (self->session);
  habla_pipeline_start (self->session);
  g_assert_cmpstr (session_fixture_get_captions (self, "en"), ==, "go forward ten meters / ");
  g_assert_cmpstr (self->states->str, ==, "starting listening draining closing closed");
}

/* No audio at all: the stop waits for it for two seconds, and all is well. */
static void
test_no_audio (void)
{
  g_autoptr (SessionFixture) self = NULL;
  gint64 begin;

  if (!session_fixture_has_engines ())
    return;
  self = start_listening ("es");
  begin = g_get_monotonic_time ();
  habla_pipeline_stop (self->session);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_DRAINING);
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 1990 * 1000);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpuint (self->failures->len, ==, 0);
}

/* What was said while it started is said, if it is stopped before it has. */
static void
test_stop_while_starting (void)
{
  g_autoptr (SessionFixture) self = NULL;
  g_autoptr (GPtrArray) pieces = NULL;

  if (!session_fixture_has_engines ())
    return;
  pieces = session_fixture_record (SHORT, WEBM);
  self = session_fixture_new (HABLA_PIPELINE_INPUT_PUSHED, NULL, "en", "es");
  habla_pipeline_start (self->session);
  session_fixture_say (self, pieces);
  g_assert_cmpint (habla_pipeline_get_state (self->session), ==, HABLA_PIPELINE_STARTING);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (session_fixture_get_captions (self, "en"), ==, "go forward ten meters / ");
}

static void
close_it (HablaPipeline *session, guint from, guint to, guint64 lasted, gpointer state)
{
  if (to == GPOINTER_TO_UINT (state))
    habla_pipeline_abort (session);
}

/* Told to close at the moment it enters a state, on the way that leads there. */
static void
test_close (gconstpointer data)
{
  HablaPipelineState state = GPOINTER_TO_UINT (data);
  HablaPipelineInput input = state == HABLA_PIPELINE_TYPING    ? HABLA_PIPELINE_INPUT_TYPED
                             : state == HABLA_PIPELINE_PLAYING ? HABLA_PIPELINE_INPUT_SOURCE
                                                               : HABLA_PIPELINE_INPUT_PUSHED;
  g_autoptr (SessionFixture) self = NULL;

  if (!session_fixture_has_engines ())
    return;
  self = session_fixture_new (state == HABLA_PIPELINE_FAILED ? HABLA_PIPELINE_INPUT_SOURCE : input,
      state == HABLA_PIPELINE_FAILED ? "filesrc location=/nonexistent ! decodebin" : SHORT, "en",
      "es");
  g_signal_connect (
      self->session, "state-changed", G_CALLBACK (close_it), GUINT_TO_POINTER (state));
  if (state == HABLA_PIPELINE_IDLE) {
    habla_pipeline_abort (self->session);
    g_assert_cmpstr (self->states->str, ==, "closed");
    return;
  }
  habla_pipeline_start (self->session);
  if (state == HABLA_PIPELINE_DRAINING || state == HABLA_PIPELINE_CLOSING ||
      state == HABLA_PIPELINE_CLOSED)
    habla_pipeline_stop (self->session);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_nonnull (strstr (self->states->str, habla_pipeline_state_get_name (state)));
  g_assert_cmpuint (self->failures->len, ==, state == HABLA_PIPELINE_FAILED);
}

/* What is no audio fails the session when it runs. */
static void
test_corrupt (void)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "noise", NULL);
  g_autofree char *source = g_strdup_printf ("filesrc location=%s ! decodebin", path);
  g_autofree char *noise = g_strnfill (100000, 'x');
  g_autoptr (SessionFixture) self = NULL;

  if (!session_fixture_has_engines ())
    return;
  g_assert_true (g_file_set_contents (path, noise, -1, NULL));
  self = session_fixture_new (HABLA_PIPELINE_INPUT_SOURCE, source, "en", "es");
  habla_pipeline_start (self->session);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_true (g_str_has_suffix (self->states->str, " failed closed"));
  g_assert_cmpuint (self->failures->len, ==, 1);
}

#define NOISE_SIZE 100000

/* Returns: (transfer full): pieces of what is no audio, with @beginning before it */
static GPtrArray *
make_noise (const char *beginning)
{
  GPtrArray *pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  g_ptr_array_add (pieces, g_bytes_new (beginning, strlen (beginning)));
  for (guint i = 0; i < 10; i++) {
    char *noise = g_malloc (NOISE_SIZE / 10);

    for (gsize j = 0; j < NOISE_SIZE / 10; j++)
      noise[j] = *beginning == 'a' ? 'a' : g_rand_int_range (random, 0, 256);
    g_ptr_array_add (pieces, g_bytes_new_take (noise, NOISE_SIZE / 10));
  }
  return pieces;
}

/* Nobody waits for what will never be heard, and whoever sent it is told. */
static void
test_pushed_noise (gconstpointer beginning)
{
  g_autoptr (SessionFixture) self = NULL;
  g_autoptr (GPtrArray) pieces = make_noise (beginning);

  if (!session_fixture_has_engines ())
    return;
  self = start_listening ("es");
  session_fixture_push (self, pieces);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (self->states->str, ==, "starting listening failed closed");
  g_assert_cmpuint (self->failures->len, ==, 1);
  if (*(const char *) beginning == 'a')
    g_assert_nonnull (strstr (self->failures->pdata[0], "contains no audio"));
}

/* Nor after a stop. */
static void
test_stopped_noise (gconstpointer beginning)
{
  g_autoptr (SessionFixture) self = NULL;
  g_autoptr (GPtrArray) pieces = make_noise (beginning);
  gint64 begin;

  if (!session_fixture_has_engines ())
    return;
  self = start_listening ("es");
  session_fixture_push (self, pieces);
  begin = g_get_monotonic_time ();
  habla_pipeline_stop (self->session);
  session_fixture_push_nothing (self);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  /* Less than the time to drain, which is a minute. */
  g_assert_cmpint (g_get_monotonic_time () - begin, <, habla_test_scale (30) * G_USEC_PER_SEC);
}

/* Noise in the middle of a recording costs what it has damaged, and no more. */
static void
test_noise_between (void)
{
  g_autoptr (SessionFixture) self = NULL;
  g_autoptr (GPtrArray) pieces = NULL;
  g_autoptr (GPtrArray) noise = make_noise ("x");

  if (!session_fixture_has_engines ())
    return;
  pieces = session_fixture_record (LONG, WEBM);
  g_ptr_array_insert (pieces, 1, g_bytes_ref (noise->pdata[1]));
  self = start_listening ("es");
  session_fixture_say (self, pieces);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpuint (self->failures->len, ==, 0);
  g_assert_cmpuint (session_fixture_count_captions (self, "en"), >, 0);
}

/* A file that somebody sends. */
static void
test_pushed_file (gconstpointer encoder)
{
  g_autoptr (SessionFixture) self = NULL;
  g_autoptr (GPtrArray) pieces = NULL;
  g_autofree char *expected = NULL;

  if (!session_fixture_has_engines ())
    return;
  pieces = session_fixture_record (LONG, encoder);
  expected = session_fixture_transcribe (pieces);
  self = start_listening ("es");
  session_fixture_say (self, pieces);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (session_fixture_get_captions (self, "en"), ==, expected);
}

/* A pipeline that cannot be made. */
static void
test_no_pipeline (gconstpointer source)
{
  g_autoptr (SessionFixture) self =
      session_fixture_new (HABLA_PIPELINE_INPUT_SOURCE, source, "en", "es");

  habla_pipeline_start (self->session);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (self->states->str, ==, "starting failed closed");
  g_assert_cmpuint (self->failures->len, ==, 1);
}

/* A language that is none costs the others nothing, at the start and later. */
static void
test_bad_language (void)
{
  g_autoptr (SessionFixture) self = NULL;

  if (!session_fixture_has_engines ())
    return;
  self = session_fixture_new (HABLA_PIPELINE_INPUT_TYPED, NULL, "en", "xx");
  habla_pipeline_start (self->session);
  habla_pipeline_add_language (self->session, "es");
  session_fixture_wait_for_state (self, HABLA_PIPELINE_TYPING);
  g_assert_cmpuint (self->bad->len, ==, 1);
  g_assert_true (g_str_has_prefix (self->bad->pdata[0], "xx: "));
  habla_pipeline_add_language (self->session, "yy");
  habla_pipeline_remove_language (self->session, "yy");
  habla_pipeline_push_text (self->session, "good morning", NULL);
  session_fixture_wait_for_captions (self, "es", 1);
  habla_pipeline_stop (self->session);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpuint (self->failures->len, ==, 0);
}

#define LATE_ROUNDS 5

/* A language that is added at the moment when the first audio is decoded, and the stop right
 * after it: the graph changes its state by itself then. */
static void
test_late_language (void)
{
  g_autoptr (SessionFixture) warm = NULL;
  g_autoptr (GPtrArray) pieces = NULL;

  if (!session_fixture_has_engines ())
    return;
  pieces = session_fixture_record (SHORT, WEBM);
  warm = session_fixture_new (HABLA_PIPELINE_INPUT_TYPED, NULL, "en", "fr");
  habla_pipeline_start (warm->session);
  session_fixture_wait_for_state (warm, HABLA_PIPELINE_TYPING);
  for (guint i = 0; i < habla_test_repeat (LATE_ROUNDS); i++) {
    g_autoptr (SessionFixture) self = start_listening ("es");

    habla_pipeline_push_audio (self->session, pieces->pdata[0]);
    if (i > 0)
      session_fixture_spin (i % 32);
    habla_pipeline_add_language (self->session, "fr");
    for (guint j = 1; j < pieces->len; j++)
      habla_pipeline_push_audio (self->session, pieces->pdata[j]);
    habla_pipeline_stop (self->session);
    session_fixture_push_nothing (self);
    session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
    g_assert_cmpstr (session_fixture_get_captions (self, "en"), ==, "go forward ten meters / ");
    g_assert_cmpuint (session_fixture_count_captions (self, "es"), ==, 1);
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

/* French comes and goes while somebody speaks; the others notice nothing. */
static void
test_languages (void)
{
  g_autoptr (SessionFixture) warm = NULL;
  g_autoptr (SessionFixture) quiet = NULL;
  g_autoptr (SessionFixture) busy = NULL;
  g_autofree char *english = NULL;
  g_autofree char *spanish = NULL;
  g_autoptr (GPtrArray) pieces = NULL;
  gint64 deadline;

  if (!session_fixture_has_engines ())
    return;
  pieces = session_fixture_record (LONG, WEBM);
  /* So that French is there at once. */
  warm = session_fixture_new (HABLA_PIPELINE_INPUT_TYPED, NULL, "en", "fr");
  habla_pipeline_start (warm->session);
  session_fixture_wait_for_state (warm, HABLA_PIPELINE_TYPING);

  quiet = start_listening ("es");
  session_fixture_say (quiet, pieces);
  session_fixture_wait_for_state (quiet, HABLA_PIPELINE_CLOSED);

  busy = start_listening ("es");
  for (guint i = 0; i < CHANGES; i++) {
    if (i * pieces->len / CHANGES != (i - 1) * pieces->len / CHANGES || i == 0)
      g_assert_true (
          habla_pipeline_push_audio (busy->session, pieces->pdata[i * pieces->len / CHANGES]));
    habla_pipeline_add_language (busy->session, "fr");
    habla_pipeline_add_language (busy->session, "fr");
    habla_pipeline_remove_language (busy->session, "fr");
    habla_pipeline_remove_language (busy->session, "fr");
  }
  habla_pipeline_add_language (busy->session, "fr");
  /* It is there when something typed is translated into it. */
  deadline = g_get_monotonic_time () + habla_test_scale (DEADLINE) * G_USEC_PER_SEC;
  while (session_fixture_count_captions (busy, "fr") == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_assert_true (habla_pipeline_push_text (busy->session, "good morning", NULL));
    session_fixture_spin (100);
  }
  habla_pipeline_stop (busy->session);
  session_fixture_wait_for_state (busy, HABLA_PIPELINE_CLOSED);
  g_assert_cmpuint (busy->bad->len, ==, 0);
  english = leave_out (session_fixture_get_captions (busy, "en"), "good morning / ");
  spanish = leave_out (session_fixture_get_captions (busy, "es"), "buenos días / ");
  g_assert_cmpstr (english, ==, session_fixture_get_captions (quiet, "en"));
  g_assert_cmpstr (spanish, ==, session_fixture_get_captions (quiet, "es"));
}

static SessionFixture *
new_with_limits (gsize max_audio_backlog, guint drain_timeout)
{
  HablaPipelineOptions options = { .label = "limits",
    .pipeline = "session",
    .input = HABLA_PIPELINE_INPUT_PUSHED,
    .from = "en",
    .drain_timeout = drain_timeout,
    .max_audio_backlog = max_audio_backlog };

  return session_fixture_new_full (&options);
}

/* More than may wait is lost, counted, and told of once. */
static void
test_backlog (void)
{
  g_autoptr (SessionFixture) self = NULL;
  g_autoptr (GBytes) piece = g_bytes_new_take (g_malloc0 (1000), 1000);
  HablaPipelineStats figures;

  if (!session_fixture_has_engines ())
    return;
  self = new_with_limits (3500, 1000);
  habla_pipeline_start (self->session);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpint (habla_pipeline_push_audio (self->session, piece), ==, i < 3);
  g_assert_cmpuint (self->n_lost, ==, 1);
  habla_pipeline_get_stats (self->session, &figures);
  g_assert_cmpuint (figures.audio_received, ==, 10000);
  g_assert_cmpuint (figures.audio_lost, ==, 7000);
  g_assert_cmpuint (figures.audio_waiting, ==, 3000);
}

/* However small they are, there is a bound to how many pieces wait. */
static void
test_small_pieces (void)
{
  g_autoptr (SessionFixture) self = NULL;
  g_autoptr (GBytes) piece = g_bytes_new_static ("a", 1);

  if (!session_fixture_has_engines ())
    return;
  self = new_with_limits (10 * HABLA_CHUNK_COST, 1000);
  habla_pipeline_start (self->session);
  for (guint i = 0; i < 100; i++)
    g_assert_cmpint (habla_pipeline_push_audio (self->session, piece), ==, i < 10);
}

/* What takes too long is cut off. */
static void
test_drain_timeout (void)
{
  g_autoptr (SessionFixture) self = NULL;
  g_autoptr (GPtrArray) pieces = NULL;

  if (!session_fixture_has_engines ())
    return;
  pieces = session_fixture_record (LONG, WEBM);
  self = new_with_limits (1000000, 1);
  habla_pipeline_start (self->session);
  session_fixture_say (self, pieces);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (self->states->str, ==, "starting listening draining closing closed");
  g_assert_cmpuint (session_fixture_count_captions (self, "en"), ==, 0);
}

#define BURST 6
#define RAW_SECOND (16000 * 2)

/* A burst that takes longer than the time to drain loses nothing, as long as it goes on. */
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
  g_autoptr (SessionFixture) self = NULL;
  g_autoptr (GBytes) speech = NULL;
  g_autoptr (GBytes) pause = g_bytes_new_take (g_malloc0 (2 * RAW_SECOND), 2 * RAW_SECOND);
  g_autoptr (GError) error = NULL;
  char *samples;
  gsize size;

  if (!session_fixture_has_engines ())
    return;
  g_assert_true (g_file_get_contents (SPEECH_DIR "goforward.raw", &samples, &size, &error));
  speech = g_bytes_new_take (samples, size);
  self = session_fixture_new_full (&options);
  habla_pipeline_start (self->session);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_LISTENING);
  for (guint i = 0; i < BURST; i++) {
    g_assert_true (habla_pipeline_push_audio (self->session, speech));
    g_assert_true (habla_pipeline_push_audio (self->session, pause));
  }
  habla_pipeline_stop (self->session);
  session_fixture_push_nothing (self);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpuint (session_fixture_count_captions (self, "en"), ==, BURST);
}

typedef struct {
  GPtrArray *pieces;
  gint64 start; /* the quickest, in microseconds */
  gint64 stop;
} Times;

static void
cycle (gpointer data)
{
  Times *times = data;
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (SessionFixture) self =
      session_fixture_new (HABLA_PIPELINE_INPUT_PUSHED, NULL, "en", "es");

  habla_pipeline_start (self->session);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_LISTENING);
  times->start = MIN (times->start, g_get_monotonic_time () - begin);
  session_fixture_push (self, times->pieces);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_LISTENING);
  begin = g_get_monotonic_time ();
  habla_pipeline_abort (self->session);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  times->stop = MIN (times->stop, g_get_monotonic_time () - begin);
}

/* All the way: each element's class is there then, which stays in any process. */
static void
listen_to_the_end (GPtrArray *pieces)
{
  g_autoptr (SessionFixture) self =
      session_fixture_new (HABLA_PIPELINE_INPUT_PUSHED, NULL, "en", "es");

  habla_pipeline_start (self->session);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_LISTENING);
  session_fixture_push (self, pieces);
  habla_pipeline_stop (self->session);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
}

/* One after another: nothing stays, and with a loaded model none takes long. */
static void
test_again (void)
{
  g_autoptr (GPtrArray) pieces = NULL;
  Times times = { NULL, G_MAXINT64, G_MAXINT64 };

  if (!session_fixture_has_engines ())
    return;
  times.pieces = pieces = session_fixture_record (SHORT, WEBM);
  listen_to_the_end (pieces);
  habla_test_leak_gate (cycle, &times, habla_test_repeat (N_CYCLES));
  g_test_message ("start to listening %" G_GINT64_FORMAT " us, close to clean %" G_GINT64_FORMAT
                  " us, at the quickest",
      times.start, times.stop);
  g_assert_cmpint (times.start, <, habla_test_scale (2) * G_USEC_PER_SEC);
  g_assert_cmpint (times.stop, <, habla_test_scale (2) * G_USEC_PER_SEC);
}

static const Typed from_spanish = { "es", "en", "Buenos días", "Good morning / " };
static const Typed from_english = { "en", "es", "Good morning", "Buenos días / " };

int
main (int argc, char *argv[])
{
  static const char *const closes[] = { "idle", "starting", "typing", "listening", "playing",
    "draining", "failed", "closing", "closed" };
  g_autoptr (GstElement) warm = NULL;

  habla_test_init (&argc, &argv);
  warm = session_fixture_keep_models ();
  g_test_add_data_func ("/pipeline/listen/webm", WEBM, test_listen);
  g_test_add_data_func ("/pipeline/listen/ogg", "opusenc ! oggmux", test_listen);
  g_test_add_data_func ("/pipeline/listen/raw", "audio", test_raw);
  g_test_add_data_func ("/pipeline/listen/raw-nothing", NULL, test_raw);
  g_test_add_func ("/pipeline/listen/source", test_source);
  g_test_add_func ("/pipeline/listen/live-source", test_live_source);
  g_test_add_data_func ("/pipeline/typed/en-es", &from_english, test_typed);
  g_test_add_data_func ("/pipeline/typed/es-en", &from_spanish, test_typed);
  g_test_add_func ("/pipeline/typed/early", test_typed_early);
  g_test_add_func ("/pipeline/typed/and-spoken", test_typed_and_spoken);
  g_test_add_func ("/pipeline/stop/last-audio", test_last_audio);
  g_test_add_func ("/pipeline/stop/no-audio", test_no_audio);
  g_test_add_func ("/pipeline/stop/while-starting", test_stop_while_starting);
  for (guint state = 0; state < G_N_ELEMENTS (closes); state++) {
    g_autofree char *name = g_strconcat ("/pipeline/close/", closes[state], NULL);

    g_test_add_data_func (name, GUINT_TO_POINTER (state), test_close);
  }
  g_test_add_data_func ("/pipeline/listen/wave", "wavenc", test_pushed_file);
  g_test_add_data_func ("/pipeline/listen/flac", "flacenc", test_pushed_file);
  g_test_add_func ("/pipeline/listen/noise-between", test_noise_between);
  g_test_add_data_func ("/pipeline/noise/letters", "a", test_pushed_noise);
  g_test_add_data_func ("/pipeline/noise/webm", "\x1a\x45\xdf\xa3", test_pushed_noise);
  g_test_add_data_func ("/pipeline/noise/stopped-letters", "a", test_stopped_noise);
  g_test_add_data_func ("/pipeline/noise/stopped-webm", "\x1a\x45\xdf\xa3", test_stopped_noise);
  g_test_add_func ("/pipeline/failed/corrupt", test_corrupt);
  g_test_add_data_func ("/pipeline/failed/element", "nosuchelement", test_no_pipeline);
  g_test_add_data_func (
      "/pipeline/failed/file", "filesrc location=/nonexistent ! decodebin", test_no_pipeline);
  g_test_add_func ("/pipeline/languages/bad", test_bad_language);
  g_test_add_func ("/pipeline/languages/late", test_late_language);
  g_test_add_func ("/pipeline/languages/hundred", test_languages);
  g_test_add_func ("/pipeline/limits/backlog", test_backlog);
  g_test_add_func ("/pipeline/limits/small-pieces", test_small_pieces);
  g_test_add_func ("/pipeline/limits/burst", test_burst);
  g_test_add_func ("/pipeline/limits/drain-timeout", test_drain_timeout);
  g_test_add_func ("/pipeline/again", test_again);
  return habla_test_run ();
}
