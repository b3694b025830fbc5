/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Elements do not leak: after 100 cycles with real data, no GStreamer object, thread,
 * descriptor or child process stays. Some tests also start and stop the engine in each cycle,
 * which is slow; in others, another instance keeps it loaded. */
#include "habla-test.h"

#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

#include "factories.h"

/* The first word of a sentence of the CMU AN4 corpus, from Debian's pocketsphinx-testdata. */
#define SPEECH "/usr/share/pocketsphinx/test/data/goforward.raw"

#define SPEECH_SECONDS 0.7
/* Another branch: a pipeline has more than one element. */
#define NO_SOURCE "fakesrc num-buffers=0 ! fakesink"
#define RECORDING \
  "file:///usr/share/pocketsphinx/test/data/librivox/" \
  "sense_and_sensibility_01_austen_64kb-0880.wav"

#define N_CYCLES 100
#define COLD_CYCLES 5
/* The engine in place of a server has a test of its own. */
#define COLD_CYCLES_WITH_SERVER 3
#define STATE_CYCLES 200
/* Bytes of heap for each cycle that count as a leak; less is noise of GStreamer's pools. */
#define ENOUGH_CYCLES 5000
#define MAX_GROWTH 16
/* Sanitizers and valgrind make each cycle many times slower. */
#define SHARE_WHERE_SLOW 5

static const char subtitles[] = "1\n00:00:00,100 --> 00:00:01,000\nGood morning\n\n"
                                "2\n00:00:01,000 --> 00:00:02,000\nThe house is small\n\n";

typedef struct {
  const char *factory_name;
  const char *source;
  gboolean missing_engine;
  guint n_outputs; /* atomic; number of buffers of the element, or of captions */
} Cycle;

static guint
get_n_cycles (guint n)
{
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
  return n / SHARE_WHERE_SLOW;
#else
  const char *preload = g_getenv ("LD_PRELOAD");

  return preload != NULL && strstr (preload, "vgpreload") != NULL ? n / SHARE_WHERE_SLOW : n;
#endif
}

static GstPadProbeReturn
count_output (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  g_atomic_int_inc (&((Cycle *) data)->n_outputs);
  return GST_PAD_PROBE_OK;
}

static void
drain_into_sink (GstElement *pipeline, GstPad *pad, Cycle *cycle)
{
  GstElement *queue = gst_element_factory_make ("queue", NULL);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) sinkpad = gst_element_get_static_pad (queue, "sink");

  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  gst_bin_add_many (GST_BIN (pipeline), queue, sink, NULL);
  g_assert_true (gst_element_link (queue, sink));
  g_assert_cmpint (gst_pad_link (pad, sinkpad), ==, GST_PAD_LINK_OK);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, count_output, cycle, NULL);
}

static void
drain_sources (GstElement *pipeline, Cycle *cycle)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), "it");
  GList *pads;

  if (gst_element_get_pad_template (element, "captions_%s") != NULL)
    gst_object_unref (gst_element_request_pad_simple (element, "captions_es"));
  GST_OBJECT_LOCK (element);
  pads = g_list_copy_deep (element->srcpads, (GCopyFunc) (GCallback) gst_object_ref, NULL);
  GST_OBJECT_UNLOCK (element);
  for (GList *l = pads; l != NULL; l = l->next)
    drain_into_sink (pipeline, l->data, cycle);
  g_list_free_full (pads, gst_object_unref);
}

/* Sources get a recording. */
static void
configure (GstElement *element)
{
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), "uri") != NULL)
    g_object_set (element, "uri", RECORDING, NULL);
  factories_refuse_connections (element);
}

/* Of metricstap, the posting thread starts and ends in each cycle as well. */
static void
prepare (GstElement *pipeline)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), "it");

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), "interval") != NULL)
    g_object_set (element, "interval", 1, NULL);
  configure (element);
}

/* Creates the element in a pipeline, runs the source to EOS, and frees both. */
static void
run_cycle (gpointer data)
{
  Cycle *cycle = data;
  g_autofree char *line = g_strdup_printf ("%s %s name=it", cycle->source, cycle->factory_name);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);
  g_autoptr (GstBus) bus = NULL;
  gboolean ended = FALSE;

  g_assert_no_error (error);
  gst_object_ref_sink (pipeline);
  bus = gst_element_get_bus (pipeline);
  drain_sources (pipeline, cycle);
  prepare (pipeline);
  cycle->n_outputs = 0;
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (!ended) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (
        bus, 120 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_ELEMENT);

    g_assert_nonnull (message);
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT) {
      if (gst_message_has_name (message, "habla/caption"))
        g_atomic_int_inc (&cycle->n_outputs);
      continue;
    }
    ended = TRUE;
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
      gst_message_parse_error (message, &error, NULL);
      cycle->missing_engine = factories_is_missing_engine (message);
      if (!cycle->missing_engine)
        g_error ("%s: %s", cycle->factory_name, error->message);
    }
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  if (!cycle->missing_engine)
    g_assert_cmpuint (g_atomic_int_get (&cycle->n_outputs), >, 0);
}

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static gboolean
is_child (const char *pid)
{
  g_autofree char *path = g_build_filename ("/proc", pid, "stat", NULL);
  g_autofree char *stat = NULL;
  const char *after_name;
  int parent;

  /* The pipeline may have ended already. */
  if (!g_ascii_isdigit (*pid) || !g_file_get_contents (path, &stat, NULL, NULL))
    return FALSE;
  after_name = strrchr (stat, ')');
  g_assert_nonnull (after_name);
  g_assert_cmpint (sscanf (after_name, ") %*c %d", &parent), ==, 1);
  return parent == getpid ();
}

static guint
count_children (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += is_child (name);
  return n;
}

typedef struct {
  guint threads;
  guint descriptors;
  guint children;
} Counts;

static Counts
count (void)
{
  return (Counts){ count_entries ("/proc/self/task"), count_entries ("/proc/self/fd"),
    count_children () };
}

/* A joined thread or a killed process may take a moment to disappear; idle threads of GLib's
 * pools must be stopped. */
static void
assert_back_to (const Counts *before)
{
  gint64 deadline = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  Counts now;

  do {
    g_thread_pool_stop_unused_threads ();
    g_usleep (10000);
    now = count ();
  } while ((now.threads > before->threads || now.descriptors > before->descriptors ||
               now.children > before->children) &&
           g_get_monotonic_time () < deadline);
  g_assert_cmpuint (now.threads, <=, before->threads);
  g_assert_cmpuint (now.descriptors, <=, before->descriptors);
  g_assert_cmpuint (now.children, <=, before->children);
}

/* Returns: (transfer full): path of a file of this test */
static char *
write_file (const char *name, const char *data, gssize size)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, data, size, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&path);
}

static char *
create_speech (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *samples = NULL;
  g_autofree char *path = NULL;
  gsize size;

  g_file_get_contents (SPEECH, &samples, &size, &error);
  g_assert_no_error (error);
  path = write_file ("a.raw", samples, MIN (size, SPEECH_SECONDS * 16000 * sizeof (gint16)));
  return g_strdup_printf ("filesrc location=%s ! rawaudioparse use-sink-caps=false format=pcm "
                          "pcm-format=s16le sample-rate=16000 num-channels=1 ! audioconvert ! "
                          "audioresample !",
      path);
}

static gboolean
has_sink (GstElementFactory *factory)
{
  for (const GList *l = gst_element_factory_get_static_pad_templates (factory); l != NULL;
       l = l->next)
    if (((GstStaticPadTemplate *) l->data)->direction == GST_PAD_SINK)
      return TRUE;
  return FALSE;
}

/* Returns: (transfer full) (nullable): a source with data for the element; empty if it needs none
 */
static char *
create_source (const char *factory_name)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (factory_name);
  g_autoptr (GstCaps) text = gst_caps_from_string ("text/x-raw,format=pango-markup");
  g_autofree char *path = NULL;

  if (!has_sink (factory))
    return g_file_test (SPEECH, G_FILE_TEST_EXISTS) ? g_strdup (NO_SOURCE) : NULL;
  if (!gst_element_factory_can_sink_all_caps (factory, text) &&
      !gst_element_factory_can_sink_any_caps (factory, text))
    return g_file_test (SPEECH, G_FILE_TEST_EXISTS) ? create_speech () : NULL;
  path = write_file ("a.srt", subtitles, -1);
  return g_strdup_printf ("filesrc location=%s ! %s", path,
      g_str_equal (factory_name, "subtitlereader") ? "" : "subparse !");
}

/* Returns: (transfer full): an instance with a started engine */
static GstElement *
keep_warm (const char *factory_name)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (factory_name);
  GstElement *element = gst_object_ref_sink (gst_element_factory_make (factory_name, NULL));

  if (gst_element_get_pad_template (element, "captions_%s") != NULL)
    gst_object_unref (gst_element_request_pad_simple (element, "captions_es"));
  configure (element);
  /* A source has no engine, and its thread would wait for a peer. */
  if (!has_sink (factory))
    return element;
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), !=, GST_STATE_CHANGE_FAILURE);
  habla_test_end_tasks (element);
  return element;
}

static void
assert_nothing_stays (Cycle *cycle, guint n_cycles)
{
  Counts before;

  /* Resources that are created once. */
  run_cycle (cycle);
  gst_task_cleanup_all ();
  g_thread_pool_stop_unused_threads ();
  before = count ();
  habla_test_leak_gate (run_cycle, cycle, get_n_cycles (n_cycles));
  assert_back_to (&before);
}

static gboolean
uses_server (const char *factory_name)
{
  g_autoptr (GstElement) element =
      gst_object_ref_sink (gst_element_factory_make (factory_name, NULL));

  return g_object_class_find_property (G_OBJECT_GET_CLASS (element), "url") != NULL;
}

static void
test_leaks (gconstpointer factory_name)
{
  guint n_cold = uses_server (factory_name) ? COLD_CYCLES_WITH_SERVER : COLD_CYCLES;
  Cycle cycle = { .factory_name = factory_name };
  g_autofree char *source = create_source (factory_name);
  GstElement *keeper;

  cycle.source = source;
  if (source == NULL) {
    g_test_skip ("Debian package pocketsphinx-testdata is not installed");
    return;
  }
  run_cycle (&cycle);
  if (cycle.missing_engine) {
    g_test_skip ("its engine is not installed");
    return;
  }
  assert_nothing_stays (&cycle, n_cold);
  g_assert_cmpuint (count_children (), ==, 0);

  keeper = keep_warm (factory_name);
  assert_nothing_stays (&cycle, N_CYCLES - n_cold);
  gst_element_set_state (keeper, GST_STATE_NULL);
  g_assert_finalize_object (keeper);
}

/* Up and down, and again from READY, like a pipeline that is stopped and started. */
static void
run_states (gpointer factory_name)
{
  static const GstState states[] = { GST_STATE_PAUSED, GST_STATE_READY, GST_STATE_PAUSED,
    GST_STATE_NULL };
  g_autoptr (GstElement) element =
      gst_object_ref_sink (gst_element_factory_make (factory_name, NULL));

  configure (element);
  if (gst_element_get_pad_template (element, "captions_%s") != NULL)
    gst_object_unref (gst_element_request_pad_simple (element, "captions_es"));
  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    g_assert_cmpint (gst_element_set_state (element, states[i]), !=, GST_STATE_CHANGE_FAILURE);
    if (states[i] == GST_STATE_PAUSED)
      habla_test_end_tasks (element);
  }
}

static gsize
measure_heap (void)
{
  struct mallinfo2 heap = mallinfo2 ();

  return heap.uordblks + heap.hblkhd;
}

/* State changes only, while another instance keeps the engine loaded: 10,000 with
 * HABLA_TEST_CYCLES. */
static void
test_states (gconstpointer factory_name)
{
  const char *cycles = g_getenv ("HABLA_TEST_CYCLES");
  guint n = cycles != NULL ? g_ascii_strtoull (cycles, NULL, 10) : get_n_cycles (STATE_CYCLES);
  Cycle cycle = { .factory_name = factory_name };
  g_autofree char *source = create_source (factory_name);
  GstElement *keeper;
  Counts before;
  gsize heap;

  cycle.source = source;
  if (source != NULL)
    run_cycle (&cycle);
  if (source == NULL || cycle.missing_engine) {
    g_test_skip ("its engine is not installed");
    return;
  }
  keeper = keep_warm (factory_name);
  habla_test_leak_gate (run_states, (gpointer) factory_name, n / 2);
  gst_task_cleanup_all ();
  g_thread_pool_stop_unused_threads ();
  before = count ();
  heap = measure_heap ();
  habla_test_leak_gate (run_states, (gpointer) factory_name, n / 2);
  assert_back_to (&before);
  g_test_message ("%s: %.1f bytes a cycle of %u", (const char *) factory_name,
      ((double) measure_heap () - heap) / (n / 2), n / 2);
  if (n >= ENOUGH_CYCLES)
    g_assert_cmpuint (measure_heap (), <, heap + n / 2 * MAX_GROWTH);
  gst_element_set_state (keeper, GST_STATE_NULL);
  g_assert_finalize_object (keeper);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  factories_add_tests ("leaks", test_leaks);
  factories_add_tests ("leaks/states", test_states);
  return habla_test_run ();
}
