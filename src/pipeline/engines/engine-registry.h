/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/engine.h>
#include <habla/model.h>
#include <pipeline/engines/languages.h>

G_BEGIN_DECLS

/**
 * habla_engine_registry_collect_languages:
 * @engines: (element-type HablaEngine): engines of habla_engine_list()
 * @languages: (out caller-allocates): the languages of all @engines together that
 *   habla_engine_choose() may choose; free its contents with habla_languages_clear()
 */
void habla_engine_registry_collect_languages (GPtrArray *engines, HablaLanguages *languages);

/**
 * habla_engine_registry_list_offering:
 * @engines: (element-type HablaEngine): engines of habla_engine_list()
 * @kind: a kind of engine
 * @from: a BCP 47 code, see habla_engine_choose()
 * @to: (nullable) (array zero-terminated=1): BCP 47 codes of target languages, for a translator
 *
 * Returns: (transfer full) (array zero-terminated=1): names of the elements that list @from, or a
 *   pair of @from and one of @to, in the order in which habla_engine_choose() prefers them
 */
GStrv habla_engine_registry_list_offering (
    GPtrArray *engines, HablaEngineKind kind, const char *from, const char *const *to);

/**
 * habla_engine_registry_find_detecting:
 * @engines: (element-type HablaEngine): engines of habla_engine_list()
 * @preferred: (nullable): the name of an element; %NULL = any
 * @languages: (array zero-terminated=1): BCP 47 codes
 *
 * Returns: (transfer none) (nullable): the name of the first transcriber, or of @preferred, that
 *   detects which of @languages is spoken
 */
const char *habla_engine_registry_find_detecting (
    GPtrArray *engines, const char *preferred, const char *const *languages);

/**
 * habla_engine_registry_are_equal:
 * @a: (element-type HablaEngine): engines
 * @b: (element-type HablaEngine): engines
 *
 * Returns: whether both have the same elements with the same languages, in the same order
 */
gboolean habla_engine_registry_are_equal (GPtrArray *a, GPtrArray *b);

/**
 * habla_engine_create_named:
 * @launch: the name of an element factory, or a part of a launch line, such as
 *   "pocketsphinxtranscriber partials=false"
 * @error: return location for a %HABLA_ERROR_PARAMETER
 *
 * Creates an engine that was named, instead of chosen by habla_engine_choose().
 *
 * Returns: (transfer full) (nullable): a bin with the elements, not started
 */
GstElement *habla_engine_create_named (const char *launch, GError **error);

/**
 * habla_engine_check_named:
 * @launch: as in habla_engine_create_named()
 * @error: return location for a %HABLA_ERROR_PARAMETER, or an error of the engine
 *
 * Checks the properties of an engine that was named, in READY: loads no model, and sends nothing.
 *
 * Returns: whether there is such an engine, and it accepts its properties
 */
gboolean habla_engine_check_named (const char *launch, GError **error);

/**
 * habla_engine_pop_error:
 * @element: an element with a bus, whose change of state failed
 * @error: (not nullable): return location for the error that it posted, or a %HABLA_ERROR_ENGINE
 */
void habla_engine_pop_error (GstElement *element, GError **error);

/**
 * habla_engine_registry_set_named:
 * @engines: (element-type HablaEngine): engines of habla_engine_list()
 * @kind: a kind of engine
 * @launch: (nullable): what habla_engine_create_named() gets; %NULL = none was named
 *
 * Makes habla_engine_choose() choose the named engine for its languages, and no other one: removes
 * the other engines of @kind. No-op for an engine that does not list its languages.
 */
void habla_engine_registry_set_named (GPtrArray *engines, HablaEngineKind kind, const char *launch);

/**
 * habla_engine_find_model:
 * @self: an engine
 * @from: a BCP 47 code, see habla_engine_choose()
 * @to: (nullable): a BCP 47 code, see habla_engine_choose()
 *
 * Reads the descriptions of the installed models.
 *
 * Returns: (transfer full) (nullable): the model that @self uses; %NULL if it uses none of these
 *   models, as Debian's engines
 */
HablaModel *habla_engine_find_model (const HablaEngine *self, const char *from, const char *to);

/**
 * habla_engine_check_language:
 * @self: a transcriber or synthesizer
 * @language: a BCP 47 code
 * @error: return location for a %HABLA_ERROR_LANGUAGE that lists the languages of @self
 *
 * Checks an engine that was named, instead of chosen by habla_engine_choose().
 *
 * Returns: whether @self recognises or speaks any variety of @language, or lists no languages
 */
gboolean habla_engine_check_language (
    const HablaEngine *self, const char *language, GError **error);

/**
 * habla_engine_check_pair:
 * @self: a translator
 * @from: BCP 47 code of the source language
 * @to: BCP 47 code of the target language
 * @error: return location for a %HABLA_ERROR_LANGUAGE that lists the targets of @from
 *
 * Checks an engine that was named, instead of chosen by habla_engine_choose().
 *
 * Returns: whether @self translates @from into @to, or lists no pairs
 */
gboolean habla_engine_check_pair (
    const HablaEngine *self, const char *from, const char *to, GError **error);

G_END_DECLS
