/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include "broadcast/broadcast.h"

#include <util/source.h>

/* Chunks that are kept for listeners: ten seconds. */
#define MAX_CHUNKS (10000 / HABLA_SPEECH_CHUNK)

/* Chunks from before that a new listener gets, and one that continues with newer speech: half a
 * second. Players start sooner with more, but stay that much behind. */
#define BURST 2

/* From so many listeners on, each is notified of every fifth chunk only, a fifth of them at a
 * time: sending costs more than encoding then. */
#define MANY 64
#define GROUPS 5

struct _HablaBroadcastListener {
  guint64 next; /* number of the next chunk */
  guint group;
  HablaBroadcastClient client;
};

struct _HablaBroadcast {
  char *label;
  HablaBroadcastMetrics *metrics; /* (unowned) */
  HablaBroadcastEnded failed;
  gpointer user_data;
  HablaSpeechEncoder *encoder;
  GSource *bus_watch;
  GPtrArray *chunks; /* of GBytes, a ring: chunk N is at N modulo its length */
  guint64 n_chunks;  /* number of the next chunk */
  GQueue listeners;  /* of HablaBroadcastListener */
  guint n_packet_listeners;
  guint n_added;   /* listeners so far */
  guint64 dropped; /* sentences that the metrics have */
};

static void
broadcast_count_dropped (HablaBroadcast *self)
{
  HablaSpeechEncoderStats stats;

  habla_speech_encoder_get_stats (self->encoder, &stats);
  habla_metric_add (self->metrics->dropped, 0, stats.dropped - self->dropped);
  self->dropped = stats.dropped;
}

/* @chunk: (transfer full) */
static void
broadcast_add_chunk (HablaBroadcast *self, GBytes *chunk)
{
  guint at = self->n_chunks % MAX_CHUNKS;
  GList *next;

  if (self->chunks->len < MAX_CHUNKS) {
    g_ptr_array_add (self->chunks, chunk);
  } else {
    g_bytes_unref (self->chunks->pdata[at]);
    self->chunks->pdata[at] = chunk;
  }
  self->n_chunks++;
  broadcast_count_dropped (self);
  for (GList *l = self->listeners.head; l != NULL; l = next) {
    HablaBroadcastListener *listener = l->data;

    next = l->next;
    if (listener->client.push == NULL &&
        (self->listeners.length < MANY || (self->n_chunks + listener->group) % GROUPS == 0))
      listener->client.notify (FALSE, listener->client.user_data);
  }
}

static gboolean
broadcast_on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  HablaBroadcast *self = user_data;
  g_autoptr (GError) error = NULL;
  GBytes *chunk;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "MESSAGE",
        "Headphones of %s: the encoder failed: %s", self->label, error->message);
    habla_source_clear (&self->bus_watch);
    self->failed (self->user_data);
    return G_SOURCE_REMOVE;
  }
  chunk = habla_speech_encoder_take_chunk (self->encoder, message);
  if (chunk != NULL)
    broadcast_add_chunk (self, chunk);
  return G_SOURCE_CONTINUE;
}

/* Only what someone hears is encoded. Chunks from before a pause are not those of the last half
 * second. */
static void
broadcast_update_mp3 (HablaBroadcast *self)
{
  gboolean is_wanted = self->listeners.length > self->n_packet_listeners;

  habla_speech_encoder_set_mp3 (self->encoder, is_wanted);
  if (is_wanted)
    return;
  g_ptr_array_set_size (self->chunks, 0);
  self->n_chunks = 0;
}

/* @listener: whose queue entry has been or will be removed */
static void
broadcast_disconnect (HablaBroadcast *self, HablaBroadcastListener *listener)
{
  if (listener->client.push == NULL)
    return;
  habla_speech_encoder_remove_output (self->encoder, listener->client.push_data);
  self->n_packet_listeners--;
}

HablaBroadcast *
habla_broadcast_new (const char *label, HablaBroadcastMetrics *metrics, HablaBroadcastEnded failed,
    gpointer user_data)
{
  HablaBroadcast *self = g_new0 (HablaBroadcast, 1);

  self->label = g_strdup (label);
  self->metrics = metrics;
  self->failed = failed;
  self->user_data = user_data;
  self->chunks = g_ptr_array_new_full (MAX_CHUNKS, (GDestroyNotify) g_bytes_unref);
  self->encoder = habla_speech_encoder_new ();
  habla_source_attach (&self->bus_watch,
      gst_bus_create_watch (habla_speech_encoder_get_bus (self->encoder)),
      "[habla] HablaBroadcast bus", G_SOURCE_FUNC (broadcast_on_message), self);
  habla_speech_encoder_start (self->encoder);
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_INFO, "MESSAGE", "Headphones of %s: begin", label);
  return self;
}

void
habla_broadcast_free (HablaBroadcast *self)
{
  HablaBroadcastListener *listener;

  while ((listener = g_queue_pop_head (&self->listeners)) != NULL) {
    broadcast_disconnect (self, listener);
    listener->client.notify (TRUE, listener->client.user_data);
    g_free (listener);
  }
  g_log_structured (
      G_LOG_DOMAIN, G_LOG_LEVEL_INFO, "MESSAGE", "Headphones of %s: end", self->label);
  broadcast_count_dropped (self);
  habla_source_clear (&self->bus_watch);
  habla_speech_encoder_stop (self->encoder);
  g_ptr_array_unref (self->chunks);
  g_free (self->label);
  g_free (self);
}

HablaSpeechTap *
habla_broadcast_get_tap (HablaBroadcast *self)
{
  return HABLA_SPEECH_TAP (self->encoder);
}

guint
habla_broadcast_count_listeners (HablaBroadcast *self)
{
  return self->listeners.length;
}

guint
habla_broadcast_count_packet_listeners (HablaBroadcast *self)
{
  return self->n_packet_listeners;
}

double
habla_broadcast_get_lag (HablaBroadcast *self)
{
  HablaSpeechEncoderStats stats;

  habla_speech_encoder_get_stats (self->encoder, &stats);
  return stats.lag / 1e9;
}

static guint64
broadcast_get_first (HablaBroadcast *self)
{
  return self->n_chunks - self->chunks->len;
}

static guint64
broadcast_get_burst (HablaBroadcast *self)
{
  return MAX (broadcast_get_first (self), self->n_chunks - MIN (self->n_chunks, BURST));
}

HablaBroadcastListener *
habla_broadcast_add_listener (HablaBroadcast *self, const HablaBroadcastClient *client)
{
  HablaBroadcastListener *listener = g_new0 (HablaBroadcastListener, 1);

  listener->next = broadcast_get_burst (self);
  listener->group = self->n_added++ % GROUPS;
  listener->client = *client;
  g_queue_push_tail (&self->listeners, listener);
  if (client->push != NULL) {
    self->n_packet_listeners++;
    habla_speech_encoder_add_output (self->encoder, client->push, client->push_data);
  }
  broadcast_update_mp3 (self);
  return listener;
}

void
habla_broadcast_remove_listener (HablaBroadcast *self, HablaBroadcastListener *listener)
{
  g_return_if_fail (g_queue_remove (&self->listeners, listener));
  broadcast_disconnect (self, listener);
  broadcast_update_mp3 (self);
  g_free (listener);
}

GBytes *
habla_broadcast_read (HablaBroadcast *self, HablaBroadcastListener *listener)
{
  if (listener->next == self->n_chunks)
    return NULL;
  if (listener->next < broadcast_get_first (self)) {
    listener->next = broadcast_get_burst (self);
    habla_metric_add (self->metrics->skipped, 0, 1);
  }
  return g_bytes_ref (self->chunks->pdata[listener->next++ % MAX_CHUNKS]);
}
