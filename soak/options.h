/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SoakOptions:
 * @scenario: name of a #SoakScenario
 * @cycles: at most, after those that warm up; 0 = as many as fit into @duration
 * @duration: at most, in seconds; 0 = until the cycles are done
 * @seed: of what comes by chance
 * @slo: path of the limits
 * @output: (nullable): where RUN.json goes
 * @report: (nullable): where the page goes
 * @hours: of lessons, in the scenario "day"
 * @speed: how many seconds of audio a second, where it is paced; 0 = as fast as it is taken
 * @pace: how many seconds a second stands for: @speed in the scenario "day", else 1
 * @warm_up: shortest time of the cycles that do not count, in seconds; 0 = all cycles count;
 *   -1 = as the limits say
 * @timeout: how long an answer is waited for, in seconds
 * @url: (nullable): of a daemon that runs already; %NULL = one of its own
 * @hablad: program of its own
 * @keep_log: (nullable): where its log goes, else it is thrown away
 * @no_tracer: without GStreamer's leaks tracer: objects are not counted, and cost nothing
 */
typedef struct {
  char *scenario;
  int cycles;
  int duration;
  int seed;
  char *slo;
  char *output;
  char *report;
  double hours;
  double speed;
  double pace;
  double warm_up;
  double timeout;
  char *url;
  char *hablad;
  char *keep_log;
  gboolean no_tracer;
  gboolean list;
} SoakOptions;

gboolean soak_options_parse (SoakOptions *self, int *argc, char ***argv, GError **error);
void soak_options_clear (SoakOptions *self);

G_END_DECLS
