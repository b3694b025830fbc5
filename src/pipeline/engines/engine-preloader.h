/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pipeline/engines/engine-registry.h>

G_BEGIN_DECLS

/**
 * HablaEnginePreloader:
 *
 * The engines of one direction, loaded before the first session needs them and kept. Any
 * thread may use it.
 */
typedef struct _HablaEnginePreloader HablaEnginePreloader;

HablaEnginePreloader *habla_engine_preloader_new (
    GPtrArray *engines, const char *from, const char *to);
void habla_engine_preloader_free (HablaEnginePreloader *self);

gboolean habla_engine_preloader_load (HablaEnginePreloader *self, GError **error);
void habla_engine_preloader_wait (void);
gboolean habla_engine_preloader_are_loaded (HablaEnginePreloader *self);
gboolean habla_engine_preloader_probe (HablaEnginePreloader *self, GError **error);

G_END_DECLS
