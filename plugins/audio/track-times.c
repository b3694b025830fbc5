/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "track-times.h"

#include <gst/audio/audio.h>

void
habla_track_times_extend (HablaTrackTimes *self, GstEvent *segment_event, GstPadProbeInfo *info)
{
  GstClockTime time = GST_CLOCK_TIME_NONE;
  GstClockTime duration = 0;
  const GstSegment *segment;
  guint64 stream_time;

  if ((GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER) != 0) {
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

    time = GST_BUFFER_DTS_OR_PTS (buffer);
    duration = GST_BUFFER_DURATION (buffer);
  } else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_GAP) {
    gst_event_parse_gap (GST_PAD_PROBE_INFO_EVENT (info), &time, &duration);
  }
  gst_event_parse_segment (segment_event, &segment);
  if (!GST_CLOCK_TIME_IS_VALID (time) || segment->format != GST_FORMAT_TIME)
    return;
  if (GST_CLOCK_TIME_IS_VALID (duration))
    time += duration;
  /* The segment may end within the buffer. */
  stream_time = gst_segment_to_stream_time (segment, GST_FORMAT_TIME,
      GST_CLOCK_TIME_IS_VALID (segment->stop) ? MIN (time, segment->stop) : time);
  if (stream_time != GST_CLOCK_TIME_NONE)
    self->end = MAX (self->end, stream_time);
}

void
habla_track_times_set_caps (HablaTrackTimes *self, GstCaps *caps)
{
  GstAudioInfo info;

  self->byte_rate = gst_audio_info_from_caps (&info, caps) ? (guint64) info.rate * info.bpf : 0;
}

GstClockTime
habla_track_times_place (HablaTrackTimes *self, GstEvent *segment_event, GstBuffer *buffer)
{
  const HablaTrackTimes before = *self;
  GstClockTime duration, time;
  const GstSegment *segment;

  gst_event_parse_segment (segment_event, &segment);
  if (self->byte_rate == 0 || !GST_BUFFER_PTS_IS_VALID (buffer) ||
      segment->format != GST_FORMAT_TIME)
    return GST_CLOCK_TIME_NONE;
  duration = gst_util_uint64_scale (gst_buffer_get_size (buffer), GST_SECOND, self->byte_rate);
  time = gst_segment_to_running_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  if (!GST_CLOCK_TIME_IS_VALID (time))
    return GST_CLOCK_TIME_NONE;
  self->begin = time;
  self->length = duration;
  self->next = time + duration;
  /* Times may be rounded. */
  if (!GST_CLOCK_TIME_IS_VALID (before.begin) || time >= before.begin + before.length / 2)
    return GST_CLOCK_TIME_NONE;
  self->next = before.next + duration;
  return gst_segment_position_from_running_time (segment, GST_FORMAT_TIME, before.next);
}

void
habla_track_times_count (HablaTrackTimes *self, GstEvent *segment_event, GstBuffer *buffer)
{
  const GstSegment *segment;
  GstClockTime duration, time;

  if (self->byte_rate == 0)
    return;
  duration = gst_util_uint64_scale (gst_buffer_get_size (buffer), GST_SECOND, self->byte_rate);
  self->heard += duration;
  /* Some demuxers give no times. */
  self->end = MAX (self->end, self->heard);
  gst_event_parse_segment (segment_event, &segment);
  if (!GST_BUFFER_PTS_IS_VALID (buffer) || segment->format != GST_FORMAT_TIME)
    return;
  time = gst_segment_to_running_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  if (!GST_CLOCK_TIME_IS_VALID (time))
    return;
  if (!GST_CLOCK_TIME_IS_VALID (self->first))
    self->first = time;
  self->last = MAX (self->last, time + duration);
}

GstClockTime
habla_track_times_get_missing (const HablaTrackTimes *self)
{
  if (!GST_CLOCK_TIME_IS_VALID (self->first) || self->last < self->first + self->heard)
    return 0;
  return self->last - self->first - self->heard;
}
