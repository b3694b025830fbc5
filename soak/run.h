/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "driver.h"
#include "series.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * SoakFinding:
 * @what: what kind of thing is wrong: "left behind", "sequence", "timing", ...
 * @source: where to look
 * @detail: of the first time
 * @cycle: the first
 * @count: how often
 */
typedef struct {
  char *what;
  char *source;
  char *detail;
  guint cycle;
  guint count;
} SoakFinding;

/* Figures of one kind: all of them, up to a bound; then each second, each fourth, ... */
typedef struct {
  GArray *values; /* of double */
  guint stride;
  guint64 count;
  double max;
} SoakTimings;

typedef struct _SoakSampler SoakSampler;

/**
 * SoakRun:
 *
 * What a run is and what it has come to. A scenario does its cycles in it, one call after
 * another, while the main context turns below; so all is in one thread.
 */
typedef struct {
  const SoakOptions *options;
  SoakDriver *driver;
  SoakSampler *sampler;
  SoupSession *http;    /* for questions, one at a time */
  SoupSession *sockets; /* for WebSockets */
  GRand *rand;

  gboolean is_interrupted; /* Ctrl-C: end soon */
  gboolean is_hung;        /* hablad does not answer: likewise */
  gboolean is_measuring;   /* it has warmed up */
  guint cycle;             /* 0 = the first that counts */
  gint64 began;            /* when the first that counts did, monotonic time */

  GPtrArray *findings;  /* of SoakFinding */
  GHashTable *timings;  /* name -> SoakTimings */
  GHashTable *series;   /* name -> SoakSeries, over time in seconds */
  GHashTable *at_rest;  /* name -> SoakSeries, over cycles, each when all is quiet */
  GHashTable *counters; /* name -> guint64 */
  GArray *cycle_times;  /* of SoakCycle, the worst */
} SoakRun;

typedef struct {
  guint cycle;
  double seconds;
} SoakCycle;

SoakRun *soak_run_new (const SoakOptions *options, SoakDriver *driver);
void soak_run_free (SoakRun *self);

void soak_run_find (SoakRun *self, const char *what, const char *source, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
void soak_run_time (SoakRun *self, const char *name, double seconds);
void soak_run_count (SoakRun *self, const char *name, guint64 n);
void soak_run_note_cycle (SoakRun *self, double seconds);
void soak_run_add_point (GHashTable *series, const char *name, double x, double y);

/* In seconds. */
double soak_now (void);

/* Turns the main context once, for a tenth of a second at most. */
void soak_run_turn (SoakRun *self);
void soak_run_sleep (SoakRun *self, double seconds);
/* Turns the main context until there is a @result. When the run's patience is over it cancels
 * @cancellable, and the run is at its end: hablad does not answer. @what: was asked for */
void soak_run_wait_for (
    SoakRun *self, GAsyncResult **result, GCancellable *cancellable, const char *what);
/* Whether there is any use in going on. */
gboolean soak_run_is_alive (SoakRun *self);

/* Turns the main context until @condition holds, @seconds at most. The value: whether it does. */
#define soak_wait_until(run, seconds, condition) \
  ({ \
    double soak_deadline_ = soak_now () + (seconds); \
    gboolean soak_holds_; \
    while ( \
        !(soak_holds_ = !!(condition)) && soak_now () < soak_deadline_ && soak_run_is_alive (run)) \
      soak_run_turn (run); \
    soak_holds_; \
  })

/* Returns: (transfer full) (nullable): the body of the answer; what is no 200 is a finding */
char *soak_run_get (SoakRun *self, const char *path);
char *soak_run_post (SoakRun *self, const char *path, const char *json);

G_END_DECLS
