/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/framing/request-head.h"

#include <string.h>

#define MAX_METHOD 32
#define MAX_CHUNK_DIGITS 8
/* G_MAXINT64, the largest goffset, has 19 digits. */
#define MAX_LENGTH_DIGITS 19

/* The same as SOUP_HTTP_URI_FLAGS, without libsoup's header. */
#define URI_FLAGS \
  (G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY | \
      G_URI_FLAGS_ENCODED_FRAGMENT | G_URI_FLAGS_SCHEME_NORMALIZE)

typedef struct {
  const char *text;
  gsize length;
} Span;

typedef struct {
  Span method;
  Span target;
  Span host;
  guint minor; /* HTTP/1.minor */
  guint n_hosts;
  guint n_lengths;
  guint n_encodings;
  HablaRequestHead *head;
  HablaRequestError *error;
} Parser;

static gboolean
fail (HablaRequestError *error, guint status, const char *detail)
{
  *error = (HablaRequestError){ status, detail };
  return FALSE;
}

static gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

static gboolean
is_token (Span span)
{
  for (gsize i = 0; i < span.length; i++)
    if (!is_token_char (span.text[i]))
      return FALSE;
  return span.length > 0;
}

static gboolean
is_word (Span span, const char *word)
{
  return span.length == strlen (word) && g_ascii_strncasecmp (span.text, word, span.length) == 0;
}

/* Returns: @span without spaces and tabs around it */
static Span
trim (Span span)
{
  while (span.length > 0 && (span.text[0] == ' ' || span.text[0] == '\t')) {
    span.text++;
    span.length--;
  }
  while (
      span.length > 0 && (span.text[span.length - 1] == ' ' || span.text[span.length - 1] == '\t'))
    span.length--;
  return span;
}

/* Moves the first line, without its end, from @rest to @line. Both CRLF and LF end a line, as in
 * libsoup. Returns: whether there was one */
static gboolean
take_line (Span *rest, Span *line)
{
  const char *end = rest->length > 0 ? memchr (rest->text, '\n', rest->length) : NULL;

  if (end == NULL)
    return FALSE;
  *line = (Span){ rest->text, end - rest->text };
  rest->length -= line->length + 1;
  rest->text = end + 1;
  if (line->length > 0 && line->text[line->length - 1] == '\r')
    line->length--;
  return TRUE;
}

gsize
habla_request_head_find_end (const char *text, gsize length, gsize from)
{
  /* The empty line may have begun before @from. */
  for (gsize i = from > 3 ? from - 3 : 0; i < length; i++) {
    const char *end = memchr (text + i, '\n', length - i);

    if (end == NULL)
      return 0;
    i = end - text;
    if (i + 1 < length && text[i + 1] == '\n')
      return i + 2;
    if (i + 2 < length && text[i + 1] == '\r' && text[i + 2] == '\n')
      return i + 3;
  }
  return 0;
}

static gboolean
parse_version (Parser *self, Span version)
{
  if (version.length != 8 || memcmp (version.text, "HTTP/", 5) != 0 ||
      !g_ascii_isdigit (version.text[5]) || version.text[6] != '.' ||
      !g_ascii_isdigit (version.text[7]))
    return fail (self->error, 400, "The request's first line must end with HTTP/1.1");
  if (version.text[5] != '1' || version.text[7] > '1')
    return fail (self->error, 505, "The server speaks HTTP/1.1 and HTTP/1.0 only");
  self->minor = version.text[7] - '0';
  return TRUE;
}

static gboolean
parse_request_line (Parser *self, Span line)
{
  const char *first = memchr (line.text, ' ', line.length);
  const char *second;
  Span version;

  second = first != NULL ? memchr (first + 1, ' ', line.text + line.length - first - 1) : NULL;
  if (second == NULL)
    return fail (
        self->error, 400, "The request's first line must be a method, a path and HTTP/1.1");
  self->method = (Span){ line.text, first - line.text };
  self->target = (Span){ first + 1, second - first - 1 };
  version = (Span){ second + 1, line.text + line.length - second - 1 };
  if (!is_token (self->method) || self->method.length > MAX_METHOD)
    return fail (self->error, 400, "The request's method must be a word");
  for (gsize i = 0; i < self->target.length; i++)
    if ((guchar) self->target.text[i] <= ' ' || self->target.text[i] == 0x7f)
      return fail (self->error, 400, "The request's path must not have control characters");
  return parse_version (self, version);
}

static gboolean
parse_content_length (Parser *self, Span value)
{
  guint64 length = 0;

  if (self->n_lengths++ > 0)
    return fail (self->error, 400, "The request must not have two Content-Length headers");
  if (value.length == 0 || value.length > MAX_LENGTH_DIGITS)
    return fail (self->error, 400, "Content-Length must be a number of bytes below 2^63");
  for (gsize i = 0; i < value.length; i++) {
    if (!g_ascii_isdigit (value.text[i]))
      return fail (self->error, 400, "Content-Length must be digits only");
    length = length * 10 + g_ascii_digit_value (value.text[i]);
  }
  if (length > G_MAXINT64)
    return fail (self->error, 400, "Content-Length must be a number of bytes below 2^63");
  self->head->content_length = length;
  return TRUE;
}

static gboolean
parse_transfer_encoding (Parser *self, Span value)
{
  if (self->n_encodings++ > 0 || !is_word (value, "chunked"))
    return fail (self->error, 400, "Transfer-Encoding must be chunked, or left out");
  if (self->minor == 0)
    return fail (self->error, 400, "HTTP/1.0 has no Transfer-Encoding; use HTTP/1.1");
  self->head->is_chunked = TRUE;
  return TRUE;
}

static gboolean
parse_host (Parser *self, Span value)
{
  if (self->n_hosts++ > 0)
    return fail (self->error, 400, "The request must not have two Host headers");
  if (memchr (value.text, '/', value.length) != NULL)
    return fail (self->error, 400, "Host must be a name or an address, with or without a port");
  self->host = value;
  return TRUE;
}

static gboolean
parse_header (Parser *self, Span line)
{
  const char *colon = memchr (line.text, ':', line.length);
  Span name, value;

  for (gsize i = 0; i < line.length; i++)
    if (((guchar) line.text[i] < ' ' && line.text[i] != '\t') || line.text[i] == 0x7f)
      return fail (self->error, 400, "A header must not have control characters");
  if (line.text[0] == ' ' || line.text[0] == '\t')
    return fail (self->error, 400, "A header must be in one line");
  if (colon == NULL)
    return fail (self->error, 400, "A header must be a name, a colon and a value");
  name = (Span){ line.text, colon - line.text };
  if (!is_token (name))
    return fail (self->error, 400, "A header's name must be a word, with the colon next to it");
  value = trim ((Span){ colon + 1, line.length - name.length - 1 });
  if (is_word (name, "Content-Length"))
    return parse_content_length (self, value);
  if (is_word (name, "Transfer-Encoding"))
    return parse_transfer_encoding (self, value);
  if (is_word (name, "Host"))
    return parse_host (self, value);
  return TRUE;
}

/* Common URLs need not be parsed twice. Returns: whether @span consists of letters, digits and
 * characters of @others */
static gboolean
is_plain (Span span, const char *others)
{
  for (gsize i = 0; i < span.length; i++)
    if (!g_ascii_isalnum (span.text[i]) &&
        (span.text[i] == '\0' || strchr (others, span.text[i]) == NULL))
      return FALSE;
  return TRUE;
}

static gboolean
has_plain_host (Span host)
{
  const char *colon = host.length > 0 ? memchr (host.text, ':', host.length) : NULL;
  Span port = { 0 };

  if (colon == NULL)
    return host.length > 0 && is_plain (host, "-.");
  port = (Span){ colon + 1, host.text + host.length - colon - 1 };
  host.length = colon - host.text;
  for (gsize i = 0; i < port.length; i++)
    if (!g_ascii_isdigit (port.text[i]))
      return FALSE;
  return host.length > 0 && is_plain (host, "-.") && port.length > 0 && port.length < 5;
}

/* libsoup must be able to make a URL of the target and the host. */
static gboolean
check_target (Parser *self)
{
  g_autofree char *url = NULL;
  g_autoptr (GUri) uri = NULL;

  if (is_word (self->method, "CONNECT"))
    return fail (self->error, 400, "CONNECT is not supported: the server is not a proxy");
  if (self->target.length == 0)
    return fail (self->error, 400, "The request has no path");
  if (self->target.text[0] == '/' && is_plain (self->target, "/-._~?=&") &&
      (has_plain_host (self->host) || self->n_hosts == 0))
    return TRUE;
  if (is_word (self->target, "*") && self->n_hosts > 0)
    url = g_strdup_printf ("http://%.*s/", (int) self->host.length, self->host.text);
  else if (self->target.text[0] == '/')
    url = g_strdup_printf ("http://%.*s%.*s", self->n_hosts > 0 ? (int) self->host.length : 9,
        self->n_hosts > 0 ? self->host.text : "localhost", (int) self->target.length,
        self->target.text);
  else
    url = g_strndup (self->target.text, self->target.length);
  uri = g_uri_parse (url, URI_FLAGS, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return fail (self->error, 400, "The request's path and Host do not make a URL");
  return TRUE;
}

gboolean
habla_request_head_parse (
    const char *text, gsize length, HablaRequestHead *head, HablaRequestError *error)
{
  Parser self = { .head = head, .error = error };
  Span rest = { text, length };
  Span line;

  *head = (HablaRequestHead){ 0 };
  if (!take_line (&rest, &line))
    return fail (error, 400, "The request is not complete");
  if (!parse_request_line (&self, line))
    return FALSE;
  while (take_line (&rest, &line) && line.length > 0)
    if (!parse_header (&self, line))
      return FALSE;
  if (self.minor > 0 && self.n_hosts == 0)
    return fail (error, 400, "The request must have a Host header");
  if (self.n_lengths > 0 && self.n_encodings > 0)
    return fail (error, 400, "The request must not have both Content-Length and Transfer-Encoding");
  return check_target (&self);
}

gboolean
habla_request_chunk_parse (const char *line, gsize length, guint64 *size, HablaRequestError *error)
{
  Span rest = { line, length };
  Span span;
  gsize n_digits = 0;

  *size = 0;
  if (!take_line (&rest, &span))
    return fail (error, 400, "A chunk of the request's body is malformed");
  while (n_digits < span.length && g_ascii_isxdigit (span.text[n_digits]) &&
         n_digits <= MAX_CHUNK_DIGITS)
    *size = *size * 16 + g_ascii_xdigit_value (span.text[n_digits++]);
  if (n_digits == 0 || n_digits > MAX_CHUNK_DIGITS ||
      (n_digits < span.length && strchr (" \t;", span.text[n_digits]) == NULL))
    return fail (error, 400, "A chunk of the request's body must begin with its size");
  for (gsize i = n_digits; i < span.length; i++)
    if (((guchar) span.text[i] < ' ' && span.text[i] != '\t') || span.text[i] == 0x7f)
      return fail (error, 400, "A chunk's extension must not have control characters");
  return TRUE;
}
