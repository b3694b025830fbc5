/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Audio of clients is decoded outside of the daemon: a damaged stream stops only its own pipeline,
 * and decoders exit when the daemon is killed. */
#include "habla-test.h"
#include "hablad.h"

#include <process.h>
#include <signal.h>
#include <string.h>

#define SPEECH HABLAD_SPEECH (880)
#define CHUNK 37 /* bytes */
/* A slot must be free within this time after the last chunk, in seconds. */
#define FREED_WITHIN 20

static GBytes *
load (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "integration", "data", name, NULL);
  g_autoptr (GError) error = NULL;
  char *data;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, size);
}

static void
send_in_chunks (HabladClient *client, GBytes *bytes)
{
  gsize size = g_bytes_get_size (bytes);

  for (gsize at = 0; at < size; at += CHUNK) {
    g_autoptr (GBytes) chunk = g_bytes_new_from_bytes (bytes, at, MIN (CHUNK, size - at));

    hablad_client_send_audio (client, chunk);
  }
}

/* Sends a stream that cannot be decoded.
 * Returns: time from the last chunk until the slot is free, in seconds */
static double
send_damaged (Hablad *hablad, HabladClient *client, GBytes *bytes, const char *text)
{
  guint n_errors = hablad_client_count (client, "error");
  double n_sessions;
  JsonObject *error;
  gint64 sent;

  hablad_client_start_listening (client);
  send_in_chunks (client, bytes);
  sent = g_get_monotonic_time ();
  error = hablad_client_expect (client, "error");
  if (strstr (json_object_get_string_member (error, "message"), text) == NULL)
    g_error ("expected an error with “%s”, got “%s”", text,
        json_object_get_string_member (error, "message"));
  hablad_client_expect (client, "listening_stopped");
  n_sessions = hablad_get_metric (hablad, "habla_sessions{state=\"failed\"}");
  g_assert_cmpuint (hablad_client_count (client, "error"), ==, n_errors + 1);
  g_assert_cmpfloat (n_sessions, ==, 0);
  return (g_get_monotonic_time () - sent) / 1e6;
}

typedef struct {
  const char *file;
  guint n_sessions;
} Damage;

/* Another room continues, and the affected room can start again. */
static void
test_damaged (gconstpointer data)
{
  static const char *const names[] = { SPEECH, HABLAD_SILENCE, NULL };
  const Damage *damage = data;
  g_autoptr (GBytes) bytes = load (damage->file);
  g_autoptr (GPtrArray) recording = hablad_record ("webm", names);
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) other = hablad_client_new (hablad, "room=other");
  g_autoptr (HabladClient) client = hablad_client_new (hablad, "room=damaged");
  guint status;
  double longest = 0;
  guint half = recording->len / 2;

  hablad_client_start_listening (other);
  for (guint i = 0; i < half; i++)
    hablad_client_send_audio (other, recording->pdata[i]);
  for (guint i = 0; i < damage->n_sessions; i++)
    longest = MAX (longest, send_damaged (hablad, client, bytes, "The audio is damaged"));
  g_test_message ("the slot is free after at most %.3f s", longest);
  g_assert_cmpfloat (longest, <, habla_test_scale (FREED_WITHIN));

  /* The spare decoder, and that of the other room. */
  hablad_wait_for_metric (hablad, "habla_decoders", 2);
  g_free (hablad_get (hablad, "/health/ready", &status));
  g_assert_cmpuint (status, ==, 200);
  g_assert_false (hablad_client_has (other, "error"));
  for (guint i = half; i < recording->len; i++)
    hablad_client_send_audio (other, recording->pdata[i]);
  hablad_client_request_stop (other);
  hablad_client_expect (other, "translation");
  hablad_client_expect (other, "listening_stopped");

  hablad_client_start_listening (client);
  for (guint i = 0; i < recording->len; i++)
    hablad_client_send_audio (client, recording->pdata[i]);
  hablad_client_request_stop (client);
  hablad_client_expect (client, "translation");
  hablad_client_expect (client, "listening_stopped");
  hablad_wait_for_metric (hablad, "habla_decoders", 1);
  hablad_client_close (client);
  hablad_client_close (other);
  g_clear_pointer (&client, hablad_client_free);
  g_clear_pointer (&other, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
    gpointer n_requests)
{
  ++*(guint *) n_requests;
  soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
}

/* Addresses and files named in a stream are not opened. */
static void
test_playlist (gconstpointer beginning)
{
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autoptr (GString) text = g_string_new (beginning);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;
  guint n_requests = 0;
  GSList *uris;

  soup_server_add_handler (server, NULL, on_request, &n_requests, NULL);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (server);
  url = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  while (text->len < 20000)
    g_string_append_printf (text,
        "#EXTINF:10,\n%saudio.mp3\nfile:///usr/share/pocketsphinx/test/data/librivox/" SPEECH "\n",
        url);
  bytes = g_string_free_to_bytes (g_steal_pointer (&text));

  hablad_client_start_listening (client);
  send_in_chunks (client, bytes);
  hablad_client_request_stop (client);
  hablad_client_expect (client, "error");
  hablad_client_expect (client, "listening_stopped");
  g_assert_cmpuint (hablad_client_count (client, "error"), ==, 1);
  g_assert_false (hablad_client_has (client, "transcript_final"));
  g_assert_cmpuint (n_requests, ==, 0);
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* A zombie counts as terminated; the process that adopted it may not have reaped it. */
static gboolean
is_running (int pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", pid);
  g_autofree char *text = NULL;
  const char *state;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  state = strrchr (text, ')');
  return state != NULL && state[2] != 'Z' && state[2] != 'X';
}

/* Stops the decoders with SIGSTOP, so that they cannot notice that the daemon has terminated. */
static void
stop_decoders (GArray *children)
{
  for (guint i = 0; i < children->len; i++) {
    int pid = g_array_index (children, int, i);
    g_autofree char *path = g_strdup_printf ("/proc/%d/comm", pid);
    g_autofree char *name = NULL;

    if (g_file_get_contents (path, &name, NULL, NULL) && g_str_has_prefix (name, "hablad-decoder"))
      g_assert_cmpint (kill (pid, SIGSTOP), ==, 0);
  }
}

static void
test_killed (void)
{
  static const char *const names[] = { SPEECH, NULL };
  g_autoptr (GBytes) spinning = load ("demuxer-spins.webm");
  g_autoptr (GPtrArray) recording = hablad_record ("webm", names);
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) good = hablad_client_new (hablad, "room=good");
  g_autoptr (HabladClient) bad = hablad_client_new (hablad, "room=bad");
  g_autoptr (GArray) children = NULL;

  hablad_client_start_listening (good);
  hablad_client_send_audio (good, recording->pdata[0]);
  hablad_client_start_listening (bad);
  hablad_wait_for_metric (hablad, "habla_decoders", 3);
  children = soak_process_list_children (hablad_get_pid (hablad));
  g_assert_cmpuint (children->len, >=, 3);
  send_in_chunks (bad, spinning);
  stop_decoders (children);
  hablad_signal (hablad, SIGKILL);
  g_assert_cmpint (hablad_wait (hablad, 60), ==, 128 + SIGKILL);
  for (guint i = 0; i < children->len; i++)
    hablad_wait_until (!is_running (g_array_index (children, int, i)));
}

static const Damage damaged_header = { "damaged-header.webm", 20 };
static const Damage demuxer_spins = { "demuxer-spins.webm", 8 };

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_data_func ("/hablad/decoder/damaged-header", &damaged_header, test_damaged);
  g_test_add_data_func ("/hablad/decoder/demuxer-spins", &demuxer_spins, test_damaged);
  g_test_add_data_func ("/hablad/decoder/playlist/id3", "ID3#EXTM3U\n", test_playlist);
  g_test_add_data_func ("/hablad/decoder/playlist/m3u", "#EXTM3U\n", test_playlist);
  g_test_add_func ("/hablad/decoder/killed", test_killed);
  return habla_test_run ();
}
