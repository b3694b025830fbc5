/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/registry/http-client.h"

#include "config.h"

#include <habla/error.h>
#include <string.h>

#define MAX_REDIRECTS 5
/* Without any bytes, in seconds. */
#define TIMEOUT 30
#define MAX_TIMEOUT 3600
/* RFC 6585. */
#define TOO_MANY_REQUESTS 429

struct _HablaHttpClient {
  SoupSession *session;
  char *mirror; /* nullable; ends with a slash */
};

static gboolean
client_take_mirror (HablaHttpClient *self, GError **error)
{
  const char *mirror = g_getenv ("HABLA_MODELS_MIRROR");

  if (mirror == NULL || *mirror == '\0')
    return TRUE;
  if (!g_str_has_prefix (mirror, "https://") || !g_uri_is_valid (mirror, G_URI_FLAGS_NONE, NULL)) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
        "HABLA_MODELS_MIRROR must be an address that begins with https://");
    return FALSE;
  }
  self->mirror = g_strconcat (mirror, g_str_has_suffix (mirror, "/") ? "" : "/", NULL);
  return TRUE;
}

static gboolean
client_take_certificates (HablaHttpClient *self, GError **error)
{
  const char *path = g_getenv ("HABLA_MODELS_CA_FILE");
  g_autofree char *absolute = NULL;
  g_autoptr (GTlsDatabase) database = NULL;

  if (path == NULL || *path == '\0')
    return TRUE;
  absolute = g_canonicalize_filename (path, NULL);
  database = g_tls_file_database_new (absolute, error);
  if (database == NULL) {
    g_prefix_error (error, "HABLA_MODELS_CA_FILE must be a file of certificates in PEM form: ");
    return FALSE;
  }
  soup_session_set_tls_database (self->session, database);
  return TRUE;
}

static gboolean
get_timeout (guint *timeout, GError **error)
{
  const char *text = g_getenv ("HABLA_MODELS_TIMEOUT");
  guint64 seconds = TIMEOUT;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 1, MAX_TIMEOUT, &seconds, NULL)) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
        "HABLA_MODELS_TIMEOUT must be a number of seconds from 1 to %d", MAX_TIMEOUT);
    return FALSE;
  }
  *timeout = seconds;
  return TRUE;
}

HablaHttpClient *
habla_http_client_new (GError **error)
{
  g_autoptr (HablaHttpClient) self = NULL;
  guint timeout;

  if (!get_timeout (&timeout, error))
    return NULL;
  self = g_new0 (HablaHttpClient, 1);
  self->session = soup_session_new_with_options (
      "timeout", timeout, "idle-timeout", timeout, "user-agent", PACKAGE "/" VERSION, NULL);
  if (!client_take_mirror (self, error) || !client_take_certificates (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
habla_http_client_free (HablaHttpClient *self)
{
  soup_session_abort (self->session);
  g_object_unref (self->session);
  g_free (self->mirror);
  g_free (self);
}

static char *
get_host (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);

  return g_strdup (uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : url);
}

static const char *
find_remedy (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return "it sends nothing; check the network and run the command again";
  if (error->domain == G_RESOLVER_ERROR)
    return "check the network and its settings, or set HABLA_MODELS_MIRROR to the address of a "
           "mirror";
  if (error->domain == G_TLS_ERROR)
    return "check the clock of this machine, and open a web page to see whether the network wants "
           "a "
           "login";
  if (error->domain == G_IO_ERROR || error->domain == SOUP_SESSION_ERROR)
    return "check the network and run the command again";
  return NULL;
}

void
habla_http_client_explain (const char *url, GError **error)
{
  g_autofree char *host = get_host (url);
  const char *remedy;

  if (error == NULL || *error == NULL ||
      g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || (*error)->domain == HABLA_ERROR)
    return;
  remedy = find_remedy (*error);
  g_prefix_error (error, "The download from %s failed: ", host);
  if (remedy != NULL) {
    char *message = g_strdup_printf ("%s; %s", (*error)->message, remedy);

    g_free ((*error)->message);
    (*error)->message = message;
  }
}

static const char *
explain_status (guint status)
{
  switch (status) {
  case SOUP_STATUS_NOT_FOUND:
  case SOUP_STATUS_GONE:
    return "the publisher has moved or removed it; update Habla, or import the model from a file "
           "with "
           "“habla models import”";
  case SOUP_STATUS_UNAUTHORIZED:
  case SOUP_STATUS_FORBIDDEN:
  case TOO_MANY_REQUESTS:
    return "the publisher refuses the request; wait an hour and run the command again";
  case SOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED:
    return "the proxy wants a login; put it into the settings of the proxy";
  default:
    return status >= 500 ? "the server has a fault; run the command again later"
                         : "the server does not understand the request; update Habla";
  }
}

static gboolean
is_web_page (SoupMessage *message)
{
  const char *type =
      soup_message_headers_get_content_type (soup_message_get_response_headers (message), NULL);

  return type != NULL && (g_ascii_strcasecmp (type, "text/html") == 0 ||
                             g_ascii_strcasecmp (type, "application/xhtml+xml") == 0);
}

static gboolean
check_answer (SoupMessage *message, const char *url, GError **error)
{
  SoupStatus status = soup_message_get_status (message);

  if (status != SOUP_STATUS_OK && status != SOUP_STATUS_PARTIAL_CONTENT &&
      status != SOUP_STATUS_NOT_MODIFIED && status != SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE) {
    g_set_error (error, G_IO_ERROR,
        status == SOUP_STATUS_NOT_FOUND ? G_IO_ERROR_NOT_FOUND : G_IO_ERROR_FAILED,
        "%s: the answer is %u %s; %s", url, status, soup_status_get_phrase (status),
        explain_status (status));
    return FALSE;
  }
  if (is_web_page (message)) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "%s: the answer is a web page, not a file; open a web page to see whether the network "
        "wants "
        "a login, then run the command again",
        url);
    return FALSE;
  }
  return TRUE;
}

static SoupMessage *
make_message (const HablaHttpRequest *request, const char *url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, error);
  SoupMessage *message;
  SoupMessageHeaders *headers;

  if (uri == NULL)
    return NULL;
  message = soup_message_new_from_uri (SOUP_METHOD_GET, uri);
  headers = soup_message_get_request_headers (message);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_disable_feature (message, SOUP_TYPE_CONTENT_DECODER);
  soup_message_headers_replace (headers, "Accept-Encoding", request->accept_encoding);
  if (request->etag != NULL)
    soup_message_headers_replace (headers, "If-None-Match", request->etag);
  if (request->range_begin > 0) {
    soup_message_headers_set_range (headers, request->range_begin, -1);
    if (request->range_validator != NULL)
      soup_message_headers_replace (headers, "If-Range", request->range_validator);
  }
  return message;
}

/* Returns: (transfer full): where @message redirects to */
static char *
find_redirection (SoupMessage *message, const char *url, GError **error)
{
  const char *location =
      soup_message_headers_get_one (soup_message_get_response_headers (message), "Location");
  g_autofree char *target =
      location != NULL ? g_uri_resolve_relative (url, location, SOUP_HTTP_URI_FLAGS, NULL) : NULL;

  if (target != NULL && g_str_has_prefix (target, "https://"))
    return g_steal_pointer (&target);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
      "%s: the server redirects to an address without encryption or to none, which is refused; "
      "open "
      "a web page to see whether the network wants a login",
      url);
  return NULL;
}

static gboolean
is_redirection (SoupMessage *message)
{
  SoupStatus status = soup_message_get_status (message);

  return status == SOUP_STATUS_MOVED_PERMANENTLY || status == SOUP_STATUS_FOUND ||
         status == SOUP_STATUS_SEE_OTHER || status == SOUP_STATUS_TEMPORARY_REDIRECT ||
         status == SOUP_STATUS_PERMANENT_REDIRECT;
}

static char *
client_map (HablaHttpClient *self, const char *url)
{
  if (self->mirror == NULL)
    return g_strdup (url);
  return g_strconcat (self->mirror, url + strlen ("https://"), NULL);
}

static GInputStream *
client_send (HablaHttpClient *self, SoupMessage *message, GCancellable *cancellable, GError **error)
{
  g_autofree char *url = g_uri_to_string (soup_message_get_uri (message));
  GInputStream *stream = soup_session_send (self->session, message, cancellable, error);

  if (stream == NULL)
    habla_http_client_explain (url, error);
  return stream;
}

GInputStream *
habla_http_client_get (HablaHttpClient *self, const HablaHttpRequest *request,
    SoupMessage **message, GCancellable *cancellable, GError **error)
{
  g_autofree char *url = NULL;

  *message = NULL;
  if (!g_str_has_prefix (request->url, "https://")) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "%s: the address is not encrypted, which is refused", request->url);
    return NULL;
  }
  url = client_map (self, request->url);
  for (guint i = 0; i <= MAX_REDIRECTS; i++) {
    g_autoptr (SoupMessage) sent = make_message (request, url, error);
    g_autoptr (GInputStream) stream =
        sent != NULL ? client_send (self, sent, cancellable, error) : NULL;

    if (stream == NULL)
      return NULL;
    if (is_redirection (sent)) {
      g_autofree char *target = find_redirection (sent, url, error);

      if (target == NULL)
        return NULL;
      g_free (url);
      url = g_steal_pointer (&target);
      continue;
    }
    if (!check_answer (sent, url, error))
      return NULL;
    *message = g_steal_pointer (&sent);
    return g_steal_pointer (&stream);
  }
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
      "%s: the server redirects more than %d times; run the command again later", request->url,
      MAX_REDIRECTS);
  return NULL;
}
