/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <habla/circuit-breaker.h>
#include <habla/histogram.h>
#include <habla/speech-output.h>

G_BEGIN_DECLS

/* What became of utterances, and whether the engine may be asked. The element's own thread
 * records; any thread reads. */
typedef struct {
  GMutex lock;

  /* With the lock. */
  guint64 spoken;
  guint64 failed;
  guint64 passed;
  guint64 clipped;
  guint64 compressed;
  GstClockTime speech_time;
  GstClockTime lag;
  GstClockTime lag_max;
  HablaCircuitBreaker breaker;

  HablaHistogram latencies; /* from when the engine is asked to its first sample */
  guint64 asked;            /* monotonic time, ns; the element's own thread's */
} HablaSpeechStats;

void habla_speech_stats_init (HablaSpeechStats *self);
void habla_speech_stats_clear (HablaSpeechStats *self);
void habla_speech_stats_reset (HablaSpeechStats *self);

void habla_speech_stats_pass (HablaSpeechStats *self);
gboolean habla_speech_stats_ask (HablaSpeechStats *self, GstClockTime lag);
void habla_speech_stats_begin (HablaSpeechStats *self);
void habla_speech_stats_succeed (HablaSpeechStats *self, const HablaSpeech *speech);
void habla_speech_stats_cancel (HablaSpeechStats *self);
void habla_speech_stats_fail (HablaSpeechStats *self, GError **error);

GstStructure *habla_speech_stats_to_structure (HablaSpeechStats *self, guint n_waiting);

G_END_DECLS
