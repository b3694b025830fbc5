/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "process.h"
#include "run.h"

G_BEGIN_DECLS

/**
 * SoakRest:
 *
 * What the daemon holds when nothing is to do: levels of its metrics, threads, descriptors,
 * children, files. After each cycle it must come back to what it was before the first.
 */
typedef struct {
  GHashTable *levels;  /* name -> double */
  GHashTable *metrics; /* all of them, likewise */
  guint64 heap;
  guint64 rss;
  double cpu;
} SoakRest;

#define SOAK_REST_ANY G_MAXUINT

/* Looks now. Returns: (transfer full) (nullable): %NULL if the daemon does not answer */
SoakRest *soak_rest_read (SoakRun *run);
void soak_rest_free (SoakRest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SoakRest, soak_rest_free)

/* Waits until two looks are alike. Returns: (transfer full) (nullable) */
SoakRest *soak_rest_find (SoakRun *run);

/**
 * soak_rest_return:
 * @initial: (inout): becomes the present one if more is left behind, so that the same is told
 *   once for each time that it happens
 * @pooled: how many more threads of pools there may be; they stay for some seconds without work,
 *   so that this is looked at when all is over: %SOAK_REST_ANY before
 *
 * Waits until no level is above @initial, and notes what is after @seconds.
 *
 * Returns: (transfer full) (nullable): the present one
 */
SoakRest *soak_rest_return (SoakRun *run, SoakRest **initial, double seconds, guint pooled);

/* Returns: (transfer full): of each level that is above @initial, a line "NAME: 1 more, …" */
GPtrArray *soak_rest_compare (const SoakRest *self, const SoakRest *initial, guint pooled);

G_END_DECLS
