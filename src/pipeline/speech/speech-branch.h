/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <pipeline/speech/speech-tap.h>

G_BEGIN_DECLS

/**
 * habla_speech_branch_add:
 * @pipeline: a pipeline in any state
 * @interpreter: its hablainterpreter
 * @language: a normalised BCP 47 code, whose speech @interpreter does not have
 * @tap: gets the speech
 * @error: return location; a warning on the bus has the reason
 *
 * Links a pad `speech_LANGUAGE` of @interpreter to @tap. Blocks while the engine loads.
 *
 * Returns: whether it succeeded
 */
gboolean habla_speech_branch_add (GstBin *pipeline, GstElement *interpreter, const char *language,
    HablaSpeechTap *tap, GError **error);

/**
 * habla_speech_branch_remove:
 * @pipeline: a pipeline
 * @interpreter: its hablainterpreter
 * @language: a normalised BCP 47 code
 *
 * Undoes habla_speech_branch_add(). No-op if it failed.
 */
void habla_speech_branch_remove (GstBin *pipeline, GstElement *interpreter, const char *language);

G_END_DECLS
