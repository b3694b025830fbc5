/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pipeline/engines/engine-registry.h>

G_BEGIN_DECLS

/**
 * HablaEnginePreloader:
 *
 * Keeps the engines of one pair of languages loaded, from before the first pipeline needs them, and
 * loads others when they become the best. For an engine that is a server, it loads the one of this
 * machine that replaces it while it fails. Any thread may call its functions.
 */
typedef struct _HablaEnginePreloader HablaEnginePreloader;

/**
 * habla_engine_preloader_new:
 * @engines: (element-type HablaEngine): the engines to choose from
 * @from: BCP 47 code of the source language
 * @to: BCP 47 code of the target language
 *
 * Returns: (transfer full): a preloader, which has loaded nothing yet
 */
HablaEnginePreloader *habla_engine_preloader_new (
    GPtrArray *engines, const char *from, const char *to);

/**
 * habla_engine_preloader_set_engines:
 * @self: a preloader
 * @engines: (element-type HablaEngine): the engines to choose from, as they are installed now
 * @from: BCP 47 code of the source language
 * @to: BCP 47 code of the target language
 *
 * Makes the next habla_engine_preloader_load() load the engines again: the best one, or its best
 * model, may be another now. Does not block.
 */
void habla_engine_preloader_set_engines (
    HablaEnginePreloader *self, GPtrArray *engines, const char *from, const char *to);

/**
 * habla_engine_preloader_free:
 * @self: (transfer full): a preloader that no other thread uses
 */
void habla_engine_preloader_free (HablaEnginePreloader *self);

/**
 * habla_engine_preloader_load:
 * @self: a preloader
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED, or the engine's own error
 *
 * Blocks while the engines load. No-op if they are loaded. Then releases those that were loaded
 * before, also after an error. A source language that no transcriber
 * recognises needs only a translator.
 *
 * Returns: whether the engines are loaded
 */
gboolean habla_engine_preloader_load (HablaEnginePreloader *self, GError **error);

/**
 * habla_engine_preloader_wait:
 *
 * Blocks while any preloader loads engines. A pipeline that needs the same engines then starts
 * sooner than by loading them a second time.
 */
void habla_engine_preloader_wait (void);

/**
 * habla_engine_preloader_are_loaded:
 * @self: a preloader
 *
 * Returns: whether the engines are loaded
 */
gboolean habla_engine_preloader_are_loaded (HablaEnginePreloader *self);

/**
 * habla_engine_preloader_get_loaded:
 * @self: a preloader
 * @kind: %HABLA_ENGINE_TRANSCRIBER or %HABLA_ENGINE_TRANSLATOR
 *
 * Returns: (transfer full) (nullable): the name of the element whose engine is loaded; %NULL = none
 */
char *habla_engine_preloader_get_loaded (HablaEnginePreloader *self, HablaEngineKind kind);

/**
 * habla_engine_preloader_probe:
 * @self: a preloader
 * @error: return location for an error of habla_engine_preloader_load(), a %HABLA_ERROR_TIMEOUT or
 *   a %HABLA_ERROR_ENGINE
 *
 * Loads the engines if necessary, and translates one word. With loaded engines, it blocks for some
 * milliseconds and starts no process; without an answer, it blocks for five seconds. A transcriber
 * is only loaded, because its engine serves one pipeline at a time.
 *
 * Returns: whether the engines work
 */
gboolean habla_engine_preloader_probe (HablaEnginePreloader *self, GError **error);

G_END_DECLS
