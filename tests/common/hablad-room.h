/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hablad.h"

G_BEGIN_DECLS

/**
 * hablad_start_with_token:
 * @address: where to listen
 * @token: the token that clients need
 *
 * Returns: (transfer full): a daemon; see hablad_start_on()
 */
Hablad *hablad_start_with_token (const char *address, const char *token);

/**
 * hablad_read_code:
 * @owner: an owner
 *
 * Returns: (transfer full): the join code in the next status of @owner
 */
char *hablad_read_code (HabladClient *owner);

/**
 * hablad_connect_with_code:
 * @query: see hablad_client_new()
 * @code: sent in hello, as it is
 *
 * Returns: (transfer full): a client
 */
HabladClient *hablad_connect_with_code (Hablad *hablad, const char *query, const char *code);

/**
 * hablad_stop_client:
 * @client: (inout): a client, which becomes %NULL
 *
 * Closes the client's connection, and frees it.
 */
void hablad_stop_client (HabladClient **client);

/**
 * hablad_make_room:
 * @json: the body of POST /api/rooms
 * @expected: the status of the response
 *
 * Returns: (transfer full): the join code of the room
 */
char *hablad_make_room (Hablad *hablad, const char *json, guint expected);

G_END_DECLS
