/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "mariantranslator.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  return GST_ELEMENT_REGISTER (mariantranslator, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, hablamarian,
    "Translates text with the models of Firefox", plugin_init, VERSION, "LGPL", PACKAGE,
    PACKAGE_ORIGIN)
