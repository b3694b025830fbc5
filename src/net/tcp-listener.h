/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HablaTcpListener:
 *
 * A listening TCP socket in the default main context. The main thread uses it.
 */
typedef struct _HablaTcpListener HablaTcpListener;

/**
 * HablaTcpListenerAccepted:
 * @socket: (transfer none): a new connection
 * @user_data: of habla_tcp_listener_start()
 *
 * Called for each new connection.
 */
typedef void (*HablaTcpListenerAccepted) (GSocket *socket, gpointer user_data);

/**
 * habla_tcp_listener_new:
 * @address: "ADDRESS:PORT", "[ADDRESS]:PORT", "localhost:PORT", or "*:PORT" for all addresses,
 *   IPv4 and IPv6; port 0 picks one
 * @error: return location for a %G_IO_ERROR
 *
 * Returns: (transfer full) (nullable): a listener whose socket listens already
 */
HablaTcpListener *habla_tcp_listener_new (const char *address, GError **error);

/**
 * habla_tcp_listener_new_for_socket:
 * @socket: (transfer none): a listening socket that was passed on, as by systemd
 * @error: return location for a %G_IO_ERROR: it is not a listening TCP socket
 *
 * Returns: (transfer full) (nullable): a listener
 */
HablaTcpListener *habla_tcp_listener_new_for_socket (GSocket *socket, GError **error);

/**
 * habla_tcp_listener_free:
 * @self: (transfer full): a listener; its socket is closed
 */
void habla_tcp_listener_free (HablaTcpListener *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaTcpListener, habla_tcp_listener_free)

/**
 * habla_tcp_listener_is_loopback:
 * @self: a listener
 *
 * Returns: whether only programs of this machine can connect
 */
gboolean habla_tcp_listener_is_loopback (HablaTcpListener *self);

/**
 * habla_tcp_listener_get_address:
 * @self: a listener
 *
 * Returns: (transfer none): where it listens; for "*:PORT" the address [::], or 0.0.0.0 on a
 *   machine without IPv6
 */
GInetSocketAddress *habla_tcp_listener_get_address (HablaTcpListener *self);

/**
 * habla_tcp_listener_is_ipv6_only:
 * @self: a listener
 *
 * Returns: whether IPv4 connections are refused
 */
gboolean habla_tcp_listener_is_ipv6_only (HablaTcpListener *self);

/**
 * habla_tcp_listener_get_url:
 * @self: a listener
 * @is_secure: whether connections use TLS
 *
 * Returns: (transfer full): such as "http://127.0.0.1:8700/"
 */
char *habla_tcp_listener_get_url (HablaTcpListener *self, gboolean is_secure);

/**
 * habla_tcp_listener_start:
 * @self: a listener
 * @accepted: called for each new connection
 * @user_data: for @accepted
 *
 * Begins to accept connections.
 */
void habla_tcp_listener_start (
    HablaTcpListener *self, HablaTcpListenerAccepted accepted, gpointer user_data);

/**
 * habla_tcp_listener_stop:
 * @self: a listener
 *
 * Closes the socket. No-op if it is closed.
 */
void habla_tcp_listener_stop (HablaTcpListener *self);

G_END_DECLS
