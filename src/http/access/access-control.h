/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The cookie that may have the token. */
#define HABLA_ACCESS_COOKIE "habla-token"

/* The header and the cookie that may have the code of a resource instead. */
#define HABLA_ACCESS_CODE_HEADER "Habla-Code"
#define HABLA_ACCESS_CODE_COOKIE "habla-code"

/**
 * HablaAccessCodeCheck:
 * @path: of a request, decoded
 * @code: what the client sent
 * @user_data: of the rules
 *
 * Returns: whether @code lets the client read @path
 */
typedef gboolean (*HablaAccessCodeCheck) (const char *path, const char *code, gpointer user_data);

/**
 * HablaAccessRules:
 * @token: (nullable): that clients of other machines must have
 * @hosts: (nullable) (array zero-terminated=1): names that the header Host may have, besides
 *   addresses and localhost
 * @public_origin: (nullable): the scheme, host and port under which a proxy shows the server's
 *   pages, such as "https://school.example"
 * @origins: (nullable) (array zero-terminated=1): other sites whose pages may do what those of the
 *   server may
 * @check_code: (nullable): checks the codes of resources; %NULL = there are none
 * @user_data: for @check_code
 */
typedef struct {
  const char *token;
  const char *const *hosts;
  const char *public_origin;
  const char *const *origins;
  HablaAccessCodeCheck check_code;
  gpointer user_data;
} HablaAccessRules;

/**
 * HablaAccessRequest:
 * @is_loopback: it comes from this machine
 * @is_secure: it came over TLS
 * @is_for_listeners: it came to an address that is for listeners only
 * @is_public: clients need no token for it
 * @is_by_unknown_proxy: a proxy of this machine has forwarded it, which the settings do not name
 * @is_change: it changes something, or opens a WebSocket
 * @is_websocket: it opens a WebSocket, whose first message may have the token
 * @code_path: (nullable): the path, if a code of this resource replaces the token
 * @is_code_for_changes: the code also counts for a change
 * @host: (nullable): the header Host
 * @origin: (nullable): the header Origin
 * @authorization: (nullable): the header Authorization
 * @cookies: (nullable): the header Cookie
 * @code: (nullable): the header Habla-Code
 *
 * What access depends on.
 */
typedef struct {
  gboolean is_loopback;
  gboolean is_secure;
  gboolean is_for_listeners;
  gboolean is_public;
  gboolean is_by_unknown_proxy;
  gboolean is_change;
  gboolean is_websocket;
  const char *code_path;
  gboolean is_code_for_changes;
  const char *host;
  const char *origin;
  const char *authorization;
  const char *cookies;
  const char *code;
} HablaAccessRequest;

/**
 * HablaAccess:
 * @HABLA_ACCESS_GRANTED: the request is allowed
 * @HABLA_ACCESS_BY_CODE: the request is allowed, because it has the code of the resource
 * @HABLA_ACCESS_AFTER_HELLO: a WebSocket whose first message must have the token
 * @HABLA_ACCESS_NO_TOKEN: 401: the token is missing
 * @HABLA_ACCESS_WRONG_TOKEN: 401: the token is not the server's
 * @HABLA_ACCESS_NOT_SECURE: 403: a token came to an address that is for listeners only, because
 *   everybody in the network can read the data sent there
 * @HABLA_ACCESS_WRONG_CODE: 401: there is no token, and the code is not that of the resource
 * @HABLA_ACCESS_BAD_HOST: 403: the name may be an attacker's that resolves to this server (DNS
 *   rebinding)
 * @HABLA_ACCESS_BAD_ORIGIN: 403: a page of another site asks
 * @HABLA_ACCESS_UNKNOWN_PROXY: 403: no one knows whether the client of the proxy may do this
 */
typedef enum {
  HABLA_ACCESS_GRANTED,
  HABLA_ACCESS_BY_CODE,
  HABLA_ACCESS_AFTER_HELLO,
  HABLA_ACCESS_NO_TOKEN,
  HABLA_ACCESS_WRONG_TOKEN,
  HABLA_ACCESS_NOT_SECURE,
  HABLA_ACCESS_WRONG_CODE,
  HABLA_ACCESS_BAD_HOST,
  HABLA_ACCESS_BAD_ORIGIN,
  HABLA_ACCESS_UNKNOWN_PROXY,
} HablaAccess;

/**
 * habla_access_control_check:
 * @rules: the server's
 * @request: a request
 *
 * Requests without Host do not come from browsers, nor do changes without Origin: these headers
 * may be missing.
 *
 * Returns: whether the request is allowed
 */
HablaAccess habla_access_control_check (
    const HablaAccessRules *rules, const HablaAccessRequest *request);

/**
 * habla_access_control_is_granted:
 * @access: a result of habla_access_control_check()
 *
 * Returns: whether the request may go on; a WebSocket may still have to send the token
 */
gboolean habla_access_control_is_granted (HablaAccess access);

/**
 * habla_access_control_find_code:
 * @request: a request
 *
 * Returns: (transfer full) (nullable): the code that it has and that counts: %NULL if no code
 *   replaces the token for it
 */
char *habla_access_control_find_code (const HablaAccessRequest *request);

/**
 * habla_access_control_find_wrong_cookie:
 * @rules: the server's
 * @request: a request
 *
 * A browser continues sending a token that the server has replaced.
 *
 * Returns: (transfer full) (nullable): the token in the cookie of @request, which is not the
 *   server's; %NULL if there is none, or if it does not count
 */
char *habla_access_control_find_wrong_cookie (
    const HablaAccessRules *rules, const HablaAccessRequest *request);

/**
 * habla_access_control_explain:
 * @access: a result of habla_access_control_check()
 *
 * Returns: (transfer none) (nullable): the problem and the remedy, for people; %NULL if there is
 * none
 */
const char *habla_access_control_explain (HablaAccess access);

/**
 * habla_access_control_host_is_allowed:
 * @host: the header Host
 * @hosts: (nullable) (array zero-terminated=1): further names
 *
 * A page of another site can make the browser ask this server under that site's name, by DNS, and
 * then read the response. It cannot do so under an address or under localhost.
 *
 * Returns: whether @host is an address, localhost, or one of @hosts
 */
gboolean habla_access_control_host_is_allowed (const char *host, const char *const *hosts);

/**
 * habla_access_control_origin_is_same:
 * @origin: the header Origin
 * @host: the header Host
 * @is_secure: whether the request came over TLS
 *
 * A server without TLS may be behind a proxy with TLS: there, https is accepted like http.
 *
 * Returns: whether the page that asks was served under @host
 */
gboolean habla_access_control_origin_is_same (
    const char *origin, const char *host, gboolean is_secure);

/**
 * habla_access_control_token_is_equal:
 * @given: a client's token
 * @token: the server's
 *
 * Takes the same time for wrong tokens and for the right one.
 *
 * Returns: whether they are equal, and not empty
 */
gboolean habla_access_control_token_is_equal (const char *given, const char *token);

/**
 * habla_access_control_get_cookie:
 * @cookies: (nullable): the header Cookie
 * @name: of the cookie
 *
 * Returns: (transfer full) (nullable): the value of the first cookie @name
 */
char *habla_access_control_get_cookie (const char *cookies, const char *name);

G_END_DECLS
