/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Under which addresses and names other machines may reach this one. In any thread. */

/**
 * habla_local_addresses_get:
 *
 * Lists the addresses of all interfaces that are up, at most 32: IPv4 before IPv6, the interface
 * of the default route first, those of tunnels, containers and virtual machines last. Not listed:
 * loopback, temporary IPv6 addresses (which change daily), and link-local addresses unless there
 * is no other IPv4 address.
 *
 * Returns: (transfer full) (element-type GInetAddress): the addresses, the best one first
 */
GPtrArray *habla_local_addresses_get (void);

/**
 * habla_local_addresses_get_reachable:
 *
 * Returns: (transfer full) (element-type GInetAddress): as habla_local_addresses_get(), without the
 *   addresses of tunnels, containers and virtual machines
 */
GPtrArray *habla_local_addresses_get_reachable (void);

/**
 * habla_local_addresses_get_names:
 *
 * Returns: (transfer full): the names of this machine in lower case: its host name, and that with
 *   `.local`, as multicast DNS announces it; empty if its name is localhost or malformed
 */
GStrv habla_local_addresses_get_names (void);

G_END_DECLS
