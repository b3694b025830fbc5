/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A broadcast with its real encoder, and what is left of it afterwards. */
#include "habla-test.h"

#include <broadcast/broadcast.h>
#include <broadcast/speech-encoder.h>

#define CYCLES 100

typedef struct {
  HablaBroadcast *broadcast;
  HablaBroadcastListener *listener;
  GByteArray *heard;
  guint n_notified;
  gboolean reads;
  gboolean is_over;
} Client;

static HablaMetrics *metrics;
static HablaBroadcastMetrics counters;

static void
on_failed (gpointer user_data)
{
  g_assert_not_reached ();
}

static void
on_notify (gboolean is_over, gpointer user_data)
{
  Client *client = user_data;
  GBytes *chunk;

  client->is_over = is_over;
  client->n_notified++;
  while (!is_over && client->reads &&
         (chunk = habla_broadcast_read (client->broadcast, client->listener)) != NULL) {
    g_byte_array_append (client->heard, g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk));
    g_bytes_unref (chunk);
  }
}

static Client *
client_new (HablaBroadcast *broadcast, gboolean reads)
{
  Client *self = g_new0 (Client, 1);

  self->broadcast = broadcast;
  self->reads = reads;
  self->heard = g_byte_array_new ();
  self->listener = habla_broadcast_add_listener (
      broadcast, &(HablaBroadcastClient){ .notify = on_notify, .user_data = self });
  return self;
}

static void
client_free (Client *self)
{
  g_byte_array_unref (self->heard);
  g_free (self);
}

static void
await_encoders (guint n)
{
  gint64 deadline = g_get_monotonic_time () + habla_test_scale (60) * G_USEC_PER_SEC;

  while (habla_speech_encoder_count () != n) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_main_context_iteration (NULL, FALSE);
    g_thread_yield ();
  }
}

/* All get the same, from when they joined; one that does not read gets the newest. */
static void
test_listeners (void)
{
  HablaBroadcast *broadcast = habla_broadcast_new ("class/es", &counters, on_failed, NULL);
  Client *first = client_new (broadcast, TRUE), *second, *late;
  gsize joined;

  g_test_message ("waiting for a second of speech");
  while (first->heard->len < 6000)
    g_main_context_iteration (NULL, TRUE);
  joined = first->heard->len;
  second = client_new (broadcast, TRUE);
  late = client_new (broadcast, FALSE);
  while (second->heard->len < 9000)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (first->heard->len - second->heard->len, <, joined);
  g_assert_cmpmem (first->heard->data + first->heard->len - second->heard->len, second->heard->len,
      second->heard->data, second->heard->len);
  g_assert_cmpuint (late->n_notified, >, 0);
  g_assert_cmpuint (late->heard->len, ==, 0);
  g_assert_cmpuint (habla_broadcast_count_listeners (broadcast), ==, 3);

  habla_broadcast_remove_listener (broadcast, second->listener);
  client_free (second);
  habla_broadcast_free (broadcast);
  g_assert_true (first->is_over && late->is_over);
  client_free (first);
  client_free (late);
  await_encoders (0);
}

static void
post_chunk (GstBus *bus, guint32 number)
{
  g_autoptr (GBytes) chunk = g_bytes_new (&number, sizeof number);

  gst_bus_post (bus, gst_message_new_element (NULL, gst_structure_new ("habla/speech-chunk",
                                                        "chunk", G_TYPE_BYTES, chunk, NULL)));
}

/* Returns: the number of the next chunk of @client that post_chunk() made; 0 = there is none */
static guint32
read_number (Client *client)
{
  GBytes *next;

  while ((next = habla_broadcast_read (client->broadcast, client->listener)) != NULL) {
    g_autoptr (GBytes) chunk = next;

    if (g_bytes_get_size (chunk) == sizeof (guint32))
      return *(const guint32 *) g_bytes_get_data (chunk, NULL);
  }
  return 0;
}

/* One that has not read for more than ten seconds falls out of the ring, and continues with the
 * newest half second; what it reads is never what has been overwritten. */
static void
test_ring (void)
{
  HablaBroadcast *broadcast = habla_broadcast_new ("class/es", &counters, on_failed, NULL);
  GstBus *bus =
      habla_speech_encoder_get_bus (HABLA_SPEECH_ENCODER (habla_broadcast_get_tap (broadcast)));
  guint n = 10000 / HABLA_SPEECH_CHUNK;
  Client *client = client_new (broadcast, FALSE);
  double skipped = habla_metric_get (counters.skipped, 0);

  /* Its own chunks come between these, at most some in the time that this takes. */
  for (guint32 i = 1; i <= n / 2; i++)
    post_chunk (bus, i);
  while (client->n_notified < n / 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (read_number (client), ==, 1);
  g_assert_cmpuint (read_number (client), ==, 2);
  for (guint32 i = n / 2 + 1; i <= 3 * n; i++)
    post_chunk (bus, i);
  while (client->n_notified < 3 * n)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (read_number (client), >=, 3 * n - 1);
  while (read_number (client) != 0)
    ;
  g_assert_cmpfloat (habla_metric_get (counters.skipped, 0), ==, skipped + 1);
  habla_broadcast_free (broadcast);
  client_free (client);
  await_encoders (0);
}

/* Eight rooms with five languages each begin at once: one thread starts their encoders. */
static void
test_many (void)
{
  HablaBroadcast *broadcasts[40];
  Client *clients[G_N_ELEMENTS (broadcasts)];
  /* Forty encoders at once are too slow for sanitizers and valgrind. */
  const guint n = G_N_ELEMENTS (broadcasts) / habla_test_scale (1);
  gint64 began = g_get_monotonic_time (), started, all;

  for (guint i = 0; i < n; i++) {
    broadcasts[i] = habla_broadcast_new ("class/es", &counters, on_failed, NULL);
    clients[i] = client_new (broadcasts[i], TRUE);
  }
  await_encoders (n);
  started = g_get_monotonic_time ();
  for (guint i = 0; i < n; i++)
    while (clients[i]->heard->len == 0)
      g_main_context_iteration (NULL, TRUE);
  all = g_get_monotonic_time ();
  g_test_message ("%u encoders start in %.0f ms, all are heard after %.0f ms", n,
      (started - began) / 1e3, (all - began) / 1e3);
  g_assert_cmpint (all - began, <, 2 * G_USEC_PER_SEC * habla_test_scale (1));
  for (guint i = 0; i < n; i++) {
    habla_broadcast_free (broadcasts[i]);
    client_free (clients[i]);
  }
  await_encoders (0);
}

static void
run_cycle (gpointer data)
{
  static const gint16 speech[2400];
  HablaBroadcast *broadcast = habla_broadcast_new ("class/es", &counters, on_failed, NULL);
  g_autoptr (HablaSpeechTap) tap = g_object_ref (habla_broadcast_get_tap (broadcast));
  Client *client = client_new (broadcast, TRUE);

  habla_speech_tap_push (tap, speech, G_N_ELEMENTS (speech), TRUE);
  await_encoders (1);
  habla_broadcast_remove_listener (broadcast, client->listener);
  client_free (client);
  habla_broadcast_free (broadcast);
  await_encoders (0);
  /* A pipeline that is being torn down. */
  habla_speech_tap_push (tap, speech, G_N_ELEMENTS (speech), FALSE);
  while (g_atomic_int_get (&G_OBJECT (tap)->ref_count) > 1)
    g_main_context_iteration (NULL, FALSE);
}

/* Nothing is left after a hundred listeners that came and left, one after another. */
static void
test_leaks (void)
{
  habla_test_leak_gate (run_cycle, NULL, habla_test_repeat (CYCLES));
}

int
main (int argc, char *argv[])
{
  int status;

  habla_test_init (&argc, &argv);
  metrics = habla_metrics_new ();
  habla_broadcast_metrics_init (&counters, metrics);
  g_test_add_func ("/broadcast/listeners", test_listeners);
  g_test_add_func ("/broadcast/ring", test_ring);
  g_test_add_func ("/broadcast/many", test_many);
  g_test_add_func ("/broadcast/leaks", test_leaks);
  status = habla_test_run ();
  habla_metrics_free (metrics);
  return status;
}
