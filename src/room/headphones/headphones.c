/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/headphones/headphones.h"

#include <util/source.h>

#define DEFAULT_LINGER 5000 /* milliseconds */

typedef struct {
  HablaHeadphones *owner;
  char *language;
  HablaBroadcast *broadcast;
  GSource *linger; /* (nullable): while there is no listener */
} Channel;

struct _HablaHeadphonesListener {
  Channel *channel;
  HablaBroadcastListener *listener;
  HablaBroadcastClient client;
};

struct _HablaHeadphones {
  HablaHeadphonesOptions options;
  GHashTable *channels; /* from BCP 47 code to Channel */
};

static void
channel_free (gpointer data)
{
  Channel *self = data;

  habla_source_clear (&self->linger);
  habla_broadcast_free (self->broadcast);
  g_free (self->language);
  g_free (self);
}

static void
channel_end (Channel *self)
{
  HablaHeadphones *owner = self->owner;

  owner->options.changed (self->language, NULL, owner->options.user_data);
  g_hash_table_remove (owner->channels, self->language);
}

static gboolean
channel_on_linger (gpointer user_data)
{
  channel_end (user_data);
  return G_SOURCE_REMOVE;
}

static void
channel_on_failed (gpointer user_data)
{
  channel_end (user_data);
}

static Channel *
channel_new (HablaHeadphones *owner, const char *language)
{
  Channel *self = g_new0 (Channel, 1);
  g_autofree char *label = g_strdup_printf ("%s/%s", owner->options.room, language);

  self->owner = owner;
  self->language = g_strdup (language);
  self->broadcast = habla_broadcast_new (label, owner->options.metrics, channel_on_failed, self);
  return self;
}

HablaHeadphones *
habla_headphones_new (const HablaHeadphonesOptions *options)
{
  HablaHeadphones *self = g_new0 (HablaHeadphones, 1);

  self->options = *options;
  self->options.room = g_strdup (options->room);
  if (self->options.linger == 0)
    self->options.linger = DEFAULT_LINGER;
  self->channels = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, channel_free);
  return self;
}

void
habla_headphones_free (HablaHeadphones *self)
{
  g_hash_table_unref (self->channels);
  g_free ((char *) self->options.room);
  g_free (self);
}

static void
headphones_on_notify (gboolean is_over, gpointer user_data)
{
  HablaHeadphonesListener *self = user_data;

  self->client.notify (is_over, self->client.user_data);
  if (is_over)
    g_free (self);
}

HablaHeadphonesListener *
habla_headphones_add_listener (
    HablaHeadphones *self, const char *language, const HablaBroadcastClient *client)
{
  HablaHeadphonesListener *listener = g_new0 (HablaHeadphonesListener, 1);
  Channel *channel = g_hash_table_lookup (self->channels, language);
  HablaBroadcastClient own = *client;
  HablaSpeechTap *tap;

  if (channel == NULL) {
    channel = channel_new (self, language);
    g_hash_table_insert (self->channels, channel->language, channel);
    tap = habla_broadcast_get_tap (channel->broadcast);
    self->options.changed (language, tap, self->options.user_data);
  }
  habla_source_clear (&channel->linger);
  listener->channel = channel;
  listener->client = *client;
  own.notify = headphones_on_notify;
  own.user_data = listener;
  listener->listener = habla_broadcast_add_listener (channel->broadcast, &own);
  return listener;
}

void
habla_headphones_remove_listener (HablaHeadphonesListener *listener)
{
  Channel *channel = listener->channel;

  habla_broadcast_remove_listener (channel->broadcast, listener->listener);
  g_free (listener);
  if (habla_broadcast_count_listeners (channel->broadcast) == 0)
    habla_source_start_timer (&channel->linger, channel->owner->options.linger,
        "[habla] HablaHeadphones linger", channel_on_linger, channel);
}

void
habla_headphones_retain (HablaHeadphones *self, const char *const *languages)
{
  g_autoptr (GList) channels = g_hash_table_get_values (self->channels);

  for (GList *l = channels; l != NULL; l = l->next) {
    Channel *channel = l->data;

    if (!g_strv_contains (languages, channel->language))
      channel_end (channel);
  }
}

GBytes *
habla_headphones_read (HablaHeadphonesListener *listener)
{
  return habla_broadcast_read (listener->channel->broadcast, listener->listener);
}

void
habla_headphones_foreach (
    HablaHeadphones *self, HablaHeadphonesChanged function, gpointer user_data)
{
  GHashTableIter iter;
  gpointer channel;

  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    function (((Channel *) channel)->language,
        habla_broadcast_get_tap (((Channel *) channel)->broadcast), user_data);
}

HablaHeadphonesStats
habla_headphones_get_stats (HablaHeadphones *self)
{
  HablaHeadphonesStats stats = { 0 };
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Channel *channel = value;

    stats.n_listeners += habla_broadcast_count_listeners (channel->broadcast);
    stats.n_packet_listeners += habla_broadcast_count_packet_listeners (channel->broadcast);
    stats.lag = MAX (stats.lag, habla_broadcast_get_lag (channel->broadcast));
  }
  return stats;
}
