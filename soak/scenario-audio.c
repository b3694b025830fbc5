/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scenarios with speech: listen, reconnect, restart, burst. */
#include "scenario.h"

static double
get_speed (SoakRun *run)
{
  return MAX (run->options->speed, 0);
}

static const char *const formats[] = { "webm", "ogg", "pcm" };
#define N_FORMATS G_N_ELEMENTS (formats)

static void
cycle_listen (SoakRun *run, gpointer data)
{
  const char *format = formats[run->cycle % N_FORMATS];
  const SoakAudio *audio = soak_scenario_get_audio (run, format, SOAK_AUDIO_SHORT, 1);
  g_autoptr (SoakClient) client = soak_client_new (run, NULL, NULL);

  if (audio == NULL || client == NULL || !soak_client_start (client, format) ||
      !soak_client_send_audio (client, audio, 0, G_MAXUINT, get_speed (run)) ||
      !soak_client_stop (client, "stop"))
    return;
  soak_scenario_check_speech (run, client, audio->texts);
  soak_client_close (client);
}

/* Aborts the connection during speech, and resumes the audio without a container header. */
static void
cycle_reconnect (SoakRun *run, gpointer data)
{
  const SoakAudio *audio = soak_scenario_get_audio (run, "webm", 1, 1);
  g_autofree char *key =
      g_strdup_printf ("client=soak-%u-%08x-0123456789", run->cycle, g_rand_int (run->rand));
  g_autofree char *query = NULL;
  SoakSequence *sequence = soak_sequence_new ();
  SoakClient *client = soak_client_new (run, key, sequence);
  double began = 0;
  guint n = 0;

  if (audio != NULL && client != NULL && soak_client_start (client, "webm")) {
    n = g_rand_int_range (run->rand, 1, audio->chunks->len - 1);
    soak_client_send_audio (client, audio, 0, n, get_speed (run));
    soak_client_abort (client);
    began = soak_now ();
  }
  g_clear_pointer (&client, soak_client_free);
  if (n > 0) {
    guint64 since = soak_sequence_resume (sequence);

    query = g_strdup_printf ("%s&since=%" G_GUINT64_FORMAT, key, since);
    client = soak_client_new (run, query, sequence);
    soak_run_time (run, "reconnect", soak_now () - began);
  }
  /* A sentence that was interrupted has no text to compare with. There is no other speaker, so no
   * exchange ID may be missing. */
  if (client != NULL) {
    soak_client_send (client, "{'type':'start_listening'}");
    if (soak_client_send_audio (client, audio, n, G_MAXUINT, get_speed (run)) &&
        soak_client_stop (client, "stop after reconnect"))
      soak_client_close (client);
    if (soak_sequence_count_missing (sequence) > 0)
      soak_run_find (run, "sequence", "lost", "%" G_GUINT64_FORMAT " exchanges are missing",
          soak_sequence_count_missing (sequence));
  }
  g_clear_pointer (&client, soak_client_free);
  soak_sequence_free (sequence);
}

#define N_LISTENERS 2
/* Number of exchanges that a room replays to members that reconnect. The heap grows until a room
 * has as many. */
#define N_REPLAYED 500
#define N_AT_ONCE 50

typedef struct {
  SoakClient *speaker;
  SoakClient *listeners[N_LISTENERS];
} Room;

static void
end_restart (gpointer data)
{
  Room *room = data;

  if (room == NULL)
    return;
  for (guint i = 0; i < N_LISTENERS; i++)
    g_clear_pointer (&room->listeners[i], soak_client_free);
  g_clear_pointer (&room->speaker, soak_client_free);
  g_free (room);
}

static void
fill_transcript (SoakRun *run, Room *room)
{
  SoakClient *all[] = { room->speaker, room->listeners[0], room->listeners[1] };

  for (guint i = 0; i < N_REPLAYED && soak_run_is_alive (run); i += N_AT_ONCE) {
    for (guint j = 0; j < N_AT_ONCE; j++)
      soak_client_type (room->speaker, "He was not an ill disposed young man.");
    for (guint j = 0; j < G_N_ELEMENTS (all); j++)
      if (soak_client_wait_for_texts (all[j], N_AT_ONCE))
        soak_sequence_clear (soak_client_get_sequence (all[j]));
      else
        return;
  }
}

static gpointer
begin_restart (SoakRun *run)
{
  static const char *const languages[N_LISTENERS] = { "es", "fr" };
  Room *room = g_new0 (Room, 1);

  room->speaker = soak_client_new (run, "room=soak", NULL);
  for (guint i = 0; i < N_LISTENERS; i++) {
    g_autofree char *query = g_strdup_printf ("room=soak&listen=1&language=%s", languages[i]);

    room->listeners[i] = soak_client_new (run, query, NULL);
  }
  if (room->speaker != NULL && room->listeners[0] != NULL && room->listeners[1] != NULL)
    fill_transcript (run, room);
  return room;
}

/* A pipeline follows another while all clients stay connected. */
static void
cycle_restart (SoakRun *run, gpointer data)
{
  Room *room = data;
  const SoakAudio *audio = soak_scenario_get_audio (run, "webm", SOAK_AUDIO_SHORT, 1);
  guint n;

  if (audio == NULL || room->speaker == NULL || !soak_client_start (room->speaker, "webm") ||
      !soak_client_send_audio (room->speaker, audio, 0, G_MAXUINT, get_speed (run)) ||
      !soak_client_stop (room->speaker, "stop"))
    return;
  n = soak_sequence_get_texts (soak_client_get_sequence (room->speaker))->len;
  for (guint i = 0; i < N_LISTENERS; i++)
    if (room->listeners[i] != NULL) {
      soak_client_wait_for_texts (room->listeners[i], n);
      soak_scenario_check_speech (run, room->listeners[i], audio->texts);
    }
  soak_scenario_check_speech (run, room->speaker, audio->texts);
}

/* Several clients send audio without pacing, as after a break of the network. */
#define N_BURSTS 2
/* Longer than the queue before the recogniser. */
#define BURST_FILES 2

static void
cycle_burst (SoakRun *run, gpointer data)
{
  const SoakAudio *audio = soak_scenario_get_audio (run, "webm", 0, BURST_FILES);
  SoakClient *clients[N_BURSTS] = { NULL };

  for (guint i = 0; audio != NULL && i < N_BURSTS; i++) {
    clients[i] = soak_client_new (run, NULL, NULL);
    if (clients[i] != NULL && soak_client_start (clients[i], "webm"))
      soak_client_send_audio (clients[i], audio, 0, G_MAXUINT, 0);
  }
  for (guint i = 0; i < N_BURSTS; i++)
    if (clients[i] != NULL && soak_client_stop (clients[i], "stop after burst")) {
      soak_scenario_check_speech (run, clients[i], audio->texts);
      soak_client_close (clients[i]);
    }
  for (guint i = 0; i < N_BURSTS; i++)
    g_clear_pointer (&clients[i], soak_client_free);
}

const SoakScenario soak_scenarios_audio[] = {
  { "listen", "connect, start, speak, stop, disconnect", N_FORMATS, NULL, cycle_listen, NULL },
  { "reconnect", "the connection is aborted during speech, and resumed without a header", 0, NULL,
      cycle_reconnect, NULL },
  { "restart", "pipelines follow one another while all clients stay connected", 0, begin_restart,
      cycle_restart, end_restart },
  { "burst", "several clients send audio without pacing", 1, NULL, cycle_burst, NULL },
  {},
};
