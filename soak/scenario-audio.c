/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who speaks, stops, comes back, and says much at once. */
#include "scenario.h"

static double
get_speed (SoakRun *run)
{
  return MAX (run->options->speed, 0);
}

static const char *const formats[] = { "webm", "ogg", "pcm" };
#define N_FORMATS G_N_ELEMENTS (formats)

/* connect, start, speak, stop, disconnect */
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

/* Cut off in the middle of speech; what comes then has no header. */
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
  /* What is cut off in the middle of a word is no text to compare; but nobody else speaks, so
   * that no exchange may be missing. */
  if (client != NULL) {
    soak_client_send (client, "{'type':'start_listening'}");
    if (soak_client_send_audio (client, audio, n, G_MAXUINT, get_speed (run)) &&
        soak_client_stop (client, "stop after reconnect"))
      soak_client_close (client);
    if (soak_sequence_count_missing (sequence) > 0)
      soak_run_find (run, "sequence", "lost", "%" G_GUINT64_FORMAT " exchanges never came",
          soak_sequence_count_missing (sequence));
  }
  g_clear_pointer (&client, soak_client_free);
  soak_sequence_free (sequence);
}

#define N_LISTENERS 2
/* How many exchanges a room remembers, for who comes back (HABLA_MAX_EXCHANGES): until there are
 * so many, each takes its place in the heap. */
#define N_REMEMBERED 500
#define N_AT_ONCE 50

typedef struct {
  SoakClient *owner;
  SoakClient *listeners[N_LISTENERS];
} Classroom;

static void
end_restart (gpointer data)
{
  Classroom *classroom = data;

  if (classroom == NULL)
    return;
  for (guint i = 0; i < N_LISTENERS; i++)
    g_clear_pointer (&classroom->listeners[i], soak_client_free);
  g_clear_pointer (&classroom->owner, soak_client_free);
  g_free (classroom);
}

static void
fill_memory (SoakRun *run, Classroom *classroom)
{
  SoakClient *all[] = { classroom->owner, classroom->listeners[0], classroom->listeners[1] };

  for (guint i = 0; i < N_REMEMBERED && soak_run_is_alive (run); i += N_AT_ONCE) {
    for (guint j = 0; j < N_AT_ONCE; j++)
      soak_client_type (classroom->owner, "He was not an ill disposed young man.");
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
  Classroom *classroom = g_new0 (Classroom, 1);

  classroom->owner = soak_client_new (run, "room=soak", NULL);
  for (guint i = 0; i < N_LISTENERS; i++) {
    g_autofree char *query = g_strdup_printf ("room=soak&listen=1&language=%s", languages[i]);

    classroom->listeners[i] = soak_client_new (run, query, NULL);
  }
  if (classroom->owner != NULL && classroom->listeners[0] != NULL &&
      classroom->listeners[1] != NULL)
    fill_memory (run, classroom);
  return classroom;
}

/* The pipeline ends and a new one begins, and all clients stay. */
static void
cycle_restart (SoakRun *run, gpointer data)
{
  Classroom *classroom = data;
  const SoakAudio *audio = soak_scenario_get_audio (run, "webm", SOAK_AUDIO_SHORT, 1);
  guint n;

  if (audio == NULL || classroom->owner == NULL || !soak_client_start (classroom->owner, "webm") ||
      !soak_client_send_audio (classroom->owner, audio, 0, G_MAXUINT, get_speed (run)) ||
      !soak_client_stop (classroom->owner, "stop"))
    return;
  n = soak_sequence_get_texts (soak_client_get_sequence (classroom->owner))->len;
  for (guint i = 0; i < N_LISTENERS; i++)
    if (classroom->listeners[i] != NULL) {
      soak_client_wait_for_texts (classroom->listeners[i], n);
      soak_scenario_check_speech (run, classroom->listeners[i], audio->texts);
    }
  soak_scenario_check_speech (run, classroom->owner, audio->texts);
}

/* Several speak, and all of it comes at once, as a client sends it that was away. */
#define N_BURSTS 2
/* Longer than what the queue before the recogniser holds. */
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
  { "reconnect", "the connection is cut in the middle of speech, and goes on without a header", 0,
      NULL, cycle_reconnect, NULL },
  { "restart", "pipelines end and begin, and all clients stay", 0, begin_restart, cycle_restart,
      end_restart },
  { "burst", "several say much at once", 1, NULL, cycle_burst, NULL },
  {},
};
