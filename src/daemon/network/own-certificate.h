/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The file of habla_own_certificate_keep(), with the key. */
#define HABLA_OWN_CERTIFICATE_FILE "certificate.pem"

/**
 * habla_own_certificate_keep:
 * @error: return location for a %G_FILE_ERROR, %G_IO_ERROR or %G_TLS_ERROR
 *
 * Reads the certificate that hablad keeps itself. Makes another if there is none, if it is damaged
 * or was readable by others, if it expires within 30 days, or if the machine has a name or an IPv4
 * address (without any, an IPv6 address) that is not in it. This is logged. A phone warns of each
 * new certificate once: so the new one has the private addresses of the old one too, for machines
 * that move between networks. Blocks; in any thread.
 *
 * Returns: (transfer full) (nullable): the certificate, with its key
 */
GTlsCertificate *habla_own_certificate_keep (GError **error);

G_END_DECLS
