/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decoder-packages.h"

/* From the field Gstreamer-Decoders of Debian 12's packages, without what cannot be in a container.
 */
static const struct {
  const char *package;
  const char *caps;
} decoders[] = {
  { "gstreamer1.0-plugins-base", "application/ogg; audio/ogg; video/ogg; audio/x-vorbis; "
                                 "audio/x-opus; audio/x-unaligned-raw" },
  { "gstreamer1.0-plugins-good",
      "audio/mpeg, mpegversion=1; audio/x-alaw; audio/x-mulaw; audio/x-flac; audio/x-speex; "
      "audio/x-wavpack; application/x-3gp; audio/webm; audio/x-au; audio/x-m4a; audio/x-matroska; "
      "audio/x-wav; video/mj2; video/quicktime; video/webm; video/x-flv; video/x-matroska; "
      "video/x-msvideo" },
  { "gstreamer1.0-plugins-bad",
      "audio/mpeg, mpegversion=2; audio/mpeg, mpegversion=4, stream-format={ raw, adts }; "
      "audio/ms-gsm; audio/x-gsm; audio/x-adpcm, layout={ microsoft, dvi }; audio/x-dts; "
      "audio/x-private1-dts; audio/x-musepack; audio/x-sbc; audio/x-siren; "
      "application/mxf; audio/x-aiff; audio/x-ircam; audio/x-nist; audio/x-paris; audio/x-rf64; "
      "audio/x-svx; audio/x-voc; audio/x-w64; video/mpegts; "
      "video/mpeg, mpegversion={ 1, 2 }, systemstream=true" },
  { "gstreamer1.0-plugins-ugly",
      "audio/AMR; audio/AMR-WB; audio/ac3; audio/x-ac3; audio/x-private1-ac3; audio/x-lpcm; "
      "audio/x-private-ts-lpcm; audio/x-private1-lpcm; audio/x-sid; application/vnd.rn-realmedia; "
      "application/x-pn-realaudio; video/x-ms-asf" },
  { "gstreamer1.0-libav",
      "audio/AMR; audio/AMR-WB; audio/G722; audio/G729; audio/aptx; audio/aptx-hd; "
      "audio/mpeg, mpegversion={ 1, 2, 4 }; audio/ms-gsm; audio/qcelp; audio/x-ac3; audio/x-alac; "
      "audio/x-adpcm, layout={ yamaha, xa, thp, swf, sbpro4, sbpro3, sbpro2, microsoft, westwood, "
      "dvi, smjpeg, quicktime, oki, iss, dk4, dk3, amv, g726, g721, ct, adx, 4xm }; audio/x-dpcm; "
      "audio/x-dsd; audio/x-dts; audio/x-dv; audio/x-eac3; audio/x-flac; audio/x-gsm; audio/x-imc; "
      "audio/x-mace; audio/x-mlp; audio/x-musepack; audio/x-nellymoser; "
      "audio/x-opus, channel-mapping-family=0; audio/x-pn-realaudio; audio/x-qdm2; "
      "audio/x-shorten; audio/x-sipro; audio/x-smpte-302m; audio/x-true-hd; audio/x-truespeech; "
      "audio/x-tta; audio/x-twin-vq; audio/x-vnd.sony.atrac1; audio/x-vnd.sony.atrac3; "
      "audio/x-voxware; audio/x-wma, wmaversion={ 1, 2, 3, 4 }; audio/x-wms; audio/x-xma; "
      "application/gxf; application/mxf; "
      "application/x-ape; application/x-gst-av-nut; application/x-gst-av-xwma; audio/x-ttafile" },
};

char *
habla_decoder_packages_get_remedy (GstCaps *caps)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *joined = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (decoders); i++) {
    g_autoptr (GstCaps) decoded = gst_caps_from_string (decoders[i].caps);

    if (gst_caps_can_intersect (caps, decoded))
      g_ptr_array_add (names, (gpointer) decoders[i].package);
  }
  if (names->len == 0)
    return g_strdup ("convert the recording with another program first");
  g_ptr_array_add (names, NULL);
  joined = g_strjoinv (" or ", (GStrv) names->pdata);
  return g_strconcat ("install ", joined, NULL);
}
