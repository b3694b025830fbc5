/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "chain.h"
#include "modes.h"

G_BEGIN_DECLS

ApertiumChain *apertium_chain_pool_acquire (const ApertiumMode *mode, GError **error);
void apertium_chain_pool_release (ApertiumChain *chain);

G_END_DECLS
