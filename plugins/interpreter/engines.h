/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/engine.h>

G_BEGIN_DECLS

/**
 * engine_make_plain:
 * @factory: name of an element that is no engine
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED
 *
 * Returns: (transfer full) (nullable): the element
 */
GstElement *engine_make_plain (const char *factory, GError **error);

/**
 * engine_install_preferences:
 * @klass: a class
 * @id: id of the first property
 * @flags: of the properties
 *
 * Installs two properties that name elements, `preferred-transcriber` and `preferred-translator`.
 */
void engine_install_preferences (GObjectClass *klass, guint id, GParamFlags flags);

/**
 * engine_create_best:
 * @kind: a kind of engine
 * @from: a BCP 47 code, see habla_engine_choose()
 * @to: (nullable): a BCP 47 code, see habla_engine_choose()
 * @preferred: (nullable): the name of an element
 * @error: return location for an error of habla_engine_choose()
 *
 * Creates the best engine for a language or a pair of languages, of those that are installed now:
 * @preferred, if it is an engine that could be chosen and lists the language.
 *
 * Returns: (transfer full) (nullable): the element
 */
GstElement *engine_create_best (
    HablaEngineKind kind, const char *from, const char *to, const char *preferred, GError **error);

/**
 * engine_set_input_languages:
 * @codes: (inout) (transfer full) (nullable): becomes a copy of @value
 * @first: (inout) (transfer full) (nullable): becomes the first code of @value
 * @value: (nullable): BCP 47 codes, separated by commas
 */
void engine_set_input_languages (char **codes, char **first, const char *value);

/**
 * engine_create_listening:
 * @codes: BCP 47 codes of the speech, separated by commas; there is at least one
 * @preferred: (nullable): the name of an element
 * @error: return location for an error of habla_engine_choose()
 *
 * Creates the best transcriber for the first language: if there are several, one that detects which
 * of them is spoken, if there is such a transcriber and @preferred is %NULL.
 *
 * Returns: (transfer full) (nullable): the element
 */
GstElement *engine_create_listening (const char *codes, const char *preferred, GError **error);

/**
 * engine_set_spoken_languages:
 * @transcriber: an element
 * @codes: BCP 47 codes of the speech, separated by commas; only the first is used if @transcriber
 *   detects no languages
 *
 * Like engine_set_language().
 */
void engine_set_spoken_languages (GstElement *transcriber, const char *codes);

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

/**
 * engine_set_link_error:
 * @from: an element
 * @to: an element that cannot follow it
 * @error: return location for a %GST_CORE_ERROR_NEGOTIATION
 */
void engine_set_link_error (GstElement *from, GstElement *to, GError **error);

G_END_DECLS
