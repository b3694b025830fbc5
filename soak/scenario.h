/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client.h"

G_BEGIN_DECLS

/**
 * SoakScenario:
 * @name: value of --scenario
 * @blurb: one-line description
 * @warm_up: number of cycles that do not count; 0 = the limits decide
 * @begin: (nullable): called before the first cycle. Returns: data for the other functions
 * @cycle: runs one cycle, after which the daemon must become idle again
 * @end: (nullable): called after the last cycle; frees the data
 */
typedef struct {
  const char *name;
  const char *blurb;
  guint warm_up;
  gpointer (*begin) (SoakRun *run);
  void (*cycle) (SoakRun *run, gpointer data);
  void (*end) (gpointer data);
} SoakScenario;

/* One array a file; the last entry has no name. */
extern const SoakScenario soak_scenarios_audio[];
extern const SoakScenario soak_scenarios_clients[];
extern const SoakScenario soak_scenarios_engines[];
extern const SoakScenario soak_scenarios_long[];
extern const SoakScenario soak_scenarios_playback[];

/* Returns: (nullable): the scenario called @name */
const SoakScenario *soak_scenario_find (const char *name);

/* @index: from 0. Returns: (nullable): a scenario; %NULL after the last one */
const SoakScenario *soak_scenario_get (guint index);

/* Calls soak_audio_new() once for each combination of arguments. Returns: (transfer none)
 * (nullable): the recording; %NULL after an error, which is a finding */
const SoakAudio *soak_scenario_get_audio (SoakRun *run, const char *format, guint first, guint n);

/**
 * soak_scenario_check_speech:
 * @run: a run
 * @client: a client that received transcripts
 * @said: (element-type utf8): the sentences that were spoken
 *
 * Compares the transcripts since the last call with @said. A difference is a finding of @run.
 */
void soak_scenario_check_speech (SoakRun *run, SoakClient *client, GPtrArray *said);

G_END_DECLS
