/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <monitoring/metrics.h>

G_BEGIN_DECLS

/**
 * HablaProcessSample:
 * @resident_memory: memory in RAM, in bytes; the kernel's count may lag by a few pages a thread
 * @heap: memory allocated with malloc(), in bytes
 * @open_descriptors: number of open file descriptors
 * @threads: number of threads, including that of a #HablaProcessSampler
 * @children: number of child processes, including those that were not reaped; -1 if the kernel
 *   lacks CONFIG_PROC_CHILDREN
 * @cpu_time: CPU time of all threads, in nanoseconds
 * @start_time: start of the process, in seconds since 1970-01-01 UTC
 *
 * The resources of this process.
 */
typedef struct {
  guint64 resident_memory;
  guint64 heap;
  guint open_descriptors;
  guint threads;
  int children;
  guint64 cpu_time;
  double start_time;
} HablaProcessSample;

/**
 * habla_process_sample:
 * @sample: (out caller-allocates): the current values; 0 for those that /proc does not have
 *
 * Reads some files of /proc, and one more for each thread and descriptor. See
 * #HablaProcessSampler for the costs.
 */
void habla_process_sample (HablaProcessSample *sample);

/**
 * HablaProcessSampler:
 *
 * A thread that takes a sample of this process each second, and a collector that shows the last
 * sample as gauges named `habla_process_...`, so that an exposition does not read files.
 *
 * A sample takes about 0.05 ms, plus 12 µs for each thread and 0.4 µs for each descriptor: less
 * than 0.1 % of a core with 50 threads and 200 descriptors. Measuring the heap locks each arena of
 * malloc() for 0.04 µs for each free block: 1 ms with 25,000 of them.
 */
typedef struct _HablaProcessSampler HablaProcessSampler;

/**
 * habla_process_sampler_new:
 * @metrics: gets the families; must outlive the sampler
 *
 * Returns: (transfer full): a sampler that has taken its first sample
 */
HablaProcessSampler *habla_process_sampler_new (HablaMetrics *metrics);

/**
 * habla_process_sampler_free:
 * @self: (transfer full): a sampler
 *
 * The families keep their last values.
 */
void habla_process_sampler_free (HablaProcessSampler *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaProcessSampler, habla_process_sampler_free)

/**
 * habla_process_sampler_get:
 * @self: a sampler
 * @sample: (out caller-allocates): the last sample, about a second old at most
 *
 * From any thread.
 */
void habla_process_sampler_get (HablaProcessSampler *self, HablaProcessSample *sample);

G_END_DECLS
