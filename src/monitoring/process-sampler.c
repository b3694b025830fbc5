/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "monitoring/process-sampler.h"

#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define INTERVAL G_TIME_SPAN_SECOND

enum {
  RESIDENT_MEMORY,
  HEAP,
  OPEN_DESCRIPTORS,
  THREADS,
  CHILDREN,
  CPU_TIME,
  START_TIME,
  N_FAMILIES,
};

struct _HablaProcessSampler {
  HablaMetrics *metrics;
  HablaMetric *families[N_FAMILIES]; /* of the main thread */
  GThread *thread;

  GMutex lock;
  GCond stop;
  gboolean stopped;          /* protected by lock */
  HablaProcessSample sample; /* protected by lock */
};

static guint64
process_sampler_read_clock (clockid_t clock)
{
  struct timespec time = { 0 };

  clock_gettime (clock, &time);
  return (guint64) time.tv_sec * G_GUINT64_CONSTANT (1000000000) + time.tv_nsec;
}

/* @ticks: start of the process since boot, in clock ticks. Returns: seconds since 1970 */
static double
process_sampler_start_time_of (guint64 ticks)
{
  double age =
      process_sampler_read_clock (CLOCK_BOOTTIME) / 1e9 - (double) ticks / sysconf (_SC_CLK_TCK);

  return process_sampler_read_clock (CLOCK_REALTIME) / 1e9 - age;
}

/* See proc_pid_stat(5). The name, in parentheses, may contain parentheses itself. */
static void
process_sampler_read_stat (HablaProcessSample *sample)
{
  g_autofree char *stat = NULL;
  const char *fields;
  guint64 ticks, resident;
  guint threads;

  if (!g_file_get_contents ("/proc/self/stat", &stat, NULL, NULL))
    return;
  fields = strrchr (stat, ')');
  /* 3 to 19; 20 threads; 21; 22 start; 23; 24 resident pages */
  if (fields == NULL ||
      sscanf (fields,
          ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %u %*d "
          "%" G_GUINT64_FORMAT " %*u %" G_GUINT64_FORMAT,
          &threads, &ticks, &resident) != 3)
    return;
  sample->threads = threads;
  sample->start_time = process_sampler_start_time_of (ticks);
  sample->resident_memory = resident * sysconf (_SC_PAGESIZE);
}

static guint
process_sampler_count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint count = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    count++;
  return count > 0 ? count - 1 : 0; /* without the directory itself */
}

/* Each thread has a list of the child processes that it started. */
static int
process_sampler_count_children (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  const char *thread;
  int count = -1;

  while (dir != NULL && (thread = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename ("/proc/self/task", thread, "children", NULL);
    g_autofree char *children = NULL;

    if (!g_file_get_contents (path, &children, NULL, NULL))
      continue; /* the thread has ended */
    count = MAX (count, 0);
    for (const char *c = children; *c != '\0'; c++)
      count += *c == ' '; /* a space follows each number */
  }
  return count;
}

static guint64
process_sampler_count_heap (void)
{
  struct mallinfo2 heap = mallinfo2 ();

  return heap.uordblks + heap.hblkhd;
}

void
habla_process_sample (HablaProcessSample *sample)
{
  *sample = (HablaProcessSample){ 0 };
  process_sampler_read_stat (sample);
  sample->heap = process_sampler_count_heap ();
  sample->open_descriptors = process_sampler_count_descriptors ();
  sample->children = process_sampler_count_children ();
  sample->cpu_time = process_sampler_read_clock (CLOCK_PROCESS_CPUTIME_ID);
}

static gpointer
process_sampler_run (gpointer user_data)
{
  HablaProcessSampler *self = user_data;
  HablaProcessSample sample;
  gint64 next = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  while (!self->stopped) {
    next += INTERVAL;
    while (!self->stopped && g_cond_wait_until (&self->stop, &self->lock, next)) {
    }
    if (self->stopped)
      break;
    g_mutex_unlock (&self->lock);
    habla_process_sample (&sample);
    next = MAX (next, g_get_monotonic_time () - INTERVAL); /* only once after a suspend */
    g_mutex_lock (&self->lock);
    sample.start_time = self->sample.start_time; /* do not follow changes of the clock */
    self->sample = sample;
  }
  g_mutex_unlock (&self->lock);
  return NULL;
}

static void
process_sampler_collect (HablaMetrics *metrics, gpointer user_data)
{
  HablaProcessSampler *self = user_data;
  HablaProcessSample sample;

  habla_process_sampler_get (self, &sample);
  /* Measured now, which reads no file: comparing heaps needs current values. */
  sample.heap = process_sampler_count_heap ();
  habla_metric_set (self->families[RESIDENT_MEMORY], 0, sample.resident_memory);
  habla_metric_set (self->families[HEAP], 0, sample.heap);
  habla_metric_set (self->families[OPEN_DESCRIPTORS], 0, sample.open_descriptors);
  habla_metric_set (self->families[THREADS], 0, sample.threads);
  habla_metric_set (self->families[CHILDREN], 0, sample.children < 0 ? NAN : sample.children);
  habla_metric_set (self->families[CPU_TIME], 0, sample.cpu_time / 1e9);
  habla_metric_set (self->families[START_TIME], 0, sample.start_time);
}

HablaProcessSampler *
habla_process_sampler_new (HablaMetrics *metrics)
{
  static const struct {
    HablaMetricKind kind;
    const char *name, *help;
  } families[N_FAMILIES] = {
    [RESIDENT_MEMORY] = { HABLA_METRIC_GAUGE, "habla_process_resident_memory_bytes",
        "Resident memory of the process, in bytes." },
    [HEAP] = { HABLA_METRIC_GAUGE, "habla_process_heap_bytes",
        "Memory allocated with malloc, in bytes." },
    [OPEN_DESCRIPTORS] = { HABLA_METRIC_GAUGE, "habla_process_open_fds", "Open file descriptors." },
    [THREADS] = { HABLA_METRIC_GAUGE, "habla_process_threads", "Threads." },
    [CHILDREN] = { HABLA_METRIC_GAUGE, "habla_process_children",
        "Child processes, including exited ones that were not reaped." },
    [CPU_TIME] = { HABLA_METRIC_COUNTER, "habla_process_cpu_seconds_total",
        "CPU time of all threads, without child processes, in seconds." },
    [START_TIME] = { HABLA_METRIC_GAUGE, "habla_process_start_time_seconds",
        "Start time of the process, in seconds since 1970-01-01 UTC." },
  };
  HablaProcessSampler *self = g_new0 (HablaProcessSampler, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->stop);
  self->metrics = metrics;
  for (guint i = 0; i < N_FAMILIES; i++)
    self->families[i] = habla_metrics_add (
        metrics, families[i].kind, families[i].name, families[i].help, NULL, NULL);
  habla_process_sample (&self->sample);
  habla_metrics_add_collector (metrics, process_sampler_collect, self);
  self->thread = g_thread_new ("process-sampler", process_sampler_run, self);
  return self;
}

void
habla_process_sampler_free (HablaProcessSampler *self)
{
  habla_metrics_remove_collector (self->metrics, self);
  g_mutex_lock (&self->lock);
  self->stopped = TRUE;
  g_cond_signal (&self->stop);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->stop);
  g_free (self);
}

void
habla_process_sampler_get (HablaProcessSampler *self, HablaProcessSample *sample)
{
  g_mutex_lock (&self->lock);
  *sample = self->sample;
  g_mutex_unlock (&self->lock);
}
