/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "chain.h"
#include "modes.h"

G_BEGIN_DECLS

/**
 * apertium_chain_pool_acquire:
 * @mode: an installed mode
 * @error: return location for an error
 *
 * Gives the chain of @mode, and starts it for its first user: this takes some 70 ms.
 *
 * Returns: (transfer none) (nullable): the chain, for apertium_chain_pool_release()
 */
ApertiumChain *apertium_chain_pool_acquire (const ApertiumMode *mode, GError **error);

/**
 * apertium_chain_pool_release:
 * @chain: a chain of apertium_chain_pool_acquire()
 *
 * Ends the chain if this was its last user. Then its programs are gone when this
 * returns.
 */
void apertium_chain_pool_release (ApertiumChain *chain);

G_END_DECLS
