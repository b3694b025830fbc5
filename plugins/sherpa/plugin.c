/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "sherpasynthesizer.h"
#include "sherpatranscriber.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  return GST_ELEMENT_REGISTER (sherpasynthesizer, plugin) &&
         GST_ELEMENT_REGISTER (sherpatranscriber, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, hablasherpa,
    "Neural speech recognition and synthesis with sherpa-onnx", plugin_init, VERSION, "LGPL",
    PACKAGE, PACKAGE_ORIGIN)
