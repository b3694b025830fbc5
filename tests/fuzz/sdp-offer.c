/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arbitrary bytes as an SDP offer: what is written for WebRTC has the lines of this program, and is
 * an offer with the same values. */
#include <string.h>
#include <webrtc/sdp-offer.h>

/* Lines of an offer with a BUNDLE group. */
#define MAX_WRITTEN 17

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaSdpOffer) offer = habla_sdp_offer_parse ((const char *) data, size, &error);
  g_autoptr (HablaSdpOffer) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *second = NULL;
  guint n = 0;

  if (offer == NULL) {
    g_assert_true (error != NULL && error->domain == HABLA_SDP_ERROR);
    return 0;
  }
  g_assert_no_error (error);
  text = habla_sdp_offer_to_text (offer);
  for (const char *c = text; *c != '\0'; c++) {
    n += *c == '\n';
    g_assert_true (g_ascii_isprint (*c) || *c == '\r' || *c == '\n');
  }
  g_assert_cmpuint (n, <=, MAX_WRITTEN);
  again = habla_sdp_offer_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  second = habla_sdp_offer_to_text (again);
  g_assert_cmpstr (text, ==, second);
  return 0;
}
