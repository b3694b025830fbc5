/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "monomixer.h"
#include "recordingsrc.h"
#include "speechgain.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  return GST_ELEMENT_REGISTER (monomixer, plugin) && GST_ELEMENT_REGISTER (recordingsrc, plugin) &&
         GST_ELEMENT_REGISTER (speechgain, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, hablaaudio,
    "Finds the speech in the tracks and channels of recordings", plugin_init, VERSION, "LGPL",
    PACKAGE, PACKAGE_ORIGIN)
