/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <broadcast/broadcast.h>

G_BEGIN_DECLS

/**
 * HablaHeadphones:
 *
 * The spoken translations of a room: one #HablaBroadcast for each language that someone hears. It
 * continues while pipelines of the room come and go. A language whose last listener has left stays
 * for a few seconds, because phones that change the network come back.
 */
typedef struct _HablaHeadphones HablaHeadphones;

/**
 * HablaHeadphonesListener:
 *
 * A listener of one language.
 */
typedef struct _HablaHeadphonesListener HablaHeadphonesListener;

/**
 * HablaHeadphonesChanged:
 * @language: BCP 47 code of a language whose broadcast has begun or is about to end
 * @tap: (nullable): what takes its speech; %NULL = it ends
 * @user_data: of habla_headphones_new()
 */
typedef void (*HablaHeadphonesChanged) (
    const char *language, HablaSpeechTap *tap, gpointer user_data);

/**
 * HablaHeadphonesOptions:
 * @room: its name, for logs
 * @linger: how long a language stays without a listener, in milliseconds; 0 = five seconds
 * @metrics: must outlive the headphones
 * @changed: called when a broadcast begins or ends, but not by habla_headphones_free()
 * @user_data: passed to @changed
 */
typedef struct {
  const char *room;
  guint linger;
  HablaBroadcastMetrics *metrics;
  HablaHeadphonesChanged changed;
  gpointer user_data;
} HablaHeadphonesOptions;

/**
 * habla_headphones_new:
 * @options: copied
 *
 * Returns: (transfer full): headphones without a language
 */
HablaHeadphones *habla_headphones_new (const HablaHeadphonesOptions *options);

/**
 * habla_headphones_free:
 * @self: (transfer full): headphones
 *
 * Notifies the listeners that their broadcasts are over, which frees the listeners.
 */
void habla_headphones_free (HablaHeadphones *self);

/**
 * habla_headphones_add_listener:
 * @self: headphones
 * @language: BCP 47 code
 * @client: copied; its `notify` may call habla_headphones_remove_listener() for this listener,
 *   unless the broadcast is over
 *
 * Returns: (transfer none): a listener
 */
HablaHeadphonesListener *habla_headphones_add_listener (
    HablaHeadphones *self, const char *language, const HablaBroadcastClient *client);

/**
 * habla_headphones_remove_listener:
 * @listener: (transfer full): a listener
 */
void habla_headphones_remove_listener (HablaHeadphonesListener *listener);

/**
 * habla_headphones_retain:
 * @self: headphones
 * @languages: (array zero-terminated=1): BCP 47 codes
 *
 * Ends the broadcasts of all other languages.
 */
void habla_headphones_retain (HablaHeadphones *self, const char *const *languages);

/**
 * habla_headphones_read:
 * @listener: a listener
 *
 * Returns: (transfer full) (nullable): see habla_broadcast_read()
 */
GBytes *habla_headphones_read (HablaHeadphonesListener *listener);

/**
 * habla_headphones_foreach:
 * @self: headphones
 * @function: called with each language and its tap
 * @user_data: passed to @function
 */
void habla_headphones_foreach (
    HablaHeadphones *self, HablaHeadphonesChanged function, gpointer user_data);

/**
 * HablaHeadphonesStats:
 * @n_listeners: number of listeners
 * @n_packet_listeners: how many of them get packets
 * @lag: how late the speech is that lags most, in seconds
 */
typedef struct {
  guint n_listeners;
  guint n_packet_listeners;
  double lag;
} HablaHeadphonesStats;

/**
 * habla_headphones_get_stats:
 * @self: headphones
 *
 * Returns: levels of all languages together
 */
HablaHeadphonesStats habla_headphones_get_stats (HablaHeadphones *self);

G_END_DECLS
