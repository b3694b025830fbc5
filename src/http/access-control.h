/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The cookie that may have the token. */
#define HABLA_ACCESS_COOKIE "habla-token"

/**
 * HablaAccessRules:
 * @token: (nullable): that who does not come from loopback must have
 * @hosts: (nullable) (array zero-terminated=1): names that a `Host` may have beside
 *   addresses and localhost
 * @is_secure: whether the server speaks TLS
 */
typedef struct {
  const char *token;
  const char *const *hosts;
  gboolean is_secure;
} HablaAccessRules;

/**
 * HablaAccessRequest:
 * @is_loopback: it comes from this machine
 * @is_public: what it asks for is no secret: the page, health
 * @is_change: it changes something, or opens a WebSocket
 * @is_websocket: it opens a WebSocket, where the token may be the first message
 * @host: (nullable): header `Host`
 * @origin: (nullable): header `Origin`
 * @authorization: (nullable): header `Authorization`
 * @cookies: (nullable): header `Cookie`
 */
typedef struct {
  gboolean is_loopback;
  gboolean is_public;
  gboolean is_change;
  gboolean is_websocket;
  const char *host;
  const char *origin;
  const char *authorization;
  const char *cookies;
} HablaAccessRequest;

/**
 * HablaAccess:
 * @HABLA_ACCESS_GRANTED: go on
 * @HABLA_ACCESS_AFTER_HELLO: a WebSocket whose first message must have the token
 * @HABLA_ACCESS_NO_TOKEN: 401
 * @HABLA_ACCESS_WRONG_TOKEN: 401
 * @HABLA_ACCESS_BAD_HOST: 403: the name may be an attacker's that leads here (DNS rebinding)
 * @HABLA_ACCESS_BAD_ORIGIN: 403: another site's page asks
 */
typedef enum {
  HABLA_ACCESS_GRANTED,
  HABLA_ACCESS_AFTER_HELLO,
  HABLA_ACCESS_NO_TOKEN,
  HABLA_ACCESS_WRONG_TOKEN,
  HABLA_ACCESS_BAD_HOST,
  HABLA_ACCESS_BAD_ORIGIN,
} HablaAccess;

HablaAccess habla_access_control_check (
    const HablaAccessRules *rules, const HablaAccessRequest *request);
/* Returns: (nullable): what is wrong and what to do about it, for people */
const char *habla_access_control_explain (HablaAccess access);

gboolean habla_access_control_host_is_allowed (const char *host, const char *const *hosts);
gboolean habla_access_control_origin_is_same (
    const char *origin, const char *host, gboolean is_secure);
/* Takes as long for a wrong token as for the right one. */
gboolean habla_access_control_token_is_equal (const char *given, const char *token);

/* Returns: (transfer full) (nullable): the value of the first cookie called @name */
char *habla_access_control_get_cookie (const char *cookies, const char *name);

G_END_DECLS
