/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <habla/synthesizer.h>

G_BEGIN_DECLS

/* Times are running times, unless they are called positions. */

typedef struct {
  HablaSynthesizerOverflow overflow;
  GstClockTime max_lag;
  GstClockTime lateness;
} HablaSpeechSettings;

/* What becomes of the utterance that is being spoken. */
typedef struct {
  GstClockTime begin;  /* of its first sample, */
  GstClockTime origin; /* and the position of that */
  GstClockTime lag;    /* from the end of its slot to @begin; 0 if it begins before */
  double speed;        /* times as fast as usual */
  guint64 n_samples;   /* pushed */
  guint64 max_samples; /* before it is cut; G_MAXUINT64 = none */
  gboolean clipped;
  GstFlowReturn flow;
} HablaSpeech;

/* Where speech goes in time, and what leaves the src pad. Of one thread at a time. */
typedef struct {
  GstPad *pad; /* not owned */
  GstCaps *caps;
  GstSegment input;    /* the segment that came in, */
  GstSegment segment;  /* and the one that went out */
  gboolean is_running; /* one went out */
  gboolean caps_sent;
  gboolean discont;
  GstClockTime pushed; /* up to which audio or gaps have gone out */
  HablaSpeech speech;
} HablaSpeechScheduler;

void habla_speech_scheduler_init (
    HablaSpeechScheduler *self, GstPad *pad, GstStaticPadTemplate *caps);
void habla_speech_scheduler_clear (HablaSpeechScheduler *self);

void habla_speech_scheduler_reset (HablaSpeechScheduler *self);
void habla_speech_scheduler_send_caps (HablaSpeechScheduler *self);
void habla_speech_scheduler_set_segment (HablaSpeechScheduler *self, GstEvent *event);
void habla_speech_scheduler_advance (HablaSpeechScheduler *self, GstClockTime time);

gboolean habla_speech_scheduler_get_slot (HablaSpeechScheduler *self, GstBuffer *buffer,
    GstClockTime lateness, GstClockTime *begin, GstClockTime *end);
void habla_speech_scheduler_plan (HablaSpeechScheduler *self, GstClockTime begin, GstClockTime end,
    GstClockTime earliest, const HablaSpeechSettings *settings);
void habla_speech_scheduler_begin (HablaSpeechScheduler *self, GstClockTime earliest);
gboolean habla_speech_scheduler_push (
    HablaSpeechScheduler *self, const gint16 *samples, gsize n_samples);

GstClockTime habla_speech_scheduler_get_duration (guint64 n_samples);

G_END_DECLS
