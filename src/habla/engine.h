/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

/*
 * Choice of engines. An engine is an element factory: a transcriber, translator or synthesizer,
 * of Habla or not. Any program or plugin that needs one for a language uses the same rule:
 *
 * 1. Engines of %GST_RANK_NONE are never chosen, only used by name.
 * 2. Those that list the language as installed come first, the greatest rank first, and the first
 *    by name among equals. Neural engines have %GST_RANK_PRIMARY, Debian's %GST_RANK_SECONDARY.
 * 3. Then come engines that do not list their languages, in the same order.
 *
 * The environment variable `GST_PLUGIN_FEATURE_RANK` of GStreamer changes ranks:
 * `GST_PLUGIN_FEATURE_RANK=espeaksynthesizer:MAX` prefers one, `apertiumtranslator:NONE` excludes
 * one.
 */

/**
 * HablaEngineKind:
 * @HABLA_ENGINE_TRANSCRIBER: audio in, text out
 * @HABLA_ENGINE_TRANSLATOR: text in, text out
 * @HABLA_ENGINE_SYNTHESIZER: text in, audio out
 */
typedef enum {
  HABLA_ENGINE_TRANSCRIBER,
  HABLA_ENGINE_TRANSLATOR,
  HABLA_ENGINE_SYNTHESIZER,
} HablaEngineKind;

/**
 * habla_engine_kind_get_name:
 * @kind: a kind of engine
 *
 * Returns: (transfer none): "transcriber", "translator" or "synthesizer"
 */
HABLA_API const char *habla_engine_kind_get_name (HablaEngineKind kind);

/**
 * habla_engine_get_element_name:
 * @element: an element
 *
 * Names an element in messages to people: without the prefix and the number of its own name.
 *
 * Returns: (transfer none): the name of its factory, such as "mariantranslator"; that of its type
 *   if it has no factory
 */
HABLA_API const char *habla_engine_get_element_name (GstElement *element);

/**
 * HablaEngine:
 * @kind: the kind of engine
 * @element: the name of its element factory
 * @rank: the rank of its element factory
 * @lists_languages: whether the element has a property with its languages; without one, it is
 *   expected to support any language
 * @languages: (array zero-terminated=1): BCP 47 codes of the installed languages of a transcriber
 *   or synthesizer; for a translator its pairs, see #HablaLanguagePair
 * @detectable: (array zero-terminated=1): BCP 47 codes of the languages among which a transcriber
 *   detects the one that is spoken
 */
typedef struct {
  HablaEngineKind kind;
  char *element;
  guint rank;
  gboolean lists_languages;
  GStrv languages;
  GStrv detectable;
} HablaEngine;

#define HABLA_TYPE_ENGINE (habla_engine_get_type ())
/**
 * habla_engine_get_type:
 *
 * Returns: the boxed type of #HablaEngine
 */
HABLA_API GType habla_engine_get_type (void);

/**
 * habla_engine_new:
 * @element: the name of an element factory
 *
 * Reads the languages of an element, without starting its engine. The element must have always
 * pads for audio or text, and at least one of these properties: `available-languages` or
 * `language-code`, for a translator `available-pairs` or `output-language-code`.
 *
 * Returns: (transfer full) (nullable): the engine; %NULL if there is no such element, or it is no
 *   engine
 */
HABLA_API HablaEngine *habla_engine_new (const char *element);

/**
 * habla_engine_free:
 * @self: (transfer full): an engine
 */
HABLA_API void habla_engine_free (HablaEngine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaEngine, habla_engine_free)

/**
 * habla_engine_list:
 *
 * Lists all engines that are installed, with the languages that are installed now. Loads their
 * plugins, which takes some tenths of a second the first time, and half a millisecond later. Starts
 * no engine. Any thread may call it. Elements that use a server (their class has “Network”) are not
 * listed while their rank is %GST_RANK_NONE: they need an address.
 *
 * Returns: (transfer container) (element-type HablaEngine): the engines, sorted by kind, descending
 * rank and name
 */
HABLA_API GPtrArray *habla_engine_list (void);

/**
 * habla_engine_choose:
 * @engines: (element-type HablaEngine): engines of habla_engine_list()
 * @kind: the kind of engine
 * @from: a BCP 47 code: the language heard or spoken, or the source language of a translator
 * @to: (nullable): BCP 47 code of the target language of a translator; %NULL for other kinds
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED if there is no engine of this kind, or a
 *   %HABLA_ERROR_LANGUAGE if none has the language; both say what to install
 *
 * Chooses the best engine for a language or a pair of languages. Compares primary languages only:
 * an engine for "en-US" serves "en-GB".
 *
 * Returns: (transfer none) (nullable): an element of @engines
 */
HABLA_API const HablaEngine *habla_engine_choose (
    GPtrArray *engines, HablaEngineKind kind, const char *from, const char *to, GError **error);

/**
 * habla_engine_has_language:
 * @self: an engine
 * @language: a BCP 47 code
 *
 * Returns: whether @self lists any variety of @language; %FALSE for a translator
 */
HABLA_API gboolean habla_engine_has_language (const HablaEngine *self, const char *language);

/**
 * habla_engine_detects:
 * @self: an engine
 * @languages: (array zero-terminated=1): BCP 47 codes
 *
 * Returns: whether @self is a transcriber that detects which of @languages is spoken
 */
HABLA_API gboolean habla_engine_detects (const HablaEngine *self, const char *const *languages);

/**
 * habla_engine_has_pair:
 * @self: an engine
 * @from: BCP 47 code of the source language
 * @to: BCP 47 code of the target language
 *
 * Returns: whether @self is a translator that lists @from into @to
 */
HABLA_API gboolean habla_engine_has_pair (
    const HablaEngine *self, const char *from, const char *to);

/**
 * habla_engine_describe_remedy:
 * @kind: a kind of engine
 * @from: a BCP 47 code, as in habla_engine_choose()
 * @to: (nullable): a BCP 47 code, as in habla_engine_choose()
 *
 * Returns: (transfer full): what to do if no engine of @kind has the language, for the end of an
 *   error message
 */
HABLA_API char *habla_engine_describe_remedy (
    HablaEngineKind kind, const char *from, const char *to);

G_END_DECLS
