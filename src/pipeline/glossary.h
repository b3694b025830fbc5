/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * habla_pipeline_use_glossary:
 * @bin: a bin
 * @path: path of a glossary, see #HablaTranslator:glossary
 *
 * Sets the glossary of each #HablaTranslator in @bin, and of those that are added later, at any
 * depth. Call once for a bin.
 *
 * Returns: how many there are now
 */
guint habla_pipeline_use_glossary (GstBin *bin, const char *path);

G_END_DECLS
