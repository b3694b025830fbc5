/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#define WIDTH 30

double
soak_progress_get_day (const SoakOptions *options)
{
  return options->hours * 3600 / options->pace;
}

/* Returns: the completed share of the run, from 0.0 to 1.0 */
static double
progress_get_share (SoakRun *run, double seconds)
{
  const SoakOptions *options = run->options;
  double share = 0;

  if (options->cycles > 0)
    share = (double) run->cycle / options->cycles;
  if (options->duration > 0)
    share = MAX (share, seconds / options->duration);
  if (options->cycles == 0 && options->duration == 0)
    share = seconds / soak_progress_get_day (options);
  return CLAMP (share, 0, 1);
}

void
soak_progress_show (SoakRun *run, const char *what)
{
  double seconds = (g_get_monotonic_time () - run->began) / 1e6;
  double share = run->is_measuring ? progress_get_share (run, seconds) : 0;
  double left = share > 0 ? seconds / share - seconds : 0;
  char bar[WIDTH + 1];

  if (!isatty (STDERR_FILENO))
    return;
  for (guint i = 0; i < WIDTH; i++)
    bar[i] = i < share * WIDTH ? '#' : '.';
  bar[WIDTH] = '\0';
  fprintf (stderr, "\r%-12s [%s] %3.0f %%  cycle %u  %u findings  %.0f:%02.0f:%02.0f left\033[K",
      what, bar, share * 100, run->cycle + 1, run->findings->len, (double) ((guint) left / 3600),
      (double) ((guint) left / 60 % 60), (double) ((guint) left % 60));
  fflush (stderr);
}

void
soak_progress_end (void)
{
  if (isatty (STDERR_FILENO))
    fputs ("\r\033[K", stderr);
}
