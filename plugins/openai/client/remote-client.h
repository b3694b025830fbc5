/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "remote-settings.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Default and largest bytes of a response. */
#define REMOTE_CLIENT_MAX_RESPONSE (1024 * 1024)
#define REMOTE_CLIENT_MAX_AUDIO (64 * 1024 * 1024)

/**
 * RemoteClient:
 *
 * HTTP client of an element whose engine is a server. Its settings are properties of the element,
 * see remote_client_install_properties(). Requests are synchronous, from any thread of the element
 * but the main loop's; connections live in a thread of the client, from remote_client_start() to
 * remote_client_stop(). The API key is in no property, message, error, log or dump.
 *
 * The client has no circuit breaker: the base class of the element has one.
 */
typedef struct _RemoteClient RemoteClient;

/**
 * remote_client_new:
 * @element: (transfer none): the element, which frees the client
 * @info: as in remote_client_install_properties()
 *
 * Returns: (transfer full): a stopped client
 */
RemoteClient *remote_client_new (GstElement *element, const RemoteClientInfo *info);

/**
 * remote_client_free:
 * @self: (transfer full): a stopped client
 */
void remote_client_free (RemoteClient *self);

/**
 * remote_client_set_property:
 * @self: a client
 * @index: id of the property minus that of the first one
 * @value: its value
 *
 * Any thread.
 *
 * Returns: whether @index is a writable property of the client
 */
gboolean remote_client_set_property (RemoteClient *self, guint index, const GValue *value);

/**
 * remote_client_get_property:
 * @self: a client
 * @index: id of the property minus that of the first one
 * @value: set to its value
 *
 * Any thread.
 *
 * Returns: whether @index is a property of the client
 */
gboolean remote_client_get_property (RemoteClient *self, guint index, GValue *value);

/**
 * remote_client_copy_settings:
 * @self: a client
 * @element: an element with the properties of a client
 *
 * Sets the properties of the client to those of @element, for requests besides those of its own
 * client. Any thread.
 */
void remote_client_copy_settings (RemoteClient *self, GObject *element);

/**
 * remote_client_dup_model:
 * @self: a client
 *
 * Returns: (transfer full) (nullable): the property `model`; %NULL if it is not set or empty
 */
char *remote_client_dup_model (RemoteClient *self);

/**
 * remote_client_dup_fallback:
 * @self: a client
 *
 * Returns: (transfer full) (nullable): the property `fallback`
 */
char *remote_client_dup_fallback (RemoteClient *self);

/**
 * remote_client_check:
 * @self: a stopped client
 * @transition: a change of the state of its element
 *
 * From NULL to READY, checks the properties as remote_client_start() does, and posts the error:
 * programs find out early, without a start, that an element cannot work.
 *
 * Returns: whether the state may change
 */
gboolean remote_client_check (RemoteClient *self, GstStateChange transition);

/**
 * remote_client_start:
 * @self: a stopped client
 * @error: return location for a %HABLA_ERROR_PARAMETER: no URL or an unusable one, no model though
 *   @needs_model of #RemoteClientInfo is set, an unreadable key file or one that other users can
 *   read, an environment variable that is not set, a key that would be sent unencrypted
 *
 * Reads the key, starts the thread and resets the statistics. Sends nothing. Unless the server is
 * on this machine, logs and posts the element message `habla/data-leaves` with `engine` (string:
 * name of the element factory), `server` (string: scheme, host and port) and `data` (string).
 *
 * Returns: whether requests can be sent
 */
gboolean remote_client_start (RemoteClient *self, GError **error);

/**
 * remote_client_stop:
 * @self: a client, started or not, without running requests
 *
 * Closes the connections and ends the thread.
 */
void remote_client_stop (RemoteClient *self);

/**
 * RemoteChunkFunc:
 * @data: bytes of the body of a successful response
 * @size: their number, > 0
 * @user_data: user data
 *
 * Called on the thread that called remote_client_send(), without a lock; it may block. The next
 * bytes are read when it has returned, and its time does not count for the timeout.
 *
 * Returns: whether more bytes are needed; otherwise the request ends with success
 */
typedef gboolean (*RemoteChunkFunc) (const guint8 *data, gsize size, gpointer user_data);

/**
 * RemoteRequest:
 * @path: path below the URL of the server, with its version: "v1/chat/completions"; see
 *   remote_url_join()
 * @body: (nullable): body of a POST; %NULL = GET
 * @content_type: (nullable): type of @body; %NULL = "application/json"
 * @accept: (nullable): value of the header "Accept"
 * @timeout: for the whole request with its retries, in milliseconds; 0 = the property `timeout`
 * @max_response: bytes of the response, at most %REMOTE_CLIENT_MAX_AUDIO; 0 =
 *   %REMOTE_CLIENT_MAX_RESPONSE
 * @on_chunk: (nullable): gets the body of a successful response, in pieces as they arrive
 * @user_data: user data of @on_chunk
 *
 * A request. It is sent again only while @on_chunk was not called.
 */
typedef struct {
  const char *path;
  GBytes *body;
  const char *content_type;
  const char *accept;
  guint timeout;
  gsize max_response;
  RemoteChunkFunc on_chunk;
  gpointer user_data;
} RemoteRequest;

/**
 * RemoteResponse:
 * @status: status of HTTP; 0 if there was no response
 * @content_type: (nullable): its media type in lower case, without parameters
 * @body: (nullable): its body, without the key, followed by a NUL that does not count; also that of
 *   an error, of which the first 64 KiB; %NULL if @on_chunk got it
 * @retries: how often the request was sent again
 *
 * A response, also one that is an error. Zero-initialise it and clear it with
 * remote_response_clear(), or use g_auto().
 */
typedef struct {
  guint status;
  char *content_type;
  GBytes *body;
  guint retries;
} RemoteResponse;

/**
 * remote_response_clear:
 * @self: a response
 */
void remote_response_clear (RemoteResponse *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RemoteResponse, remote_response_clear)

/**
 * remote_client_send:
 * @self: a started client
 * @request: the request
 * @response: (out caller-allocates): zero-initialised
 * @cancellable: (nullable): returns at once when it is cancelled
 * @error: return location: %G_IO_ERROR_CANCELLED; a %HABLA_ERROR_TIMEOUT if the server took longer
 *   than the timeout; a %HABLA_ERROR_ENGINE for any other failure. The message names server and
 *   reason and says what to do, but never the key
 *
 * Sends a request and waits for the response. Connection failures and the statuses 408, 409, 425,
 * 429 and 5xx are tried again, after a backoff with jitter or after `Retry-After`, if the timeout
 * leaves time. After a `Retry-After` that is too late all requests fail at once until then.
 * Redirections are not followed.
 *
 * Returns: whether the status is 2xx and the body is complete
 */
gboolean remote_client_send (RemoteClient *self, const RemoteRequest *request,
    RemoteResponse *response, GCancellable *cancellable, GError **error);

/**
 * remote_client_add_usage:
 * @self: a client
 * @input: tokens of requests
 * @output: tokens of responses
 *
 * Counts tokens in `remote-stats`. Any thread.
 */
void remote_client_add_usage (RemoteClient *self, guint64 input, guint64 output);

/**
 * remote_client_reject:
 * @self: a client
 * @reason: why; must not contain the key or the words spoken
 *
 * Counts a complete response that the element could not use. Any thread.
 */
void remote_client_reject (RemoteClient *self, const char *reason);

/*
 * For WebSockets and other uses of libsoup.
 */

/**
 * remote_client_new_message:
 * @self: a started client
 * @method: "GET" or "POST"
 * @path: as in #RemoteRequest
 *
 * Returns: (transfer full): a message with the key that follows no redirections. Use it in the
 *   thread of remote_client_get_context() only
 */
SoupMessage *remote_client_new_message (RemoteClient *self, const char *method, const char *path);

/**
 * remote_client_get_context:
 * @self: a started client
 *
 * Returns: (transfer none): the main context of the thread of the client, its thread-default
 */
GMainContext *remote_client_get_context (RemoteClient *self);

/**
 * remote_client_get_session:
 * @self: a started client
 *
 * Returns: (transfer none): the session. Use it in the thread of remote_client_get_context() only
 */
SoupSession *remote_client_get_session (RemoteClient *self);

/**
 * remote_client_get_key:
 * @self: a started client
 *
 * Returns: (transfer none) (nullable): the API key, for servers that expect it in the body
 */
const char *remote_client_get_key (RemoteClient *self);

/**
 * remote_client_redact:
 * @self: a started client
 * @text: text from the server
 *
 * Returns: (transfer full): at most 200 characters of @text in one line, without the key: for
 *   messages
 */
char *remote_client_redact (RemoteClient *self, const char *text);

/**
 * remote_client_hide_key:
 * @self: a started client
 * @text: (transfer full) (nullable): text from the server
 *
 * For texts that do not come from @body of a #RemoteResponse, in which the key is replaced.
 *
 * Returns: (transfer full) (nullable): @text, with “[key]” instead of the key
 */
char *remote_client_hide_key (RemoteClient *self, char *text);

G_END_DECLS
