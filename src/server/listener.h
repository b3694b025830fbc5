/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HablaListener:
 *
 * A listening TCP socket, of its own making or passed on.
 */
typedef struct _HablaListener HablaListener;

/* @address: "ADDRESS:PORT", "[ADDRESS]:PORT" or "localhost:PORT" */
HablaListener *habla_listener_new (const char *address, GError **error);
HablaListener *habla_listener_new_for_socket (GSocket *socket, GError **error);
void habla_listener_free (HablaListener *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaListener, habla_listener_free)

gboolean habla_listener_is_loopback (HablaListener *self);
/* Returns: (transfer full): as "http://127.0.0.1:8700/" */
char *habla_listener_get_url (HablaListener *self, gboolean secure);

typedef void (*HablaListenerAccepted) (GSocket *socket, gpointer user_data);
void habla_listener_start (HablaListener *self, HablaListenerAccepted accepted, gpointer user_data);
/* Closes the socket. */
void habla_listener_stop (HablaListener *self);

G_END_DECLS
