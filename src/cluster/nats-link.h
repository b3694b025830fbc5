/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cluster/nats-types.h>

G_BEGIN_DECLS

/**
 * HablaNatsLink:
 *
 * The connection of this node to NATS. Belongs to the thread that creates it: all functions are
 * called in it, never block, and call back in its thread-default main context, but never before
 * they return.
 *
 * NATS delivers a message to those who are connected at that moment. JetStream, a part of
 * nats-server, stores messages in streams, where they have sequence numbers, from 1.
 */
typedef struct _HablaNatsLink HablaNatsLink;

/* A subscription, see habla_nats_link_subscribe(). */
typedef struct _HablaNatsSubscription HablaNatsSubscription;

/**
 * HablaNatsStats:
 * @connections: how often a connection was made
 * @sent: messages sent or stored
 * @received: messages received
 * @lost: messages discarded because the main loop did not take them in time
 * @refused: messages that were not sent: disconnected, or too many waited
 */
typedef struct {
  guint64 connections;
  guint64 sent;
  guint64 received;
  guint64 lost;
  guint64 refused;
} HablaNatsStats;

/**
 * HablaNatsStateFunc:
 * @is_connected: whether there is a connection
 * @message: (nullable): the problem, for people; %NULL if @is_connected
 * @user_data: as given to habla_nats_link_new()
 */
typedef void (*HablaNatsStateFunc) (gboolean is_connected, const char *message, gpointer user_data);

/**
 * habla_nats_link_new:
 * @options: copied
 * @func: called when the state changes; first %FALSE is assumed
 * @user_data: passed to @func
 * @error: return location for a %HABLA_NATS_ERROR_FAILED: a server's address is malformed, or a
 *   file cannot be read
 *
 * Begins to connect, and connects again whenever the connection is lost.
 *
 * Returns: (transfer full) (nullable): a link
 */
HablaNatsLink *habla_nats_link_new (
    const HablaNatsOptions *options, HablaNatsStateFunc func, gpointer user_data, GError **error);

/**
 * habla_nats_link_free:
 * @self: (transfer full): a link whose subscriptions are freed
 *
 * Calls nothing back from now on. May block as long as the timeout.
 */
void habla_nats_link_free (HablaNatsLink *self);

/**
 * habla_nats_link_is_connected:
 * @self: a link
 *
 * Returns: whether there was a connection at the last notification
 */
gboolean habla_nats_link_is_connected (HablaNatsLink *self);

/**
 * habla_nats_link_get_stats:
 * @self: a link
 * @stats: (out caller-allocates): counts since it was created
 */
void habla_nats_link_get_stats (HablaNatsLink *self, HablaNatsStats *stats);

/**
 * habla_nats_link_publish:
 * @self: a link
 * @subject: where
 * @data: (transfer none): at most %HABLA_NATS_MAX_MESSAGE
 * @error: return location for a %HABLA_NATS_ERROR_DISCONNECTED or _BUSY
 *
 * Sends a message after those of earlier calls. It may still be lost with the connection.
 *
 * Returns: whether it will be sent
 */
gboolean habla_nats_link_publish (
    HablaNatsLink *self, const char *subject, GBytes *data, GError **error);

/**
 * HablaNatsStoredFunc:
 * @sequence: of the message in its stream; 0 on error
 * @error: (nullable): why it was not stored
 * @user_data: as given to habla_nats_link_store()
 */
typedef void (*HablaNatsStoredFunc) (guint64 sequence, const GError *error, gpointer user_data);

/**
 * HablaNatsEntry:
 * @subject: of a stream
 * @id: (nullable): a message with the same id that was stored in the last two minutes is not stored
 * again, which is no error
 * @expected: sequence of the last message with @subject, if @is_fenced; 0 = there is none
 * @is_fenced: whether to fail if the last message with @subject is not @expected
 * @data: (transfer none): at most %HABLA_NATS_MAX_MESSAGE
 */
typedef struct {
  const char *subject;
  const char *id;
  guint64 expected;
  gboolean is_fenced;
  GBytes *data;
} HablaNatsEntry;

/**
 * habla_nats_link_store:
 * @self: a link
 * @entry: copied
 * @func: called once with the result, unless @self is freed before
 * @user_data: passed to @func
 *
 * Stores a message in the stream of its subject. Several may be stored at the same time, in any
 * order: wait for the result before you store the next message of a subject.
 */
void habla_nats_link_store (
    HablaNatsLink *self, const HablaNatsEntry *entry, HablaNatsStoredFunc func, gpointer user_data);

/**
 * HablaNatsStream:
 * @name: letters, digits, _ and -
 * @subject: pattern of its subjects, such as "habla.log.>"
 * @max_bytes: of all messages; beyond, the oldest are deleted; 0 = any
 * @max_age: of a message, in seconds; 0 = any
 * @max_per_subject: number of messages of one subject that are kept; 0 = any
 * @replicas: servers that store it; 0 = 1
 */
typedef struct {
  const char *name;
  const char *subject;
  gint64 max_bytes;
  gint64 max_age;
  gint64 max_per_subject;
  guint replicas;
} HablaNatsStream;

/**
 * habla_nats_link_create_stream:
 * @self: a link
 * @stream: copied; stored on disk by nats-server
 * @func: called once with the result, unless @self is freed before; sequence 0 also on success
 * @user_data: passed to @func
 *
 * Creates a stream, unless it exists; one that exists keeps its limits.
 */
void habla_nats_link_create_stream (HablaNatsLink *self, const HablaNatsStream *stream,
    HablaNatsStoredFunc func, gpointer user_data);

/**
 * habla_nats_link_subscribe:
 * @self: a link
 * @subject: pattern of subjects
 * @func: called for each message; a %HABLA_NATS_GAP follows when messages may have been lost, also
 *   after each new connection
 * @user_data: passed to @func
 *
 * Receives messages from now on, or as soon as there is a connection.
 *
 * Returns: (transfer full): a subscription; see habla_nats_subscription_free()
 */
HablaNatsSubscription *habla_nats_link_subscribe (
    HablaNatsLink *self, const char *subject, HablaNatsEventFunc func, gpointer user_data);

/**
 * habla_nats_link_read:
 * @self: a link
 * @stream: name of a stream
 * @subject: pattern of its subjects
 * @first: sequence of the first message to read; 0 = the last message of each subject
 * @func: called for each message, in order, each once; %HABLA_NATS_CURRENT follows the last stored
 *   one, once, or a gap
 * @user_data: passed to @func
 *
 * Reads messages of a stream, and then new ones, over all connections.
 *
 * Returns: (transfer full): a subscription; see habla_nats_subscription_free()
 */
HablaNatsSubscription *habla_nats_link_read (HablaNatsLink *self, const char *stream,
    const char *subject, guint64 first, HablaNatsEventFunc func, gpointer user_data);

/**
 * habla_nats_link_consume:
 * @self: a link
 * @stream: name of a stream
 * @subject: pattern of its subjects
 * @name: of the consumer: letters, digits, _ and -; nats-server remembers what it has acknowledged
 * @func: called for each message; one that is not acknowledged within half a minute comes again
 * @user_data: passed to @func
 *
 * Reads messages that have not been acknowledged before, at most 256 at a time. One that was
 * acknowledged may come again after a failure: storing it twice must do no harm.
 *
 * Returns: (transfer full): a subscription; see habla_nats_subscription_free()
 */
HablaNatsSubscription *habla_nats_link_consume (HablaNatsLink *self, const char *stream,
    const char *subject, const char *name, HablaNatsEventFunc func, gpointer user_data);

/**
 * habla_nats_link_acknowledge:
 * @self: a link
 * @reply: of a message of habla_nats_link_consume()
 *
 * The message does not come again. If this is lost, it does.
 */
void habla_nats_link_acknowledge (HablaNatsLink *self, const char *reply);

/**
 * habla_nats_subscription_free:
 * @self: (transfer full): a subscription
 *
 * Its function is not called from now on. May be called in it.
 */
void habla_nats_subscription_free (HablaNatsSubscription *self);

G_END_DECLS
