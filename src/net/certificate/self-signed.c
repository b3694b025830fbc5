/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h> /* of the build */

#include "net/certificate/self-signed.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DAY (24 * 60 * 60)
#define VALID_DAYS 397

#ifdef HAVE_GNUTLS
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#define SERIAL_SIZE 16
#define COMMON_NAME "Habla"

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_crt_t, gnutls_x509_crt_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_privkey_t, gnutls_x509_privkey_deinit, NULL)

static gboolean
check (int code, GError **error)
{
  if (code >= 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Failed to make a certificate: %s",
      gnutls_strerror (code));
  return FALSE;
}

static int
add_address (gnutls_x509_crt_t certificate, GInetAddress *address)
{
  return gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS,
      g_inet_address_to_bytes (address), g_inet_address_get_native_size (address),
      GNUTLS_FSAN_APPEND);
}

static int
add_name (gnutls_x509_crt_t certificate, const char *name)
{
  return gnutls_x509_crt_set_subject_alt_name (
      certificate, GNUTLS_SAN_DNSNAME, name, strlen (name), GNUTLS_FSAN_APPEND);
}

static gboolean
set_alternative_names (
    gnutls_x509_crt_t certificate, GPtrArray *addresses, const char *const *names, GError **error)
{
  g_autoptr (GInetAddress) ipv4 = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GInetAddress) ipv6 = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6);

  if (!check (add_name (certificate, "localhost"), error) ||
      !check (add_address (certificate, ipv4), error) ||
      !check (add_address (certificate, ipv6), error))
    return FALSE;
  for (guint i = 0; i < addresses->len; i++)
    if (!check (add_address (certificate, addresses->pdata[i]), error))
      return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    if (!check (add_name (certificate, names[i]), error))
      return FALSE;
  return TRUE;
}

static gboolean
set_serial (gnutls_x509_crt_t certificate, GError **error)
{
  guint8 serial[SERIAL_SIZE];

  if (getentropy (serial, sizeof serial) != 0)
    g_error ("Failed to get random numbers from the kernel: %s", g_strerror (errno));
  serial[0] = (serial[0] & 0x7f) | 0x40; /* positive, of this size */
  return check (gnutls_x509_crt_set_serial (certificate, serial, sizeof serial), error);
}

/* Extensions that browsers require of a server's certificate. */
static gboolean
set_usage (gnutls_x509_crt_t certificate, GError **error)
{
  time_t now = time (NULL);

  return check (gnutls_x509_crt_set_version (certificate, 3), error) &&
         check (gnutls_x509_crt_set_dn_by_oid (
                    certificate, GNUTLS_OID_X520_COMMON_NAME, 0, COMMON_NAME, strlen (COMMON_NAME)),
             error) &&
         check (gnutls_x509_crt_set_basic_constraints (certificate, FALSE, -1), error) &&
         check (gnutls_x509_crt_set_key_usage (certificate, GNUTLS_KEY_DIGITAL_SIGNATURE), error) &&
         check (gnutls_x509_crt_set_key_purpose_oid (certificate, GNUTLS_KP_TLS_WWW_SERVER, FALSE),
             error) &&
         check (gnutls_x509_crt_set_activation_time (certificate, now - DAY), error) &&
         check (gnutls_x509_crt_set_expiration_time (
                    certificate, now - DAY + (time_t) VALID_DAYS * DAY),
             error);
}

/* Returns: (transfer full) (nullable): both as PEM */
static char *export(gnutls_x509_privkey_t key, gnutls_x509_crt_t certificate, GError **error)
{
  gnutls_datum_t key_text = { NULL, 0 }, certificate_text = { NULL, 0 };
  char *text = NULL;

  if (check (gnutls_x509_privkey_export2_pkcs8 (
                 key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &key_text),
          error) &&
      check (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &certificate_text), error))
    text = g_strdup_printf ("%.*s%.*s", (int) key_text.size, key_text.data,
        (int) certificate_text.size, certificate_text.data);
  if (key_text.data != NULL)
    gnutls_memset (key_text.data, 0, key_text.size);
  gnutls_free (key_text.data);
  gnutls_free (certificate_text.data);
  return text;
}

char *
habla_self_signed_make (GPtrArray *addresses, const char *const *names, GError **error)
{
  g_auto (gnutls_x509_privkey_t) key = NULL;
  g_auto (gnutls_x509_crt_t) certificate = NULL;

  if (!check (gnutls_x509_privkey_init (&key), error) ||
      !check (gnutls_x509_crt_init (&certificate), error) ||
      !check (gnutls_x509_privkey_generate (
                  key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0),
          error) ||
      !set_serial (certificate, error) || !set_usage (certificate, error) ||
      !set_alternative_names (certificate, addresses, names, error) ||
      !check (gnutls_x509_crt_set_key (certificate, key), error) ||
      !check (gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0), error))
    return NULL;
  return export(key, certificate, error);
}

#else

char *
habla_self_signed_make (GPtrArray *addresses, const char *const *names, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
      "Habla was built without GnuTLS, and makes no certificates; set tls-certificate and tls-key");
  return NULL;
}
#endif

static gboolean
has_address (GPtrArray *list, GInetAddress *address)
{
  for (guint i = 0; list != NULL && i < list->len; i++)
    if (g_inet_address_equal (list->pdata[i], address))
      return TRUE;
  return FALSE;
}

static gboolean
has_name (GPtrArray *list, const char *name)
{
  g_autoptr (GBytes) wanted = g_bytes_new_static (name, strlen (name));

  for (guint i = 0; list != NULL && i < list->len; i++)
    if (g_bytes_equal (list->pdata[i], wanted))
      return TRUE;
  return FALSE;
}

gboolean
habla_self_signed_covers (
    GTlsCertificate *certificate, GPtrArray *addresses, const char *const *names)
{
  g_autoptr (GPtrArray) certified_addresses = g_tls_certificate_get_ip_addresses (certificate);
  g_autoptr (GPtrArray) certified_names = g_tls_certificate_get_dns_names (certificate);

  for (guint i = 0; i < addresses->len; i++)
    if (!has_address (certified_addresses, addresses->pdata[i]))
      return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    if (!has_name (certified_names, names[i]))
      return FALSE;
  return TRUE;
}

gboolean
habla_self_signed_lasts (GTlsCertificate *certificate, guint days)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) then = g_date_time_add_days (now, days);
  g_autoptr (GDateTime) begin = g_tls_certificate_get_not_valid_before (certificate);
  g_autoptr (GDateTime) end = g_tls_certificate_get_not_valid_after (certificate);

  return begin != NULL && end != NULL && g_date_time_compare (begin, now) <= 0 &&
         g_date_time_compare (then, end) < 0;
}
