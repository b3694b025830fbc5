/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <api/websocket/client-registry.h>
#include <websocket/websocket-meter.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * HablaSendQueue:
 *
 * Sends messages to one client, and bounds what is queued for a client that reads slowly. Beyond
 * the soft limit only the newest partial texts are kept. Beyond the hard limit the owner of the
 * queue is notified, and must close the connection.
 */
typedef struct _HablaSendQueue HablaSendQueue;

/**
 * HablaSendQueueOptions:
 * @websocket: (transfer none): the connection; outlives the queue
 * @meter: (transfer none): the meter of @websocket
 * @registry: (transfer none): counts the messages; outlives the queue
 * @soft_limit: in bytes
 * @hard_limit: in bytes
 * @on_overflow: called when more than @hard_limit bytes are queued
 * @user_data: for @on_overflow
 */
typedef struct {
  SoupWebsocketConnection *websocket;
  HablaWebsocketMeter *meter;
  HablaClientRegistry *registry;
  gsize soft_limit;
  gsize hard_limit;
  void (*on_overflow) (gsize backlog, gpointer user_data);
  gpointer user_data;
} HablaSendQueueOptions;

/**
 * habla_send_queue_new:
 * @options: copied
 *
 * Returns: (transfer full): an empty queue
 */
HablaSendQueue *habla_send_queue_new (const HablaSendQueueOptions *options);

/**
 * habla_send_queue_free:
 * @self: (transfer full): a queue
 */
void habla_send_queue_free (HablaSendQueue *self);

/**
 * habla_send_queue_stop:
 * @self: a queue
 *
 * Makes sending a no-op from now on. Any number of times.
 */
void habla_send_queue_stop (HablaSendQueue *self);

/**
 * habla_send_queue_send:
 * @self: a queue
 * @type: a #HablaEventType or HABLA_CLIENT_SENT_…
 * @message: (transfer none): the encoded message
 *
 * No-op if the connection is not open. A partial text replaces the queued one of its type; a
 * transcript and a reset of the session discard both.
 */
void habla_send_queue_send (HablaSendQueue *self, guint type, GBytes *message);

/**
 * habla_send_queue_send_error:
 * @self: a queue
 * @text: a message for people
 *
 * Sends an error message. Errors beyond 2 a second, 20 at once, are counted but not sent.
 */
void habla_send_queue_send_error (HablaSendQueue *self, const char *text);

/**
 * habla_send_queue_is_open:
 * @self: a queue
 *
 * Returns: whether messages are sent: the queue is not stopped, and the connection is open
 */
gboolean habla_send_queue_is_open (HablaSendQueue *self);

/**
 * habla_send_queue_get_backlog:
 * @self: a queue
 *
 * Returns: the number of bytes that libsoup has been given and not written yet
 */
gsize habla_send_queue_get_backlog (HablaSendQueue *self);

G_END_DECLS
