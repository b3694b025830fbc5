/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "captionsink.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  return GST_ELEMENT_REGISTER (captionsink, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, hablacaption,
    "Posts captions to the application", plugin_init, VERSION, "LGPL", PACKAGE, PACKAGE_ORIGIN)
