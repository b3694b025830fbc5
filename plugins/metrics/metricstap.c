/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-metricstap
 * @title: metricstap
 *
 * Forwards everything unchanged, in both directions, and counts it. The difference in
 * lateness of two taps is the latency of the elements between them.
 *
 *     gst-launch-1.0 -m audiotestsrc is-live=true num-buffers=200 ! metricstap interval=1000 !
 *       fakesink sync=true
 *
 * The statistics are a #GstStructure named `habla/metrics`: the value of the property `stats`,
 * which any thread may read at any time, and an element message every `interval`
 * milliseconds and at the end of the stream. Its fields:
 *
 * - `buffers` (guint64): number of buffers, including those in buffer lists
 * - `bytes` (guint64): sum of their sizes, in bytes
 * - `gaps` (guint64): GAP events and buffers flagged GAP
 * - `discontinuities` (guint64): buffers flagged DISCONT
 * - `buffers-per-second`, `bytes-per-second` (double): over the last four seconds, or
 *   since the first buffer if that is less ago
 * - `last-pts` (guint64): PTS of the last buffer with a PTS, in nanoseconds;
 *   %GST_CLOCK_TIME_NONE = none
 * - `lateness-count` (guint64): number of buffers with a known lateness: those with a PTS
 *   inside a TIME segment, while the tap was PLAYING and had a clock
 * - `early-count` (guint64): number of them with a lateness below 0
 * - `lateness-p50`, `lateness-p95`, `lateness-p99`, `lateness-max` (gint64): lateness, in
 *   nanoseconds: running time of the clock when the buffer arrived, minus that of the
 *   buffer; below 0 = early. Quantiles have an error of at most 1/8, away from 0; the
 *   maximum is exact. Absent while `lateness-count` is 0
 * - `caps` (string): the current caps; absent if there are none
 *
 * All fields except `caps` and the end of the period of the rates are of one point in time,
 * after a whole buffer, buffer list or event. They are reset from READY to PAUSED, and stay
 * readable after the element has stopped.
 */
#include "metricstap.h"

#include "tap-stats.h"

GST_DEBUG_CATEGORY_STATIC (habla_metrics_tap_debug);
#define GST_CAT_DEFAULT habla_metrics_tap_debug

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

enum {
  PROP_INTERVAL = 1,
  PROP_STATS,
};

#define DEFAULT_INTERVAL 0

/* Clock and base time for lateness. */
typedef struct {
  GstClock *clock; /* (owned) (nullable): NULL = none */
  GstClockTime base_time;
} Timing;

struct _HablaMetricsTap {
  GstElement parent;

  GstPad *sinkpad; /* constant */
  GstPad *srcpad;  /* constant */

  HablaTapStats counters; /* protected by its sequence lock; written by the streaming thread */

  /* Used by the streaming thread only. */
  GstSegment segment;
  Timing timing;
  guint timing_serial_seen;

  GMutex lock;           /* never held while a function outside of this file runs */
  GCond cond;            /* stop_posting has changed */
  GstClock *clock;       /* protected by lock; (owned) (nullable) */
  gboolean playing;      /* protected by lock */
  gboolean stop_posting; /* protected by lock */
  guint timing_serial;   /* atomic; incremented when clock, playing or the base time changes */

  guint interval;       /* atomic; milliseconds */
  GThread *post_thread; /* used by state changes only, which are serialised */
};

G_DEFINE_TYPE_WITH_CODE (HablaMetricsTap, habla_metrics_tap, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (habla_metrics_tap_debug, "metricstap", 0, "Metrics tap"))
GST_ELEMENT_REGISTER_DEFINE (metricstap, "metricstap", GST_RANK_NONE, HABLA_TYPE_METRICS_TAP)

/* Any thread. */
static GstStructure *
metrics_tap_create_stats (HablaMetricsTap *self)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (self->sinkpad);
  GstStructure *stats = habla_tap_stats_to_structure (&self->counters, HABLA_METRICS_MESSAGE);

  if (caps != NULL) {
    g_autofree char *text = gst_caps_to_string (caps);

    gst_structure_set (stats, "caps", G_TYPE_STRING, text, NULL);
  }
  return stats;
}

static void
metrics_tap_post_stats (HablaMetricsTap *self)
{
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_element (GST_OBJECT (self), metrics_tap_create_stats (self)));
}

/* Streaming thread. Locks only after a state change. */
static void
metrics_tap_update_timing (HablaMetricsTap *self)
{
  guint serial = __atomic_load_n (&self->timing_serial, __ATOMIC_ACQUIRE);

  if (G_LIKELY (serial == self->timing_serial_seen))
    return;
  g_mutex_lock (&self->lock);
  self->timing_serial_seen = self->timing_serial;
  gst_object_replace (
      (GstObject **) &self->timing.clock, self->playing ? GST_OBJECT (self->clock) : NULL);
  g_mutex_unlock (&self->lock);
  self->timing.base_time = gst_element_get_base_time (GST_ELEMENT (self));
}

static void
metrics_tap_count_lateness (HablaMetricsTap *self, GstBuffer *buffer, GstClockTime now)
{
  GstClockTime running_time;

  if (!GST_BUFFER_PTS_IS_VALID (buffer) || self->segment.format != GST_FORMAT_TIME)
    return;
  running_time =
      gst_segment_to_running_time (&self->segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  if (GST_CLOCK_TIME_IS_VALID (running_time))
    habla_tap_stats_record_lateness (
        &self->counters, GST_CLOCK_DIFF (running_time, now - self->timing.base_time));
}

static GstClockTime
metrics_tap_get_clock_time (HablaMetricsTap *self)
{
  metrics_tap_update_timing (self);
  return self->timing.clock != NULL ? gst_clock_get_time (self->timing.clock) : GST_CLOCK_TIME_NONE;
}

static void
metrics_tap_count_buffer (HablaMetricsTap *self, GstBuffer *buffer)
{
  GstClockTime now = metrics_tap_get_clock_time (self);

  habla_tap_stats_begin (&self->counters);
  habla_tap_stats_count_buffer (&self->counters, buffer, habla_tap_stats_get_time ());
  if (GST_CLOCK_TIME_IS_VALID (now))
    metrics_tap_count_lateness (self, buffer, now);
  habla_tap_stats_end (&self->counters);
}

static GstFlowReturn
habla_metrics_tap_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  HablaMetricsTap *self = (HablaMetricsTap *) parent;

  metrics_tap_count_buffer (self, buffer);
  return gst_pad_push (self->srcpad, buffer);
}

static GstFlowReturn
habla_metrics_tap_chain_list (GstPad *pad, GstObject *parent, GstBufferList *list)
{
  HablaMetricsTap *self = (HablaMetricsTap *) parent;
  GstClockTime now = metrics_tap_get_clock_time (self);
  guint64 time = habla_tap_stats_get_time ();

  habla_tap_stats_begin (&self->counters);
  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    GstBuffer *buffer = gst_buffer_list_get (list, i);

    habla_tap_stats_count_buffer (&self->counters, buffer, time);
    if (GST_CLOCK_TIME_IS_VALID (now))
      metrics_tap_count_lateness (self, buffer, now);
  }
  habla_tap_stats_end (&self->counters);
  return gst_pad_push_list (self->srcpad, list);
}

/* Pull mode has no events, thus no segment and no lateness. */
static GstFlowReturn
habla_metrics_tap_getrange (
    GstPad *pad, GstObject *parent, guint64 offset, guint length, GstBuffer **buffer)
{
  HablaMetricsTap *self = (HablaMetricsTap *) parent;
  GstFlowReturn ret = gst_pad_pull_range (self->sinkpad, offset, length, buffer);

  if (ret == GST_FLOW_OK)
    metrics_tap_count_buffer (self, *buffer);
  return ret;
}

static gboolean
habla_metrics_tap_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  HablaMetricsTap *self = HABLA_METRICS_TAP (parent);

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_SEGMENT:
    gst_event_copy_segment (event, &self->segment);
    break;
  case GST_EVENT_GAP:
    habla_tap_stats_begin (&self->counters);
    habla_tap_stats_count_gap (&self->counters);
    habla_tap_stats_end (&self->counters);
    break;
  case GST_EVENT_EOS:
    if (g_atomic_int_get (&self->interval) != 0)
      metrics_tap_post_stats (self);
    break;
  default:
    break;
  }
  return gst_pad_push_event (self->srcpad, event);
}

/* Both pads. Forwards queries unchanged; a tap that is not linked on the other side uses the
 * default handler, which accepts any caps. */
static gboolean
habla_metrics_tap_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  HablaMetricsTap *self = HABLA_METRICS_TAP (parent);
  GstPad *other = pad == self->sinkpad ? self->srcpad : self->sinkpad;

  if (!gst_pad_is_linked (other))
    return gst_pad_query_default (pad, parent, query);
  return gst_pad_peer_query (other, query);
}

/* Called before data flows in both modes, in pull mode also before change_state(). */
static gboolean
habla_metrics_tap_src_activate_mode (
    GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active)
{
  HablaMetricsTap *self = HABLA_METRICS_TAP (parent);

  if (active) {
    habla_tap_stats_reset (&self->counters);
    gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
  }
  return mode != GST_PAD_MODE_PULL || gst_pad_activate_mode (self->sinkpad, mode, active);
}

static gpointer
metrics_tap_post_loop (gpointer data)
{
  HablaMetricsTap *self = data;
  gint64 interval = (guint) g_atomic_int_get (&self->interval) * G_TIME_SPAN_MILLISECOND;
  gint64 next = g_get_monotonic_time () + interval;

  g_mutex_lock (&self->lock);
  while (!self->stop_posting) {
    if (g_cond_wait_until (&self->cond, &self->lock, next))
      continue;
    g_mutex_unlock (&self->lock);
    metrics_tap_post_stats (self);
    next = MAX (next + interval, g_get_monotonic_time ());
    g_mutex_lock (&self->lock);
  }
  g_mutex_unlock (&self->lock);
  return NULL;
}

static void
metrics_tap_start_posting (HablaMetricsTap *self)
{
  if (g_atomic_int_get (&self->interval) == 0)
    return;
  self->stop_posting = FALSE;
  self->post_thread = g_thread_new ("metricstap", metrics_tap_post_loop, self);
}

static void
metrics_tap_stop_posting (HablaMetricsTap *self)
{
  if (self->post_thread == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->stop_posting = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&self->post_thread, g_thread_join);
}

static void
metrics_tap_set_playing (HablaMetricsTap *self, gboolean playing)
{
  g_mutex_lock (&self->lock);
  self->playing = playing;
  __atomic_store_n (&self->timing_serial, self->timing_serial + 1, __ATOMIC_RELEASE);
  g_mutex_unlock (&self->lock);
}

static gboolean
habla_metrics_tap_set_clock (GstElement *element, GstClock *clock)
{
  HablaMetricsTap *self = HABLA_METRICS_TAP (element);

  g_mutex_lock (&self->lock);
  gst_object_replace ((GstObject **) &self->clock, GST_OBJECT (clock));
  __atomic_store_n (&self->timing_serial, self->timing_serial + 1, __ATOMIC_RELEASE);
  g_mutex_unlock (&self->lock);
  return GST_ELEMENT_CLASS (habla_metrics_tap_parent_class)->set_clock (element, clock);
}

static GstStateChangeReturn
habla_metrics_tap_change_state (GstElement *element, GstStateChange transition)
{
  HablaMetricsTap *self = HABLA_METRICS_TAP (element);
  GstStateChangeReturn ret;

  switch (transition) {
  case GST_STATE_CHANGE_PAUSED_TO_PLAYING:
  case GST_STATE_CHANGE_PLAYING_TO_PLAYING: /* with a new base time, after a seek */
    metrics_tap_set_playing (self, TRUE);
    break;
  case GST_STATE_CHANGE_PLAYING_TO_PAUSED:
    metrics_tap_set_playing (self, FALSE);
    break;
  default:
    break;
  }
  ret = GST_ELEMENT_CLASS (habla_metrics_tap_parent_class)->change_state (element, transition);
  switch (transition) {
  case GST_STATE_CHANGE_READY_TO_PAUSED:
    if (ret != GST_STATE_CHANGE_FAILURE)
      metrics_tap_start_posting (self);
    break;
  case GST_STATE_CHANGE_PAUSED_TO_READY:
    metrics_tap_stop_posting (self);
    /* No thread streams now. */
    gst_clear_object (&self->timing.clock);
    break;
  default:
    break;
  }
  return ret;
}

static void
habla_metrics_tap_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaMetricsTap *self = HABLA_METRICS_TAP (object);

  switch (id) {
  case PROP_INTERVAL:
    g_value_set_uint (value, g_atomic_int_get (&self->interval));
    break;
  case PROP_STATS:
    g_value_take_boxed (value, metrics_tap_create_stats (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
habla_metrics_tap_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaMetricsTap *self = HABLA_METRICS_TAP (object);

  switch (id) {
  case PROP_INTERVAL:
    g_atomic_int_set (&self->interval, g_value_get_uint (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
habla_metrics_tap_finalize (GObject *object)
{
  HablaMetricsTap *self = HABLA_METRICS_TAP (object);

  gst_clear_object (&self->clock);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  G_OBJECT_CLASS (habla_metrics_tap_parent_class)->finalize (object);
}

static void
habla_metrics_tap_class_init (HablaMetricsTapClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->get_property = habla_metrics_tap_get_property;
  object_class->set_property = habla_metrics_tap_set_property;
  object_class->finalize = habla_metrics_tap_finalize;
  element_class->change_state = habla_metrics_tap_change_state;
  element_class->set_clock = habla_metrics_tap_set_clock;

  g_object_class_install_property (object_class, PROP_INTERVAL,
      g_param_spec_uint ("interval", "Interval",
          "Interval between element messages habla/metrics, in milliseconds (0 = no messages)", 0,
          G_MAXUINT, DEFAULT_INTERVAL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Statistics since READY: the fields of the message habla/metrics "
          "(times in nanoseconds, sizes in bytes)",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Metrics tap", "Filter/Analyzer",
      "Forwards everything unchanged and counts buffers, bytes, gaps, rate and lateness. "
      "Example: "
      "gst-launch-1.0 -m audiotestsrc is-live=true num-buffers=200 ! metricstap interval=1000 ! "
      "fakesink sync=true",
      "Habla developers <habla@habla.example>");
}

static void
habla_metrics_tap_init (HablaMetricsTap *self)
{
  GstElement *element = GST_ELEMENT (self);

  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->interval = DEFAULT_INTERVAL;
  habla_tap_stats_reset (&self->counters);
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);

  self->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sinkpad, habla_metrics_tap_chain);
  gst_pad_set_chain_list_function (self->sinkpad, habla_metrics_tap_chain_list);
  gst_pad_set_event_function (self->sinkpad, habla_metrics_tap_sink_event);
  gst_pad_set_query_function (self->sinkpad, habla_metrics_tap_query);
  GST_PAD_SET_PROXY_CAPS (self->sinkpad);
  gst_element_add_pad (element, self->sinkpad);

  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_getrange_function (self->srcpad, habla_metrics_tap_getrange);
  gst_pad_set_activatemode_function (self->srcpad, habla_metrics_tap_src_activate_mode);
  gst_pad_set_query_function (self->srcpad, habla_metrics_tap_query);
  GST_PAD_SET_PROXY_CAPS (self->srcpad);
  gst_element_add_pad (element, self->srcpad);
}
