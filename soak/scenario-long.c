/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A school day, and a bit of everything. */
#include "scenario.h"

/* Of a lesson and the pause after it, in seconds of the day. */
#define LESSON 2700.0
#define PAUSE 900.0
/* The teacher says something, and waits. */
#define BREATH 20.0
#define DEFAULT_SPEED 4.0

/* One lesson is one session, in which the same recording is heard again and again. */
static void
cycle_day (SoakRun *run, gpointer data)
{
  const SoakAudio *audio = soak_scenario_get_audio (run, "pcm", 0, SOAK_AUDIO_FILES);
  double speed = run->options->speed > 0 ? run->options->speed : DEFAULT_SPEED;
  double seconds = MIN (LESSON, run->options->hours * 3600 * LESSON / (LESSON + PAUSE));
  g_autoptr (GPtrArray) said = g_ptr_array_new ();
  g_autoptr (SoakClient) client = soak_client_new (run, NULL, NULL);
  double began = soak_now ();

  if (audio == NULL || client == NULL || !soak_client_start (client, "pcm"))
    return;
  while ((soak_now () - began) * speed < seconds && soak_run_is_alive (run)) {
    if (!soak_client_send_audio (client, audio, 0, G_MAXUINT, speed))
      return;
    for (guint i = 0; i < audio->texts->len; i++)
      g_ptr_array_add (said, g_ptr_array_index (audio->texts, i));
    soak_client_send (client, "{'type':'ping'}");
    soak_run_sleep (run, BREATH / speed);
  }
  if (!soak_client_stop (client, "stop"))
    return;
  soak_scenario_check_speech (run, client, said);
  soak_client_close (client);
  soak_run_sleep (run, MIN (PAUSE, seconds / 3) / speed);
}

/* Those of which one cycle does not need the one before. */
static const char *const short_ones[] = { "listen", "reconnect", "burst", "typed", "languages",
  "slow-client", "engine-crash" };

static void
cycle_mixed (SoakRun *run, gpointer data)
{
  guint index = run->cycle % G_N_ELEMENTS (short_ones);

  if (run->is_measuring)
    index = g_rand_int_range (run->rand, 0, G_N_ELEMENTS (short_ones));
  soak_scenario_find (short_ones[index])->cycle (run, NULL);
}

const SoakScenario soak_scenarios_long[] = {
  { "day", "lessons with pauses between, --hours of them at --speed", 1, NULL, cycle_day, NULL },
  { "mixed", "all of them, as chance has it", G_N_ELEMENTS (short_ones), NULL, cycle_mixed, NULL },
  {},
};
