/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <broadcast/broadcast-metrics.h>
#include <broadcast/speech-encoder.h>
#include <gio/gio.h>
#include <pipeline/speech/speech-tap.h>

G_BEGIN_DECLS

/**
 * HablaBroadcast:
 *
 * The spoken translation of a room into one language, encoded once for all that hear it. Listeners
 * share the last ten seconds of it, so that one more costs no copy, and one that does not read
 * neither costs memory nor holds up others: it continues with newer speech. A broadcast continues
 * with silence while nothing is said. The thread of the default main context uses it.
 */
typedef struct _HablaBroadcast HablaBroadcast;

/**
 * HablaBroadcastListener:
 *
 * A listener of a broadcast.
 */
typedef struct _HablaBroadcastListener HablaBroadcastListener;

/**
 * HablaBroadcastEnded:
 * @user_data: of habla_broadcast_new()
 *
 * The encoder has failed; the broadcast must be freed.
 */
typedef void (*HablaBroadcastEnded) (gpointer user_data);

/**
 * HablaBroadcastNotify:
 * @is_over: %FALSE: there is a new chunk; %TRUE: there will be no more, and the listener is freed
 *   with the broadcast
 * @user_data: of habla_broadcast_add_listener()
 *
 * May call habla_broadcast_remove_listener() for this listener, and for no other, unless @is_over.
 */
typedef void (*HablaBroadcastNotify) (gboolean is_over, gpointer user_data);

/**
 * HablaBroadcastClient:
 * @notify: notified of chunks, unless there is @push, and of the end
 * @user_data: passed to @notify
 * @push: (nullable): gets RTP packets with Opus, in another thread; such a client reads no MP3
 * @push_data: passed to @push; differs from that of all other clients
 *
 * What a listener wants.
 */
typedef struct {
  HablaBroadcastNotify notify;
  gpointer user_data;
  HablaSpeechOutput push;
  gpointer push_data;
} HablaBroadcastClient;

/**
 * habla_broadcast_new:
 * @label: room and language, for logs
 * @metrics: must outlive the broadcast
 * @failed: called later if the encoder fails
 * @user_data: passed to @failed
 *
 * Starts an encoder.
 *
 * Returns: (transfer full): a broadcast without listeners
 */
HablaBroadcast *habla_broadcast_new (const char *label, HablaBroadcastMetrics *metrics,
    HablaBroadcastEnded failed, gpointer user_data);

/**
 * habla_broadcast_free:
 * @self: (transfer full): a broadcast
 *
 * Notifies the listeners that it is over, and stops the encoder.
 */
void habla_broadcast_free (HablaBroadcast *self);

/**
 * habla_broadcast_get_tap:
 * @self: a broadcast
 *
 * Returns: (transfer none): what takes the speech
 */
HablaSpeechTap *habla_broadcast_get_tap (HablaBroadcast *self);

/**
 * habla_broadcast_count_listeners:
 * @self: a broadcast
 *
 * Returns: their number
 */
guint habla_broadcast_count_listeners (HablaBroadcast *self);

/**
 * habla_broadcast_count_packet_listeners:
 * @self: a broadcast
 *
 * Returns: the number of listeners that get packets
 */
guint habla_broadcast_count_packet_listeners (HablaBroadcast *self);

/**
 * habla_broadcast_get_lag:
 * @self: a broadcast
 *
 * Returns: how late speech is, in seconds
 */
double habla_broadcast_get_lag (HablaBroadcast *self);

/**
 * habla_broadcast_add_listener:
 * @self: a broadcast
 * @client: copied; notified for each chunk from now on, for every fifth one while there are many
 *   listeners
 *
 * Returns: (transfer none): a listener, which first gets half a second from before
 */
HablaBroadcastListener *habla_broadcast_add_listener (
    HablaBroadcast *self, const HablaBroadcastClient *client);

/**
 * habla_broadcast_remove_listener:
 * @self: a broadcast
 * @listener: (transfer full): one of its listeners
 */
void habla_broadcast_remove_listener (HablaBroadcast *self, HablaBroadcastListener *listener);

/**
 * habla_broadcast_read:
 * @self: a broadcast
 * @listener: one of its listeners
 *
 * Returns: (transfer full) (nullable): the next chunk for @listener: MP3 frames. %NULL = it has all
 */
GBytes *habla_broadcast_read (HablaBroadcast *self, HablaBroadcastListener *listener);

G_END_DECLS
