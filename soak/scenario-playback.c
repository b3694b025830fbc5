/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scenario playback. */
#include "scenario.h"

typedef struct {
  char *id; /* NULL = the recording failed, which is a finding */
  GPtrArray *said;
} Recording;

static gboolean
record (SoakRun *run, const SoakAudio *audio)
{
  g_autoptr (SoakClient) client = soak_client_new (run, NULL, NULL);
  g_autofree char *on = soak_run_post (run, "api/system/recording", "{\"enabled\":true}");
  g_autofree char *off = NULL;
  gboolean is_recorded;

  is_recorded = client != NULL && on != NULL && soak_client_start (client, "webm") &&
                soak_client_send_audio (client, audio, 0, G_MAXUINT, 0) &&
                soak_client_stop (client, "stop");
  off = soak_run_post (run, "api/system/recording", "{\"enabled\":false}");
  if (is_recorded)
    soak_client_close (client);
  return is_recorded;
}

/* Returns: (transfer full) (nullable): ID of the first recording, once it is complete */
static char *
find_recording (SoakRun *run)
{
  g_autofree char *text = soak_run_get (run, "api/recordings");
  g_autoptr (JsonNode) node = text != NULL ? json_from_string (text, NULL) : NULL;
  JsonArray *all = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (all == NULL || json_array_get_length (all) == 0 ||
      json_object_get_null_member (json_array_get_object_element (all, 0), "ended_at"))
    return NULL;
  return g_strdup (json_object_get_string_member (json_array_get_object_element (all, 0), "id"));
}

static gpointer
begin_playback (SoakRun *run)
{
  const SoakAudio *audio = soak_scenario_get_audio (run, "webm", SOAK_AUDIO_SHORT, 1);
  Recording *recording = g_new0 (Recording, 1);

  if (audio == NULL || !record (run, audio))
    return recording;
  recording->said = audio->texts;
  soak_wait_until (run, run->options->timeout, (recording->id = find_recording (run)) != NULL);
  if (recording->id == NULL && soak_run_is_alive (run))
    soak_run_find (run, "playback", "recording", "The recording is missing");
  return recording;
}

static void
end_playback (gpointer data)
{
  Recording *recording = data;

  g_free (recording->id);
  g_free (recording);
}

static gboolean
start_playing (SoakRun *run, SoakClient *client, const char *id)
{
  g_autofree char *json =
      g_strdup_printf ("{\"recording_id\":\"%s\",\"speed\":0,\"mode\":\"full\"}", id);
  double began = soak_now ();
  g_autofree char *answer = soak_run_post (run, "api/playback/start", json);
  g_autoptr (JsonObject) started =
      answer != NULL ? soak_client_expect (client, "playback_started") : NULL;

  if (started == NULL)
    return FALSE;
  soak_run_time (run, "playback start", soak_now () - began);
  return TRUE;
}

/* Stops the first playback after its first progress message, and waits for the end of the second.
 */
static void
cycle_playback (SoakRun *run, gpointer data)
{
  const Recording *recording = data;
  g_autoptr (SoakClient) client = recording->id != NULL ? soak_client_new (run, NULL, NULL) : NULL;
  g_autoptr (JsonObject) progress = NULL;
  g_autoptr (JsonObject) stopped = NULL;
  g_autoptr (JsonObject) finished = NULL;
  g_autofree char *answer = NULL;
  double began;

  if (client == NULL || !start_playing (run, client, recording->id))
    return;
  progress = soak_client_expect (client, "playback_progress");
  began = soak_now ();
  answer = progress != NULL ? soak_run_post (run, "api/playback/stop", NULL) : NULL;
  stopped = answer != NULL ? soak_client_expect (client, "playback_stopped") : NULL;
  soak_run_time (run, "playback stop", soak_now () - began);
  soak_client_wait_for_texts (client, 0);
  soak_sequence_clear (soak_client_get_sequence (client));
  if (stopped == NULL || !start_playing (run, client, recording->id))
    return;
  finished = soak_client_expect (client, "playback_finished");
  if (finished == NULL)
    return;
  soak_scenario_check_speech (run, client, recording->said);
  soak_client_close (client);
}

const SoakScenario soak_scenarios_playback[] = {
  { "playback", "a recording is played twice: stopped early, and to its end", 1, begin_playback,
      cycle_playback, end_playback },
  {},
};
