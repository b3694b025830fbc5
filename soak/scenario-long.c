/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scenarios day and mixed. */
#include "scenario.h"

/* Length of a lesson and of the break after it, in simulated seconds. */
#define LESSON 2700.0
#define BREAK 900.0
/* Between two sentences, in simulated seconds. */
#define SILENCE 20.0

/* Repeats the same sentences during one lesson, in one pipeline. */
static void
cycle_day (SoakRun *run, gpointer data)
{
  const SoakAudio *audio;
  double speed = run->options->speed;
  double seconds = MIN (LESSON, run->options->hours * 3600 * LESSON / (LESSON + BREAK));
  g_autoptr (GPtrArray) said = g_ptr_array_new ();
  g_autoptr (SoakClient) client = soak_client_new (run, NULL, NULL);
  double began = soak_now ();

  if (client == NULL || !soak_client_start (client, "pcm"))
    return;
  for (guint n = 0; (soak_now () - began) * speed < seconds && soak_run_is_alive (run); n++) {
    audio = soak_scenario_get_audio (run, "pcm", n % SOAK_AUDIO_FILES, 1);
    if (audio == NULL || !soak_client_send_audio (client, audio, 0, G_MAXUINT, speed))
      return;
    for (guint i = 0; i < audio->texts->len; i++)
      g_ptr_array_add (said, g_ptr_array_index (audio->texts, i));
    soak_run_sleep (run, SILENCE / speed);
  }
  if (!soak_client_stop (client, "stop"))
    return;
  soak_scenario_check_speech (run, client, said);
  soak_client_close (client);
  soak_run_sleep (run, MIN (BREAK, seconds / 3) / speed);
}

/* Scenarios whose cycles are independent of each other. */
static const char *const short_ones[] = { "listen", "reconnect", "burst", "typed", "languages",
  "slow-client", "engine-crash" };
#define N_SHORT G_N_ELEMENTS (short_ones)

/* Each scenario runs once before any runs again. */
static gpointer
begin_mixed (SoakRun *run)
{
  guint *order = g_new (guint, N_SHORT);

  for (guint i = 0; i < N_SHORT; i++)
    order[i] = i;
  return order;
}

static void
shuffle (GRand *rand, guint *order)
{
  for (guint i = N_SHORT - 1; i > 0; i--) {
    guint other = g_rand_int_range (rand, 0, i + 1), swapped = order[i];

    order[i] = order[other];
    order[other] = swapped;
  }
}

/* Each scenario, and listen with the two other formats. */
#define N_WARM_UP (N_SHORT + 2)

static void
cycle_mixed (SoakRun *run, gpointer data)
{
  guint *order = data, index = run->cycle % N_SHORT;

  if (!run->is_measuring)
    index = run->cycle < N_SHORT ? run->cycle : 0;
  else if (index == 0)
    shuffle (run->rand, order);
  soak_scenario_find (short_ones[order[index]])->cycle (run, NULL);
}

const SoakScenario soak_scenarios_long[] = {
  { "day", "lessons with breaks, for --hours at --speed", 1, NULL, cycle_day, NULL },
  { "mixed", "all independent scenarios, in random order", N_WARM_UP, begin_mixed, cycle_mixed,
      g_free },
  {},
};
