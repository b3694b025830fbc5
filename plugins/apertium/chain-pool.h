/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "chain.h"
#include "modes.h"

G_BEGIN_DECLS

/**
 * apertium_chain_pool_acquire:
 * @mode: an installed mode
 * @error: return location for an error of apertium_mode_load_stages() or
 *   apertium_chain_new()
 *
 * Gets the chain of @mode, and starts it for its first user, which takes about 70 ms. Any
 * thread.
 *
 * Returns: (transfer none) (nullable): the chain; release with
 *   apertium_chain_pool_release()
 */
ApertiumChain *apertium_chain_pool_acquire (const ApertiumMode *mode, GError **error);

/**
 * apertium_chain_pool_release:
 * @chain: a chain of apertium_chain_pool_acquire()
 *
 * Frees the chain if this was its last user; its programs have then exited when this function
 * returns. Any thread.
 */
void apertium_chain_pool_release (ApertiumChain *chain);

G_END_DECLS
