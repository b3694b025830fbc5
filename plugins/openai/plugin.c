/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "libretranslatetranslator.h"
#include "openaisynthesizer.h"
#include "openaitranscriber.h"
#include "openaitranslator.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  return GST_ELEMENT_REGISTER (openaitranscriber, plugin) &&
         GST_ELEMENT_REGISTER (openaitranslator, plugin) &&
         GST_ELEMENT_REGISTER (libretranslatetranslator, plugin) &&
         GST_ELEMENT_REGISTER (openaisynthesizer, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, hablaopenai,
    "Recognises, translates and speaks with servers", plugin_init, VERSION, "LGPL", PACKAGE,
    PACKAGE_ORIGIN)
