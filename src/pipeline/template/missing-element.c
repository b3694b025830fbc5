/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/template/missing-element.h"

#include <habla/error.h>

/* Debian 12 packages, from "dpkg -S" on the plugin of each element. GStreamer itself knows packages
 * for decoders only. */
static const struct {
  const char *element;
  const char *package;
} packages[] = {
  { "alsasink", "gstreamer1.0-alsa" },
  { "alsasrc", "gstreamer1.0-alsa" },
  { "appsrc", "gstreamer1.0-plugins-base" },
  { "audioconvert", "gstreamer1.0-plugins-base" },
  { "audiomixer", "gstreamer1.0-plugins-base" },
  { "audiorate", "gstreamer1.0-plugins-base" },
  { "audioresample", "gstreamer1.0-plugins-base" },
  { "autoaudiosink", "gstreamer1.0-plugins-good" },
  { "autoaudiosrc", "gstreamer1.0-plugins-good" },
  { "avdec_aac", "gstreamer1.0-libav" },
  { "decodebin", "gstreamer1.0-plugins-base" },
  { "matroskademux", "gstreamer1.0-plugins-good" },
  { "oggdemux", "gstreamer1.0-plugins-base" },
  { "oggmux", "gstreamer1.0-plugins-base" },
  { "opusdec", "gstreamer1.0-plugins-base" },
  { "opusenc", "gstreamer1.0-plugins-base" },
  { "pocketsphinx", "gstreamer1.0-pocketsphinx" },
  { "pulsesink", "gstreamer1.0-pulseaudio" },
  { "pulsesrc", "gstreamer1.0-pulseaudio" },
  { "rtpL16depay", "gstreamer1.0-plugins-good" },
  { "rtpjitterbuffer", "gstreamer1.0-plugins-good" },
  { "rtpopusdepay", "gstreamer1.0-plugins-good" },
  { "srtenc", "gstreamer1.0-plugins-bad" },
  { "srtsrc", "gstreamer1.0-plugins-bad" },
  { "subparse", "gstreamer1.0-plugins-base" },
  { "textoverlay", "gstreamer1.0-x" },
  { "udpsrc", "gstreamer1.0-plugins-good" },
  { "uridecodebin", "gstreamer1.0-plugins-base" },
  { "vorbisenc", "gstreamer1.0-plugins-base" },
  { "wavenc", "gstreamer1.0-plugins-good" },
  { "webvttenc", "gstreamer1.0-plugins-bad" },
  /* Elements of Habla are built only if the library or program that they wrap is installed. */
  { "apertiumtranslator", "apertium, and build Habla again" },
  { "espeaksynthesizer", "libespeak-ng-dev, and build Habla again" },
  { "pocketsphinxtranscriber", "libpocketsphinx-dev, and build Habla again" },
};

/* What hablad needs for the audio of browsers, with the elements that provide it. */
static const struct {
  const char *purpose;
  const char *elements[3]; /* one of them is enough */
} needed[] = {
  { "WebM", { "matroskademux" } },
  { "Ogg", { "oggdemux" } },
  { "Opus", { "opusdec", "avdec_opus" } },
  { "audio", { "audioresample" } },
  { "captions", { "captionsink" } },
};

const char *
habla_missing_element_find_package (const char *element)
{
  for (guint i = 0; i < G_N_ELEMENTS (packages); i++)
    if (g_str_equal (packages[i].element, element))
      return packages[i].package;
  return NULL;
}

char *
habla_missing_element_get_remedy (const char *element)
{
  const char *package = habla_missing_element_find_package (element);

  return package != NULL ? g_strconcat ("install ", package, NULL)
                         : g_strdup ("run “habla doctor” to see what is missing");
}

GError *
habla_missing_element_explain (GstMessage *message)
{
  const GstStructure *structure = gst_message_get_structure (message);
  const char *type, *name, *element;
  const char *package = NULL;

  if (!gst_message_has_name (message, "missing-plugin"))
    return NULL;
  type = gst_structure_get_string (structure, "type");
  name = gst_structure_get_string (structure, "name");
  element = gst_structure_get_string (structure, "detail");
  if (g_strcmp0 (type, "element") == 0 && element != NULL)
    package = habla_missing_element_find_package (element);
  return g_error_new (HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED, "There is no %s here; install %s",
      name != NULL ? name : "decoder for this audio",
      package != NULL ? package : "gstreamer1.0-libav or gstreamer1.0-plugins-ugly");
}

static gboolean
missing_element_has_any (const char *const *elements)
{
  for (guint i = 0; elements[i] != NULL; i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (elements[i]);

    if (factory != NULL)
      return TRUE;
  }
  return FALSE;
}

gboolean
habla_missing_element_check_needed (GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (needed); i++) {
    const char *package = habla_missing_element_find_package (needed[i].elements[0]);

    if (missing_element_has_any (needed[i].elements))
      continue;
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED, "no element for %s; %s%s",
        needed[i].purpose, package != NULL ? "install " : "reinstall Habla",
        package != NULL ? package : "");
    return FALSE;
  }
  return TRUE;
}
