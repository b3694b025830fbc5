/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <habla/histogram.h>

#include "tap-ends.h"

static guint64
get_figure (const GstStructure *stats, const char *field)
{
  guint64 value;

  g_assert_true (gst_structure_get_uint64 (stats, field, &value));
  return value;
}

static gint64
get_lateness (const GstStructure *stats, const char *field)
{
  gint64 value;

  g_assert_true (gst_structure_get_int64 (stats, field, &value));
  return value;
}

static double
get_rate (const GstStructure *stats, const char *field)
{
  double value;

  g_assert_true (gst_structure_get_double (stats, field, &value));
  return value;
}

static GstStructure *
get_stats (GstElement *tap)
{
  GstStructure *stats = NULL;

  g_object_get (tap, "stats", &stats, NULL);
  g_assert_nonnull (stats);
  g_assert_true (gst_structure_has_name (stats, "habla/metrics"));
  return stats;
}

static GstBuffer *
create_buffer (GstClockTime pts, gsize size, GstBufferFlags flags)
{
  GstBuffer *buffer = gst_buffer_new_and_alloc (size);

  gst_buffer_memset (buffer, 0, 0, size);
  GST_BUFFER_PTS (buffer) = pts;
  GST_BUFFER_FLAG_SET (buffer, flags);
  return buffer;
}

static void
test_counts (void)
{
  GstHarness *harness = gst_harness_new ("metricstap");
  g_autoptr (GstStructure) stats = NULL;

  stats = get_stats (harness->element);
  g_assert_cmpuint (get_figure (stats, "buffers"), ==, 0);
  g_assert_cmpuint (get_figure (stats, "last-pts"), ==, GST_CLOCK_TIME_NONE);
  g_assert_false (gst_structure_has_field (stats, "lateness-max"));
  g_assert_false (gst_structure_has_field (stats, "caps"));
  g_clear_pointer (&stats, gst_structure_free);

  gst_harness_set_src_caps_str (harness, "application/x-thing,a=(int)1");
  gst_harness_push (harness, create_buffer (3, 10, GST_BUFFER_FLAG_DISCONT));
  gst_harness_push (harness, create_buffer (5, 0, GST_BUFFER_FLAG_GAP));
  gst_harness_push (harness, create_buffer (GST_CLOCK_TIME_NONE, 700, 0));
  gst_harness_push_event (harness, gst_event_new_gap (7, 2));
  gst_harness_push_event (harness, gst_event_new_gap (9, 2));

  stats = get_stats (harness->element);
  g_assert_cmpuint (get_figure (stats, "buffers"), ==, 3);
  g_assert_cmpuint (get_figure (stats, "bytes"), ==, 710);
  g_assert_cmpuint (get_figure (stats, "gaps"), ==, 3);
  g_assert_cmpuint (get_figure (stats, "discontinuities"), ==, 1);
  g_assert_cmpuint (get_figure (stats, "last-pts"), ==, 5);
  g_assert_cmpstr (gst_structure_get_string (stats, "caps"), ==, "application/x-thing, a=(int)1");
  gst_harness_teardown (harness);
}

/* Statistics stay readable after a stop, and a start resets them. */
static void
test_restart (void)
{
  GstHarness *harness = gst_harness_new ("metricstap");
  g_autoptr (GstStructure) stopped = NULL;
  g_autoptr (GstStructure) started = NULL;

  gst_harness_set_src_caps_str (harness, "a/b");
  gst_harness_push (harness, create_buffer (0, 10, GST_BUFFER_FLAG_DISCONT));
  gst_element_set_state (harness->element, GST_STATE_NULL);
  stopped = get_stats (harness->element);
  g_assert_cmpuint (get_figure (stopped, "buffers"), ==, 1);
  g_assert_cmpuint (get_figure (stopped, "last-pts"), ==, 0);

  gst_element_set_state (harness->element, GST_STATE_PAUSED);
  started = get_stats (harness->element);
  g_assert_cmpuint (get_figure (started, "buffers"), ==, 0);
  g_assert_cmpuint (get_figure (started, "discontinuities"), ==, 0);
  g_assert_cmpuint (get_figure (started, "last-pts"), ==, GST_CLOCK_TIME_NONE);
  g_assert_cmpfloat (get_rate (started, "buffers-per-second"), ==, 0.0);
  gst_harness_teardown (harness);
}

static GstHarness *
create_timed (void)
{
  GstHarness *harness = gst_harness_new ("metricstap");

  gst_harness_use_testclock (harness);
  gst_harness_set_src_caps_str (harness, "a/b");
  gst_harness_play (harness);
  return harness;
}

static void
push_late (GstHarness *harness, GstClockTime pts, gint64 lateness)
{
  gst_harness_set_time (harness, pts + lateness);
  gst_harness_push (harness, create_buffer (pts, 1, 0));
}

static void
assert_about (gint64 reported, gint64 exact)
{
  g_assert_cmpint (ABS (reported), >=, ABS (exact));
  g_assert_cmpint (ABS (reported), <=, ABS (exact) + ABS (exact) / 8 + 1);
}

static void
test_late (void)
{
  GstHarness *harness = create_timed ();
  g_autoptr (GstStructure) stats = NULL;

  for (guint i = 1; i <= 100; i++)
    push_late (harness, i * GST_SECOND, i * GST_MSECOND);
  stats = get_stats (harness->element);
  g_assert_cmpuint (get_figure (stats, "lateness-count"), ==, 100);
  g_assert_cmpuint (get_figure (stats, "early-count"), ==, 0);
  assert_about (get_lateness (stats, "lateness-p50"), 50 * GST_MSECOND);
  assert_about (get_lateness (stats, "lateness-p95"), 95 * GST_MSECOND);
  assert_about (get_lateness (stats, "lateness-p99"), 99 * GST_MSECOND);
  g_assert_cmpint (get_lateness (stats, "lateness-max"), ==, 100 * GST_MSECOND);
  gst_harness_teardown (harness);
}

/* From 60 ms early to 39 ms late. */
static void
test_early (void)
{
  GstHarness *harness = create_timed ();
  g_autoptr (GstStructure) early = NULL;
  g_autoptr (GstStructure) both = NULL;

  for (int i = -60; i < 0; i++)
    push_late (harness, (i + 61) * GST_SECOND, i * (gint64) GST_MSECOND);
  early = get_stats (harness->element);
  g_assert_cmpuint (get_figure (early, "early-count"), ==, 60);
  assert_about (get_lateness (early, "lateness-p50"), -31 * (gint64) GST_MSECOND);
  assert_about (get_lateness (early, "lateness-p99"), -1 * (gint64) GST_MSECOND);
  g_assert_cmpint (get_lateness (early, "lateness-max"), ==, -1 * (gint64) GST_MSECOND);

  for (int i = 0; i < 40; i++)
    push_late (harness, (i + 61) * GST_SECOND, i * (gint64) GST_MSECOND);
  both = get_stats (harness->element);
  g_assert_cmpuint (get_figure (both, "lateness-count"), ==, 100);
  g_assert_cmpuint (get_figure (both, "early-count"), ==, 60);
  assert_about (get_lateness (both, "lateness-p50"), -11 * (gint64) GST_MSECOND);
  assert_about (get_lateness (both, "lateness-p95"), 34 * (gint64) GST_MSECOND);
  g_assert_cmpint (get_lateness (both, "lateness-max"), ==, 39 * GST_MSECOND);
  gst_harness_teardown (harness);
}

static guint64
count_lateness (GstHarness *harness)
{
  g_autoptr (GstStructure) stats = get_stats (harness->element);

  return get_figure (stats, "lateness-count");
}

static gint64
get_max_lateness (GstHarness *harness)
{
  g_autoptr (GstStructure) stats = get_stats (harness->element);

  return get_lateness (stats, "lateness-max");
}

static void
push_segment (GstHarness *harness, GstFormat format, guint64 start, guint64 base, double rate)
{
  GstSegment segment;

  gst_segment_init (&segment, format);
  segment.start = start;
  segment.base = base;
  segment.rate = rate;
  gst_harness_push_event (harness, gst_event_new_segment (&segment));
}

/* Lateness is in running time, and absent outside of a TIME segment. */
static void
test_running_time (void)
{
  GstHarness *harness = create_timed ();

  gst_harness_set_time (harness, 10 * GST_SECOND);
  gst_harness_push (harness, create_buffer (GST_CLOCK_TIME_NONE, 1, 0));
  g_assert_cmpuint (count_lateness (harness), ==, 0);

  push_segment (harness, GST_FORMAT_BYTES, 0, 0, 1.0);
  gst_harness_push (harness, create_buffer (0, 1, 0));
  g_assert_cmpuint (count_lateness (harness), ==, 0);

  /* At half speed, from 20 s on, at running time 1 s: 24 s is at 9 s. */
  push_segment (harness, GST_FORMAT_TIME, 20 * GST_SECOND, 1 * GST_SECOND, 0.5);
  gst_harness_push (harness, create_buffer (19 * GST_SECOND, 1, 0));
  g_assert_cmpuint (count_lateness (harness), ==, 0);
  gst_harness_push (harness, create_buffer (24 * GST_SECOND, 1, 0));
  g_assert_cmpuint (count_lateness (harness), ==, 1);
  g_assert_cmpint (get_max_lateness (harness), ==, 1 * GST_SECOND);
  gst_harness_teardown (harness);
}

/* Lateness is known only in PLAYING, with the current base time. */
static void
test_clock (void)
{
  GstHarness *harness = create_timed ();
  g_autoptr (GstClock) other = gst_test_clock_new_with_start_time (30 * GST_SECOND);

  push_late (harness, 1 * GST_SECOND, 5);
  g_assert_cmpuint (count_lateness (harness), ==, 1);

  gst_element_set_state (harness->element, GST_STATE_PAUSED);
  push_late (harness, 2 * GST_SECOND, 5);
  g_assert_cmpuint (count_lateness (harness), ==, 1);

  gst_element_set_base_time (harness->element, 3 * GST_SECOND);
  gst_element_set_state (harness->element, GST_STATE_PLAYING);
  push_late (harness, 3 * GST_SECOND, 3 * GST_SECOND + 7);
  g_assert_cmpuint (count_lateness (harness), ==, 2);
  g_assert_cmpint (get_max_lateness (harness), ==, 7);

  /* Like a bin after a flushing seek, without leaving PLAYING. */
  gst_element_set_base_time (harness->element, 2 * GST_SECOND);
  gst_element_set_state (harness->element, GST_STATE_PLAYING);
  push_late (harness, 7 * GST_SECOND, 2 * GST_SECOND + 9);
  g_assert_cmpint (get_max_lateness (harness), ==, 9);

  gst_element_set_clock (harness->element, other);
  gst_harness_push (harness, create_buffer (27 * GST_SECOND, 1, 0));
  g_assert_cmpint (get_max_lateness (harness), ==, 1 * GST_SECOND);
  gst_element_set_clock (harness->element, NULL);
  gst_harness_push (harness, create_buffer (0, 1, 0));
  g_assert_cmpuint (count_lateness (harness), ==, 4);
  gst_element_set_clock (harness->element, other);
  gst_harness_push (harness, create_buffer (0, 1, 0));
  gst_harness_teardown (harness);
  g_assert_cmpint (G_OBJECT (other)->ref_count, ==, 1);
}

static GstStructure *
get_stats_of (GstElement *pipeline, const char *name)
{
  g_autoptr (GstElement) tap = gst_bin_get_by_name (GST_BIN (pipeline), name);

  g_assert_nonnull (tap);
  return get_stats (tap);
}

/* The difference of two taps is the latency of the elements between them. */
static void
test_stage_latency (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (
      "audiotestsrc is-live=true num-buffers=40 samplesperbuffer=882 ! metricstap name=before ! "
      "identity sleep-time=10000 ! metricstap name=after ! fakesink sync=false async=false",
      &error);
  g_autoptr (GstStructure) before = NULL;
  g_autoptr (GstStructure) after = NULL;
  g_autoptr (GstMessage) eos = NULL;
  gint64 exact_before;

  g_assert_no_error (error);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  eos = habla_test_wait_for_message (pipeline, GST_MESSAGE_EOS, 30);
  before = get_stats_of (pipeline, "before");
  after = get_stats_of (pipeline, "after");
  g_assert_cmpuint (get_figure (before, "buffers"), ==, 40);
  g_assert_cmpuint (get_figure (after, "buffers"), ==, 40);
  g_assert_cmpuint (get_figure (after, "lateness-count"), >=, 30);
  exact_before = get_lateness (before, "lateness-p50") * 8 / 9;
  g_assert_cmpint (
      get_lateness (after, "lateness-p50"), >=, exact_before + 10 * (gint64) GST_MSECOND);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* On a machine under any load, the rate follows from the real arrival times. */
static void
test_rate (void)
{
  GstHarness *harness = gst_harness_new ("metricstap");
  gint64 begin, end, idle;
  double seconds, rate;

  gst_harness_set_src_caps_str (harness, "a/b");
  begin = g_get_monotonic_time ();
  for (guint i = 0; i < 120; i++) {
    gst_harness_push (harness, create_buffer (i, 50, 0));
    g_usleep (10000);
  }
  end = g_get_monotonic_time ();
  if (end - begin < 3 * G_USEC_PER_SEC) {
    g_autoptr (GstStructure) stats = get_stats (harness->element);

    seconds = (g_get_monotonic_time () - begin) / (double) G_USEC_PER_SEC;
    rate = get_rate (stats, "buffers-per-second");
    g_assert_cmpfloat (rate, >=, 120 / (seconds + 0.02));
    g_assert_cmpfloat (rate, <=, 120 / ((end - begin) / (double) G_USEC_PER_SEC - 0.02));
    g_assert_cmpfloat_with_epsilon (get_rate (stats, "bytes-per-second"), rate * 50, 1e-6);
  } else {
    g_test_message ("this machine is too busy to tell a rate");
  }

  /* Without buffers, the rate decreases, and is 0 after four seconds. */
  idle = g_get_monotonic_time ();
  do {
    g_autoptr (GstStructure) stats = get_stats (harness->element);
    double next = get_rate (stats, "buffers-per-second");

    if (g_get_monotonic_time () - idle < 500000)
      g_assert_cmpfloat (next, >, 0.0);
    rate = next;
    g_usleep (50000);
  } while (rate > 0.0 && g_get_monotonic_time () - idle < 30 * G_USEC_PER_SEC);
  g_assert_cmpfloat (rate, ==, 0.0);
  g_assert_cmpint (g_get_monotonic_time () - idle, >=, 3 * G_USEC_PER_SEC);
  gst_harness_teardown (harness);
}

#define N_LISTS 8
#define LIST_LENGTH 100
#define BUFFER_SIZE 1000
#define BUFFER_DURATION (20 * GST_MSECOND)

typedef struct {
  TapEnds *ends;
  GstBufferList *lists[N_LISTS];
  int stop; /* atomic */
} Feeder;

/* Pushes the same lists repeatedly, so that hardly any time passes outside of the tap. */
static gpointer
feed (gpointer data)
{
  Feeder *feeder = data;

  for (guint i = 0; !g_atomic_int_get (&feeder->stop); i = (i + 1) % N_LISTS)
    g_assert_cmpint (gst_pad_push_list (feeder->ends->src, gst_buffer_list_ref (feeder->lists[i])),
        ==, GST_FLOW_OK);
  return NULL;
}

static void
create_lists (Feeder *feeder)
{
  for (guint i = 0; i < N_LISTS; i++) {
    feeder->lists[i] = gst_buffer_list_new_sized (LIST_LENGTH);
    for (guint j = 0; j < LIST_LENGTH; j++)
      gst_buffer_list_add (feeder->lists[i],
          create_buffer ((i * LIST_LENGTH + j) * BUFFER_DURATION, BUFFER_SIZE, 0));
  }
}

static void
assert_consistent (const GstStructure *stats)
{
  guint64 buffers = get_figure (stats, "buffers");
  gint64 p50, p95, p99;

  g_assert_cmpuint (buffers % LIST_LENGTH, ==, 0);
  g_assert_cmpuint (get_figure (stats, "bytes"), ==, buffers * BUFFER_SIZE);
  g_assert_cmpuint (get_figure (stats, "lateness-count"), ==, buffers);
  g_assert_cmpuint (get_figure (stats, "early-count"), <=, buffers);
  if (buffers == 0)
    return;
  g_assert_cmpuint (get_figure (stats, "last-pts"), ==,
      (buffers - 1) % (N_LISTS * LIST_LENGTH) * BUFFER_DURATION);
  p50 = get_lateness (stats, "lateness-p50");
  p95 = get_lateness (stats, "lateness-p95");
  p99 = get_lateness (stats, "lateness-p99");
  g_assert_cmpint (p50, <=, p95);
  g_assert_cmpint (p95, <=, p99);
  g_assert_cmpint (p99, <=, get_lateness (stats, "lateness-max"));
}

/* A reader sees the state between two lists, never during one, at any speed. */
static void
test_concurrent_readers (void)
{
  g_autoptr (TapEnds) ends = tap_ends_new ();
  Feeder feeder = { .ends = ends };
  GThread *thread;
  guint n_changes = 0;
  guint64 last = 0;
  gint64 began = g_get_monotonic_time (), spent;

  create_lists (&feeder);
  tap_ends_play (ends);
  thread = g_thread_new ("feeder", feed, &feeder);
  do {
    g_autoptr (GstStructure) stats = get_stats (ends->tap);

    assert_consistent (stats);
    g_assert_cmpuint (get_figure (stats, "buffers"), >=, last);
    n_changes += get_figure (stats, "buffers") > last;
    last = get_figure (stats, "buffers");
    spent = g_get_monotonic_time () - began;
    /* Valgrind runs one thread at a time and switches rarely. */
  } while (n_changes < (spent < 10 * G_USEC_PER_SEC ? 2000 : 50) && spent < 120 * G_USEC_PER_SEC);
  g_atomic_int_set (&feeder.stop, TRUE);
  g_thread_join (thread);
  for (guint i = 0; i < N_LISTS; i++)
    gst_buffer_list_unref (feeder.lists[i]);
  g_assert_cmpuint (n_changes, >=, 50);
  g_assert_cmpuint (last, <=, ends->n_buffers);
}

static void
assert_fields (const GstStructure *stats)
{
  static const struct {
    const char *name;
    GType type;
  } fields[] = { { "buffers", G_TYPE_UINT64 }, { "bytes", G_TYPE_UINT64 },
    { "gaps", G_TYPE_UINT64 }, { "discontinuities", G_TYPE_UINT64 },
    { "buffers-per-second", G_TYPE_DOUBLE }, { "bytes-per-second", G_TYPE_DOUBLE },
    { "last-pts", G_TYPE_UINT64 }, { "lateness-count", G_TYPE_UINT64 },
    { "early-count", G_TYPE_UINT64 }, { "lateness-p50", G_TYPE_INT64 },
    { "lateness-p95", G_TYPE_INT64 }, { "lateness-p99", G_TYPE_INT64 },
    { "lateness-max", G_TYPE_INT64 }, { "caps", G_TYPE_STRING } };

  g_assert_true (gst_structure_has_name (stats, "habla/metrics"));
  g_assert_cmpint (gst_structure_n_fields (stats), ==, G_N_ELEMENTS (fields));
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    g_assert_true (gst_structure_has_field_typed (stats, fields[i].name, fields[i].type));
}

/* Messages are posted at intervals while data flows, and at the end with all of it. */
static void
test_messages (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline =
      gst_parse_launch ("audiotestsrc is-live=true num-buffers=50 samplesperbuffer=441 ! "
                        "metricstap name=tap interval=100 ! fakesink sync=false async=false",
          &error);
  const GstStructure *stats;
  guint n_messages = 0;
  guint64 buffers = 0;
  gboolean eos = FALSE;

  g_assert_no_error (error);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (!eos) {
    g_autoptr (GstMessage) message =
        habla_test_wait_for_message (pipeline, GST_MESSAGE_ELEMENT | GST_MESSAGE_EOS, 30);

    eos = GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
    if (eos)
      continue;
    g_assert_cmpstr (GST_MESSAGE_SRC_NAME (message), ==, "tap");
    stats = gst_message_get_structure (message);
    buffers = get_figure (stats, "buffers");
    if (buffers > 10)
      assert_fields (stats);
    n_messages++;
  }
  g_assert_cmpuint (n_messages, >=, 3);
  g_assert_cmpuint (buffers, ==, 50);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static GstBus *
give_bus (GstHarness *harness)
{
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (harness->element, bus);
  return bus;
}

static GstHarness *
create_with_interval (guint interval)
{
  GstElement *tap = gst_element_factory_make ("metricstap", NULL);
  GstHarness *harness;

  g_object_set (tap, "interval", interval, NULL);
  harness = gst_harness_new_with_element (tap, "sink", "src");
  gst_object_unref (tap);
  return harness;
}

/* Messages are posted without data as well. */
static void
test_messages_without_data (void)
{
  GstHarness *harness = create_with_interval (20);
  g_autoptr (GstBus) bus = give_bus (harness);

  for (guint i = 0; i < 3; i++) {
    g_autoptr (GstMessage) message =
        gst_bus_timed_pop_filtered (bus, 30 * GST_SECOND, GST_MESSAGE_ELEMENT);

    g_assert_nonnull (message);
    g_assert_cmpuint (get_figure (gst_message_get_structure (message), "buffers"), ==, 0);
  }
  gst_element_set_bus (harness->element, NULL);
  gst_harness_teardown (harness);
}

static void
test_no_messages (void)
{
  GstHarness *harness = create_with_interval (0);
  g_autoptr (GstBus) bus = give_bus (harness);
  g_autoptr (GstMessage) message = NULL;

  gst_harness_set_src_caps_str (harness, "a/b");
  gst_harness_push (harness, create_buffer (0, 1, 0));
  gst_harness_push_event (harness, gst_event_new_eos ());
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT);
  g_assert_null (message);
  gst_element_set_bus (harness->element, NULL);
  gst_harness_teardown (harness);
}

/* With a very long interval, there is the message at the end only, without delay. */
static void
test_long_interval (void)
{
  GstHarness *harness = create_with_interval (G_MAXUINT);
  g_autoptr (GstBus) bus = give_bus (harness);
  gint64 begin = g_get_monotonic_time ();

  gst_harness_set_src_caps_str (harness, "a/b");
  gst_harness_push_event (harness, gst_event_new_eos ());
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (
        bus, i == 0 ? 20 * GST_SECOND : 50 * GST_MSECOND, GST_MESSAGE_ELEMENT);

    g_assert_true ((message != NULL) == (i == 0));
  }
  gst_element_set_bus (harness->element, NULL);
  gst_element_set_state (harness->element, GST_STATE_NULL);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 20 * G_USEC_PER_SEC);
  gst_harness_teardown (harness);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/metricstap/counts", test_counts);
  g_test_add_func ("/metricstap/restart", test_restart);
  g_test_add_func ("/metricstap/late", test_late);
  g_test_add_func ("/metricstap/early", test_early);
  g_test_add_func ("/metricstap/running-time", test_running_time);
  g_test_add_func ("/metricstap/clock", test_clock);
  g_test_add_func ("/metricstap/stage-latency", test_stage_latency);
  g_test_add_func ("/metricstap/rate", test_rate);
  g_test_add_func ("/metricstap/concurrent-readers", test_concurrent_readers);
  g_test_add_func ("/metricstap/messages", test_messages);
  g_test_add_func ("/metricstap/messages-without-data", test_messages_without_data);
  g_test_add_func ("/metricstap/no-messages", test_no_messages);
  g_test_add_func ("/metricstap/long-interval", test_long_interval);
  return habla_test_run ();
}
