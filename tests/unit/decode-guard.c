/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <pipeline/template/decode-guard.h>

static gboolean
is_refused (const char *name, gboolean *is_there)
{
  GstElementFactory *factory = gst_element_factory_find (name);
  gboolean refused;

  *is_there = factory != NULL;
  if (factory == NULL)
    return FALSE;
  refused = habla_decode_guard_is_refused (factory);
  gst_object_unref (factory);
  return refused;
}

static void
test_refused (void)
{
  static const char *const names[] = { "dashdemux", "dashdemux2", "hlsdemux", "hlsdemux2",
    "mssdemux", "mssdemux2", "sdpdemux", "rtspsrc", "filesrc", "souphttpsrc", "filesink" };
  guint found = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    gboolean is_there;
    gboolean refused = is_refused (names[i], &is_there);

    if (is_there && !refused)
      g_error ("%s may be plugged", names[i]);
    found += is_there;
  }
  g_assert_cmpuint (found, >=, 2);
}

static void
test_accepted (void)
{
  static const char *const names[] = { "flacdec", "flacparse", "id3demux", "matroskademux",
    "mpegaudioparse", "oggdemux", "opusdec", "opusparse", "qtdemux", "rtpopusdepay", "tsdemux",
    "vorbisdec", "wavparse" };
  guint found = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    gboolean is_there;

    if (is_refused (names[i], &is_there))
      g_error ("%s is refused", names[i]);
    found += is_there;
  }
  g_assert_cmpuint (found, >=, 6);
}

/* Of all installed demuxers, those that open references in a stream are refused. */
static void
test_all (void)
{
  GList *list =
      gst_element_factory_list_get_elements (GST_ELEMENT_FACTORY_TYPE_DECODABLE, GST_RANK_MARGINAL);

  for (GList *l = list; l != NULL; l = l->next) {
    const char *class = gst_element_factory_get_metadata (l->data, GST_ELEMENT_METADATA_KLASS);

    if (g_str_has_suffix (class, "Adaptive") && !habla_decode_guard_is_refused (l->data))
      g_error ("%s may be plugged", GST_OBJECT_NAME (l->data));
  }
  gst_plugin_feature_list_free (list);
}

static void
test_playlists (void)
{
  g_autoptr (GstCaps) hls = gst_caps_from_string ("application/x-hls");
  g_autoptr (GstCaps) list = gst_caps_from_string ("text/uri-list");
  g_autoptr (GstCaps) wav = gst_caps_from_string ("audio/x-wav");
  g_autoptr (GstCaps) any = gst_caps_new_any ();

  g_assert_true (habla_decode_guard_is_playlist (hls));
  g_assert_true (habla_decode_guard_is_playlist (list));
  g_assert_false (habla_decode_guard_is_playlist (wav));
  g_assert_false (habla_decode_guard_is_playlist (any));
  g_assert_false (habla_decode_guard_is_playlist (NULL));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/decode-guard/refused", test_refused);
  g_test_add_func ("/decode-guard/accepted", test_accepted);
  g_test_add_func ("/decode-guard/all", test_all);
  g_test_add_func ("/decode-guard/playlists", test_playlists);
  return habla_test_run ();
}
