/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/decoded-audio-probe.h"

/* Shortest audio between two notes, and how many notes are kept. Together, they cover more audio
 * than waits before a transcriber. */
#define NOTE_INTERVAL (50 * GST_MSECOND)
#define N_NOTES 1024

typedef struct {
  GstClockTime end; /* running time */
  gint64 arrival;   /* monotonic time, in microseconds */
} Note;

struct _HablaDecodedAudioProbe {
  /* Streaming thread only. */
  gboolean restamps;
  gboolean has_segment;
  GstSegment segment;
  GstAudioInfo info;
  guint64 rate;
  guint64 frame_size; /* in bytes */
  guint64 n_frames;

  HablaAudioTap *tap; /* (nullable): never changed */

  GMutex lock;
  Note notes[N_NOTES]; /* protected by lock; a ring, ordered by time */
  guint64 n_notes;     /* protected by lock; number of notes ever made */

  guint64 duration; /* atomic: in ns */
};

static void
probe_note_arrival (HablaDecodedAudioProbe *self, GstClockTime end)
{
  const Note *last;

  g_mutex_lock (&self->lock);
  last = &self->notes[(self->n_notes + N_NOTES - 1) % N_NOTES];
  if (self->n_notes == 0 || end >= last->end + NOTE_INTERVAL)
    self->notes[self->n_notes++ % N_NOTES] = (Note){ end, g_get_monotonic_time () };
  g_mutex_unlock (&self->lock);
}

static void
probe_handle_caps (HablaDecodedAudioProbe *self, GstEvent *event)
{
  GstAudioInfo info;
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  if (!gst_audio_info_from_caps (&info, caps))
    return;
  /* Time continues when the rate changes. */
  if (self->rate != 0)
    self->n_frames = gst_util_uint64_scale (self->n_frames, info.rate, self->rate);
  self->info = info;
  self->rate = info.rate;
  self->frame_size = info.bpf;
}

static GstPadProbeReturn
probe_handle_event (HablaDecodedAudioProbe *self, GstPadProbeInfo *info)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
    probe_handle_caps (self, event);
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT && !self->restamps)
    gst_event_copy_segment (event, &self->segment);
  if (!self->restamps)
    return GST_PAD_PROBE_OK;
  if (GST_EVENT_TYPE (event) == GST_EVENT_GAP)
    return GST_PAD_PROBE_DROP;
  if (GST_EVENT_TYPE (event) != GST_EVENT_SEGMENT)
    return GST_PAD_PROBE_OK;
  if (self->has_segment)
    return GST_PAD_PROBE_DROP;
  self->has_segment = TRUE;
  gst_event_unref (event);
  GST_PAD_PROBE_INFO_DATA (info) = gst_event_new_segment (&self->segment);
  return GST_PAD_PROBE_OK;
}

/* Handles audio that keeps its timestamps. */
static void
probe_handle_timed_buffer (HablaDecodedAudioProbe *self, GstBuffer *buffer, GstClockTime duration)
{
  GstClockTime end = GST_CLOCK_TIME_NONE;

  if (GST_BUFFER_PTS_IS_VALID (buffer) && self->segment.format == GST_FORMAT_TIME)
    end = gst_segment_to_running_time (
        &self->segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer) + duration);
  if (!GST_CLOCK_TIME_IS_VALID (end))
    return;
  probe_note_arrival (self, end);
  if (self->tap != NULL)
    habla_audio_tap_push_decoded (
        self->tap, buffer, &self->info, end > duration ? end - duration : 0);
}

/* Returns: (transfer full): @buffer with the times @begin and @end */
static GstBuffer *
probe_restamp_buffer (
    HablaDecodedAudioProbe *self, GstBuffer *buffer, GstClockTime begin, GstClockTime end)
{
  buffer = gst_buffer_make_writable (buffer);
  if (begin > 0)
    GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_DISCONT);
  GST_BUFFER_PTS (buffer) = begin;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (buffer) = end - begin;
  GST_BUFFER_OFFSET (buffer) = GST_BUFFER_OFFSET_NONE;
  GST_BUFFER_OFFSET_END (buffer) = GST_BUFFER_OFFSET_NONE;
  return buffer;
}

static GstPadProbeReturn
probe_on_data (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  HablaDecodedAudioProbe *self = data;
  GstBuffer *buffer;
  guint64 begin, end;

  if (info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM)
    return probe_handle_event (self, info);
  if (self->rate == 0)
    return GST_PAD_PROBE_OK;
  buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  begin = gst_util_uint64_scale (self->n_frames, GST_SECOND, self->rate);
  self->n_frames += gst_buffer_get_size (buffer) / self->frame_size;
  end = gst_util_uint64_scale (self->n_frames, GST_SECOND, self->rate);
  __atomic_store_n (&self->duration, end, __ATOMIC_RELAXED);
  if (!self->restamps) {
    probe_handle_timed_buffer (self, buffer, end - begin);
    return GST_PAD_PROBE_OK;
  }
  probe_note_arrival (self, end);
  buffer = probe_restamp_buffer (self, buffer, begin, end);
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  if (self->tap != NULL)
    habla_audio_tap_push_decoded (self->tap, buffer, &self->info, begin);
  return GST_PAD_PROBE_OK;
}

HablaDecodedAudioProbe *
habla_decoded_audio_probe_new (GstPad *pad, gboolean restamps, HablaAudioTap *tap)
{
  HablaDecodedAudioProbe *self = g_atomic_rc_box_new0 (HablaDecodedAudioProbe);

  g_mutex_init (&self->lock);
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  self->restamps = restamps;
  self->tap = tap != NULL ? g_object_ref (tap) : NULL;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      probe_on_data, g_atomic_rc_box_acquire (self),
      (GDestroyNotify) habla_decoded_audio_probe_unref);
  return self;
}

static void
probe_clear (HablaDecodedAudioProbe *self)
{
  g_clear_pointer (&self->tap, g_object_unref);
  g_mutex_clear (&self->lock);
}

void
habla_decoded_audio_probe_unref (HablaDecodedAudioProbe *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) probe_clear);
}

guint64
habla_decoded_audio_probe_get_duration (HablaDecodedAudioProbe *self)
{
  return __atomic_load_n (&self->duration, __ATOMIC_RELAXED);
}

gint64
habla_decoded_audio_probe_find_time (HablaDecodedAudioProbe *self, GstClockTime end)
{
  gint64 arrival = 0;
  guint64 first;

  g_mutex_lock (&self->lock);
  first = self->n_notes > N_NOTES ? self->n_notes - N_NOTES : 0;
  for (guint64 i = self->n_notes; i > first; i--) {
    const Note *note = &self->notes[(i - 1) % N_NOTES];

    if (note->end < end)
      break;
    /* The oldest note of a full ring may be long after @end. */
    arrival = i - 1 > first || first == 0 ? note->arrival : 0;
  }
  g_mutex_unlock (&self->lock);
  return arrival;
}
