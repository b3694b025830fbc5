/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scenarios with typed text and with listeners: typed, languages, slow-client. */
#include "metrics.h"
#include "scenario.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

/* Types @n different texts and waits for their translations. */
static void
type_texts (SoakRun *run, SoakClient *client, guint n)
{
  static const char *const nouns[] = { "house", "book", "table", "garden", "teacher", "window" };
  g_autoptr (GPtrArray) typed = g_ptr_array_new_with_free_func (g_free);
  SoakSequence *sequence = soak_client_get_sequence (client);
  double began = soak_now ();

  for (guint i = 0; i < n; i++) {
    char *text = g_strdup_printf ("The %s number %u of lesson %u is big.",
        nouns[g_rand_int_range (run->rand, 0, G_N_ELEMENTS (nouns))], i, run->cycle);

    g_ptr_array_add (typed, text);
    soak_client_type (client, text);
  }
  if (soak_client_wait_for_texts (client, n)) {
    g_autofree char *problem =
        soak_sequence_compare_typed (soak_sequence_get_texts (sequence), typed);

    soak_run_time (run, "typed", soak_now () - began);
    if (problem != NULL)
      soak_run_find (run, "sequence", "typed", "%s", problem);
  }
  soak_sequence_clear (sequence);
}

static void
cycle_typed (SoakRun *run, gpointer data)
{
  g_autoptr (SoakClient) client = soak_client_new (run, NULL, NULL);

  if (client == NULL)
    return;
  type_texts (run, client, 5);
  soak_client_close (client);
}

/* Listeners join and leave during speech; one stays. */
static void
cycle_languages (SoakRun *run, gpointer data)
{
  static const char *const languages[] = { "fr", "ca", "es", "en" };
  const SoakAudio *audio = soak_scenario_get_audio (run, "webm", 1, 1);
  g_autofree char *room = g_strdup_printf ("room=soak-%u", run->cycle);
  g_autofree char *stays = g_strconcat (room, "&listen=1&language=es", NULL);
  g_autoptr (SoakClient) speaker = soak_client_new (run, room, NULL);
  g_autoptr (SoakClient) listener = speaker != NULL ? soak_client_new (run, stays, NULL) : NULL;

  if (audio == NULL || listener == NULL || !soak_client_start (speaker, "webm"))
    return;
  for (guint i = 0; i < audio->chunks->len && soak_run_is_alive (run); i++) {
    g_autofree char *query =
        g_strdup_printf ("%s&listen=1&language=%s", room, languages[i % G_N_ELEMENTS (languages)]);
    g_autoptr (SoakClient) guest = soak_client_new (run, query, NULL);

    soak_client_send_audio (speaker, audio, i, 1, 0);
    if (guest != NULL && g_rand_boolean (run->rand))
      soak_client_close (guest);
  }
  if (!soak_client_stop (speaker, "stop"))
    return;
  soak_client_wait_for_texts (
      listener, soak_sequence_get_texts (soak_client_get_sequence (speaker))->len);
  soak_scenario_check_speech (run, listener, audio->texts);
  soak_scenario_check_speech (run, speaker, audio->texts);
  soak_client_close (listener);
  soak_client_close (speaker);
}

/* Connects a listener that does not read, like a phone in a pocket. Small socket buffers make the
 * backlog grow in the daemon. Returns: (transfer full) (nullable): its socket */
static GSocket *
connect_and_sleep (SoakRun *run, const char *room)
{
  g_autoptr (GUri) uri = g_uri_parse (soak_driver_get_url (run->driver), G_URI_FLAGS_NONE, NULL);
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string (g_uri_get_host (uri), g_uri_get_port (uri));
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autofree char *request = g_strdup_printf ("GET /ws/translate?room=%s&listen=1&language=es "
                                              "HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\n"
                                              "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                              "Sec-WebSocket-Key: c29ha3NvYWtzb2Frc29haw==\r\n\r\n",
      room, g_uri_get_host (uri), g_uri_get_port (uri));
  g_autoptr (GError) error = NULL;

  g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, 2048, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_MAXSEG, 536, NULL);
  if (!g_socket_connect (socket, address, NULL, &error) ||
      g_socket_send (socket, request, strlen (request), NULL, &error) < 0) {
    soak_run_find (run, "connection", "refused", "%s", error->message);
    return NULL;
  }
  g_socket_set_blocking (socket, FALSE);
  return g_steal_pointer (&socket);
}

static double
get_metric (SoakRun *run, const char *name)
{
  g_autofree char *text = soak_run_get (run, "metrics");
  g_autoptr (GHashTable) metrics = soak_metrics_parse (text);

  return soak_metrics_get (metrics, name);
}

/* Returns: whether the peer has closed the connection */
static gboolean
is_closed (GSocket *socket)
{
  char data[65536];
  g_autoptr (GError) error = NULL;
  gssize n;

  while ((n = g_socket_receive (socket, data, sizeof data, NULL, &error)) > 0)
    ;
  return n == 0 || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

#define LONG_TEXTS 30
#define LONG_TEXT "The teacher opens the window of the big house and reads the old book again. "

/* The other clients must receive all of it. */
static void
type_long_texts (SoakRun *run, SoakClient *speaker)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < 25; i++)
    g_string_append (text, LONG_TEXT);
  g_string_set_size (text, text->len - 1);
  for (guint i = 0; i < LONG_TEXTS; i++)
    soak_client_type (speaker, text->str);
  g_string_free (text, TRUE);
  soak_client_wait_for_texts (speaker, LONG_TEXTS);
  soak_sequence_clear (soak_client_get_sequence (speaker));
}

static void
cycle_slow_client (SoakRun *run, gpointer data)
{
  static const char closes[] = "habla_client_closes_total{code=\"1013\"}";
  g_autofree char *name = g_strdup_printf ("soak-%u", run->cycle);
  g_autofree char *query = g_strdup_printf ("room=%s", name);
  g_autoptr (SoakClient) speaker = soak_client_new (run, query, NULL);
  g_autoptr (GSocket) slow = speaker != NULL ? connect_and_sleep (run, name) : NULL;
  double before = get_metric (run, closes);

  if (slow == NULL)
    return;
  /* Wait until the listener has joined the room. */
  soak_wait_until (
      run, run->options->timeout, get_metric (run, "habla_clients{role=\"listener\"}") > 0);
  type_long_texts (run, speaker);
  if (!soak_wait_until (run, run->options->timeout, get_metric (run, closes) > before) &&
      soak_run_is_alive (run))
    soak_run_find (run, "slow client", "not closed",
        "A client that does not read is still connected after %d texts", LONG_TEXTS);
  if (!soak_wait_until (run, run->options->timeout, is_closed (slow)) && soak_run_is_alive (run))
    soak_run_find (run, "slow client", "not closed", "The connection is still open");
  soak_client_close (speaker);
}

const SoakScenario soak_scenarios_clients[] = {
  { "typed", "connect, type, disconnect", 0, NULL, cycle_typed, NULL },
  { "languages", "listeners of several languages join and leave during speech", 0, NULL,
      cycle_languages, NULL },
  { "slow-client", "a listener does not read its messages", 0, NULL, cycle_slow_client, NULL },
  {},
};
