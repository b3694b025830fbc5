/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <session/engines.h>

G_BEGIN_DECLS

/**
 * HablaWarmEngines:
 *
 * The engines of one direction, loaded before the first session needs them and kept. Any
 * thread may use it.
 */
typedef struct _HablaWarmEngines HablaWarmEngines;

HablaWarmEngines *habla_warm_engines_new (GPtrArray *engines, const char *from, const char *to);
void habla_warm_engines_free (HablaWarmEngines *self);

gboolean habla_warm_engines_load (HablaWarmEngines *self, GError **error);
void habla_warm_engines_wait (void);
gboolean habla_warm_engines_are_loaded (HablaWarmEngines *self);
gboolean habla_warm_engines_ask (HablaWarmEngines *self, GError **error);

G_END_DECLS
