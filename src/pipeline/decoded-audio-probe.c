/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts decoded audio on its way to the transcriber, and gives pushed audio its times.
 *
 * The times of a recording that is pushed mean nothing here: they jump where a client
 * reconnected or audio was dropped, and begin anew with each container. What was heard is
 * one piece all the same, and a jump must neither cut a sentence nor make a pause of an hour.
 * So pushed audio is timed by counting its samples from 0, in one segment. Audio of the
 * daemon's own sources keeps its times: they are of the clock. */
#include "pipeline/decoded-audio-probe.h"

/* It is noted when audio came, so often in nanoseconds of audio, and so many times: more
 * than waits before a transcriber. */
#define NOTE_INTERVAL (50 * GST_MSECOND)
#define N_NOTES 1024

typedef struct {
  GstClockTime end; /* running time */
  gint64 came;      /* monotonic time, in microseconds */
} Note;

struct _HablaDecodedAudioProbe {
  /* The streaming thread's own. */
  gboolean counts_time;
  gboolean has_segment;
  GstSegment segment;
  GstAudioInfo info;
  guint64 rate;
  guint64 frame; /* bytes */
  guint64 n_frames;

  HablaAudioTap *tap; /* NULL = nothing is recorded; never changed */

  GMutex lock;
  Note notes[N_NOTES]; /* guarded by lock: a ring, in the order of time */
  guint64 n_notes;     /* guarded by lock: that there ever were */

  /* Atomic. */
  guint64 time;
};

static void
note_time (HablaDecodedAudioProbe *self, GstClockTime end)
{
  const Note *last = &self->notes[(self->n_notes + N_NOTES - 1) % N_NOTES];

  g_mutex_lock (&self->lock);
  if (self->n_notes == 0 || end >= last->end + NOTE_INTERVAL)
    self->notes[self->n_notes++ % N_NOTES] = (Note){ end, g_get_monotonic_time () };
  g_mutex_unlock (&self->lock);
}

static void
take_caps (HablaDecodedAudioProbe *self, GstEvent *event)
{
  GstAudioInfo info;
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  if (!gst_audio_info_from_caps (&info, caps))
    return;
  /* Counting goes on at the new rate from the time there is. */
  if (self->rate != 0)
    self->n_frames = gst_util_uint64_scale (self->n_frames, info.rate, self->rate);
  self->info = info;
  self->rate = info.rate;
  self->frame = info.bpf;
}

static GstPadProbeReturn
take_event (HablaDecodedAudioProbe *self, GstPadProbeInfo *info)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
    take_caps (self, event);
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT && !self->counts_time)
    gst_event_copy_segment (event, &self->segment);
  if (!self->counts_time)
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

/* Of audio that keeps its times. */
static void
note_own_time (HablaDecodedAudioProbe *self, GstBuffer *buffer, GstClockTime duration)
{
  GstClockTime end = GST_CLOCK_TIME_NONE;

  if (GST_BUFFER_PTS_IS_VALID (buffer) && self->segment.format == GST_FORMAT_TIME)
    end = gst_segment_to_running_time (
        &self->segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer) + duration);
  if (!GST_CLOCK_TIME_IS_VALID (end))
    return;
  note_time (self, end);
  if (self->tap != NULL)
    habla_audio_tap_push_decoded (
        self->tap, buffer, &self->info, end > duration ? end - duration : 0);
}

static GstPadProbeReturn
take_data (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  HablaDecodedAudioProbe *self = data;
  GstBuffer *buffer;
  guint64 begin, end;

  if (info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM)
    return take_event (self, info);
  if (self->rate == 0)
    return GST_PAD_PROBE_OK;
  buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  begin = gst_util_uint64_scale (self->n_frames, GST_SECOND, self->rate);
  self->n_frames += gst_buffer_get_size (buffer) / self->frame;
  end = gst_util_uint64_scale (self->n_frames, GST_SECOND, self->rate);
  __atomic_store_n (&self->time, end, __ATOMIC_RELAXED);
  if (!self->counts_time) {
    note_own_time (self, buffer, end - begin);
    return GST_PAD_PROBE_OK;
  }
  note_time (self, end);
  buffer = gst_buffer_make_writable (buffer);
  if (begin > 0)
    GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_DISCONT);
  GST_BUFFER_PTS (buffer) = begin;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (buffer) = end - begin;
  GST_BUFFER_OFFSET (buffer) = GST_BUFFER_OFFSET_NONE;
  GST_BUFFER_OFFSET_END (buffer) = GST_BUFFER_OFFSET_NONE;
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  if (self->tap != NULL)
    habla_audio_tap_push_decoded (self->tap, buffer, &self->info, begin);
  return GST_PAD_PROBE_OK;
}

/**
 * habla_decoded_audio_probe_new:
 * @pad: a sink pad that raw audio comes to, before any does
 * @counts_time: whether the audio is timed by its samples; otherwise it keeps its times
 * @tap: (nullable): gets all of it
 *
 * Returns: (transfer full): the count
 */
HablaDecodedAudioProbe *
habla_decoded_audio_probe_new (GstPad *pad, gboolean counts_time, HablaAudioTap *tap)
{
  HablaDecodedAudioProbe *self = g_atomic_rc_box_new0 (HablaDecodedAudioProbe);

  g_mutex_init (&self->lock);
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  self->counts_time = counts_time;
  self->tap = tap != NULL ? g_object_ref (tap) : NULL;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      take_data, g_atomic_rc_box_acquire (self), (GDestroyNotify) habla_decoded_audio_probe_unref);
  return self;
}

static void
heard_audio_clear (HablaDecodedAudioProbe *self)
{
  g_clear_pointer (&self->tap, g_object_unref);
  g_mutex_clear (&self->lock);
}

void
habla_decoded_audio_probe_unref (HablaDecodedAudioProbe *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) heard_audio_clear);
}

/* Returns: how much audio has come, in nanoseconds */
guint64
habla_decoded_audio_probe_get_time (HablaDecodedAudioProbe *self)
{
  return __atomic_load_n (&self->time, __ATOMIC_RELAXED);
}

/**
 * habla_decoded_audio_probe_find:
 * @end: a running time
 *
 * Returns: when the audio up to @end had come, in monotonic time; 0 if that is not known: it
 *   has not come, or a minute ago or more
 */
gint64
habla_decoded_audio_probe_find (HablaDecodedAudioProbe *self, GstClockTime end)
{
  gint64 came = 0;
  guint64 first;

  g_mutex_lock (&self->lock);
  first = self->n_notes > N_NOTES ? self->n_notes - N_NOTES : 0;
  for (guint64 i = self->n_notes; i > first; i--) {
    const Note *note = &self->notes[(i - 1) % N_NOTES];

    if (note->end < end)
      break;
    came = i - 1 > first || first == 0 ? note->came : 0;
  }
  g_mutex_unlock (&self->lock);
  return came;
}
