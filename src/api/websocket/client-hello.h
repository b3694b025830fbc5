/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <http/connection.h>

G_BEGIN_DECLS

/**
 * HablaClientHello:
 *
 * Authenticates a client that must send the token in its first message, `hello`.
 */
typedef struct _HablaClientHello HablaClientHello;

/**
 * HablaHelloResult:
 * @HABLA_HELLO_ACCEPTED: the message is `hello` with the token
 * @HABLA_HELLO_REJECTED: the message is anything else
 * @HABLA_HELLO_THROTTLED: the message was not checked, because the address of the client has sent
 *   too many wrong tokens
 */
typedef enum {
  HABLA_HELLO_ACCEPTED,
  HABLA_HELLO_REJECTED,
  HABLA_HELLO_THROTTLED,
} HablaHelloResult;

/**
 * habla_client_hello_new:
 * @token: the token of the server
 * @connection: (transfer none) (nullable): the connection whose address is charged for wrong
 *   tokens; %NULL = wrong tokens are free
 * @on_timeout: called if the object still exists after five seconds
 * @user_data: for @on_timeout
 *
 * Returns: (transfer full): a client that is not authenticated yet
 */
HablaClientHello *habla_client_hello_new (const char *token, HablaConnection *connection,
    void (*on_timeout) (gpointer user_data), gpointer user_data);

/**
 * habla_client_hello_free:
 * @self: (transfer full): a client
 */
void habla_client_hello_free (HablaClientHello *self);

/**
 * habla_client_hello_check:
 * @self: a client
 * @message: (nullable): its first text message; %NULL = it was binary
 *
 * Compares the token before it parses the rest of @message.
 *
 * Returns: whether the client is authenticated
 */
HablaHelloResult habla_client_hello_check (HablaClientHello *self, GBytes *message);

G_END_DECLS
