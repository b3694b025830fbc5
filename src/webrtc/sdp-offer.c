/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "webrtc/sdp-offer.h"

#include <string.h>

/* Longest values of RFC 8839 (ice-ufrag, ice-pwd) and of what this parser accepts. */
#define MAX_ICE 256
#define MIN_PASSWORD 22
#define MIN_UFRAG 4
#define MAX_MID 32
#define FINGERPRINT_LENGTH 95 /* 32 bytes as two digits each, with colons */

#define ICE_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
#define MID_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-."
#define FINGERPRINT_CHARACTERS "ABCDEFabcdef0123456789:"

#define NO_PAYLOAD_TYPE 128

G_DEFINE_QUARK (habla - sdp - error - quark, habla_sdp_error)

typedef struct {
  HablaSdpOffer *offer;
  guint n_media;
  gboolean is_audio;
  gboolean has_mux;
  gboolean is_sender; /* the client wants to send, and not to receive */
} Parser;

void
habla_sdp_offer_free (HablaSdpOffer *self)
{
  g_free (self->mid);
  g_free (self->ufrag);
  g_free (self->password);
  g_free (self->fingerprint);
  g_free (self->setup);
  g_free (self);
}

/* The first value counts. */
static void
set_value (char **field, const char *value, const char *characters, gsize min, gsize max)
{
  gsize length = strlen (value);

  if (*field == NULL && length >= min && length <= max && strspn (value, characters) == length)
    *field = g_strdup (value);
}

static void
parser_add_media (Parser *self, const char *value)
{
  g_auto (GStrv) words = g_strsplit (value, " ", 4);

  self->n_media++;
  self->is_audio = g_strv_length (words) == 4 && g_str_equal (words[0], "audio") &&
                   g_str_equal (words[2], "UDP/TLS/RTP/SAVPF");
}

/* @value: such as "111 opus/48000/2" */
static void
parser_add_codec (Parser *self, const char *value)
{
  char *rest;
  guint64 payload_type = g_ascii_strtoull (value, &rest, 10);

  if (self->offer->payload_type == NO_PAYLOAD_TYPE && rest != value && payload_type < 128 &&
      g_ascii_strcasecmp (rest, " opus/48000/2") == 0)
    self->offer->payload_type = payload_type;
}

static void
parser_add_setup (Parser *self, const char *value)
{
  static const char *const roles[] = { "actpass", "active", "passive", NULL };

  if (g_strv_contains (roles, value) && self->offer->setup == NULL)
    self->offer->setup = g_strdup (value);
}

/* @name: (transfer none): of an attribute, whose @value is "" if it has none */
static void
parser_add_attribute (Parser *self, const char *name, const char *value)
{
  HablaSdpOffer *offer = self->offer;

  if (g_str_equal (name, "ice-ufrag"))
    set_value (&offer->ufrag, value, ICE_CHARACTERS, MIN_UFRAG, MAX_ICE);
  else if (g_str_equal (name, "ice-pwd"))
    set_value (&offer->password, value, ICE_CHARACTERS, MIN_PASSWORD, MAX_ICE);
  else if (g_str_equal (name, "fingerprint") &&
           g_ascii_strncasecmp (value, "sha-256 ", strlen ("sha-256 ")) == 0)
    set_value (&offer->fingerprint, value + strlen ("sha-256 "), FINGERPRINT_CHARACTERS,
        FINGERPRINT_LENGTH, FINGERPRINT_LENGTH);
  else if (g_str_equal (name, "mid"))
    set_value (&offer->mid, value, MID_CHARACTERS, 1, MAX_MID);
  else if (g_str_equal (name, "setup"))
    parser_add_setup (self, value);
  else if (g_str_equal (name, "rtpmap"))
    parser_add_codec (self, value);
  else if (g_str_equal (name, "group"))
    offer->has_bundle |= g_str_has_prefix (value, "BUNDLE ");
  else if (g_str_equal (name, "rtcp-mux"))
    self->has_mux = TRUE;
  else if (g_str_equal (name, "sendonly") || g_str_equal (name, "inactive"))
    self->is_sender = TRUE;
}

static gboolean
parser_add_line (Parser *self, const char *line)
{
  g_auto (GStrv) attribute = NULL;

  if (!g_ascii_islower (line[0]) || line[1] != '=')
    return FALSE;
  if (line[0] == 'm')
    parser_add_media (self, line + 2);
  if (line[0] != 'a')
    return TRUE;
  attribute = g_strsplit (line + 2, ":", 2);
  if (attribute[0] != NULL)
    parser_add_attribute (self, attribute[0], attribute[1] != NULL ? attribute[1] : "");
  return TRUE;
}

/* Returns: (transfer none) (nullable): what the offer lacks */
static const char *
parser_find_problem (const Parser *self)
{
  const HablaSdpOffer *offer = self->offer;

  if (self->n_media != 1 || !self->is_audio)
    return "It must have one media section, which is audio over UDP/TLS/RTP/SAVPF";
  if (self->is_sender)
    return "The audio must be recvonly or sendrecv: nothing is taken from listeners";
  if (offer->payload_type == NO_PAYLOAD_TYPE)
    return "The audio must have the codec opus/48000/2";
  if (offer->ufrag == NULL || offer->password == NULL)
    return "It must have valid ice-ufrag and ice-pwd";
  if (offer->fingerprint == NULL || offer->setup == NULL)
    return "It must have a fingerprint with sha-256, and setup";
  if (!self->has_mux || offer->mid == NULL)
    return "It must have rtcp-mux and a mid of at most 32 letters and digits";
  return NULL;
}

static gboolean
parser_read (Parser *self, const char *text, gsize length)
{
  g_autofree char *copy = NULL;
  g_auto (GStrv) lines = NULL;

  if (length > HABLA_SDP_MAX_OFFER || memchr (text, '\0', length) != NULL)
    return FALSE;
  copy = g_strndup (text, length);
  if (!g_str_has_prefix (copy, "v=0"))
    return FALSE;
  lines = g_strsplit (copy, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*g_strchomp (lines[i]) != '\0' && !parser_add_line (self, lines[i]))
      return FALSE;
  return TRUE;
}

HablaSdpOffer *
habla_sdp_offer_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (HablaSdpOffer) offer = g_new0 (HablaSdpOffer, 1);
  Parser parser = { .offer = offer };
  const char *problem;

  offer->payload_type = NO_PAYLOAD_TYPE;
  if (!parser_read (&parser, text, length)) {
    g_set_error (error, HABLA_SDP_ERROR, HABLA_SDP_ERROR_MALFORMED,
        "The body is not an SDP offer of at most %d bytes", HABLA_SDP_MAX_OFFER);
    return NULL;
  }
  problem = parser_find_problem (&parser);
  if (problem != NULL) {
    g_set_error (error, HABLA_SDP_ERROR, HABLA_SDP_ERROR_NOT_ACCEPTABLE,
        "The SDP offer is not accepted. %s", problem);
    return NULL;
  }
  return g_steal_pointer (&offer);
}

char *
habla_sdp_offer_to_text (const HablaSdpOffer *self)
{
  g_autofree char *group =
      self->has_bundle ? g_strdup_printf ("a=group:BUNDLE %s\r\n", self->mid) : g_strdup ("");

  return g_strdup_printf ("v=0\r\n"
                          "o=- 1 1 IN IP4 127.0.0.1\r\n"
                          "s=-\r\n"
                          "t=0 0\r\n"
                          "%s"
                          "m=audio 9 UDP/TLS/RTP/SAVPF %u\r\n"
                          "c=IN IP4 0.0.0.0\r\n"
                          "a=ice-ufrag:%s\r\n"
                          "a=ice-pwd:%s\r\n"
                          "a=fingerprint:sha-256 %s\r\n"
                          "a=setup:%s\r\n"
                          "a=mid:%s\r\n"
                          "a=recvonly\r\n"
                          "a=rtcp-mux\r\n"
                          "a=rtpmap:%u opus/48000/2\r\n"
                          "a=fmtp:%u minptime=10;useinbandfec=1\r\n",
      group, self->payload_type, self->ufrag, self->password, self->fingerprint, self->setup,
      self->mid, self->payload_type, self->payload_type);
}
