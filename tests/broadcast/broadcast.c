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
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

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
  g_test_add_func ("/broadcast/leaks", test_leaks);
  status = habla_test_run ();
  habla_metrics_free (metrics);
  return status;
}
