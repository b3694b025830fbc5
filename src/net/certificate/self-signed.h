/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Certificates that a machine makes for itself, with its addresses and names. In any thread. */

/**
 * habla_self_signed_make:
 * @addresses: (element-type GInetAddress): for the certificate, besides those of loopback
 * @names: (array zero-terminated=1): host names for the certificate, besides localhost
 * @error: return location for a %G_IO_ERROR: %G_IO_ERROR_NOT_SUPPORTED if Habla was built without
 *   GnuTLS
 *
 * Makes a key (ECDSA P-256), and a certificate that begins a day ago, since clocks differ, and is
 * valid for 397 days in all: browsers accept no more. Takes milliseconds.
 *
 * Returns: (transfer full) (nullable): both as PEM, for g_tls_certificate_new_from_pem()
 */
char *habla_self_signed_make (GPtrArray *addresses, const char *const *names, GError **error);

/**
 * habla_self_signed_covers:
 * @certificate: a certificate
 * @addresses: (element-type GInetAddress): addresses
 * @names: (array zero-terminated=1): host names
 *
 * Returns: whether @certificate has all of @addresses and @names
 */
gboolean habla_self_signed_covers (
    GTlsCertificate *certificate, GPtrArray *addresses, const char *const *names);

/**
 * habla_self_signed_lasts:
 * @certificate: a certificate
 * @days: from now on
 *
 * Returns: whether @certificate is valid now, and will be for @days
 */
gboolean habla_self_signed_lasts (GTlsCertificate *certificate, guint days);

G_END_DECLS
