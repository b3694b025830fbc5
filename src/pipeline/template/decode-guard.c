/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/template/decode-guard.h"

#include <habla/error.h>
#include <string.h>

/* GstAutoplugSelectResult, which no header of GStreamer declares. */
enum {
  AUTOPLUG_TRY,
  AUTOPLUG_EXPOSE,
  AUTOPLUG_SKIP,
};

/* Names of GStreamer's type finders. */
static const char *const playlists[] = {
  "application/dash+xml",
  "application/sdp",
  "application/smil",
  "application/vnd.ms-sstr+xml",
  "application/x-hls",
  "text/uri-list",
  NULL,
};

/* FFmpeg formats. GStreamer describes all demuxers of FFmpeg alike. */
static const char *const referring_formats[] = { "concat", "dash", "hls", "imf", "playlist",
  "redir", "rtp", "rtsp", "sdp", NULL };

gboolean
habla_decode_guard_is_playlist (GstCaps *caps)
{
  return caps != NULL && gst_caps_get_size (caps) > 0 &&
         g_strv_contains (playlists, gst_structure_get_name (gst_caps_get_structure (caps, 0)));
}

static gboolean
factory_opens_references (const char *name)
{
  if (!g_str_has_prefix (name, "avdemux_"))
    return FALSE;
  for (guint i = 0; referring_formats[i] != NULL; i++)
    if (strstr (name, referring_formats[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* A demuxer that is a bin contains a source element. */
static gboolean
factory_is_bin (GstElementFactory *factory)
{
  GstPluginFeature *loaded = gst_plugin_feature_load (GST_PLUGIN_FEATURE (factory));
  GType type;

  if (loaded == NULL)
    return FALSE;
  type = gst_element_factory_get_element_type (GST_ELEMENT_FACTORY (loaded));
  gst_object_unref (loaded);
  return g_type_is_a (type, GST_TYPE_BIN);
}

gboolean
habla_decode_guard_is_refused (GstElementFactory *factory)
{
  const char *class = gst_element_factory_get_metadata (factory, GST_ELEMENT_METADATA_KLASS);
  gboolean is_demuxer;

  if (class == NULL || gst_element_factory_has_interface (factory, "GstURIHandler") ||
      factory_opens_references (GST_OBJECT_NAME (factory)))
    return TRUE;
  is_demuxer = strstr (class, "Demuxer") != NULL;
  return strstr (class, "Adaptive") != NULL || strstr (class, "Source") != NULL ||
         strstr (class, "Sink") != NULL ||
         (is_demuxer && (strstr (class, "Network") != NULL || factory_is_bin (factory)));
}

static int
guard_on_autoplug_select (
    GstElement *element, GstPad *pad, GstCaps *caps, GstElementFactory *factory)
{
  return habla_decode_guard_is_refused (factory) ? AUTOPLUG_SKIP : AUTOPLUG_TRY;
}

/* Streaming thread. Without this error, decodebin would report a missing decoder. */
static gboolean
guard_on_autoplug_continue (GstElement *element, GstPad *pad, GstCaps *caps)
{
  g_autoptr (GError) error = NULL;

  if (!habla_decode_guard_is_playlist (caps))
    return TRUE;
  error = g_error_new_literal (HABLA_ERROR, HABLA_ERROR_INPUT,
      "this is a playlist, which names other files or addresses; pass the recording itself");
  gst_element_post_message (element, gst_message_new_error (GST_OBJECT (element), error, NULL));
  return TRUE;
}

static void
guard_element (GstElement *element)
{
  GType type = G_OBJECT_TYPE (element);

  if (g_signal_lookup ("autoplug-select", type) != 0)
    g_signal_connect (element, "autoplug-select", G_CALLBACK (guard_on_autoplug_select), NULL);
  if (g_signal_lookup ("autoplug-continue", type) != 0)
    g_signal_connect (element, "autoplug-continue", G_CALLBACK (guard_on_autoplug_continue), NULL);
}

static void
guard_on_element_added (GstBin *bin, GstBin *parent, GstElement *element)
{
  guard_element (element);
}

static void
guard_value (const GValue *value, gpointer user_data)
{
  guard_element (g_value_get_object (value));
}

void
habla_decode_guard_watch (GstBin *bin)
{
  GstIterator *iterator = gst_bin_iterate_recurse (bin);

  g_signal_connect (bin, "deep-element-added", G_CALLBACK (guard_on_element_added), NULL);
  while (gst_iterator_foreach (iterator, guard_value, NULL) == GST_ITERATOR_RESYNC)
    gst_iterator_resync (iterator);
  gst_iterator_free (iterator);
}
