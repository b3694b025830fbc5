/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/engine.h>

G_BEGIN_DECLS

/**
 * engine_create_best:
 * @kind: a kind of engine
 * @from: a BCP 47 code, see habla_engine_choose()
 * @to: (nullable): a BCP 47 code, see habla_engine_choose()
 * @error: return location for an error of habla_engine_choose()
 *
 * Creates the best engine for a language or a pair of languages, of those that are installed now.
 *
 * Returns: (transfer full) (nullable): the element
 */
GstElement *engine_create_best (
    HablaEngineKind kind, const char *from, const char *to, GError **error);

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
