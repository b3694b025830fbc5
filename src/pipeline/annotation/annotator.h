/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <habla/utterance.h>

G_BEGIN_DECLS

/**
 * HablaAnnotator:
 *
 * An object that looks for idioms and errors in the words spoken or typed, before it is translated.
 * The pipeline holds a reference from habla_pipeline_new() until its teardown has ended.
 */
#define HABLA_TYPE_ANNOTATOR (habla_annotator_get_type ())

G_DECLARE_INTERFACE (HablaAnnotator, habla_annotator, HABLA, ANNOTATOR, GObject)

/**
 * HablaAnnotatorInterface:
 * @annotate: see habla_annotator_annotate()
 */
struct _HablaAnnotatorInterface {
  GTypeInterface parent;

  HablaAnnotations *(*annotate) (HablaAnnotator *self, const char *text, const char *language);
};

/**
 * habla_annotator_annotate:
 * @self: an annotator
 * @text: a final text, as it was said
 * @language: BCP 47 code of @text
 *
 * Streaming thread. Captions wait for it, so it must take milliseconds.
 *
 * Returns: (transfer full) (nullable): what was found
 */
HablaAnnotations *habla_annotator_annotate (
    HablaAnnotator *self, const char *text, const char *language);

/**
 * habla_annotator_attach:
 * @self: an annotator
 * @interpreter: a hablainterpreter in state NULL
 * @language: BCP 47 code of texts without a language
 *
 * Annotates each final utterance of the transcript of @interpreter that has Habla's meta, before
 * captions and translators get it.
 */
void habla_annotator_attach (HablaAnnotator *self, GstBin *interpreter, const char *language);

G_END_DECLS
