/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaPipelineStats:
 * @audio_received: pushed audio, in bytes as received
 * @audio_lost: part of @audio_received that was dropped because the input queue was full
 * @audio_waiting: part of @audio_received that the pipeline has not read yet
 * @recognised: audio that the transcriber has processed, in nanoseconds
 * @lag: audio that is decoded but not recognised, in nanoseconds
 * @delay: how long the oldest of this audio has waited, in nanoseconds, at most @lag: a chunk of a
 *   second that has just arrived is no delay. Of a burst that is longer than chunks are, the excess
 *   counts at once
 * @queue: number of utterances and audio buffers in all queues of the pipeline
 * @queue_peak: the highest @queue of all samples
 * @in_flight: translations that were requested and not answered
 * @utterances: final utterances in the source language
 * @translations: final utterances in all other languages
 * @untranslated: part of @translations that passed untranslated because the engine failed
 * @engine_restarts: how often translators have restarted their engines
 * @speech_time: duration of all speech, in nanoseconds
 * @overload: level of overload, from 0 to %HABLA_OVERLOAD_LEVELS; see #HablaOverload
 *
 * While the pipeline runs, the levels are sampled twice a second.
 */
typedef struct {
  guint64 audio_received;
  guint64 audio_lost;
  guint64 audio_waiting;
  guint64 recognised;
  guint64 lag;
  guint64 delay;
  guint queue;
  guint queue_peak;
  guint in_flight;
  guint64 utterances;
  guint64 translations;
  guint64 untranslated;
  guint64 engine_restarts;
  guint64 speech_time;
  guint overload;
} HablaPipelineStats;

G_END_DECLS
