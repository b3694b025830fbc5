/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <api/api.h>
#include <daemon/settings.h>
#include <http/http-server.h>

G_BEGIN_DECLS

/**
 * HablaNetwork:
 *
 * How others reach the daemon: its addresses, token, certificate and names. With `lan`, it makes
 * the token and the certificate, and renews the certificate while the daemon runs. The main thread
 * uses it.
 */
typedef struct _HablaNetwork HablaNetwork;

/**
 * habla_network_new:
 * @settings: must outlive the network
 * @error: return location for a %HABLA_SETTINGS_ERROR, %G_FILE_ERROR, %G_IO_ERROR or %G_TLS_ERROR
 *
 * Reads or makes the token and the certificate. Blocks.
 *
 * Returns: (transfer full) (nullable): a network
 */
HablaNetwork *habla_network_new (const HablaSettings *settings, GError **error);

/**
 * habla_network_free:
 * @self: (transfer full): a network
 */
void habla_network_free (HablaNetwork *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaNetwork, habla_network_free)

/**
 * habla_network_configure:
 * @self: a network, which must outlive the use of @options
 * @has_sockets: whether listening sockets were passed on, which replace the setting listen
 * @options: (inout): gets its addresses, names, token and certificate
 */
void habla_network_configure (
    HablaNetwork *self, gboolean has_sockets, HablaHttpServerOptions *options);

/**
 * habla_network_get_token:
 * @self: a network
 *
 * Returns: (transfer none) (nullable): the owner's token; %NULL if only this machine connects
 */
const char *habla_network_get_token (HablaNetwork *self);

/**
 * habla_network_trusts_loopback:
 * @self: a network
 *
 * Returns: whether programs of this machine need no token; they do if a proxy on this machine is
 *   among them
 */
gboolean habla_network_trusts_loopback (HablaNetwork *self);

/**
 * habla_network_has_own_certificate:
 * @self: a network
 *
 * Returns: whether hablad made the certificate itself, so that browsers warn of it
 */
gboolean habla_network_has_own_certificate (HablaNetwork *self);

/**
 * habla_network_watch:
 * @self: a network
 * @server: gets new certificates and names; must outlive the network
 * @api: gets the URL for other machines, now and when it changes; must outlive the network
 *
 * Follows changes of this machine's addresses, in worker threads.
 */
void habla_network_watch (HablaNetwork *self, HablaHttpServer *server, HablaApi *api);

G_END_DECLS
