/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The spoken translations of rooms over WebRTC, by the WHEP protocol of the IETF. */
#include "api/api-private.h"

#include <http/response.h>
#include <webrtc/webrtc-sender.h>

#define SDP_TYPE "application/sdp"

static void
answer_options (const HablaRequest *request, const char *methods)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (request->message);

  soup_message_headers_replace (headers, "Allow", methods);
  soup_message_headers_replace (headers, "Accept-Post", SDP_TYPE);
  soup_server_message_set_status (request->message, SOUP_STATUS_NO_CONTENT, NULL);
}

/* Returns: whether WebRTC is possible; if not, the request has been answered with 501 */
static gboolean
check_offered (const HablaRequest *request)
{
  if (!habla_webrtc_sender_is_installed ())
    habla_response_set_error (request->message, SOUP_STATUS_NOT_IMPLEMENTED,
        "This server has no WebRTC; install " HABLA_WEBRTC_PACKAGES " on it, or use MP3");
  else if (!habla_whep_sessions_are_offered (habla_api_from_request (request)->whep))
    habla_response_set_error (request->message, SOUP_STATUS_NOT_IMPLEMENTED,
        "WebRTC is switched off by max-webrtc-listeners; use MP3");
  else if (habla_connection_has_trait (request->connection, HABLA_CONNECTION_PROXIED))
    habla_response_set_error (request->message, SOUP_STATUS_NOT_IMPLEMENTED,
        "WebRTC does not pass through the proxy in front of this server; use MP3");
  else
    return TRUE;
  return FALSE;
}

/* Returns: (transfer full) (nullable): the offer; NULL: the request has been answered */
static HablaSdpOffer *
get_offer (const HablaRequest *request)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (request->message);
  const char *type = soup_message_headers_get_content_type (headers, NULL);
  g_autoptr (GBytes) body =
      soup_message_body_flatten (soup_server_message_get_request_body (request->message));
  g_autoptr (GError) error = NULL;
  HablaSdpOffer *offer;
  gsize length;
  const char *text = g_bytes_get_data (body, &length);

  if (g_strcmp0 (type, SDP_TYPE) != 0) {
    habla_response_set_error (request->message, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE,
        "The body must be an offer of type " SDP_TYPE);
    return NULL;
  }
  if (length > HABLA_SDP_MAX_OFFER) {
    habla_response_set_error (request->message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE,
        "An offer has at most %d bytes", HABLA_SDP_MAX_OFFER);
    return NULL;
  }
  offer = habla_sdp_offer_parse (text != NULL ? text : "", length, &error);
  if (offer == NULL)
    habla_response_set_error (request->message,
        g_error_matches (error, HABLA_SDP_ERROR, HABLA_SDP_ERROR_MALFORMED)
            ? SOUP_STATUS_BAD_REQUEST
            : SOUP_STATUS_NOT_ACCEPTABLE,
        "%s", error->message);
  return offer;
}

static void
answer_endpoint (const HablaRequest *request)
{
  HablaSdpOffer *offer;

  if (soup_server_message_get_method (request->message) == SOUP_METHOD_OPTIONS) {
    answer_options (request, "POST, OPTIONS");
    return;
  }
  offer = check_offered (request) ? get_offer (request) : NULL;
  if (offer != NULL)
    habla_whep_sessions_add (habla_api_from_request (request)->whep, request, offer);
}

static void
answer_session (const HablaRequest *request)
{
  g_autofree char *room = habla_request_get_segment (request, 2);
  g_autofree char *id = habla_request_get_segment (request, 5);

  if (soup_server_message_get_method (request->message) == SOUP_METHOD_OPTIONS)
    answer_options (request, "DELETE, OPTIONS");
  else if (habla_whep_sessions_remove (habla_api_from_request (request)->whep, room, id))
    soup_server_message_set_status (request->message, SOUP_STATUS_NO_CONTENT, NULL);
  else
    habla_response_set_error (request->message, SOUP_STATUS_NOT_FOUND,
        "There is no such WebRTC session; it may have ended");
}

const HablaRoute habla_routes_whep[] = {
  { .path = "/api/rooms/{}/whep/{}",
      .methods = "POST, OPTIONS",
      .flags = HABLA_ROUTE_CODE | HABLA_ROUTE_CODE_CHANGES,
      .handler = answer_endpoint },
  { .path = "/api/rooms/{}/whep/{}/{}",
      .methods = "DELETE, OPTIONS",
      .flags = HABLA_ROUTE_CODE | HABLA_ROUTE_CODE_CHANGES,
      .handler = answer_session },
  {},
};
