/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "metricstap.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  return GST_ELEMENT_REGISTER (metricstap, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, hablametrics,
    "Measures what passes through a pipeline", plugin_init, VERSION, "LGPL", PACKAGE,
    PACKAGE_ORIGIN)
