/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * network_namespace_enter:
 *
 * Moves this process, and what it starts, to a network of its own, in which every port is free and
 * loopback is up. Call it first in main(): a process with threads cannot do so.
 *
 * Returns: whether there is a network, in which this process may add interfaces
 */
gboolean network_namespace_enter (void);

/**
 * network_namespace_run:
 * @arguments: of ip(8), such as "link set lo up"
 *
 * Returns: whether the command succeeded
 */
gboolean network_namespace_run (const char *arguments);

/**
 * network_namespace_add_interface:
 * @name: of a new interface, which is down
 *
 * Returns: whether the kernel could make one
 */
gboolean network_namespace_add_interface (const char *name);

G_END_DECLS
