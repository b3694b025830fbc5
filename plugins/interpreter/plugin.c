/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hablainterpreter.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  return GST_ELEMENT_REGISTER (hablainterpreter, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, hablainterpreter,
    "Captions and speech in other languages from audio", plugin_init, VERSION, "LGPL", PACKAGE,
    PACKAGE_ORIGIN)
