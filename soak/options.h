/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SoakOptions:
 * @scenario: name of a #SoakScenario
 * @cycles: greatest number of cycles after the warm-up; 0 = as many as fit into @duration
 * @duration: longest time after the warm-up, in seconds; 0 = until the cycles are done
 * @seed: of the random number generator
 * @slo: path of the limits
 * @output: (nullable): path for the record
 * @report: (nullable): path for the HTML report
 * @hours: length of the scenario "day"
 * @speed: seconds of audio a second where the scenario paces audio; 0 = without pacing
 * @pace: seconds of simulated time a second: @speed in the scenario "day", otherwise 1
 * @warm_up: shortest time of the cycles that do not count, in seconds; 0 = all cycles count;
 *   -1 = the limits decide
 * @timeout: how long to wait for an answer, in seconds
 * @url: (nullable): of a running daemon; %NULL = the harness starts one
 * @hablad: path of the daemon to start
 * @keep_log: (nullable): path for the daemon's log; %NULL = the log is discarded
 * @no_tracer: run without GStreamer's leaks tracer, so that objects are not counted
 * @list: list the scenarios and exit
 *
 * The command line of habla-soak.
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

/**
 * soak_options_parse:
 * @self: (out caller-allocates): the options; free with soak_options_clear(), also after an error
 * @argc: (inout): number of arguments
 * @argv: (inout): the arguments, without those that were parsed
 * @error: return location for an error
 *
 * Returns: whether the command line is valid
 */
gboolean soak_options_parse (SoakOptions *self, int *argc, char ***argv, GError **error);

/* Frees the fields of @self. */
void soak_options_clear (SoakOptions *self);

G_END_DECLS
