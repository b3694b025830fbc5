/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The requests of a server: who may send them, and which route answers them. */
#define G_LOG_USE_STRUCTURED
#include "http/cors.h"
#include "http/http-server-private.h"
#include "http/response.h"

#include <string.h>

#define MAX_LOGGED_HEADER 100

static HablaConnection *
http_server_find_connection (SoupServerMessage *message)
{
  return habla_connection_find (soup_server_message_get_remote_address (message));
}

static gboolean
http_server_has_flag (const HablaRoute *route, HablaRouteFlags flag)
{
  return route != NULL && (route->flags & flag) != 0;
}

/* Returns: (transfer none): the path of the route */
static const char *
http_server_remove_prefix (HablaHttpServer *self, const char *path)
{
  gsize length = self->prefix != NULL ? strlen (self->prefix) : 0;

  return length > 0 && strncmp (path, self->prefix, length) == 0 && path[length] == '/'
             ? path + length
             : path;
}

/* Access */

/* A client chose what is in the log. Returns: its header @name, short and printable */
static char *
http_server_quote_header (SoupServerMessage *message, const char *name)
{
  const char *value =
      soup_message_headers_get_one (soup_server_message_get_request_headers (message), name);
  char *text = g_strndup (value != NULL ? value : "", MAX_LOGGED_HEADER);

  for (char *c = text; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c))
      *c = '?';
  return text;
}

/* Only who operates the server can put these right: a browser does not show the response to a
 * WebSocket. */
static void
http_server_log_refusal (HablaHttpServer *self, SoupServerMessage *message, HablaAccess access)
{
  g_autofree char *host = http_server_quote_header (message, "Host");
  g_autofree char *origin = http_server_quote_header (message, "Origin");

  if (!habla_token_bucket_take (&self->refusal_log, g_get_monotonic_time ()))
    return;
  if (access == HABLA_ACCESS_BAD_HOST)
    g_message ("Refused a request for the name %s; if it is this machine's, add it to hosts in "
               "[server]",
        host);
  else if (access == HABLA_ACCESS_BAD_ORIGIN)
    g_message ("Refused a request to %s by a page of %s; if that is a proxy in front of hablad, "
               "set public-url in [network] to the address of the page; if it is a client that may "
               "use hablad, add it to origins in [client]",
        host, origin);
}

/* Once: each request of the proxy would repeat it. */
static void
http_server_log_proxy (HablaHttpServer *self)
{
  if (self->has_logged_proxy)
    return;
  self->has_logged_proxy = TRUE;
  g_message ("Refused a request that a proxy on this machine forwarded; set proxies=127.0.0.1;::1 "
             "and public-url, the address of the page, in [network]. If the proxy authenticates "
             "its clients itself, set proxies=none");
}

static void
http_server_deny (HablaHttpServer *self, SoupServerMessage *message, HablaAccess access)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  gboolean is_token = access == HABLA_ACCESS_NO_TOKEN || access == HABLA_ACCESS_WRONG_TOKEN ||
                      access == HABLA_ACCESS_WRONG_CODE;

  if (is_token)
    soup_message_headers_replace (headers, "WWW-Authenticate",
        access == HABLA_ACCESS_NO_TOKEN ? "Bearer realm=\"habla\""
                                        : "Bearer realm=\"habla\", error=\"invalid_token\"");
  habla_http_server_count_refusal (
      self, is_token || access == HABLA_ACCESS_NOT_SECURE ? HABLA_HTTP_REFUSED_TOKEN
            : access == HABLA_ACCESS_BAD_HOST             ? HABLA_HTTP_REFUSED_HOST
            : access == HABLA_ACCESS_UNKNOWN_PROXY        ? HABLA_HTTP_REFUSED_PROXY
                                                          : HABLA_HTTP_REFUSED_ORIGIN);
  if (access == HABLA_ACCESS_UNKNOWN_PROXY)
    http_server_log_proxy (self);
  else
    http_server_log_refusal (self, message, access);
  habla_response_set_error (message, is_token ? SOUP_STATUS_UNAUTHORIZED : SOUP_STATUS_FORBIDDEN,
      "%s", habla_access_control_explain (access));
}

static HablaAccessRequest
http_server_describe (const HablaAccessRules *rules, HablaConnection *connection,
    SoupServerMessage *message, const HablaRoute *route, const char *path)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *method = soup_server_message_get_method (message);
  gboolean is_websocket = http_server_has_flag (route, HABLA_ROUTE_WEBSOCKET);
  gboolean is_preflight = habla_cors_is_preflight (rules->origins, message);

  return (HablaAccessRequest){
    .is_loopback = habla_connection_is_loopback (connection),
    .is_secure = habla_connection_has_trait (connection, HABLA_CONNECTION_SECURE),
    .is_for_listeners = habla_connection_has_trait (connection, HABLA_CONNECTION_FOR_LISTENERS),
    .is_public = http_server_has_flag (route, HABLA_ROUTE_PUBLIC) || is_preflight,
    .is_by_unknown_proxy = habla_connection_has_trait (connection, HABLA_CONNECTION_UNKNOWN_PROXY),
    .is_websocket = is_websocket,
    .is_change = is_websocket || (strcmp (method, "GET") != 0 && strcmp (method, "HEAD") != 0),
    .code_path = http_server_has_flag (route, HABLA_ROUTE_CODE) ? path : NULL,
    .is_code_for_changes = http_server_has_flag (route, HABLA_ROUTE_CODE_CHANGES),
    .host = soup_message_headers_get_one (headers, "Host"),
    .origin = soup_message_headers_get_one (headers, "Origin"),
    .authorization = soup_message_headers_get_one (headers, "Authorization"),
    .cookies = soup_message_headers_get_one (headers, "Cookie"),
    .code = soup_message_headers_get_one (headers, HABLA_ACCESS_CODE_HEADER),
  };
}

static HablaAccess
http_server_check_access (HablaHttpServer *self, HablaConnection *connection,
    SoupServerMessage *message, const HablaRoute *route, const char *path)
{
  HablaAccessRequest request =
      http_server_describe (&self->rules, connection, message, route, path);

  return habla_access_control_check (&self->rules, &request);
}

/* Returns: whether @request has a token or a code that must be checked, besides @wrong_cookie */
static gboolean
http_server_has_secret (const HablaAccessRequest *request, const char *wrong_cookie)
{
  g_autofree char *cookie = NULL;
  g_autofree char *code = NULL;

  if (request->is_public)
    return FALSE;
  if (request->authorization != NULL)
    return TRUE;
  if (!request->is_for_listeners && wrong_cookie == NULL)
    cookie = habla_access_control_get_cookie (request->cookies, HABLA_ACCESS_COOKIE);
  code = habla_access_control_find_code (request);
  return cookie != NULL || code != NULL;
}

static void
http_server_clear_cookie_of (SoupServerMessage *message, const char *base, const char *path)
{
  g_autofree char *cookie =
      g_strdup_printf (HABLA_ACCESS_COOKIE "=; Path=%s%s; Max-Age=0", base, path);

  soup_message_headers_append (
      soup_server_message_get_response_headers (message), "Set-Cookie", cookie);
}

/* The browser need not send it again. A page has set it for the path at which pages are. */
static void
http_server_clear_cookie (
    HablaHttpServer *self, HablaConnection *connection, SoupServerMessage *message)
{
  gboolean is_proxied = habla_connection_has_trait (connection, HABLA_CONNECTION_PROXIED);
  const char *base = is_proxied && self->public_path != NULL ? self->public_path : "/";
  g_autofree char *prefix = self->prefix != NULL ? g_strconcat (self->prefix + 1, "/", NULL) : NULL;

  http_server_clear_cookie_of (message, base, "");
  if (prefix != NULL)
    http_server_clear_cookie_of (message, base, prefix);
}

/* Requests */

/* Returns: (transfer full) (nullable): the address in @text, which may have a port */
static GInetAddress *
parse_forwarded (const char *text)
{
  g_autofree char *host = g_strstrip (g_strdup (text));
  g_autoptr (GSocketAddress) address = NULL;
  char *end;

  if (host[0] == '[' && (end = strchr (host, ']')) != NULL) {
    *end = '\0';
    return g_inet_address_new_from_string (host + 1);
  }
  end = strchr (host, ':');
  if (end != NULL && strchr (end + 1, ':') == NULL)
    *end = '\0';
  return g_inet_address_new_from_string (host);
}

/* A proxy appends the address of its client to X-Forwarded-For; what stands before it may be the
 * client's invention. Returns: whether the client may have one more connection */
static gboolean
http_server_move_to_client (
    HablaHttpServer *self, HablaConnection *connection, SoupServerMessage *message)
{
  const char *list = soup_message_headers_get_list (
      soup_server_message_get_request_headers (message), "X-Forwarded-For");
  const char *last = list != NULL ? strrchr (list, ',') : NULL;
  g_autoptr (GInetAddress) address = NULL;
  HablaPeer *peer;

  if (list == NULL || !habla_connection_has_trait (connection, HABLA_CONNECTION_PROXIED))
    return TRUE;
  address = parse_forwarded (last != NULL ? last + 1 : list);
  if (address == NULL)
    return TRUE;
  peer = habla_rate_limiter_move (self->peers, habla_connection_get_peer (connection), address);
  if (peer == NULL) {
    habla_http_server_count_refusal (self, HABLA_HTTP_REFUSED_PEER);
    habla_response_set_error (message, 429, "Too many connections from this address; close some");
    return FALSE;
  }
  habla_connection_set_peer (connection, peer);
  return TRUE;
}

/* A program of this machine does not send these headers. */
static void
http_server_find_unknown_proxy (
    HablaHttpServer *self, HablaConnection *connection, SoupServerMessage *message)
{
  static const char *const names[] = { "X-Forwarded-For", "Forwarded", "X-Real-IP",
    "X-Forwarded-Host", "X-Forwarded-Proto", "Via", NULL };
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  if (self->trusts_local_proxies || !habla_connection_is_loopback (connection))
    return;
  for (guint i = 0; names[i] != NULL; i++)
    if (soup_message_headers_get_list (headers, names[i]) != NULL)
      habla_connection_set_unknown_proxy (connection);
}

/* Answers a request whose token may not be checked yet. */
static void
http_server_refuse_token (HablaHttpServer *self, SoupServerMessage *message, guint wait)
{
  g_autofree char *seconds = g_strdup_printf ("%u", wait);

  habla_http_server_count_refusal (self, HABLA_HTTP_REFUSED_TOKEN_RATE);
  soup_message_headers_replace (
      soup_server_message_get_response_headers (message), "Retry-After", seconds);
  habla_response_set_error (
      message, 429, "Too many wrong tokens from this address; wait %u s", wait);
}

/* Wrong tokens count against the peer. An old cookie that it has sent before is ignored. Returns:
 * whether the token may be checked; if not, the request has been answered */
static gboolean
http_server_limit_tokens (HablaHttpServer *self, HablaConnection *connection,
    SoupServerMessage *message, const HablaAccessRequest *request, HablaAccess access)
{
  HablaPeer *peer = habla_connection_get_peer (connection);
  gint64 now = g_get_monotonic_time ();
  g_autofree char *cookie = habla_access_control_find_wrong_cookie (&self->rules, request);
  gboolean is_known = cookie != NULL && habla_peer_has_wrong_cookie (peer, cookie);
  gboolean has_secret = http_server_has_secret (request, cookie);
  guint wait;

  wait = has_secret || (cookie != NULL && !is_known)
             ? habla_connection_get_token_wait (connection, now)
             : 0;
  if (wait > 0) {
    http_server_refuse_token (self, message, wait);
    return FALSE;
  }
  /* A client with a code may not guess tokens, or the codes of other rooms, without a delay. */
  if (has_secret && access != HABLA_ACCESS_BY_CODE)
    habla_connection_note_token (connection, access == HABLA_ACCESS_GRANTED, now);
  if (cookie != NULL && !is_known) {
    habla_connection_note_token (connection, FALSE, now);
    habla_peer_remember_wrong_cookie (peer, cookie);
  }
  if (cookie != NULL)
    http_server_clear_cookie (self, connection, message);
  return TRUE;
}

static gboolean
http_server_checks_tokens (HablaHttpServer *self, HablaConnection *connection, HablaAccess access)
{
  return self->rules.token != NULL && !habla_connection_is_loopback (connection) &&
         access != HABLA_ACCESS_BAD_HOST && access != HABLA_ACCESS_BAD_ORIGIN &&
         access != HABLA_ACCESS_UNKNOWN_PROXY;
}

/* Returns: whether the body fits; if not, the request has been answered */
static gboolean
http_server_check_body_size (
    HablaHttpServer *self, HablaConnection *connection, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  goffset length = soup_message_headers_get_content_length (headers);

  if (soup_message_headers_get_encoding (headers) != SOUP_ENCODING_CONTENT_LENGTH ||
      (guint64) length <= self->limits.max_body)
    return TRUE;
  habla_response_set_error (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE,
      "The body is larger than %" G_GSIZE_FORMAT " bytes", self->limits.max_body);
  soup_message_headers_replace (
      soup_server_message_get_response_headers (message), "Connection", "close");
  habla_metered_stream_set_budget (habla_connection_get_stream (connection), 0);
  return FALSE;
}

/* libsoup ends a parameter at NUL and omits one that it cannot decode, so that the request would
 * mean something else. Returns: whether the query can be decoded */
static gboolean
query_is_valid (const char *query)
{
  for (const char *c = query; c != NULL && (c = strchr (c, '%')) != NULL; c++)
    if (!g_ascii_isxdigit (c[1]) || !g_ascii_isxdigit (c[2]) || (c[1] == '0' && c[2] == '0'))
      return FALSE;
  return TRUE;
}

static void
http_server_check_route (
    HablaHttpServer *self, SoupServerMessage *message, const HablaRoute *route, const char *path)
{
  g_autofree char *allow = NULL;

  if (route == NULL) {
    habla_response_set_error (message, SOUP_STATUS_NOT_FOUND, "There is no %s", path);
    return;
  }
  if (habla_cors_is_preflight (self->rules.origins, message)) {
    habla_cors_answer_preflight (message, route);
    return;
  }
  if (!query_is_valid (g_uri_get_query (soup_server_message_get_uri (message)))) {
    habla_response_set_error (message, SOUP_STATUS_BAD_REQUEST,
        "The query must have two digits behind each %%, and no %%00");
    return;
  }
  if (habla_route_has_method (route, soup_server_message_get_method (message)))
    return;
  allow = habla_route_get_allow (route);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow", allow);
  habla_response_set_error (
      message, SOUP_STATUS_METHOD_NOT_ALLOWED, "%s supports only %s", path, allow);
}

/* The headers have arrived, the body has not. A response that is set here is the request's. */
static void
http_server_on_headers (SoupServer *soup, SoupServerMessage *message, const char *full_path,
    GHashTable *query, gpointer user_data)
{
  HablaHttpServer *self = user_data;
  HablaConnection *connection = http_server_find_connection (message);
  const char *path = http_server_remove_prefix (self, full_path);
  const HablaRoute *route = habla_router_find (self->router, path);
  HablaAccessRequest request;
  HablaAccess access;
  gint64 now;

  if (connection == NULL)
    return;
  now = g_get_monotonic_time ();
  habla_connection_begin_body (connection, now);
  habla_cors_add_headers (self->rules.origins, message);
  http_server_find_unknown_proxy (self, connection, message);
  if (!http_server_move_to_client (self, connection, message))
    return;
  request = http_server_describe (&self->rules, connection, message, route, path);
  access = habla_access_control_check (&self->rules, &request);
  if (!http_server_check_body_size (self, connection, message))
    return;
  if (http_server_checks_tokens (self, connection, access) &&
      !http_server_limit_tokens (self, connection, message, &request, access))
    return;
  if (!habla_access_control_is_granted (access)) {
    http_server_deny (self, message, access);
  } else if (!http_server_has_flag (route, HABLA_ROUTE_NOT_LIMITED) &&
             !habla_rate_limiter_request (
                 self->peers, habla_connection_get_peer (connection), now)) {
    habla_http_server_count_refusal (self, HABLA_HTTP_REFUSED_RATE);
    soup_message_headers_replace (
        soup_server_message_get_response_headers (message), "Retry-After", "1");
    habla_response_set_error (message, 429, "Too many requests from this address; wait a second");
  } else {
    http_server_check_route (self, message, route, path);
  }
}

/* The body has arrived, and nothing has answered the request yet. */
static void
http_server_on_request (SoupServer *soup, SoupServerMessage *message, const char *full_path,
    GHashTable *query, gpointer user_data)
{
  HablaHttpServer *self = user_data;
  HablaConnection *connection = http_server_find_connection (message);
  const char *path = http_server_remove_prefix (self, full_path);
  const HablaRoute *route = habla_router_find (self->router, path);
  HablaRequest request = {
    .connection = connection,
    .message = message,
    .path = path,
    .has_prefix = path != full_path,
    .query = query,
    .user_data = habla_router_get_user_data (self->router),
  };
  HablaAccess access = HABLA_ACCESS_GRANTED;

  if (connection == NULL || route == NULL)
    return;
  if (http_server_has_flag (route, HABLA_ROUTE_WEBSOCKET | HABLA_ROUTE_CODE))
    access = http_server_check_access (self, connection, message, route, path);
  /* The code may have been renewed since the headers arrived. */
  if (!habla_access_control_is_granted (access)) {
    http_server_deny (self, message, access);
    return;
  }
  request.needs_token = access == HABLA_ACCESS_AFTER_HELLO;
  request.is_by_code = access == HABLA_ACCESS_BY_CODE;
  route->handler (&request);
}

static void
http_server_on_request_started (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
  HablaConnection *connection = http_server_find_connection (message);

  if (connection != NULL)
    habla_connection_begin_headers (connection, g_get_monotonic_time ());
}

static void
http_server_on_request_read (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
  HablaConnection *connection = http_server_find_connection (message);

  if (connection != NULL)
    habla_connection_set_phase (connection, HABLA_CONNECTION_RESPONSE, g_get_monotonic_time ());
}

static void
http_server_on_request_finished (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
  HablaHttpServer *self = user_data;
  HablaConnection *connection = http_server_find_connection (message);
  guint status = soup_server_message_get_status (message);
  gint64 now = g_get_monotonic_time ();

  if (connection == NULL)
    return;
  if (status >= 100 && status < 600)
    habla_metric_add (self->requests, status / 100 - 1, 1);
  if (status == SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE)
    habla_http_server_count_refusal (self, HABLA_HTTP_REFUSED_BODY_SIZE);
  habla_metric_observe (self->durations, 0,
      (now - habla_connection_get_request_began (connection)) / (double) G_USEC_PER_SEC);
  habla_connection_set_phase (connection, HABLA_CONNECTION_IDLE, now);
}

void
habla_http_server_handle_requests (HablaHttpServer *self)
{
  soup_server_add_early_handler (self->soup, NULL, http_server_on_headers, self, NULL);
  soup_server_add_handler (self->soup, NULL, http_server_on_request, self, NULL);
  g_signal_connect (
      self->soup, "request-started", G_CALLBACK (http_server_on_request_started), self);
  g_signal_connect (self->soup, "request-read", G_CALLBACK (http_server_on_request_read), self);
  g_signal_connect (
      self->soup, "request-finished", G_CALLBACK (http_server_on_request_finished), self);
}
