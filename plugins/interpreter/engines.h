/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Engines of a hablainterpreter, in the order of its properties. */
typedef enum {
  ENGINE_TRANSCRIBER,
  ENGINE_TRANSLATOR,
  ENGINE_SYNTHESIZER,
  N_ENGINES,
} EngineKind;

/**
 * engine_get_name:
 * @kind: a kind of engine
 *
 * Returns: (transfer none): the name of its property, such as "translator"
 */
const char *engine_get_name (EngineKind kind);

/**
 * engine_create_best:
 * @kind: a kind of engine
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED
 *
 * Creates the element of the highest rank, and the first by name of those, that has always
 * pads of the right media types and a property for the language.
 *
 * Returns: (transfer full) (nullable): the element
 */
GstElement *engine_create_best (EngineKind kind, GError **error);

/**
 * engine_create_alike:
 * @model: an element
 * @error: return location for a %HABLA_ERROR_PARAMETER
 *
 * Returns: (transfer full) (nullable): an element of the same factory as @model, with the
 *   same property values, except properties that are objects
 */
GstElement *engine_create_alike (GstElement *model, GError **error);

/**
 * engine_set_language:
 * @engine: an element
 * @property: name of a property for a language
 * @language: BCP 47 code
 *
 * Sets @property if @engine has it: other engines may support one language only.
 */
void engine_set_language (GstElement *engine, const char *property, const char *language);

G_END_DECLS
