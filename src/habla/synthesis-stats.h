/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <habla/circuit-breaker.h>
#include <habla/histogram.h>
#include <habla/speech-scheduler.h>

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
} HablaSynthesisStats;

void habla_synthesis_stats_init (HablaSynthesisStats *self);
void habla_synthesis_stats_clear (HablaSynthesisStats *self);
void habla_synthesis_stats_reset (HablaSynthesisStats *self);

void habla_synthesis_stats_pass (HablaSynthesisStats *self);
gboolean habla_synthesis_stats_allow (HablaSynthesisStats *self, GstClockTime lag);
void habla_synthesis_stats_begin (HablaSynthesisStats *self);
void habla_synthesis_stats_succeed (HablaSynthesisStats *self, const HablaSpeech *speech);
void habla_synthesis_stats_cancel (HablaSynthesisStats *self);
void habla_synthesis_stats_fail (HablaSynthesisStats *self, GError **error);

GstStructure *habla_synthesis_stats_to_structure (HablaSynthesisStats *self, guint n_waiting);

G_END_DECLS
