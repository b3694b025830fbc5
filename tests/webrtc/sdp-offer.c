/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Offers of browsers, and what is not one. */
#include "habla-test.h"

#include <webrtc/sdp-offer.h>
#include <string.h>

#define FINGERPRINT \
  "8A:4B:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:" \
  "AB"
#define HEAD "v=0\r\no=- 46117 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
#define TRANSPORT \
  "a=ice-ufrag:9uB6\r\na=ice-pwd:YH75Fviy6338Vbrhrlp8Yh1+\r\na=ice-options:trickle\r\n" \
  "a=fingerprint:sha-256 " FINGERPRINT "\r\na=setup:actpass\r\na=mid:0\r\na=rtcp-mux\r\n"
#define OPUS "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n"
#define AUDIO \
  "m=audio 9 UDP/TLS/RTP/SAVPF 63 111 0\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n"
#define CHROME \
  HEAD "a=group:BUNDLE 0\r\na=extmap-allow-mixed\r\n" AUDIO \
       "a=candidate:1 1 udp 2113937151 f2b1.local 50000 typ host\r\n" TRANSPORT \
       "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=recvonly\r\n" \
       "a=rtpmap:63 red/48000/2\r\n" OPUS "a=rtcp-fb:111 transport-cc\r\na=rtpmap:0 PCMU/8000\r\n"

static HablaSdpOffer *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  HablaSdpOffer *offer = habla_sdp_offer_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  return offer;
}

static void
test_browser (void)
{
  g_autoptr (HablaSdpOffer) offer = parse (CHROME);
  g_autofree char *text = NULL;

  g_assert_cmpuint (offer->payload_type, ==, 111);
  g_assert_cmpstr (offer->mid, ==, "0");
  g_assert_cmpstr (offer->ufrag, ==, "9uB6");
  g_assert_cmpstr (offer->password, ==, "YH75Fviy6338Vbrhrlp8Yh1+");
  g_assert_cmpstr (offer->fingerprint, ==, FINGERPRINT);
  g_assert_cmpstr (offer->setup, ==, "actpass");
  g_assert_true (offer->has_bundle);
  text = habla_sdp_offer_to_text (offer);
  g_assert_null (strstr (text, "candidate"));
  g_assert_null (strstr (text, "local"));
  g_assert_null (strstr (text, "extmap"));
  g_assert_null (strstr (text, "red"));
  g_assert_nonnull (strstr (text, "a=group:BUNDLE 0\r\n"));
  g_assert_nonnull (strstr (text, "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"));
}

/* The result is an offer itself, and loses nothing. */
static void
test_text (void)
{
  g_autoptr (HablaSdpOffer) offer = parse (HEAD AUDIO TRANSPORT OPUS);
  g_autofree char *text = habla_sdp_offer_to_text (offer);
  g_autoptr (HablaSdpOffer) again = parse (text);
  g_autofree char *second = habla_sdp_offer_to_text (again);

  g_assert_false (offer->has_bundle);
  g_assert_null (strstr (text, "BUNDLE"));
  g_assert_cmpstr (text, ==, second);
}

static void
test_refused (void)
{
  static const struct {
    const char *text;
    HablaSdpError code;
  } rows[] = {
    { "", HABLA_SDP_ERROR_MALFORMED },
    { "hello", HABLA_SDP_ERROR_MALFORMED },
    { "v=0\r\nnonsense\r\n", HABLA_SDP_ERROR_MALFORMED },
    { "{\"sdp\":\"v=0\"}", HABLA_SDP_ERROR_MALFORMED },
    { HEAD, HABLA_SDP_ERROR_NOT_ACCEPTABLE },
    { HEAD AUDIO, HABLA_SDP_ERROR_NOT_ACCEPTABLE },
    { HEAD AUDIO TRANSPORT, HABLA_SDP_ERROR_NOT_ACCEPTABLE },
    { HEAD AUDIO OPUS, HABLA_SDP_ERROR_NOT_ACCEPTABLE },
    { HEAD AUDIO TRANSPORT "a=rtpmap:300 opus/48000/2\r\n", HABLA_SDP_ERROR_NOT_ACCEPTABLE },
    { HEAD AUDIO TRANSPORT "a=rtpmap:0 PCMU/8000\r\n", HABLA_SDP_ERROR_NOT_ACCEPTABLE },
    { HEAD AUDIO TRANSPORT OPUS "a=sendonly\r\n", HABLA_SDP_ERROR_NOT_ACCEPTABLE },
    { HEAD AUDIO TRANSPORT OPUS "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n",
        HABLA_SDP_ERROR_NOT_ACCEPTABLE },
    { HEAD "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n" TRANSPORT OPUS,
        HABLA_SDP_ERROR_NOT_ACCEPTABLE },
    { HEAD "m=audio 9 RTP/AVP 111\r\n" TRANSPORT OPUS, HABLA_SDP_ERROR_NOT_ACCEPTABLE },
    { HEAD AUDIO OPUS "a=ice-ufrag:a\r\na=ice-pwd:b\r\na=setup:actpass\r\na=mid:0\r\n"
                      "a=rtcp-mux\r\na=fingerprint:sha-256 " FINGERPRINT "\r\n",
        HABLA_SDP_ERROR_NOT_ACCEPTABLE },
    { HEAD AUDIO OPUS "a=ice-ufrag:9uB6\r\na=ice-pwd:YH75Fviy6338Vbrhrlp8Yh1+\r\na=mid:0\r\n"
                      "a=setup:actpass\r\na=rtcp-mux\r\na=fingerprint:sha-1 8A:4B\r\n",
        HABLA_SDP_ERROR_NOT_ACCEPTABLE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (habla_sdp_offer_parse (rows[i].text, strlen (rows[i].text), &error));
    g_assert_error (error, HABLA_SDP_ERROR, (int) rows[i].code);
  }
}

/* Values of the client stand in what is written: none may add lines. */
static void
test_values (void)
{
  static const char *const lines[] = { "a=mid:0 1\r\n", "a=mid:\r\n", "a=mid:a/b\r\n",
    "a=setup:passive;x\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autofree char *text = g_strconcat (HEAD AUDIO, lines[i],
        "a=ice-ufrag:9uB6\r\na=ice-pwd:YH75Fviy6338Vbrhrlp8Yh1+\r\na=rtcp-mux\r\n" OPUS
        "a=fingerprint:sha-256 " FINGERPRINT "\r\n",
        NULL);
    g_autoptr (GError) error = NULL;

    g_assert_null (habla_sdp_offer_parse (text, strlen (text), &error));
    g_assert_error (error, HABLA_SDP_ERROR, HABLA_SDP_ERROR_NOT_ACCEPTABLE);
  }
}

static void
test_size (void)
{
  g_autofree char *filler = g_strnfill (HABLA_SDP_MAX_OFFER, 'x');
  g_autofree char *long_line = g_strconcat (CHROME, "a=", filler, "\r\n", NULL);
  g_autofree char *with_nul = g_strdup (CHROME);
  g_autoptr (GString) many = g_string_new (HEAD);
  g_autoptr (GError) error = NULL;

  g_assert_null (habla_sdp_offer_parse (long_line, strlen (long_line), &error));
  g_assert_error (error, HABLA_SDP_ERROR, HABLA_SDP_ERROR_MALFORMED);
  g_clear_error (&error);
  with_nul[strlen (HEAD)] = '\0';
  g_assert_null (habla_sdp_offer_parse (with_nul, strlen (CHROME), &error));
  g_assert_error (error, HABLA_SDP_ERROR, HABLA_SDP_ERROR_MALFORMED);
  g_clear_error (&error);
  while (many->len < HABLA_SDP_MAX_OFFER - 200)
    g_string_append (many, "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n");
  g_assert_null (habla_sdp_offer_parse (many->str, many->len, &error));
  g_assert_error (error, HABLA_SDP_ERROR, HABLA_SDP_ERROR_NOT_ACCEPTABLE);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/sdp-offer/browser", test_browser);
  g_test_add_func ("/sdp-offer/text", test_text);
  g_test_add_func ("/sdp-offer/refused", test_refused);
  g_test_add_func ("/sdp-offer/values", test_values);
  g_test_add_func ("/sdp-offer/size", test_size);
  return habla_test_run ();
}
