/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <phrases/phrasebook.h>
#include <store/store.h>

G_BEGIN_DECLS

/**
 * habla_idiom_loader_run:
 * @store: a store
 * @phrasebook: gets the idioms of users that @store has, some milliseconds later
 *
 * Compiles them in a thread of its own.
 */
void habla_idiom_loader_run (HablaStore *store, HablaPhrasebook *phrasebook);

G_END_DECLS
