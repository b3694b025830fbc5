/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaSpeechSettings:
 * @overlap: whether speech may begin before the previous one has ended
 * @clip: whether to cut speech at the end of its slot
 * @compress: whether to speak faster while speech lags
 * @max_speed: maximum speed while @compress, relative to normal speed
 * @max_lag: lag from which speech has @max_speed, in nanoseconds
 * @lateness: delay of speech after its text, in nanoseconds
 */
typedef struct {
  gboolean overlap;
  gboolean clip;
  gboolean compress;
  double max_speed;
  GstClockTime max_lag;
  GstClockTime lateness;
} HablaSpeechSettings;

/**
 * HablaSpeech:
 * @begin: running time of the first sample, in nanoseconds
 * @origin: position of @begin in the outgoing segment
 * @lag: time from the end of the slot to @begin, in nanoseconds; 0 if it begins earlier
 * @speed: relative to normal speed
 * @rate: samples a second
 * @n_samples: number of samples that were pushed
 * @max_samples: number of samples before the cut; %G_MAXUINT64 = no cut
 * @clipped: whether speech was cut
 * @flow: flow return of downstream
 *
 * Speech of one utterance.
 */
typedef struct {
  GstClockTime begin;
  GstClockTime origin;
  GstClockTime lag;
  double speed;
  guint rate;
  guint64 n_samples;
  guint64 max_samples;
  gboolean clipped;
  GstFlowReturn flow;
} HablaSpeech;

/**
 * HablaSpeechScheduler:
 * @pad: (unowned): the source pad
 * @template: its template
 * @rate: samples of speech a second
 * @input: the incoming segment
 * @segment: the outgoing segment
 * @is_running: whether @segment was pushed
 * @caps_sent: whether caps were pushed
 * @discont: whether the next buffer is a discontinuity
 * @pushed: running time up to which audio or gaps were pushed, in nanoseconds
 * @speech: speech of the utterance planned last
 *
 * Decides when and how fast utterances are spoken, and pushes their samples to the source
 * pad. A plain value for one thread at a time.
 */
typedef struct {
  GstPad *pad;
  GstStaticPadTemplate *template;
  guint rate;
  GstSegment input;
  GstSegment segment;
  gboolean is_running;
  gboolean caps_sent;
  gboolean discont;
  GstClockTime pushed;
  HablaSpeech speech;
} HablaSpeechScheduler;

/**
 * habla_speech_scheduler_init:
 * @self: an uninitialised scheduler
 * @pad: (transfer none): the source pad; must outlive @self
 * @template: its template, with caps that are fixed but for the rate; must outlive @self
 * @rate: samples of speech a second
 */
void habla_speech_scheduler_init (
    HablaSpeechScheduler *self, GstPad *pad, GstStaticPadTemplate *template, guint rate);

/**
 * habla_speech_scheduler_reset:
 * @self: a scheduler
 *
 * Starts again at running time 0, as after a flush.
 */
void habla_speech_scheduler_reset (HablaSpeechScheduler *self);

/**
 * habla_speech_scheduler_send_caps:
 * @self: a scheduler
 *
 * Pushes the caps unless they were pushed.
 */
void habla_speech_scheduler_send_caps (HablaSpeechScheduler *self);

/**
 * habla_speech_scheduler_set_segment:
 * @self: a scheduler
 * @event: (transfer full): a SEGMENT event of the sink pad
 *
 * Pushes an open segment, since speech may last past the end of the incoming one. It
 * continues while running time advances at the same rate, as through one recording after
 * the other. Text straight from a file or pipe has a segment in bytes and no times; it is
 * spoken in an open TIME segment.
 */
void habla_speech_scheduler_set_segment (HablaSpeechScheduler *self, GstEvent *event);

/**
 * habla_speech_scheduler_advance:
 * @self: a scheduler
 * @time: running time before which no further speech begins, in nanoseconds, or
 *   %GST_CLOCK_TIME_NONE
 *
 * Pushes a GAP event up to @time if there was no speech.
 */
void habla_speech_scheduler_advance (HablaSpeechScheduler *self, GstClockTime time);

/**
 * habla_speech_scheduler_get_slot:
 * @self: a scheduler
 * @buffer: a buffer of text
 * @lateness: delay of its slot, in nanoseconds
 * @begin: (out): running time of the begin of the slot, in nanoseconds, or
 *   %GST_CLOCK_TIME_NONE if @buffer has no timestamp
 * @end: (out): that of its end
 *
 * Returns: %FALSE if @buffer is outside of the segment
 */
gboolean habla_speech_scheduler_get_slot (HablaSpeechScheduler *self, GstBuffer *buffer,
    GstClockTime lateness, GstClockTime *begin, GstClockTime *end);

/**
 * habla_speech_scheduler_plan:
 * @self: a scheduler
 * @begin: begin of the slot, or %GST_CLOCK_TIME_NONE
 * @end: end of the slot, or %GST_CLOCK_TIME_NONE
 * @earliest: running time before which speech is too late to be rendered, in nanoseconds
 * @settings: settings
 *
 * Sets @speech for the next utterance.
 */
void habla_speech_scheduler_plan (HablaSpeechScheduler *self, GstClockTime begin, GstClockTime end,
    GstClockTime earliest, const HablaSpeechSettings *settings);

/**
 * habla_speech_scheduler_begin:
 * @self: a scheduler
 * @earliest: as in habla_speech_scheduler_plan(), now that the engine has its first sample
 *
 * Begins the planned speech.
 */
void habla_speech_scheduler_begin (HablaSpeechScheduler *self, GstClockTime earliest);

/**
 * habla_speech_scheduler_push:
 * @self: a scheduler whose speech has begun
 * @samples: samples of speech
 * @n_samples: their number
 *
 * Blocks while downstream does.
 *
 * Returns: %FALSE if no more samples are needed
 */
gboolean habla_speech_scheduler_push (
    HablaSpeechScheduler *self, const gint16 *samples, gsize n_samples);

/**
 * habla_speech_get_duration:
 * @self: speech
 * @n_samples: number of samples
 *
 * Returns: their duration, in nanoseconds
 */
GstClockTime habla_speech_get_duration (const HablaSpeech *self, guint64 n_samples);

G_END_DECLS
