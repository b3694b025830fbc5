/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * network_address_find:
 *
 * For clients that do not use the loopback interface, and so need a token. Must be called before
 * threads are started: if this machine has no such address, the process enters a new network
 * namespace that has one.
 *
 * Returns: (transfer full) (nullable): an IPv4 address of this machine, not on loopback; %NULL if
 *   there is none, and making one needs root and ip from Debian's iproute2
 */
char *network_address_find (void);

/**
 * network_address_check:
 * @address: (nullable): of network_address_find()
 *
 * Skips the test if there is no address.
 *
 * Returns: whether there is one
 */
gboolean network_address_check (const char *address);

G_END_DECLS
