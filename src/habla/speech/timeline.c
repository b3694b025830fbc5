/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/speech/timeline.h"

#include "habla/utterance.h"

GstClockTime
habla_timeline_to_time (guint64 samples)
{
  return gst_util_uint64_scale (samples, GST_SECOND, HABLA_TIMELINE_RATE);
}

guint64
habla_timeline_to_samples (GstClockTime time)
{
  return gst_util_uint64_scale (time, HABLA_TIMELINE_RATE, GST_SECOND);
}

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

GPtrArray *
habla_timeline_time_words (const HablaTimeline *self, GPtrArray *words)
{
  GPtrArray *timed;

  if (words == NULL || words->len == 0)
    return NULL;
  timed = g_ptr_array_new_full (words->len, (GDestroyNotify) habla_word_free);
  for (guint i = 0; i < words->len; i++) {
    const HablaWord *word = words->pdata[i];

    g_ptr_array_add (
        timed, habla_word_new (word->text, habla_timeline_get_running_time (self, word->begin),
                   habla_timeline_get_running_time (self, word->end)));
  }
  return timed;
}

GstClockTimeDiff
habla_timeline_get_error (const HablaTimeline *self, guint64 sample, GstClockTime position)
{
  return GST_CLOCK_DIFF (habla_timeline_get_position (self, sample), position);
}
