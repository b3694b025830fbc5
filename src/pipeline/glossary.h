/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <pipeline/glossary-folder.h>

G_BEGIN_DECLS

/**
 * HablaPipelineGlossary:
 *
 * Chooses the glossary of each translator in a bin, by its languages, and that for all languages
 * for other elements with the property `glossary`, such as `openaitranscriber`. Any thread may use
 * it.
 */
typedef struct _HablaPipelineGlossary HablaPipelineGlossary;

/**
 * habla_pipeline_glossary_new:
 * @path: (nullable): path of a glossary for all languages, see #HablaTranslator:glossary
 * @folder: (nullable): has glossaries that take precedence
 * @room: (nullable): whose glossaries of @folder are used
 *
 * Returns: (transfer full): what chooses the glossaries
 */
HablaPipelineGlossary *habla_pipeline_glossary_new (
    const char *path, HablaGlossaryFolder *folder, const char *room);

/**
 * habla_pipeline_glossary_unref:
 * @self: (transfer full): what chooses the glossaries
 */
void habla_pipeline_glossary_unref (HablaPipelineGlossary *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaPipelineGlossary, habla_pipeline_glossary_unref)

/**
 * habla_pipeline_glossary_attach:
 * @self: what chooses the glossaries
 * @bin: a bin, which holds a reference to @self from now on
 *
 * Sets the glossary of each of these elements in @bin, and of those that are added later, at any
 * depth. Call once for a bin.
 */
void habla_pipeline_glossary_attach (HablaPipelineGlossary *self, GstBin *bin);

/**
 * habla_pipeline_glossary_update:
 * @self: what chooses the glossaries
 * @bin: a bin that it is attached to
 *
 * Chooses again after a change of the folder; each element reads its file again for its next
 * text. Does not block.
 */
void habla_pipeline_glossary_update (HablaPipelineGlossary *self, GstBin *bin);

G_END_DECLS
