/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/access/access-control.h"

#include <gio/gio.h>
#include <string.h>

/* Splits "name:port", "[::1]:port" and both without port. Returns: (nullable): the name */
static char *
access_control_get_host_name (const char *host)
{
  const char *end;

  if (host[0] == '[') {
    end = strchr (host, ']');
    if (end == NULL || (end[1] != '\0' && end[1] != ':'))
      return NULL;
    host++;
  } else {
    end = host + strcspn (host, ":");
  }
  for (const char *port = *end == ']' ? end + 1 : end; *port != '\0'; port++)
    if (*port != ':' && !g_ascii_isdigit (*port))
      return NULL;
  return g_ascii_strdown (host, end - host);
}

gboolean
habla_access_control_host_is_allowed (const char *host, const char *const *hosts)
{
  g_autofree char *name = access_control_get_host_name (host);
  gsize length;

  if (name == NULL || name[0] == '\0')
    return FALSE;
  if (g_hostname_is_ip_address (name))
    return TRUE;
  length = strlen (name);
  if (name[length - 1] == '.')
    name[length - 1] = '\0';
  if (strcmp (name, "localhost") == 0)
    return TRUE;
  for (guint i = 0; hosts != NULL && hosts[i] != NULL; i++)
    if (g_ascii_strcasecmp (name, hosts[i]) == 0)
      return TRUE;
  return FALSE;
}

gboolean
habla_access_control_origin_is_same (const char *origin, const char *host, gboolean is_secure)
{
  const char *authority = NULL;

  if (g_ascii_strncasecmp (origin, "https://", 8) == 0)
    authority = origin + 8;
  else if (!is_secure && g_ascii_strncasecmp (origin, "http://", 7) == 0)
    authority = origin + 7;
  return authority != NULL && authority[0] != '\0' && g_ascii_strcasecmp (authority, host) == 0;
}

gboolean
habla_access_control_token_is_equal (const char *given, const char *token)
{
  gsize given_length = strlen (given), length = strlen (token);
  volatile guchar difference = given_length != length;

  for (gsize i = 0; i < given_length; i++)
    difference |= given[i] ^ token[length > 0 ? i % length : 0];
  return difference == 0 && length > 0;
}

char *
habla_access_control_get_cookie (const char *cookies, const char *name)
{
  gsize length = strlen (name);

  while (cookies != NULL) {
    const char *end;

    cookies += strspn (cookies, " \t");
    end = cookies + strcspn (cookies, ";");
    if (strncmp (cookies, name, length) == 0 && cookies[length] == '=') {
      char *value = g_strndup (cookies + length + 1, end - (cookies + length + 1));

      return g_strchomp (value);
    }
    cookies = *end == ';' ? end + 1 : NULL;
  }
  return NULL;
}

char *
habla_access_control_find_code (const HablaAccessRequest *request)
{
  /* A code only lets its holder read and hear. */
  if (request->code_path == NULL || (request->is_change && !request->is_code_for_changes))
    return NULL;
  return request->code != NULL
             ? g_strdup (request->code)
             : habla_access_control_get_cookie (request->cookies, HABLA_ACCESS_CODE_COOKIE);
}

char *
habla_access_control_find_wrong_cookie (
    const HablaAccessRules *rules, const HablaAccessRequest *request)
{
  g_autofree char *cookie = NULL;

  if (rules->token == NULL || request->is_loopback || request->is_public ||
      request->is_for_listeners || request->authorization != NULL)
    return NULL;
  cookie = habla_access_control_get_cookie (request->cookies, HABLA_ACCESS_COOKIE);
  if (cookie == NULL || habla_access_control_token_is_equal (cookie, rules->token))
    return NULL;
  return g_steal_pointer (&cookie);
}

static HablaAccess
access_control_check_code (
    const HablaAccessRules *rules, const HablaAccessRequest *request, const char *code)
{
  return rules->check_code != NULL && rules->check_code (request->code_path, code, rules->user_data)
             ? HABLA_ACCESS_BY_CODE
             : HABLA_ACCESS_WRONG_CODE;
}

static HablaAccess
access_control_check_token (const HablaAccessRules *rules, const HablaAccessRequest *request)
{
  g_autofree char *cookie = NULL;
  g_autofree char *code = NULL;

  if (rules->token == NULL || request->is_loopback || request->is_public)
    return HABLA_ACCESS_GRANTED;
  if (request->authorization != NULL && request->is_for_listeners)
    return HABLA_ACCESS_NOT_SECURE;
  if (request->authorization != NULL) {
    if (g_ascii_strncasecmp (request->authorization, "Bearer ", 7) != 0)
      return HABLA_ACCESS_WRONG_TOKEN;
    return habla_access_control_token_is_equal (request->authorization + 7, rules->token)
               ? HABLA_ACCESS_GRANTED
               : HABLA_ACCESS_WRONG_TOKEN;
  }
  /* Browsers send a cookie to all ports of an address. */
  if (!request->is_for_listeners)
    cookie = habla_access_control_get_cookie (request->cookies, HABLA_ACCESS_COOKIE);
  if (cookie != NULL && habla_access_control_token_is_equal (cookie, rules->token))
    return HABLA_ACCESS_GRANTED;
  if (request->is_websocket)
    return HABLA_ACCESS_AFTER_HELLO;
  /* A phone may still have the cookie of an old token. */
  code = habla_access_control_find_code (request);
  if (code != NULL)
    return access_control_check_code (rules, request, code);
  return cookie != NULL ? HABLA_ACCESS_WRONG_TOKEN : HABLA_ACCESS_NO_TOKEN;
}

static gboolean
access_control_origin_is_ours (const HablaAccessRules *rules, const HablaAccessRequest *request)
{
  if (rules->public_origin != NULL &&
      g_ascii_strcasecmp (request->origin, rules->public_origin) == 0)
    return TRUE;
  if (rules->origins != NULL && g_strv_contains (rules->origins, request->origin))
    return TRUE;
  return request->host != NULL &&
         habla_access_control_origin_is_same (request->origin, request->host, request->is_secure);
}

HablaAccess
habla_access_control_check (const HablaAccessRules *rules, const HablaAccessRequest *request)
{
  if (request->host != NULL && !habla_access_control_host_is_allowed (request->host, rules->hosts))
    return HABLA_ACCESS_BAD_HOST;
  if (request->is_change && request->origin != NULL &&
      !access_control_origin_is_ours (rules, request))
    return HABLA_ACCESS_BAD_ORIGIN;
  if (request->is_by_unknown_proxy && !request->is_public)
    return HABLA_ACCESS_UNKNOWN_PROXY;
  return access_control_check_token (rules, request);
}

gboolean
habla_access_control_is_granted (HablaAccess access)
{
  return access == HABLA_ACCESS_GRANTED || access == HABLA_ACCESS_BY_CODE ||
         access == HABLA_ACCESS_AFTER_HELLO;
}

const char *
habla_access_control_explain (HablaAccess access)
{
  switch (access) {
  case HABLA_ACCESS_GRANTED:
  case HABLA_ACCESS_BY_CODE:
  case HABLA_ACCESS_AFTER_HELLO:
    break;
  case HABLA_ACCESS_NO_TOKEN:
    return "Clients of other machines need the server's token; send the header "
           "Authorization: Bearer TOKEN";
  case HABLA_ACCESS_WRONG_TOKEN:
    return "The token is not the server's; send the header Authorization: Bearer TOKEN with the "
           "server's token";
  case HABLA_ACCESS_NOT_SECURE:
    return "This address is for listeners, and takes no token, because it is not encrypted; use "
           "the address that begins with https";
  case HABLA_ACCESS_WRONG_CODE:
    return "The code is not that of this room; open the link that the speaker shows now";
  case HABLA_ACCESS_BAD_HOST:
    return "The server does not answer to this name; use its address, or add the name to the "
           "setting hosts";
  case HABLA_ACCESS_BAD_ORIGIN:
    return "Pages of other sites may not do this; open the server's own page. Behind a proxy, "
           "public-url in the settings of hablad must be the address of the page; sites whose "
           "pages "
           "may use the server are in the setting origins";
  case HABLA_ACCESS_UNKNOWN_PROXY:
    return "A proxy that hablad does not know has forwarded this; add proxies=127.0.0.1;::1 to "
           "[network] in the settings of hablad, and public-url, the address of the page";
  }
  return NULL;
}
