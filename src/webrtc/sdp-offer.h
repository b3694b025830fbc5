/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Largest offer, in bytes. Offers of browsers for audio have 1 to 3 kB. */
#define HABLA_SDP_MAX_OFFER 16384

#define HABLA_SDP_ERROR (habla_sdp_error_quark ())
/**
 * habla_sdp_error_quark:
 *
 * Returns: the domain of #HablaSdpError
 */
GQuark habla_sdp_error_quark (void);

/**
 * HablaSdpError:
 * @HABLA_SDP_ERROR_MALFORMED: the text is not SDP
 * @HABLA_SDP_ERROR_NOT_ACCEPTABLE: the offer asks for something else than one audio stream in Opus
 */
typedef enum {
  HABLA_SDP_ERROR_MALFORMED,
  HABLA_SDP_ERROR_NOT_ACCEPTABLE,
} HablaSdpError;

/**
 * HablaSdpOffer:
 * @mid: name of the media section
 * @ufrag: user name of ICE
 * @password: of ICE
 * @fingerprint: SHA-256 of the client's certificate, as "AB:CD:…"
 * @setup: role in DTLS: "actpass", "active" or "passive"
 * @payload_type: of Opus, 0 to 127
 * @has_bundle: whether the media section is in a BUNDLE group
 *
 * What counts in an offer of WebRTC to receive audio. Everything else is left out: other codecs,
 * header extensions, and candidates. Without candidates nothing is sent to an address that has not
 * sent something with the right password before, and no name is looked up.
 */
typedef struct {
  char *mid;
  char *ufrag;
  char *password;
  char *fingerprint;
  char *setup;
  guint payload_type;
  gboolean has_bundle;
} HablaSdpOffer;

/**
 * habla_sdp_offer_parse:
 * @text: an offer from a client
 * @length: in bytes
 * @error: return location for a %HABLA_SDP_ERROR
 *
 * Returns: (transfer full) (nullable): the offer
 */
HablaSdpOffer *habla_sdp_offer_parse (const char *text, gsize length, GError **error);

/**
 * habla_sdp_offer_free:
 * @self: (transfer full): an offer
 */
void habla_sdp_offer_free (HablaSdpOffer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaSdpOffer, habla_sdp_offer_free)

/**
 * habla_sdp_offer_to_text:
 * @self: an offer
 *
 * Returns: (transfer full): SDP with what is in @self, and nothing else of the client's
 */
char *habla_sdp_offer_to_text (const HablaSdpOffer *self);

G_END_DECLS
