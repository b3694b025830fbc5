/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "driver.h"
#include "series.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * SoakFinding:
 * @what: kind of problem, such as "sequence" or "timing"
 * @source: the affected metric, series, path or part of the daemon
 * @detail: of the first occurrence
 * @cycle: of the first occurrence, from 0
 * @count: number of occurrences
 */
typedef struct {
  char *what;
  char *source;
  char *detail;
  guint cycle;
  guint count;
} SoakFinding;

/**
 * SoakTimings:
 * @values: (element-type double): every @stride-th value, in seconds
 * @stride: 1, and twice as much each time @values is full
 * @count: number of values, also of those that were skipped
 * @max: the greatest value
 */
typedef struct {
  GArray *values;
  guint stride;
  guint64 count;
  double max;
} SoakTimings;

typedef struct {
  guint cycle;
  double seconds;
} SoakCycle;

typedef struct _SoakSampler SoakSampler;

/**
 * SoakRun:
 *
 * Settings and results of a run. Scenarios are written as sequential code: functions that wait
 * iterate the default main context. There is only one thread.
 */
typedef struct {
  const SoakOptions *options;
  SoakDriver *driver;
  SoakSampler *sampler;
  SoupSession *http;    /* one connection, for soak_run_get() and soak_run_post() */
  SoupSession *sockets; /* for WebSockets */
  GRand *rand;

  gboolean is_interrupted; /* by SIGINT or SIGTERM: end soon */
  gboolean is_hung;        /* hablad does not answer: end soon */
  gboolean is_measuring;   /* the warm-up is over */
  guint cycle;             /* from 0, after the warm-up */
  gint64 began;            /* monotonic time of the end of the warm-up */

  GPtrArray *findings;  /* of SoakFinding */
  GHashTable *timings;  /* name -> SoakTimings */
  GHashTable *series;   /* name -> SoakSeries, over time in seconds */
  GHashTable *at_rest;  /* name -> SoakSeries, over cycles, each sampled while idle */
  GHashTable *counters; /* name -> guint64 */
  GArray *cycle_times;  /* of SoakCycle, the slowest ones */
} SoakRun;

/* @options, @driver: must outlive the run; @driver is (nullable) in tests. Returns: (transfer
 * full): a run without results */
SoakRun *soak_run_new (const SoakOptions *options, SoakDriver *driver);

/* Frees @self. */
void soak_run_free (SoakRun *self);

/* Adds a finding, or counts it if there is one with the same @what and @source. */
void soak_run_find (SoakRun *self, const char *what, const char *source, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/* Adds a value to the timings called @name. No-op during the warm-up. */
void soak_run_time (SoakRun *self, const char *name, double seconds);

/* Adds @n to the counter called @name. */
void soak_run_count (SoakRun *self, const char *name, guint64 n);

/* Adds the duration of the present cycle. */
void soak_run_note_cycle (SoakRun *self, double seconds);

/* Adds a point to the series called @name in @series. */
void soak_run_add_point (GHashTable *series, const char *name, double x, double y);

/* Returns: monotonic time, in seconds */
double soak_now (void);

/* Iterates the default main context once, which blocks for at most 20 ms. */
void soak_run_iterate (SoakRun *self);

/* Iterates the default main context for @seconds. */
void soak_run_sleep (SoakRun *self, double seconds);

/**
 * soak_run_wait_for:
 * @self: a run
 * @result: set by the callback of the operation
 * @cancellable: of the operation
 * @what: name of the operation, for the finding
 *
 * Iterates the default main context until @result is set. After the timeout of the run's options,
 * cancels the operation, and marks the daemon as hung.
 */
void soak_run_wait_for (
    SoakRun *self, GAsyncResult **result, GCancellable *cancellable, const char *what);

/* Returns: whether the run can go on: it was not interrupted, and the daemon answers */
gboolean soak_run_is_alive (SoakRun *self);

/* Iterates the default main context until @condition is true, for at most @seconds. Evaluates to
 * whether it is. */
#define soak_wait_until(run, seconds, condition) \
  ({ \
    double soak_deadline_ = soak_now () + (seconds); \
    gboolean soak_holds_; \
    while ( \
        !(soak_holds_ = !!(condition)) && soak_now () < soak_deadline_ && soak_run_is_alive (run)) \
      soak_run_iterate (run); \
    soak_holds_; \
  })

/* Requests @path, relative to the daemon's root. Returns: (transfer full) (nullable): the body; any
 * status but 200 is a finding */
char *soak_run_get (SoakRun *self, const char *path);

/* Posts @json, which is (nullable). Returns: like soak_run_get() */
char *soak_run_post (SoakRun *self, const char *path, const char *json);

G_END_DECLS
