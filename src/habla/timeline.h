/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaTimeline:
 *
 * Which sample of a stream of audio lies where in time. Samples are counted without end;
 * an anchor ties one of them to a position of the segment, and the others follow from it.
 * A plain value without a lock: its owner guards it.
 */
typedef struct {
  GstSegment segment;
  GstClockTime anchor;   /* a position of the segment, GST_CLOCK_TIME_NONE = not known yet */
  guint64 anchor_sample; /* the sample there */
} HablaTimeline;

void habla_timeline_reset (HablaTimeline *self, const GstSegment *segment);
void habla_timeline_anchor (HablaTimeline *self, guint64 sample, GstClockTime position);
gboolean habla_timeline_is_anchored (const HablaTimeline *self);

GstClockTime habla_timeline_get_position (const HablaTimeline *self, guint64 sample);
GstClockTime habla_timeline_get_running_time (const HablaTimeline *self, guint64 sample);
GstClockTimeDiff habla_timeline_get_error (
    const HablaTimeline *self, guint64 sample, GstClockTime position);

GstClockTime habla_timeline_to_time (guint64 samples);
guint64 habla_timeline_to_samples (GstClockTime time);

G_END_DECLS
