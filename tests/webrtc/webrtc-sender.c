/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Speech is sent over WebRTC to clients in this process: real ICE, DTLS and SRTP over loopback. */
#define GST_USE_UNSTABLE_API
#include "habla-test.h"
#include "webrtc-ear.h"

#include <broadcast/broadcast.h>
#include <gst/webrtc/webrtc.h>
#include <math.h>
#include <string.h>
#include <webrtc/webrtc-abi.h>
#include <webrtc/webrtc-sender.h>

G_STATIC_ASSERT (sizeof (HablaWebrtcDescription) == sizeof (GstWebRTCSessionDescription));
G_STATIC_ASSERT (
    offsetof (HablaWebrtcDescription, sdp) == offsetof (GstWebRTCSessionDescription, sdp));
G_STATIC_ASSERT ((int) HABLA_WEBRTC_SDP_OFFER == (int) GST_WEBRTC_SDP_TYPE_OFFER);
G_STATIC_ASSERT (
    (int) HABLA_WEBRTC_STATE_CONNECTED == (int) GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED);
G_STATIC_ASSERT (
    (int) HABLA_WEBRTC_STATE_DISCONNECTED == (int) GST_WEBRTC_PEER_CONNECTION_STATE_DISCONNECTED);
G_STATIC_ASSERT ((int) HABLA_WEBRTC_STATE_FAILED == (int) GST_WEBRTC_PEER_CONNECTION_STATE_FAILED);
G_STATIC_ASSERT ((int) HABLA_WEBRTC_STATE_CLOSED == (int) GST_WEBRTC_PEER_CONNECTION_STATE_CLOSED);

/* From the speech to its sound at the client, in microseconds. */
#define MAX_DELAY (500 * G_TIME_SPAN_MILLISECOND)

typedef struct {
  HablaBroadcast *broadcast;
  HablaBroadcastListener *listener;
  HablaWebrtcSender *sender;
  WebrtcEar *ear;
  char *answer;
  gboolean is_connected;
  gboolean is_over;
} Client;

static HablaMetrics *metrics;
static HablaBroadcastMetrics counters;

#define wait_until(condition) \
  G_STMT_START \
  { \
    gint64 deadline_ = g_get_monotonic_time () + 60 * G_USEC_PER_SEC; \
    while (!(condition)) { \
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_); \
      if (!g_main_context_iteration (NULL, FALSE)) \
        g_usleep (1000); \
    } \
  } \
  G_STMT_END

static void
on_failed (gpointer user_data)
{
  g_assert_not_reached ();
}

static void
on_speech (gboolean is_over, gpointer user_data)
{
  Client *self = user_data;

  if (is_over)
    self->listener = NULL;
}

static void
on_sender (gboolean is_over, gpointer user_data)
{
  Client *self = user_data;

  if (is_over)
    self->is_over = TRUE;
  else
    self->is_connected = TRUE;
}

static void
on_answer (GObject *sender, GAsyncResult *result, gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (GError) error = NULL;

  self->answer = habla_webrtc_sender_answer_finish (HABLA_WEBRTC_SENDER (sender), result, &error);
  g_assert_no_error (error);
}

/* A client that has been answered, and that hears @broadcast. */
static Client *
client_new (
    HablaBroadcast *broadcast, guint payload_type, guint connect_timeout, guint silence_timeout)
{
  Client *self = g_new0 (Client, 1);
  HablaWebrtcSenderOptions options = { .address = "127.0.0.1",
    .connect_timeout = connect_timeout,
    .silence_timeout = silence_timeout,
    .notify = on_sender,
    .user_data = self };
  HablaBroadcastClient client = {
    .notify = on_speech, .user_data = self, .push = habla_webrtc_sender_push
  };
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  HablaSdpOffer *offer;

  self->broadcast = broadcast;
  self->ear = webrtc_ear_new (payload_type);
  text = webrtc_ear_create_offer (self->ear);
  offer = habla_sdp_offer_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  self->sender = client.push_data = habla_webrtc_sender_new (&options);
  self->listener = habla_broadcast_add_listener (broadcast, &client);
  habla_webrtc_sender_answer (self->sender, offer, on_answer, self);
  wait_until (self->answer != NULL);
  return self;
}

static Client *
client_new_connected (HablaBroadcast *broadcast, guint payload_type, guint silence_timeout)
{
  Client *self = client_new (broadcast, payload_type, 30000, silence_timeout);

  webrtc_ear_set_answer (self->ear, self->answer);
  wait_until (self->is_connected && webrtc_ear_count_buffers (self->ear) > 5);
  g_assert_false (self->is_over);
  return self;
}

static void
client_free (Client *self)
{
  if (self->listener != NULL)
    habla_broadcast_remove_listener (self->broadcast, self->listener);
  habla_webrtc_sender_close (self->sender);
  g_clear_pointer (&self->ear, webrtc_ear_free);
  g_free (self->answer);
  g_free (self);
}

/* Half a second of 400 Hz. */
static void
say (HablaBroadcast *broadcast)
{
  gint16 samples[HABLA_SPEECH_TAP_RATE / 2];

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    samples[i] = 12000 * sin (2 * G_PI * 400 * i / HABLA_SPEECH_TAP_RATE);
  habla_speech_tap_push (
      habla_broadcast_get_tap (broadcast), samples, G_N_ELEMENTS (samples), TRUE);
}

static void
await_end (void)
{
  wait_until (habla_webrtc_sender_count () == 0 && habla_speech_encoder_count () == 0);
}

static void
assert_heard (Client *client, gint64 said)
{
  gint64 heard = 0;

  wait_until ((heard = webrtc_ear_take_sound (client->ear)) != 0);
  g_test_message ("heard after %.0f ms", (heard - said) / 1e3);
  g_assert_cmpint (heard - said, <, MAX_DELAY * habla_test_scale (1));
}

static void
await_silence (Client *client)
{
  guint n = webrtc_ear_count_buffers (client->ear);

  do {
    n = webrtc_ear_count_buffers (client->ear);
    webrtc_ear_take_sound (client->ear);
    wait_until (webrtc_ear_count_buffers (client->ear) >= n + 3);
  } while (webrtc_ear_take_sound (client->ear) != 0);
}

/* Two clients, with different numbers of Opus, share one encoder, and hear speech in time. */
static void
test_speech (void)
{
  HablaBroadcast *broadcast = habla_broadcast_new ("class/es", &counters, on_failed, NULL);
  Client *first = client_new_connected (broadcast, 111, 10000);
  Client *second = client_new_connected (broadcast, 96, 10000);
  gint64 said;

  g_assert_cmpuint (habla_speech_encoder_count (), ==, 1);
  g_assert_cmpuint (habla_broadcast_count_packet_listeners (broadcast), ==, 2);
  g_assert_cmpint (webrtc_ear_take_sound (first->ear), ==, 0);
  g_assert_nonnull (strstr (first->answer, "a=sendonly"));
  g_assert_nonnull (strstr (first->answer, " 127.0.0.1 "));
  for (guint i = 0; i < 2; i++) {
    wait_until (habla_broadcast_get_lag (broadcast) == 0.0);
    said = g_get_monotonic_time ();
    say (broadcast);
    assert_heard (first, said);
    assert_heard (second, said);
    await_silence (first);
    await_silence (second);
  }
  client_free (first);
  g_assert_cmpuint (habla_broadcast_count_packet_listeners (broadcast), ==, 1);
  client_free (second);
  habla_broadcast_free (broadcast);
  await_end ();
}

/* Only the address that was given gets ports. */
static void
test_address (void)
{
  HablaBroadcast *broadcast = habla_broadcast_new ("class/es", &counters, on_failed, NULL);
  Client *client = client_new (broadcast, 111, 30000, 10000);
  g_auto (GStrv) lines = g_strsplit (client->answer, "\r\n", -1);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "a=candidate:")) {
      n++;
      g_assert_nonnull (strstr (lines[i], " 127.0.0.1 "));
      g_assert_nonnull (strstr (lines[i], "UDP"));
    }
  g_assert_cmpuint (n, ==, 1);
  client_free (client);
  habla_broadcast_free (broadcast);
  await_end ();
}

/* A client that does not connect is given up. */
static void
test_timeout (void)
{
  HablaBroadcast *broadcast = habla_broadcast_new ("class/es", &counters, on_failed, NULL);
  Client *client = client_new (broadcast, 111, 300, 10000);

  wait_until (client->is_over);
  g_assert_false (client->is_connected);
  client_free (client);
  habla_broadcast_free (broadcast);
  await_end ();
}

/* A client that leaves without notice is detected. */
static void
test_leave (void)
{
  HablaBroadcast *broadcast = habla_broadcast_new ("class/es", &counters, on_failed, NULL);
  Client *client = client_new_connected (broadcast, 111, 1000);
  gint64 left = g_get_monotonic_time ();

  webrtc_ear_free (g_steal_pointer (&client->ear));
  wait_until (client->is_over);
  g_test_message ("noticed after %.1f s", (g_get_monotonic_time () - left) / 1e6);
  client_free (client);
  habla_broadcast_free (broadcast);
  await_end ();
}

/* Closed while it is answered, and while the broadcast ends. */
static void
test_early_end (void)
{
  HablaBroadcast *broadcast = habla_broadcast_new ("class/es", &counters, on_failed, NULL);
  Client *client = client_new_connected (broadcast, 111, 10000);

  habla_broadcast_free (broadcast);
  g_assert_null (client->listener);
  client_free (client);
  await_end ();
}

static guint
count_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
run_cycle (HablaBroadcast *broadcast)
{
  Client *client = client_new_connected (broadcast, 111, 10000);

  client_free (client);
  wait_until (habla_webrtc_sender_count () == 0);
}

/* Returns: resident memory, in kB */
static guint64
get_memory (void)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  return g_ascii_strtoull (strchr (text, ' '), NULL, 10) * 4;
}

/* Clients that come and leave leave nothing behind. The memory is that of both ends. */
static void
test_leaks (void)
{
  HablaBroadcast *broadcast = habla_broadcast_new ("class/es", &counters, on_failed, NULL);
  guint n = habla_test_repeat (30), threads, files;
  guint64 memory;

  for (guint i = 0; i < 5; i++)
    run_cycle (broadcast);
  threads = count_files ("/proc/self/task");
  files = count_files ("/proc/self/fd");
  memory = get_memory ();
  for (guint i = 0; i < n; i++)
    run_cycle (broadcast);
  g_test_message ("%u cycles: %u threads, then %u; %u files, then %u; %" G_GUINT64_FORMAT
                  " kB, then %" G_GUINT64_FORMAT,
      n, threads, count_files ("/proc/self/task"), files, count_files ("/proc/self/fd"), memory,
      get_memory ());
  wait_until (count_files ("/proc/self/task") <= threads + 2);
  g_assert_cmpuint (count_files ("/proc/self/fd"), <=, files + 2);
  habla_broadcast_free (broadcast);
  await_end ();
}

int
main (int argc, char *argv[])
{
  int status;

  habla_test_init (&argc, &argv);
  metrics = habla_metrics_new ();
  habla_broadcast_metrics_init (&counters, metrics);
  g_assert_true (habla_webrtc_sender_is_installed ());
  g_test_add_func ("/webrtc-sender/speech", test_speech);
  g_test_add_func ("/webrtc-sender/address", test_address);
  g_test_add_func ("/webrtc-sender/timeout", test_timeout);
  g_test_add_func ("/webrtc-sender/leave", test_leave);
  g_test_add_func ("/webrtc-sender/early-end", test_early_end);
  g_test_add_func ("/webrtc-sender/leaks", test_leaks);
  status = habla_test_run ();
  habla_metrics_free (metrics);
  return status;
}
