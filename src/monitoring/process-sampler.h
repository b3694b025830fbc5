/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <monitoring/metrics.h>

G_BEGIN_DECLS

/**
 * HablaProcessSample:
 * @resident_memory: in bytes, as the kernel counts it (it may be late by some pages a thread)
 * @heap: memory that malloc() has given out, in bytes
 * @open_descriptors: files, sockets, pipes
 * @threads: with that of a #HablaProcessSampler
 * @children: processes that it started and that are not waited for yet; -1 if the kernel does
 *   not tell (without CONFIG_PROC_CHILDREN)
 * @cpu_time: that all its threads used, in nanoseconds
 * @start_time: in seconds since 1970, UTC
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

/* What this process uses now. Reads /proc: a few files, and one more for each descriptor
 * and thread; see HablaProcessSampler for what that costs. */
void habla_process_sample (HablaProcessSample *sample);

/**
 * HablaProcessSampler:
 *
 * A thread that samples this process each second, and a collector that shows the last
 * sample as gauges named `habla_process_...`: who reads metrics waits for no file.
 *
 * A sample takes about 0.05 ms, 12 µs more a thread, 0.4 µs more a descriptor: with 50
 * threads and 200 descriptors less than 0.1 % of a core. Counting the heap takes 0.04 µs a
 * free block, during which an arena of malloc() is locked: 1 ms with 25,000 of them.
 */
typedef struct _HablaProcessSampler HablaProcessSampler;

/* @metrics: must outlive it */
HablaProcessSampler *habla_process_sampler_new (HablaMetrics *metrics);
void habla_process_sampler_free (HablaProcessSampler *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaProcessSampler, habla_process_sampler_free)

/* The last sample, at most about a second old. */
void habla_process_sampler_get (HablaProcessSampler *self, HablaProcessSample *sample);

G_END_DECLS
