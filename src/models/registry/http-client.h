/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * HablaHttpClient:
 *
 * Asks publishers of models over `https`, through the proxy of GIO. For one thread, which it
 * blocks. The environment variables of habla_install_async() apply.
 */
typedef struct _HablaHttpClient HablaHttpClient;

/**
 * habla_http_client_new:
 * @error: return location for a %HABLA_ERROR_PARAMETER about an environment variable
 *
 * Returns: (transfer full) (nullable): a client
 */
HablaHttpClient *habla_http_client_new (GError **error);

/**
 * habla_http_client_free:
 * @self: (transfer full): a client
 */
void habla_http_client_free (HablaHttpClient *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaHttpClient, habla_http_client_free)

/**
 * HablaHttpRequest:
 * @url: an `https` address of a publisher
 * @accept_encoding: a value for the header `Accept-Encoding`
 * @etag: (nullable): a validator: the answer is 304 if the resource has not changed
 * @range_begin: where to begin, in bytes; 0 = at the beginning
 * @range_validator: (nullable): a validator: the answer is whole if the resource has changed
 *
 * What to ask for.
 */
typedef struct {
  const char *url;
  const char *accept_encoding;
  const char *etag;
  guint64 range_begin;
  const char *range_validator;
} HablaHttpRequest;

/**
 * habla_http_client_get:
 * @self: a client
 * @request: what to ask for
 * @message: (out) (transfer full): the request with its answer
 * @cancellable: (nullable): to cancel it
 * @error: return location for an error that names the host and says what to do
 *
 * Sends a request and waits for the head of the answer; at most `HABLA_MODELS_TIMEOUT` seconds, or
 * 30, without any bytes.
 * Follows redirections to other `https` addresses. An answer with a status other than 200, 206, 304
 * and 416, and a web page, are errors.
 *
 * Returns: (transfer full) (nullable): the body of the answer, not decoded
 */
GInputStream *habla_http_client_get (HablaHttpClient *self, const HablaHttpRequest *request,
    SoupMessage **message, GCancellable *cancellable, GError **error);

/**
 * habla_http_client_explain:
 * @url: the address
 * @error: (inout): an error of the network
 *
 * Replaces the message of an error by one that names the host and says what to do.
 */
void habla_http_client_explain (const char *url, GError **error);

G_END_DECLS
