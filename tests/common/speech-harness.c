/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "speech-harness.h"

#define DEADLINE (120 * G_TIME_SPAN_SECOND)

static guint64
to_ms (GstClockTime time)
{
  return (time + GST_MSECOND / 2) / GST_MSECOND;
}

/* Called with lock held. */
static void
log_entry (SpeechHarness *self, const char *entry)
{
  self->entry = self->log->len;
  g_string_append_printf (self->log, "%s%s", self->log->len > 0 ? ", " : "", entry);
  self->end = GST_CLOCK_TIME_NONE;
}

/* Called with lock held. */
static void
log_buffer (SpeechHarness *self, GstBuffer *buffer)
{
  gboolean discont = GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  gboolean after_speech = GST_CLOCK_TIME_IS_VALID (self->end);
  gboolean follows = after_speech && GST_BUFFER_PTS (buffer) == self->end && !discont;
  g_autofree char *entry = NULL;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_assert_cmpuint (GST_BUFFER_DURATION (buffer), <=, 40 * GST_MSECOND + 1); /* buffers are short */
  for (gsize i = 0; i < map.size / 2; i++)
    self->n_silent += ((gint16 *) map.data)[i] == 0;
  self->n_samples += map.size / 2;
  gst_buffer_unmap (buffer, &map);

  if (follows) {
    g_string_truncate (self->log, self->entry);
  } else {
    self->begin = GST_BUFFER_PTS (buffer);
    self->jumped = after_speech;
  }
  entry = g_strdup_printf ("%s %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT,
      self->jumped ? "jump" : "speech", to_ms (self->begin),
      to_ms (GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer)));
  log_entry (self, entry);
  self->end = GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer);
}

/* Called with lock held. */
static void
log_event (SpeechHarness *self, GstEvent *event)
{
  GstClockTime begin, duration;
  g_autofree char *entry = NULL;

  if (GST_EVENT_TYPE (event) == GST_EVENT_GAP) {
    gst_event_parse_gap (event, &begin, &duration);
    entry = g_strdup_printf (
        "gap %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, to_ms (begin), to_ms (begin + duration));
  }
  log_entry (self, entry != NULL ? entry : GST_EVENT_TYPE_NAME (event));
}

static GstPadProbeReturn
log_item (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  SpeechHarness *self = data;

  g_mutex_lock (&self->lock);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    log_buffer (self, GST_PAD_PROBE_INFO_BUFFER (info));
  else
    log_event (self, GST_PAD_PROBE_INFO_EVENT (info));
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

SpeechHarness *
speech_harness_new (GstElement *element, const char *caps)
{
  SpeechHarness *self = g_new0 (SpeechHarness, 1);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "src");

  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->log = g_string_new (NULL);
  self->end = GST_CLOCK_TIME_NONE;
  self->element = element;
  self->bus = gst_bus_new ();
  gst_element_set_bus (element, self->bus);
  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM |
          GST_PAD_PROBE_TYPE_EVENT_FLUSH,
      log_item, self, NULL);
  self->harness = gst_harness_new_with_element (element, "sink", "src");
  gst_harness_set_src_caps_str (self->harness, caps);
  speech_harness_wait_for (self, "segment");
  return self;
}

void
speech_harness_free (SpeechHarness *self)
{
  gst_harness_teardown (self->harness);
  gst_element_set_bus (self->element, NULL);
  /* Messages hold references to the element. */
  gst_bus_set_flushing (self->bus, TRUE);
  g_assert_finalize_object (self->element);
  g_assert_finalize_object (self->bus);
  g_string_free (self->log, TRUE);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

GstFlowReturn
speech_harness_push (SpeechHarness *self, const char *text, guint begin, guint duration)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, strlen (text), NULL);

  gst_buffer_fill (buffer, 0, text, strlen (text));
  if (begin != G_MAXUINT)
    GST_BUFFER_PTS (buffer) = begin * GST_MSECOND;
  if (duration > 0)
    GST_BUFFER_DURATION (buffer) = duration * GST_MSECOND;
  return gst_harness_push (self->harness, buffer);
}

void
speech_harness_push_utterance (
    SpeechHarness *self, const char *text, const char *language, gboolean untranslated)
{
  g_autoptr (HablaUtterance) utterance = habla_utterance_new (1, text, language);
  GstSegment segment;

  utterance->untranslated = untranslated;
  gst_segment_init (&segment, GST_FORMAT_TIME);
  g_assert_cmpint (
      gst_harness_push (self->harness, habla_utterance_to_buffer (utterance, &segment)), ==,
      GST_FLOW_OK);
}

/* All times in milliseconds. */
void
speech_harness_push_segment (SpeechHarness *self, guint start, guint stop, guint base)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.time = segment.position = start * GST_MSECOND;
  segment.stop = stop * GST_MSECOND;
  segment.base = base * GST_MSECOND;
  g_assert_true (gst_harness_push_event (self->harness, gst_event_new_segment (&segment)));
}

/* Pushes EOS, and waits for its arrival. */
void
speech_harness_finish (SpeechHarness *self)
{
  g_assert_true (gst_harness_push_event (self->harness, gst_event_new_eos ()));
  speech_harness_wait_for (self, ", eos");
}

void
speech_harness_wait_for (SpeechHarness *self, const char *part)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE;

  g_mutex_lock (&self->lock);
  while (strstr (self->log->str, part) == NULL)
    if (!g_cond_wait_until (&self->changed, &self->lock, deadline))
      g_error ("“%s” is not in “%s”", part, self->log->str);
  g_mutex_unlock (&self->lock);
}

/* Expects the complete output since caps and segment. */
void
speech_harness_expect (SpeechHarness *self, const char *expected)
{
  const char *begin = "stream-start, caps, segment, ";

  g_mutex_lock (&self->lock);
  g_assert_true (g_str_has_prefix (self->log->str, begin));
  g_assert_cmpstr (self->log->str + strlen (begin), ==, expected);
  g_mutex_unlock (&self->lock);
}

guint64
speech_harness_get_stat (SpeechHarness *self, const char *name)
{
  return habla_test_get_stat (self->element, name);
}
