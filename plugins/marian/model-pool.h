/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/model.h>
#include <marian.h>

G_BEGIN_DECLS

/**
 * marian_model_pool_acquire:
 * @model: an installed model of the engine "marian"
 * @arithmetic: how to compute
 * @error: return location for an error that names the model and what to do
 *
 * Loads a model, or shares the one that is loaded from the same folder with the same arithmetic,
 * unless its description has changed meanwhile, as in an update. Blocks for some milliseconds. Any
 * thread may call it.
 *
 * Returns: (transfer none) (nullable): the model; release it with marian_model_pool_release()
 */
MarianModel *marian_model_pool_acquire (
    HablaModel *model, MarianArithmetic arithmetic, GError **error);

/**
 * marian_model_pool_release:
 * @model: a model of the pool
 *
 * The last user of a model frees it. Any thread may call it.
 */
void marian_model_pool_release (MarianModel *model);

G_END_DECLS
