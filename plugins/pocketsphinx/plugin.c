/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "pocketsphinxtranscriber.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  return GST_ELEMENT_REGISTER (pocketsphinxtranscriber, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, hablapocketsphinx,
    "Recognises speech with PocketSphinx", plugin_init, VERSION, "LGPL", PACKAGE, PACKAGE_ORIGIN)
