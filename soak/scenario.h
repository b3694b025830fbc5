/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client.h"

G_BEGIN_DECLS

/**
 * SoakScenario:
 * @name: as --scenario knows it
 * @blurb: what it does
 * @begin: (nullable): before the first cycle. Returns: its data
 * @warm_up: cycles before those that count; 0 = as many as the limits say
 * @cycle: once; all that it makes must be gone soon after
 * @end: (nullable): after the last; frees its data
 */
typedef struct {
  const char *name;
  const char *blurb;
  guint warm_up;
  gpointer (*begin) (SoakRun *run);
  void (*cycle) (SoakRun *run, gpointer data);
  void (*end) (gpointer data);
} SoakScenario;

/* By file; the last has no name. */
extern const SoakScenario soak_scenarios_audio[];
extern const SoakScenario soak_scenarios_clients[];
extern const SoakScenario soak_scenarios_engines[];
extern const SoakScenario soak_scenarios_long[];
extern const SoakScenario soak_scenarios_playback[];

/* Returns: (nullable): that of this name */
const SoakScenario *soak_scenario_find (const char *name);
/* @index: from 0. Returns: (nullable): %NULL after the last */
const SoakScenario *soak_scenario_get (guint index);

/* Recordings are made once. Returns: (transfer none) (nullable): %NULL has been noted */
const SoakAudio *soak_scenario_get_audio (SoakRun *run, const char *format, guint first, guint n);

/* What came since the last time is what was said, once and in order. */
void soak_scenario_check_speech (SoakRun *run, SoakClient *client, GPtrArray *said);

G_END_DECLS
