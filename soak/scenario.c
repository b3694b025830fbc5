/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scenario.h"

static const SoakScenario *const files[] = { soak_scenarios_audio, soak_scenarios_clients,
  soak_scenarios_engines, soak_scenarios_long, soak_scenarios_playback };

const SoakScenario *
soak_scenario_get (guint index)
{
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    for (guint j = 0; files[i][j].name != NULL; j++)
      if (index-- == 0)
        return &files[i][j];
  return NULL;
}

const SoakScenario *
soak_scenario_find (const char *name)
{
  const SoakScenario *scenario;

  for (guint i = 0; (scenario = soak_scenario_get (i)) != NULL; i++)
    if (g_str_equal (scenario->name, name))
      return scenario;
  return NULL;
}

const SoakAudio *
soak_scenario_get_audio (SoakRun *run, const char *format, guint first, guint n)
{
  static GHashTable *recordings; /* "FORMAT FIRST N" -> SoakAudio */
  g_autofree char *key = g_strdup_printf ("%s %u %u", format, first, n);
  g_autoptr (GError) error = NULL;
  SoakAudio *audio;

  if (recordings == NULL)
    recordings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  audio = g_hash_table_lookup (recordings, key);
  if (audio != NULL)
    return audio;
  audio = soak_audio_new (format, first, n, &error);
  if (audio != NULL)
    g_hash_table_insert (recordings, g_steal_pointer (&key), audio);
  else
    soak_run_find (run, "harness", "audio", "%s", error->message);
  return audio;
}

void
soak_scenario_check_speech (SoakRun *run, SoakClient *client, GPtrArray *said)
{
  SoakSequence *sequence = soak_client_get_sequence (client);
  g_autofree char *problem =
      soak_sequence_compare_speech (soak_sequence_get_texts (sequence), said);

  if (problem != NULL && soak_run_is_alive (run))
    soak_run_find (run, "sequence", "speech", "%s", problem);
  soak_sequence_clear (sequence);
}
