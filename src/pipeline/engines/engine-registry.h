/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <pipeline/engines/language-pairs.h>

G_BEGIN_DECLS

/**
 * HablaEngineKind:
 * @HABLA_ENGINE_TRANSCRIBER: raw audio in, text out
 * @HABLA_ENGINE_TRANSLATOR: text in, text out
 * @HABLA_ENGINE_SYNTHESIZER: text in, raw audio out
 */
typedef enum {
  HABLA_ENGINE_TRANSCRIBER,
  HABLA_ENGINE_TRANSLATOR,
  HABLA_ENGINE_SYNTHESIZER,
} HablaEngineKind;

/**
 * HablaEngine:
 * @kind: the kind of engine
 * @element: the name of its element factory
 * @languages: (array zero-terminated=1): BCP 47 codes of the languages of a transcriber or
 *   synthesizer; for a translator its pairs, see #HablaLanguagePair
 */
typedef struct {
  HablaEngineKind kind;
  char *element;
  GStrv languages;
} HablaEngine;

/**
 * habla_engine_registry_list:
 *
 * Lists the transcribers, translators and synthesizers that are installed and list their
 * languages. Loads their plugins, which takes some tenths of a second the first time, and starts
 * no engine. Any thread may call it.
 *
 * Returns: (transfer full) (element-type HablaEngine): the engines, sorted by kind and name
 */
GPtrArray *habla_engine_registry_list (void);

/**
 * habla_engine_registry_collect_languages:
 * @engines: (element-type HablaEngine): engines
 * @languages: (out caller-allocates): the languages of all @engines together; free its contents
 *   with habla_languages_clear()
 */
void habla_engine_registry_collect_languages (GPtrArray *engines, HablaLanguages *languages);

/**
 * habla_engine_new:
 * @element: the name of an element factory
 *
 * Reads the languages of an element, without starting its engine.
 *
 * Returns: (transfer full) (nullable): the engine; %NULL if there is no such element, or it lists
 *   no languages
 */
HablaEngine *habla_engine_new (const char *element);

/**
 * habla_engine_free:
 * @self: (transfer full): an engine
 */
void habla_engine_free (HablaEngine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaEngine, habla_engine_free)

/**
 * habla_engine_has_language:
 * @self: an engine
 * @language: a BCP 47 code
 *
 * Returns: whether @self recognises or speaks any variety of @language; %FALSE for a translator
 */
gboolean habla_engine_has_language (const HablaEngine *self, const char *language);

/**
 * habla_engine_has_pair:
 * @self: an engine
 * @from: BCP 47 code of the source language
 * @to: BCP 47 code of the target language
 *
 * Returns: whether @self is a translator that translates @from into @to
 */
gboolean habla_engine_has_pair (const HablaEngine *self, const char *from, const char *to);

/**
 * habla_engine_check_language:
 * @self: a transcriber or synthesizer
 * @language: a BCP 47 code
 * @error: return location for a %HABLA_ERROR_LANGUAGE that lists the languages of @self
 *
 * Returns: whether @self recognises or speaks any variety of @language
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
 * Returns: whether @self translates @from into @to
 */
gboolean habla_engine_check_pair (
    const HablaEngine *self, const char *from, const char *to, GError **error);

G_END_DECLS
