/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/timeline.h"

#include "habla/transcriber.h"

/**
 * habla_timeline_to_time:
 *
 * Returns: how long so many samples last, in nanoseconds
 */
GstClockTime
habla_timeline_to_time (guint64 samples)
{
  return gst_util_uint64_scale (samples, GST_SECOND, HABLA_TRANSCRIBER_RATE);
}

/**
 * habla_timeline_to_samples:
 * @time: in nanoseconds
 *
 * Returns: how many whole samples it lasts for
 */
guint64
habla_timeline_to_samples (GstClockTime time)
{
  return gst_util_uint64_scale (time, HABLA_TRANSCRIBER_RATE, GST_SECOND);
}

/**
 * habla_timeline_reset:
 * @segment: (nullable): of the samples to come; %NULL = there is none yet
 *
 * Where they lie is not known until one of them is anchored.
 */
void
habla_timeline_reset (HablaTimeline *self, const GstSegment *segment)
{
  if (segment != NULL)
    gst_segment_copy_into (segment, &self->segment);
  else
    gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
  self->anchor = GST_CLOCK_TIME_NONE;
  self->anchor_sample = 0;
}

/**
 * habla_timeline_anchor:
 * @position: of @sample, in the segment
 */
void
habla_timeline_anchor (HablaTimeline *self, guint64 sample, GstClockTime position)
{
  self->anchor = position;
  self->anchor_sample = sample;
}

gboolean
habla_timeline_is_anchored (const HablaTimeline *self)
{
  return GST_CLOCK_TIME_IS_VALID (self->anchor);
}

/**
 * habla_timeline_get_position:
 *
 * Returns: where @sample lies, within the bounds of the segment
 */
GstClockTime
habla_timeline_get_position (const HablaTimeline *self, guint64 sample)
{
  GstClockTime position;

  if (sample >= self->anchor_sample) {
    position = self->anchor + habla_timeline_to_time (sample - self->anchor_sample);
  } else {
    GstClockTime before = habla_timeline_to_time (self->anchor_sample - sample);

    position = self->anchor > before ? self->anchor - before : 0;
  }
  if (GST_CLOCK_TIME_IS_VALID (self->segment.stop))
    position = MIN (position, self->segment.stop);
  return MAX (position, self->segment.start);
}

GstClockTime
habla_timeline_get_running_time (const HablaTimeline *self, guint64 sample)
{
  return gst_segment_to_running_time (
      &self->segment, GST_FORMAT_TIME, habla_timeline_get_position (self, sample));
}

/**
 * habla_timeline_get_error:
 * @position: that @sample is said to have
 *
 * Returns: by how much that is later than it should be, in nanoseconds
 */
GstClockTimeDiff
habla_timeline_get_error (const HablaTimeline *self, guint64 sample, GstClockTime position)
{
  return GST_CLOCK_DIFF (habla_timeline_get_position (self, sample), position);
}
