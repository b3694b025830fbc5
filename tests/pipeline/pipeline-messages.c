/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages on the bus of a running graph, and how the pipeline handles them. */
#include "pipeline-fixture.h"

#include <gst/base/gstbasetransform.h>
#include <string.h>

/* Buffers have an eighth of a second. */
#define SENTENCE "filesrc location=" LIBRIVOX "0880.wav ! wavparse"

/* testclock: an element that provides the clock, loses it at its tenth buffer, and waits until the
 * pipeline has selected another one, which could otherwise be after the end of the recording. */
typedef struct {
  GstBaseTransform parent;
  GstClock *clock; /* protected by GST_OBJECT_LOCK */
  guint n_buffers;
} TestClock;
typedef struct {
  GstBaseTransformClass parent;
} TestClockClass;

static GMutex clock_lock;
static GCond clock_set;
static guint n_clocks; /* protected by clock_lock; how often the element got a clock */

GType test_clock_get_type (void);
G_DEFINE_TYPE (TestClock, test_clock, GST_TYPE_BASE_TRANSFORM)

static GstClock *
make_clock (void)
{
  return gst_object_ref_sink (g_object_new (GST_TYPE_SYSTEM_CLOCK, NULL));
}

static gboolean
wait_for_clocks (guint n)
{
  gint64 deadline = g_get_monotonic_time () + habla_test_scale (60) * G_USEC_PER_SEC;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&clock_lock);

  while (n_clocks < n)
    if (!g_cond_wait_until (&clock_set, &clock_lock, deadline))
      return FALSE;
  return TRUE;
}

static GstFlowReturn
test_clock_transform_ip (GstBaseTransform *transform, GstBuffer *buffer)
{
  TestClock *self = (TestClock *) transform;
  g_autoptr (GstClock) lost = NULL;

  if (++self->n_buffers != 10)
    return GST_FLOW_OK;
  GST_OBJECT_LOCK (self);
  lost = g_steal_pointer (&self->clock);
  self->clock = make_clock ();
  GST_OBJECT_UNLOCK (self);
  gst_element_post_message (
      GST_ELEMENT (self), gst_message_new_clock_lost (GST_OBJECT (self), lost));
  return wait_for_clocks (2) ? GST_FLOW_OK : GST_FLOW_ERROR;
}

static GstClock *
test_clock_provide_clock (GstElement *element)
{
  GstClock *clock;

  GST_OBJECT_LOCK (element);
  clock = gst_object_ref (((TestClock *) element)->clock);
  GST_OBJECT_UNLOCK (element);
  return clock;
}

static gboolean
test_clock_set_clock (GstElement *element, GstClock *clock)
{
  if (clock != NULL) {
    g_mutex_lock (&clock_lock);
    n_clocks++;
    g_cond_broadcast (&clock_set);
    g_mutex_unlock (&clock_lock);
  }
  return GST_ELEMENT_CLASS (test_clock_parent_class)->set_clock (element, clock);
}

static void
test_clock_finalize (GObject *object)
{
  gst_object_unref (((TestClock *) object)->clock);
  G_OBJECT_CLASS (test_clock_parent_class)->finalize (object);
}

static void
test_clock_class_init (TestClockClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  static GstStaticPadTemplate sink =
      GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
  static GstStaticPadTemplate src =
      GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

  gst_element_class_add_static_pad_template (element_class, &sink);
  gst_element_class_add_static_pad_template (element_class, &src);
  gst_element_class_set_static_metadata (element_class, "testclock", "Test", "A clock", "Habla");
  G_OBJECT_CLASS (klass)->finalize = test_clock_finalize;
  element_class->provide_clock = test_clock_provide_clock;
  element_class->set_clock = test_clock_set_clock;
  GST_BASE_TRANSFORM_CLASS (klass)->transform_ip = test_clock_transform_ip;
}

static void
test_clock_init (TestClock *self)
{
  self->clock = make_clock ();
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_PROVIDE_CLOCK);
}

/* The pipeline selects another clock, and no speech is lost. */
static void
test_clock_lost (void)
{
  g_autoptr (PipelineFixture) self = NULL;

  if (!pipeline_fixture_has_engines ())
    return;
  self = pipeline_fixture_new (
      HABLA_PIPELINE_INPUT_SOURCE, SENTENCE " ! testclock ! identity sync=true", "en", "es");
  habla_pipeline_start (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpuint (pipeline_fixture_count_captions (self, "en"), ==, 1);
  g_assert_cmpuint (strlen (pipeline_fixture_get_captions (self, "en")), >, 30);
  g_assert_cmpuint (pipeline_fixture_count_captions (self, "es"), ==, 1);
  g_assert_cmpuint (self->failures->len, ==, 0);
  g_assert_true (wait_for_clocks (2));
}

/* The failure for a format without a decoder says what to install. */
static void
test_missing_plugin (void)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "a.shn", NULL);
  g_autofree char *source = g_strdup_printf ("filesrc location=%s ! decodebin", path);
  g_autofree char *shorten = g_strnfill (20000, 'x');
  g_autoptr (PipelineFixture) self = NULL;

  if (!pipeline_fixture_has_engines ())
    return;
  memcpy (shorten, "ajkg", 4);
  g_assert_true (g_file_set_contents (path, shorten, -1, NULL));
  self = pipeline_fixture_new (HABLA_PIPELINE_INPUT_SOURCE, source, "en", "es");
  habla_pipeline_start (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_true (g_str_has_suffix (self->states->str, " failed closed"));
  g_assert_cmpuint (self->failures->len, ==, 1);
  g_assert_nonnull (strstr (self->failures->pdata[0], "Shorten"));
  g_assert_nonnull (strstr (self->failures->pdata[0], "; install gstreamer1.0-"));
}

/* An error in the middle of the audio fails the pipeline, once. */
static void
test_error (void)
{
  g_autoptr (PipelineFixture) self = NULL;

  if (!pipeline_fixture_has_engines ())
    return;
  self = pipeline_fixture_new (
      HABLA_PIPELINE_INPUT_SOURCE, SENTENCE " ! identity sync=true error-after=15", "en", "es");
  habla_pipeline_start (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpstr (self->states->str, ==, "starting listening failed closed");
  g_assert_cmpuint (self->failures->len, ==, 1);
  g_assert_nonnull (strstr (self->failures->pdata[0], "Failed after iterations as requested"));
}

#define RAW_SECOND (16000 * 2)
#define BURST 12

static void
append_level (HablaPipeline *pipeline, guint level, GString *levels)
{
  HablaPipelineStats stats;

  habla_pipeline_get_stats (pipeline, &stats);
  g_assert_cmpuint (stats.overload, ==, level);
  g_string_append_printf (levels, "%u", level);
}

/* A burst of audio turns partial hypotheses off, and on again when recognition has caught up. No
 * final text is lost. */
static void
test_overload (void)
{
  static const char caps[] = "audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved";
  static const char *const to[] = { "es", NULL };
  HablaPipelineOptions options = { .label = "overload",
    .pipeline = "session",
    .input = HABLA_PIPELINE_INPUT_PUSHED,
    .raw_caps = caps,
    .from = "en",
    .to = to,
    .drain_timeout = habla_test_scale (60000),
    .max_audio_backlog = 10 * 1000 * 1000 };
  g_autoptr (PipelineFixture) self = NULL;
  g_autoptr (GString) levels = g_string_new (NULL);
  g_autoptr (GBytes) speech = NULL;
  g_autoptr (GBytes) pause = g_bytes_new_take (g_malloc0 (2 * RAW_SECOND), 2 * RAW_SECOND);
  g_autoptr (GError) error = NULL;
  HablaPipelineStats stats;
  guint n_partials;
  char *samples;
  gsize size;

  if (!pipeline_fixture_has_engines ())
    return;
  g_assert_true (g_file_get_contents (SPEECH_DIR "goforward.raw", &samples, &size, &error));
  speech = g_bytes_new_take (samples, size);
  self = pipeline_fixture_new_full (&options);
  g_signal_connect (self->pipeline, "overload", G_CALLBACK (append_level), levels);
  habla_pipeline_start (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_LISTENING);
  for (guint i = 0; i < BURST; i++) {
    g_assert_true (habla_pipeline_push_audio (self->pipeline, speech));
    g_assert_true (habla_pipeline_push_audio (self->pipeline, pause));
  }
  habla_pipeline_get_stats (self->pipeline, &stats);
  g_assert_cmpuint (stats.audio_waiting + stats.lag, >, 0);
  pipeline_fixture_wait_for_captions (self, "es", BURST);
  pipeline_fixture_wait_for_captions (
      self, "en", BURST); /* from another thread, which may be later */
  n_partials = self->n_partials;
  g_assert_cmpuint (self->overload, ==, 3);
  habla_pipeline_get_stats (self->pipeline, &stats);
  g_assert_cmpuint (stats.utterances, ==, BURST);
  g_assert_cmpuint (stats.translations, ==, BURST);

  /* Without lag, the overload falls, by one step in five seconds. */
  while (stats.overload == 3) {
    pipeline_fixture_spin (100);
    habla_pipeline_get_stats (self->pipeline, &stats);
  }
  g_assert_true (g_str_has_suffix (levels->str, "32"));
  g_assert_cmpuint (stats.audio_waiting, ==, 0);
  g_assert_cmpuint (stats.lag, <, GST_SECOND);
  g_assert_true (habla_pipeline_push_audio (self->pipeline, speech));
  g_assert_true (habla_pipeline_push_audio (self->pipeline, pause));
  pipeline_fixture_stop (self);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpuint (pipeline_fixture_count_captions (self, "es"), ==, BURST + 1);
  g_test_message ("levels %s, %u partials while it was too much", levels->str, n_partials);
}

#define LONG_AUDIO (16 * 60 * 32000) /* 16 minutes */

/* The limit of the whole drain discards a long backlog, although it makes progress. */
static void
test_max_drain (void)
{
  static const char caps[] = "audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved";
  HablaPipelineOptions options = { .label = "endless",
    .pipeline = "session",
    .input = HABLA_PIPELINE_INPUT_PUSHED,
    .raw_caps = caps,
    .from = "en",
    .drain_timeout = habla_test_scale (1000),
    .max_drain = 1500,
    .max_audio_backlog = 2 * LONG_AUDIO };
  g_autoptr (PipelineFixture) self = NULL;
  g_autoptr (GBytes) speech = NULL;
  g_autoptr (GError) error = NULL;
  HablaPipelineStats stats;
  char *samples;
  gsize size;

  if (!pipeline_fixture_has_engines ())
    return;
  g_assert_true (g_file_get_contents (SPEECH_DIR "goforward.raw", &samples, &size, &error));
  speech = g_bytes_new_take (samples, size);
  self = pipeline_fixture_new_full (&options);
  habla_pipeline_start (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_LISTENING);
  for (gsize pushed = 0; pushed < LONG_AUDIO; pushed += size)
    g_assert_true (habla_pipeline_push_audio (self->pipeline, speech));
  pipeline_fixture_stop (self);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  habla_pipeline_get_stats (self->pipeline, &stats);
  g_assert_cmpuint (stats.recognised, <, LONG_AUDIO / 32000 * GST_SECOND);
}

#define CHUNK (2 * 32000) /* 2 s */

/* A chunk of some seconds that has just arrived is no delay: recorders send one each second. */
static void
test_delay (void)
{
  HablaPipelineOptions options = { .label = "delay",
    .pipeline = "session",
    .input = HABLA_PIPELINE_INPUT_PUSHED,
    .raw_caps = "audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved",
    .from = "en",
    .drain_timeout = habla_test_scale (60000),
    .max_audio_backlog = 1000000 };
  g_autoptr (PipelineFixture) self = NULL;
  g_autoptr (GBytes) chunk = NULL;
  HablaPipelineStats stats = { 0 };
  char *samples;
  gsize size;
  gint64 began;

  if (!pipeline_fixture_has_engines ())
    return;
  g_assert_true (g_file_get_contents (SPEECH_DIR "goforward.raw", &samples, &size, NULL));
  chunk = g_bytes_new_take (samples, CHUNK);
  self = pipeline_fixture_new_full (&options);
  habla_pipeline_start (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_LISTENING);
  began = g_get_monotonic_time ();
  g_assert_true (habla_pipeline_push_audio (self->pipeline, chunk));
  while (stats.recognised < 3 * GST_SECOND / 2) {
    guint64 elapsed;

    pipeline_fixture_spin (10);
    habla_pipeline_get_stats (self->pipeline, &stats);
    elapsed = (g_get_monotonic_time () - began) * 1000;
    g_assert_cmpuint (stats.delay, <=, MIN (stats.lag, elapsed));
    if (elapsed < 500 * GST_MSECOND)
      g_assert_cmpuint (stats.overload, ==, 0);
    g_assert_cmpuint (elapsed, <, habla_test_scale (60000) * GST_MSECOND);
  }
  pipeline_fixture_stop (self);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GstElement) warm = NULL;

  habla_test_init (&argc, &argv);
  warm = pipeline_fixture_keep_models ();
  gst_element_register (NULL, "testclock", GST_RANK_NONE, test_clock_get_type ());
  g_test_add_func ("/pipeline-messages/clock-lost", test_clock_lost);
  g_test_add_func ("/pipeline-messages/missing-plugin", test_missing_plugin);
  g_test_add_func ("/pipeline-messages/error", test_error);
  g_test_add_func ("/pipeline-messages/overload", test_overload);
  g_test_add_func ("/pipeline-messages/delay", test_delay);
  g_test_add_func ("/pipeline-messages/max-drain", test_max_drain);
  return habla_test_run ();
}
