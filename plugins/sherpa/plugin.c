/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <gst/gst.h>

static gboolean
plugin_init (GstPlugin *plugin)
{
  return TRUE;
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, hablasherpa,
    "Neural speech recognition and synthesis with sherpa-onnx", plugin_init, VERSION, "LGPL",
    PACKAGE, PACKAGE_ORIGIN)
