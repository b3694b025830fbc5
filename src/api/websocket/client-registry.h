/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <api/websocket/protocol.h>
#include <websocket/frame-guard.h>
#include <monitoring/metrics.h>

G_BEGIN_DECLS

/**
 * HablaClientRegistry:
 *
 * The connected WebSocket clients, and the metrics that they share. It knows a client only
 * through its #HablaClientInterface. Belongs to the thread of the default main context.
 */
typedef struct _HablaClientRegistry HablaClientRegistry;

/**
 * HablaClientRole:
 * @HABLA_CLIENT_AUTHENTICATING: has not sent its token or code yet
 * @HABLA_CLIENT_WAITING: waits for its room to open
 * @HABLA_CLIENT_OWNER: owns a room
 * @HABLA_CLIENT_LISTENER: follows a room
 */
typedef enum {
  HABLA_CLIENT_AUTHENTICATING,
  HABLA_CLIENT_WAITING,
  HABLA_CLIENT_OWNER,
  HABLA_CLIENT_LISTENER,
} HablaClientRole;

/* Types of received messages besides those of #HablaCommandType. */
#define HABLA_CLIENT_RECEIVED_AUDIO HABLA_COMMAND_N_TYPES
#define HABLA_CLIENT_RECEIVED_INVALID (HABLA_COMMAND_N_TYPES + 1)

/* Types of sent messages besides those of #HablaEventType. */
#define HABLA_CLIENT_SENT_PONG (HABLA_EVENT_ERROR + 1)
#define HABLA_CLIENT_SENT_LANGUAGES_CHANGED (HABLA_EVENT_ERROR + 2)
#define HABLA_CLIENT_SENT_WAITING (HABLA_EVENT_ERROR + 3)

/* Reasons to close a connection besides those of #HablaFrameVerdict. */
#define HABLA_CLIENT_REFUSED_HELLO HABLA_FRAME_N_VERDICTS
#define HABLA_CLIENT_REFUSED_MESSAGE_RATE (HABLA_FRAME_N_VERDICTS + 1)
#define HABLA_CLIENT_REFUSED_CODE (HABLA_FRAME_N_VERDICTS + 2)

/**
 * HablaClientInterface:
 * @get_role: returns the role of the client
 * @get_backlog: returns the number of bytes that are queued for the client
 * @close: closes the connection with a close frame; must not remove the client at once
 * @code_renewed: closes the connection if the former join code of the room let the client in; must
 *   not remove the client at once
 */
typedef struct {
  HablaClientRole (*get_role) (gpointer client);
  gsize (*get_backlog) (gpointer client);
  void (*close) (gpointer client, gushort code, const char *reason);
  void (*code_renewed) (gpointer client, const char *room);
} HablaClientInterface;

/**
 * HablaClientEntry:
 *
 * The place of a client in the registry; part of the client's own struct. Its fields are private.
 */
typedef struct {
  GList link;
  const HablaClientInterface *interface;
} HablaClientEntry;

/**
 * habla_client_registry_new:
 * @metrics: (transfer none): where to add the metrics; must outlive the registry
 *
 * Returns: (transfer full): a registry without clients
 */
HablaClientRegistry *habla_client_registry_new (HablaMetrics *metrics);

/**
 * habla_client_registry_free:
 * @self: (transfer full): a registry without clients
 */
void habla_client_registry_free (HablaClientRegistry *self);

/**
 * habla_client_registry_add:
 * @self: a registry
 * @entry: (transfer none): the entry of @client, which is not in a registry
 * @interface: (transfer none): the interface of @client; must outlive it
 * @client: a client
 */
void habla_client_registry_add (HablaClientRegistry *self, HablaClientEntry *entry,
    const HablaClientInterface *interface, gpointer client);

/**
 * habla_client_registry_remove:
 * @self: a registry
 * @entry: the entry of a client in @self
 * @close_code: the WebSocket close code of its connection
 */
void habla_client_registry_remove (
    HablaClientRegistry *self, HablaClientEntry *entry, guint close_code);

/**
 * habla_client_registry_get_length:
 * @self: a registry
 *
 * Returns: the number of clients
 */
guint habla_client_registry_get_length (HablaClientRegistry *self);

/**
 * habla_client_registry_close_all:
 * @self: a registry
 * @code: a WebSocket close code
 * @reason: the reason for the close frame, at most 123 bytes
 *
 * Begins to close all connections. The clients leave the registry from the main loop.
 */
void habla_client_registry_close_all (HablaClientRegistry *self, gushort code, const char *reason);

/**
 * habla_client_registry_notify_code_renewed:
 * @self: a registry
 * @room: name of a room whose join code is another one now
 *
 * Begins to close the connections of listeners that the former code let in.
 */
void habla_client_registry_notify_code_renewed (HablaClientRegistry *self, const char *room);

/**
 * habla_client_registry_get_unfinished_bytes:
 * @self: a registry
 *
 * Returns: (transfer none): the number of bytes of incomplete messages from all clients, which
 *   all frame guards count in together
 */
guint64 *habla_client_registry_get_unfinished_bytes (HablaClientRegistry *self);

/**
 * habla_client_registry_count_received:
 * @self: a registry
 * @type: a #HablaCommandType or HABLA_CLIENT_RECEIVED_…
 *
 * Counts a message from a client.
 */
void habla_client_registry_count_received (HablaClientRegistry *self, guint type);

/**
 * habla_client_registry_count_sent:
 * @self: a registry
 * @type: a #HablaEventType or HABLA_CLIENT_SENT_…
 * @backlog: the number of bytes that are queued for the client now
 *
 * Counts a message to a client.
 */
void habla_client_registry_count_sent (HablaClientRegistry *self, guint type, gsize backlog);

/**
 * habla_client_registry_count_refusal:
 * @self: a registry
 * @reason: a #HablaFrameVerdict or HABLA_CLIENT_REFUSED_…
 *
 * Counts a connection that is closed because its client exceeded a limit.
 */
void habla_client_registry_count_refusal (HablaClientRegistry *self, guint reason);

/**
 * habla_client_registry_count_pause:
 * @self: a registry
 *
 * Counts a pause in reading from a client that sends too many messages.
 */
void habla_client_registry_count_pause (HablaClientRegistry *self);

/**
 * habla_client_registry_count_dropped_partial:
 * @self: a registry
 *
 * Counts a partial text that is not sent because a newer message replaces it.
 */
void habla_client_registry_count_dropped_partial (HablaClientRegistry *self);

/**
 * habla_client_registry_count_suppressed_error:
 * @self: a registry
 *
 * Counts an error message that is not sent because of the rate limit.
 */
void habla_client_registry_count_suppressed_error (HablaClientRegistry *self);

G_END_DECLS
