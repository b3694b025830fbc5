/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/local-addresses.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define MAX_ADDRESSES 32
#define MAX_LABEL 63

/* Flags in /proc/net/if_inet6; <linux/if_addr.h> documents them. */
#define IPV6_TEMPORARY 0x01
#define IPV6_DEPRECATED 0x20
#define IPV6_TENTATIVE 0x40

/* The order of addresses. */
enum {
  RANK_DEFAULT_ROUTE,
  RANK_IPV4,
  RANK_IPV6,
  RANK_VIRTUAL_IPV4,
  RANK_VIRTUAL_IPV6,
  RANK_LINK_LOCAL,
};

typedef struct {
  GInetAddress *address;
  int rank;
} LocalAddress;

static void
local_address_free (gpointer data)
{
  LocalAddress *self = data;

  g_object_unref (self->address);
  g_free (self);
}

static gint
local_address_compare (gconstpointer a, gconstpointer b)
{
  const LocalAddress *const *first = a, *const *second = b;

  return (*first)->rank - (*second)->rank;
}

/* Returns: (nullable): the interface of the IPv4 default route with the lowest metric */
static char *
find_default_interface (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  char name[IFNAMSIZ], best[IFNAMSIZ] = "";
  guint destination, gateway, flags, metric, mask, lowest = G_MAXUINT;

  if (!g_file_get_contents ("/proc/net/route", &text, NULL, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    if (sscanf (lines[i], "%15s %x %x %x %*u %*u %u %x", name, &destination, &gateway, &flags,
            &metric, &mask) != 6 ||
        (flags & RTF_UP) == 0 || destination != 0 || mask != 0 || metric >= lowest)
      continue;
    lowest = metric;
    g_strlcpy (best, name, sizeof best);
  }
  return *best != '\0' ? g_strdup (best) : NULL;
}

/* Returns: (element-type utf8): the IPv6 addresses that will not last, as 32 hexadecimal digits */
static GHashTable *
find_unstable_addresses (void)
{
  GHashTable *unstable = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  char digits[33];
  guint flags;

  if (!g_file_get_contents ("/proc/net/if_inet6", &text, NULL, NULL))
    return unstable;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (sscanf (lines[i], "%32s %*x %*x %*x %x", digits, &flags) == 2 &&
        (flags & (IPV6_TEMPORARY | IPV6_DEPRECATED | IPV6_TENTATIVE)) != 0)
      g_hash_table_add (unstable, g_strdup (digits));
  return unstable;
}

static gboolean
address_is_unstable (GInetAddress *address, GHashTable *unstable)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);
  char digits[33];

  if (g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
    return FALSE;
  for (guint i = 0; i < 16; i++)
    g_snprintf (digits + 2 * i, 3, "%02x", bytes[i]);
  return g_hash_table_contains (unstable, digits);
}

/* Machines of the local network do not reach addresses of such interfaces. */
static gboolean
interface_is_virtual (const char *name, guint flags)
{
  static const char *const prefixes[] = { "br-", "cni", "docker", "flannel", "incusbr", "lxc",
    "lxdbr", "podman", "tailscale", "tap", "tun", "vboxnet", "veth", "virbr", "vmnet", "vnet", "wg",
    "zt" };

  if ((flags & IFF_POINTOPOINT) != 0)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (name, prefixes[i]))
      return TRUE;
  return FALSE;
}

static int
get_rank (GInetAddress *address, const struct ifaddrs *entry, const char *default_interface)
{
  gboolean is_ipv4 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4;
  gboolean is_default = g_strcmp0 (entry->ifa_name, default_interface) == 0;

  if (g_inet_address_get_is_link_local (address))
    return RANK_LINK_LOCAL;
  if (is_ipv4 && is_default && (entry->ifa_flags & IFF_POINTOPOINT) == 0)
    return RANK_DEFAULT_ROUTE;
  if (interface_is_virtual (entry->ifa_name, entry->ifa_flags))
    return is_ipv4 ? RANK_VIRTUAL_IPV4 : RANK_VIRTUAL_IPV6;
  return is_ipv4 ? RANK_IPV4 : RANK_IPV6;
}

/* Returns: (transfer full) (nullable): the address of @entry, if others may reach it. A link-local
 * IPv6 address needs the name of an interface, which browsers do not accept in URLs. */
static GInetAddress *
get_address (const struct ifaddrs *entry)
{
  g_autoptr (GInetAddress) address = NULL;

  if (entry->ifa_addr == NULL || (entry->ifa_flags & IFF_UP) == 0)
    return NULL;
  if (entry->ifa_addr->sa_family == AF_INET)
    address = g_inet_address_new_from_bytes (
        (const guint8 *) &((const struct sockaddr_in *) entry->ifa_addr)->sin_addr,
        G_SOCKET_FAMILY_IPV4);
  else if (entry->ifa_addr->sa_family == AF_INET6)
    address = g_inet_address_new_from_bytes (
        (const guint8 *) &((const struct sockaddr_in6 *) entry->ifa_addr)->sin6_addr,
        G_SOCKET_FAMILY_IPV6);
  if (address == NULL || g_inet_address_get_is_loopback (address) ||
      (entry->ifa_addr->sa_family == AF_INET6 && g_inet_address_get_is_link_local (address)))
    return NULL;
  return g_steal_pointer (&address);
}

/* Returns: (element-type LocalAddress): all addresses, in the order of their ranks */
static GPtrArray *
list_addresses (void)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (local_address_free);
  g_autofree char *default_interface = find_default_interface ();
  g_autoptr (GHashTable) unstable = find_unstable_addresses ();
  struct ifaddrs *entries = NULL;

  if (getifaddrs (&entries) != 0)
    return g_steal_pointer (&list);
  for (const struct ifaddrs *entry = entries; entry != NULL; entry = entry->ifa_next) {
    g_autoptr (GInetAddress) address = get_address (entry);
    LocalAddress *local;

    if (address == NULL || address_is_unstable (address, unstable))
      continue;
    local = g_new (LocalAddress, 1);
    local->rank = get_rank (address, entry, default_interface);
    local->address = g_steal_pointer (&address);
    g_ptr_array_add (list, local);
  }
  freeifaddrs (entries);
  /* Stable: within a rank, in the order of the kernel. */
  g_ptr_array_sort (list, local_address_compare);
  return g_steal_pointer (&list);
}

static GPtrArray *
get_addresses (gboolean has_virtual)
{
  GPtrArray *addresses = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) list = list_addresses ();
  gboolean has_ipv4 = FALSE;

  for (guint i = 0; i < list->len && addresses->len < MAX_ADDRESSES; i++) {
    LocalAddress *local = list->pdata[i];

    if (local->rank == RANK_LINK_LOCAL && has_ipv4)
      break;
    if (!has_virtual && (local->rank == RANK_VIRTUAL_IPV4 || local->rank == RANK_VIRTUAL_IPV6))
      continue;
    has_ipv4 |= g_inet_address_get_family (local->address) == G_SOCKET_FAMILY_IPV4;
    g_ptr_array_add (addresses, g_object_ref (local->address));
  }
  return addresses;
}

GPtrArray *
habla_local_addresses_get (void)
{
  return get_addresses (TRUE);
}

GPtrArray *
habla_local_addresses_get_reachable (void)
{
  return get_addresses (FALSE);
}

/* Returns: whether @name is one label of a host name, or several with dots between them */
static gboolean
is_host_name (const char *name)
{
  g_auto (GStrv) labels = g_strsplit (name, ".", -1);

  for (guint i = 0; labels[i] != NULL; i++) {
    gsize length = strspn (labels[i], "abcdefghijklmnopqrstuvwxyz0123456789-");

    if (length == 0 || length > MAX_LABEL || labels[i][length] != '\0' || labels[i][0] == '-')
      return FALSE;
  }
  return labels[0] != NULL;
}

GStrv
habla_local_addresses_get_names (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *name = g_ascii_strdown (g_get_host_name (), -1);
  g_autofree char *label = g_strndup (name, strcspn (name, "."));
  g_autofree char *local = g_strconcat (label, ".local", NULL);

  if (!is_host_name (name) || strcmp (label, "localhost") == 0)
    return g_strv_builder_end (builder);
  g_strv_builder_add (builder, name);
  if (strcmp (name, local) != 0)
    g_strv_builder_add (builder, local);
  return g_strv_builder_end (builder);
}
