/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RemoteFault:
 * @REMOTE_FAULT_NONE: a proper response
 * @REMOTE_FAULT_STALL: no byte of a response
 * @REMOTE_FAULT_DRIP: a byte of the body every 20 ms
 * @REMOTE_FAULT_CLOSE: closes the connection in the middle of the body
 * @REMOTE_FAULT_HANG_UP: closes the connection without a response
 * @REMOTE_FAULT_HUGE: a body without end
 * @REMOTE_FAULT_PIECES: the body in chunks of 3 bytes
 */
typedef enum {
  REMOTE_FAULT_NONE,
  REMOTE_FAULT_STALL,
  REMOTE_FAULT_DRIP,
  REMOTE_FAULT_CLOSE,
  REMOTE_FAULT_HANG_UP,
  REMOTE_FAULT_HUGE,
  REMOTE_FAULT_PIECES,
} RemoteFault;

/**
 * RemoteCall:
 * @number: 0 for the first request to the server, and so on
 * @method: its method
 * @path: its path with its query
 * @headers: its headers, one a line, as they arrived
 * @body: its body, followed by a NUL
 * @size: length of its body, in bytes
 */
typedef struct {
  guint number;
  char *method;
  char *path;
  char *headers;
  char *body;
  gsize size;
} RemoteCall;

/**
 * RemoteReply:
 * @status: status of HTTP; 200 at first
 * @headers: (nullable): more headers, each with CR and LF
 * @type: type of the body; "application/json" at first
 * @body: (nullable): its body
 * @size: length of its body, in bytes; 0 = it is text and ends with a NUL
 * @fault: what goes wrong
 */
typedef struct {
  guint status;
  char *headers;
  const char *type;
  char *body;
  gsize size;
  RemoteFault fault;
} RemoteReply;

/**
 * RemoteServer:
 *
 * A server of HTTP/1.1 with threads of its own that behaves as well or badly as the test wants.
 */
typedef struct _RemoteServer RemoteServer;

/**
 * RemoteServerFunc:
 *
 * Sets the reply to a call. Called on threads of the server, one at a time.
 */
typedef void (*RemoteServerFunc) (const RemoteCall *call, RemoteReply *reply, gpointer data);

/**
 * remote_server_new:
 * @func: called for each request
 * @data: user data of @func
 * @certificate: (nullable): certificate for https
 *
 * Returns: (transfer full): a server on a free port of 127.0.0.1
 */
RemoteServer *remote_server_new (
    RemoteServerFunc func, gpointer data, GTlsCertificate *certificate);

/**
 * remote_server_free:
 *
 * Closes all connections.
 */
void remote_server_free (RemoteServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RemoteServer, remote_server_free)

/**
 * remote_server_get_url:
 *
 * Returns: (transfer none): its URL, without a slash at the end
 */
const char *remote_server_get_url (RemoteServer *self);

/**
 * remote_server_get_n_calls:
 *
 * Returns: the number of requests so far
 */
guint remote_server_get_n_calls (RemoteServer *self);

/**
 * remote_server_wait_for_calls:
 *
 * Waits until there were @n requests; fails after 30 s.
 */
void remote_server_wait_for_calls (RemoteServer *self, guint n);

G_END_DECLS
