/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <http/request.h>

G_BEGIN_DECLS

/**
 * HablaLiveResponse:
 *
 * A response without an end, such as live audio: its body ends with the connection. The chunks are
 * the source's, which many responses may share: a response holds at most 8 KiB of them, or
 * one, and the system a few seconds of a slow client's. A client that does not read at all within
 * the server's request timeout is disconnected.
 *
 * When the headers have been sent, the connection is taken from libsoup, whose chunked encoding
 * costs three system calls for each chunk. The main thread uses it.
 */
typedef struct _HablaLiveResponse HablaLiveResponse;

/**
 * HablaLiveSource:
 * @read: returns (transfer full) (nullable): the next chunk; %NULL = there is none yet
 * @ended: the response is over, and freed after this call; the last call
 *
 * Where the body comes from. Both are called with the user data of habla_live_response_new().
 */
typedef struct {
  GBytes *(*read) (gpointer user_data);
  void (*ended) (gpointer user_data);
} HablaLiveSource;

/**
 * habla_live_response_new:
 * @request: a request
 * @type: media type; must outlive the response
 * @source: must outlive the response
 * @user_data: passed to the functions of @source
 *
 * Answers with 200. For HEAD, @source is asked for nothing.
 *
 * Returns: (transfer none): a response, which frees itself after `ended`
 */
HablaLiveResponse *habla_live_response_new (const HablaRequest *request, const char *type,
    const HablaLiveSource *source, gpointer user_data);

/**
 * habla_live_response_wake:
 * @self: a response
 *
 * Sends what the source has, as far as the client takes it. May end the response.
 */
void habla_live_response_wake (HablaLiveResponse *self);

/**
 * habla_live_response_close:
 * @self: a response
 *
 * Ends the response: there will be no more chunks.
 */
void habla_live_response_close (HablaLiveResponse *self);

G_END_DECLS
