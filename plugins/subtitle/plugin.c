/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "subtitlereader.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  return GST_ELEMENT_REGISTER (subtitlereader, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, hablasubtitle, "Reads subtitles",
    plugin_init, VERSION, "LGPL", PACKAGE, PACKAGE_ORIGIN)
