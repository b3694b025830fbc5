/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <api/rooms/room-codes.h>
#include <http/connection.h>

G_BEGIN_DECLS

/**
 * HablaClientHello:
 *
 * Authenticates a client that must send the token, or the join code of a room, in its first
 * message, `hello`.
 */
typedef struct _HablaClientHello HablaClientHello;

/**
 * HablaHelloResult:
 * @HABLA_HELLO_ACCEPTED: the message is `hello` with the token
 * @HABLA_HELLO_ACCEPTED_BY_CODE: the message is `hello` with the code of the room
 * @HABLA_HELLO_REJECTED: the message is anything else
 * @HABLA_HELLO_WRONG_CODE: the message is `hello`, but the code is not that of the room
 * @HABLA_HELLO_THROTTLED: the message was not checked, because the address of the client has sent
 *   too many wrong tokens or codes
 */
typedef enum {
  HABLA_HELLO_ACCEPTED,
  HABLA_HELLO_ACCEPTED_BY_CODE,
  HABLA_HELLO_REJECTED,
  HABLA_HELLO_WRONG_CODE,
  HABLA_HELLO_THROTTLED,
} HablaHelloResult;

/**
 * HablaClientHelloOptions:
 * @token: the token of the server
 * @codes: (transfer none) (nullable): the join codes; outlive the object; %NULL = there are none
 * @room: (nullable): the room that the client wants to listen to; %NULL = it is no listener, and no
 *   code lets it in
 * @connection: (transfer none) (nullable): the connection whose address is charged for wrong
 *   tokens and codes; %NULL = they are free
 * @on_timeout: called if the object still exists after five seconds
 * @user_data: for @on_timeout
 */
typedef struct {
  const char *token;
  HablaRoomCodes *codes;
  const char *room;
  HablaConnection *connection;
  void (*on_timeout) (gpointer user_data);
  gpointer user_data;
} HablaClientHelloOptions;

/**
 * habla_client_hello_new:
 * @options: copied
 *
 * Returns: (transfer full): a client that is not authenticated yet
 */
HablaClientHello *habla_client_hello_new (const HablaClientHelloOptions *options);

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
 * Compares token and code before it parses the rest of @message.
 *
 * Returns: whether the client is authenticated
 */
HablaHelloResult habla_client_hello_check (HablaClientHello *self, GBytes *message);

G_END_DECLS
