/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HablaTcpListener:
 *
 * A listening TCP socket, of its own making or passed on.
 */
typedef struct _HablaTcpListener HablaTcpListener;

/* @address: "ADDRESS:PORT", "[ADDRESS]:PORT" or "localhost:PORT" */
HablaTcpListener *habla_tcp_listener_new (const char *address, GError **error);
HablaTcpListener *habla_tcp_listener_new_for_socket (GSocket *socket, GError **error);
void habla_tcp_listener_free (HablaTcpListener *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaTcpListener, habla_tcp_listener_free)

gboolean habla_tcp_listener_is_loopback (HablaTcpListener *self);
/* Returns: (transfer full): as "http://127.0.0.1:8700/" */
char *habla_tcp_listener_get_url (HablaTcpListener *self, gboolean secure);

typedef void (*HablaTcpListenerAccepted) (GSocket *socket, gpointer user_data);
void habla_tcp_listener_start (
    HablaTcpListener *self, HablaTcpListenerAccepted accepted, gpointer user_data);
/* Closes the socket. */
void habla_tcp_listener_stop (HablaTcpListener *self);

G_END_DECLS
