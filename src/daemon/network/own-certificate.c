/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/network/own-certificate.h"

#include "daemon/network/state-file.h"

#include <net/certificate/self-signed.h>
#include <net/local-addresses.h>

/* Renewal, before the end. */
#define RENEWAL_DAYS 30
#define MAX_ADDRESSES 32

static gboolean
list_contains (GPtrArray *list, GInetAddress *address)
{
  for (guint i = 0; i < list->len; i++)
    if (g_inet_address_equal (list->pdata[i], address))
      return TRUE;
  return FALSE;
}

/* Appends the private addresses of @certificate to @addresses. */
static void
add_former_addresses (GPtrArray *addresses, GTlsCertificate *certificate)
{
  g_autoptr (GPtrArray) former = g_tls_certificate_get_ip_addresses (certificate);

  for (guint i = 0; former != NULL && i < former->len && addresses->len < MAX_ADDRESSES; i++)
    if (g_inet_address_get_family (former->pdata[i]) == G_SOCKET_FAMILY_IPV4 &&
        g_inet_address_get_is_site_local (former->pdata[i]) &&
        !list_contains (addresses, former->pdata[i]))
      g_ptr_array_add (addresses, g_object_ref (former->pdata[i]));
}

static GTlsCertificate *
load (GError **error)
{
  g_autofree char *text = habla_state_file_read (HABLA_OWN_CERTIFICATE_FILE, error);

  return text != NULL ? g_tls_certificate_new_from_pem (text, -1, error) : NULL;
}

/* The prefixes of IPv6 addresses may change daily, and phones would warn each time: while there are
 * IPv4 addresses, links have these. */
static void
remove_ipv6 (GPtrArray *addresses)
{
  if (addresses->len == 0 ||
      g_inet_address_get_family (addresses->pdata[0]) == G_SOCKET_FAMILY_IPV6)
    return;
  for (guint i = addresses->len; i-- > 0;)
    if (g_inet_address_get_family (addresses->pdata[i]) == G_SOCKET_FAMILY_IPV6)
      g_ptr_array_remove_index (addresses, i);
}

/* Returns: (nullable): why @old must be replaced, for people; %NULL if it need not */
static const char *
find_reason (GTlsCertificate *old, GPtrArray *reachable, const char *const *names)
{
  if (!habla_self_signed_lasts (old, 0))
    return "the old one is not valid now";
  if (!habla_self_signed_lasts (old, RENEWAL_DAYS))
    return "the old one expires soon";
  if (!habla_self_signed_covers (old, reachable, names))
    return "this machine has a new address or name";
  return NULL;
}

static void
log_new (GPtrArray *addresses, const char *const *names, const char *reason)
{
  gboolean is_first = reason == NULL;
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < addresses->len; i++) {
    g_autofree char *address = g_inet_address_to_string (addresses->pdata[i]);

    g_string_append_printf (list, "%s, ", address);
  }
  for (guint i = 0; names[i] != NULL; i++)
    g_string_append_printf (list, "%s, ", names[i]);
  /* The first one is no news to a person who has just asked for it. */
  g_log_structured (G_LOG_DOMAIN, is_first ? G_LOG_LEVEL_INFO : G_LOG_LEVEL_MESSAGE, "MESSAGE",
      "Made a certificate for %slocalhost: %s", list->str, is_first ? "there was none" : reason);
}

/* @reason: (nullable): the reason to log; %NULL if it is the first one. Returns: (nullable): a new
 * certificate that is stored */
static GTlsCertificate *
make (GPtrArray *addresses, const char *const *names, const char *reason, GError **error)
{
  g_autofree char *text = habla_self_signed_make (addresses, names, error);
  g_autoptr (GTlsCertificate) certificate = NULL;

  if (text == NULL)
    return NULL;
  certificate = g_tls_certificate_new_from_pem (text, -1, error);
  if (certificate == NULL)
    return NULL;
  if (!habla_state_file_write (HABLA_OWN_CERTIFICATE_FILE, text, error)) {
    g_prefix_error (error, "Failed to keep the certificate; set tls-certificate and tls-key: ");
    return NULL;
  }
  log_new (addresses, names, reason);
  return g_steal_pointer (&certificate);
}

GTlsCertificate *
habla_own_certificate_keep (GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GTlsCertificate) old = load (&cause);
  g_autoptr (GPtrArray) addresses = habla_local_addresses_get ();
  g_autoptr (GPtrArray) reachable = habla_local_addresses_get_reachable ();
  g_auto (GStrv) names = habla_local_addresses_get_names ();
  const char *reason;

  if (old == NULL) {
    gboolean is_first = g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT);

    return make (addresses, (const char *const *) names, is_first ? NULL : cause->message, error);
  }
  remove_ipv6 (reachable);
  reason = find_reason (old, reachable, (const char *const *) names);
  if (reason == NULL)
    return g_steal_pointer (&old);
  add_former_addresses (addresses, old);
  return make (addresses, (const char *const *) names, reason, error);
}
