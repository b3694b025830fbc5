/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaTrackTimes:
 * @end: end of the longest track, in nanoseconds of stream time
 * @first: running time of the first samples, in nanoseconds; %GST_CLOCK_TIME_NONE = none yet
 * @last: running time of the end of the last samples, in nanoseconds
 * @heard: duration of the samples, in nanoseconds
 * @begin: running time of the samples before, as the recording has it, in nanoseconds;
 *   %GST_CLOCK_TIME_NONE = none yet
 * @length: duration of these samples, in nanoseconds
 * @next: running time of the end of the samples before, as they are heard, in nanoseconds
 * @byte_rate: bytes of the samples in a second; 0 = unknown
 *
 * How long the tracks of a recording are, and the one that is heard.
 */
typedef struct {
  GstClockTime end;
  GstClockTime first;
  GstClockTime last;
  GstClockTime heard;
  GstClockTime begin;
  GstClockTime length;
  GstClockTime next;
  guint64 byte_rate;
} HablaTrackTimes;

#define HABLA_TRACK_TIMES_INIT \
  { \
    .first = GST_CLOCK_TIME_NONE, .begin = GST_CLOCK_TIME_NONE \
  }

/**
 * habla_track_times_extend:
 * @self: times
 * @segment: the segment event of a pad
 * @info: a buffer or event of the pad
 *
 * Extends the end to that of a buffer or GAP event of any track.
 */
void habla_track_times_extend (HablaTrackTimes *self, GstEvent *segment, GstPadProbeInfo *info);

/**
 * habla_track_times_set_caps:
 * @self: times
 * @caps: caps of the chosen track
 *
 * Sets the format of the samples that follow.
 */
void habla_track_times_set_caps (HablaTrackTimes *self, GstCaps *caps);

/**
 * habla_track_times_place:
 * @self: times
 * @segment: the segment event of the pad
 * @buffer: samples of the chosen track, before they are counted
 *
 * Damaged recordings have samples whose time is that of the samples before, or earlier. They follow
 * these.
 *
 * Returns: the position in the segment of such samples; %GST_CLOCK_TIME_NONE = theirs is right
 */
GstClockTime habla_track_times_place (HablaTrackTimes *self, GstEvent *segment, GstBuffer *buffer);

/**
 * habla_track_times_count:
 * @self: times
 * @segment: the segment event of the pad
 * @buffer: samples of the chosen track
 *
 * Adds @buffer to what is heard.
 */
void habla_track_times_count (HablaTrackTimes *self, GstEvent *segment, GstBuffer *buffer);

/**
 * habla_track_times_get_missing:
 * @self: times
 *
 * Returns: the gaps between the first and the last samples, in nanoseconds
 */
GstClockTime habla_track_times_get_missing (const HablaTrackTimes *self);

G_END_DECLS
