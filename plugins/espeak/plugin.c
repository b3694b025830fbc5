/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "espeaksynthesizer.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  return GST_ELEMENT_REGISTER (espeaksynthesizer, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, hablaespeak, "Speaks text with eSpeak NG",
    plugin_init, VERSION, "GPL", PACKAGE, PACKAGE_ORIGIN)
