/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <habla/circuit-breaker.h>
#include <habla/histogram.h>
#include <habla/speech/speech-scheduler.h>

G_BEGIN_DECLS

/**
 * HablaSynthesisStats:
 *
 * Statistics of a synthesizer, and its circuit breaker. The source pad's task records; any
 * thread reads.
 */
typedef struct {
  GMutex lock;

  guint64 spoken;              /* protected by lock */
  guint64 failed;              /* protected by lock */
  guint64 passed;              /* protected by lock */
  guint64 clipped;             /* protected by lock */
  guint64 compressed;          /* protected by lock */
  GstClockTime speech_time;    /* protected by lock */
  GstClockTime lag;            /* protected by lock */
  GstClockTime lag_max;        /* protected by lock */
  HablaCircuitBreaker breaker; /* protected by lock */

  HablaHistogram latencies; /* has its own synchronisation; from request to first sample */
  guint64 requested;        /* monotonic time of the request, ns; used by the task only */
} HablaSynthesisStats;

/**
 * habla_synthesis_stats_init:
 * @self: zero-initialised statistics
 */
void habla_synthesis_stats_init (HablaSynthesisStats *self);

/**
 * habla_synthesis_stats_clear:
 * @self: statistics
 *
 * Frees the members of @self.
 */
void habla_synthesis_stats_clear (HablaSynthesisStats *self);

/**
 * habla_synthesis_stats_reset:
 * @self: statistics
 *
 * Sets everything to 0, and closes the circuit breaker. No request runs.
 */
void habla_synthesis_stats_reset (HablaSynthesisStats *self);

/**
 * habla_synthesis_stats_pass:
 * @self: statistics
 *
 * Counts an utterance that needs no speech.
 */
void habla_synthesis_stats_pass (HablaSynthesisStats *self);

/**
 * habla_synthesis_stats_allow:
 * @self: statistics
 * @lag: lag of the utterance, in nanoseconds
 *
 * The caller must report the result of each allowed request with one of
 * habla_synthesis_stats_succeed(), habla_synthesis_stats_cancel() and
 * habla_synthesis_stats_fail().
 *
 * Returns: whether to send a request to the engine
 */
gboolean habla_synthesis_stats_allow (HablaSynthesisStats *self, GstClockTime lag);

/**
 * habla_synthesis_stats_begin:
 * @self: statistics
 *
 * Reports the first sample of a request.
 */
void habla_synthesis_stats_begin (HablaSynthesisStats *self);

/**
 * habla_synthesis_stats_succeed:
 * @self: statistics
 * @speech: the speech
 *
 * Reports a request that was spoken.
 */
void habla_synthesis_stats_succeed (HablaSynthesisStats *self, const HablaSpeech *speech);

/**
 * habla_synthesis_stats_cancel:
 * @self: statistics
 *
 * Reports a request that was cancelled, or whose speech downstream refused.
 */
void habla_synthesis_stats_cancel (HablaSynthesisStats *self);

/**
 * habla_synthesis_stats_fail:
 * @self: statistics
 * @error: (inout): why; cleared if it was reported before
 *
 * Reports a request that failed.
 */
void habla_synthesis_stats_fail (HablaSynthesisStats *self, GError **error);

/**
 * habla_synthesis_stats_to_structure:
 * @self: statistics
 * @n_waiting: number of utterances in the queue
 *
 * Any thread.
 *
 * Returns: (transfer full): value of HablaSynthesizer:stats
 */
GstStructure *habla_synthesis_stats_to_structure (HablaSynthesisStats *self, guint n_waiting);

G_END_DECLS
