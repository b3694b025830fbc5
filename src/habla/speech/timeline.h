/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Samples a second. */
#define HABLA_TIMELINE_RATE 16000

/**
 * HablaTimeline:
 * @segment: the segment of the samples
 * @anchor: a position in @segment, or %GST_CLOCK_TIME_NONE
 * @anchor_sample: number of the sample at @anchor
 *
 * Maps sample numbers to times. Samples are counted from 0 without end; the anchor maps one
 * of them to a position in the segment, and the others follow from it. A plain value
 * without a lock.
 */
typedef struct {
  GstSegment segment;
  GstClockTime anchor;
  guint64 anchor_sample;
} HablaTimeline;

/**
 * habla_timeline_reset:
 * @self: a timeline
 * @segment: (nullable): segment of the following samples, or %NULL if unknown
 *
 * Removes the anchor.
 */
void habla_timeline_reset (HablaTimeline *self, const GstSegment *segment);

/**
 * habla_timeline_anchor:
 * @self: a timeline
 * @sample: number of a sample
 * @position: its position in the segment, in nanoseconds
 */
void habla_timeline_anchor (HablaTimeline *self, guint64 sample, GstClockTime position);

/**
 * habla_timeline_is_anchored:
 * @self: a timeline
 *
 * Returns: whether there is an anchor, which the following functions need
 */
gboolean habla_timeline_is_anchored (const HablaTimeline *self);

/**
 * habla_timeline_get_position:
 * @self: an anchored timeline
 * @sample: number of a sample
 *
 * Returns: its position in the segment, in nanoseconds, clamped to the segment
 */
GstClockTime habla_timeline_get_position (const HablaTimeline *self, guint64 sample);

/**
 * habla_timeline_get_running_time:
 * @self: an anchored timeline
 * @sample: number of a sample
 *
 * Returns: its running time, in nanoseconds
 */
GstClockTime habla_timeline_get_running_time (const HablaTimeline *self, guint64 sample);

/**
 * habla_timeline_time_words:
 * @self: an anchored timeline
 * @words: (nullable) (element-type HablaWord): words with times in samples
 *
 * Returns: (transfer full) (nullable) (element-type HablaWord): @words with running times; %NULL if
 *   there are none
 */
GPtrArray *habla_timeline_time_words (const HablaTimeline *self, GPtrArray *words);

/**
 * habla_timeline_get_error:
 * @self: an anchored timeline
 * @sample: number of a sample
 * @position: position according to its buffer, in nanoseconds
 *
 * Returns: @position minus the expected position, in nanoseconds
 */
GstClockTimeDiff habla_timeline_get_error (
    const HablaTimeline *self, guint64 sample, GstClockTime position);

/**
 * habla_timeline_to_time:
 * @samples: number of samples
 *
 * Returns: their duration, in nanoseconds
 */
GstClockTime habla_timeline_to_time (guint64 samples);

/**
 * habla_timeline_to_samples:
 * @time: a duration, in nanoseconds
 *
 * Returns: the number of whole samples in @time
 */
guint64 habla_timeline_to_samples (GstClockTime time);

G_END_DECLS
